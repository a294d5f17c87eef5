"""The mean over repeats whose training parts overlap."""

import math
from dataclasses import astuple

import numpy as np
import pytest
from scipy import stats

from pipeline.evaluation.repeats import corrected_mean


def test_example_of_scikit_learn() -> None:
    """Its page on the statistical comparison of models by grid search: 10 x 10 folds, t 0.750, one-sided p 0.227."""
    from sklearn.datasets import make_moons
    from sklearn.model_selection import RepeatedStratifiedKFold, cross_val_score
    from sklearn.svm import SVC

    x, y = make_moons(noise=0.352, random_state=1, n_samples=100)
    folds = RepeatedStratifiedKFold(n_splits=10, n_repeats=10, random_state=0)
    models = SVC(kernel="rbf", random_state=0), SVC(kernel="linear", random_state=0)
    rbf, linear = (cross_val_score(model, x, y, scoring="roc_auc", cv=folds) for model in models)
    found = corrected_mean((rbf - linear).tolist(), 10 / 90)
    assert found.t == pytest.approx(0.750, abs=5e-4)
    assert found.p / 2 == pytest.approx(0.227, abs=5e-4)
    assert found.degrees == 99


def test_without_overlap_it_is_the_t_test() -> None:
    values = [0.1, -0.2, 0.4, 0.3, 0.05]
    found = corrected_mean(values, 0)
    statistic, p = stats.ttest_1samp(values, 0)
    low, high = stats.t.interval(0.95, 4, np.mean(values), stats.sem(values))
    assert (found.t, found.p, found.low, found.high) == pytest.approx((statistic, p, low, high))
    assert found.deviation == pytest.approx(np.std(values, ddof=1))


def test_worked_by_hand() -> None:
    """Mean 3, s^2 2.5, five folds: error sqrt(2.5 (1/5 + 1/4)) = 1.0607, t 2.8284, half-width 2.7764 x 1.0607."""
    found = corrected_mean([1, 2, 3, 4, 5], 1 / 4)
    assert found.t == pytest.approx(3 / math.sqrt(2.5 * 0.45))
    assert found.high - found.mean == pytest.approx(2.7764 * 1.0607, abs=1e-3)


def test_more_overlap_is_less_certain() -> None:
    found = [corrected_mean([0.1, 0.2, 0.15], ratio) for ratio in (0, 0.1, 0.5)]
    assert found[0].p < found[1].p < found[2].p
    assert found[0].low > found[1].low > found[2].low


def test_negated_values_are_mirrored() -> None:
    ahead, behind = corrected_mean([0.1, 0.3, 0.2], 0.25), corrected_mean([-0.1, -0.3, -0.2], 0.25)
    assert (behind.mean, behind.low, behind.high, behind.p) == pytest.approx(
        (-ahead.mean, -ahead.high, -ahead.low, ahead.p)
    )


@pytest.mark.parametrize(("value", "p"), [(0.0, 1), (0.3, 0), (-0.3, 0)])
def test_values_without_spread(value: float, p: float) -> None:
    """0.3 three times has a spread of 7e-17 in floating point."""
    found = corrected_mean([value] * 3, 0.25)
    assert found.p == p
    assert astuple(found)[:4] == pytest.approx((value, 0, value, value))


def test_p_below_5_percent_is_an_interval_without_0() -> None:
    random = np.random.default_rng(1)
    for _ in range(100):
        found = corrected_mean((random.normal(size=4) + 1).tolist(), 0.3)
        assert (found.p < 0.05) == (not found.low <= 0 <= found.high)


def test_the_correction_keeps_the_promise_that_the_t_test_breaks() -> None:
    """Two equal rules judged on 10 random halves of 200 messages: without the correction, alarm after alarm.

    With a third of the messages in each test part, messages that favour one rule favour it in many parts.
    """
    random = np.random.default_rng(2)
    plain, corrected = 0, 0
    for _ in range(300):
        wins = random.choice([-1, 0, 1], p=[0.1, 0.8, 0.1], size=200)
        means = [random.choice(wins, 66, replace=False).mean() for _ in range(10)]
        plain += corrected_mean(means, 0).p < 0.05
        corrected += corrected_mean(means, 66 / 134).p < 0.05
    assert plain > 60
    assert corrected <= 27
