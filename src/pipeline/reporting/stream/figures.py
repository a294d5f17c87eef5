"""Figures of models on a stream: each draws on the axes it is given and returns nothing."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.reporting import words
from pipeline.reporting.facts import Estimate
from pipeline.reporting.stream.metrics import METRICS
from pipeline.reporting.stream.names import model_look, model_name
from pipeline.reporting.stream.verdicts import total
from pipeline.reporting.style import ALARM, FAINT, INK, MUTED

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_POINTS = 500  # of a line: more cannot be told apart
MARKERS = 7  # on a line, shifted from one model to the next
RARE, LEAST_RATE = 0.05, 0.01  # share of a model's points that may be cut off; a rate that the axis shows at least
WORST = 0.5  # rate beyond which TREC's curve is cut: nobody reads such a filter's mail
LINE_WIDTH = 1.2
SMALL = 7.5  # points
CHANGE: dict[str, Any] = {"color": ALARM, "linewidth": 1.1, "linestyle": (0, (4, 2))}
WHISKER: dict[str, Any] = {"linestyle": "none", "elinewidth": 1.2, "capsize": 2, "markersize": 4.8}
LOGIT_TICKS = (0.0001, 0.001, 0.01, 0.1, 0.5)


def sliding(axes: Axes, windows: pd.DataFrame, metric: str, models: Sequence[str]) -> None:
    """A metric over the last messages, as the stream goes on: a line a model."""
    for index, model in enumerate(models):
        rows = windows[windows["model"] == model]
        rows = rows.iloc[:: max(1, math.ceil(len(rows) / MOST_POINTS))]
        style, every = model_look(model), max(1, len(rows) // MARKERS)
        axes.plot(
            rows["position"], rows[metric], **style.dots, linewidth=LINE_WIDTH, label=model_name(model),
            markevery=(index * every // max(len(models), 1), every), markersize=4,
        )  # fmt: skip
    axes.set_ylabel(METRICS[metric].label)
    axes.xaxis.set_major_formatter(lambda value, _: words.count(value))


def set_limits(axes: Axes, windows: pd.DataFrame, metric: str) -> None:
    """Ends of the axis of sliding figures: room for every model, but for the worst twentieth of what it came to."""
    by_model = windows.groupby("model", sort=False)[metric]
    if METRICS[metric].metric.higher_is_better:
        low = float(by_model.quantile(RARE).min())
        axes.set_ylim(0 if math.isnan(low) else max(-0.01, math.floor(20 * low - 0.5) / 20), 1.01)
    else:
        high = float(by_model.quantile(1 - RARE).max())
        top = LEAST_RATE if math.isnan(high) else max(high, LEAST_RATE)
        axes.set_ylim(-0.02 * top, 1.15 * top)
        axes.yaxis.set_major_formatter(lambda value, _: f"{100 * value:g} %")


def recovered(axes: Axes, windows: pd.DataFrame, recoveries: pd.DataFrame, changed_at: int) -> None:
    """Rings where the recall of a model is back."""
    for _, row in recoveries[recoveries["messages"] > 0].iterrows():
        place = changed_at + row["messages"]
        line = windows[windows["model"] == row["model"]].dropna(subset=["recall"])
        if line.empty:
            continue
        axes.plot(
            [place], [np.interp(place, line["position"], line["recall"])], linestyle="none", marker="o", markersize=9,
            markerfacecolor="none", markeredgecolor=model_look(str(row["model"])).color, markeredgewidth=1.6, zorder=5,
        )  # fmt: skip


def change(axes: Axes, changed_at: int, name: str) -> None:
    """The line at which words change; its name, where there is one, above the axes."""
    axes.axvline(changed_at, **CHANGE)
    if name:
        axes.annotate(
            name, (changed_at, 1), (0, 3), xycoords=("data", "axes fraction"), textcoords="offset points",
            fontsize=SMALL, color=ALARM, ha="center",
        )  # fmt: skip


def alarms(axes: Axes, table: pd.DataFrame, models: Sequence[str]) -> None:
    """A row a model: a tick where the change detector rang because errors rose, a ring where they fell."""
    marks: dict[bool, dict[str, Any]] = {
        True: {"marker": "|", "markersize": 8, "markeredgewidth": 2},
        False: {"marker": "o", "markersize": 4, "markeredgewidth": 0.9, "markerfacecolor": "none"},
    }
    for place, model in enumerate(models):
        rows = table[table["model"] == model]
        for is_rise, mark in marks.items():
            positions = rows.loc[(rows["rate_after"] > rows["rate_before"]) == is_rise, "position"]
            axes.plot(
                positions, np.full(len(positions), place), linestyle="none", color=model_look(model).color, **mark
            )  # fmt: skip
    name_rows(axes, models)
    axes.xaxis.set_major_formatter(lambda value, _: words.count(value))


def trainings(axes: Axes, positions: Sequence[int], place: int, model: str) -> None:
    """Small triangles where a model was trained anew, in its row of the alarms."""
    axes.plot(
        positions, np.full(len(positions), place), linestyle="none", marker="^", markersize=3.6,
        markerfacecolor="none", markeredgecolor=model_look(model).color,
    )  # fmt: skip


def totals(axes: Axes, table: pd.DataFrame, metric: str, models: Sequence[str], reference: str) -> None:
    """A row a model: the metric over all messages, and over those without an earlier near-duplicate."""
    parts = {"all": ("all messages", -0.14, {}), "unfamiliar": (
        "without an earlier near-duplicate", 0.2, {"markerfacecolor": "white"})}  # fmt: skip
    for part, (name, shift, filling) in parts.items():
        for place, model in enumerate(models):
            found = total(table, model, metric, part)
            _dot(axes, found, place + shift, model, filling, name if place == 0 else "")
    middle = total(table, reference, metric).value
    if not math.isnan(middle):
        axes.axvline(middle, color=INK, linewidth=0.9, linestyle=(0, (1, 1.5)), label="the reference")
    name_rows(axes, models)
    axes.set_xlabel(f"{METRICS[metric].label}, with 95 % interval")
    if not METRICS[metric].metric.higher_is_better:
        axes.set_xlim(left=min(0, axes.get_xlim()[0]))
        axes.xaxis.set_major_formatter(lambda value, _: f"{100 * value:g} %")


def trec_curve(
    axes: Axes, curves: pd.DataFrame, models: Sequence[str], points: pd.DataFrame, floor: tuple[float, float]
) -> None:
    """Shares of both classes that are lost, both on logit axes; `floor` is half a message of each.

    `points` has the rates at the filters' own thresholds: `model`, `fpr`, `recall`.
    """
    for model in models:
        rows = curves[curves["model"] == model].sort_values(["false_positive_rate", "recall"], kind="stable")
        x = _within(rows["false_positive_rate"].to_numpy(), floor[0])
        y = _within(1 - rows["recall"].to_numpy(), floor[1])
        axes.plot(x, y, **model_look(model).pen, linewidth=LINE_WIDTH, drawstyle="steps-post")
    for model in models:
        row = points[points["model"] == model]
        if len(row) and row[["fpr", "recall"]].notna().all(axis=None):
            style = model_look(model)
            x, y = _within(row["fpr"].to_numpy(), floor[0]), _within(1 - row["recall"].to_numpy(), floor[1])
            axes.plot(x, y, **style.dots, label=model_name(model), markersize=6, zorder=4)
    for axis, scale, limits, low in (
        (axes.xaxis, axes.set_xscale, axes.set_xlim, floor[0]), (axes.yaxis, axes.set_yscale, axes.set_ylim, floor[1]),
    ):  # fmt: skip
        scale("logit")
        ends = (low, WORST) if axis is axes.xaxis else (WORST, low)
        limits(*ends)
        axis.set_major_locator(_fixed([tick for tick in LOGIT_TICKS if tick > low]))
        axis.set_minor_locator(_fixed([]))
        axis.set_major_formatter(lambda value, _: f"{100 * value:g} %")


def cost(axes: Axes, models: pd.DataFrame, table: pd.DataFrame) -> None:
    """F1 with its interval against the seconds that all of the stream took, on a logarithmic axis."""
    axes.set_xscale("log")
    for _, row in models.iterrows():
        model = str(row["model"])
        found = total(table, model, "f1")
        style = model_look(model)
        ends = [[found.value - found.low], [found.high - found.value]]
        axes.errorbar(
            [row["seconds"]], [found.value], yerr=np.clip(ends, 0, None), color=style.color, marker=style.marker,
            label=model_name(model), **WHISKER,
        )  # fmt: skip
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:g} s")
    axes.xaxis.set_minor_formatter(lambda _value, _: "")
    axes.set_xlabel("Time for all of the stream (logarithmic)")
    axes.set_ylabel("F1, with 95 % interval")


def name_rows(axes: Axes, models: Sequence[str]) -> None:
    """Models as the names of rows, the first on top."""
    number = len(models)
    axes.set_yticks(range(number), [model_name(model) for model in models])
    axes.set_yticks(np.arange(number - 1) + 0.5, minor=True)
    axes.grid(visible=False, axis="y", which="major")
    axes.grid(visible=True, axis="y", which="minor", color=FAINT)
    axes.tick_params(axis="y", which="both", length=0)
    axes.set_ylim(number - 0.5, -0.5)


def _dot(axes: Axes, found: Estimate, place: float, model: str, filling: dict[str, Any], name: str) -> None:
    if math.isnan(found.value):
        axes.annotate(
            words.UNDEFINED, (0, place), (3, 0), xycoords=("axes fraction", "data"), textcoords="offset points",
            va="center", fontsize=SMALL, color=MUTED,
        )  # fmt: skip
        return
    style = model_look(model)
    whiskers = np.clip([[found.value - found.low], [found.high - found.value]], 0, None)
    options = {"color": style.color, "marker": style.marker, **WHISKER, **filling}
    axes.errorbar([found.value], [place], xerr=whiskers, label=name, **options)


def _within(rates: NDArray[np.float64], floor: float) -> NDArray[np.float64]:
    """Rates that a logit axis has a place for: none at all is drawn at the floor."""
    return np.clip(rates, floor, 1 - floor)


def _fixed(ticks: Sequence[float]) -> Any:
    from matplotlib.ticker import FixedLocator

    return FixedLocator(ticks)
