"""Figures of curves, in training and on the test part: each draws on the axes it is given and returns nothing.

`curves` maps the name of a series, as the legend has it, to its table; the order chooses the looks.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.reporting import words
from pipeline.reporting.facts import Confusion
from pipeline.reporting.figures import legend_above
from pipeline.reporting.style import INK, MUTED, look
from pipeline.shares import wilson

if TYPE_CHECKING:
    from matplotlib.axes import Axes

CORNER = 0.9  # precision and recall from which on a curve is worth a second look, enlarged
TICKS = (0.01, 0.1, 0.5, 0.9, 0.99)
FEW = 10  # messages below which an observed share says little
MOST_MARKERS = 25  # on a curve, or they run into each other
GUESS: dict[str, Any] = {"color": MUTED, "linewidth": 0.9, "linestyle": (0, (1, 2))}
MARK: dict[str, Any] = {"color": INK, "linewidth": 1, "linestyle": (0, (1, 1))}


@dataclass(frozen=True)
class Series:
    """One model's curve, and the test counts at its threshold: a point on the curve."""

    table: pd.DataFrame
    confusion: Confusion


def by_epoch(axes: Axes, history: pd.DataFrame, column: str, kept_epoch: int) -> None:
    """One figure of training and validation, epoch by epoch, with the kept epoch marked."""
    epochs, every = history["epoch"], math.ceil(len(history) / MOST_MARKERS)
    axes.axvline(kept_epoch, **MARK, label=f"kept: epoch {kept_epoch}")
    for index, (name, label) in enumerate(((column, "training"), (f"val_{column}", "validation"))):
        axes.plot(epochs, history[name], **look(index).dots, markevery=every, label=label)
    from matplotlib.ticker import MaxNLocator

    axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=8, min_n_ticks=1))
    axes.set_xlim(epochs.min() - 0.5, epochs.max() + 0.5)
    axes.set_xlabel("Epoch")


def roc(axes: Axes, curves: Mapping[str, Series]) -> None:
    """Recall against false-positive rate on a logarithmic axis: a filter lives at its left end.

    The left edge stands for no false positive at all, which has no place on a logarithmic axis.
    """
    negatives = max(1, *(series.confusion.negatives for series in curves.values()))
    floor = min(0.5 / negatives, 0.05)
    axes.set_xscale("log")
    rates = np.geomspace(floor, 1, 200)
    axes.plot(rates, rates, **GUESS, label="guessing")
    for index, (name, series) in enumerate(curves.items()):
        x, y = _filled_in(series.table["false_positive_rate"].to_numpy(), series.table["recall"].to_numpy(), rates)
        axes.plot(np.maximum(x, floor), y, **look(index).pen, label=name)
        chosen = series.confusion.fp / max(series.confusion.negatives, 1)
        _mark_chosen(axes, index, max(chosen, floor), _recall(series.confusion))
    axes.set_xlim(floor, 1)
    axes.set_ylim(-0.01, 1.02)
    axes.xaxis.set_major_formatter(lambda value, _: f"{100 * value:g} %")
    axes.set_xlabel("False-positive rate (logarithmic)")
    axes.set_ylabel("Recall")
    legend_above(axes, columns=2)


def precision_recall(axes: Axes, curves: Mapping[str, Series]) -> None:
    """Precision over rising recall; guessing reaches the share of the positive class."""
    first = next(iter(curves.values()))
    prevalence = first.confusion.positives / max(first.confusion.positives + first.confusion.negatives, 1)
    axes.axhline(prevalence, **GUESS, label="guessing")
    _precision_steps(axes, curves)
    axes.set_xlim(-0.01, 1.02)
    axes.set_ylim(0, 1.02)
    axes.set_xlabel("Recall")
    axes.set_ylabel("Precision")
    legend_above(axes, columns=2)
    if first.table.loc[first.table["recall"] >= CORNER, "precision"].max() >= CORNER:
        corner = axes.inset_axes((0.1, 0.37, 0.6, 0.5), xlim=(CORNER, 1.004), ylim=(CORNER, 1.004))
        _precision_steps(corner, curves)
        corner.set_xticks([CORNER, (1 + CORNER) / 2, 1])
        corner.set_yticks([CORNER, (1 + CORNER) / 2, 1])
        axes.indicate_inset_zoom(corner, edgecolor=MUTED)


