"""The verdict on a model: thresholds from validation, metrics with intervals on test, paired with every baseline."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.artifacts import Evaluated, Interval, Scores
from pipeline.errors import UserError
from pipeline.evaluation.calibration import reliability
from pipeline.evaluation.curves import precision_recall_curve, roc_curve
from pipeline.evaluation.intervals import bootstrap_weights, percentile_interval, pivotal_interval
from pipeline.evaluation.metrics import METRICS, Metric, confusion, measure
from pipeline.evaluation.thresholds import highest_f1_threshold, threshold_sweep

Curve = Callable[[NDArray[np.integer], NDArray[np.floating]], pd.DataFrame]


def judge(
    predictions: pd.DataFrame,
    descriptions: Mapping[str, str],
    groups: NDArray[np.integer],
    *,
    main: str,
    threshold: float | Literal["f1"],
    resamples: int,
    seed: int,
) -> Scores:
    """Measure every model on the test rows, and its difference from the model `main` on the same resamples.

    Each model is held to a threshold of its own, the one with the highest F1 on the validation rows, or to a fixed one.

    Args:
        predictions: table of `artifacts.Predictions`.
        descriptions: model -> one line; its keys are the columns of `predictions` to judge.
        groups: (len(predictions),) duplicate group of each row of `predictions`.
        main: the model that all others are compared with.
        threshold: "f1", or a probability for all models.
        resamples: bootstrap resamples of the test rows.
        seed: seed of the bootstrap.

    Raises:
        UserError: a part lacks a class, or a score is not a probability.
    """
    assert main in descriptions, main
    assert len(groups) == len(predictions), (len(groups), len(predictions))
    names = [main, *(name for name in descriptions if name != main)]
    validation, test = (_part(predictions, part, names) for part in ("validation", "test"))
    weights = bootstrap_weights(groups[predictions["part"] == "test"], resamples, seed)
    thresholds = {name: _threshold(validation, name, threshold) for name in names}
    measured = {name: _measure(test, name, thresholds[name], weights) for name in names}
    models = {
        name: Evaluated(
            description=descriptions[name],
            threshold=thresholds[name],
            metrics=measured[name].intervals(lowest=0.0),
            confusion=confusion(test.labels, test.scores[name], thresholds[name]),
            difference={} if name == main else (measured[name] - measured[main]).intervals(lowest=-1.0),
        )
        for name in names
    }
    return Scores(
        models=models,
        threshold_from="chosen on validation for the highest F1" if threshold == "f1" else "fixed beforehand",
        resamples=resamples,
        roc=_per_model(roc_curve, test),
        precision_recall=_per_model(precision_recall_curve, test),
        calibration=_per_model(reliability, test),
        thresholds=threshold_sweep(validation.labels, validation.scores[main]),
    )


@dataclass(frozen=True)
class _Part:
    """Labels and, by model, scores of one part.

    Shapes: (n,) each.
    """

    labels: NDArray[np.integer]
    scores: dict[str, NDArray[np.float64]]


def _part(predictions: pd.DataFrame, part: str, names: list[str]) -> _Part:
    table = predictions[predictions["part"] == part]
    labels = table["label"].to_numpy()
    positives = int((labels == 1).sum())
    if not 0 < positives < len(labels):
        raise UserError(
            f"The {part} part holds {positives} positive and {len(labels) - positives} negative messages.",
            expected="at least one of each class, or nothing can be measured on it",
            remedy=f"Raise split.{part}_share, or add messages of the class that is missing.",
        )
    for name in names:
        _check_scores(table, name, part)
    return _Part(labels, {name: table[name].to_numpy(np.float64) for name in names})


def _check_scores(table: pd.DataFrame, name: str, part: str) -> None:
    wrong = table[~table[name].between(0, 1)]  # NaN is not between
    if len(wrong):
        row, score = wrong["row"].iloc[0], wrong[name].iloc[0]
        raise UserError(
            f"{len(wrong)} of {len(table)} scores of {name!r} on the {part} part are no probabilities; "
            f"the first is {score} in row {row}.",
            expected="numbers from 0 to 1",
            remedy="Look at the training loss: a learning rate that is too high makes a network diverge.",
        )


def _threshold(validation: _Part, name: str, threshold: float | Literal["f1"]) -> float:
    return highest_f1_threshold(validation.labels, validation.scores[name]) if threshold == "f1" else float(threshold)


@dataclass(frozen=True)
class _Measured:
    """Metrics on the part itself and on its resamples.

    Shapes: by metric, a number and (R,).
    """

    point: dict[str, float]
    samples: dict[str, NDArray[np.float64]]

    def __sub__(self, other: _Measured) -> _Measured:
        return _Measured(
            {key: value - other.point[key] for key, value in self.point.items()},
            {key: samples - other.samples[key] for key, samples in self.samples.items()},
        )

    def intervals(self, *, lowest: float) -> dict[str, Interval]:
        """The interval of each metric; `lowest` bounds the pivotal ones, which could pass what is possible."""
        return {metric.key: self._interval(metric, lowest) for metric in METRICS}

    def _interval(self, metric: Metric, lowest: float) -> Interval:
        value, samples = self.point[metric.key], self.samples[metric.key]
        if metric.interval == "pivotal":
            return pivotal_interval(value, samples, lowest=lowest)
        return percentile_interval(value, samples)


def _measure(part: _Part, name: str, threshold: float, weights: NDArray[np.integer]) -> _Measured:
    point = measure(part.labels, part.scores[name], threshold)
    samples = measure(part.labels, part.scores[name], threshold, weights)
    return _Measured({key: float(value[0]) for key, value in point.items()}, samples)


def _per_model(curve: Curve, part: _Part) -> pd.DataFrame:
    """The curve of each model, below one another, with the column `model` in front."""
    tables = {name: curve(part.labels, scores) for name, scores in part.scores.items()}
    return pd.concat(tables, names=["model"]).reset_index(level="model").reset_index(drop=True)
