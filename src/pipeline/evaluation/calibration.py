"""Probabilities that mean what they say: calibration bins, and the correction for undersampled training rows."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

NUM_BINS = 15


def bin_of(scores: NDArray[np.floating]) -> NDArray[np.intp]:
    """Index of the calibration bin of each score: 15 bins of equal width, closed below; 1 belongs to the last.

    Source: Guo et al. 2017, On calibration of modern neural networks.
    """
    return np.minimum((scores * NUM_BINS).astype(np.intp), NUM_BINS - 1)


def reliability(labels: NDArray[np.integer], scores: NDArray[np.floating]) -> pd.DataFrame:
    """Mean score `predicted`, share of positives `observed` and `count` of each calibration bin that is not empty."""
    table = pd.DataFrame({"bin": bin_of(scores), "predicted": scores.astype(np.float64), "observed": labels})
    bins = table.groupby("bin")
    return bins.mean().assign(count=bins.size()).reset_index(drop=True)


def correct_prior(scores: NDArray[np.floating], *, sampled_prior: float, prior: float) -> NDArray[np.float64]:
    """Probabilities under the class shares `prior` of a model that was fitted under `sampled_prior`.

    The odds are multiplied by the odds of `prior` over the odds of `sampled_prior`. This is exact when the rows were
    drawn at random within each class; the ranking is unchanged.

    Source: Elkan 2001, The foundations of cost-sensitive learning, theorem 2; Saerens et al. 2002.
    """
    assert 0 < prior < 1, prior
    assert 0 < sampled_prior < 1, sampled_prior
    scores = scores.astype(np.float64)
    positive = scores * (prior / sampled_prior)
    negative = (1 - scores) * ((1 - prior) / (1 - sampled_prior))
    return positive / (positive + negative)  # never 0 / 0, as odds of 0 or infinity would be
