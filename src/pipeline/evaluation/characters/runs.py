"""Runs of words or characters that a training message holds.

Shapes: n lists, T entries of all of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
import pandas as pd
from numpy.typing import NDArray

NONE = -1  # where no run starts that a training list holds


@dataclass(frozen=True)
class Lists:
    """Lists of entries, one after the other.

    Attributes:
        entries: (T,) equal ones are equal numbers, 1 or above.
        lengths: (n,) entries of each list.
    """

    entries: NDArray[np.int64]
    lengths: NDArray[np.int64]

    def __len__(self) -> int:
        """How many lists there are."""
        return len(self.lengths)

    def cut(self, start: int, end: int) -> Lists:
        """The lists from number `start` up to, but not including, number `end`."""
        edges = np.concatenate([[0], np.cumsum(self.lengths)])
        return Lists(self.entries[edges[start] : edges[end]], self.lengths[start:end])

    def pad(self, rows: NDArray[np.integer]) -> NDArray[np.int32]:
        """Some of the lists side by side, each filled up with 0 to the length of the longest."""
        starts = np.cumsum(self.lengths) - self.lengths
        lengths = self.lengths[rows]
        inside = np.arange(lengths.max(initial=0)) < lengths[:, None]
        padded = np.zeros(inside.shape, np.int32)
        if inside.any():
            padded[inside] = self.entries[(starts[rows, None] + np.arange(inside.shape[1]))[inside]]
        return padded


def number_words(messages: Sequence[Sequence[str]]) -> Lists:
    """The words of messages, each distinct one with a number of its own."""
    lengths = np.fromiter(map(len, messages), np.int64, len(messages))
    numbers, _ = pd.factorize(np.fromiter(chain.from_iterable(messages), object, lengths.sum()))
    return Lists(numbers.astype(np.int64) + 1, lengths)


def number_characters(texts: Sequence[str]) -> Lists:
    """The characters of texts, by code point."""
    points = np.frombuffer("".join(texts).encode("utf-32-le"), "<u4")
    return Lists(points.astype(np.int64) + 1, np.fromiter(map(len, texts), np.int64, len(texts)))


def count_held(lists: Lists, train: Lists, size: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Of each list how many of its runs of `size` entries a training list holds, and how many runs it has, (n,) each.

    Runs are told apart exactly, without hashes: the runs of the training lists are numbered, a longer one as a pair of
    shorter ones, which may overlap, and those of the other lists are looked up.
    """
    room, train_room = _room(lists), _room(train)
    names, known = np.unique(train.entries, return_inverse=True)
    own = _place(names, lists.entries, np.arange(len(lists.entries)))
    reach = 1
    while reach < size:
        shift = min(reach, size - reach)
        reach += shift
        known_pairs, known_starts = _pair(known, shift, len(names), train_room >= reach)
        own_pairs, own_starts = _pair(own, shift, len(names), room >= reach)
        names, numbers = np.unique(known_pairs[known_starts], return_inverse=True)
        known = np.full(len(known), NONE)
        known[known_starts] = numbers
        own = _place(names, own_pairs, own_starts)
    row = np.repeat(np.arange(len(lists)), lists.lengths)
    held = np.bincount(row[own != NONE], minlength=len(lists))
    return held, np.maximum(lists.lengths - size + 1, 0)


def _room(lists: Lists) -> NDArray[np.int64]:
    """Of each entry how many there are from it to the end of its list."""
    return np.repeat(np.cumsum(lists.lengths), lists.lengths) - np.arange(len(lists.entries))


def _pair(
    numbers: NDArray[np.int64], shift: int, base: int, fits: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], NDArray[np.intp]]:
    """Each number with the one `shift` places on as one number, and where both are numbers of a run that fits."""
    other = np.roll(numbers, -shift)
    return numbers * base + other, np.flatnonzero(fits & (numbers != NONE) & (other != NONE))


def _place(names: NDArray[np.int64], numbers: NDArray[np.int64], starts: NDArray[np.intp]) -> NDArray[np.int64]:
    """Of the numbers at `starts` their places among the names; -1 for all others."""
    found = np.full(len(numbers), NONE)
    if len(names):
        wanted = numbers[starts]
        place = np.minimum(np.searchsorted(names, wanted), len(names) - 1)
        found[starts] = np.where(names[place] == wanted, place, NONE)
    return found
