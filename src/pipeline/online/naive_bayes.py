"""Naive Bayes that learns as it goes, from counts.

Only the n-grams that a message has speak, each once: the log-odds are log Pr(S) - log Pr(H), plus log Pr(w | S) -
log Pr(w | H) of each n-gram w. Every count begins at 1, as though one spam and one ham message had been seen that hold
every n-gram there is; so no probability is 0.

Pr(w | S) is the share of w in the n-grams of spam, and what neither class has shown says nothing. In the report on
online filters it is the share of spam messages with w, and all n-grams speak (`likelihood="messages"`): then what is
new speaks for the rarer class, for 1 in 700 spam messages is more than 1 in 4,800 others.

Source: the report on online filters; Sahami et al. 1998, A Bayesian approach to filtering junk e-mail; Metsis et al.
2006, Spam filtering with naive Bayes: which naive Bayes? (multinomial, with binary features).
"""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.online.blocks import Block, Grams, read_grams, spell_grams
from pipeline.online.kernels.counts import FULL, count, estimate_all, gram_log_odds, log_odds
from pipeline.online.protocol import Filter, fitting
from pipeline.online.settings import FilterSettings


class NaiveBayes(Filter):
    """Naive Bayes over hashed n-grams (one row), or over a count-min sketch of their counts (several rows).

    Attributes:
        table: (K, buckets, 2) uint32, counts of negative and of positive messages; they stop at 2 ** 32 - 1.
        totals: (2, 2) int64, messages of each class, and their n-grams.
        filled: buckets of the first row that are not empty.

    Source: Cormode & Muthukrishnan 2005, An improved data stream summary: the count-min sketch and its applications.
    Deviation: a count is at most the number of messages, which the sketch's estimate can exceed.
    """

    is_probabilistic = True

    def __init__(self, settings: FilterSettings) -> None:
        super().__init__(settings)
        self.table = np.zeros((settings.num_hashes, settings.buckets, 2), np.uint32)
        self.totals = np.zeros((2, 2), np.int64)
        self.filled = 0

    @property
    def num_learnt(self) -> int:
        """Messages learnt."""
        return int(self.totals[0].sum())

    def learn(self, grams: Grams, labels: NDArray[np.int8]) -> None:
        """Count the messages of a block."""
        self.filled += count(grams.buckets, grams.firsts, labels, self.table, self.totals)

    def score(self, grams: Grams) -> NDArray[np.float64]:
        """(n,) log-odds of the positive class."""
        scores = np.empty(len(grams))
        log_odds(grams.buckets, grams.firsts, self.table, self.totals, *self._shares(), scores)
        return scores

    def weigh(self, grams: Grams) -> NDArray[np.float64]:
        """(M,): what each n-gram adds to the log-odds of its message."""
        weights = np.empty(len(grams.buckets))
        gram_log_odds(grams.buckets, self.table, self.totals, *self._shares(), weights)
        return weights

    def counts(self, grams: Grams) -> NDArray[np.int64]:
        """(M, 2): how many negative and positive messages hold each n-gram; never fewer than do.

        It is more than do by over e / buckets times all n-grams learnt in at most e ** -num_hashes of all cases.
        """
        counts = np.empty((len(grams.buckets), 2), np.int64)
        estimate_all(grams.buckets, self.table, self.totals, counts)
        return counts

    def arrays(self) -> dict[str, NDArray[Any]]:
        """The counts."""
        return {"table": self.table, "totals": self.totals}

    def restore(self, arrays: dict[str, NDArray[Any]]) -> None:
        """Take counts back."""
        self.table = fitting(arrays["table"], np.uint32, *self.table.shape)
        self.totals = fitting(arrays["totals"], np.int64, 2, 2)
        if (self.totals < 0).any():
            raise ValueError("there are counts below 0")
        self.filled = self._count_filled()

    def add(self, arrays: dict[str, NDArray[Any]]) -> None:
        """Add what another one has counted; the order of both streams does not matter."""
        self.table += np.minimum(arrays["table"], FULL - self.table)
        self.totals += arrays["totals"]
        self.filled = self._count_filled()

    def num_distinct(self) -> float:
        """Distinct n-grams learnt, estimated from the buckets that are still empty.

        Source: Whang et al. 1990, A linear-time probabilistic counting algorithm.
        """
        buckets = self.settings.buckets
        return buckets * np.log(buckets / max(1, buckets - self.filled))

    def _count_filled(self) -> int:
        return int(np.count_nonzero(self.table[0].any(axis=-1)))

    def _shares(self) -> tuple[NDArray[np.float64], bool]:
        """What the counts of each class are shares of, and whether n-grams speak that neither has shown."""
        messages, grams = self.totals.astype(np.float64)
        if self.settings.likelihood == "messages":
            return messages + 1, True
        return grams + self.num_distinct() + 1, False


