"""What the tables of a detection report hold, row by row, ready to be written."""

from __future__ import annotations

import math

import pandas as pd

from pipeline.reporting import words
from pipeline.reporting.detection.contests import Contest, Dose
from pipeline.reporting.detection.names import BOUNDS, MEASURES, WITHOUT_FITTING, Detector, Given, model_name
from pipeline.reporting.detection.scene import CHANCE, Scene
from pipeline.reporting.detection.share_findings import LABELS, rule_said
from pipeline.reporting.facts import Estimate
from pipeline.reporting.gaps import SIGNIFICANT, Gap, share_said
from pipeline.reporting.grid import Row, Table, difference_cell, each_once, upper, value_cell
from pipeline.reporting.tables import Cell
from pipeline.reporting.words import METRIC, quantity

NONE = Cell("–", "", stands_out=False)
BODIES: tuple[Given, ...] = ("nothing", "negative", "labels")
RANKED, CALLED = ("roc_auc", "pr_auc"), ("f1", "precision", "recall")
AS_IT_IS = "score as it is"
INTERVALS = "In brackets: 95 % intervals, over groups of near-duplicates."


def main_table(scene: Scene) -> Table:
    """How every detector does, by what it is given."""
    bodies = [*(_main_body(scene, scene.given(given)) for given in BODIES), [_floor(scene)]]
    names = {MEASURES[scene.measure_of(one)].short for one in scene.detectors} - {MEASURES[scene.report.measure].short}
    whole_score = f" “{AS_IT_IS}”: not {MEASURES[scene.report.measure].short}." if names else ""
    return Table(
        "Detector",
        [
            "given",
            *(METRIC[key].label for key in RANKED),
            *(METRIC[key].label for key in CALLED),
            "F1, labels’ threshold",
        ],
        [body for body in bodies if body],
        f"On {quantity(scene.report.count('test').total, 'test message')}. F1, precision and recall are with the "
        f"threshold that calls {share_said(scene.report.expected_share)} of the validation messages, which needs no "
        f"labels; the last column is with the one that has the highest F1 there, which does. {INTERVALS} Overlapping "
        "ones do not settle a comparison. Bold: the best of its column among detectors that are given as much. Last: "
        f"what is reached without looking at a message.{whole_score}",
    )


def measure_table(scene: Scene) -> Table:
    """Every detector by message, by word and adjusted for length, and how its cost goes with length."""
    rows = []
    for one in scene.detectors:
        if one.given == "labels":
            continue
        found = [scene.measured(one, measure) for measure in MEASURES]
        main = scene.measure_of(one)
        elbo = scene.measured(one, main, bound="elbo") if scene.main_bound(one) == "iwae" else None
        rows.append(_row(one, [
            *map(_known, found), _plain(words.decimal(scene.correlation(one), 2)), _known(elbo) if elbo else NONE,
        ]))  # fmt: skip
    return Table(
        "Detector",
        [*(name.short for name in MEASURES.values()), "correlation with length", f"by {BOUNDS['elbo']} alone"],
        [rows],
        "ROC-AUC of the cost of a message, of its cost a known word, and of how many standard deviations it costs "
        "more than is usual at its length; 0.5 is guessing, and less says that the order is turned round. The "
        "correlation is Spearman’s, of the cost of a message and its known words. The last column has what a VAE "
        "comes to by its ELBO in place of the importance-weighted bound, by the measure that stands for it. "
        f"{INTERVALS}",
    )


def threshold_table(scene: Scene) -> Table:
    """The threshold rules of the few detectors that matter most."""
    bodies = [_threshold_body(scene, one) for one in chosen(scene)]
    true = share_said(scene.report.true_share)
    return Table(
        "Detector",
        ["threshold by", *(METRIC[key].label for key in CALLED), "share called"],
        bodies,
        f"Thresholds are chosen on the validation part; {true} of the test messages are "
        f"{scene.report.classes.positive}. {INTERVALS} Bold: the highest F1 of a threshold without labels, which says "
        "nothing of whether the others do detectably worse. Calling every message has an F1 of "
        f"{words.decimal(_f1_of_all(scene.report.true_share))}.",
    )


