"""Whether images lie where others do: precision, recall, density and coverage.

The manifold of a set is made of balls: one around each image, as far as the k-th nearest other image of the set.

Shapes: n images of a set, m test images, F features.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.evaluation.images.pairs import BLOCK_ROWS, Matrix, squared_distances

Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Overlap:
    """Where the images of a set and the test images lie.

    Attributes:
        precise: (n,), the set's image lies in a ball of the test images.
        crowd: (n,), balls of the test images that it lies in, by k: 1 on average where the sets are of one
            distribution.
        recalled: (m,), the test image lies in a ball of the set.
        covered: (m,), an image of the set lies in the ball around the test image.
    """

    precise: Flags
    crowd: NDArray[np.float64]
    recalled: Flags
    covered: Flags


def squared_radii(vectors: Matrix, neighbours: int) -> NDArray[np.float64]:
    """Squared distance of each image to its k-th nearest other one.

    Shapes: vectors (n, F), result (n,).
    """
    found = np.empty(len(vectors))
    for start in range(0, len(vectors), BLOCK_ROWS):
        block = squared_distances(vectors[start : start + BLOCK_ROWS], vectors)
        places = np.arange(len(block))
        block[places, start + places] = np.inf
        block.partition(neighbours - 1, axis=1)
        found[start : start + BLOCK_ROWS] = block[:, neighbours - 1]
    return found


def overlap(test: Matrix, radii: NDArray[np.float64], vectors: Matrix, neighbours: int) -> Overlap:
    """Lay the manifolds of a set and of the test images over each other; the balls hold their surface.

    Args:
        radii: (m,) squared, of the balls around the test images.

    Shapes: test (m, F), vectors (n, F).
    Source: Kynkäänniemi et al. 2019, NeurIPS 32 (precision, recall); Naeem et al. 2020, ICML (density, coverage).
    """
    own = squared_radii(vectors, neighbours)
    balls = np.zeros(len(vectors), np.int64)
    recalled, covered = np.empty(len(test), bool), np.empty(len(test), bool)
    for start in range(0, len(test), BLOCK_ROWS):
        rows = slice(start, start + BLOCK_ROWS)
        apart = squared_distances(test[rows], vectors)
        inside = apart <= radii[rows, None]
        balls += inside.sum(axis=0)
        covered[rows] = inside.any(axis=1)
        recalled[rows] = (apart <= own).any(axis=1)
    return Overlap(balls > 0, balls / neighbours, recalled, covered)
