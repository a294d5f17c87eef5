from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from sklearn import metrics as sklearn_metrics

from pipeline.evaluation.metrics import BLOCK, METRICS, confusion, measure

THRESHOLDS = (0.0, 0.3, 0.5, 1.0)


def messages(seed: int, n: int = 60, steps: int = 12) -> tuple[NDArray[np.int8], NDArray[np.float64]]:
    """Labels and scores in steps of 1/12, so that many are tied, within a class and across."""
    random = np.random.default_rng(seed)
    labels = (random.random(n) < 0.4).astype(np.int8)
    labels[:2] = 0, 1
    return labels, np.clip(np.round((0.35 + 0.25 * labels + random.normal(0, 0.25, n)) * steps) / steps, 0, 1)


def recall_at(labels: NDArray, scores: NDArray, weights: NDArray, limit: float) -> float:
    rates = sklearn_metrics.roc_curve(labels, scores, sample_weight=weights, drop_intermediate=False)
    return rates[1][rates[0] <= limit].max()


def expected_calibration_error(labels: NDArray, scores: NDArray, weights: NDArray) -> float:
    """Guo et al. 2017, equation 3, as it is written there; bins closed below."""
    edges = np.arange(16) / 15
    total = 0.0
    for low, high in pairwise(edges):
        inside = (scores >= low) & ((scores < high) | (high == 1)) & (weights > 0)
        if inside.any():
            gap = np.average(labels[inside], weights=weights[inside]) - np.average(
                scores[inside], weights=weights[inside]
            )
            total += weights[inside].sum() / weights.sum() * abs(gap)
    return total


def by_sklearn(labels: NDArray, scores: NDArray, threshold: float, weights: NDArray) -> dict[str, float]:
    called = (scores >= threshold).astype(int)
    return {
        "accuracy": sklearn_metrics.accuracy_score(labels, called, sample_weight=weights),
        "precision": sklearn_metrics.precision_score(labels, called, zero_division=0.0, sample_weight=weights),  # pyright: ignore[reportArgumentType]
        "recall": sklearn_metrics.recall_score(labels, called, sample_weight=weights),
        "f1": sklearn_metrics.f1_score(labels, called, sample_weight=weights),
        "mcc": sklearn_metrics.matthews_corrcoef(labels, called, sample_weight=weights),
        "roc_auc": sklearn_metrics.roc_auc_score(labels, scores, sample_weight=weights),
        "pr_auc": sklearn_metrics.average_precision_score(labels, scores, sample_weight=weights),
        "brier": sklearn_metrics.brier_score_loss(labels, scores, sample_weight=weights),
        "ece": expected_calibration_error(labels, scores, weights),
        "recall_at_fpr_1": recall_at(labels, scores, weights, 0.01),
        "recall_at_fpr_01": recall_at(labels, scores, weights, 0.001),
    }


@pytest.mark.parametrize("threshold", THRESHOLDS)
@pytest.mark.parametrize("seed", range(5))
def test_every_metric_equals_scikit_learns_under_integer_weights(seed: int, threshold: float) -> None:
    labels, scores = messages(seed)
    weights = np.random.default_rng(seed).integers(0, 4, size=(3, len(labels)))
    weights[:, :2] += 1
    measured = measure(labels, scores, threshold, weights)
    for index, row in enumerate(weights):
        expected = by_sklearn(labels, scores, threshold, row)
        assert {key: values[index] for key, values in measured.items()} == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("threshold", THRESHOLDS)
def test_every_metric_equals_scikit_learns_without_weights(threshold: float) -> None:
    labels, scores = messages(seed=7)
    measured = measure(labels, scores, threshold)
    expected = by_sklearn(labels, scores, threshold, np.ones(len(labels)))
    assert {key: values.item() for key, values in measured.items()} == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("limit_of", [("recall_at_fpr_1", 0.01, 100), ("recall_at_fpr_01", 0.001, 1000)])
def test_a_false_positive_rate_of_exactly_the_limit_is_within_it(limit_of: tuple[str, float, int]) -> None:
    key, limit, negatives = limit_of
    labels = np.array([1, 0, 1, 0, 1] + [0] * (negatives - 2))
    scores = np.linspace(1, 0, len(labels))
    recall = measure(labels, scores, 0.5)[key].item()
    assert recall == 2 / 3  # one false positive is allowed, the second is not
    assert recall == recall_at(labels, scores, np.ones(len(labels)), limit)