def contest_table(scene: Scene) -> Table:
    """All paired comparisons."""
    by_metric = {key: {_pair(scene, one): one for one in scene.contests(key)} for key in RANKED}
    pairs = each_once(pair for found in by_metric.values() for pair in found)
    short = {one.key: one.short for one in scene.detectors}
    rows = []
    for pair in pairs:
        detector, rival, measure = pair.split("\n")
        cells = [cell for key in RANKED for cell in _contest_cells(by_metric[key].get(pair))]
        rows.append(Row(upper(short[detector]), measure, [_plain(short[rival]), *cells]))
    columns = [text for key in RANKED for text in (f"{METRIC[key].label}, difference", "adjusted p")]
    return Table(
        "Detector",
        ["less that of", *columns],
        [rows],
        "Paired: on the same resamples of the same messages, each detector by the score that stands for it unless "
        "another is named. p is two-sided and adjusted for the number of comparisons by Holm’s method; bold where it "
        f"is below {SIGNIFICANT}. {_least_said(scene)}",
    )


def contamination_table(scene: Scene) -> Table:
    """Every model fitted on ever more messages of the positive class."""
    positive = scene.report.classes.positive
    bodies = [
        [
            Row(
                upper(model_name(model)),
                "",
                [_plain(share_said(dose.share)), value_cell(dose.value), *_dose_cells(dose)],
            )
            for dose in scene.contaminated(model)
        ]
        for model in each_once(scene.tables.contamination["model"].astype(str))
    ]
    return Table(
        "Model",
        [f"{positive} among those fitted on", "ROC-AUC", "difference from none", "adjusted p"],
        bodies,
        f"Each fitted on {quantity(scene.report.num_contaminated, 'message')}. Each is one fit. {INTERVALS} p as "
        f"above, adjusted for all models, shares and both metrics. {_least_said(scene)}",
    )


def chosen(scene: Scene) -> list[Detector]:
    """The detectors whose thresholds are shown: the champion without labels, the VAEs and the mixture."""
    return [one for one in scene.detectors if one.key == scene.report.champion or one.model in {"vae", "mixture"}]


def descriptions(scene: Scene) -> list[tuple[str, str]]:
    """Every detector, what it is, and how it was trained."""
    return [
        (upper(one.short), " · ".join([str(row["description"]), *_trained(scene, row)]))
        for one, (_, row) in zip(scene.detectors, scene.tables.detectors.iterrows(), strict=True)
    ]


def _trained(scene: Scene, row: pd.Series) -> list[str]:
    """What is known of the numbers that it learnt, and of the epochs that this took."""
    found = []
    if row["num_params"]:
        found.append(quantity(int(row["num_params"]), "trained number"))
    if not math.isnan(row["num_latent"]) and not math.isnan(row["active_units"]):
        found.append(
            f"{words.count(row['active_units'])} of {quantity(int(row['num_latent']), 'latent dimension')} in use"
        )
    history = scene.tables.history[scene.tables.history["detector"] == row["detector"]].sort_values("epoch")
    if len(history) and row["kept_epoch"]:
        kept, last, losses = int(row["kept_epoch"]), int(history["epoch"].max()), history["val_loss"].astype(float)
        found.append(f"weights of epoch {words.count(kept)} of {words.count(last)}")
        if kept == last > 1 and losses.iloc[-1] == losses.min():
            found.append("its loss on validation was still falling when training ended")
    return found


def _threshold_body(scene: Scene, one: Detector) -> list[Row]:
    """The rules of a detector; the best F1 of those without labels stands out."""
    rules = each_once(scene.tables.thresholds["rule"].astype(str))
    found = {rule: [scene.ruled(one, rule, key) for key in CALLED] for rule in rules}
    best = max((_shown(values[0]) for rule, values in found.items() if rule != LABELS), default="")
    rows = []
    for rule, (f1, *others) in found.items():
        is_best = rule != LABELS and _shown(f1) == best != ""
        called = _plain(share_said(scene.called(one, rule)))
        rows.append(_row(one, [_plain(rule_said(rule)), _known(f1, is_best), *map(_known, others), called]))
    return rows


