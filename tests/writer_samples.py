"""Tiny language models of characters, and messages for them to learn."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.artifacts import Corpus, Split
from pipeline.artifacts.characters import Alphabet, Cell, Characters, Shape, Writer
from pipeline.models.backend import start_keras
from pipeline.models.characters.material import Symbols, Text
from pipeline.models.characters.settings import Recipe
from pipeline.stages.encode_characters import encode_characters

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
    ema_decay=0.9,
    patience=None,
    keep="best",
)
WINDOWED = replace(RECIPE, scheme="windowed", batch_size=8, optimiser="rmsprop", schedule="plateau", ema_decay=None)


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


def network(build: Shape = LSTM, *, conditional: bool = False, seed: int = 0, num_symbols: int = V) -> Any:
    """A `Network` with random weights; starts Keras."""
    start_keras(seed)
    from pipeline.models.characters.network import Network

    made = Network(build, num_symbols, conditional=conditional)
    for weight, value in zip(
        made.trainable_weights, scaled([tuple(weight.shape) for weight in made.trainable_weights], seed), strict=True
    ):
        weight.assign(value)
    return made


def writer(
    build: Shape = LSTM,
    *,
    name: str = "char_lstm",
    conditional: bool = False,
    seed: int = 0,
    num_symbols: int = V,
) -> Writer:
    """A model that was never trained."""
    made = network(build, conditional=conditional, seed=seed, num_symbols=num_symbols)
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


@dataclass(frozen=True)
class Messages:
    """A corpus of two classes, with its split; rows of one part lie apart, and the last rows are of no part."""

    corpus: Corpus
    split: Split

    def encoded(self, *, min_count: int = 1) -> Characters:
        """As symbols."""
        return encode_characters(self.corpus, self.split, alphabet_from="train", min_count=min_count)


def messages(count: int = 90) -> Messages:
    """Some hold line breaks, other scripts, and characters that no training message has."""
    random = np.random.default_rng(0)
    labels = (np.arange(count) // 3 % 2).astype(np.int8)
    words = [["see", "you", "home", "later", "lunch", "mum"], ["win", "cash", "prize", "urgent", "call", "claim"]]
    texts = [" ".join(random.choice(words[label], 6)) for label in labels.tolist()]
    rows = np.arange(count)
    texts[0], texts[1], texts[2] = (
        "see\nyou\r中 later é é",
        "win\\x <b>cash</b> prize\u2028",
        "see you ☃ home,\r ok \x07\n☃",
    )
    table = pd.DataFrame({"row": rows * 10, "text": texts, "label": labels})
    train, validation, test = (rows[(rows % 3 == part) & (rows < count - 4)] for part in range(3))
    split = Split(train, validation, test, labels, rows, 0.0, 0.0, validation_is_test=False)
    return Messages(Corpus(table, "made", "spam", "ham", False, []), split)
