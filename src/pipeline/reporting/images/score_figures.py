"""Figures of scores, of all classes and by class: each draws on the axes it is given and returns nothing."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from pipeline.reporting import words
from pipeline.reporting.facts import Estimate
from pipeline.reporting.images.picture_figures import written
from pipeline.reporting.images.scores import SCORE, Score
from pipeline.reporting.images.training_figures import spans_decades
from pipeline.reporting.style import ALARM, INK, LOOKS, Look

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SMALL = 7.5  # points
LETTER = 0.068  # inches, of small letters
WHISKER: dict[str, Any] = {"linestyle": "none", "elinewidth": 1.2, "capsize": 3.2, "capthick": 1.0}
REAL_LOOK = Look(INK, (0, (1, 1.3)), "D")
SET_LOOKS = (LOOKS[0], LOOKS[1], REAL_LOOK)  # of the GAN, what it must beat, and real images
BY_CLASS = tuple(SCORE[key] for key in ("class_accuracy", "diversity", "recall"))
REASON, REASON_LINES = 32, 3  # characters of a line beside the axes, and lines
DARK = 0.55  # share of a row from which its cell needs a white number
MOST_NUMBERED = 20  # classes of which the numbers can be read


def better(score: Score) -> str:
    """Which way is better, in a few words."""
    return "as real is best" if score.as_real else score.better


def score_panel(axes: Axes, found: Sequence[tuple[str, Estimate, Look]], score: Score) -> None:
    """A row a set, top first: a dot with its interval, and the value at the edge; the arrow says what is better."""
    for place, (_, value, look) in enumerate(found):
        _point(axes, place, value, look)
        axes.annotate(
            score.written(value.value), (1, place), (4, 0), xycoords=("axes fraction", "data"),
            textcoords="offset points", va="center", fontsize=SMALL, annotation_clip=False,
        )  # fmt: skip
    axes.set_yticks(range(len(found)), [written(name) for name, _, _ in found])
    axes.set_ylim(len(found) - 0.5, -0.5)
    axes.grid(visible=False, axis="y")
    axes.tick_params(axis="y", length=0)
    axes.tick_params(axis="x", labelsize=SMALL)
    axes.set_title(f"{score.label} {score.arrow}", fontsize=SMALL + 1)
    ends = np.array([end for _, value, _ in found for end in (value.value, value.low, value.high)])
    _score_axis(axes, ends[np.isfinite(ends)], may_be_log=not score.higher_is_better)


def class_panel(axes: Axes, rows: Sequence[Mapping[str, Estimate]], looks: Mapping[str, tuple[str, Look]]) -> None:
    """A row a class: a dot for each set, side by side in height; `looks` maps a set to its name and look."""
    offsets = np.linspace(-0.22, 0.22, len(looks)) if len(looks) > 1 else np.zeros(1)
    for offset, (name, (said, look)) in zip(offsets, looks.items(), strict=True):
        axes.plot([], [], linestyle="none", label=written(said, 30), **_mark(look))
        for place, row in enumerate(rows):
            _point(axes, place + offset, row.get(name, words.NOT_KNOWN), look)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_yticks(np.arange(len(rows) - 1) + 0.5, minor=True)
    axes.grid(visible=False, axis="y", which="major")
    axes.grid(visible=True, axis="y", which="minor")
    axes.tick_params(axis="y", which="both", length=0)
    axes.tick_params(axis="x", labelsize=SMALL)


def name_classes(axes: Axes, names: Sequence[str], collapsed: Sequence[int]) -> None:
    """Names of the classes at the left edge; those that have collapsed stand out."""
    axes.set_yticks(range(len(names)), [f"{'× ' if place in collapsed else ''}{written(name)}"
                                        for place, name in enumerate(names)], fontsize=SMALL + 1)  # fmt: skip
    for place, label in enumerate(axes.get_yticklabels()):
        if place in collapsed:
            label.set_color(ALARM)
            label.set_fontweight("bold")


def write_reasons(axes: Axes, reasons: Mapping[int, str], collapsed: Sequence[int]) -> None:
    """What is wrong with a class, beside its row; those that have collapsed outright stand out."""
    for place, reason in reasons.items():
        lines = textwrap.wrap(" ".join(reason.split()), REASON, max_lines=REASON_LINES, placeholder=" …")
        text = "\n".join(written(line, REASON) for line in lines)  # it may name a class
        axes.annotate(
            text, (1, place), (5, 0), xycoords=("axes fraction", "data"), textcoords="offset points", va="center",
            fontsize=SMALL - 1, color=ALARM if place in collapsed else INK, annotation_clip=False, linespacing=1.0,
        )  # fmt: skip


def confusion(axes: Axes, counts: NDArray[np.int64], names: Sequence[str]) -> None:
    """Images by the class asked for (rows) and what the judge calls them; darker is more of the row."""
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    size = len(names)
    axes.pcolormesh(np.sqrt(shares), cmap="Blues", vmin=0, vmax=1.15, edgecolors="white", linewidth=0.5)
    if size <= MOST_NUMBERED:
        for (row, column), number in np.ndenumerate(counts):
            if number:
                axes.text(
                    column + 0.5, row + 0.52, f"{number}", ha="center", va="center", fontsize=6.5,
                    color="white" if math.sqrt(shares[row, column]) > DARK else INK,
                )  # fmt: skip
    places, said = np.arange(size) + 0.5, [written(name) for name in names]
    points = SMALL if size <= MOST_NUMBERED else 5
    axes.set_xticks(places, said, rotation=90, fontsize=points)
    axes.set_yticks(places, said, fontsize=points)
    axes.set_xlim(0, size)
    axes.set_ylim(size, 0)
    axes.set_aspect("equal")
    axes.tick_params(length=0)
    axes.grid(visible=False)
    axes.spines[:].set_visible(False)


def _score_axis(axes: Axes, ends: NDArray[np.float64], *, may_be_log: bool) -> None:
    from matplotlib.ticker import LogLocator, MaxNLocator, NullFormatter

    if not len(ends):
        axes.set_xticks([])
        return
    if may_be_log and spans_decades(ends):
        axes.set_xscale("log")
        axes.xaxis.set_major_locator(LogLocator(numticks=5))
        axes.xaxis.set_minor_formatter(NullFormatter())
        axes.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}" if value >= 1 else f"{value:g}")
        axes.set_xlim(ends.min() / 1.4, ends.max() * 1.4)
        return
    room = max(float(np.ptp(ends)), 0.02 * float(np.abs(ends).max()), 1e-6)
    axes.set_xlim(ends.min() - 0.1 * room, ends.max() + 0.1 * room)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=4, min_n_ticks=2))


def _point(axes: Axes, place: float, found: Estimate, look: Look, size: float = 3.2) -> None:
    """A mark with its whisker; a value without an interval has none."""
    if not math.isfinite(found.value):
        return
    whiskers = np.nan_to_num([[found.value - found.low], [found.high - found.value]]).clip(min=0)
    axes.errorbar(
        [found.value], [place], xerr=whiskers if found.is_known else None, markersize=size, **_mark(look), **WHISKER
    )


def _mark(look: Look) -> dict[str, Any]:
    """A mark; that of real images is hollow."""
    face = "white" if look == REAL_LOOK else look.color
    return {"color": look.color, "marker": look.marker, "markerfacecolor": face}
