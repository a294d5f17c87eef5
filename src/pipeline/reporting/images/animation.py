"""The film of a training: the same noise after every epoch, as a GIF.

Shapes: E epochs, K classes, n drawings of each, S pixels a side.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from pipeline.artifacts.images import WHITE
from pipeline.reporting.glyphs import FONTS
from pipeline.reporting.images.picture_figures import GAP, MOST_CLASSES, Pixels, cut, evenly, mosaic

if TYPE_CHECKING:
    from PIL.Image import Image

MOST_COLUMNS, MOST_IMAGES, MOST_FRAMES = 8, 60, 60  # side by side, in a frame, in all: a page has to hold the film
LEVELS = 32  # of grey: more cannot be told in so small an image, and cost a third more
SCALE = 2  # pixels of the film for one of an image
HEADING, LETTERS = 26, 16  # pixels: of the strip above the images, and of what stands in it
NAME, BESIDE = 12, 5  # pixels: of the names of classes, and between these and the images
FRAME, LAST = 170, 2_500  # milliseconds, which the format counts in tens


def shown(shape: Sequence[int]) -> tuple[int, int]:
    """Classes and drawings of each that a film of (E, K, n, S, S) shows."""
    classes = min(shape[1], MOST_CLASSES)
    return classes, min(shape[2], MOST_COLUMNS, max(MOST_IMAGES // classes, 1))


def write_animation(frames: Pixels, epochs: Sequence[int], names: Sequence[str], path: Path) -> None:
    """Write a GIF that shows drawings epoch by epoch, over and over, and rests on the last.

    Args:
        frames: (E, K, n, S, S), of which the first classes and drawings are shown.
        epochs: (E,), what stands above each.
        names: (K,), of the classes: what stands at the left.
        path: of the file.
    """
    classes, columns = shown(frames.shape)
    strip = _names(names[:classes], frames.shape[-1])
    pictures = [
        _frame(strip, frames[place, :classes, :columns], f"Epoch {epochs[place]}")
        for place in evenly(len(frames), MOST_FRAMES)
    ]
    pictures[0].save(
        path, format="GIF", save_all=True, append_images=pictures[1:], loop=0, optimize=True,
        duration=[FRAME] * (len(pictures) - 1) + [LAST],
    )  # fmt: skip


def _names(names: Sequence[str], side: int) -> Pixels:
    """The names of classes below each other, each beside the images of its row; in the font of the other figures."""
    from matplotlib.font_manager import findfont
    from PIL import Image, ImageDraw, ImageFont

    font, texts = ImageFont.truetype(findfont(FONTS[1]), NAME), [cut(name) for name in names]
    wide, step = max(font.getlength(text) for text in texts), SCALE * (side + GAP)
    sheet = Image.new("L", (math.ceil(wide) + 2 * BESIDE, len(texts) * step + SCALE * GAP), WHITE)
    pen = ImageDraw.Draw(sheet)
    for place, text in enumerate(texts):
        pen.text((sheet.width - BESIDE, (place + 0.5) * step), text, fill=0, font=font, anchor="rm")
    return np.asarray(sheet)


def _frame(names: Pixels, images: Pixels, heading: str) -> Image:
    """(K, n, S, S) as one picture with few greys, dark on white, below what it is of and beside the names."""
    from PIL import Image, ImageDraw, ImageFont

    large = np.hstack([names, np.kron(mosaic(images), np.ones((SCALE, SCALE), np.uint8))])
    sheet = Image.new("L", (max(large.shape[1], 6 * LETTERS), HEADING + large.shape[0]), WHITE)
    sheet.paste(Image.fromarray(large), (0, HEADING))
    pen = ImageDraw.Draw(sheet)
    pen.text(
        (min(names.shape[1], sheet.width - 6 * LETTERS), (HEADING - LETTERS) // 2 - 1),
        heading,
        fill=0,
        font=ImageFont.load_default(LETTERS),
    )
    step = (WHITE + 1) // LEVELS
    picture = Image.fromarray(np.asarray(sheet) // step).convert("P")
    picture.putpalette([grey for level in range(LEVELS) for grey in [level * WHITE // (LEVELS - 1)] * 3])
    return picture