def _main_body(scene: Scene, detectors: list[Detector]) -> list[Row]:
    """The rows of detectors that are given as much; the best value of a column stands out."""
    classes = scene.report.classes
    given = {"nothing": "no labels", "negative": f"labels of {classes.negative}", "labels": "all labels"}
    found = {
        one.key: [
            *(scene.value(one, key) for key in RANKED),
            *(scene.ruled(one, "expected", key) for key in CALLED),
            scene.ruled(one, "labels", "f1"),
        ]
        for one in detectors
    }
    best = [max(map(_shown, column), default="") for column in zip(*found.values(), strict=True)]
    alone = len(detectors) == 1
    return [
        _row(one, [_plain(given[one.given]), *(
            value_cell(value, stands_out=not alone and _shown(value) == top != "")
            for value, top in zip(found[one.key], best, strict=True)
        )], _note(scene, one))
        for one in detectors
    ]  # fmt: skip


def _shown(found: Estimate) -> str:
    """The digits that the page shows, by which values from 0 to 1 sort; empty where undefined."""
    text = words.decimal(found.value)
    return "" if text == words.UNDEFINED else text


def _note(scene: Scene, one: Detector) -> str:
    """What it was fitted on, whether it is there for comparison alone, and what stands for it if not the usual."""
    fitted = "" if one.model in WITHOUT_FITTING else f"fitted on {quantity(one.num_fitted, 'message')}"
    as_it_is = AS_IT_IS if scene.measure_of(one) != scene.report.measure else ""
    return " · ".join(filter(None, ["baseline" if one.is_baseline else "", fitted, as_it_is]))


def _floor(scene: Scene) -> Row:
    """What calling every message, or scoring all alike, comes to."""
    share = scene.report.true_share
    values = (CHANCE, share, _f1_of_all(share), share, 1.0, _f1_of_all(share))
    return Row(
        "Everything called", "no detector: the floor", [_plain("nothing"), *(_plain(words.decimal(v)) for v in values)]
    )


def _f1_of_all(share: float) -> float:
    """F1 where every message is called: its precision is the share of the positive class, its recall 1."""
    return 2 * share / (1 + share)


def _least_said(scene: Scene) -> str:
    """What ≤ stands for."""
    return f"≤: the least that {quantity(scene.report.num_resamples, 'resample')} can show of so many comparisons."


def _contest_cells(contest: Contest | None) -> list[Cell]:
    if contest is None:
        return [NONE, NONE]
    is_clear = contest.verdict in {"better", "worse"}
    difference = difference_cell(contest.difference)
    return [Cell(difference.value, difference.interval, is_clear), Cell(_bare_p(contest), "", is_clear)]


def _dose_cells(dose: Dose) -> list[Cell]:
    if not dose.share:
        return [NONE, NONE]
    is_clear, gap = dose.verdict in {"better", "worse"}, difference_cell(dose.difference)
    return [Cell(gap.value, gap.interval, is_clear), Cell(_bare_p(dose), "", is_clear)]


def _bare_p(gap: Gap) -> str:
    return gap.p_said.removeprefix("p ").removeprefix("= ")


def _pair(scene: Scene, contest: Contest) -> str:
    """What tells a comparison from others: detector, rival, and its measure where that is not the usual one."""
    measure = contest.measure
    named = "" if measure == scene.measure_of(contest.detector) else MEASURES[measure].short
    return f"{contest.detector.key}\n{contest.rival.key}\n{named}"


def _known(found: Estimate, stands_out: bool = False) -> Cell:
    """A value and its interval; a dash where it means nothing."""
    return value_cell(found, stands_out=stands_out) if _shown(found) else NONE


def _row(one: Detector, cells: list[Cell], note: str = "") -> Row:
    return Row(upper(one.short), note, cells)


def _plain(text: str) -> Cell:
    return Cell(text, "", stands_out=False)
