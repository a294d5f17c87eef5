"""What the tables of a report on images hold, row by row, ready to be written."""

from __future__ import annotations

import math

from pipeline.artifacts.images import REAL
from pipeline.reporting.facts import Estimate
from pipeline.reporting.gaps import SIGNIFICANT, share_said, whole
from pipeline.reporting.grid import Row, Table, upper
from pipeline.reporting.images.scene import Contest, Scene, bounded, called
from pipeline.reporting.images.scores import SCORE, Score
from pipeline.reporting.tables import Cell
from pipeline.reporting.words import decimal, quantity, share

NONE = Cell("–", "", stands_out=False)
PAIRED = (
    "Recall, coverage and “trained on drawings” are paired: both sets meet the same resamples of the test images. The "
    "two distances and the diversity are paired in the test images alone, each drawn set being resampled by itself. "
    "Class accuracy, precision and density are not paired: each is of a set’s own images"
)


def score_table(scene: Scene) -> Table:
    """All scores of the generator, of what it must beat and of real images."""
    report = scene.report
    notes = {
        report.gan: "the generator of this run",
        report.baseline: "to be beaten",
        REAL: "put where drawings would be",
    }
    rows = [
        Row(_head(name), notes.get(name, ""), [_cell(score, scene.value(score, name)) for score in scene.scores])
        for name in scene.sets
    ]
    return Table(
        "Set",
        [f"{score.label}\N{NO-BREAK SPACE}{score.arrow}" for score in scene.scores],
        [rows],
        f"Against {quantity(report.num_compared, 'test image')}, as many of each set. ↑ more is better, ↓ less is "
        "better, → the nearer to real images the better, from either side: more than they have is no merit. Below each "
        "figure its 95 % interval. Overlapping intervals do not settle a comparison: the resampled differences do. "
        f"{PAIRED}.",
    )


def class_table(scene: Scene) -> Table:
    """The generator's drawings class by class, and what they are mistaken for."""
    accuracy = SCORE["class_accuracy"]
    others = [SCORE[key] for key in ("precision", "recall", "coverage", "diversity")]
    gone, partly = scene.collapsed(), scene.collapsed_in_part()
    notes = {label: f"collapsed: {one.reason}" for label, one in gone.items()}
    notes |= {label: f"partial collapse: {one.reason}" for label, one in partly.items()}
    rows = []
    for label, name in enumerate(scene.report.class_names):
        is_gone, is_lost = label in gone, {SCORE["recall"]} if label in partly else set()
        cells = [_cell(accuracy, scene.by_class(accuracy, label), stands_out=is_gone)]
        cells.append(_plain(accuracy.written(scene.by_class(accuracy, label, REAL).value)))
        cells.append(_mistaken(scene, label))
        cells += [
            _cell(score, scene.by_class(score, label), stands_out=is_gone or score in is_lost) for score in others
        ]
        rows.append(Row(name, notes.get(label, ""), cells))
    return Table(
        "Class",
        [_column(accuracy), "of real images", "else taken for", *(_column(score) for score in others)],
        [rows],
        f"Drawings by {scene.gan}, class by class. Of recall and coverage more is better, of the others "
        "the nearer to real images the better (of the diversity, 1). “Of real images”: the share of the test "
        "images of the class that the judge calls right. “Else taken for”: the other class that the judge most often "
        "sees in these drawings, and in how many of them. Bold: a class that has collapsed, "
        "or the recall of one that has in part: its upper end is below half of what real images have.",
    )


def contest_table(scene: Scene) -> Table:
    """All comparisons."""
    bodies: dict[tuple[str, str], list[Row]] = {}
    for one in scene.contests:
        is_clear = one.verdict in {"better", "worse"}
        gap = Cell(one.score.gap_said(Estimate(one.difference.value, math.nan, math.nan)),
                   one.score.bounds(one.difference), is_clear)  # fmt: skip
        p = whole(one.p_said.removeprefix("p ").removeprefix("= "))
        row = Row(_head(one.first), "", [
            _plain(called(one.second)), _plain(_compared(one)), gap, Cell(p, "", is_clear), _plain(_outcome(one)),
        ])  # fmt: skip
        bodies.setdefault((one.first, one.second), []).append(row)
    return Table(
        "Set",
        ["less", "score", "difference", "adjusted p", "the first is"],
        list(bodies.values()),
        f"{PAIRED}; but two drawn sets are held against the same resamples of the real value. Of these three scores "
        "and the diversity, two drawn sets are compared by how far each is from real images. p is two-sided and "
        "adjusted for the number of "
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
        rows.append(Row(_head(name), "", [
            _plain(share(found.exact, found.images)), _plain(share(found.twins, found.images)),
            Cell(*bounded(found.close), stands_out=False),
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


def _compared(contest: Contest) -> str:
    return f"{contest.score.within}, distance from real" if contest.from_real else contest.score.within


def _outcome(contest: Contest) -> str:
    if contest.verdict not in {"better", "worse"} or not contest.score.as_real:
        return contest.verdict
    if contest.from_real:
        return "nearer to real" if contest.verdict == "better" else "farther from real"
    return "higher" if contest.difference.value > 0 else "lower"


def _column(score: Score) -> str:
    return f"{score.within}\N{NO-BREAK SPACE}{score.arrow}"


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
