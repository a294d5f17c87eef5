"""What travels between stages: frozen dataclasses that the store writes and reads field by field.

A field that is an array becomes `.npy`, a table `.parquet`, a model `.keras`; all other fields together are one JSON
file, so they hold only what JSON can: numbers, strings, dataclasses of such, and lists and dicts of them.

Shapes: N rows of the corpus, n rows of a part of it, T time steps, V rows of the embedding table, D vector width.
"Row" always means the position in `Corpus.table`, never the line in the file.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Rows = NDArray[np.int64]


@dataclass(frozen=True)
class Located:
    """A file that was found.

    Attributes:
        path: where it lies.
        sha256: checksum of its bytes.
        origin: which place it was found in.
        verified: whether a known checksum fits; None where none is known.
    """

    path: Path
    sha256: str
    origin: Literal["path", "data_dir", "raw", "download", "sample"]
    verified: bool | None


@dataclass(frozen=True)
class Resource:
    """The outcome of a look-up: a file, or none because none is needed or because none could be had.

    Attributes:
        located: the file.
        stand_in: whether something else stands in for a file that could not be had.
    """

    located: Located | None
    stand_in: bool

    @property
    def key(self) -> str:
        """What identifies it in the keys of artifacts made from it: content, not place."""
        content = self.located.sha256 if self.located else "nothing"
        return f"stand-in:{content}" if self.stand_in else content

    def describe(self) -> str:
        """One line for the log."""
        if self.located is None:
            return "could not be had: a stand-in is used" if self.stand_in else "not needed"
        return f"STAND-IN {self.located.path}" if self.stand_in else str(self.located.path)


@dataclass(frozen=True)
class KerasFile:
    """The bytes of a `.keras` file: a model that travels without Keras being imported."""

    content: bytes


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
        stop_words: number of stop words in use, 0 where none are taken out.
        stand_in: whether the stop-word list stands in for one that could not be had.
    """

    table: pd.DataFrame
    changes: list[RowChange]
    stop_words: int
    stand_in: bool


@dataclass(frozen=True)
class Pool:
    """The rows that may be split, with near-duplicates grouped.

    Attributes:
        rows: (n,) rows in the pool, ascending.
        groups: (n,) group of each of them; two messages that are near-duplicates share one.
        grouped: whether a split must keep groups whole.
        num_exact: rows left out because an earlier row has the same text.
        num_near: rows in the pool whose group holds another row too.
        changes: rows dropped, each with its reason.
    """

    rows: Rows
    groups: Rows
    grouped: bool
    num_exact: int
    num_near: int
    changes: list[RowChange]


@dataclass(frozen=True)
class Split:
    """Disjoint train, validation and test rows.

    Attributes:
        train, validation, test: (n,) rows each, ascending.
        labels: (N,) int8 label of every row of the corpus.
        groups: (N,) duplicate group of every row, -1 for rows left out of the pool.
        leakage_percent: share of test messages with a near-duplicate in the training part, in percent.
        random_leakage_percent: the same, averaged over random stratified splits that ignore groups.
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
        sampled_prior: the same share among `rows`.
    """

    rows: Rows
    prior: float
    sampled_prior: float


@dataclass(frozen=True)
class Tokens:
    """Word indices of every row of the corpus.

    Attributes:
        ids: (N, T) int32, 0 = padding; at least one entry of a row is not padding.
        lengths: (N,) int32, words of the cleaned text before truncation.
        vocabulary: the word of each index, most frequent first after the reserved ones; "" is padding, "[UNK]" stands
            for words that the vocabulary lacks.
        counts: (len(vocabulary), 2) int64, occurrences in the fitted-on rows, negative and positive class.
        num_reserved: leading entries of the vocabulary that are no words.
        num_rows: rows V that the embedding table must have.
        unknown_percent: share of tokens without an index, in percent, by part: "train", "validation", "test".
        padding: the side that is padded, "pre" or "post".
    """

    ids: NDArray[np.int32]
    lengths: NDArray[np.int32]
    vocabulary: list[str]
    counts: NDArray[np.int64]
    num_reserved: int
    num_rows: int
    unknown_percent: dict[str, float]
    padding: Literal["pre", "post"]


