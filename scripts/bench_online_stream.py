"""The messages that `bench_online.py` measures with: the three data sets as one shuffled stream, or made-up ones.

Shapes: n messages of a block.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numba
import numpy as np
import yaml
from numpy.typing import NDArray

from pipeline.config import DATA_DIR_VARIABLE, conf_dir
from pipeline.data.tables import Layout, label_text, read_table
from pipeline.online.blocks import Block

DATA_SETS = ("sms_spam", "spam_or_not_spam", "enron_spam")
WORD = re.compile("[a-z0-9]+|[£$€]")  # what every system takes for words, one it is in lower case between blanks
# Words a message of the three data sets together, in steps of 5 %; the last one is less than the longest has.
LENGTHS = np.array([1, 6, 8, 10, 12, 17, 22, 27, 31, 43, 62, 81, 100, 123, 151, 182, 224, 278, 367, 535, 1200])
LETTERS = np.frombuffer(b"aenost", np.uint8)
VOCABULARY = 500_000
NEW_WORDS, SPAM_WORDS, SPAM = 0.01, 0.2, 0.2  # shares: of all words, of the words of spam, of all messages
MADE_UP = 15_000


@dataclass(frozen=True)
class Messages:
    """A stream.

    Attributes:
        texts: words in lower case with a blank between two, at least one a message.
        raw: the same messages as they were, each in one line.
        labels: (n,) int8, 1 spam, 0 ham.
        source: where they are from.
    """

    texts: list[str]
    raw: list[str]
    labels: NDArray[np.int8]
    source: str

    def __len__(self) -> int:
        return len(self.texts)

    def head(self, count: int | None) -> Messages:
        """The first messages; all where no number is given."""
        return Messages(self.texts[:count], self.raw[:count], self.labels[:count], self.source)


def read_messages(seed: int = 0) -> Messages:
    """The data sets in one stream, shuffled; made-up messages where one of them is not on this machine."""
    folder = os.environ.get(DATA_DIR_VARIABLE)
    tables = [_read(Path(folder), name) for name in DATA_SETS] if folder else [None]
    rows = [row for table in tables if table for row in table]
    if any(table is None for table in tables):
        return make_messages(MADE_UP, seed)
    lines = [(" ".join(WORD.findall(text.lower())), " ".join(text.split()), label) for text, label in rows]
    lines = [line for line in lines if line[0]]
    chosen = [lines[place] for place in np.random.default_rng(seed).permutation(len(lines))]
    texts, raw, labels = (list(column) for column in zip(*chosen, strict=True))
    return Messages(texts, raw, np.array(labels, np.int8), f"{', '.join(DATA_SETS)} in one stream, shuffled")


def _read(folder: Path, name: str) -> list[tuple[str, bool]] | None:
    """Texts, and whether they are spam; None where the file is not there."""
    facts: dict[str, Any] = yaml.safe_load((conf_dir() / "dataset" / f"{name}.yaml").read_text(encoding="utf-8"))
    source = facts["source"]
    path = next((path for file in source["files"] if (path := folder / source["folder"] / file).exists()), None)
    if path is None:
        return None
    settings = ("format", "columns", "text", "label", "encoding", "separator", "quoting")
    table = read_table(path, Layout(*(facts[setting] for setting in settings)))
    positive = label_text(facts["positive"])
    return [(text, label == positive) for text, label in zip(table.texts, table.labels, strict=True)]


def make_messages(count: int, seed: int = 0) -> Messages:
    """Made-up messages as long as real ones."""
    block, labels = next(endless(count, seed))
    texts = block.data.tobytes().decode().splitlines()
    return Messages(texts, texts, labels, "made-up messages as long as real ones, for want of the data")


def endless(count: int, seed: int = 0) -> Iterator[tuple[Block, NDArray[np.int8]]]:
    """Blocks of made-up messages with labels, for ever; one word in a hundred has never been there before."""
    random = np.random.default_rng(seed)
    state = np.array([seed + 1, 0], np.uint64)
    steps = np.linspace(0, 1, len(LENGTHS))
    while True:
        lengths = np.interp(random.random(count), steps, LENGTHS).astype(np.int64)
        labels = (random.random(count) < SPAM).astype(np.int8)
        text, bounds = np.empty(24 * lengths.sum(), np.uint8), np.zeros(count + 1, np.int64)
        size = _write(state, lengths, labels, text, bounds)
        yield Block(text[:size], bounds), labels


compiled: Any = numba.njit(nogil=True)


@compiled
def _next(state: NDArray[np.uint64]) -> float:
    """A random number below 1. Source: Steele, Lea & Flood 2014, SplitMix64."""
    state[0] += np.uint64(0x9E3779B97F4A7C15)
    z = state[0]
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return ((z ^ (z >> np.uint64(31))) >> np.uint64(11)) / 2.0**53


@compiled
def _write(
    state: NDArray[np.uint64],
    lengths: NDArray[np.int64],
    labels: NDArray[np.int8],
    text: NDArray[np.uint8],
    bounds: NDArray[np.int64],
) -> int:
    """Write messages, one a line: common words are short, and as frequent as Zipf says; few are of spam alone.

    `state` is that of the random numbers, and how many new words there were; changed. Returns the bytes written.
    """
    size = 0
    for m in range(len(lengths)):
        for _ in range(lengths[m]):
            if _next(state) < NEW_WORDS:
                state[1] += np.uint64(1)
                number = 2 * VOCABULARY + 2 * np.int64(state[1])
            else:
                is_odd = labels[m] and _next(state) < SPAM_WORDS
                number = 2 * np.int64(VOCABULARY ** (_next(state) / 2 if is_odd else _next(state))) + is_odd
            while number > 0:
                text[size] = LETTERS[number % len(LETTERS)]
                number //= len(LETTERS)
                size += 1
            text[size] = 32
            size += 1
        text[size - 1] = 10
        bounds[m + 1] = size
    return size
