"""How far a set of message vectors is from another, and each message from its closest.

Shapes: n and m messages of two sets, D vector width.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from pipeline.evaluation.frechet import Vectors

BLOCK_ROWS = 1000  # rows of distances held at a time
MEDIAN_OF = 2000  # messages that the median distance is taken of


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


def _distances(
    first: Vectors, second: Vectors, metric: Literal["euclidean", "sqeuclidean"]
) -> Iterator[NDArray[np.floating]]:
    """Rows of the matrix of distances; from differences, since products would leave equal vectors a little apart."""
    from scipy.spatial.distance import cdist

    second = second.astype(np.float64)
    for start in range(0, len(first), BLOCK_ROWS):
        yield cdist(first[start : start + BLOCK_ROWS].astype(np.float64), second, metric)
