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
APART = 0.31  # of a row, on either side of its middle, over which temperatures are spread
WHISKER: dict[str, Any] = {"linestyle": "none", "elinewidth": 1.2, "capsize": 2, "markersize": 5}


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
        real: the share of real messages of that class that is called positive.
        members: the same of each model's samples, by temperature.
    """

    name: str
    real: Estimate
    members: list[tuple[str, Mapping[float, Estimate]]]


def bits(axes: Axes, groups: Sequence[Group], reference: Reference | None) -> None:
    """A row a model: its bits per character with the 95 % interval, written at the edge too."""
    if reference is not None:
        axes.axvline(reference.value, **reference.pen, label=reference.name, zorder=1)
    titles = []
    for group in groups:
        titles.append(group.name)
        for name, found in group.members:
            _point(axes, len(titles), found, group.look)
            _write_beside(axes, len(titles), f"{words.decimal(found.value)} {words.interval(found.low, found.high)}")
            titles.append(name)
    _name_rows(axes, titles, _headings([group.members for group in groups]))
    axes.margins(x=0.03)


def recognition(axes: Axes, asked: Sequence[Asked], looks: Mapping[float, tuple[str, Look]]) -> None:
    """A row a model, in it a mark a temperature: the share of its samples that is called positive, in percent.

    `looks` maps a temperature to its name and its look.
    Above the models of a group, and as a band behind them, stand the real messages.
    """
    titles, named = [], set()
    places = dict(zip(looks, np.linspace(-APART, APART, len(looks)) if len(looks) > 1 else [0.0], strict=True))
    for group in asked:
        titles += [group.name, "real test messages"]
        _band(axes, (len(titles) - 1, len(titles) + len(group.members)), group.real)
        for name, found in group.members:
            for temperature, share in found.items():
                name_of, style = looks[temperature]
                label = "" if temperature in named else f"temperature {name_of}"
                named.add(temperature)
                _point(axes, len(titles) + places[temperature], _percent(share), style, label)
            titles.append(name)
    _name_rows(axes, titles, _headings([[group.real, *group.members] for group in asked]))
    axes.set_xlim(-3, 103)
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:g} %")


def count_rows(groups: Sequence[Group]) -> int:
    """Rows that the groups fill, headings included."""
    return sum(1 + len(group.members) for group in groups)


def _band(axes: Axes, rows: tuple[int, int], real: Estimate) -> None:
    """What real messages come to: a mark in the first of these rows, its interval behind the others."""
    found = _percent(real)
    _point(axes, rows[0], found, Look(INK, "-", "D"))
    ends = (rows[0] - 0.5, rows[1] - 0.5)
    if found.is_known:
        axes.fill_betweenx(ends, found.low, found.high, color=MUTED, alpha=0.16, linewidth=0, zorder=0.6)
    axes.plot([found.value] * 2, ends, color=INK, linewidth=0.9, linestyle=DASHED, zorder=0.7)


def _point(axes: Axes, place: float, found: Estimate, style: Look, label: str = "") -> None:
    """A mark with its whisker; a value without an interval has none, and what is undefined says so."""
    if math.isnan(found.value):
        axes.annotate(
            words.UNDEFINED, (0, place), (3, 0), xycoords=("axes fraction", "data"), textcoords="offset points",
            va="center", fontsize=SMALL, color=MUTED,
        )  # fmt: skip
        return
    whiskers = np.nan_to_num([[found.value - found.low], [found.high - found.value]]).clip(min=0)
    axes.errorbar(
        [found.value], [place], xerr=whiskers if found.is_known else None, color=style.color, marker=style.marker,
        label=label or None, **WHISKER,
    )  # fmt: skip


def _write_beside(axes: Axes, place: int, text: str) -> None:
    axes.annotate(
        text, (1, place), (5, 0), xycoords=("axes fraction", "data"), textcoords="offset points", va="center",
        fontsize=SMALL, annotation_clip=False,
    )  # fmt: skip


def _headings(groups: Sequence[Sequence[object]]) -> set[int]:
    """Rows that have the name of a group: each stands above its members."""
    sizes = [1 + len(members) for members in groups]
    return {sum(sizes[:number]) for number in range(len(sizes))}


def _name_rows(axes: Axes, titles: Sequence[str], headings: set[int]) -> None:
    axes.set_ylim(len(titles) - 0.5, -0.5)
    axes.set_yticks(range(len(titles)), titles)
    axes.grid(visible=False, axis="y")
    axes.tick_params(axis="y", length=0)
    for place, tick in enumerate(axes.yaxis.get_major_ticks(len(titles))):
        is_heading = place in headings
        tick.label1.set_fontweight("bold" if is_heading else "normal")
        if not is_heading:
            axes.axhline(place, color=FAINT, linewidth=0.6, zorder=0.5)
        elif place:
            axes.axhline(place - 0.5, color=MUTED, linewidth=0.6, zorder=0.5)


def _percent(share: Estimate) -> Estimate:
    return Estimate(100 * share.value, 100 * share.low, 100 * share.high)
