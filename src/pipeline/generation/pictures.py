"""Images from the generator of a finished run."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from pipeline.artifacts.images import SIDE, Pixels
from pipeline.errors import UserError, nearest
from pipeline.models.backend import start_keras
from pipeline.models.images.files import load
from pipeline.ranges import Portion

GAP = 2  # pixels between images, before they are enlarged
PAPER = 255
MOST = 100_000_000  # pixels of a file
LONGEST = 60  # characters of a name that is made up
DEFAULTS: dict[str, Any] = {"label": None, "n": 16, "output": None, "scale": 4, "seed": 0, "noise_std": None}


@dataclass(frozen=True)
class Picture:
    """A file that was written.

    Attributes:
        path: where.
        manner: a line about what is in it.
    """

    path: Path
    manner: str


def generate_images(
    folder: Path,
    *,
    label: str | None,
    n: Annotated[int, Field(ge=1, le=10_000)],
    output: str | None,
    scale: Annotated[int, Field(ge=1, le=32)],
    seed: Annotated[int, Field(ge=0)],
    noise_std: Portion | None,
) -> Picture:
    """Draw images of a class, or of each class, side by side in a PNG file.

    Args:
        folder: of a run of a GAN.
        label: name of the class, upper and lower case alike; None: a row of each.
        n: images of a class.
        output: the file; by default one in the current folder, named after the class, that does not exist yet.
        scale: pixels of the file for a pixel of an image, each way.
        seed: of the random numbers.
        noise_std: standard deviation of the noise; less draws what is more usual. By default as in the run.

    Raises:
        UserError: there is no such class, the file exists or cannot be written, the model is damaged, or its numbers
            overflow.
    """
    start_keras(0)
    from pipeline.models.images.drawing import Brush

    card, generator = load(_only_model(folder))
    labels = [_class(card.classes, label)] if label is not None else list(range(len(card.classes)))
    columns = int(np.ceil(np.sqrt(n))) if label is not None else n
    _check_size(-(-len(labels) * n // columns), columns, scale)
    target = _target(output, card.classes[labels[0]] if label is not None else card.name)
    brush = Brush(generator)
    noise = brush.noise(n, seed, card.noise_std if noise_std is None else noise_std)
    drawn = brush.draw(np.repeat(np.array(labels, np.int16), n), np.tile(noise, (len(labels), 1)))
    _write(_sheet(drawn, columns, scale), target)
    what = card.classes[labels[0]] if label is not None else f"each of {len(labels)} classes"
    return Picture(target, f"{card.name}, {n} of {what}, seed {seed}")


def _only_model(folder: Path) -> Path:
    found = sorted((folder / "models").glob("*.npz"))
    if not found:
        raise UserError(
            "The run folder holds no model.",
            expected="models/NAME.npz, as the run wrote it",
            remedy="Run the experiment again; reused stages take no time.",
        )
    return found[0]


def _class(classes: list[str], label: str) -> int:
    if label in classes:
        return classes.index(label)
    folded = [name.casefold() for name in classes]
    if label.casefold() not in folded:
        raise UserError(
            f"There is no class {label!r}.",
            expected=f"one of {', '.join(classes)}",
            remedy=f"{nearest(label.casefold(), folded)}Mend label, or leave it out for some of each class.",
        )
    return folded.index(label.casefold())


def _target(output: str | None, name: str) -> Path:
    """Where to write; never a file that exists."""
    if output is None:
        plain = re.sub(r"[^a-z0-9]+", "-", name.casefold())[:LONGEST].strip("-") or "images"
        names = (f"{plain}.png" if number == 1 else f"{plain}-{number}.png" for number in count(1))
        return next(path for path in map(Path, names) if not path.exists())
    try:
        path = Path(output).expanduser()
    except RuntimeError:  # there is no such user: the name as it is
        path = Path(output)
    if path.suffix.lower() != ".png":
        raise UserError(
            f"output={output} is no PNG file.",
            expected="a name that ends in .png",
            remedy=f"Say output={path.parent / (path.stem or 'images')}.png",
        )
    if os.path.lexists(path):  # False too for a name that cannot be one, which writing then says
        raise UserError(
            f"{output} exists.", expected="the name of a new file", remedy="Give another output, or move the file away."
        )
    return path


def _check_size(rows: int, columns: int, scale: int) -> None:
    pixels = rows * columns * ((SIDE + GAP) * scale) ** 2
    if pixels > MOST:
        raise UserError(
            f"The file would have {pixels:,} pixels.",
            expected=f"at most {MOST:,}",
            remedy="Lower n, or scale, or ask for one class.",
        )


def _sheet(drawn: Pixels, columns: int, scale: int) -> NDArray[np.uint8]:
    """Images (n, S, S) in rows of so many, with gaps of paper between them and around."""
    rows, step = -(-len(drawn) // columns), SIDE + GAP
    sheet = np.full((rows * step + GAP, columns * step + GAP), PAPER, np.uint8)
    for place, image in enumerate(drawn):
        top, left = (GAP + step * part for part in divmod(place, columns))
        sheet[top : top + SIDE, left : left + SIDE] = image
    return sheet.repeat(scale, axis=0).repeat(scale, axis=1)


def _write(sheet: NDArray[np.uint8], path: Path) -> None:
    from PIL import Image

    try:
        with path.open("xb") as file:
            Image.fromarray(sheet).save(file, "png", optimize=True)
    except OSError as error:
        raise UserError(
            f"{path} cannot be written: {error.strerror or error}.",
            expected="a new file in a folder that exists and may be written to",
            remedy="Give another output.",
        ) from error
