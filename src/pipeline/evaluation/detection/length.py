"""How much of a cost is length: every further word adds to what a message costs.

Shapes: n messages, m usual ones.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def adjust_for_length(
    cost: NDArray[np.floating],
    known: NDArray[np.integer],
    *,
    usual_cost: NDArray[np.floating],
    usual_known: NDArray[np.integer],
) -> NDArray[np.float64]:
    """How much more each message costs than is usual at its length: the natural logarithm of the ratio.

    What is usual is the line a + b log(1 + known words) through the logarithms of the usual costs, by least squares;
    it is level where all usual messages have as many words.

    Shapes: cost, known and result (n,); usual_cost, usual_known (m,). Costs are above 0.
    """
    assert len(usual_cost) > 0
    for costs in (cost, usual_cost):
        assert (np.isfinite(costs) & (costs > 0)).all(), "a logarithm needs costs that are finite and above 0"
    lengths, logs = np.log1p(usual_known.astype(np.float64)), np.log(usual_cost.astype(np.float64))
    spread = lengths - lengths.mean()
    is_level = usual_known.min() == usual_known.max()
    slope = 0.0 if is_level else float(spread @ logs / (spread @ spread))
    usual = logs.mean() + slope * (np.log1p(known.astype(np.float64)) - lengths.mean())
    return np.log(cost.astype(np.float64)) - usual


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
