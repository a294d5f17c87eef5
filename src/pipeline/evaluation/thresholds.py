"""The probability from which on a message is called positive."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

SWEEP_STEPS = 400
EVEN_ODDS = 0.5


def highest_f1_threshold(labels: NDArray[np.integer], scores: NDArray[np.floating]) -> float:
    """The threshold of the highest F1: the middle of the gap between two scores, where it generalises best.

    Of several gaps with the same F1 the widest is taken. Where all scores are equal no threshold tells the messages
    apart, and 0.5 calls all of them the likelier class.

    Source: Lipton et al. 2014, Optimal thresholding of classifiers to maximize F1 measure.
    """
    assert (labels == 1).any(), "F1 is 0 at every threshold without positives"
    order = np.argsort(-scores, kind="stable")
    ranked = scores[order].astype(np.float64)
    last = np.flatnonzero(np.append(np.diff(ranked) != 0, True))
    if len(last) == 1:
        return EVEN_ODDS
    tp = labels[order].cumsum(dtype=np.int64)[last]
    f1 = 2 * tp / (last + 1 + tp[-1])
    above = ranked[last]
    below = np.append(above[1:], 0.0)
    best = np.flatnonzero(f1 == f1.max())
    gap = best[np.argmax(above[best] - below[best])]
    middle = (above[gap] + below[gap]) / 2
    return float(middle if middle > below[gap] else above[gap])  # neighbouring floats have no middle


def threshold_sweep(labels: NDArray[np.integer], scores: NDArray[np.floating]) -> pd.DataFrame:
    """Columns `threshold`, `precision`, `recall`, `f1`: steps of 1/400 from 0 to the highest score."""
    grid = np.arange(SWEEP_STEPS + 1) / SWEEP_STEPS
    grid = grid[grid <= scores.max()]
    positives = np.sort(scores[labels == 1])
    called = len(scores) - np.searchsorted(np.sort(scores), grid)
    tp = len(positives) - np.searchsorted(positives, grid)
    return pd.DataFrame(
        {
            "threshold": grid,
            "precision": tp / called,
            "recall": tp / len(positives),
            "f1": 2 * tp / (called + len(positives)),
        }
    )
