"""The questions that the page answers first. Verdicts come from intervals and resampled comparisons alone."""

from __future__ import annotations

import math
from collections.abc import Mapping

from pipeline.artifacts.images import CLOSE, REAL
from pipeline.reporting.answers import Finding, Style
from pipeline.reporting.gaps import share_said, whole
from pipeline.reporting.grid import Verdict, upper
from pipeline.reporting.images.scene import Collapsed, Contest, Copies, Scene, bounded, classes_said, tallied
from pipeline.reporting.images.scores import SCORE, Score
from pipeline.reporting.images.training_findings import (
    does_the_discriminator_memorise,
    would_more_epochs_help,
)
from pipeline.reporting.words import count, decimal, listed, quantity, share

STYLES: dict[Verdict, Style] = {"better": "beats", "worse": "loses", "level": "level", "unknown": "unknown"}
HARDLY = 2  # times that share, which is worth no alarm


def do_drawings_show_their_class(scene: Scene) -> Finding | None:
    """Class accuracy beside real images, and the classes that are missed most."""
    score = SCORE["class_accuracy"]
    if score not in scene.scores:
        return None
    own, real = scene.value(score), scene.value(score, REAL)
    gap = own.value - real.value
    answer = (
        f"The judge takes {score.said(own)} of the drawings for the class that was asked for; of real test images it "
        f"calls {score.said(real)} right."
    )
    parts = [answer]
    style, tag = _beside(scene, score)
    if not math.isnan(gap) and gap > 0:
        parts.append("More than real images reach is no merit: drawings are then plainer than these.")
    missed = sorted(
        range(len(scene.report.class_names)), key=lambda label: _sortable(scene.by_class(score, label).value)
    )
    lowest = [label for label in missed[:2] if not math.isnan(scene.by_class(score, label).value)]
    if lowest:
        told = [
            f"{scene.report.class_names[one]} ({score.written(scene.by_class(score, one).value)})" for one in lowest
        ]
        parts.append(f"The classes that it misses most: {listed(told)}.")
    return Finding("Do the drawings show what was asked for?", tag, style, " ".join(parts))


def are_they_like_real_images(scene: Scene) -> Finding | None:
    """Distances, precision and recall beside the reference images."""
    score = SCORE["frechet"]
    if score not in scene.scores:
        return None
    own, real, blind = (scene.value(score, name) for name in (None, REAL, scene.report.baseline))
    contests = scene.against(REAL)
    found = tallied(contests)
    answer = (
        f"Their Fréchet distance to the test images is {score.said(own)}; that of other real images is "
        f"{score.said(real)}, that of the {scene.baseline} {score.said(blind)}."
    )
    parts = [answer]
    if way := _way(own.value, real.value, blind.value):
        parts.append(f"It has gone {way} of the way from the {scene.baseline} to real images.")
    if len(found["unknown"]) < len(contests):
        level = [one.score.within for one in found["level"]]
        aside = f"; by {listed(level)} no difference can be detected" if level else ""
        worse, total = len(found["worse"]), quantity(len(contests), "score")
        number = f"all {total}" if worse == len(contests) else f"{count(worse)} of {total}"
        parts.append(f"Real images are detectably better by {number}{aside}.")
    style, tag = _beside(scene, score, *(one.score for one in contests))
    return Finding("Are they like real images?", tag, style, " ".join(parts))


def does_it_beat_the_baseline(scene: Scene) -> Finding | None:
    """The generator beside what it must beat, by every score."""
    contests = scene.against(scene.report.baseline)
    if not contests:
        return None
    found = tallied(contests)
    said = {
        "better": "It is detectably better by", "worse": "It is detectably worse by",
        "level": "No difference can be detected by", "unknown": "It cannot be told by",
    }  # fmt: skip
    parts = [f"{said[kind]} {_told(ones)}." for kind, ones in found.items() if ones]
    if any(one.from_real and one.verdict != "unknown" for one in contests):
        parts.append(
            f"Of {listed([one.score.within for one in contests if one.from_real])} the one nearer to real images is "
            "better, and what is told is the difference in that distance."
        )
    total, better = len(contests), len(found["better"])
    tag = f"by {count(better)} of {count(total)} scores" if better < total else "by every score"
    worse = len(found["worse"])
    style: Style = "beats" if better == total else "loses" if not better or worse > better else "level"
    if len(found["unknown"]) == total:
        tag, style = "cannot be told", "unknown"
    return Finding(f"Does it beat the {scene.baseline}?", tag, style, " ".join(parts))


def does_it_draw_all_there_is(scene: Scene) -> Finding | None:
    """Recall, coverage and diversity, and classes that have collapsed, outright or in part."""
    known = [score for key in ("recall", "coverage", "diversity") if (score := SCORE[key]) in scene.scores]
    if not known:
        return None
    question, gone, partly = "Does it draw all there is?", scene.collapsed(), scene.collapsed_in_part()
    real = {score: score.written(scene.value(score, REAL).value) for score in known}
    told = [f"{score.within} {score.said(scene.value(score))}, of real images {real[score]}" for score in known]
    parts = [f"{upper('; '.join(told))}."]
    if partly:
        parts.append(
            f"Of {_which(scene, partly)} most kinds are left out: the recall is surely below half of what real images "
            "have there."
        )
    if gone:
        parts.insert(0, f"Not of {_which(scene, gone)}: see the table by class.")
        return Finding(question, "collapse", "loses", " ".join(parts))
    if partly:
        return Finding(question, "partial collapse", "loses", " ".join([*parts, "No class has collapsed outright."]))
    style, tag = _beside(scene, *known)
    return Finding(question, tag, style, " ".join([*parts, "No class has collapsed."]))


