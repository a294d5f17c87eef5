"""A trained language model as one file that needs nothing beside it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter

from pipeline.artifacts.characters import Alphabet, Cell, Shape
from pipeline.errors import DAMAGED_ARCHIVE, UserError


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


GATES: dict[Cell, int] = {"simple_rnn": 1, "gru": 3, "lstm": 4}
_CARD = TypeAdapter(Card)


def save(path: Path, model: Saved) -> None:
    """Write the model."""
    card = np.frombuffer(_CARD.dump_json(model.card), np.uint8)
    with path.open("wb") as file:
        np.savez(file, allow_pickle=False, card=card, weights=model.weights, opening=model.opening)


def load(path: Path) -> Saved:
    """Read a model.

    Raises:
        UserError: the file is missing or damaged, or its weights are not those of its layers.
    """
    try:
        with path.open("rb") as content, np.load(content, allow_pickle=False) as file:
            model = Saved(_CARD.validate_json(file["card"].tobytes()), file["weights"], file["opening"])
        _check_sizes(model)
    except DAMAGED_ARCHIVE as error:
        raise UserError(
            f"The model {path} cannot be read: {(str(error) or type(error).__name__).splitlines()[0]}",
            expected="the file as the run wrote it",
            remedy="Put it back from a copy, or run the experiment again; reused stages take no time.",
        ) from None
    return model


def _check_sizes(model: Saved) -> None:
    """The weights of a layer have a row for each input, one for each unit that is fed back, and one of constants."""
    build, num_symbols = model.card.build, model.card.alphabet.num_symbols
    num_inputs = num_symbols + len(model.card.classes) * model.card.conditional
    width = build.embedding or num_inputs
    constants = 2 if build.cell == "gru" else 1  # of a GRU in Keras: before and after the gate that resets
    num_recurrent = GATES[build.cell] * build.units * (width + build.units + constants)
    num_params = num_recurrent + num_symbols * (build.units + 1) + num_inputs * (build.embedding or 0)
    num_states = build.units * (2 if build.cell == "lstm" else 1)
    for name, found, size in (("weights", model.weights, num_params), ("opening", model.opening, num_states)):
        if found.shape != (size,) or found.dtype != np.float32:
            raise ValueError(f"{name} of the shape {found.shape} and the kind {found.dtype}, not ({size},) and float32")
