"""What the tables of a report on images hold, row by row, ready to be written."""

from __future__ import annotations

import math

from pipeline.artifacts.images import REAL
from pipeline.reporting.facts import Estimate
from pipeline.reporting.gaps import SIGNIFICANT, share_said, whole
from pipeline.reporting.grid import Row, Table, upper
from pipeline.reporting.images.scene import Contest, Scene, called
from pipeline.reporting.images.scores import SCORE, Score
from pipeline.reporting.tables import Cell
from pipeline.reporting.words import decimal, quantity, share

NONE = Cell("–", "", stands_out=False)


def score_table(scene: Scene) -> Table:
    """All scores of the generator, of what it must beat and of real images."""
    report = scene.report
    notes = {report.gan: "the generator of this run", report.baseline: "to be beaten", REAL: "what can be reached"}
    rows = [
        Row(_head(name), notes.get(name, ""), [_cell(score, scene.value(score, name)) for score in scene.scores])
        for name in scene.sets
    ]
    return Table(
        "Set",
        [f"{score.label}\N{NO-BREAK SPACE}{score.arrow}" for score in scene.scores],
        [rows],
        f"Against {quantity(report.num_compared, 'test image')}, as many of each set; ↑ more is better, ↓ less is "
        "better, →1 as much as real images is best. Below each figure its 95 % interval. Overlapping intervals do "
        "not settle a comparison: the paired differences do.",
    )


def class_table(scene: Scene) -> Table:
    """The generator's drawings class by class, and what they are mistaken for."""
    accuracy = SCORE["class_accuracy"]
    others = [SCORE[key] for key in ("precision", "recall", "coverage", "diversity")]
    gone = scene.collapsed()
    rows = []
    for label, name in enumerate(scene.report.class_names):
        is_gone = label in gone
        cells = [_cell(accuracy, scene.by_class(accuracy, label), stands_out=is_gone)]
        cells.append(_plain(accuracy.written(scene.by_class(accuracy, label, REAL).value)))
        cells.append(_mistaken(scene, label))
        cells += [_cell(score, scene.by_class(score, label), stands_out=is_gone) for score in others]
        rows.append(Row(name, f"collapsed: {gone[label].reason}" if is_gone else "", cells))
    return Table(
        "Class",
        ["class accuracy", "of real images", "else taken for", *(_column(score) for score in others)],
        [rows],
        f"Drawings by {scene.gan}, class by class; more is better, but of the diversity 1 is best, as much as "
        "real images have. “Of real images”: the share of the test "
        "images of the class that the judge calls right. “Else taken for”: the other class that the judge most often "
        "sees in these drawings, and in how many of them. Bold: a class that has collapsed.",
    )


def contest_table(scene: Scene) -> Table:
    """All paired comparisons."""
    bodies: dict[tuple[str, str], list[Row]] = {}
    for one in scene.contests:
        is_clear = one.verdict in {"better", "worse"}
        gap = Cell(one.score.gap_said(Estimate(one.difference.value, math.nan, math.nan)),
                   one.score.bounds(one.difference), is_clear)  # fmt: skip
        p = whole(one.p_said.removeprefix("p ").removeprefix("= "))
        row = Row(_head(one.first), "", [
            _plain(called(one.second)), _plain(one.score.within), gap, Cell(p, "", is_clear), _plain(_outcome(one)),
        ])  # fmt: skip
        bodies.setdefault((one.first, one.second), []).append(row)
    return Table(
        "Set",
        ["less", "score", "difference", "adjusted p", "the first is"],
        list(bodies.values()),
        "Paired: on the same resamples of the same test images. p is two-sided and adjusted for the number of "
        f"comparisons by Holm’s method; bold where it is below {SIGNIFICANT}. Resampled "
        f"{quantity(scene.report.num_resamples, 'time')}; of classifiers p is that of McNemar’s test.",
    )


def copy_table(scene: Scene) -> Table:
    """How near drawings come to training images."""
    rows = []
    for name in scene.sets:
        found = scene.copies(name)
        if found is None:
            continue
        near = found.close
        bounds = f"[{decimal(100 * near.low, 1)}, {decimal(100 * near.high, 1)}]" if near.is_known else ""
        rows.append(Row(_head(name), "", [
            _plain(share(found.exact, found.images)), _plain(share(found.twins, found.images)),
            Cell(share_said(near.value), bounds, stands_out=False),
            _plain(decimal(found.distance, 2)), _plain(decimal(found.test_distance, 2)),
        ]))  # fmt: skip
    return Table(
        "Set",
        ["equal a training image", "equal another drawing", "closer than most", "distance", "of test images"],
        [rows],
        "“Closer than most”: closer to a training image than all but 1 % of the test images are, so that 1 % is what "
        "new real images have. “Distance”: to the closest training image, by pixels as shares of white; the median, "
        "beside that of the test images. A plain or blurred image lies closer to others without being a copy.",
    )


def _head(name: str) -> str:
    return upper(called(name)) if name == REAL else called(name)


def _outcome(contest: Contest) -> str:
    if contest.score.is_ranked:
        return contest.verdict
    return {"better": "more varied", "worse": "less varied"}.get(contest.verdict, contest.verdict)


def _column(score: Score) -> str:
    return score.within if score.is_ranked else f"{score.within}\N{NO-BREAK SPACE}{score.arrow}"


def _mistaken(scene: Scene, label: int) -> Cell:
    found = scene.taken_for(label)
    if found is None:
        return NONE
    other, part = found
    return Cell(scene.report.class_names[other], share_said(part), stands_out=False)


def _cell(score: Score, found: Estimate, *, stands_out: bool = False) -> Cell:
    if math.isnan(found.value):
        return NONE
    return Cell(score.written(found.value), score.bounds(found), stands_out)


def _plain(text: str) -> Cell:
    return Cell(text, "", stands_out=False)
