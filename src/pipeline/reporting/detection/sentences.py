"""What a detection run did and found, told in sentences made from its files."""

from __future__ import annotations

from pipeline.reporting.detection.facts import DetectionReport
from pipeline.reporting.detection.folder import DetectionTables
from pipeline.reporting.detection.names import MEASURES, Detector, model_said
from pipeline.reporting.detection.scene import Scene
from pipeline.reporting.gaps import said, share_said
from pipeline.reporting.grid import each_once
from pipeline.reporting.sentences import Notice, leakage_sentence, notices, parts_sentence
from pipeline.reporting.words import METRIC, count, decimal, listed, quantity

__all__ = ["Notice", "leakage_sentence", "notices", "parts_sentence"]
MEANT = {
    "cost": (
        "the negative logarithm of a message's density, in nats; of models without a density, what they have in its "
        "place: an error of reconstruction, a distance, an isolation, log-odds, a number of words"
    ),
    "adjusted for length": (
        "how many standard deviations a message costs more than is usual for as many known words; what is usual, and "
        "how far costs scatter there, is learnt from validation messages of the kind that a model was fitted on"
    ),
    "importance-weighted bound": (
        "a bound on the density of a VAE from many samples of its code, tighter than the ELBO, which takes one at a "
        "time"
    ),
    "unsuspected": (
        "the training messages without those that a mixture of a few kinds, fitted without labels, takes for the "
        "rarest kind"
    ),
    "expected share": "a threshold on the costs of the validation messages that needs no labels: it calls",
}
METRICS = ("roc_auc", "pr_auc", "f1", "precision", "recall")


def title(report: DetectionReport) -> str:
    """The run in one line."""
    return f"Finding {report.classes.positive} without labels: {report.dataset}"


def lead(scene: Scene) -> str:
    """What was run, and what stands for whom."""
    report = scene.report
    positive, test = report.classes.positive, report.count("test")
    free = count(len(scene.given("nothing")))
    others = each_once(model_said(one.model) for one in scene.detectors if scene.measure_of(one) != report.measure)
    aside = f", but for {listed(others)}, which stand by their scores as they are" if others else ""
    return (
        f"Each detector gives every message a score: the higher, the rather it is taken for {positive}. Of "
        f"{quantity(len(scene.detectors), 'detector')} {free} are given no labels: labels only judge them, on "
        f"{quantity(test.total, 'test message')}, {count(test.positive)} of them {positive}, and choose the best, on "
        f"the validation part. What stands for a detector is its {MEASURES[report.measure].said}{aside}."
    )


def headline(report: DetectionReport, tables: DetectionTables) -> str:
    """The result in a few lines for the terminal."""
    scene = Scene(report, tables)
    lines = [_data_line(report), _free_line(scene), _vae_line(scene), _labels_line(scene), _length_line(scene)]
    return "\n".join(filter(None, lines)).replace("\N{NO-BREAK SPACE}", " ")


def vocabulary_sentence(report: DetectionReport) -> str:
    """The words that detectors know."""
    held = quantity(report.min_messages, "training message")
    known = f"Detectors know {quantity(report.vocabulary, 'word')}, each in {held} or more."
    number = report.num_wordless
    if not number:
        return f"{known} Every test message holds at least one of these."
    verb, whose = ("holds", "its cost is") if number == 1 else ("hold", "their cost is")
    return (
        f"{known} {quantity(number, 'test message')} {verb} none of these; {whose} that of an empty message, and "
        f"predictions.parquet tells {'it' if number == 1 else 'them'} by 0 in the column known."
    )


def explained(report: DetectionReport) -> list[tuple[str, str]]:
    """What the words of the page mean."""
    known = [(METRIC[key].label, METRIC[key].explained(report.classes)) for key in METRICS]
    meant = MEANT | {"expected share": f"{MEANT['expected share']} {share_said(report.expected_share)} of them"}
    return [*known, *meant.items()]


def mixture_sentence(report: DetectionReport) -> str:
    """How the mixture was fitted, and what its words are."""
    return (
        f"A mixture of {quantity(report.num_kinds, 'kind')} of messages is fitted without labels, the likeliest of "
        f"{quantity(report.num_starts, 'random start')}; the rarest kind is taken for {report.classes.positive}. "
        "These words tell it best: how many times as often it uses them as the other kinds, and the training messages "
        "that hold them."
    )


def _data_line(report: DetectionReport) -> str:
    mark = "STAND-IN DATA, " if report.stand_in else ""
    test = report.count("test")
    return (
        f"{mark}{report.dataset}, {report.protocol} protocol: {quantity(test.total, 'test message')}, "
        f"{share_said(report.true_share)} {report.classes.positive}; scored by {MEASURES[report.measure].said}"
    )


def _free_line(scene: Scene) -> str:
    best = scene.champion
    if best is None:
        return ""
    share = share_said(scene.report.expected_share)
    f1 = decimal(scene.ruled(best, "expected").value)
    return (
        f"best without labels: {_figures(scene, best)}, F1 {f1} at an expected share of {share}; "
        "chosen by the labels of the validation part"
    )


def _vae_line(scene: Scene) -> str:
    found = [one for one in scene.detectors if one.model == "vae"]
    return f"by ROC-AUC: {'; '.join(f'{one.short} {said(scene.value(one))}' for one in found)}" if found else ""


def _labels_line(scene: Scene) -> str:
    ranked = scene.best(scene.given("labels"))
    return f"with all labels: {_figures(scene, ranked[0])}" if ranked else ""


def _length_line(scene: Scene) -> str:
    length = scene.first("length")
    return f"length alone: ROC-AUC {said(scene.value(length))}" if length else ""


def _figures(scene: Scene, one: Detector) -> str:
    return f"{one.short}, ROC-AUC {said(scene.value(one))}, PR-AUC {decimal(scene.value(one, 'pr_auc').value)}"
