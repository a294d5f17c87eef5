"""Figures of how images of a set differ: each draws on the axes it is given and returns nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.artifacts.images import BINS, CLOSE
from pipeline.reporting.images.picture_figures import written
from pipeline.reporting.style import INK, Look

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SMALL = 7.5  # points
FAR = 0.995  # share of a set that the axis reaches to
LINE: dict[str, Any] = {"color": INK, "linewidth": 0.9, "linestyle": (0, (1, 1.6))}


def confidence(axes: Axes, table: pd.DataFrame, looks: Mapping[str, tuple[str, Look]]) -> None:
    """Share of each set by the probability of being real; `looks` maps a set to its name and look."""
    middles = (np.arange(BINS) + 0.5) / BINS
    for name, (said, look) in looks.items():
        counts = table[table["set"] == name].groupby("bin")["images"].sum().reindex(range(BINS), fill_value=0)
        if counts.sum():
            axes.plot(middles, 100 * counts / counts.sum(), **look.dots, markersize=3.5, label=written(said, 30))
    axes.axvline(0.5, **LINE)
    axes.set_xlim(0, 1)
    axes.set_ylim(bottom=0)
    axes.set_xlabel("Probability of being real, by the discriminator (in twentieths)")
    axes.set_ylabel("Share of the images (%)")


def distances(axes: Axes, found: Mapping[str, NDArray[np.float64]], looks: Mapping[str, tuple[str, Look]]) -> None:
    """Share of each set that is no farther from its closest training image; that of the test images sets the mark."""
    ends = []
    for name, (said, look) in looks.items():
        values = np.sort(found.get(name, np.empty(0)))
        if len(values):
            axes.plot(values, 100 * np.arange(1, len(values) + 1) / len(values), **look.pen, label=written(said, 30))
            ends.append(float(np.quantile(values, FAR)))
    test = found.get("test", np.empty(0))
    if len(test):
        axes.axvline(float(np.quantile(test, CLOSE)), **LINE, label="closer than 99 % of the test images")
    axes.set_xlim(0, 1.04 * max(ends, default=1.0) or 1.0)
    axes.set_ylim(0, 101)
    axes.set_xlabel("Distance to the closest training image, at most")
    axes.set_ylabel("Share of the images (%)")
