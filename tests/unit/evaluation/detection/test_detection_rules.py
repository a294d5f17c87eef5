import numpy as np
import pytest
from detection_samples import messages
from hypothesis import assume, given
from hypothesis import strategies as st
from sklearn.metrics import f1_score

from pipeline.evaluation.detection.rules import choose_thresholds, elbow_threshold, labels_threshold, share_threshold

SCORES = st.lists(st.integers(-20, 20).map(lambda step: step / 4), min_size=1, max_size=40).map(np.array)


@given(st.integers(1, 200), st.floats(0, 1), st.integers(0, 100))
def test_the_share_asked_for_is_called(n: int, share: float, seed: int) -> None:
    scores = np.random.default_rng(seed).normal(0, 5, n)  # no ties
    called = int((scores >= share_threshold(scores, share)).sum())
    assert called >= 1
    assert abs(called - share * n) <= max(0.5, 1 - share * n) + 1e-9


@given(SCORES, st.floats(0, 1))
def test_no_threshold_comes_nearer_to_the_share(scores: np.ndarray, share: float) -> None:
    gap = abs((scores >= share_threshold(scores, share)).mean() - share)
    assert gap <= min(abs((scores >= score).mean() - share) for score in scores) + 1e-9


def test_equal_scores_are_called_together_or_not_at_all() -> None:
    scores = np.array([5.0, 4, 4, 4, 1, 1, 1, 1, 1, 1])
    assert share_threshold(scores, 0.2) == 4.5  # 1 of 10 is nearer than 4
    assert share_threshold(scores, 0.3) == 2.5
    assert share_threshold(scores, 0.25) == 4.5  # of two as near the fewer
    assert share_threshold(scores, 0.9) == 1
    assert share_threshold(np.full(9, 3.0), 0.1) == 3


@pytest.mark.parametrize("share", [-0.1, 1.1, np.nan])
def test_what_is_no_share_is_refused(share: float) -> None:
    with pytest.raises(AssertionError):
        share_threshold(np.arange(3.0), share)


def test_the_elbow_is_where_the_knee_paper_has_it() -> None:
    # The example of figure 2 of the paper, y = 5 - 1 / (x + 0.1) at ten places, which has its knee at x = 2/9, upside
    # down: the third place is the elbow, two are before it.
    scores = 1 / (np.arange(10) / 9 + 0.1) - 5
    assert (scores >= elbow_threshold(scores)).sum() == 2


def test_what_stands_apart_is_what_is_before_the_elbow() -> None:
    random = np.random.default_rng(3)
    scores = random.permutation(np.concatenate([random.normal(40, 1, 13), random.normal(0, 1, 87)]))
    assert (scores >= elbow_threshold(scores)).sum() == pytest.approx(13, abs=3)
    assert (scores >= elbow_threshold(scores)).sum() >= 13
    assert elbow_threshold(np.array([9.0, 0, 0, 9, 0, 0, 0])) == 4.5


@given(SCORES, st.integers(-3, 3), st.integers(-50, 50))
def test_the_elbow_moves_with_the_scale(scores: np.ndarray, power: int, shift: int) -> None:
    moved = 2.0**power * scores + shift  # without rounding
    called, then = scores >= elbow_threshold(scores), moved >= elbow_threshold(moved)
    assert (called == then).all()


@pytest.mark.parametrize("scores", [[1.0], [2.0, 1.0], [3.0] * 5, [4.0, 3.0, 2.0, 1.0, 0.0], [5.0, 5.0, 5.0, 4.0, 0.0]])
def test_without_a_bend_nothing_stands_out(scores: list[float]) -> None:
    assert not (np.array(scores) >= elbow_threshold(np.array(scores))).any()


@given(SCORES, st.integers(0, 100))
def test_no_threshold_has_a_higher_f1_though_scores_are_no_probabilities(scores: np.ndarray, seed: int) -> None:
    labels = (np.random.default_rng(seed).random(len(scores)) < 0.4).astype(np.int8)
    assume(labels.any())
    found = f1_score(labels, scores >= labels_threshold(scores, labels))
    assert found == pytest.approx(max(f1_score(labels, scores >= score) for score in scores))


def test_without_positives_no_labels_choose() -> None:
    assert np.isnan(labels_threshold(np.arange(3.0), np.zeros(3, np.int8)))


def test_rules_without_labels_do_not_look_at_them() -> None:
    made = messages()
    scores, shares = made.costs(0), {"expected_share": 0.1, "estimated_share": 0.3}
    one = choose_thresholds(scores, made.labels, **shares)
    other = choose_thresholds(scores, np.random.default_rng(1).permutation(made.labels), **shares)
    assert list(one) == ["expected", "estimated", "elbow", "labels"]
    assert one.pop("labels") != other.pop("labels")
    assert one == other


@pytest.mark.parametrize("low", [0.3, np.nextafter(0.3, 1)])  # the middle is rounded up, then down
def test_neighbouring_floats_are_still_told_apart(low: float) -> None:
    scores = np.array([low, np.nextafter(low, 1)])
    assert (scores >= share_threshold(scores, 0.5)).tolist() == [False, True]
