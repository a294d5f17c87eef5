"""Figures of messages as a detector sees them, by class: each draws on the axes it is given and returns nothing."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.artifacts.detection import Measure
from pipeline.reporting import words
from pipeline.reporting.detection.figures import SMALL
from pipeline.reporting.facts import Classes
from pipeline.reporting.style import INK, MUTED, NEGATIVE, POSITIVE, look

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SPARSE = 200  # points that hide nothing: drawn opaque
FEW_POINTS, MOST_POINTS = 1_500, 4_000  # up to which points are large; beyond which an SVG holds them as a picture
LEAST_BINS, MOST_BINS = 8, 40
LEAST_VARIANCE = 1e-9  # of residuals, for a line through them
TAIL = 0.005  # share of the messages at either end that the outermost bins take in
HEADROOM, TEXT_ROW = 0.55, 0.115  # above the histogram, as a share of its height; of one label, of the axes
FAR, REACH = 0.62, 0.58  # of the axis: labels that begin further right run off it, and how far the last may lie
RULE_LINES = ("-", (0, (5, 1.6)), (0, (1, 1.3)))
COUNT_TICKS = (0, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000)
MOST_TICKS = 8  # of these; beyond, every third


@dataclass(frozen=True)
class Panel:
    """Scores of one detector by class, and thresholds by their names.

    Attributes:
        scores: has `label` and the measure.
        measure: which column is drawn.
        thresholds: may be infinite, NaN, or beyond all scores.
    """

    scores: pd.DataFrame
    measure: Measure
    thresholds: Mapping[str, float]

    @property
    def values(self) -> NDArray[np.float64]:
        """Scores that are known, (n,)."""
        return self.scores[self.measure].dropna().to_numpy(np.float64)

    @property
    def marks(self) -> dict[str, float]:
        """Thresholds that some message reaches and some does not."""
        return {name: value for name, value in self._known.items() if name not in self.beyond}

    @property
    def beyond(self) -> list[str]:
        """Thresholds above all messages."""
        highest = self.values.max(initial=-math.inf)
        return [name for name, value in self._known.items() if value > highest and len(self.values)]

    @property
    def _known(self) -> dict[str, float]:
        return {name: value for name, value in self.thresholds.items() if not math.isnan(value)}


def densities(axes: Axes, panel: Panel, classes: Classes, edges: NDArray[np.float64]) -> None:
    """Histogram of a score by class, as shares of each class; thresholds are lines with their names.

    What lies beyond the axis is counted in the outermost bins.

    Shapes: edges of the bins (b + 1,).
    """
    known = panel.scores.dropna(subset=[panel.measure])
    highest = 0.0
    for label, name, style in ((0, classes.negative, NEGATIVE), (1, classes.positive, POSITIVE)):
        of_class = known.loc[known["label"] == label, panel.measure].clip(edges[0], edges[-1])
        shares = 100 * np.histogram(of_class, edges)[0] / max(len(of_class), 1)
        highest = max(highest, float(shares.max()))
        # the class in front is hatched and not filled: SVG has no hatch on a fill that lets another through
        face = "none" if style.hatch else style.color
        title = f"{name} ({words.count(len(of_class))})"
        axes.stairs(shares, edges, fill=True, facecolor=face, hatch=style.hatch, edgecolor=style.edge, label=title)
        axes.stairs(shares, edges, color=style.edge, linewidth=1.1)
    axes.set_ylim(0, max(highest, 1) * (1 + HEADROOM))
    axes.set_xlim(edges[0], edges[-1])
    axes.grid(visible=False)  # it would run through the names of thresholds
    axes.set_ylabel("Share of the class (%)")
    _write_beyond(axes, panel.beyond)
    _mark_thresholds(axes, panel.marks, len(panel.beyond))


def common_bins(panels: Iterable[Panel]) -> NDArray[np.float64]:
    """Even bins for all of these, with nearly all values and all marks between their edges.

    Shapes: edges (b + 1,).
    """
    there = [panel for panel in panels if len(panel.values)]
    if not there:
        return np.linspace(0, 1, LEAST_BINS + 1)
    ends = np.array([np.quantile(panel.values, [TAIL, 1 - TAIL]) for panel in there])
    marks = [mark for panel in there for mark in panel.marks.values()]
    low, high = min(*ends[:, 0], *marks, ends.max()), max(*ends[:, 1], *marks, ends.min())
    room = 0.04 * (high - low) or 0.5
    fewest = min(len(panel.values) for panel in there)
    number = int(np.clip(1.3 * math.sqrt(fewest), LEAST_BINS, MOST_BINS))
    left, right = low - room, high + room
    if marks and max(marks) > left + FAR * (right - left) and min(marks) < left + (1 - FAR) * (right - left):
        right = left + (max(marks) - left) / REACH  # room for the names right of their lines
    return np.linspace(left, right, number + 1)


def usual_costs(scores: pd.DataFrame) -> pd.Series:
    """What is usual at each number of known words, by that number; of lengths that two messages or more have.

    A cost is what is usual at its length and so many deviations more; both are the same for all messages as long: the
    line through their costs over their residuals has what is usual where the residual is 0.
    """
    known = scores.dropna(subset=["message", "residual"])
    found = known.assign(product=known["message"] * known["residual"], square=known["residual"] ** 2)
    means = found.groupby("known")[["message", "residual", "product", "square"]].mean()
    variance = means["square"] - means["residual"] ** 2
    spread = (means["product"] - means["message"] * means["residual"]) / variance
    return (means["message"] - spread * means["residual"])[variance > LEAST_VARIANCE]


def cost_by_length(axes: Axes, scores: pd.DataFrame, usual: pd.Series, classes: Classes, *, is_log: bool) -> None:
    """The cost of each message against its known words, on a logarithmic axis, by class, and what is usual there.

    Args:
        axes: drawn on.
        scores: `known`, `message`, `label`.
        usual: cost by number of known words.
        classes: their names.
        is_log: whether the costs stand on a logarithmic axis too; all of them are above 0.
    """
    points = scores.dropna(subset=["message"])
    scatter(axes, points.assign(place=points["known"] + 1), "place", "message", classes)
    there = usual[usual > 0] if is_log else usual
    if len(there):
        axes.plot(there.index + 1, there, color=INK, linewidth=1.4, zorder=5, label="usual at this length")
    axes.set_xscale("log")
    shortest, longest = (int(points["known"].min()), int(points["known"].max())) if len(points) else (0, 1)
    ticks = [tick for tick in COUNT_TICKS if shortest <= tick <= longest]
    ticks = ticks if len(ticks) <= MOST_TICKS else [tick for tick in ticks if tick in COUNT_TICKS[1::3] or not tick]
    axes.set_xticks([tick + 1 for tick in ticks], [words.count(tick) for tick in ticks])
    axes.set_xticks([], minor=True)
    axes.set_xlim(0.85 * (shortest + 1), 1.15 * (longest + 1))
    if is_log:
        axes.set_yscale("log")
        _write_plainly(axes, points["message"])
    axes.set_xlabel("Known words (logarithmic)")


def plane(axes: Axes, latents: pd.DataFrame, shares: tuple[float, float], classes: Classes) -> None:
    """Means of the latent code of test messages along their two main directions, by class."""
    scatter(axes, latents.dropna(subset=["first", "second"]), "first", "second", classes)
    for setter, name, share in zip((axes.set_xlabel, axes.set_ylabel), ("First", "Second"), shares, strict=True):
        known = "" if math.isnan(share) else f" ({words.percent(100 * share)} of the variance)"
        setter(f"{name} direction{known}")


def scatter(axes: Axes, points: pd.DataFrame, x: str, y: str, classes: Classes) -> None:
    """Messages as marks: rings for the negative class, and over them filled triangles for the positive."""
    size = 13 if len(points) <= FEW_POINTS else 6
    for label, name, style in ((0, classes.negative, look(0)), (1, classes.positive, look(1))):
        of_class = points[points["label"] == label]
        axes.scatter(
            of_class[x],
            of_class[y],
            s=size * (1 + 0.5 * label),
            marker="^" if label else "o",
            facecolor=style.color if label else "none",
            edgecolor="white" if label else style.color,
            alpha=0.9 if len(points) <= (FEW_POINTS if label else SPARSE) else 0.45,
            linewidth=0.3 if label else 0.6,
            label=f"{name} ({words.count(len(of_class))})",
            rasterized=len(points) > MOST_POINTS,
            zorder=2 + label,
        )
    if points.empty:
        axes.annotate(words.UNDEFINED, (0.5, 0.5), xycoords="axes fraction", ha="center", va="center", color=MUTED)


def _write_beyond(axes: Axes, names: list[str]) -> None:
    """Names of thresholds that no message reaches, above all lines."""
    for step, name in enumerate(names):
        axes.annotate(
            f"{name}: above all messages", (1, 1 - TEXT_ROW * step), (-3, 0), xycoords="axes fraction",
            textcoords="offset points", ha="right", va="top", fontsize=SMALL, color=MUTED,
        )  # fmt: skip


def _mark_thresholds(axes: Axes, marks: Mapping[str, float], above: int) -> None:
    """Lines with their names above the histogram, on steps: a name never lies on another, nor on a line.

    `above`: steps that are taken already.
    """
    if not marks:
        return
    (low, high), order = axes.get_xlim(), sorted(marks, key=marks.__getitem__)
    last = (marks[order[-1]] - low) / (high - low)
    is_right = last <= FAR  # names to the right of their lines, the leftmost on the top step
    for step, name in enumerate(order if is_right else reversed(order), above):
        top = 1 - TEXT_ROW * step
        style = RULE_LINES[list(marks).index(name) % len(RULE_LINES)]
        axes.axvline(marks[name], 0, top, color=INK, linewidth=1.1, linestyle=style)
        axes.annotate(
            name, (marks[name], top), (3 if is_right else -3, 0), xycoords=("data", "axes fraction"),
            textcoords="offset points", ha="left" if is_right else "right", va="top", fontsize=SMALL,
        )  # fmt: skip


def _write_plainly(axes: Axes, values: pd.Series) -> None:
    """Ticks of a logarithmic axis as plain numbers: at 1, 2 and 5 where it spans little, else at tens."""
    from matplotlib.ticker import LogLocator, NullLocator

    spans_little = len(values) == 0 or values.max() < 100 * values.min()
    axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5) if spans_little else (1,)))
    axes.yaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:,g}")
