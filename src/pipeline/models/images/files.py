"""A trained generator as one file that needs nothing beside it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from pydantic import TypeAdapter

from pipeline.artifacts.images import Gan, Shape
from pipeline.errors import DAMAGED_ARCHIVE, UserError

if TYPE_CHECKING:
    from pipeline.models.images.network import Generator


@dataclass(frozen=True)
class Card:
    """All about a generator but its weights.

    Attributes:
        name: of the GAN in its run.
        build: its layers.
        classes: names of the classes that it can be asked for.
        noise_std: standard deviation of the noise that its run drew from.
    """

    name: str
    build: Shape
    classes: list[str]
    noise_std: float


_CARD = TypeAdapter(Card)


def save(path: Path, gan: Gan, classes: list[str], noise_std: float) -> None:
    """Write the generator of a GAN."""
    card = np.frombuffer(_CARD.dump_json(Card(gan.name, gan.build, classes, noise_std)), np.uint8)
    with path.open("wb") as file:
        np.savez(file, allow_pickle=False, card=card, weights=gan.generator)


def load(path: Path) -> tuple[Card, Generator]:
    """Read a generator.

    Raises:
        UserError: the file is missing or damaged, or its weights are not those of its layers.
    """
    from pipeline.models.images.drawing import put_weights
    from pipeline.models.images.network import build_players

    try:
        with path.open("rb") as content, np.load(content, allow_pickle=False) as file:
            card, weights = _CARD.validate_json(file["card"].tobytes()), file["weights"]
        generator, _ = build_players(card.build, len(card.classes))
        put_weights(generator, weights)
        if not np.isfinite(weights).all():
            raise ValueError("weights that are not finite")
    except DAMAGED_ARCHIVE as error:
        raise UserError(
            f"The model {path} cannot be read: {(str(error) or type(error).__name__).splitlines()[0]}",
            expected="the file as the run wrote it",
            remedy="Put it back from a copy, or run the experiment again; reused stages take no time.",
        ) from None
    return card, generator
