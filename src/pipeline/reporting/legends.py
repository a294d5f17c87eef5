"""Legends above all axes of a sheet, and how much room they take."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

HANDLE, LETTER, LEGEND_ROW = 0.68, 0.066, 0.19  # inches of a legend: beside its text, of a letter, of a row


def legend(figure: Figure, axes: Axes) -> None:
    """A legend above all, of what the axes show, with as many columns as the sheet has room for."""
    handles, labels = axes.get_legend_handles_labels()
    if labels:
        figure.legend(handles, labels, loc="outside upper left", ncols=columns(labels, figure.get_figwidth()))


def columns(labels: Sequence[str], width: float) -> int:
    """Columns of a legend that fit into so many inches."""
    return max(int((width - 0.2) / (HANDLE + LETTER * max(map(len, labels)))), 1)


def legend_height(labels: Sequence[str], width: float) -> float:
    """Inches that a legend takes above a sheet so wide."""
    return LEGEND_ROW * math.ceil(len(labels) / columns(labels, width)) if labels else 0.0
