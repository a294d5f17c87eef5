"""Shares of messages, and how sure they are."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Z = 1.96  # half-width of a 95 % interval in standard errors


def wilson(share: ArrayLike, number: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """95 % interval of a share of `number` messages, at least one; NaN of NaN.

    Source: Wilson 1927, Journal of the American Statistical Association 22:209-212.
    """
    share = np.asarray(share, np.float64)
    z2 = Z**2 / np.asarray(number, np.float64)
    centre = (share + z2 / 2) / (1 + z2)
    half = np.sqrt(z2 * (share * (1 - share) + z2 / 4)) / (1 + z2)
    return np.minimum(centre - half, share), np.maximum(centre + half, share)
