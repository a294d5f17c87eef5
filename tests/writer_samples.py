"""Tiny language models of characters, and messages for them to learn."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.artifacts.characters import Alphabet, Cell, Shape, Writer
from pipeline.models.backend import start_keras
from pipeline.models.characters.material import Symbols, Text
from pipeline.models.characters.settings import Recipe

ALPHABET = Alphabet(list("abcde"), has_unknown=True)
V = ALPHABET.num_symbols
CELLS: tuple[Cell, ...] = ("simple_rnn", "lstm", "gru")
LSTM = Shape("lstm", 5, None, 0.0, 0.0)
DROPPING = Shape("gru", 6, 3, 0.2, 0.3)
RECIPE = Recipe(
    scheme="streamed",
    epochs=3,
    batch_size=3,
    steps=5,
    optimiser="adam",
    learning_rate=0.02,
    schedule="cosine",
    clipnorm=1.0,
    averaging=0.9,
    patience=None,
    keep="best",
)
WINDOWED = replace(RECIPE, scheme="windowed", batch_size=8, optimiser="rmsprop", schedule="plateau", averaging=None)


def shape(cell: Cell, units: int = 5, embedding: int | None = None) -> Shape:
    return Shape(cell, units, embedding, 0.0, 0.0)


def text(count: int = 12, seed: int = 0) -> Text:
    """Messages of 0 to 8 symbols and their ends; all symbols occur."""
    random = np.random.default_rng(seed)
    messages = [np.append(random.integers(1, V, random.integers(0, 9)), 0).astype(np.uint16) for _ in range(count)]
    return Text(messages, random.integers(0, 2, count))


def scaled(sizes: list[tuple[int, ...]], seed: int = 0) -> list[NDArray[np.float32]]:
    """Random weights that are all felt, the biases too."""
    random = np.random.default_rng(seed)
    return [(random.normal(size=size) / max(size[0], 2) ** 0.5).astype(np.float32) for size in sizes]


def network(build: Shape = LSTM, *, conditional: bool = False, seed: int = 0) -> Any:
    """A `Network` with random weights; starts Keras."""
    start_keras(seed)
    from pipeline.models.characters.network import Network

    made = Network(build, V, conditional=conditional)
    for weight, value in zip(
        made.trainable_weights, scaled([tuple(weight.shape) for weight in made.trainable_weights], seed), strict=True
    ):
        weight.assign(value)
    return made


def writer(build: Shape = LSTM, *, name: str = "char_lstm", conditional: bool = False, seed: int = 0) -> Writer:
    """A model that was never trained."""
    import pandas as pd

    made = network(build, conditional=conditional, seed=seed)
    from pipeline.models.characters.network import flat_weights

    weights, opening = flat_weights(made), random_rows(seed, rows=1, columns=made.num_states)[0] / 3
    row = {"epoch": 1, "train_bits": 2.5, "val_bits": 2.6, "learning_rate": 0.01, "seconds": 0.5}
    return Writer(name, "streamed", build, conditional, weights, len(weights), opening, pd.DataFrame([row]), 1, False)


def fit(folder: Path, recipe: Recipe = RECIPE, own: Text | None = None, **changes: Any) -> Writer:
    """Train a tiny model; starts Keras."""
    start_keras(3)
    from pipeline.models.characters.training import train

    folder.mkdir(exist_ok=True)
    given = {"build": DROPPING, "validation": text(6, seed=1), "conditional": True, "seed": 5, "name": "mine"} | changes
    named = {key: given.pop(key) for key in ("conditional", "seed")}
    return train(
        given["name"],
        own or text(),
        given["validation"],
        given["build"],
        recipe,
        num_symbols=V,
        scratch=folder,
        **named,
    )


def random_rows(seed: int, *, rows: int = V, columns: int = 4) -> NDArray[np.float32]:
    return np.random.default_rng(seed).standard_normal((rows, columns)).astype(np.float32)


def messages_of(*written: str) -> list[Symbols]:
    """Messages of the letters of the alphabet, "?" for the unknown symbol, each closed by the end."""
    return [np.array([*("abcde?".index(letter) + 1 for letter in one), 0], np.uint16) for one in written]
