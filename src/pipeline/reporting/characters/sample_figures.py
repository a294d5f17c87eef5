"""Figures of samples by temperature: each draws on the axes it is given and returns nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from pipeline.reporting.characters.lines import Line
from pipeline.reporting.characters.names import temperature_said
from pipeline.reporting.style import INK, MUTED

if TYPE_CHECKING:
    from matplotlib.axes import Axes

APART = 0.045  # of the least step between temperatures: how far two models are moved apart
LEVEL = {"color": INK, "linewidth": 1.2, "linestyle": (0, (6, 1.6, 1, 1.6))}


@dataclass(frozen=True)
class Score:
    """A score in a figure: its key in the tables, and its title and unit."""

    key: str
    title: str
    is_percent: bool


SCORES = (
    Score("real_words", "Real words", is_percent=True),
    Score("distinct_2", "Different pairs of words (distinct-2)", is_percent=False),
    Score("self_bleu", "Repeating each other (self-BLEU)", is_percent=False),
    Score("copied_characters", "Copied runs of 20 characters", is_percent=True),
)


def score_panel(axes: Axes, table: pd.DataFrame, lines: Sequence[Line], score: Score, real_name: str) -> None:
    """One score against temperature, a line a model; whiskers are the range over draws, as is the band.

    `table` holds the rows of this score alone; the level and its band are those of real messages, called `real_name`.
    """
    temperatures = sorted(table["temperature"].unique())
    step = APART * min(np.diff(temperatures), default=1.0)
    for index, line in enumerate(lines):
        rows = table[table["name"] == line.model].sort_values("temperature")
        places = rows["temperature"] + step * (index - (len(lines) - 1) / 2)
        ends = np.stack([rows["value"] - rows["low"], rows["high"] - rows["value"]]).clip(min=0)
        axes.errorbar(places, rows["value"], yerr=ends, **line.dots, label=line.name, elinewidth=0.8, capsize=1.5)
    _draw_real(axes, table[["holdout", "holdout_low", "holdout_high"]].dropna(), real_name)
    axes.set_title(score.title)
    axes.set_xticks(temperatures, [temperature_said(float(one)) for one in temperatures])
    room = max(step * (len(lines) / 2 + 3), 0.05 * (temperatures[-1] - temperatures[0]))
    axes.set_xlim(temperatures[0] - room, temperatures[-1] + room)
    axes.margins(y=0.08)
    if score.is_percent:
        axes.yaxis.set_major_formatter(lambda value, _: f"{value:g} %")


def _draw_real(axes: Axes, real: pd.DataFrame, name: str) -> None:
    """The level of as many real messages, and the range over draws of them as a band."""
    if real.empty:
        return
    low, high = real["holdout_low"].min(), real["holdout_high"].max()
    if high > low:
        axes.axhspan(low, high, color=MUTED, alpha=0.16, linewidth=0)
    axes.axhline(real["holdout"].mean(), **LEVEL, label=name)
