"""Which of two sets is nearer to the test images, or whether that was luck.

Shapes: m test images, R resamples.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations

import numpy as np
import pandas as pd
from scipy.stats import norm

from pipeline.artifacts import Interval
from pipeline.artifacts.images import AS_REAL, REAL
from pipeline.evaluation.images.measures import SCORES, Measured
from pipeline.evaluation.images.sets import Samples
from pipeline.evaluation.intervals import percentile_interval, pivotal_interval
from pipeline.evaluation.paired import holm, mcnemar


def hold_contests(measured: Mapping[str, Measured]) -> pd.DataFrame:
    """The table `contests`: every drawn set against the real one, then every pair of drawn sets, in every score.

    Of the scores `AS_REAL` neither end is better, so two drawn sets are compared by how far each is from the real one:
    |first - real| - |second - real|, on every resample.

    The p-values are adjusted for their number, all of the table being one family.
    """
    drawn = [name for name in measured if name != REAL]
    rows = []
    for first, second in [*((name, REAL) for name in drawn), *combinations(drawn, 2)]:
        for score in SCORES:
            from_real = score in AS_REAL and second != REAL
            origin = measured[REAL].samples[score] if from_real else None
            found = _contest(score, measured[first], measured[second], origin)
            rows.append((first, second, score, from_real, *found))
    columns = ["first", "second", "score", "from_real", "difference", "low", "high", "p"]
    table = pd.DataFrame(rows, columns=columns)
    return table.assign(p=holm(table["p"].tolist()))


def _contest(
    score: str, first: Measured, second: Measured, origin: Samples | None
) -> tuple[float, float, float, float]:
    """Difference, its 95 % interval, and p: of McNemar's test for classifiers, which meet the same test images.

    Shapes: origin (1 + R,), from which distances are compared; None where the scores themselves are.
    """
    own, other = first.samples[score], second.samples[score]
    if origin is not None:
        own, other = np.abs(own - origin), np.abs(other - origin)
    samples = own - other
    value = float(samples[0])
    interval = pivotal_interval if score == "frechet" else percentile_interval
    found = interval(value, samples[1:])
    if origin is not None:  # noise can only raise a distance of 0: the interval is stretched to hold the difference
        found = Interval(value, float(np.minimum(value, found.low)), float(np.maximum(value, found.high)))
    if score == "learnt_accuracy":
        right = first.shares[score].holds
        p = mcnemar(right, second.shares[score].holds, np.arange(len(right))).p
    else:
        p = difference_p(samples)
    return value, found.low, found.high, p


def difference_p(samples: Samples) -> float:
    """Two-sided p of a difference, from its standard error over the resamples; NaN of a difference that is NaN.

    Not from the share of resamples on the far side of 0: that cannot be below 2 / (R + 1), and by the adjustment for
    some thirty contests nothing could then be told apart with fewer than 1,200 resamples, which take minutes.

    Source: Efron & Tibshirani 1993, An introduction to the bootstrap, section 12.3 (the standard interval).
    """
    value, spread = samples[0], np.nanstd(samples[1:])
    if not spread:  # nothing varies, as where all images of both sets are alike: all that the resamples can show
        return 2 / len(samples) if value else 1.0
    return float(2 * norm.sf(abs(value) / spread))
