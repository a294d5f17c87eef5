"""Figures that show images themselves: each draws on the axes it is given and returns nothing.

Images are drawn dark on white: their background, 0, is the paper.

Shapes: R rows and C columns of images, S pixels a side.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from pipeline.artifacts.images import WHITE
from pipeline.reporting.glyphs import glyph
from pipeline.reporting.style import INK, MUTED

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Pixels = NDArray[np.uint8]

RULE = 214  # grey of the gaps between images
GAP = 1  # pixels between images
MOST_LETTERS = 16  # of a name beside images
CUT = "…"
BETWEEN_PAIRS, LINE = 7, 9  # pixels: between pairs, and for the distance below one
SMALL = 7.5  # points
MOST_CLASSES = 20  # that images are shown of
MOST_EPOCHS = 10
KEPT: dict[str, Any] = {"fill": False, "edgecolor": INK, "linewidth": 1.3, "clip_on": False}


@dataclass(frozen=True)
class Pair:
    """A drawing beside the training image that is closest to it, and how far apart they are."""

    drawing: Pixels
    closest: Pixels
    distance: float


def written(name: str, most: int = MOST_LETTERS) -> str:
    """An untrusted name for Matplotlib: as `cut`, no part read as a formula."""
    return cut(name, most).replace("$", r"\$")


def cut(name: str, most: int = MOST_LETTERS) -> str:
    """An untrusted name on one line: cut in the middle, in signs that the fonts have."""
    signs = [glyph(character).text for character in unicodedata.normalize("NFC", " ".join(name.split()))]
    if len(signs) > most:
        head = most // 2
        signs = [*signs[:head], CUT, *signs[head + 1 - most :]]
    return "".join(signs) or "(no name)"


def mosaic(images: Pixels) -> Pixels:
    """(R, C, S, S) as one picture, dark on white, with lines between the images."""
    rows, columns, side, _ = images.shape
    step = side + GAP
    picture = np.full((rows * step + GAP, columns * step + GAP), RULE, np.uint8)
    for row, column in np.ndindex(rows, columns):
        top, left = GAP + row * step, GAP + column * step
        picture[top : top + side, left : left + side] = WHITE - images[row, column]
    return picture


def grid(axes: Axes, images: Pixels, names: Sequence[str] = ()) -> None:
    """(R, C, S, S), a name at the left of each row where there are names."""
    _show(axes, mosaic(images))
    rows, _, side, _ = images.shape
    _name_rows(axes, [_centre(row, side) for row in range(rows)] if names else [], names)


def through_epochs(axes: Axes, images: Pixels, names: Sequence[str], epochs: Sequence[int], kept_epoch: int) -> None:
    """(R, C, S, S), a row a class and a column an epoch; the epoch that was kept has a frame."""
    from matplotlib.patches import Rectangle

    grid(axes, images, names)
    side = images.shape[-1]
    places = [_centre(column, side) for column in range(len(epochs))]
    axes.xaxis.tick_top()
    axes.xaxis.set_label_position("top")
    axes.set_xticks(places, [f"{epoch}" for epoch in epochs])
    axes.tick_params(axis="x", length=0, pad=3)
    axes.set_xlabel("After epoch (framed: the one that was kept)" if kept_epoch in epochs else "After epoch")
    for place, epoch in zip(places, epochs, strict=True):
        if epoch == kept_epoch:
            corner = (place - side / 2 - GAP, -0.5)
            axes.add_patch(Rectangle(corner, side + 2 * GAP, len(images) * (side + GAP) + GAP, **KEPT))


def between(axes: Axes, images: Pixels, ends: Sequence[tuple[str, str]]) -> None:
    """(R, C, S, S), a row a way from one class to another, with the classes at both ends."""
    grid(axes, images, [start for start, _ in ends])
    for row, (_, end) in enumerate(ends):
        axes.annotate(
            written(end), (1, _centre(row, images.shape[-1])), (5, 0), xycoords=("axes fraction", "data"),
            textcoords="offset points", va="center", fontsize=SMALL + 1, annotation_clip=False,
        )  # fmt: skip


def neighbours(axes: Axes, rows: Sequence[Sequence[Pair]], names: Sequence[str], columns: Sequence[str]) -> None:
    """A row a class: pairs of drawing and closest training image, the distance below each; columns have headings."""
    side = rows[0][0].drawing.shape[-1]
    wide, high = pair_size(side)
    picture = np.full((len(rows) * high, len(columns) * wide - BETWEEN_PAIRS), WHITE, np.uint8)
    for row, pairs in enumerate(rows):
        for column, pair in enumerate(pairs):
            top, left = row * high, column * wide
            both = mosaic(np.stack([pair.drawing, pair.closest])[None])
            picture[top : top + both.shape[0], left : left + both.shape[1]] = both
            middle = left + both.shape[1] / 2 - 0.5
            axes.text(
                middle, top + both.shape[0] + 0.5, f"{pair.distance:.2f}", ha="center", va="top", fontsize=SMALL,
                color=MUTED if pair.distance else INK, weight="normal" if pair.distance else "bold",
            )  # fmt: skip
    _show(axes, picture)
    _name_rows(axes, [row * high + side / 2 for row in range(len(rows))], names)
    axes.xaxis.tick_top()
    axes.set_xticks([column * wide + side + GAP for column in range(len(columns))], columns, fontsize=SMALL)
    axes.tick_params(axis="x", length=0, pad=3)


def pair_size(side: int) -> tuple[int, int]:
    """Width and height that a pair takes, in pixels, with the room around it."""
    return 2 * side + 3 * GAP + BETWEEN_PAIRS, side + 2 * GAP + LINE


def some_epochs(number: int, kept_epoch: int, most: int = MOST_EPOCHS) -> list[int]:
    """Epochs of 1 to `number` at growing steps: the first, the last and the kept one among them, at most so many."""
    if number <= most:
        return list(range(1, number + 1))
    chosen = {kept_epoch} if 1 <= kept_epoch <= number else set[int]()
    for share in range(most):
        chosen.add(round(number ** (share / (most - 1))))
    spare = sorted(chosen - {1, number, kept_epoch}, key=lambda epoch: abs(math.log(epoch / max(kept_epoch, 1))))
    return sorted(chosen - set(spare[: max(len(chosen) - most, 0)]))


def evenly(number: int, most: int) -> list[int]:
    """At most so many places of `number`, evenly spread, the first and the last among them."""
    if number <= most:
        return list(range(number))
    return np.linspace(0, number - 1, most).round().astype(int).tolist()


def _show(axes: Axes, picture: Pixels) -> None:
    axes.imshow(picture, cmap="gray", vmin=0, vmax=WHITE, interpolation="none")
    axes.set_xticks([])
    axes.grid(visible=False)
    axes.spines[:].set_visible(False)


def _name_rows(axes: Axes, places: Sequence[float], names: Sequence[str]) -> None:
    axes.set_yticks(places, [written(name) for name in names], fontsize=SMALL + 1)
    axes.tick_params(axis="y", length=0, pad=4)


def _centre(place: int, side: int) -> float:
    """The middle of an image of a mosaic, in pixels."""
    return GAP + place * (side + GAP) + (side - 1) / 2
