"""How much of a cost is length: every further word adds to what a message costs.

Shapes: n messages, m usual ones.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

SPAN = 0.3  # share of the usual messages, the nearest in length, that say what is usual at a length
FEWEST = 20  # of them at least, if there are so many
LEAST_SPREAD = 0.1  # of the spread over all lengths: where a few happen to agree, no deviation is without bound


def adjust_for_length(
    cost: NDArray[np.floating],
    known: NDArray[np.integer],
    *,
    usual_cost: NDArray[np.floating],
    usual_known: NDArray[np.integer],
) -> NDArray[np.float64]:
    """How many standard deviations each message costs more than is usual at its length.

    What is usual is fitted anew at every length, to the usual messages that are nearest to it in the logarithm of the
    number of known words: a line in that number, and the deviation of these messages from their own lines. Adding a
    constant to all costs, or multiplying them, changes nothing.

    Shapes: cost, known and result (n,); usual_cost, usual_known (m,).
    Source: W. S. Cleveland 1979, "Robust locally weighted regression and smoothing scatterplots".
    Deviation: no robust iterations, but a spread of its own at every length.
    """
    assert len(usual_cost) > 0
    assert np.isfinite(np.concatenate([cost, usual_cost])).all(), "costs are finite"
    costs, counts = usual_cost.astype(np.float64), usual_known.astype(np.float64)
    lengths, place = np.unique(np.concatenate([known, usual_known]), return_inverse=True)
    here, there = np.split(place, [len(known)])
    weights = _nearness(np.log1p(lengths.astype(np.float64)), np.log1p(counts))
    usual = _lines(lengths.astype(np.float64), counts, costs, weights)
    squares = (costs - usual[there]) ** 2
    floor = max(LEAST_SPREAD * np.sqrt(squares.mean()), 1e-9 * (1 + np.abs(costs).max()))
    spread = np.maximum(np.sqrt(weights @ squares / weights.sum(axis=1)), floor)
    return (cost.astype(np.float64) - usual[here]) / spread[here]


def _nearness(at: NDArray[np.float64], usual: NDArray[np.float64]) -> NDArray[np.float64]:
    """Tricube weights of the usual messages at each length; the farthest of the nearest has next to none.

    Shapes: at (L,), usual (m,); result (L, m).
    """
    number = min(max(FEWEST, int(np.ceil(SPAN * len(usual)))), len(usual))
    distances = np.abs(at[:, None] - usual)
    reach = np.partition(distances, number - 1, axis=1)[:, number - 1 : number]
    return np.maximum(0, 1 - (distances / (1.001 * reach + 1e-6)) ** 3) ** 3


def _lines(
    at: NDArray[np.float64], counts: NDArray[np.float64], costs: NDArray[np.float64], weights: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The weighted least-squares line at each length; level where the usual messages there are equally long.

    Shapes: at (L,), counts and costs (m,), weights (L, m); result (L,).
    """
    total = weights.sum(axis=1)
    mean_count, mean_cost = weights @ counts / total, weights @ costs / total
    beside = counts - mean_count[:, None]
    variance = (weights * beside**2).sum(axis=1)
    slope = np.divide((weights * beside) @ costs, variance, out=np.zeros_like(variance), where=variance > 1e-9 * total)
    return mean_cost + slope * (at - mean_count)


def per_word(cost: NDArray[np.floating], known: NDArray[np.integer]) -> NDArray[np.float64]:
    """The cost a known word; a message without one counts as one word.

    Shapes: all (n,).
    """
    return cost.astype(np.float64) / np.maximum(known, 1)


def length_correlation(cost: NDArray[np.floating], known: NDArray[np.integer]) -> float:
    """Spearman's rank correlation of the cost and the known words, NaN where all of one are equal.

    Shapes: both (n,).
    """
    from scipy import stats

    if not len(cost) or any(values.min() == values.max() for values in (cost, known)):
        return np.nan
    return float(np.corrcoef(stats.rankdata(cost), stats.rankdata(known))[0, 1])
