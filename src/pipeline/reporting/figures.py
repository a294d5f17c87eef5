"""Figures of counts, shares and metrics: each draws on the axes it is given and returns nothing."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.reporting import words
from pipeline.reporting.facts import Classes, Confusion, Estimate, PartCount
from pipeline.reporting.style import FAINT, HATCHED, INK, LIGHT, NEGATIVE, POSITIVE, Fill, Look, look

if TYPE_CHECKING:
    from matplotlib.axes import Axes

BAR = 0.38  # width of one of two bars that stand side by side
BINS_A_DECADE = 8
NEAR = 0.75  # of the best value: what falls below would squash the rest


def class_counts(axes: Axes, counts: Sequence[PartCount], classes: Classes) -> None:
    """Messages of each class in each part, with the numbers on the bars."""
    names = [count.part.replace(", ", ",\n") for count in counts]
    sides = {
        classes.negative: (NEGATIVE, [count.negative for count in counts]),
        classes.positive: (POSITIVE, [count.positive for count in counts]),
    }
    _paired_bars(axes, names, sides, words.count)
    axes.set_ylabel("Messages")
    axes.yaxis.set_major_formatter(lambda value, _: words.count(value))


def vector_coverage(axes: Axes, coverage: pd.DataFrame, classes: Classes) -> None:
    """Share of tokens and of distinct words with a vector, over all messages and by class."""
    group_names = {"all": "all messages", "negative": classes.negative, "positive": classes.positive}
    names = [group_names.get(group, str(group)) for group in coverage["group"]]
    sides = {
        "running words": (LIGHT, coverage["tokens_percent"].tolist()),
        "distinct words": (HATCHED, coverage["kinds_percent"].tolist()),
    }
    _paired_bars(axes, names, sides, words.percent)
    axes.set_ylabel("With a vector (%)")
    axes.set_ylim(0, 108)
    axes.set_yticks(range(0, 101, 20))


def text_lengths(axes: Axes, table: pd.DataFrame, classes: Classes, max_length: int) -> None:
    """Histogram of message lengths on a logarithmic axis, as a share of each class; the cut is marked.

    The axis is logarithmic because a corpus may hold a message a thousand times as long as the median.
    """
    lengths = table["words"].clip(lower=1)  # an empty message has no place on the axis: drawn as one word
    edges = _length_bins(max(lengths.max(), max_length, 10))
    for label, name, style in ((0, classes.negative, NEGATIVE), (1, classes.positive, POSITIVE)):
        of_class = lengths[table["label"] == label]
        shares = 100 * np.histogram(of_class, edges)[0] / max(len(of_class), 1)
        title = f"{name} (median {words.count(of_class.median())} words)"
        # the class in front is hatched and not filled: SVG has no hatch on a fill that lets another through
        face = "none" if style.hatch else style.color
        axes.stairs(shares, edges, fill=True, facecolor=face, hatch=style.hatch, edgecolor=style.edge, label=title)
        axes.stairs(shares, edges, color=style.edge, linewidth=1.1)
    cut = f"cut at {words.count(max_length)} words"
    axes.axvline(max_length, color=INK, linewidth=1.3, linestyle=(0, (1, 1)), label=cut)
    axes.set_xscale("log")
    axes.set_xlim(edges[0], edges[-1])
    axes.set_ylim(bottom=0)
    axes.xaxis.set_major_formatter(lambda value, _: words.count(value))
    axes.xaxis.set_minor_formatter(lambda _value, _: "")
    axes.set_xlabel("Words a message (logarithmic)")
    axes.set_ylabel("Share of the class (%)")
    legend_above(axes, columns=2)


def confusion_matrix(axes: Axes, confusion: Confusion, classes: Classes) -> None:
    """Counts by true and called class, with each row's percentages; darker is more of the row."""
    counts = np.array([[confusion.tn, confusion.fp], [confusion.fn, confusion.tp]])
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    axes.pcolormesh(shares, cmap="Blues", vmin=0, vmax=1.25, edgecolors="white", linewidth=2)
    for (row, column), number in np.ndenumerate(counts):
        ink = "white" if shares[row, column] > 0.6 else INK
        centre = {"x": column + 0.5, "ha": "center", "color": ink}
        axes.text(y=row + 0.42, s=words.count(number), va="center", fontsize=15, weight="bold", **centre)
        said = words.percent(100 * shares[row, column]) if counts[row].any() else "no such message"
        axes.text(y=row + 0.68, s=said, va="center", **centre)
    names = [classes.negative, classes.positive]
    axes.set_xticks([0.5, 1.5], names)
    axes.set_yticks([0.5, 1.5], names, rotation=90, va="center")
    axes.set_xlabel("Called")
    axes.set_ylabel("Truth (a row adds up to 100 %)")
    axes.invert_yaxis()
    axes.tick_params(length=0)
    axes.grid(visible=False)
    axes.spines[:].set_visible(False)


