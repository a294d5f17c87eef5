"""Figures of models in rows: what they pay, and what a classifier makes of their samples.

Each draws on the axes it is given and returns nothing.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from pipeline.reporting import words
from pipeline.reporting.characters.lines import DASHED, Reference
from pipeline.reporting.facts import Estimate
from pipeline.reporting.style import FAINT, INK, MUTED, Look

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SMALL = 7.5  # points
SLIM, MARGIN = 2.4, 0.7  # heights, in rows of one mark: of a row without any, and above and below the marks of a model
WHISKER: dict[str, Any] = {"linestyle": "none", "elinewidth": 1.2, "capsize": 2}


@dataclass(frozen=True)
class Row:
    """A name at the left edge, and where."""

    name: str
    place: float
    is_heading: bool = False


@dataclass(frozen=True)
class Group:
    """Models of one kind: what the kind is called, its look, and what each member pays, top first."""

    name: str
    look: Look
    members: list[tuple[str, Estimate]]


@dataclass(frozen=True)
class Asked:
    """Samples that one class was asked for, or none.

    Attributes:
        name: of the group.
        real_name: what the real messages are called.
        real: the share of real messages of that class that is called positive.
        members: the same of each model's samples, by temperature.
    """

    name: str
    real_name: str
    real: Estimate
    members: list[tuple[str, Mapping[float, Estimate]]]


def bits(axes: Axes, groups: Sequence[Group], reference: Reference | None) -> None:
    """A row a model: its bits per character with the 95 % interval, written at the edge too."""
    if reference is not None:
        axes.axvline(reference.value, **reference.pen, label=reference.name, zorder=1)
    rows = []
    for group in groups:
        rows.append(Row(group.name, len(rows), is_heading=True))
        for name, found in group.members:
            _point(axes, len(rows), found, group.look)
            _write_beside(axes, len(rows), f"{words.decimal(found.value)} {words.interval(found.low, found.high)}")
            rows.append(Row(name, len(rows)))
    _name_rows(axes, rows)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.margins(x=0.03)


def recognition(axes: Axes, asked: Sequence[Asked], looks: Mapping[float, tuple[str, Look]]) -> None:
    """A row a model, in it a mark a temperature: the share of its samples that is called positive, in percent.

    `looks` maps a temperature to its name and its look. The axes are as high as `recognition_height` says, in rows of
    one mark; above the models of a group, and as a band behind them, stand the real messages.
    """
    for name, style in looks.values():
        axes.plot([], [], color=style.color, marker=style.marker, linestyle="none", label=f"temperature {name}")
    rows, top = [], 0.0
    for group in asked:
        rows += [Row(group.name, top + SLIM / 2, is_heading=True), Row(group.real_name, top + 1.5 * SLIM)]
        top += 2 * SLIM
        _band(axes, (top - SLIM, top + len(group.members) * _tall(looks)), group.real)
        for name, found in group.members:
            rows.append(Row(name, top + _tall(looks) / 2))
            places = dict(zip(looks, top + MARGIN + 0.5 + np.arange(len(looks)), strict=True))
            top += _tall(looks)
            known = {one: _percent(share) for one, share in found.items() if not math.isnan(share.value)}
            for temperature, share in known.items():
                _point(axes, places[temperature], share, looks[temperature][1], size=4.2)
            if not known:
                _write_beside(axes, rows[-1].place, words.UNDEFINED)
    _name_rows(axes, rows)
    axes.set_ylim(top, 0)
    axes.set_xlim(-3, 103)
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:g} %")


def recognition_height(asked: Sequence[Asked], looks: Mapping[float, object]) -> float:
    """Height of the figure of recognition, in rows of one mark."""
    return sum(2 * SLIM + len(group.members) * _tall(looks) for group in asked)


def count_rows(groups: Sequence[Group]) -> int:
    """Rows that the groups fill, headings included."""
    return sum(1 + len(group.members) for group in groups)


def _band(axes: Axes, ends: tuple[float, float], real: Estimate) -> None:
    """What real messages come to: a mark in the first row between these ends, its interval behind all of them."""
    found = _percent(real)
    if math.isnan(found.value):
        _write_beside(axes, ends[0] + SLIM / 2, words.UNDEFINED)
        return
    _point(axes, ends[0] + SLIM / 2, found, Look(INK, "-", "D"))
    if found.is_known:
        axes.fill_betweenx(ends, found.low, found.high, color=MUTED, alpha=0.16, linewidth=0, zorder=0.6)
    axes.plot([found.value] * 2, ends, color=INK, linewidth=0.9, linestyle=DASHED, zorder=0.7)


def _point(axes: Axes, place: float, found: Estimate, style: Look, size: float = 5) -> None:
    """A mark with its whisker; a value without an interval has none."""
    whiskers = np.nan_to_num([[found.value - found.low], [found.high - found.value]]).clip(min=0)
    axes.errorbar(
        [found.value], [place], xerr=whiskers if found.is_known else None, color=style.color, marker=style.marker,
        markersize=size, **WHISKER,
    )  # fmt: skip


def _write_beside(axes: Axes, place: float, text: str) -> None:
    axes.annotate(
        text, (1, place), (5, 0), xycoords=("axes fraction", "data"), textcoords="offset points", va="center",
        fontsize=SMALL, annotation_clip=False,
    )  # fmt: skip


def _name_rows(axes: Axes, rows: Sequence[Row]) -> None:
    """Names at the left edge; each group is set apart from the one above it by a line."""
    axes.set_yticks([row.place for row in rows], [row.name for row in rows])
    axes.grid(visible=False, axis="y")
    axes.tick_params(axis="y", length=0)
    for row, tick in zip(rows, axes.yaxis.get_major_ticks(len(rows)), strict=True):
        tick.label1.set_fontweight("bold" if row.is_heading else "normal")
        if not row.is_heading:
            axes.axhline(row.place, color=FAINT, linewidth=0.6, zorder=0.5)
        elif row is not rows[0]:
            half = (rows[1].place - rows[0].place) / 2
            axes.axhline(row.place - half, color=MUTED, linewidth=0.6, zorder=0.5)


def _tall(looks: Mapping[float, object]) -> float:
    """Height of a model's row, in rows of one mark."""
    return max(len(looks) + 2 * MARGIN, SLIM)


def _percent(share: Estimate) -> Estimate:
    return Estimate(100 * share.value, 100 * share.low, 100 * share.high)
