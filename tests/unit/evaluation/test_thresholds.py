import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import f1_score, precision_score, recall_score

from pipeline.evaluation.metrics import measure
from pipeline.evaluation.thresholds import highest_f1_threshold, threshold_sweep

SCORED = st.lists(st.tuples(st.booleans(), st.integers(0, 12).map(lambda step: step / 12)), min_size=1, max_size=40)


def f1_at(labels: np.ndarray, scores: np.ndarray, threshold: float) -> float:
    return measure(labels, scores, threshold)["f1"].item()


@given(SCORED)
@settings(max_examples=200)
def test_no_threshold_has_a_higher_f1(scored: list[tuple[bool, float]]) -> None:
    labels = np.array([True, *(label for label, _ in scored)]).astype(np.int8)
    scores = np.array([0.5, *(score for _, score in scored)])
    if len(np.unique(scores)) == 1:
        return
    chosen = f1_at(labels, scores, highest_f1_threshold(labels, scores))
    assert chosen == pytest.approx(max(f1_at(labels, scores, score) for score in scores))


def test_the_threshold_is_the_middle_of_the_gap() -> None:
    labels, scores = np.array([0, 0, 1, 1]), np.array([0.1, 0.2, 0.8, 0.9])
    assert highest_f1_threshold(labels, scores) == 0.5


def test_of_equally_good_gaps_the_widest_is_taken() -> None:
    # F1 is 2 * 2 / (2 + 4) = 2/3 at the top two, and 2 * 4 / (8 + 4) = 2/3 at all eight; the gap below 0.3 is wider.
    labels = np.array([1, 1, 0, 0, 0, 0, 1, 1])
    scores = np.array([0.99, 0.98, 0.95, 0.9, 0.8, 0.7, 0.6, 0.3])
    assert highest_f1_threshold(labels, scores) == 0.15
    assert highest_f1_threshold(labels, np.array([0.99, 0.98, 0.5, 0.4, 0.3, 0.2, 0.1, 0.05])) == pytest.approx(0.74)


def test_rows_of_equal_score_stay_together() -> None:
    labels, scores = np.array([0, 1, 1, 0]), np.array([0.6, 0.6, 0.6, 0.2])
    assert highest_f1_threshold(labels, scores) == 0.4


def test_everything_is_called_positive_where_that_is_best() -> None:
    labels, scores = np.array([1, 0, 1]), np.array([0.2, 0.6, 0.1])
    threshold = highest_f1_threshold(labels, scores)
    assert 0 < threshold < 0.1


@pytest.mark.parametrize("low", [0.3, np.nextafter(0.3, 1)])  # the middle is rounded up, then down
def test_neighbouring_floats_are_still_told_apart(low: float) -> None:
    high = np.nextafter(low, 1)
    labels, scores = np.array([0, 1]), np.array([low, high])
    assert ((scores >= highest_f1_threshold(labels, scores)) == [False, True]).all()


def test_a_constant_model_calls_the_commoner_class() -> None:
    labels = np.array([0, 0, 0, 1])
    assert highest_f1_threshold(labels, np.full(4, 0.25)) == 0.5


def test_the_sweep_equals_scikit_learn_at_each_of_its_thresholds() -> None:
    random = np.random.default_rng(1)
    labels, scores = (random.random(90) < 0.3).astype(int), np.round(random.random(90) * 0.8, 2)
    labels[0] = 1
    table = threshold_sweep(labels, scores)
    assert table["threshold"].iloc[0] == 0
    assert table["threshold"].iloc[-1] == pytest.approx(scores.max(), abs=1 / 400)
    assert len(table) <= 401
    for threshold, *values in table.iloc[::25].to_numpy():
        expected = [score(labels, scores >= threshold) for score in (precision_score, recall_score, f1_score)]
        assert values == pytest.approx(expected)


@pytest.mark.parametrize("score", [0.0, 1.0])
def test_the_sweep_of_a_constant_model_calls_everything_positive(score: float) -> None:
    table = threshold_sweep(np.array([0, 1]), np.full(2, score))
    assert len(table) == (401 if score else 1)
    assert (table["precision"] == 0.5).all()
    assert (table["recall"] == 1).all()
