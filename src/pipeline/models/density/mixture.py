"""Two or more kinds of messages, told apart by their words alone: a mixture of multinomials fitted by EM.

The length of a message is taken as given, so that kinds differ in what they say, never in how much. A message of many
words would be certain of its kind at once; it counts as at most `longest` words. EM begins with soft kinds that grow
sharper (deterministic annealing), which leaves it hardly any bad optimum to end in; of several random starts the
likeliest is kept.

Shapes: n messages, V words, K kinds.
Source: K. Nigam, A. McCallum, S. Thrun, T. Mitchell 2000, "Text classification from labeled and unlabeled documents
using EM"; N. Ueda, R. Nakano 1998, "Deterministic annealing EM algorithm".
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
COOLING = 1.15  # sharper by that factor from round to round
FIRST_SHARPNESS = 0.05  # that annealing begins with
MOST_ROUNDS = 300
TINY = 1e-12  # the share of a kind that no message belongs to
SETTLED = 1e-7  # relative gain of the likelihood below which EM has arrived
ALIKE = 0.01  # kinds that use no word more than 1 % more often than another: EM is at a saddle and yet to leave it


@dataclass(frozen=True)
class Mixture:
    """Kinds of messages.

    Shapes: log_shares (K,), log_words (V, K).
    """

    log_shares: Floats
    log_words: Floats
    log_posterior: float
    longest: int

    @property
    def rarest(self) -> int:
        """The kind with the fewest messages."""
        return int(np.argmin(self.log_shares))

    @property
    def share(self) -> float:
        """The share of the rarest kind."""
        return float(np.exp(self.log_shares[self.rarest]))

    def log_odds(self, bags: Any) -> Floats:
        """Log-odds (n,) of the rarest kind against all others."""
        each = _evenly(bags, self.longest) @ self.log_words + self.log_shares
        others = np.delete(each, self.rarest, axis=1)
        return each[:, self.rarest] - np.logaddexp.reduce(others, axis=1)

    def log_ratios(self) -> Floats:
        """How much more often the rarest kind uses each word than all others do, (V,), natural logarithm."""
        shares = np.delete(self.log_shares, self.rarest)
        others = np.delete(self.log_words, self.rarest, axis=1) + shares - np.logaddexp.reduce(shares)
        return self.log_words[:, self.rarest] - np.logaddexp.reduce(others, axis=1)


def fit_mixture(bags: Any, *, kinds: int, longest: int, smoothing: float, starts: int, seed: int) -> Mixture:
    """The likeliest of `starts` mixtures; `smoothing` occurrences a word are shared out as words are in general.

    Shapes: bags (n, V), sparse; what counts is which words are there, not how often.
    """
    even = _evenly(bags, longest)
    common = np.asarray(even.sum(axis=0)).ravel()
    assert (common > 0).all(), "a word that no message holds"
    prior = smoothing * bags.shape[1] * common / common.sum()
    random = np.random.default_rng(seed)
    fitted = (_climb(even, prior, random.dirichlet(np.ones(kinds), size=bags.shape[0])) for _ in range(starts))
    return Mixture(*max(fitted, key=lambda found: found[2]), longest)


def _climb(even: Any, prior: Floats, belonging: Floats) -> tuple[Floats, Floats, float]:
    """EM from a first guess of what belongs where, (n, K); shares, words, and the logarithm of what is maximised."""
    sharpness, before = FIRST_SHARPNESS, -np.inf
    for round_ in range(MOST_ROUNDS):
        log_shares, log_words = _maximise(even, prior, belonging)
        each = even @ log_words + log_shares
        posterior = float(np.logaddexp.reduce(each, axis=1).sum() + (prior @ log_words).sum())
        has_settled = sharpness == 1 and abs(posterior - before) <= SETTLED * abs(posterior)
        if round_ == MOST_ROUNDS - 1 or (has_settled and not _are_alike(log_words)):
            return log_shares, log_words, posterior
        soft = sharpness * each
        belonging = np.exp(soft - np.logaddexp.reduce(soft, axis=1)[:, None])
        sharpness, before = min(1.0, COOLING * sharpness), posterior
    raise AssertionError("the last round returns")


def _maximise(even: Any, prior: Floats, belonging: Floats) -> tuple[Floats, Floats]:
    """The likeliest shares (K,) and words (V, K) of kinds that messages belong to as told, in logarithms."""
    occurrences = even.T @ belonging + prior[:, None]
    return np.log(belonging.mean(axis=0) + TINY), np.log(occurrences / occurrences.sum(axis=0))


def _are_alike(log_words: Floats) -> bool:
    """Whether annealing has left two kinds that are still the same."""
    return any(np.abs(one - other).max() < ALIKE for one, other in combinations(log_words.T, 2))


def _evenly(bags: Any, longest: int) -> Any:
    """Binary bags in which a message of more than `longest` words counts as that many."""
    from scipy import sparse

    held = (bags > 0).astype(np.float64)
    counted = np.minimum(1, longest / np.maximum(np.diff(held.indptr), 1))
    return sparse.csr_array(sparse.diags_array(counted) @ held)