def can_one_learn_from_them(scene: Scene) -> Finding | None:
    """A classifier of drawings, judged on real test images."""
    score = SCORE["learnt_accuracy"]
    if score not in scene.scores:
        return None
    own, real, blind = (scene.value(score, name) for name in (None, REAL, scene.report.baseline))
    trained = f"{quantity(scene.report.pupil_images, 'drawing')} alone"
    answer = (
        f"A classifier trained on {trained} calls {score.said(own)} of the real test images right; trained on real "
        f"images {score.said(real)}, on drawings of the {scene.baseline} {score.said(blind)}."
    )
    style, tag = _beside(scene, score)
    if (contest := scene.contest(score, scene.report.baseline)) is not None:
        answer += f" Less the {scene.baseline}: {contest.shown}."
    return Finding("Can a classifier learn from the drawings?", tag, style, answer)


def does_it_copy(scene: Scene) -> Finding | None:
    """Drawings that are training images, or closer to one than real images are."""
    found = scene.copies()
    if found is None:
        return None
    parts = [_exact(found)]
    near = found.close
    parts.append(
        f"{whole(' '.join(bounded(near)).strip())} of them are closer to a training image than all but 1 % of the test "
        f"images are. The typical distance to the closest training image is "
        f"{decimal(found.distance, 2)}, of test images {decimal(found.test_distance, 2)}."
    )
    question = "Does it copy training images?"
    if found.exact:
        return Finding(question, "exact copies", "loses", " ".join(parts))
    if near.is_known and near.low > CLOSE:
        if near.value < HARDLY * CLOSE:
            return Finding(question, "hardly closer", "beats", " ".join(parts))
        parts.append(
            "A plain or blurred image lies close to many others without being a copy: look at the pairs below."
        )
        return Finding(question, "closer than real", "level", " ".join(parts))
    return Finding(question, "no sign of it", "beats", " ".join(parts))


QUESTIONS = (
    do_drawings_show_their_class,
    are_they_like_real_images,
    does_it_beat_the_baseline,
    does_it_draw_all_there_is,
    can_one_learn_from_them,
    does_it_copy,
    does_the_discriminator_memorise,
    would_more_epochs_help,
)


def findings(scene: Scene) -> list[Finding]:
    """The questions of the run, answered; one that the run cannot answer is left out."""
    return [found for ask in QUESTIONS if (found := ask(scene)) is not None]


def _beside(scene: Scene, score: Score, *others: Score) -> tuple[Style, str]:
    """The colour and the tag of the comparisons with real images and with what must be beaten.

    The first score tells; but where real images are better by any of the others, drawings are not as real.
    """
    contest, blind = scene.contest(score, REAL), scene.contest(score, scene.report.baseline)
    if blind is not None and blind.verdict == "worse":
        return "loses", f"behind {scene.baseline}"
    if contest is None:
        return "unknown", "not compared"
    tags: dict[Verdict, str] = {
        "better": "above real", "worse": "below real", "level": "as real", "unknown": "cannot be told",
    }  # fmt: skip
    styles: dict[Verdict, Style] = {"better": "beats", "worse": "level", "level": "beats", "unknown": "unknown"}
    beside = [contest, *(found for one in others if (found := scene.contest(one, REAL)) is not None)]
    verdict = "worse" if any(one.verdict == "worse" for one in beside) else contest.verdict
    if score.as_real and contest.verdict == "worse" and contest.difference.value > 0:
        return styles[verdict], "beyond real"
    return styles[verdict], tags[verdict]


def _which(scene: Scene, lost: Mapping[int, Collapsed]) -> str:
    names = [one.name for one in lost.values()]
    return "any class" if len(names) == len(scene.report.class_names) else classes_said(names)


def _told(contests: list[Contest]) -> str:
    """Differences with their intervals; a p-value that all share is said once."""
    if all(one.verdict == "unknown" for one in contests):
        return listed([one.score.within for one in contests])
    shared = {one.p_said for one in contests}
    if len(shared) > 1 or len(contests) == 1:
        return listed([f"{one.score.within} ({one.shown})" for one in contests])
    told = [f"{one.score.within} ({one.score.gap_said(one.difference)})" for one in contests]
    return f"{listed(told)}, each at {whole(*shared)}"


def _way(own: float, real: float, blind: float) -> str:
    """How much of the way from the baseline to real images the generator has gone."""
    if math.isnan(own + real + blind) or blind <= real or not real <= own <= blind:
        return ""
    return share_said((blind - own) / (blind - real))


def _exact(found: Copies) -> str:
    if not found.exact and not found.twins:
        return f"None of {quantity(found.images, 'drawing')} equals a training image, and none another drawing."
    copies = f"{share(found.exact, found.images)} drawings equal a training image"
    return f"{copies}, {share(found.twins, found.images)} another drawing."


def _sortable(value: float) -> float:
    return math.inf if math.isnan(value) else value
