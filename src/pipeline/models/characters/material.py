"""Messages laid out for training: what goes in at each position, and what comes next.

A message of m symbols, its end included, takes m positions. Into the first goes its *start*: the end of the message
before or, for a model that knows classes, a symbol for the class; into the others the symbol before. What comes next
is the message itself.

Shapes: n messages, M symbols of all of them, B streams or windows, L positions of a stream, T steps.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.artifacts.characters import END

Symbols = NDArray[np.integer]
TOLD = 0.5  # share of the messages that a conditional model is told the class of, while it learns


@dataclass(frozen=True)
class Text:
    """Messages to learn from.

    Attributes:
        messages: their symbols, each closed by the end.
        labels: (n,) class of each, 0 or 1.
    """

    messages: Sequence[Symbols]
    labels: NDArray[np.integer]

    @property
    def num_symbols(self) -> int:
        """M."""
        return sum(map(len, self.messages))


def start_of(label: int, num_symbols: int) -> int:
    """The symbol that a message of a class begins with, for a model of `num_symbols` symbols that may come next."""
    return num_symbols + label


def join(messages: Sequence[Symbols], starts: Sequence[int] | NDArray[np.integer]) -> tuple[Symbols, Symbols]:
    """Messages one after the other: what goes in, and what comes next, (M,) each."""
    after = np.concatenate(messages).astype(np.int32)
    before = np.concatenate([[0], after[:-1]]).astype(np.int32)
    before[np.concatenate([[0], np.cumsum([len(message) for message in messages])[:-1]])] = starts
    return before, after


def arrange(
    text: Text, order: NDArray[np.integer], random: np.random.Generator, *, num_symbols: int, conditional: bool
) -> tuple[Symbols, Symbols]:
    """The messages joined in an order, (n,); a conditional model is told the class of about half of them."""
    starts = np.full(len(order), END)
    if conditional:
        told = random.random(len(order)) < TOLD
        starts = np.where(told, start_of(0, num_symbols) + text.labels[order], starts)
    return join([text.messages[place] for place in order], starts)


def streams(before: Symbols, after: Symbols, number: int) -> tuple[Symbols, Symbols]:
    """The text cut into streams of one length, (B, L) each; up to B - 1 symbols at its end are left out."""
    length = len(before) // number
    return before[: number * length].reshape(number, length), after[: number * length].reshape(number, length)
