"""What a run on images did and found, told in sentences made from its files."""

from __future__ import annotations

import math

from pipeline.artifacts.images import REAL
from pipeline.reporting.gaps import whole
from pipeline.reporting.grid import upper
from pipeline.reporting.images.facts import ImagesReport
from pipeline.reporting.images.folder import ImagesTables
from pipeline.reporting.images.scene import Scene, classes_said, tallied
from pipeline.reporting.images.scores import SCORE, SCORES, Score
from pipeline.reporting.sentences import Notice, frame_notices
from pipeline.reporting.words import count, duration, listed, quantity

GENERATE = "python -m pipeline.generate run=FOLDER label={label} n=16"
ENDINGS = {
    "diverged": "Training diverged and was stopped",
    "saturated": "The players stopped learning from each other, and training was stopped",
}
OPENING = (SCORE["class_accuracy"], SCORE["frechet"])
MEANT = {
    "Judge": "a small convolutional classifier that was trained on real images alone and never on a drawing",
    "Real images": (
        "images of the training file that the judge has not learnt from, put where a generator’s drawings would be: "
        "what a perfect generator would get. Class accuracy and “trained on drawings” of real images are the judge’s "
        "own, on the test images. Generator and Gaussian have learnt from them, the judge has not"
    ),
    "Gaussian": (
        "what a generator must beat: for each class, images drawn at random from a normal distribution around the mean "
        "image, along the directions in which images of the class differ most"
    ),
    "Interval": (
        "in brackets, 95 %. Of a share (class accuracy, precision, recall, coverage, trained on drawings): what other "
        "images that it is a share of would give, all else fixed (Wilson). Of the density: what other drawings would "
        "give. Of both distances and the diversity: what other drawings and other test images would give (bootstrap). "
        "That of the Fréchet distance begins below the value and may end at it, as 7.05 [6.90, 7.05], for noise only "
        "raises this distance. None tells what another training, by another seed, would give"
    ),
    "Collapse": "the generator answers one class with all but the same image whatever the noise, or misses what it is",
    "Partial collapse": (
        "it draws the class, but leaves out most kinds of image that there are of it: the recall of the class is below "
        "half of what real images have there, at the upper end of its interval"
    ),
    "Limits": (
        "where an epoch or the noise was chosen, it was by distances in the features of the same judge that then gives "
        "the scores, so that these flatter what was chosen; another judge may rank otherwise. While it is trained, a "
        "generator is held against images that it learns from, so that learning them by heart would be rewarded there; "
        "the final figures are of the test images, and copies are looked for"
    ),
}


def title(report: ImagesReport) -> str:
    """The run in one line."""
    return f"Images drawn by class: {report.dataset}"


def notices(scene: Scene) -> list[Notice]:
    """What limits the figures of this run; empty for a clean run on the real data that went well."""
    report, found = scene.report, frame_notices(scene.report)
    if report.ending != "finished":
        kept = f"The weights after epoch {report.kept_epoch} were kept, the best until then; all figures are theirs."
        found.append(Notice("caution", _ended(report), f"{report.trouble} {kept}".strip()))
    if gone := scene.collapsed():
        alike: dict[str, list[str]] = {}
        for one in gone.values():
            alike.setdefault(one.reason.replace(";", ","), []).append(one.name)
        said = "; ".join(f"{upper(classes_said(names))} ({why})" for why, names in alike.items())
        number = f"{count(len(gone))} of {_classes(len(report.class_names))} collapsed"
        found.append(Notice("caution", number, f"{said}."))
    if partly := [one.name for one in scene.collapsed_in_part().values()]:
        number = f"{count(len(partly))} of {_classes(len(report.class_names))} collapsed in part"
        why = "most kinds are left out, the recall being below half of what real images have"
        found.append(Notice("caution", number, f"{upper(classes_said(partly))}: {why}."))
    return found


def lead(scene: Scene) -> str:
    """What the generator reached, and what that is beside what it must beat; what went wrong comes first."""
    report = scene.report
    parts = [said for said in (_trouble(scene), _reached(scene), _verdict(scene)) if said]
    return f"{' '.join(parts)} Brackets hold 95 % intervals, over {quantity(report.num_compared, 'test image')}."


def headline(report: ImagesReport, tables: ImagesTables) -> str:
    """The result in a few lines for the terminal."""
    scene = Scene(report, tables)
    mark = "STAND-IN DATA, " if report.stand_in else ""
    about = f"{mark}{report.dataset}, {report.protocol} protocol: {quantity(report.num_compared, 'test image')}"
    lines = [_trouble(scene), f"{about}; {_reached(scene)}", _verdict(scene)]
    return "\n".join(filter(None, lines)).replace("\N{NO-BREAK SPACE}", " ")


def explained() -> list[tuple[str, str]]:
    """What the words of the page mean."""
    scores = [(score.label, f"{score.meaning}. {score.better[:1].upper()}{score.better[1:]}") for score in SCORES]
    return [*scores, *MEANT.items()]


def generate_command(report: ImagesReport) -> str:
    """How to have more drawn, of a class that a shell can be told."""
    plain = [name for name in report.class_names if name.isascii() and name.isalnum()]
    return GENERATE.format(label=plain[0] if plain else "CLASS")


