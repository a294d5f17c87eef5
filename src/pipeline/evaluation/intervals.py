"""Bootstrap intervals for metrics of one model, and for differences between models on the same rows."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.artifacts import Interval


def bootstrap_weights(groups: NDArray[np.integer], resamples: int, seed: int) -> NDArray[np.int32]:
    """How often each row is drawn in each resample: whole groups are drawn with replacement, as many as there are.

    Near-duplicates share a group, for they are not independent evidence: drawn row by row they would make intervals
    too narrow. With one row a group this is the ordinary bootstrap. Two models measured with the same weights are
    compared on the same rows: the difference of their metrics is a paired bootstrap.

    Shapes: groups (n,), any integers; weights (resamples, n).
    Source: Efron & Tibshirani 1993, An introduction to the bootstrap; Field & Welsh 2007 for groups.
    """
    names, group = np.unique(groups, return_inverse=True)
    random = np.random.default_rng(seed)
    weights = np.empty((resamples, len(groups)), np.int32)
    for resample in weights:  # one at a time: all draws at once would take twice the memory of the weights
        drawn = random.integers(len(names), size=len(names))
        resample[:] = np.bincount(drawn, minlength=len(names))[group]
    return weights


def percentile_interval(value: float, samples: NDArray[np.float64], level: float = 0.95) -> Interval:
    """The middle `level` of the resampled values of a metric; those that are undefined, NaN, are left out.

    Deviation: no correction for bias. It matters for a metric whose resampled values lie off the value itself: the
    calibration error of a well calibrated model, which resampling can hardly lower and easily raise.
    """
    defined = samples[~np.isnan(samples)]
    if not len(defined):
        return Interval(value, np.nan, np.nan)
    low, high = np.quantile(defined, [(1 - level) / 2, (1 + level) / 2])
    return Interval(value, float(low), float(high))
