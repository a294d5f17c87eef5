"""Messages, and which of them are trained and tested on.

Shapes: N rows of the corpus, n rows of a part of it. "Row" always means the position in `Corpus.table`, never the line
in the file.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Rows = NDArray[np.int64]


@dataclass(frozen=True)
class RowChange:
    """How many rows were dropped or altered for one reason, and the file's first such row (0-based)."""

    action: Literal["dropped", "altered"]
    reason: str
    rows: int
    first_row: int


@dataclass(frozen=True)
class Corpus:
    """Messages with their labels as the source holds them.

    Attributes:
        table: N rows with the columns `row` (int64, 0-based data row in the file), `text` (str, never blank) and
            `label` (int8, 1 = positive class).
        name: name of the data set.
        positive, negative: names of the two classes, for people.
        stand_in: whether the embedded sample stands in for a data set that could not be had.
        changes: rows dropped or altered while reading, each with its reason.
    """

    table: pd.DataFrame
    name: str
    positive: str
    negative: str
    stand_in: bool
    changes: list[RowChange]


@dataclass(frozen=True)
class Texts:
    """Cleaned texts, one per row of the corpus.

    Attributes:
        table: N rows with the one column `text`: words separated by single blanks; empty where nothing was left.
        changes: rows altered by cleaning, each with its reason.
        stand_in: whether the stop-word list stands in for one that could not be had.
    """

    table: pd.DataFrame
    changes: list[RowChange]
    stand_in: bool


@dataclass(frozen=True)
class Pool:
    """The rows that may be split, with near-duplicates grouped.

    Attributes:
        rows: (n,) rows in the pool, ascending.
        groups: (N,) group of every row of the corpus; copies and near-duplicates share one.
        grouped: whether a split must keep groups whole.
        num_exact: rows left out because an earlier row has the same text.
        changes: rows dropped, each with its reason.
    """

    rows: Rows
    groups: Rows
    grouped: bool
    num_exact: int
    changes: list[RowChange]

    @property
    def num_near(self) -> int:
        """Rows in the pool whose group holds another row of the pool too."""
        _, group, sizes = np.unique(self.groups[self.rows], return_inverse=True, return_counts=True)
        return int((sizes[group] > 1).sum())


@dataclass(frozen=True)
class Split:
    """Disjoint train, validation and test rows.

    Attributes:
        train, validation, test: (n,) rows each, ascending.
        labels: (N,) int8 label of every row of the corpus.
        groups: (N,) duplicate group of every row of the corpus.
        leakage_percent: share of test messages with a near-duplicate in the training part, in percent.
        random_leakage_percent: the same, averaged over random stratified splits with equal shares that leave copies
            in and ignore groups.
        validation_is_test: whether the test part doubles as the validation part (a published fault).
    """

    train: Rows
    validation: Rows
    test: Rows
    labels: NDArray[np.int8]
    groups: Rows
    leakage_percent: float
    random_leakage_percent: float
    validation_is_test: bool

    @property
    def used(self) -> Rows:
        """The rows of all parts, each once."""
        return np.unique(np.concatenate([self.train, self.validation, self.test]))


@dataclass(frozen=True)
class Sample:
    """The training rows that are fitted on.

    Attributes:
        rows: (n,) rows, a subset of `Split.train`, ascending.
        prior: share of the positive class among the rows that it was drawn from.
    """

    rows: Rows
    prior: float


@dataclass(frozen=True)
class Extra:
    """Messages that no one wrote, to be trained on beside the sampled rows.

    Attributes:
        ids: (n, T) int32 word indices in the vocabulary of the classifier.
        labels: (n,) int8.
    """

    ids: NDArray[np.int32]
    labels: NDArray[np.int8]
