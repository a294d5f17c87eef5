"""Several runs of one thing, with other seeds or folds: their mean, and how sure it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

ROUNDING = 1e-12  # a spread or a mean below this is an error of rounding


@dataclass(frozen=True)
class Mean:
    """The mean over repeats.

    Attributes:
        mean, deviation: of the repeats; the standard deviation has k - 1 below the line.
        low, high: 95 % interval of the mean.
        t: mean over its corrected standard error; infinite where all repeats have one value that is not 0.
        degrees: of freedom.
        p: two-sided, of a true mean of 0.
    """

    mean: float
    deviation: float
    low: float
    high: float
    t: float
    degrees: int
    p: float


def corrected_mean(values: Sequence[float], test_per_train: float, level: float = 0.95) -> Mean:
    """Mean of a metric, or of a paired difference, over repeats whose training parts overlap.

    Runs that share training messages are not independent: the variance of their mean is not s^2 / k. The correction
    makes it s^2 (1 / k + test_per_train). For one round of k folds that is s^2 (1 / k + 1 / (k - 1)).

    Args:
        values: one for each repeat, at least two.
        test_per_train: test messages for each training message.
        level: of the interval.

    Source: Nadeau & Bengio 2003, Inference for the generalization error, Machine Learning 52:239-281; Bouckaert &
        Frank 2004 for repeated folds. It is a rule of thumb: no unbiased estimate of this variance exists (Bengio &
        Grandvalet 2004).
    """
    from scipy import stats

    assert len(values) >= 2, values
    mean, deviation = float(np.mean(values)), float(np.std(values, ddof=1))
    degrees = len(values) - 1
    error = deviation * float(np.sqrt(1 / len(values) + test_per_train))
    margin = float(stats.t.ppf((1 + level) / 2, degrees)) * error
    t = mean / error if error > ROUNDING else np.inf * np.sign(mean) if abs(mean) > ROUNDING else 0.0
    p = 2 * float(stats.t.sf(abs(t), degrees))
    return Mean(mean, deviation, mean - margin, mean + margin, float(t), degrees, p)
