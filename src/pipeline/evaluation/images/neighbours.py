"""The image of a large collection that is closest to each of some images, without error.

Shapes: n images, m images of the collection, P pixels of an image.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.artifacts import Rows
from pipeline.artifacts.images import WHITE, Pixels

CELLS = 2**24  # of the matrix of distances held at a time: 64 MB
PAIRS = 4096  # of images compared pixel by pixel at a time
HALF_ULP = 2.0**-24  # of float32, relative: what one rounding can do


def nearest(pixels: Pixels, among: Pixels) -> tuple[Rows, NDArray[np.float64]]:
    """The row of the closest image of a collection, the first of several, and its distance in shares of white.

    A product of float32 matrices finds all that could be closest, for its error has a bound; these are compared pixel
    by pixel in whole numbers. So an equal image is at distance 0, and a tie goes to the lowest row.

    Shapes: pixels (n, S, S), among (m, S, S), results (n,).
    Source: Higham 2002, Accuracy and stability of numerical algorithms, section 3.1 (the bound).
    """
    distinct, first = np.unique(among.reshape(len(among), -1), axis=0, return_index=True)
    flat = pixels.reshape(len(pixels), -1)
    middle = np.rint(distinct.mean(axis=0, dtype=np.float64)).astype(np.float32)  # small numbers, small errors
    inner, outer = flat - middle, distinct - middle
    norms = _squares(outer)
    # squared distance less the image's own square: that of the other, less twice the product of the two
    right = np.concatenate([-2 * outer, norms.astype(np.float32)[:, None]], axis=1).T
    reach = 2 * np.sqrt(_squares(inner) * norms.max()) + norms.max()
    error = (flat.shape[1] + 2) * HALF_ULP * 1.01 * reach
    rows, squares = np.empty(len(flat), np.int64), np.empty(len(flat), np.int64)
    block = max(1, CELLS // len(distinct))
    for start in range(0, len(flat), block):
        part = slice(start, start + block)
        left = np.concatenate([inner[part], np.ones((len(inner[part]), 1), np.float32)], axis=1)
        partial = left @ right
        bound = (partial.min(axis=1) + 2 * error[part]).astype(np.float32)
        mine, theirs = np.nonzero(partial <= np.nextafter(bound, np.float32(np.inf))[:, None])
        apart = _exact(flat[part], distinct, mine, theirs)
        order = np.lexsort((first[theirs], apart, mine))
        _, best = np.unique(mine[order], return_index=True)
        rows[part], squares[part] = first[theirs[order[best]]], apart[order[best]]
    return rows, np.sqrt(squares) / WHITE


def twins(pixels: Pixels) -> NDArray[np.bool_]:
    """Which images equal an earlier one.

    Shapes: pixels (n, S, S), result (n,).
    """
    _, first = np.unique(pixels.reshape(len(pixels), -1), axis=0, return_index=True)
    found = np.ones(len(pixels), bool)
    found[first] = False
    return found


def _squares(vectors: NDArray[np.float32]) -> NDArray[np.float64]:
    return np.einsum("ij,ij->i", vectors, vectors, dtype=np.float64)


def _exact(flat: Pixels, among: Pixels, mine: Rows, theirs: Rows) -> NDArray[np.int64]:
    """Squared distances of pairs of rows, in whole numbers."""
    found = np.empty(len(mine), np.int64)
    for start in range(0, len(mine), PAIRS):
        pairs = slice(start, start + PAIRS)
        gap = flat[mine[pairs]].astype(np.int32) - among[theirs[pairs]]
        found[pairs] = np.einsum("ij,ij->i", gap, gap, dtype=np.int64)
    return found