class ExactNaiveBayes(NaiveBayes):
    """Naive Bayes that gives each n-gram a bucket of its own, and so needs memory as the stream goes on.

    The reference that hashed filters are measured against, not for streams without end: reading a message makes room
    for its n-grams, learnt or not. What one has read must not be scored by another: their numbers differ.
    """

    def __init__(self, settings: FilterSettings) -> None:
        super().__init__(settings)
        self.table = np.zeros((1, 1024, 2), np.uint32)
        self.numbers: dict[str, int] = {}
        self.reading = replace(settings, num_hashes=2)  # n-grams that share one bucket are told apart

    def read(self, block: Block) -> Grams:
        """The n-grams of messages, each with its number in place of a hashed bucket."""
        grams = read_grams(block, self.reading)
        numbers = [self.numbers.setdefault(gram, len(self.numbers)) for gram in spell_grams(block, self.reading)]
        self._make_room()
        return Grams(block, np.asarray(numbers, np.uint32).reshape(-1, 1), grams.firsts, grams.invalid)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """The counts, and the n-grams in the order of their numbers."""
        known = "\n".join(self.numbers).encode()
        return {
            "table": self.table[:, : len(self.numbers)],
            "totals": self.totals,
            "ngrams": np.frombuffer(known, np.uint8),
        }

    def restore(self, arrays: dict[str, NDArray[Any]]) -> None:
        """Take counts and n-grams back."""
        listed = _listed(arrays)
        self.numbers = {gram: number for number, gram in enumerate(listed)}
        if len(self.numbers) < len(listed):
            raise ValueError("an n-gram is listed twice")
        self.table = np.zeros((1, len(self.numbers), 2), np.uint32)
        super().restore(arrays)

    def add(self, arrays: dict[str, NDArray[Any]]) -> None:
        """Add what another one has counted."""
        places = [self.numbers.setdefault(gram, len(self.numbers)) for gram in _listed(arrays)]
        self._make_room()
        table = np.zeros_like(self.table)
        table[0, places] = arrays["table"][0]
        super().add({"table": table, "totals": arrays["totals"]})

    def num_distinct(self) -> float:
        """Distinct n-grams learnt."""
        return self.filled

    @property
    def num_bytes(self) -> int:
        """Memory of the counts, of the n-grams and of the dictionary that numbers them."""
        return self.table.nbytes + sys.getsizeof(self.numbers) + sum(map(sys.getsizeof, self.numbers))

    def _make_room(self) -> None:
        if len(self.numbers) > self.table.shape[1]:
            larger = np.zeros((1, 2 * len(self.numbers), 2), np.uint32)
            larger[:, : self.table.shape[1]] = self.table
            self.table = larger


def _listed(arrays: dict[str, NDArray[Any]]) -> list[str]:
    """The n-grams among the arrays of an exact filter, in the order of their numbers."""
    known = arrays["ngrams"].tobytes().decode()
    return known.split("\n") if known else []