def reliability(axes: Axes, curves: Mapping[str, pd.DataFrame]) -> None:
    """Observed share against predicted probability; the first model's points have 95 % intervals (Wilson).

    Points of fewer than `FEW` messages are hollow and not joined: they are mostly noise.
    """
    axes.plot([0, 1], [0, 1], **GUESS, label="perfect")
    for index, (name, table) in enumerate(curves.items()):
        style, is_few = look(index), table["count"] < FEW
        solid = table["observed"].mask(is_few)  # a line would span the gap if these rows were left out
        axes.plot(table["predicted"], solid, **style.dots, linewidth=1.2, label=name)
        hollow = {"linestyle": "none", "markerfacecolor": "none", "markersize": 3.5, "alpha": 0.6}
        axes.plot(table["predicted"], table["observed"].where(is_few), **(style.dots | hollow))
        if index == 0:
            low, high = wilson(solid.to_numpy(), table["count"].to_numpy())
            axes.vlines(table["predicted"], low, high, color=style.color, linewidth=1)
    axes.set_xlim(-0.02, 1.02)
    axes.set_ylim(-0.02, 1.02)
    axes.set_ylabel("Observed share")
    legend_above(axes, columns=2)


def bin_sizes(axes: Axes, curves: Mapping[str, pd.DataFrame]) -> None:
    """How many messages are behind each point of `reliability`, on a logarithmic axis."""
    axes.set_yscale("log")
    for index, table in enumerate(curves.values()):
        axes.plot(table["predicted"], table["count"], **look(index).dots, linewidth=0.8, markersize=3.5)
    largest = max((table["count"].max() for table in curves.values() if len(table)), default=1)
    axes.set_ylim(0.7, max(2 * largest, 20))
    axes.set_yticks([10**n for n in range(6) if 10**n < max(2 * largest, 20)])
    axes.yaxis.set_major_formatter(lambda value, _: words.count(value))
    axes.set_xlabel("Predicted probability")
    axes.set_ylabel("Messages")


def thresholds(axes: Axes, table: pd.DataFrame, chosen: float, positive: str) -> None:
    """Precision, recall and F1 at every threshold, with the chosen one marked.

    The axis is stretched at both ends (logit), where most probabilities are.
    """
    axes.axvline(chosen, **MARK, label=f"chosen: {words.decimal(chosen)}")
    for index, column in enumerate(("f1", "precision", "recall")):
        axes.plot(table["threshold"], table[column], **look(index).pen, label=words.METRIC[column].label)
    axes.set_xscale("logit")
    axes.set_xlim(*_inside(np.append(table["threshold"], [TICKS[0], TICKS[-1], chosen])))
    axes.set_xticks(TICKS, [f"{tick:g}" for tick in TICKS])
    axes.set_xticks([], minor=True)
    axes.set_ylim(0, 1.02)
    axes.set_xlabel(f"Threshold: probability from which on a message is called {positive}")
    axes.set_ylabel("Value")
    legend_above(axes, columns=4)


def _precision_steps(axes: Axes, curves: Mapping[str, Series]) -> None:
    for index, (name, series) in enumerate(curves.items()):
        recall, precision = series.table["recall"], series.table["precision"]
        axes.step(recall, precision, where="pre", **look(index).pen, label=name)
        called = series.confusion.tp + series.confusion.fp
        if called:
            _mark_chosen(axes, index, _recall(series.confusion), series.confusion.tp / called)


def _inside(probabilities: NDArray[np.float64]) -> tuple[float, float]:
    """The least and the greatest that have a place on a logit axis, with some room."""
    inside = probabilities[(probabilities > 0) & (probabilities < 1)]
    return inside.min() / 1.3, 1 - (1 - inside.max()) / 1.3


def _recall(confusion: Confusion) -> float:
    return confusion.tp / max(confusion.positives, 1)


def _mark_chosen(axes: Axes, index: int, x: float, y: float) -> None:
    style = look(index)
    axes.plot(
        [x], [y], color=style.color, marker=style.marker, markersize=6.5, markeredgecolor="white", zorder=4
    )  # fmt: skip


def _filled_in(
    x: NDArray[np.float64], y: NDArray[np.float64], grid: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The curve with points of `grid` put in: a straight line is bent on a logarithmic axis."""
    new = grid[(grid > x.min(initial=1)) & (grid < x.max(initial=0)) & ~np.isin(grid, x)]
    places = np.searchsorted(x, new)
    return np.insert(x, places, new), np.insert(y, places, np.interp(new, x, y))
