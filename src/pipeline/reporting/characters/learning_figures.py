"""Figures of learning, over epochs and over seconds: each draws on the axes it is given and returns nothing."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from pipeline.reporting.characters.contests import Race
from pipeline.reporting.characters.figures import SMALL
from pipeline.reporting.characters.lines import Line, Reference
from pipeline.reporting.curves import MOST_MARKERS
from pipeline.reporting.style import INK, LOOKS, MUTED
from pipeline.reporting.words import duration

if TYPE_CHECKING:
    from matplotlib.axes import Axes

CURVES = ("training", "validation", "kept epoch")
LEAST_RANGE, MOST_RANGE = 0.3, 1.6  # bits per character that an axis spans at least, and unless networks differ by more
ROOM = 1.3  # of the way from the least bits to where the slowest network is halfway through
LEAST_SECONDS = 0.01  # a logarithmic axis has no 0
LEAST_SPAN = 10.0  # by which the ends of the axis of seconds differ at least
LEAST_HEIGHT, LABEL = 3.2, 0.46  # inches: of the axes of seconds, and of a label of three lines beside them
RING: dict[str, Any] = {
    "linestyle": "none", "marker": "o", "markersize": 10, "markerfacecolor": "none", "markeredgecolor": INK,
    "markeredgewidth": 1.2, "zorder": 4,
}  # fmt: skip
LEADER: dict[str, Any] = {
    "arrowstyle": "-", "color": MUTED, "linewidth": 0.6, "shrinkA": 2, "shrinkB": 0, "relpos": (0, 0.5), "patchA": None,
}  # fmt: skip


def outcome(race: Race) -> str:
    """How much sooner the streamed network got there than its windowed twin, and when."""
    taken, usual = race.streamed_seconds, race.windowed_seconds
    if math.isnan(taken) or math.isnan(usual):
        return "never got there"
    ratio = max(usual, LEAST_SECONDS) / max(taken, LEAST_SECONDS)
    times, word = (ratio, "sooner") if ratio >= 1 else (1 / ratio, "later")
    return f"{_times(times)}× {word}\n{duration(taken)} against {duration(usual)}"


def limits(history: pd.DataFrame, references: Sequence[Reference]) -> tuple[float, float]:
    """Ends of an axis of bits that shows where all networks come to; the first epochs may begin above it."""
    values = history[["train_bits", "val_bits"]].to_numpy(np.float64)
    levels = [reference.value for reference in references]
    known = [*values[np.isfinite(values)], *levels]
    if not known:
        return 0.0, 1.0
    low, halfway = min(known), history.groupby("name")["val_bits"].median().max()
    settled = max(level for level in (*levels, halfway, low) if math.isfinite(level))
    room = max(min(max(known) - low, max(ROOM * (settled - low), MOST_RANGE)), LEAST_RANGE)
    return low - 0.08 * room, low + 1.04 * room


def epochs_panel(axes: Axes, history: pd.DataFrame, kept_epoch: int, references: Sequence[Reference]) -> None:
    """One network's bits per character in training and on validation; a ring marks the epoch that was kept."""
    from matplotlib.ticker import MaxNLocator

    rows = history.sort_values("epoch")
    every = math.ceil(len(rows) / MOST_MARKERS)
    for style, column, name in zip((LOOKS[1], LOOKS[0]), ("train_bits", "val_bits"), CURVES, strict=False):
        axes.plot(rows["epoch"], rows[column], **style.dots, markersize=3.5, markevery=every, label=name)
    kept = rows[rows["epoch"] == kept_epoch]
    axes.plot(kept["epoch"], kept["val_bits"], **RING, label=CURVES[2])
    for reference in references:
        axes.axhline(reference.value, **reference.pen, label=reference.name, zorder=1)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=6, min_n_ticks=1))
    first, last = rows["epoch"].min(), rows["epoch"].max()
    room = 0.3 + 0.05 * (last - first)
    axes.set_xlim(first - min(room, 0.9), last + room)


def nats_axis(axes: Axes) -> None:
    """The same at the right edge as a loss in nats."""
    right = axes.secondary_yaxis("right", functions=(_nats, _bits))
    right.set_ylabel("Loss (nats per character)")


