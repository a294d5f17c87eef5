"""Curves of several variants and their repeats: each function draws on the axes it is given and returns nothing.

Bold is the mean over the repeats of a variant, thin are its repeats.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.reporting.comparison.scene import BASELINES
from pipeline.reporting.curves import GUESS
from pipeline.reporting.style import Look

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Curve = NDArray[np.float64]

GRID = 400  # points on which the curves of repeats are averaged
CORNER = 0.8  # precision and recall from which on the curves are worth a second look, enlarged
MOST_THIN = 30  # thin lines in one plot: more become a blur


def by_epoch(axes: Axes, history: pd.DataFrame, column: str, looks: Mapping[str, Look]) -> None:
    """One figure by epoch of every variant; the mean reaches as far as all repeats do."""
    from matplotlib.ticker import MaxNLocator

    longest = int(history["epoch"].max())
    for index, (name, look) in enumerate(looks.items()):
        runs = [run.set_index("epoch")[column] for _, run in history[history["variant"] == name].groupby("repeat")]
        if not runs:
            continue
        mean = pd.concat(runs, axis=1).mean(axis=1, skipna=False)
        if _is_thin_drawn(history, looks, runs):
            for run in runs:
                axes.plot(run.index, run, color=look.color, linewidth=0.7, alpha=0.4)
        every = max(1, longest // 10)
        axes.plot(mean.index, mean, **look.dots, markevery=(index % every, every), label=name)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=8, min_n_ticks=1))
    axes.set_xlim(0.5, longest + 0.5)
    axes.set_xlabel("Epoch")


def roc(axes: Axes, table: pd.DataFrame, looks: Mapping[str, Look]) -> None:
    """Recall against false-positive rate on a logarithmic axis, whose left edge stands for no false positive at all."""
    rates = table["false_positive_rate"]
    floor = min(rates[rates > 0].min() / 2, 0.05)
    axes.set_xscale("log")
    grid = np.geomspace(floor, 1, GRID)
    axes.plot(grid, grid, **GUESS)
    _overlay(axes, table, looks, grid, _recall_at)
    axes.set_xlim(floor, 1)
    axes.xaxis.set_major_formatter(lambda value, _: f"{100 * value:g} %")
    axes.set_xlabel("False-positive rate (logarithmic)")
    axes.set_ylabel("Recall")


def precision_recall(axes: Axes, table: pd.DataFrame, looks: Mapping[str, Look]) -> None:
    """Precision over rising recall."""
    _overlay(axes, table, looks, np.linspace(0, 1, GRID), _precision_at)
    axes.set_xlim(0, 1.005)
    axes.set_ylim(0, 1.02)
    axes.set_xlabel("Recall")
    axes.set_ylabel("Precision")


def has_curve(table: pd.DataFrame, name: str) -> bool:
    """Whether the scores of a variant tell any two messages apart: else its curve is the line of guessing."""
    rows = table[table["variant"] == name]
    return bool(len(rows)) and rows.groupby("repeat").size().max() > 2


def reaches_corner(table: pd.DataFrame, looks: Mapping[str, Look]) -> bool:
    """Whether a curve comes well into the corner of high precision and recall."""
    inside = (CORNER + 1) / 2
    rows = table[table["variant"].isin(list(looks))]
    return bool(((rows["recall"] >= inside) & (rows["precision"] >= inside)).any())


def _overlay(
    axes: Axes, table: pd.DataFrame, looks: Mapping[str, Look], grid: Curve, at: Callable[[pd.DataFrame, Curve], Curve]
) -> None:
    for index, (name, look) in enumerate(looks.items()):
        runs = [at(run, grid) for _, run in table[table["variant"] == name].groupby("repeat")]
        if look not in BASELINES and _is_thin_drawn(table, looks, runs):
            for run in runs:
                axes.plot(grid, run, color=look.color, linewidth=0.6, alpha=0.35)
        start = (GRID // 12) * (index + 1) // (len(looks) + 1)
        marks = {"markevery": (start, GRID // 6), "markersize": 4}
        axes.plot(grid, np.mean(runs, axis=0), **look.dots, **marks, label=name)


def _is_thin_drawn(table: pd.DataFrame, looks: Mapping[str, Look], runs: Sequence[object]) -> bool:
    if len(runs) < 2:
        return False
    shown = table[table["variant"].isin(list(looks))]
    return len(shown.groupby(["variant", "repeat"])) <= MOST_THIN


def _recall_at(run: pd.DataFrame, grid: Curve) -> Curve:
    """Recall at each false-positive rate: the highest where the curve rises upright."""
    best = run.groupby("false_positive_rate")["recall"].max()
    return np.interp(grid, best.index.to_numpy(), best.to_numpy())


def _precision_at(run: pd.DataFrame, grid: Curve) -> Curve:
    """Precision at each recall: that of the first threshold that reaches it."""
    ordered = run.groupby("recall")["precision"].max()
    places = np.searchsorted(ordered.index.to_numpy(), grid - 1e-12)
    return ordered.to_numpy()[np.minimum(places, len(ordered) - 1)]
