"""Which rows go where: shares and folds with whole groups on one side, and random undersampling.

Shapes: N rows of the corpus, n of them in play. Labels are 0 and 1. A *unit* is a set of rows that stay together.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.artifacts import Rows


def undersample(labels: NDArray[np.int8], seed: int) -> Rows:
    """Positions of all of the rarer class and of as many random ones of the other, ascending.

    Shapes: labels (n,).
    """
    from imblearn.under_sampling import RandomUnderSampler

    sampler = RandomUnderSampler(random_state=seed)
    sampler.fit_resample(np.arange(len(labels)).reshape(-1, 1), labels)
    return np.sort(sampler.sample_indices_).astype(np.int64)


def take_share(
    labels: NDArray[np.int8], units: Rows, rows: Rows, share: float, random: np.random.Generator
) -> tuple[Rows, Rows]:
    """Part `rows` into (rest, taken), both ascending: `share` of each class is taken, units whole.

    Units are visited in random order and taken while their class still needs that many rows. A unit counts for the
    class of most of its messages. (scikit-learn's StratifiedGroupKFold knows only shares of 1/k.)

    Shapes: labels and units (N,), rows (n,).
    """
    names, unit = np.unique(units[rows], return_inverse=True)
    sizes = np.bincount(unit)
    positive = np.bincount(unit, weights=labels[rows]) * 2 > sizes
    taken = np.zeros(len(names), bool)
    for members in (np.flatnonzero(~positive), np.flatnonzero(positive)):
        wanted = round(share * sizes[members].sum())
        for member in random.permutation(members):
            if sizes[member] <= wanted:
                taken[member] = True
                wanted -= sizes[member]
    return rows[~taken[unit]], rows[taken[unit]]


def take_fold(
    labels: NDArray[np.int8], units: Rows, rows: Rows, num_folds: int, fold: int, seed: int
) -> tuple[Rows, Rows]:
    """Part `rows` into (rest, taken), both ascending: number `fold` of `num_folds` stratified folds, units whole.

    The folds depend on the seed, not on `fold`: together they take every row once.

    Shapes: labels and units (N,), rows (n,).
    Source: scikit-learn's StratifiedGroupKFold.
    """
    from sklearn.model_selection import StratifiedGroupKFold

    folds = StratifiedGroupKFold(num_folds, shuffle=True, random_state=seed)
    rest, taken = list(folds.split(rows, labels[rows], units[rows]))[fold]
    return rows[rest], rows[taken]
