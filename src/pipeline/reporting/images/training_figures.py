"""Figures of training, over epochs: each draws on the axes it is given and returns nothing."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.reporting.curves import MARK, MOST_MARKERS
from pipeline.reporting.style import INK, LOOKS, MUTED, Look

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SMALL = 7.5  # points
DECADE = 10.0  # a logarithmic axis from this ratio of the most to the least
LEVEL: dict[str, Any] = {"linewidth": 0.9, "linestyle": (0, (1, 1.6))}


@dataclass(frozen=True)
class Curve:
    """A column of the history: what it is called there and in the figure, and its look."""

    column: str
    name: str
    look: Look


LOSSES = (Curve("discriminator_loss", "discriminator", LOOKS[1]), Curve("generator_loss", "generator", LOOKS[0]))
CONFIDENCE = (Curve("real_confidence", "training images", LOOKS[1]), Curve("fake_confidence", "drawings", LOOKS[0]))


@dataclass(frozen=True)
class Guessing:
    """Where the players stand while the discriminator can only guess, and where it is sure.

    Attributes:
        smoothing: what its target for real images is less than 1.
    """

    smoothing: float

    @property
    def sure(self) -> float:
        """The probability that it gives real images which it is sure of: its target."""
        return 1 - self.smoothing

    @property
    def probability(self) -> float:
        """What it gives every image: half of the images shown are real, with that target, the others have 0."""
        return self.sure / 2

    @property
    def generator(self) -> float:
        """The generator's loss, in nats."""
        return -math.log(self.probability)

    @property
    def discriminator(self) -> float:
        """The discriminator's loss, in nats: that of real images and that of drawings."""
        missed = math.log(1 - self.probability)
        return -(self.sure * math.log(self.probability) + self.smoothing * missed) - missed


def losses(axes: Axes, history: pd.DataFrame, kept_epoch: int, guessing: Guessing) -> None:
    """The losses of both players, and what they come to where a discriminator can only guess."""
    _curves(axes, history, LOSSES, kept_epoch)
    levels = (guessing.discriminator, guessing.generator)
    for level, curve in zip(levels, LOSSES, strict=True):
        axes.axhline(level, color=curve.look.color, zorder=1, **LEVEL)
        _write_at_edge(axes, level, f"{level:.2f} guessing", curve.look.color)
    values = _values(history, LOSSES)
    if spans_decades(np.append(values, levels)):
        axes.set_yscale("log")
        plain_ticks(axes)
    else:
        least, most = min([0.0, *values]), max([*levels, *values])
        axes.set_ylim(least, most + 0.08 * (most - least))
    axes.set_ylabel("Loss (nats)")


def confidence(axes: Axes, history: pd.DataFrame, kept_epoch: int, guessing: Guessing) -> None:
    """How real the discriminator takes training images and drawings to be while it learns."""
    _curves(axes, history, CONFIDENCE, kept_epoch)
    for level, said in ((guessing.probability, "guessing"), (guessing.sure, "sure")):
        axes.axhline(level, color=MUTED, zorder=1, **LEVEL)
        _write_at_edge(axes, level, f"{level:.2f} {said}", MUTED)
    axes.set_ylim(-0.03, 1.03)
    axes.set_yticks([0, 0.25, 0.5, 0.75, 1])
    axes.set_ylabel("Mean probability\nof being real")


def measure(axes: Axes, history: pd.DataFrame, column: str, kept_epoch: int, real: float) -> None:
    """One measure of the drawings, and what real images come to where that is known."""
    _curves(axes, history, (Curve(column, "drawings", LOOKS[0]),), kept_epoch)
    known = _values(history, (Curve(column, "", LOOKS[0]),))
    if math.isfinite(real):
        axes.axhline(real, color=INK, zorder=1, label="real images", linewidth=1.1, linestyle=(0, (5, 1.6)))
        known = np.append(known, real)
    if spans_decades(known):
        axes.set_yscale("log")
        plain_ticks(axes)
    elif len(known):
        room = max(float(np.ptp(known)), 0.02 * abs(float(known.max())), 1e-3)
        axes.set_ylim(known.min() - 0.08 * room, known.max() + 0.08 * room)


def spans_decades(values: NDArray[np.float64]) -> bool:
    """Whether a logarithmic axis shows these better: all are above 0, and the most is many times the least."""
    known = values[np.isfinite(values)]
    return bool(len(known)) and known.min() > 0 and known.max() / known.min() > DECADE


def plain_ticks(axes: Axes) -> None:
    """Numbers on a logarithmic axis as they are said: 0.5, 20, 1,000."""
    from matplotlib.ticker import LogLocator, NullFormatter

    low, high = axes.get_ylim()
    subs = (1.0, 2.0, 5.0) if high / low < 1_000 else (1.0,)
    axes.yaxis.set_major_locator(LogLocator(subs=subs, numticks=12))
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:,.0f}" if value >= 1 else f"{value:g}")
    axes.yaxis.set_minor_formatter(NullFormatter())


def epoch_axis(axes: Axes, epochs: Sequence[float]) -> None:
    """Whole epochs, with room for the marks of the first and the last."""
    from matplotlib.ticker import MaxNLocator

    axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=7, min_n_ticks=1))
    first, last = min(epochs), max(epochs)
    room = 0.4 + 0.02 * (last - first)
    axes.set_xlim(first - room, last + room)


def _curves(axes: Axes, history: pd.DataFrame, curves: Sequence[Curve], kept_epoch: int) -> None:
    rows = history.sort_values("epoch")
    every = math.ceil(len(rows) / MOST_MARKERS)
    axes.axvline(kept_epoch, **MARK, label=f"kept: epoch {kept_epoch}")
    for curve in curves:
        values = rows[curve.column].astype(float).replace([np.inf, -np.inf], np.nan)
        axes.plot(rows["epoch"], values, **curve.look.dots, markersize=3.5, markevery=every, label=curve.name)
    epoch_axis(axes, rows["epoch"].tolist())


def _values(history: pd.DataFrame, curves: Sequence[Curve]) -> NDArray[np.float64]:
    """What is known of these columns."""
    found = history[[curve.column for curve in curves]].to_numpy(np.float64).ravel()
    return found[np.isfinite(found)]


def _write_at_edge(axes: Axes, level: float, text: str, color: str) -> None:
    axes.annotate(
        text, (1, level), (4, 0), xycoords=("axes fraction", "data"), textcoords="offset points", va="center",
        fontsize=SMALL, color=color, annotation_clip=False,
    )  # fmt: skip
