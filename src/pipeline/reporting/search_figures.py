"""Figures of a search for settings: each draws on the axes it is given and returns nothing."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.reporting.figures import NEAR, legend_above
from pipeline.reporting.style import INK, LOOKS, MUTED

if TYPE_CHECKING:
    from matplotlib.axes import Axes

TRIAL, BEST = LOOKS[0].color, LOOKS[1].color
CHOSEN: dict[str, Any] = {"linestyle": "none", "marker": "o", "color": TRIAL, "markersize": 5}
RANDOM: dict[str, Any] = CHOSEN | {"markerfacecolor": "white"}
WINNER: dict[str, Any] = {"linestyle": "none", "marker": "s", "color": BEST, "markersize": 7.5}
LOST: dict[str, Any] = {"linestyle": "none", "marker": "x", "color": MUTED, "markersize": 5, "clip_on": False}
FEW_TICKS = 4


def objectives(axes: Axes, trials: pd.DataFrame, best: int, num_random: int) -> None:
    """F1 on the validation part over the number of the trial, with the best so far as a line."""
    from matplotlib.ticker import MaxNLocator

    numbers = trials["trial"].to_numpy()
    so_far = trials["f1"].cummax().ffill().to_numpy()
    axes.step(numbers, so_far, where="post", color=INK, linewidth=1, label="best so far")
    _points(axes, numbers, trials, best, num_random, legend=True)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    axes.set_xlim(numbers.min() - 0.5, numbers.max() + 0.5)
    axes.set_xlabel("Trial")
    legend_above(axes, columns=5)


def parameter(axes: Axes, trials: pd.DataFrame, name: str, kind: str, best: int, num_random: int) -> None:
    """F1 on the validation part over one setting; a choice has evenly spaced places, numbers in their order."""
    from matplotlib.ticker import MaxNLocator, NullFormatter

    short = name.rpartition(".")[2].replace("_", " ")
    if kind == "choice":
        places = sorted(set(trials[name]))
        values = np.array([places.index(value) for value in trials[name]], float)
        axes.set_xticks(range(len(places)), [str(place) for place in places])
        axes.set_xlim(-0.5, len(places) - 0.5)
    else:
        values = trials[name].to_numpy(float)
    if kind == "logarithmic":
        axes.set_xscale("log")
        ticks = _log_ticks(values.min(), values.max())
        axes.set_xticks(ticks, [f"{tick:.2g}" for tick in ticks])
        axes.xaxis.set_minor_formatter(NullFormatter())
    elif kind == "number":
        axes.xaxis.set_major_locator(MaxNLocator(FEW_TICKS))
    _points(axes, values, trials, best, num_random, legend=False)
    axes.set_xlabel(f"{short} (logarithmic)" if kind == "logarithmic" else short)


def _log_ticks(low: float, high: float) -> list[float]:
    """A few round places between two positive numbers on a logarithmic axis; the ends where none lies between."""
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    for digits in ((1,), (1, 3), (1, 2, 5)):
        ticks = [tick for decade in decades for digit in digits if low <= (tick := digit * 10.0**decade) <= high]
        if len(ticks) > 1:
            return ticks
    return [low, high]


def _points(
    axes: Axes, x: NDArray[np.number], trials: pd.DataFrame, best: int, num_random: int, *, legend: bool
) -> None:
    """One point a trial; what failed, or would squash the rest, is a cross at the lower edge."""
    f1, numbers = trials["f1"].to_numpy(float), trials["trial"].to_numpy()
    is_near = f1 >= NEAR * np.nanmax(f1)  # False where there is none
    low, high = f1[is_near].min(), f1[is_near].max()
    room = max(0.12 * (high - low), 0.004)
    axes.set_ylim(low - room, high + room)
    groups = {
        "drawn at random": (is_near & (numbers < num_random) & (numbers != best), RANDOM),
        "chosen": (is_near & (numbers >= num_random) & (numbers != best), CHOSEN),
        "winner": (numbers == best, WINNER),
        "far below, or failed": (~is_near, LOST),
    }
    for label, (chosen, style) in groups.items():
        if chosen.any():
            y = np.where(is_near, f1, low - room)[chosen]
            axes.plot(x[chosen], y, **style, label=label if legend else None)
    axes.set_ylabel("F1, validation part")
