"""Linear filters that correct themselves message by message, over a table of weights of fixed size.

A message is a vector of unit length: each of its g distinct n-grams weighs 1 / sqrt(g). The score is the weighted sum
of their weights and of a bias. The weight of an n-gram is the median over its rows; with one row, that of its bucket.
Labels are 1 and -1.

Deviation: the report on online filters has messages of binary vectors; unit length keeps the delta rule stable whatever
the length of a message, at rates below 1. In each row a bucket moves once a message, however many of its n-grams are in
it: the row is a hashed binary vector.

Shapes: n messages, M n-grams of all of them, K rows of the table with 2 ** log2_buckets buckets each. A bucket holds S
numbers: the weight, and what its rule needs beside it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.online.blocks import Grams
from pipeline.online.kernels.weights import learn_averaged, learn_delta, learn_logistic, score_all
from pipeline.online.protocol import Filter, fitting
from pipeline.online.settings import FilterSettings


@dataclass(frozen=True)
class Rule:
    """How a linear filter learns: its kernel, the numbers of a bucket and their type."""

    learn: Callable[..., None]
    numbers: int
    dtype: type[np.floating]


# Sums over all messages of a long stream outgrow single precision.
RULES = {
    "perceptron": Rule(learn_delta, 1, np.float32),
    "averaged_perceptron": Rule(learn_averaged, 2, np.float64),
    "logistic": Rule(learn_logistic, 2, np.float32),
}


class Linear(Filter):
    """A linear filter over hashed n-grams (one row), or over a sketch of their weights (several rows).

    Attributes:
        table: (K, buckets, S).
        bias: (S,) float64, as though it were the bucket of an n-gram that every message has.
        learnt: (1,) int64, messages learnt.
    """

    def __init__(self, settings: FilterSettings) -> None:
        super().__init__(settings)
        self.rule = RULES[settings.learner]
        self.is_probabilistic = self.rule.learn is learn_logistic
        self.table = np.zeros((settings.num_hashes, settings.buckets, self.rule.numbers), self.rule.dtype)
        self.bias = np.zeros(2)
        self.learnt = np.zeros(1, np.int64)

    @property
    def num_learnt(self) -> int:
        """Messages learnt."""
        return int(self.learnt[0])

    @property
    def share(self) -> float:
        """By how much of a bucket's second number its weight is less; 0 where weights are not averaged."""
        return 1 / max(1, self.num_learnt) if self.rule.learn is learn_averaged else 0.0

    def learn(self, grams: Grams, labels: NDArray[np.int8]) -> None:
        """Learn the messages of a block one after the other."""
        self.rule.learn(grams.buckets, grams.firsts, labels, self.table, self.bias, self.settings.rate, self.num_learnt)
        self.learnt += len(labels)

    def score(self, grams: Grams) -> NDArray[np.float64]:
        """(n,): above 0 for the positive class; log-odds of logistic regression, else a margin."""
        scores = np.empty(len(grams))
        score_all(grams.buckets, grams.firsts, self.table, self.bias, self.share, scores)
        return scores

    def weigh(self, grams: Grams) -> NDArray[np.float64]:
        """(M,): what each n-gram adds to the score of its message."""
        alone = np.arange(len(grams.buckets) + 1)
        weights = np.empty(len(grams.buckets))
        score_all(grams.buckets, alone, self.table, np.zeros(2), self.share, weights)
        return weights / np.sqrt(np.repeat(grams.counts, grams.counts))

    def arrays(self) -> dict[str, NDArray[Any]]:
        """All that it has learnt."""
        return {"table": self.table, "bias": self.bias, "learnt": self.learnt}

    def restore(self, arrays: dict[str, NDArray[Any]]) -> None:
        """Take weights back."""
        self.table = fitting(arrays["table"], self.rule.dtype, *self.table.shape)
        self.bias = fitting(arrays["bias"], np.float64, 2)
        self.learnt = fitting(arrays["learnt"], np.int64, 1)
        if self.learnt[0] < 0 or not (np.isfinite(self.table).all() and np.isfinite(self.bias).all()):
            raise ValueError("there are weights that are no numbers, or fewer messages than none")

    def add(self, arrays: dict[str, NDArray[Any]]) -> None:
        """The mean of two models, each weighing as much as it has learnt; not the model of both streams in a row.

        What a bucket holds beside the weight are sums over messages: they are added.

        Source: McDonald, Hall & Mann 2010, Distributed training strategies for the structured perceptron.
        """
        here, there = self.num_learnt, int(arrays["learnt"][0])
        for mine, theirs in ((self.table, arrays["table"]), (self.bias, arrays["bias"])):
            mine[..., 0] = (mine[..., 0] * here + theirs[..., 0] * there) / max(1, here + there)
            mine[..., 1:] += theirs[..., 1:]
        self.learnt += there