def metric_intervals(axes: Axes, metrics: Sequence[str], models: Mapping[str, Mapping[str, Estimate]]) -> None:
    """Metrics of several models side by side, each a dot with its 95 % interval.

    A model far below the others would squash them: its value is written at the left edge, with an arrow.
    """
    values, lows, highs = (_grid(metrics, models, bound) for bound in ("value", "low", "high"))
    left = _left_edge(values, lows)
    offsets = np.linspace(-0.3, 0.3, len(models)) if len(models) > 1 else np.zeros(1)
    for index, name in enumerate(models):
        style, places = look(index), np.arange(len(metrics)) + offsets[index]
        inside = values[index] >= left
        middle = values[index][inside]
        whiskers = np.stack([middle - lows[index][inside], highs[index][inside] - middle]).clip(min=0)
        axes.errorbar(
            middle, places[inside], xerr=whiskers, color=style.color, marker=style.marker, linestyle="none", label=name,
            elinewidth=1.3, capsize=2.2, markersize=5,
        )  # fmt: skip
        for place, value in zip(places[~inside], values[index][~inside], strict=True):
            _mark_outside(axes, float(value), float(place), style)
    axes.set_yticks(range(len(metrics)), [words.METRIC[metric].label for metric in metrics])
    axes.set_yticks(np.arange(len(metrics) - 1) + 0.5, minor=True)
    axes.grid(visible=False, axis="y", which="major")
    axes.grid(visible=True, axis="y", which="minor", color=FAINT)
    axes.tick_params(axis="y", which="both", length=0)
    axes.set_ylim(len(metrics) - 0.5, -0.5)
    axes.set_xlim(left, 1.005)
    axes.set_xlabel("Value on the test part, with 95 % interval")
    legend_above(axes, columns=2)


def legend_above(axes: Axes, columns: int) -> None:
    """A legend between the axes and whatever is above them, where it hides no data."""
    axes.legend(loc="lower left", bbox_to_anchor=(-0.01, 1.0), ncols=columns, borderaxespad=0.2, columnspacing=1.4)


def _length_bins(longest: int) -> NDArray[np.float64]:
    """Edges between whole numbers of words, evenly spaced on a logarithmic axis as far as whole numbers can be."""
    num_edges = math.ceil(BINS_A_DECADE * math.log10(longest + 1)) + 1
    return np.unique(np.geomspace(1, longest + 1, num_edges).round()) - 0.5


def _paired_bars(
    axes: Axes, names: Sequence[str], sides: Mapping[str, tuple[Fill, Sequence[float]]], written: Callable[[float], str]
) -> None:
    """Two bars side by side for each name, with their values above them."""
    for shift, (side, (style, heights)) in zip((-BAR / 2, BAR / 2), sides.items(), strict=True):
        places = np.arange(len(names)) + shift
        axes.bar(
            places,
            np.nan_to_num(heights),
            BAR * 0.94,
            label=side,
            color=style.color,
            hatch=style.hatch,
            edgecolor="white",
        )
        for place, height in zip(places, heights, strict=True):
            if not math.isnan(height):
                axes.annotate(
                    written(height), (place, height), (0, 2), textcoords="offset points", ha="center", fontsize=8
                )  # fmt: skip
    axes.set_xticks(range(len(names)), names)
    axes.tick_params(axis="x", length=0)
    axes.grid(visible=False, axis="x")
    axes.margins(y=0.12)
    legend_above(axes, columns=2)


def _grid(metrics: Sequence[str], models: Mapping[str, Mapping[str, Estimate]], bound: str) -> NDArray[np.float64]:
    """One row a model, one column a metric."""
    rows = [
        [getattr(model[metric], bound) if metric in model else math.nan for metric in metrics]
        for model in models.values()
    ]
    return np.array(rows, dtype=np.float64)


def _left_edge(values: NDArray[np.float64], lows: NDArray[np.float64]) -> float:
    """Left end of the axis: room for the first model, and for what comes near the best of its metric."""
    known = ~np.isnan(values)
    if not known.any():
        return 0.0
    best = np.where(known, values, -np.inf).max(axis=0)
    shown = known & (values >= NEAR * best)
    shown[0] = known[0]
    least = np.fmin(values, lows)[shown].min() if shown.any() else 0.0
    return float(np.floor(20 * max(least - 0.01, 0)) / 20)


def _mark_outside(axes: Axes, value: float, place: float, style: Look) -> None:
    if math.isnan(value):
        return
    axes.annotate(
        f"◂ {words.decimal(value, 2)}", (0, place), (3, 0), xycoords=("axes fraction", "data"),
        textcoords="offset points", va="center", fontsize=7.5, color=style.color,
    )  # fmt: skip