def parts_sentence(report: ImagesReport) -> str:
    """Who has seen which images."""
    compared = "all of them" if report.num_compared == report.num_test else f"{count(report.num_compared)} of them"
    return (
        f"The generator learnt from {quantity(report.num_train, 'image')} of the training file, in "
        f"{_classes(len(report.class_names))}. The judge learnt from {count(report.num_judge)} of these; the other "
        f"{count(report.num_reference)} are its reference: some drawings are held against these after every epoch, and "
        "they stand for real images in the tables. The test file has "
        f"{quantity(report.num_test, 'image')}, used once, at the end; sets are compared with {compared}."
    )


def classes_sentence(scene: Scene) -> str:
    """The classes that fare worst and best, beside real images of the same class; empty where none is known."""
    told = []
    for key in ("class_accuracy", "recall", "diversity"):
        score, names = SCORE[key], scene.report.class_names
        found = {label: scene.by_class(score, label).value for label in range(len(names))}
        known = sorted((value, label) for label, value in found.items() if not math.isnan(value))
        if known:
            ends = [
                f"{score.written(value)} ({names[label]}; real images "
                f"{score.written(scene.by_class(score, label, REAL).value)})"
                for value, label in (known[0], known[-1])
            ]
            told.append(f"{score.within} from {ends[0]} to {ends[1]}")
    return f"By class: {'; '.join(told)}." if told else ""


def copies_sentence(report: ImagesReport) -> str:
    """Images that are in both files."""
    if not report.num_copies:
        return "No image of the training file equals one of the test file."
    one = report.num_copies == 1
    return (
        f"{quantity(report.num_copies, 'image')} of the training file {'equals one' if one else 'equal one'} of the "
        "test file; what was done with these is told where images are dropped, or else they stayed in."
    )


def models_sentence(scene: Scene) -> str:
    """What the players and the judge are."""
    report = scene.report
    each = duration(scene.seconds) if not math.isnan(scene.seconds) else ""
    pace = f", {each} each" if each else ""
    return (
        f"The generator has {count(report.num_params)} weights that are trained, the discriminator "
        f"{count(report.num_discriminator_params)}; both are {report.kind}. {quantity(report.epochs, 'epoch')} of "
        f"{quantity(report.updates, 'update')} of each{pace}; epoch {report.kept_epoch} was kept{_why_kept(scene)}. "
        f"{noise_said(scene.settings.drawing.noise_std)}"
        f"The judge has {count(report.judge_params)} weights and calls "
        f"{whole(SCORE['class_accuracy'].written(report.judge_accuracy))} of all test images right."
    )


def _classes(number: int) -> str:
    return f"{count(number)} class{'' if number == 1 else 'es'}"


def noise_said(noise_std: float) -> str:
    """From what noise drawings are made, with a space behind; empty where it is that of training."""
    if noise_std == 1:
        return ""
    return f"Drawings are made from noise of a standard deviation of {noise_std:g}, where training has 1. "


def training_noise(noise_std: float) -> str:
    """From what noise pictures of the training are made, with a space before; empty where all noise is the same."""
    if noise_std == 1:
        return ""
    return (
        f" The noise has a standard deviation of 1 here, as in training; other drawings are made with {noise_std:g}, "
        "so that these are a little more varied, and less clean."
    )


def _why_kept(scene: Scene) -> str:
    if scene.report.ending != "finished" or scene.settings.training.keep == "best":
        return ", the one whose drawings came closest to the reference images"
    return ", the last one, however good it was" if scene.settings.training.keep == "last" else ""


def _ended(report: ImagesReport) -> str:
    return f"{ENDINGS[report.ending]} after {count(report.epochs)} of {quantity(report.epochs_wanted, 'epoch')}"


def _trouble(scene: Scene) -> str:
    """That training ended early or that classes collapsed, outright or in part; empty where all went well."""
    report, parts = scene.report, []
    if report.ending != "finished":
        parts.append(f"{_ended(report)}.")
    for said, lost in (("Collapsed", scene.collapsed()), ("Collapsed in part", scene.collapsed_in_part())):
        if names := [one.name for one in lost.values()]:
            which = f"all {_classes(len(names))}" if len(names) == len(report.class_names) else classes_said(names)
            parts.append(f"{said}: {which}.")
    return " ".join(parts)


def _reached(scene: Scene) -> str:
    """The scores that matter most, beside those of real images and of the baseline."""
    return f"{scene.gan} reaches {'; '.join(_beside(scene, score) for score in OPENING)}."


def _beside(scene: Scene, score: Score) -> str:
    others = {"real images": REAL, scene.baseline: scene.report.baseline}
    beside = [f"{who} {score.written(scene.value(score, name).value)}" for who, name in others.items()]
    direction = "" if score.higher_is_better else ", less is better"
    return f"{score.within} {score.said(scene.value(score))} ({', '.join(beside)}{direction})"


def _verdict(scene: Scene) -> str:
    """Whether it beats what it must beat, score by score."""
    found = tallied(scene.against(scene.report.baseline))
    total = sum(map(len, found.values()))
    if not total:
        return ""
    beaten = found["better"]
    if len(beaten) == total:
        return f"It beats the {scene.baseline} by {'all ' if total > 1 else ''}{quantity(total, 'score')}."
    if len(found["unknown"]) == total:
        return f"Whether it beats the {scene.baseline} cannot be told."
    number = count(len(beaten)) if beaten else "none"
    verdict = f"It beats the {scene.baseline} by {number} of {quantity(total, 'score')}"
    rest = [("worse", "loses by"), ("level", "cannot be told from it by"), ("unknown", "cannot be compared by")]
    told = [f"{how} {listed([one.score.within for one in found[kind]])}" for kind, how in rest if found[kind]]  # pyright: ignore[reportArgumentType]
    return f"{verdict}; it {listed(told)}."
