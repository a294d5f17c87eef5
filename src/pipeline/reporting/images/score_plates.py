"""The figures of a run on images that show scores, of all classes and by class."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.artifacts.images import REAL
from pipeline.reporting.grid import estimate, find
from pipeline.reporting.images import score_figures
from pipeline.reporting.images.folder import ImagesFolder
from pipeline.reporting.images.picture_figures import written
from pipeline.reporting.images.scene import Scene, called
from pipeline.reporting.images.score_figures import BY_CLASS, SET_LOOKS
from pipeline.reporting.images.scores import SCORES
from pipeline.reporting.legends import legend, legend_height
from pipeline.reporting.plates import Plate
from pipeline.reporting.words import quantity

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from pipeline.reporting.facts import Estimate
    from pipeline.reporting.style import Look

WIDE = 8.6  # inches
ACROSS = 3  # panels side by side
ROW, CLASS_ROW, REASON_ROW = 0.24, 0.27, 0.33  # inches
CELL, LEAST_PANEL = 0.37, 1.7  # inches of a heat map
FEW_CLASSES = 10  # of which two heat maps stand side by side


def score_plates(run: ImagesFolder) -> Iterator[Plate]:
    """The figures that the tables allow."""
    tables = run.tables
    if tables.scores["value"].notna().any():
        yield _scores(run)
    if tables.by_class["value"].notna().any():
        yield _classes(run)
    if (tables.confusion["name"] == run.report.gan).any():
        yield _confusion(run)


def sets(run: ImagesFolder) -> dict[str, tuple[str, Look]]:
    """The sets that are scored, each with its name for people and its look."""
    names = (run.report.gan, run.report.baseline, REAL)
    return {name: (called(name), look) for name, look in zip(names, SET_LOOKS, strict=True)}


def _scores(run: ImagesFolder) -> Plate:
    table = run.tables.scores
    shown = [score for score in SCORES if table.loc[table["score"] == score.key, "value"].notna().any()]
    down = math.ceil(len(shown) / ACROSS)

    def draw(figure: Figure) -> None:
        panels = figure.subplots(down, ACROSS, squeeze=False).ravel()
        for place, (axes, score) in enumerate(zip(panels, shown, strict=False)):
            found = [(said, find(table, name=key, score=score.key), look) for key, (said, look) in sets(run).items()]
            score_figures.score_panel(axes, found, score)
            if place % ACROSS:
                axes.set_yticklabels([])
        for axes in panels[len(shown) :]:
            axes.remove()

    return Plate(
        "scores",
        "Every score, beside the baseline and real images",
        f"Dots with 95 % intervals; {quantity(run.report.num_compared, 'image')} a set. ↑ more is better, ↓ less; → "
        "the nearer to real images the better, from either side. Real images that the judge has not learnt from stand "
        "where drawings would and show what a perfect generator would come to. Precision asks "
        "whether drawings look like test images, recall and coverage whether test images look like drawings: a "
        "generator that draws few things well has the first and lacks the others. Axes do not begin at 0, and "
        "distances may be on a logarithmic one.",
        draw,
        WIDE,
        0.2 + down * (0.62 + ROW * 3),
    )


def _classes(run: ImagesFolder) -> Plate:
    report, table, looks = run.report, run.tables.by_class, sets(run)
    found = {score.key: _by_class(table[table["score"] == score.key], len(report.class_names)) for score in BY_CLASS}
    scene = Scene(report, run.tables, run.settings)
    gone = scene.collapsed()
    reasons = {label: one.reason for label, one in (gone | scene.collapsed_in_part()).items()}

    def draw(figure: Figure) -> None:
        panels = figure.subplots(1, len(BY_CLASS))
        for axes, score in zip(panels, BY_CLASS, strict=True):
            score_figures.class_panel(axes, found[score.key], looks)
            score_figures.name_classes(axes, report.class_names, list(gone))
            axes.set_title(f"{score.label}\n({score_figures.better(score)})")
            if axes is not panels[0]:
                axes.set_yticklabels([])
        score_figures.write_reasons(panels[-1], reasons, list(gone))
        legend(figure, panels[0])

    marked = " A cross and red letters mark a class that has collapsed." if gone else ""
    marked += " What is wrong with a class stands at the right." if reasons else ""
    return Plate(
        "classes",
        "Class by class",
        "How often the judge calls drawings what was asked for, how different two drawings of a class are beside two "
        "test images of it, and what share of the test images of the class lie where drawings lie. What real images "
        "too are low in is hard for the judge, and no fault of the generator."
        f"{marked}",
        draw,
        WIDE,
        0.85
        + (REASON_ROW if reasons else CLASS_ROW) * len(report.class_names)
        + legend_height([name for name, _ in looks.values()], WIDE),
    )


def _by_class(table: pd.DataFrame, num_classes: int) -> list[dict[str, Estimate]]:
    """Estimates of one score, by class and set."""
    found: list[dict[str, Estimate]] = [{} for _ in range(num_classes)]
    for _, row in table.iterrows():
        found[int(row["label"])][str(row["name"])] = estimate(row)
    return found


def _confusion(run: ImagesFolder) -> Plate:
    report, names = run.report, run.report.class_names
    few = len(names) <= FEW_CLASSES
    shown = {report.gan: f"Drawn by {written(report.gan, 30)}", REAL: "Real test images"}
    counts = {name: _counts(run.tables.confusion, name, len(names)) for name in (shown if few else [report.gan])}
    counts = {name: found for name, found in counts.items() if found.any()}
    room = 0.5 + score_figures.LETTER * max(len(written(name)) for name in names)
    panel = min(max(CELL * len(names), LEAST_PANEL), (WIDE - room) / len(counts) - 0.2)

    def draw(figure: Figure) -> None:
        panels = figure.subplots(1, len(counts), squeeze=False).ravel()
        for place, (axes, (name, found)) in enumerate(zip(panels, counts.items(), strict=True)):
            score_figures.confusion(axes, found, names)
            axes.set_title(shown[name])
            axes.set_xlabel("Called by the judge")
            axes.set_ylabel("" if place else "Asked for (right panel: true class)" if len(counts) > 1 else "Asked for")
            if place:
                axes.set_yticklabels([])

    numbers = "numbers are images" if len(names) <= score_figures.MOST_NUMBERED else "classes are too many for numbers"
    return Plate(
        "confusion",
        "What the judge takes the drawings for",
        f"A row is what was asked for, a column what the judge calls it; darker is a larger share of the row, "
        f"{numbers}. What lies beside the diagonal in real images as well are classes that the judge mixes up; what "
        "lies there in drawings alone is the generator's.",
        draw,
        max(room + len(counts) * (panel + 0.2), 4.2),
        0.4 + room + panel,
    )


def _counts(table: pd.DataFrame, name: str, num_classes: int) -> NDArray[np.int64]:
    """Images of a set by the class asked for and what they are called."""
    counts, rows = np.zeros((num_classes, num_classes), np.int64), table[table["name"] == name]
    np.add.at(counts, (rows["label"].to_numpy(int), rows["called"].to_numpy(int)), rows["images"].to_numpy(int))
    return counts