@given(st.integers(0, 2**32 - 1), st.integers(1, 40))
@settings(max_examples=50)
def test_a_weight_of_k_is_the_row_k_times(seed: int, n: int) -> None:
    labels, scores = messages(seed, n=n + 2)
    weights = np.random.default_rng(seed).integers(1, 4, size=len(labels))
    weighted = measure(labels, scores, 0.5, weights[None])
    repeated = measure(labels.repeat(weights), scores.repeat(weights), 0.5)
    assert weighted == {key: pytest.approx(value, abs=1e-12) for key, value in repeated.items()}


@given(st.permutations(range(30)))
@settings(max_examples=30)
def test_the_order_of_rows_does_not_matter(order: list[int]) -> None:
    labels, scores = messages(seed=3, n=30)
    shuffled = measure(labels[order], scores[order], 0.5)
    assert shuffled == {key: pytest.approx(value, abs=1e-12) for key, value in measure(labels, scores, 0.5).items()}


def test_rows_of_weight_0_are_as_good_as_absent() -> None:
    labels, scores = messages(seed=11)
    kept = np.arange(len(labels)) % 3 > 0
    assert measure(labels, scores, 0.5, kept.astype(int)[None]) == {
        key: pytest.approx(value, abs=1e-12) for key, value in measure(labels[kept], scores[kept], 0.5).items()
    }


def test_blocks_of_weightings_change_nothing() -> None:
    labels, scores = messages(seed=2)
    weights = np.random.default_rng(0).integers(0, 3, size=(2 * BLOCK + 1, len(labels)))
    together = measure(labels, scores, 0.5, weights)
    for index in (0, BLOCK - 1, BLOCK, 2 * BLOCK):
        alone = measure(labels, scores, 0.5, weights[index : index + 1])
        assert {key: values[index] for key, values in together.items()} == pytest.approx(
            {key: value.item() for key, value in alone.items()}, abs=1e-12
        )


def test_the_metrics_come_in_the_order_of_the_table() -> None:
    labels, scores = messages(seed=1)
    keys = [metric.key for metric in METRICS]
    assert list(measure(labels, scores, 0.5)) == keys
    assert len(set(keys)) == len(keys) == 11


def test_a_perfect_model_has_the_best_value_of_every_metric() -> None:
    labels = np.array([0, 0, 0, 1, 1])
    measured = measure(labels, labels.astype(float), 0.5)
    assert {metric.key: measured[metric.key].item() for metric in METRICS} == {
        metric.key: 1.0 if metric.better == "higher" else 0.0 for metric in METRICS
    }


@pytest.mark.parametrize("label", [0, 1])
def test_rankings_are_undefined_with_one_class(label: int) -> None:
    measured = measure(np.full(4, label), np.array([0.1, 0.2, 0.7, 0.9]), 0.5)
    undefined = {key for key, value in measured.items() if np.isnan(value.item())}
    rankings = {"roc_auc", "pr_auc", "recall_at_fpr_1", "recall_at_fpr_01"}
    assert undefined == (rankings if label else rankings | {"recall"})


def test_precision_is_0_when_nothing_is_called_positive() -> None:
    measured = measure(np.array([0, 1, 0, 1]), np.array([0.1, 0.2, 0.3, 0.4]), 0.5)
    assert [measured[key].item() for key in ("precision", "recall", "f1", "mcc")] == [0, 0, 0, 0]


def test_a_constant_model_ranks_like_chance() -> None:
    labels, _ = messages(seed=5)
    measured = measure(labels, np.full(len(labels), 0.2), 0.5)
    assert measured["roc_auc"].item() == 0.5
    assert measured["pr_auc"].item() == pytest.approx(labels.mean())


@pytest.mark.parametrize("threshold", THRESHOLDS)
def test_confusion_counts_what_scikit_learn_counts(threshold: float) -> None:
    labels, scores = messages(seed=4)
    expected = sklearn_metrics.confusion_matrix(labels, scores >= threshold, labels=[0, 1]).ravel().tolist()
    assert list(confusion(labels, scores, threshold).items()) == list(
        zip(["tn", "fp", "fn", "tp"], expected, strict=True)
    )
