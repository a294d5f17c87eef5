"""One classifier trained and tested on real and on synthetic messages: what carries over from one to the other.

Shapes: n test messages of a setting, R resamples.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.errors import UserError
from pipeline.evaluation.intervals import bootstrap_weights, percentile_interval
from pipeline.evaluation.metrics import measure
from pipeline.evaluation.thresholds import EVEN_ODDS

METRICS = ("accuracy", "precision", "recall", "f1", "roc_auc", "pr_auc")
REFERENCE = "trtr"
ON_SYNTHETIC = "trts"


@dataclass(frozen=True)
class Scored:
    """Test messages with what a classifier makes of them.

    Shapes: (n,) each.

    Attributes:
        labels: 1 = positive class.
        scores: from 0 to 1; from 0.5 on the classifier calls the message positive.
        groups: duplicate group.
    """

    labels: NDArray[np.int8]
    scores: NDArray[np.float64]
    groups: NDArray[np.int64]


@dataclass(frozen=True)
class _Measured:
    """By metric: the value on the test messages, and (R,) those on their resamples."""

    point: dict[str, float]
    samples: dict[str, NDArray[np.float64]]


def compare_settings(evaluator: str, scored: Mapping[str, Scored], *, resamples: int, seed: int) -> pd.DataFrame:
    """The rows of `artifacts.Evaluators.table` for one evaluator.

    The intervals say how far another draw of test messages would move a figure; the classifier is held fixed. All
    settings but "trts" are tested on the same messages, so their differences from "trtr" are paired.

    Args:
        evaluator: what it is called.
        scored: by setting; "trtr" is one of them.
        resamples: bootstrap resamples of the test messages, duplicate groups whole.
        seed: seed of the bootstrap.
    """
    reference = scored[REFERENCE]
    assert all(_same_messages(reference, test) for name, test in scored.items() if name != ON_SYNTHETIC)
    weights = bootstrap_weights(reference.groups, resamples, seed)
    measured = {
        name: _measure(test, bootstrap_weights(test.groups, resamples, seed) if name == ON_SYNTHETIC else weights)
        for name, test in scored.items()
    }
    rows = []
    for setting, found in measured.items():
        for metric in METRICS:
            row = {"evaluator": evaluator, "setting": setting, "metric": metric}
            row |= _interval("value", "low", "high", found.point[metric], found.samples[metric])
            rows.append(row | _difference(setting, metric, found, measured[REFERENCE]))
    return pd.DataFrame(rows)


def describe_settings(
    real: NDArray[np.integer], synthetic: NDArray[np.integer], test: NDArray[np.integer]
) -> dict[str, str]:
    """What each setting trains and tests on, from the labels of the three sets.

    Raises:
        UserError: a set lacks a class.
    """
    _refuse_one_class(real, "real training messages", "Give the training part a larger share in split.")
    _refuse_one_class(synthetic, "synthetic messages", "Generate messages of both classes.")
    _refuse_one_class(test, "real test messages", "Raise split.test_share.")
    real_messages, synthetic_messages = _count(real, "real"), _count(synthetic, "synthetic")
    test_messages = _count(test, "real")
    return {
        "trtr": f"trained on {real_messages}, tested on {test_messages}",
        "tstr": f"trained on {synthetic_messages}, tested on {test_messages}",
        "trts": f"trained on {real_messages}, tested on {synthetic_messages}",
        "augmented": f"trained on {real_messages} and {synthetic_messages}, tested on {test_messages}",
    }


def describe_network(name: str, num_params: int, chosen_on: int, *, validation_is_test: bool) -> str:
    """What a network is; `chosen_on` real messages chose the epoch of each fit, 0 where nothing did."""
    said = f"{name}, {num_params:,} weights, on word indices"
    if not chosen_on:
        return said
    part = "test part, which doubles as the validation part" if validation_is_test else "validation part"
    return (
        f"{said}; the {chosen_on:,} real messages of the {part} chose the epoch of each fit, so that real messages "
        "have a say in training on synthetic ones too"
    )


def _count(labels: NDArray[np.integer], kind: str) -> str:
    return f"{len(labels):,} {kind} messages ({int(labels.sum()):,} positive)"


def _refuse_one_class(labels: NDArray[np.integer], messages: str, remedy: str) -> None:
    positives = int(labels.sum())
    if not 0 < positives < len(labels):
        raise UserError(
            f"Of {len(labels):,} {messages} {positives:,} are positive.",
            expected="messages of both classes to train or test an evaluator on",
            remedy=remedy,
        )


def _same_messages(one: Scored, other: Scored) -> bool:
    return np.array_equal(one.labels, other.labels) and np.array_equal(one.groups, other.groups)


def _measure(test: Scored, weights: NDArray[np.integer]) -> _Measured:
    values = measure(test.labels, test.scores, EVEN_ODDS)
    return _Measured(
        {metric: float(value[0]) for metric, value in values.items()},
        measure(test.labels, test.scores, EVEN_ODDS, weights),
    )


def _difference(setting: str, metric: str, found: _Measured, reference: _Measured) -> dict[str, float]:
    names = ("difference", "difference_low", "difference_high")
    if setting in {REFERENCE, ON_SYNTHETIC}:
        return dict.fromkeys(names, np.nan)
    value = found.point[metric] - reference.point[metric]
    return _interval(*names, value, found.samples[metric] - reference.samples[metric])


def _interval(
    value_name: str, low_name: str, high_name: str, value: float, samples: NDArray[np.float64]
) -> dict[str, float]:
    interval = percentile_interval(value, samples)
    return {value_name: interval.value, low_name: interval.low, high_name: interval.high}