def seconds_panel(axes: Axes, history: pd.DataFrame, lines: Sequence[Line], races: Sequence[Race]) -> None:
    """Validation bits per character of all networks over the seconds that they had taken by then.

    The limits of the axis of bits must be set. For each race, a thin line goes from where the streamed network had
    paid as little as the windowed one ever did to the edge, where it says how much sooner that was.
    """
    ends = []
    for line in lines:
        rows = history[history["name"] == line.model].sort_values("epoch")
        seconds = rows["seconds"].cumsum().clip(lower=LEAST_SECONDS)
        every = math.ceil(len(rows) / MOST_MARKERS)
        axes.plot(seconds, rows["val_bits"], **line.dots, markevery=every, label=line.name)
        ends += [*seconds[np.isfinite(seconds)]]
    _seconds_axis(axes, ends)
    shown = [race for race in races if math.isfinite(race.val_bits)]
    low, high = axes.get_ylim()
    called = {line.model: line.name for line in lines}
    heights = [(race.val_bits - low) / (high - low) for race in shown]
    for race, height, place in zip(shown, heights, spread(heights, LABEL / seconds_height(shown)), strict=True):
        _mark_race(axes, race, called.get(race.streamed.key, race.streamed.short), height, place)


def seconds_height(races: Sequence[Race]) -> float:
    """Inches that the axes of seconds are high, for all labels to stand beside them."""
    return max(LEAST_HEIGHT, LABEL * len(races))


def spread(places: Sequence[float], gap: float) -> list[float]:
    """The places between 0 and 1, moved as little as can be so that no two are nearer than `gap`; their order stays."""
    from scipy.optimize import isotonic_regression

    if not places:
        return []
    order, steps = np.argsort(places, kind="stable"), np.arange(len(places))
    gap = min(gap, 1 / max(len(places) - 1, 1))
    # places less the room that those below take up need only rise
    risen = isotonic_regression(np.asarray(places, float)[order] - gap * steps).x
    moved = np.empty(len(places))
    moved[order] = risen.clip(0, 1 - gap * steps[-1]) + gap * steps
    return moved.tolist()


def _mark_race(axes: Axes, race: Race, name: str, height: float, place: float) -> None:
    """The level, the points where both reach it, and beside the axes what came of it, as high as `place`."""
    points = [seconds for seconds in (race.streamed_seconds, race.windowed_seconds) if not math.isnan(seconds)]
    reached = [max(seconds, LEAST_SECONDS) for seconds in points]
    start = min(reached, default=axes.get_xlim()[0])
    axes.plot([start, axes.get_xlim()[1]], [race.val_bits] * 2, color=MUTED, linewidth=0.8, zorder=1.5)
    axes.plot(reached, [race.val_bits] * len(reached), color=INK, linestyle="none", marker="|", markersize=13, zorder=4)
    axes.annotate(
        f"{name}\n{outcome(race)}", (1, min(max(height, 0), 1)), (1.025, place), xycoords="axes fraction",
        textcoords="axes fraction", va="center", fontsize=SMALL, annotation_clip=False,
        arrowprops=LEADER,
    )  # fmt: skip


def _seconds_axis(axes: Axes, ends: Sequence[float]) -> None:
    from matplotlib.ticker import LogLocator, NullLocator

    axes.set_xscale("log")
    low, high = min(ends, default=1.0), max(ends, default=1.0)
    widening = math.sqrt(max(LEAST_SPAN / (high / low), 1)) * 1.15
    axes.set_xlim(low / widening, high * widening)
    axes.xaxis.set_major_locator(LogLocator(subs=(1.0, 3.0), numticks=12))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}" if value >= 1 else f"{value:g}")
    axes.set_xlabel("Seconds of training and validation (logarithmic)")


def _times(ratio: float) -> str:
    """14, or 3.2 where a whole number would say too little."""
    return f"{ratio:,.0f}" if ratio >= 9.95 else f"{ratio:.1f}"


def _nats(bits: Any) -> Any:
    return bits * math.log(2)


def _bits(nats: Any) -> Any:
    return nats / math.log(2)
