"""What every filter can do."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from pipeline.errors import UserError
from pipeline.online.blocks import Block, Grams, read_grams, spell_grams
from pipeline.online.kernels.selection import strongest
from pipeline.online.settings import FilterSettings


class Filter(ABC):
    """A model that scores messages and learns them, a block at a time; hashed, in memory that is known beforehand.

    Learning a stream in blocks comes to the same as learning it message by message.

    Attributes:
        settings: what it was made by.
        reading: the settings by which it reads messages.
        is_probabilistic: whether its scores are log-odds: 1 / (1 + exp(-score)) is then a probability.

    Shapes: n messages of a block, M n-grams of all of them.
    """

    is_probabilistic: bool

    def __init__(self, settings: FilterSettings) -> None:
        self.settings = settings
        self.reading = settings

    def read(self, block: Block) -> Grams:
        """The n-grams of messages, to be scored or learnt."""
        return read_grams(block, self.reading)

    @abstractmethod
    def learn(self, grams: Grams, labels: NDArray[np.int8]) -> None:
        """Learn messages with labels (n,) of 1 and 0, one after the other."""

    @abstractmethod
    def score(self, grams: Grams) -> NDArray[np.float64]:
        """(n,): above 0 for the positive class."""

    @abstractmethod
    def weigh(self, grams: Grams) -> NDArray[np.float64]:
        """(M,): what each n-gram adds to the score of its message."""

    @abstractmethod
    def arrays(self) -> dict[str, NDArray[Any]]:
        """All that it has learnt, by name, as it is held; `restore` takes a copy of it back."""

    @abstractmethod
    def restore(self, arrays: dict[str, NDArray[Any]]) -> None:
        """Become what another one of the same settings was when it gave its `arrays`.

        Raises:
            ValueError: they are of another kind or size; the loops, which check no index, would read beyond them.
        """

    @property
    @abstractmethod
    def num_learnt(self) -> int:
        """Messages learnt."""

    @abstractmethod
    def add(self, arrays: dict[str, NDArray[Any]]) -> None:
        """Learn what another one of the same settings has learnt, given its `arrays`."""

    def merge(self, other: Filter) -> None:
        """Learn what another filter of the same settings has learnt.

        Naive Bayes becomes exactly the model of both streams; linear models are averaged, each by what it has learnt.

        Raises:
            UserError: the settings differ.
        """
        if other.settings != self.settings:
            raise UserError(
                f"Filters of different settings cannot be merged: {self.settings} and {other.settings}.",
                expected="filters made by the same settings, hash seed included",
                remedy="Learn one of the streams again with the settings of the other.",
            )
        self.add(other.arrays())

    def explain(self, grams: Grams, top: int) -> list[list[tuple[str, float]]]:
        """Of each message the `top` n-grams that weigh most, with their weights: above 0 for the positive class."""
        weights = self.weigh(grams)
        chosen = strongest(weights, grams.firsts, top)
        spelled = spell_grams(grams.block, self.reading, chosen)
        at = iter(zip(spelled, weights[chosen[chosen >= 0]].tolist(), strict=True))
        return [[next(at) for _ in range(count)] for count in (chosen >= 0).sum(axis=1).tolist()]

    @property
    def num_bytes(self) -> int:
        """Memory that the model takes, in bytes."""
        return sum(array.nbytes for array in self.arrays().values())


def fitting(array: NDArray[Any], dtype: DTypeLike, *shape: int) -> NDArray[Any]:
    """A copy of the array, once it is sure that it is as it should be.

    Raises:
        ValueError: it is not.
    """
    if array.dtype != dtype or array.shape != shape:
        raise ValueError(f"an array of {shape} {np.dtype(dtype)} was expected, found {array.shape} {array.dtype}")
    return array.copy()
