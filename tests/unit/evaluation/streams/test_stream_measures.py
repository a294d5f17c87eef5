import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from judged_samples import messages
from numpy.typing import NDArray
from sklearn import metrics as sklearn_metrics

from pipeline.evaluation.metrics import measure
from pipeline.evaluation.streams import measures
from pipeline.evaluation.streams.measures import KEYS, STREAM_METRICS, measure_stream

RANKINGS = {"mcc", "pr_auc", "one_minus_auc_percent"}


def by_sklearn(labels: NDArray, scores: NDArray, called: NDArray, weights: NDArray) -> dict[str, float]:
    return {
        "accuracy": sklearn_metrics.accuracy_score(labels, called, sample_weight=weights),
        "precision": sklearn_metrics.precision_score(labels, called, zero_division=0.0, sample_weight=weights),  # pyright: ignore[reportArgumentType]
        "recall": sklearn_metrics.recall_score(labels, called, sample_weight=weights),
        "f1": sklearn_metrics.f1_score(labels, called, sample_weight=weights),
        "mcc": sklearn_metrics.matthews_corrcoef(labels, called, sample_weight=weights),
        "fpr": 1 - sklearn_metrics.recall_score(labels, called, pos_label=0, sample_weight=weights),
        "pr_auc": sklearn_metrics.average_precision_score(labels, scores, sample_weight=weights),
        "one_minus_auc_percent": 100 * (1 - sklearn_metrics.roc_auc_score(labels, scores, sample_weight=weights)),
    }


@pytest.mark.parametrize("seed", range(5))
def test_every_metric_equals_scikit_learns_under_integer_weights(seed: int) -> None:
    labels, scores, called = messages(seed)
    weights = np.random.default_rng(seed).integers(0, 4, size=(3, len(labels)))
    weights[:, :2] += 1
    measured = measure_stream(labels, scores, called, weights)
    for index, row in enumerate(weights):
        expected = by_sklearn(labels, scores, called, row)
        assert {key: values[index] for key, values in measured.items()} == pytest.approx(expected, abs=1e-12)


def test_every_metric_equals_scikit_learns_without_weights() -> None:
    labels, scores, called = messages(seed=7)
    measured = measure_stream(labels, scores, called)
    expected = by_sklearn(labels, scores, called, np.ones(len(labels)))
    assert {key: values.item() for key, values in measured.items()} == pytest.approx(expected, abs=1e-12)


def test_metrics_of_the_same_name_are_the_same_as_a_classifiers() -> None:
    labels, scores, _ = messages(seed=8)
    probabilities = 1 / (1 + np.exp(-scores))
    ours, theirs = measure_stream(labels, probabilities, probabilities >= 0.5), measure(labels, probabilities, 0.5)
    shared = [key for key in KEYS if key in theirs]
    assert len(shared) == 6
    assert {key: ours[key].item() for key in shared} == {key: theirs[key].item() for key in shared}
    assert ours["one_minus_auc_percent"].item() == pytest.approx(100 * (1 - theirs["roc_auc"].item()))


def test_a_filter_by_hand() -> None:
    labels = np.array([1, 1, 1, 0, 0, 0, 0, 0])
    called = np.array([True, True, False, True, False, False, False, False])
    scores = np.array([4.0, 3.0, -1.0, 3.0, -1.0, -2.0, -3.0, -4.0])
    measured = {key: value.item() for key, value in measure_stream(labels, scores, called).items()}
    # 15 pairs: the second and third spam tie with a legitimate message each, the third is below one.
    assert measured["one_minus_auc_percent"] == pytest.approx(100 * (0.5 + 1.5) / 15)
    assert measured["fpr"] == 1 / 5
    assert measured["recall"] == measured["precision"] == pytest.approx(2 / 3)
    assert measured["accuracy"] == 6 / 8


@given(st.integers(0, 2**32 - 1), st.integers(1, 40))
@settings(max_examples=50)
def test_a_weight_of_k_is_the_message_k_times(seed: int, n: int) -> None:
    labels, scores, called = messages(seed, n=n + 2)
    weights = np.random.default_rng(seed).integers(1, 4, size=len(labels))
    weighted = measure_stream(labels, scores, called, weights[None])
    repeated = measure_stream(labels.repeat(weights), scores.repeat(weights), called.repeat(weights))
    assert weighted == {key: pytest.approx(value, abs=1e-10, nan_ok=True) for key, value in repeated.items()}


def test_what_is_called_is_given_and_not_derived_from_scores() -> None:
    labels, scores, called = messages(seed=3)
    right, others = measure_stream(labels, scores, labels == 1), measure_stream(labels, scores, called)
    assert [right[key].item() for key in ("accuracy", "precision", "recall", "f1", "mcc", "fpr")] == [1, 1, 1, 1, 1, 0]
    for key in ("pr_auc", "one_minus_auc_percent"):
        assert right[key] == others[key]


def test_infinite_scores_tie_with_one_another() -> None:
    labels = np.array([0, 1, 0, 1])
    scores = np.array([-np.inf, np.inf, np.inf, -np.inf])
    measured = measure_stream(labels, scores, scores > 0)
    assert measured["one_minus_auc_percent"].item() == 50
    assert measured["pr_auc"].item() == 0.5


def test_blocks_of_weightings_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    labels, scores, called = messages(seed=2)
    weights = np.random.default_rng(0).integers(0, 3, size=(7, len(labels)))
    together = measure_stream(labels, scores, called, weights)
    monkeypatch.setattr(measures, "CELLS", 2 * len(labels))
    for key, values in measure_stream(labels, scores, called, weights).items():
        assert values == pytest.approx(together[key], abs=1e-12)


@pytest.mark.parametrize(
    ("label", "undefined"), [(0, RANKINGS | {"precision", "recall", "f1"}), (1, RANKINGS | {"fpr"})]
)
def test_what_asks_for_a_class_that_is_not_there_is_undefined(label: int, undefined: set[str]) -> None:
    scores = np.array([-2.0, -1.0, 1.0, 2.0])
    measured = measure_stream(np.full(4, label), scores, scores > 0)
    assert {key for key, value in measured.items() if np.isnan(value.item())} == undefined
    assert measured["accuracy"].item() == 0.5


def test_where_nothing_is_called_positive_precision_is_0() -> None:
    labels, scores, _ = messages(seed=5)
    measured = measure_stream(labels, scores, np.zeros(len(labels), bool))
    assert [measured[key].item() for key in ("precision", "recall", "f1", "mcc", "fpr")] == [0, 0, 0, 0, 0]


def test_no_message_leaves_all_undefined() -> None:
    nothing = np.empty(0)
    measured = measure_stream(nothing.astype(np.int8), nothing, nothing.astype(bool), np.empty((3, 0), np.int32))
    assert list(measured) == list(KEYS)
    assert all(np.isnan(values).all() and values.shape == (3,) for values in measured.values())
    labels, scores, called = messages(seed=1)
    without_weight = measure_stream(labels, scores, called, np.zeros((1, len(labels)), np.int32))
    assert all(np.isnan(values.item()) for values in without_weight.values())


def test_a_perfect_filter_has_the_best_value_of_every_metric() -> None:
    labels = np.array([0, 1, 0, 1, 1])
    measured = measure_stream(labels, labels - 0.5, labels == 1)
    assert {metric.key: measured[metric.key].item() for metric in STREAM_METRICS} == {
        metric.key: 1.0 if metric.better == "higher" else 0.0 for metric in STREAM_METRICS
    }
    assert [metric.key for metric in STREAM_METRICS if metric.better == "lower"] == ["fpr", "one_minus_auc_percent"]
