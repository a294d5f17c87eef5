"""What is measured on all pairs of images: the kernel distance, and the diversity within a class.

Shapes: n and m images of two sets, F features, R resamples.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from pipeline.evaluation.images.sets import ImageSet, Samples

BLOCK_ROWS = 1000  # of a matrix of pairs held at a time
EQUAL = 1e-12  # share of the largest squared length below which a squared distance is rounding alone

Matrix = NDArray[np.float64]
Kernel = Callable[[Matrix, Matrix], Matrix]


def squared_distances(first: Matrix, second: Matrix) -> Matrix:
    """Squared Euclidean distances, 0 between equal vectors.

    Shapes: first (n, F), second (m, F), result (n, m).
    """
    left, right = np.einsum("ij,ij->i", first, first), np.einsum("ij,ij->i", second, second)
    found = first @ second.T
    found *= -2
    found += left[:, None]
    found += right
    found[found < EQUAL * (left.max() + right.max())] = 0
    return found


def distances(first: Matrix, second: Matrix) -> Matrix:
    """Euclidean distances.

    Shapes: first (n, F), second (m, F), result (n, m).
    """
    return np.sqrt(squared_distances(first, second))


def cubic(first: Matrix, second: Matrix) -> Matrix:
    """The kernel (x.y / F + 1)^3.

    Shapes: first (n, F), second (m, F), result (n, m).
    """
    base = first @ second.T
    base /= first.shape[1]
    base += 1
    return base * base * base


def kernel_samples(test: ImageSet, sets: Sequence[ImageSet]) -> list[Samples]:
    """The kernel distance of sets to the test images: the squared maximum mean discrepancy, unbiased.

    Both sets are resampled. An image that is in a resample twice makes no pair with itself, so that resampling does
    not raise the distance. It may come out below 0, where two sets are of one distribution.

    Shapes: results (1 + R,).
    Source: Bińkowski et al. 2018, ICLR (the kernel); Gretton et al. 2012, JMLR 13:723-773, equation 3.
    """
    own = mean_of_pairs(test, cubic)
    return [own + mean_of_pairs(one, cubic) - 2 * _mean_between(test, one) for one in sets]


def diversity_samples(test: ImageSet, one: ImageSet, label: int) -> Samples:
    """The mean distance of two images of a class in a set, as a share of that of two test images of it.

    NaN where there are no two images, or where all test images are one.

    Shapes: result (1 + R,).
    """
    own, real = (mean_of_pairs(each.of_class(label), distances) for each in (one, test))
    return np.divide(own, real, out=np.full_like(own, np.nan), where=real > 0)


def mean_of_pairs(one: ImageSet, kernel: Kernel) -> Samples:
    """The mean of a symmetric kernel over all pairs of different images of a set; NaN where there are none.

    Shapes: result (1 + R,).
    """
    vectors, weights = one.features, one.weights
    total = np.zeros(len(weights))
    for start in range(0, len(vectors), BLOCK_ROWS):
        end = start + BLOCK_ROWS
        block = kernel(vectors[start:end], vectors[start:])
        np.fill_diagonal(block, 0)
        block[:, BLOCK_ROWS:] *= 2  # those pairs are in no other block
        total += np.einsum("rb,rb->r", weights[:, start:end], weights[:, start:] @ block.T)
    pairs = weights.sum(axis=1) ** 2 - (weights**2).sum(axis=1)
    return np.divide(total, pairs, out=np.full_like(total, np.nan), where=pairs > 0)


def _mean_between(first: ImageSet, second: ImageSet) -> Samples:
    total = np.zeros(len(first.weights))
    for start in range(0, len(first.features), BLOCK_ROWS):
        rows = slice(start, start + BLOCK_ROWS)
        block = cubic(first.features[rows], second.features)
        total += np.einsum("rb,rb->r", first.weights[:, rows], second.weights @ block.T)
    return total / (first.weights.sum(axis=1) * second.weights.sum(axis=1))
