"""Figures of how detectors do: each draws on the axes it is given and returns nothing."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from pipeline.artifacts.detection import Measure
from pipeline.reporting import words
from pipeline.reporting.curves import GUESS, MOST_MARKERS
from pipeline.reporting.detection.names import MEASURES
from pipeline.reporting.facts import Estimate
from pipeline.reporting.style import FAINT, INK, LOOKS, MUTED, Look

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SMALL = 7.5  # points
ALONE: dict[str, Any] = {"color": INK, "linewidth": 1.1, "linestyle": (0, (5, 1.6))}
WHISKER: dict[str, Any] = {"linestyle": "none", "elinewidth": 1.2, "capsize": 2, "markersize": 5}
MEASURE_MARKS: dict[Measure, dict[str, Any]] = {
    "message": {"marker": "o", "markersize": 7.5, "markerfacecolor": "none", "color": LOOKS[0].color},
    "word": {"marker": "^", "markersize": 5.5, "markerfacecolor": "white", "color": LOOKS[2].color},
    "residual": {"marker": "s", "markersize": 4.8, "color": LOOKS[1].color},
}


@dataclass(frozen=True)
class Line:
    """A detector in a figure: its key in the tables, its name for people, and its look."""

    detector: str
    name: str
    look: Look


@dataclass(frozen=True)
class Group:
    """Detectors that were given as many labels: what the group is called, and its members, top first."""

    name: str
    look: Look
    members: list[Line]


def forest(axes: Axes, groups: Sequence[Group], values: Mapping[str, Estimate], alone: float, chance: float) -> None:
    """A row a detector: the value with its 95 % interval; lines at what length alone reaches, and chance.

    Args:
        axes: drawn on.
        groups: of detectors, top first.
        values: by detector; what is undefined says so.
        alone: what length alone reaches; NaN: no line.
        chance: what guessing reaches.
    """
    draw_references(axes, alone, chance)
    ends = [chance]
    for place, (group, line) in _rows(groups).items():
        if line is None:
            continue
        found = values.get(line.detector, words.NOT_KNOWN)
        if math.isnan(found.value):
            _write_undefined(axes, place)
            continue
        whiskers = np.nan_to_num([[found.value - found.low], [found.high - found.value]]).clip(min=0)
        style = {"color": group.look.color, "marker": group.look.marker}
        axes.errorbar([found.value], [place], xerr=whiskers, **style, **WHISKER)
        ends += [end for end in (found.value, found.low) if not math.isnan(end)]
    _name_rows(axes, groups)
    axes.set_xlim(_left(ends), 1.02)


def measures(axes: Axes, groups: Sequence[Group], table: pd.DataFrame, alone: float) -> None:
    """A row a detector: its ROC-AUC by message, per known word and adjusted for length.

    `table` has `detector`, `measure`, `value`. Lines: what length alone reaches, and chance.
    """
    draw_references(axes, alone, 0.5)
    ends, named = [0.5], set()
    for place, (_, line) in _rows(groups).items():
        if line is None:
            continue
        found = table[(table["detector"] == line.detector) & table["value"].notna()]
        if found.empty:
            _write_undefined(axes, place)
            continue
        axes.plot([found["value"].min(), found["value"].max()], [place, place], color=MUTED, linewidth=0.8, zorder=2)
        for measure, mark in MEASURE_MARKS.items():
            values = found.loc[found["measure"] == measure, "value"]
            name = "" if measure in named or values.empty else MEASURES[measure].short
            named |= {measure} if name else set()
            axes.plot(values, np.full(len(values), place), linestyle="none", zorder=3, label=name or None, **mark)
        ends.append(float(found["value"].min()))
    _name_rows(axes, groups)
    axes.set_xlim(_left(ends), 1.02)


def draw_references(axes: Axes, alone: float, chance: float) -> None:
    """Vertical lines at what length alone reaches, and at chance."""
    if not math.isnan(alone):
        axes.axvline(alone, **ALONE, label="length alone")
    if not math.isnan(chance):
        axes.axvline(chance, **GUESS, label="chance")


def contamination(axes: Axes, table: pd.DataFrame, lines: Sequence[Line], chance: float, usual: float) -> None:
    """One metric against the share of the positive class among the messages fitted on, with 95 % intervals.

    Args:
        axes: drawn on.
        table: `model`, `share`, `value`, `low`, `high`.
        lines: their `detector` is the model.
        chance: what guessing reaches.
        usual: share of the positive class in the data, marked where the axis reaches.
    """
    from matplotlib.ticker import MaxNLocator

    axes.axhline(chance, **GUESS, label="chance")
    if usual <= table["share"].max():
        axes.axvline(100 * usual, color=MUTED, linewidth=0.9, linestyle=(0, (5, 1.6)), label="share in the test part")
    for line in lines:
        rows = table[table["model"] == line.detector].sort_values("share")
        places = 100 * rows["share"]
        axes.fill_between(places, rows["low"], rows["high"], color=line.look.color, alpha=0.16, linewidth=0)
        for bound in ("low", "high"):
            axes.plot(places, rows[bound], **line.look.pen, linewidth=0.6)
        axes.plot(places, rows["value"], **line.look.dots, label=line.name, markersize=5.5)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=5, steps=[1, 2, 5, 10]))
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:g} %")


def epochs(axes: Axes, history: pd.DataFrame, column: str, lines: Sequence[Line], kept: Mapping[str, int]) -> None:
    """A figure of training by epoch, a line a detector; a ring on the line marks the epoch whose weights were kept."""
    from matplotlib.ticker import MaxNLocator

    longest = int(history.loc[history["detector"].isin([line.detector for line in lines]), "epoch"].max())
    every = math.ceil(longest / MOST_MARKERS)
    for line in lines:
        rows = history[history["detector"] == line.detector].sort_values("epoch")
        axes.plot(rows["epoch"], rows[column], **line.look.dots, markevery=every, label=line.name)
        at_kept = rows[rows["epoch"] == kept.get(line.detector, 0)]
        axes.plot(
            at_kept["epoch"], at_kept[column], linestyle="none", marker="o", markersize=11, markerfacecolor="none",
            markeredgecolor=INK, markeredgewidth=1.2, zorder=4, label="kept epoch" if line is lines[-1] else None,
        )  # fmt: skip
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=8, min_n_ticks=1))
    axes.set_xlim(0.3, longest + 0.7)
    axes.margins(y=0.1)
    axes.set_xlabel("Epoch")


def precision_recall(axes: Axes, curves: pd.DataFrame, lines: Sequence[Line], chance: float) -> None:
    """Precision over rising recall, a line a detector; guessing reaches the share of the positive class."""
    axes.axhline(chance, **GUESS, label="chance")
    for index, line in enumerate(lines):
        best = _best_precision(curves[curves["detector"] == line.detector])
        axes.plot(
            best.index, best, **line.look.dots, drawstyle="steps-pre", label=line.name,
            markevery=(0.02 * (index + 1), 0.17), linewidth=1.3,
        )  # fmt: skip
    axes.set_xlim(-0.01, 1.02)
    axes.set_ylim(0, 1.03)
    axes.set_xlabel("Recall")
    axes.set_ylabel("Precision")


def _best_precision(curve: pd.DataFrame) -> pd.Series:
    """The highest precision at every recall, from the left edge on."""
    best = curve.dropna(subset=["recall", "precision"]).groupby("recall")["precision"].max()
    caught = best[best.index > 0]
    return pd.concat([pd.Series({0.0: caught.iloc[0]}), caught]) if len(caught) else best


def _rows(groups: Sequence[Group]) -> dict[int, tuple[Group, Line | None]]:
    """What stands in each row, top first: the heading of a group (no line), then its members."""
    entries: list[tuple[Group, Line | None]] = []
    for group in groups:
        entries += [(group, None), *((group, line) for line in group.members)]
    return dict(enumerate(entries))


def count_rows(groups: Sequence[Group]) -> int:
    """Rows that the groups fill, headings included."""
    return len(_rows(groups))


def _name_rows(axes: Axes, groups: Sequence[Group]) -> None:
    rows = _rows(groups)
    names = [line.name if line else group.name for group, line in rows.values()]
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_yticks(list(rows), names)
    for (_, line), tick in zip(rows.values(), axes.yaxis.get_major_ticks(len(rows)), strict=True):
        tick.label1.set_fontweight("normal" if line else "bold")
    axes.grid(visible=False, axis="y")
    for place, (_, line) in rows.items():
        if line:
            axes.axhline(place, color=FAINT, linewidth=0.6, zorder=0.5)
        elif place:
            axes.axhline(place - 0.5, color=MUTED, linewidth=0.6, zorder=0.5)
    axes.tick_params(axis="y", length=0)


def _left(ends: Sequence[float]) -> float:
    """Left end of an axis of shares that has all of these in sight."""
    return max(math.floor(20 * (min(ends) - 0.02)) / 20, -0.01)


def _write_undefined(axes: Axes, place: int) -> None:
    axes.annotate(
        words.UNDEFINED, (0, place), (3, 0), xycoords=("axes fraction", "data"), textcoords="offset points",
        va="center", fontsize=SMALL, color=MUTED,
    )  # fmt: skip
