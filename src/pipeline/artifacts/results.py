"""Trained models, their predictions and the judgement of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import pandas as pd

from pipeline.artifacts.files import KerasFile


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
        fitted_on: messages of the negative and of the positive class that it was fitted on.
        num_synthetic: how many of those no one wrote.
    """

    model: KerasFile
    name: str
    num_params: int
    history: pd.DataFrame
    kept_epoch: int
    stopped_early: bool
    kept_by: Literal["best", "last"]
    fitted_on: list[int]
    num_synthetic: int

    @property
    def positive_share(self) -> float:
        """Share of the positive class among the messages that it was fitted on."""
        return self.fitted_on[1] / sum(self.fitted_on)


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
