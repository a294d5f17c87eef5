"""The Fréchet distance of sets of vectors, of messages and of images.

Shapes: n and m vectors of two sets, D their width, R resamples.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.floating]

CELLS = 2**22  # products of vectors with themselves held at a time: 32 MB


@dataclass(frozen=True)
class Moments:
    """Mean and covariance of a set.

    Shapes: mean (D,), covariance (D, D).
    """

    mean: NDArray[np.float64]
    covariance: NDArray[np.float64]

    @cached_property
    def root(self) -> NDArray[np.float64]:
        """The symmetric square root of the covariance."""
        values, directions = np.linalg.eigh(self.covariance)
        return (directions * np.sqrt(np.maximum(values, 0))) @ directions.T


def moments(vectors: Vectors) -> Moments:
    """Mean and covariance of a set.

    Shapes: vectors (n, D).
    """
    return resampled_moments(vectors, np.ones((1, len(vectors))))[0]


def resampled_moments(vectors: Vectors, weights: NDArray[np.floating]) -> list[Moments]:
    """The moments of resamples of a set, in which each vector is there so many times.

    The products of each vector with itself are summed for all resamples in one matrix product.

    Shapes: vectors (n, D), weights (R, n), result R of them.
    """
    vectors = vectors.astype(np.float64)
    middle = vectors.mean(axis=0)
    vectors -= middle
    rows, columns = np.triu_indices(vectors.shape[1])
    squares = np.zeros((len(weights), len(rows)))
    block = max(1, CELLS // len(rows))
    for start in range(0, len(vectors), block):
        part = vectors[start : start + block]
        squares += weights[:, start : start + block] @ (part[:, rows] * part[:, columns])
    found = []
    totals = weights.sum(axis=1)
    for total, mean, sums in zip(totals, weights @ vectors / totals[:, None], squares, strict=True):
        covariance = np.empty((len(mean), len(mean)))
        covariance[rows, columns] = covariance[columns, rows] = sums
        covariance -= total * np.outer(mean, mean)
        found.append(Moments(mean + middle, covariance / (total - 1)))
    return found


def frechet_between(first: Moments, second: Moments) -> float:
    """The squared Fréchet distance between two normal distributions.

    |m1 - m2|^2 + tr(S1 + S2 - 2 (S1 S2)^(1/2)); the last trace is that of (S1^(1/2) S2 S1^(1/2))^(1/2), which is
    symmetric.

    Source: Dowson & Landau 1982, Journal of Multivariate Analysis 12:450-455.
    """
    shared = np.sqrt(np.maximum(np.linalg.eigvalsh(first.root @ second.covariance @ first.root), 0)).sum()
    apart = ((first.mean - second.mean) ** 2).sum()
    return max(0.0, float(apart + np.trace(first.covariance) + np.trace(second.covariance) - 2 * shared))


def frechet_distance(first: Vectors, second: Vectors) -> float:
    """The squared Fréchet distance between the normal distributions with the means and covariances of two sets.

    A small set comes out farther than it is, the more the smaller it is: compare only sets of one size.

    Shapes: first (n, D), second (m, D).
    Source: Heusel et al. 2017, NeurIPS 30, equation 6; Chong & Forsyth 2020, CVPR (the bias).
    """
    return frechet_between(moments(first), moments(second))
