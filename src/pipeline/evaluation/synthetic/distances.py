"""How far a set of message vectors is from another, and each message from its closest.

Shapes: n and m messages of two sets, D vector width.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import numpy as np
from numpy.typing import NDArray

BLOCK_ROWS = 1000  # rows of distances held at a time
MEDIAN_OF = 2000  # messages that the median distance is taken of

Vectors = NDArray[np.floating]


def frechet_distance(first: Vectors, second: Vectors) -> float:
    """The squared Fréchet distance between the normal distributions with the means and covariances of two sets.

    |m1 - m2|^2 + tr(S1 + S2 - 2 (S1 S2)^(1/2)); the last trace is that of (S1^(1/2) S2 S1^(1/2))^(1/2), which is
    symmetric. A small set comes out farther than it is, the more the smaller it is: compare only sets of one size.

    Shapes: first (n, D), second (m, D).
    Source: Heusel et al. 2017, NeurIPS 30, equation 6; Chong & Forsyth 2020, CVPR (the bias).
    """
    means, covariances = zip(*(_moments(vectors) for vectors in (first, second)), strict=True)
    values, directions = np.linalg.eigh(covariances[0])
    root = (directions * np.sqrt(np.maximum(values, 0))) @ directions.T
    shared = np.sqrt(np.maximum(np.linalg.eigvalsh(root @ covariances[1] @ root), 0)).sum()
    apart = ((means[0] - means[1]) ** 2).sum()
    return max(0.0, float(apart + np.trace(covariances[0]) + np.trace(covariances[1]) - 2 * shared))


def mmd(first: Vectors, second: Vectors, bandwidth: float) -> float:
    """The maximum mean discrepancy of two sets under the kernel exp(-|x - y|^2 / (2 bandwidth^2)).

    The root of the V-statistic, which is never below 0 and above it even for two sets of one distribution: compare only
    sets of one size.

    Shapes: first (n, D), second (m, D).
    Source: Gretton et al. 2012, JMLR 13:723-773, equation 5.
    """

    def mean_kernel(one: Vectors, other: Vectors) -> float:
        blocks = _distances(one, other, "sqeuclidean")
        return sum(float(np.exp(-block / (2 * bandwidth**2)).sum()) for block in blocks) / (len(one) * len(other))

    squared = mean_kernel(first, first) + mean_kernel(second, second) - 2 * mean_kernel(first, second)
    return float(np.sqrt(max(0.0, squared)))


def median_distance(vectors: Vectors, seed: int) -> float:
    """The median distance between two of the messages, the usual bandwidth; of at most `MEDIAN_OF` drawn messages.

    1 where more than half of the pairs are equal, for a bandwidth must not be 0.

    Shapes: (n, D).
    Source: Gretton et al. 2012, section 8.
    """
    from scipy.spatial.distance import pdist

    if len(vectors) > MEDIAN_OF:
        vectors = vectors[np.random.default_rng(seed).permutation(len(vectors))[:MEDIAN_OF]]
    return float(np.median(pdist(vectors.astype(np.float64)))) or 1.0


def closest(vectors: Vectors, among: Vectors) -> NDArray[np.floating]:
    """The Euclidean distance of each message to the closest one of another set; exactly 0 between equal vectors.

    Shapes: vectors (n, D), among (m, D), result (n,).
    """
    return np.concatenate([block.min(axis=1) for block in _distances(vectors, among, "euclidean")])


def _moments(vectors: Vectors) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    vectors = vectors.astype(np.float64)
    return vectors.mean(axis=0), np.atleast_2d(np.cov(vectors, rowvar=False))


def _distances(
    first: Vectors, second: Vectors, metric: Literal["euclidean", "sqeuclidean"]
) -> Iterator[NDArray[np.floating]]:
    """Rows of the matrix of distances; from differences, since products would leave equal vectors a little apart."""
    from scipy.spatial.distance import cdist

    second = second.astype(np.float64)
    for start in range(0, len(first), BLOCK_ROWS):
        yield cdist(first[start : start + BLOCK_ROWS].astype(np.float64), second, metric)
