"""Figures of what synthetic messages are worth: each draws on the axes it is given and returns nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from pipeline.reporting import words
from pipeline.reporting.facts import Estimate
from pipeline.reporting.grid import estimate, find
from pipeline.reporting.style import FAINT, INK, MUTED, Look, look
from pipeline.reporting.synthesis.scores import SCORE, Score

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WHISKER: dict[str, Any] = {"linestyle": "none", "elinewidth": 1.2, "capsize": 2, "markersize": 4.8}
STAR: dict[str, Any] = {
    "marker": "*", "markersize": 9, "markerfacecolor": "white", "markeredgecolor": INK, "linestyle": "none",
}  # fmt: skip
SMALL = 7.5  # points


def evaluator_panel(
    axes: Axes,
    table: pd.DataFrame,
    metric: str,
    evaluators: Sequence[str],
    settings: Mapping[str, str],
    published: float | None,
) -> None:
    """One metric: a row for each evaluator, in it a dot with its 95 % interval for each setting.

    `settings` maps a setting to its name. A star stands for the `published` figure, in the first row.
    """
    offsets = np.linspace(-0.28, 0.28, len(settings)) if len(settings) > 1 else np.zeros(1)
    for index, (setting, name) in enumerate(settings.items()):
        found = [find(table, evaluator=evaluator, setting=setting, metric=metric) for evaluator in evaluators]
        _points(axes, np.arange(len(evaluators)) + offsets[index], found, look(index), name, is_across=True)
    if published is not None:
        axes.plot([published], [-0.42], **STAR, label="published", zorder=4)
    _rows(axes, len(evaluators))
    axes.set_title(words.METRIC[metric].label)
    axes.set_xlim(right=1.005 + 0.02 * (1 - axes.get_xlim()[0]))


def scorecard(axes: Axes, table: pd.DataFrame) -> None:
    """How much worse than a real holdout the synthetic messages are by each score; both figures at the edge.

    The whisker is the range over draws; a gap beyond the axis is drawn at its end.
    """
    known = [(SCORE[row["name"]], row) for _, row in table.iterrows() if row["name"] in SCORE]
    for place, (score, row) in enumerate(known):
        draws = Estimate(*(float(row[column]) for column in ("synthetic", "low", "high")))
        _score_row(axes, place, score, draws, float(row["holdout"]))
    axes.axvline(0, color=INK, linewidth=1)
    groups = [score.group for score, _ in known]
    for place in range(1, len(groups)):
        if groups[place] != groups[place - 1]:
            axes.axhline(place - 0.5, color=MUTED, linewidth=0.7)
    axes.set_yticks(range(len(known)), [score.label for score, _ in known])
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(len(known) - 0.5, -0.5)
    axes.set_xlim(-1.08, 1.08)
    axes.set_xticks([-1, -0.5, 0, 0.5, 1], ["◂ other way", "", "real holdout", "", "worse ▸"])
    axes.set_title("synthetic | holdout", loc="right", fontsize=SMALL)


def augmentation_panel(axes: Axes, table: pd.DataFrame, methods: Mapping[str, str]) -> None:
    """One metric of one classifier over the share of the real positive messages, a curve for each method."""
    shares = sorted(table["percent"].unique())
    offsets = np.linspace(-0.2, 0.2, len(methods)) if len(methods) > 1 else np.zeros(1)
    for index, (method, name) in enumerate(methods.items()):
        rows = table[table["method"] == method].set_index("percent").reindex(shares)
        found = [estimate(row) for _, row in rows.iterrows()]
        places = np.arange(len(shares)) + offsets[index]
        style = look(index)
        axes.plot(places, [point.value for point in found], **style.pen, linewidth=1)
        _points(axes, places, found, style, name, is_across=False)
    _shares(axes, table)


def difference_panel(axes: Axes, table: pd.DataFrame, against: Mapping[str, str]) -> None:
    """Paired differences of synthetic messages from other methods over the share of the real positive messages.

    `against` maps the column of the difference to the name of the other method.
    """
    shares = sorted(table["percent"].unique())
    axes.axhline(0, color=INK, linewidth=1)
    offsets = np.linspace(-0.24, 0.24, len(against)) if len(against) > 1 else np.zeros(1)
    rows = table[table["method"] == "synthetic"].set_index("percent").reindex(shares)
    for index, (column, name) in enumerate(against.items()):
        found = [estimate(row, column) for _, row in rows.iterrows()]
        _points(axes, np.arange(len(shares)) + offsets[index], found, look(index), name, is_across=False)
    _shares(axes, table)


def _score_row(axes: Axes, place: int, score: Score, draws: Estimate, holdout: float) -> None:
    values = np.array([score.gap(draws.value, holdout, value) for value in (draws.value, draws.low, draws.high)])
    if not np.isnan(values[0]):
        ends = np.clip(values, -1, 1)
        style = look(1) if values[0] > 0 else look(0)
        axes.plot(ends[1:], [place, place], color=style.color, linewidth=1.3)
        axes.plot([0, ends[0]], [place, place], color=style.color, linewidth=0.8, linestyle=(0, (1, 1.5)))
        axes.plot([ends[0]], [place], color=style.color, marker=style.marker)
    axes.annotate(
        f"{score.written(draws.value)} | {score.written(holdout)}", (1, place), (0, 0), ha="left",
        xycoords=("axes fraction", "data"), textcoords="offset points", va="center", fontsize=SMALL,
        annotation_clip=False,
    )  # fmt: skip


def _points(
    axes: Axes, places: np.ndarray, found: Sequence[Estimate], style: Look, name: str, *, is_across: bool
) -> None:
    """Dots with whiskers, across the axes or upright; what is undefined is left out."""
    values = np.array([point.value for point in found])
    ends = np.array([[point.low, point.high] for point in found]).reshape(-1, 2)
    whiskers = np.stack([values - ends[:, 0], ends[:, 1] - values]).clip(min=0)
    x, y, error = (values, places, "xerr") if is_across else (places, values, "yerr")
    axes.errorbar(x, y, color=style.color, marker=style.marker, label=name, **{error: whiskers}, **WHISKER)


def _rows(axes: Axes, number: int) -> None:
    axes.set_yticks(np.arange(number - 1) + 0.5, minor=True)
    axes.grid(visible=False, axis="y", which="major")
    axes.grid(visible=True, axis="y", which="minor", color=FAINT)
    axes.tick_params(axis="y", which="both", length=0)
    axes.set_ylim(number - 0.5, -0.5)


def _shares(axes: Axes, table: pd.DataFrame) -> None:
    """Shares of the real positive messages as evenly spaced ticks, with the messages that they are."""
    positives = table.groupby("percent")["positives"].first()
    names = [f"{share:g} %\n({words.count(number)})" for share, number in positives.items()]
    axes.set_xticks(range(len(names)), names)
    axes.tick_params(axis="x", length=0)
    axes.grid(visible=False, axis="x")
    axes.set_xlim(-0.5, len(names) - 0.5)