@dataclass(frozen=True)
class Embedding:
    """The embedding table that a model starts from.

    Attributes:
        matrix: (V, D) float32.
        trainable: whether training may change it.
        source: "learned", "glove", "numberbatch", "corpus".
        stand_in: whether corpus vectors stand in for a file that could not be had.
        connected: whether the model uses it (the published "GloVe" layers were never connected).
        coverage: columns `group` (class name key "all", "negative", "positive"), `tokens_percent`, `kinds_percent`:
            share of tokens and of distinct words of the training rows that have a vector. Empty for learned vectors.
        missing: columns `word`, `count`: the commonest words without a vector, most frequent first.
    """

    matrix: NDArray[np.float32]
    trainable: bool
    source: str
    stand_in: bool
    connected: bool
    coverage: pd.DataFrame
    missing: pd.DataFrame


@dataclass(frozen=True)
class Fitted:
    """A trained classifier.

    Attributes:
        model: the model with the weights of the kept epoch.
        name: name of its builder, "gru".
        num_params: number of its weights, the embedding table included.
        history: one row an epoch: `epoch` (1-based), `loss`, `recall`, `val_loss`, `val_recall`, `val_f1`,
            `val_pr_auc`, `learning_rate`, `seconds`.
        kept_epoch: the epoch whose weights were kept.
        stopped_early: whether training ended before the last epoch allowed.
        kept_by: how the epoch was chosen, "best" on validation or "last".
    """

    model: KerasFile
    name: str
    num_params: int
    history: pd.DataFrame
    kept_epoch: int
    stopped_early: bool
    kept_by: Literal["best", "last"]


@dataclass(frozen=True)
class Predictions:
    """Scores of one or several models on the validation and test parts.

    Attributes:
        table: columns `part` ("validation" or "test"), `row`, `label` (int8), and one float64 column a model: the
            probability of the positive class, corrected back to the true prior.
        descriptions: model name -> one line that says what it is and what it was fitted on.
    """

    table: pd.DataFrame
    descriptions: dict[str, str]

    def join(self, other: Predictions) -> pd.DataFrame:
        """The table with the models of `other` beside these; both are of the same rows in the same order."""
        assert self.table["row"].equals(other.table["row"])
        assert self.table["part"].equals(other.table["part"])
        return pd.concat([self.table, other.table[list(other.descriptions)]], axis=1)


@dataclass(frozen=True)
class Interval:
    """A value with its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Evaluated:
    """Test metrics of one model at the threshold chosen for it.

    Attributes:
        description: one line that says what the model is.
        threshold: probability from which on a message is called positive.
        metrics: metric name -> value with its bootstrap interval.
        confusion: test counts `tn`, `fp`, `fn`, `tp`.
        difference: metric name -> this model minus the main model, paired bootstrap; empty for the main model.
    """

    description: str
    threshold: float
    metrics: dict[str, Interval]
    confusion: dict[str, int]
    difference: dict[str, Interval]


@dataclass(frozen=True)
class Scores:
    """The judgement of the main model and of its baselines on the test part.

    Attributes:
        models: name -> evaluation; the main model is called "model".
        threshold_from: where the thresholds were chosen, for people.
        resamples: bootstrap resamples behind every interval.
        roc: columns `model`, `false_positive_rate`, `recall`.
        precision_recall: columns `model`, `recall`, `precision`.
        calibration: columns `model`, `predicted`, `observed`, `count`: one row a bin that is not empty.
        thresholds: columns `threshold`, `precision`, `recall`, `f1` of the main model on the part where the
            threshold was chosen.
    """

    models: dict[str, Evaluated]
    threshold_from: str
    resamples: int
    roc: pd.DataFrame
    precision_recall: pd.DataFrame
    calibration: pd.DataFrame
    thresholds: pd.DataFrame
