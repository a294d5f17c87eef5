"""Train a language model of characters, and see what it pays for messages that it has not seen."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
from pydantic import AfterValidator, Field

from pipeline.artifacts import Rows, Split
from pipeline.artifacts.characters import Characters, Shape, Surprisal, Writer
from pipeline.models.backend import start_keras
from pipeline.models.characters.material import Text
from pipeline.models.characters.settings import Recipe

TAKEN = re.compile(r"ngram_\d+|zlib|lzma|bz2|holdout")


def _not_taken(name: str) -> str:
    if TAKEN.fullmatch(name):
        raise ValueError(f"a name that no reference has: not {name!r}")
    return name


Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$"), AfterValidator(_not_taken)]


def fit_writer(
    characters: Characters,
    split: Split,
    *,
    name: Name,
    conditional: bool,
    build: Shape,
    training: Recipe,
    seed: int,
    scratch: Path,
) -> Writer:
    """Train on the training part; the validation part chooses the epoch.

    Args:
        conditional: whether the model learns to begin a message with a symbol of its class.

    Raises:
        UserError: the training part is shorter than what an update reads, or training diverges.
    """
    start_keras(seed)
    from pipeline.models.characters.training import train

    return train(
        name,
        _text(characters, split, split.train),
        _text(characters, split, split.validation),
        build,
        training,
        num_symbols=characters.alphabet.num_symbols,
        conditional=conditional,
        seed=seed,
        scratch=scratch,
    )


def score_writer(characters: Characters, split: Split, writer: Writer) -> Surprisal:
    """What the model pays for each validation and test message; it is not told their class."""
    start_keras(0)
    from pipeline.models.characters.network import restore
    from pipeline.models.characters.scoring import scorer

    score = scorer(restore(writer, characters.alphabet))
    parts = {"validation": split.validation, "test": split.test}
    bits = {part: score(characters.take(rows), writer.opening) for part, rows in parts.items()}
    tables = [_by_message(characters, part, rows, bits[part]) for part, rows in parts.items()]
    return Surprisal(writer.name, pd.concat(tables, ignore_index=True), bits["test"])


def _by_message(characters: Characters, part: str, rows: Rows, bits: np.ndarray) -> pd.DataFrame:
    lengths = characters.lengths[rows]
    begins = np.cumsum(lengths) - lengths
    sums = np.add.reduceat(bits.astype(np.float64), begins)
    return pd.DataFrame({"part": part, "row": rows, "characters": lengths, "bits": sums})


def _text(characters: Characters, split: Split, rows: Rows) -> Text:
    return Text(characters.take(rows), split.labels[rows])
