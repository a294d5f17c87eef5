"""A trained language model as one file that needs nothing beside it."""

from __future__ import annotations

import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter, ValidationError

from pipeline.artifacts.characters import Alphabet, Shape
from pipeline.errors import UserError


@dataclass(frozen=True)
class Card:
    """All about a model but its weights.

    Attributes:
        name: of the model in its run.
        build: its layers.
        conditional: whether it can be asked for a class.
        alphabet: what its symbols stand for.
        classes: names of the negative and the positive class.
        limit: characters of a message at most, as its samples were written.
    """

    name: str
    build: Shape
    conditional: bool
    alphabet: Alphabet
    classes: tuple[str, str]
    limit: int


@dataclass(frozen=True)
class Saved:
    """What a file holds; weights (P,) and opening (S,) as in `Writer`."""

    card: Card
    weights: NDArray[np.float32]
    opening: NDArray[np.float32]


_CARD = TypeAdapter(Card)
# by what is damaged: the file, an entry, a number of the archive (it then seems encrypted or of a later version), all
_DAMAGED = (
    *(OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error, ValidationError),
    *(RuntimeError, TypeError),
)


def save(path: Path, model: Saved) -> None:
    """Write the model."""
    card = np.frombuffer(_CARD.dump_json(model.card), np.uint8)
    with path.open("wb") as file:
        np.savez(file, allow_pickle=False, card=card, weights=model.weights, opening=model.opening)


def load(path: Path) -> Saved:
    """Read a model.

    Raises:
        UserError: the file is missing or damaged.
    """
    try:
        with path.open("rb") as content, np.load(content, allow_pickle=False) as file:
            return Saved(_CARD.validate_json(file["card"].tobytes()), file["weights"], file["opening"])
    except _DAMAGED as error:
        raise UserError(
            f"The model {path} cannot be read: {(str(error) or type(error).__name__).splitlines()[0]}",
            expected="the file as the run wrote it",
            remedy="Put it back from a copy, or run the experiment again; reused stages take no time.",
        ) from None
