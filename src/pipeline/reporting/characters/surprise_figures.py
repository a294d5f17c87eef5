"""Messages as strips of cells, shaded by what a model pays for each character: drawn on the axes that are given."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pipeline.reporting.characters.figures import SMALL
from pipeline.reporting.glyphs import CUT, glyph
from pipeline.reporting.style import FAINT, INK, MUTED
from pipeline.reporting.words import decimal

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.collections import QuadMesh

WIDTH, ROWS = 60, 3  # cells of a row, and rows of a message at most
HEADING, BETWEEN = 1.5, 0.35  # heights, in cells: of the line above a message, and between its rows
DARK = 0.55  # of the scale, from which on a sign is white
MOST_BITS = 12.0  # of the scale: what costs more is as dark


@dataclass(frozen=True)
class Strip:
    """What one model pays for the characters of a message.

    Shapes: bits (n,), of the characters and the end.
    """

    model: str
    bits: NDArray[np.float64]


@dataclass(frozen=True)
class Message:
    """A message with the strips of all models: its class, its characters ("" for the end)."""

    name: str
    characters: list[str]
    strips: list[Strip]

    @property
    def shown(self) -> int:
        """Characters that have a cell; one cell less where the last says that there is more."""
        room = WIDTH * ROWS
        return len(self.characters) if len(self.characters) <= room else room - 1

    @property
    def rows(self) -> int:
        """Rows of cells of one strip."""
        return math.ceil(len(self.characters[: WIDTH * ROWS]) / WIDTH)

    @property
    def height(self) -> float:
        """Of all strips and the heading, in cells."""
        return HEADING + self.rows * (len(self.strips) + BETWEEN)

    @property
    def heading(self) -> str:
        """The class, and what each model pays for a character on average, of all of the message."""
        paid = ", ".join(f"{strip.model} {_mean(strip.bits)}" for strip in self.strips)
        cut = (
            ""
            if self.shown == len(self.characters)
            else f"  ·  first {self.shown} of {len(self.characters)} characters"
        )
        return f"{self.name}  ·  bits per character: {paid}{cut}"


def strips(axes: Axes, messages: Sequence[Message], most: float) -> QuadMesh | None:
    """Draw messages below each other, in each row the models below each other; what a colour bar is drawn from."""
    place, ticks, mesh = 0.0, [], None
    for message in messages:
        axes.text(0, place + HEADING - 0.35, message.heading, fontsize=SMALL + 0.5, va="bottom", parse_math=False)
        place += HEADING
        for row in range(message.rows):
            for strip in message.strips:
                mesh = _draw_row(axes, place, message, strip, row, most)
                ticks.append((place + 0.5, strip.model))
                place += 1
            place += BETWEEN
    axes.set_xlim(-0.2, WIDTH + 0.2)
    axes.set_ylim(place, 0)
    axes.set_yticks([tick for tick, _ in ticks], [name for _, name in ticks], fontsize=SMALL)
    axes.set_xticks([])
    axes.tick_params(axis="y", length=0)
    axes.grid(visible=False)
    for spine in axes.spines.values():
        spine.set_visible(False)
    return mesh


def scale_end(messages: Sequence[Message]) -> float:
    """Bits that the darkest shade stands for: nearly all cells lie below."""
    bits = np.concatenate([strip.bits[: message.shown] for message in messages for strip in message.strips])
    known = bits[np.isfinite(bits)]
    return float(np.clip(math.ceil(np.quantile(known, 0.98)), 2, MOST_BITS)) if len(known) else MOST_BITS


def _draw_row(axes: Axes, place: float, message: Message, strip: Strip, row: int, most: float) -> QuadMesh:
    """One row of cells of one model; a sign stands in the middle of each."""
    from matplotlib import colormaps
    from matplotlib.colors import Normalize

    begin, end = row * WIDTH, min((row + 1) * WIDTH, message.shown)
    colors, scale = colormaps["Blues"].with_extremes(bad=FAINT), Normalize(0, most)
    bits = strip.bits[begin:end]
    mesh = axes.pcolormesh(
        np.arange(end - begin + 1), [place, place + 1], np.ma.masked_invalid(bits[None]), cmap=colors, norm=scale,
        edgecolors=FAINT, linewidth=0.5,
    )  # fmt: skip
    for column, character in enumerate(message.characters[begin:end]):
        sign = glyph(character)
        is_dark = bits[column] > DARK * most
        axes.text(
            column + 0.5, place + 0.54, sign.text, family=sign.font, fontsize=SMALL, ha="center", va="center",
            color="white" if is_dark else INK, parse_math=False,
        )  # fmt: skip
    if end == message.shown < len(message.characters):
        axes.text(end - begin + 0.5, place + 0.54, CUT, fontsize=SMALL, ha="center", va="center", color=MUTED)
    return mesh


def _mean(bits: NDArray[np.float64]) -> str:
    known = bits[np.isfinite(bits)]
    return decimal(float(known.mean()) if len(known) else math.nan, 2)
