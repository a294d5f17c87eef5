from dataclasses import astuple

import numpy as np
import pytest

from pipeline.artifacts import Interval
from pipeline.evaluation.intervals import bootstrap_weights, percentile_interval, pivotal_interval
from pipeline.evaluation.metrics import METRICS, measure


def test_every_resample_has_as_many_rows_as_there_are() -> None:
    weights = bootstrap_weights(np.arange(50), 200, seed=1)
    assert weights.shape == (200, 50)
    assert (weights.sum(axis=1) == 50).all()
    assert weights.mean() == 1
    # A row is drawn Binomial(50, 1/50) times: absent with probability 0.98 ** 50 = 0.364.
    assert (weights == 0).mean() == pytest.approx(0.98**50, abs=0.02)


def test_groups_are_resampled_whole() -> None:
    groups = np.array([7, 3, 7, 100, 3, 7])
    weights = bootstrap_weights(groups, 500, seed=2)
    for name in (3, 7, 100):
        members = weights[:, groups == name]
        assert (members == members[:, :1]).all()
    drawn = weights[:, [0, 1, 3]]
    assert (drawn.sum(axis=1) == 3).all()
    assert (drawn.max(axis=0) == 3).all()


def test_the_seed_decides() -> None:
    groups = np.arange(30) // 2
    assert np.array_equal(bootstrap_weights(groups, 20, seed=3), bootstrap_weights(groups, 20, seed=3))
    assert not np.array_equal(bootstrap_weights(groups, 20, seed=3), bootstrap_weights(groups, 20, seed=4))


def test_names_of_groups_do_not_matter_but_their_order() -> None:
    groups = np.array([0, 0, 1, 2, 2])
    assert np.array_equal(bootstrap_weights(groups, 20, seed=5), bootstrap_weights(10 * groups + 4, 20, seed=5))


def test_the_interval_is_the_middle_of_the_samples() -> None:
    samples = np.random.default_rng(1).permutation(np.arange(1001.0))
    assert astuple(percentile_interval(7.0, samples)) == pytest.approx((7, 25, 975))
    assert astuple(percentile_interval(7.0, samples, level=0.5)) == pytest.approx((7, 250, 750))


def test_undefined_samples_are_left_out() -> None:
    samples = np.arange(1001.0)
    padded = np.concatenate([samples, np.full(300, np.nan)])
    assert percentile_interval(7.0, padded) == percentile_interval(7.0, samples)
    for interval in (percentile_interval, pivotal_interval):
        nothing = interval(7.0, np.full(3, np.nan))
        assert nothing.value == 7.0
        assert np.isnan([nothing.low, nothing.high]).all()


def covered(groups: np.ndarray, labels: np.ndarray, share: float, seed: int) -> bool:
    """Whether the interval of the accuracy of a model that calls everything positive holds the share of positives."""
    accuracy = measure(labels, np.ones(len(labels)), 0.5, bootstrap_weights(groups, 200, seed))["accuracy"]
    interval = percentile_interval(labels.mean(), accuracy)
    return interval.low <= share <= interval.high


def test_an_interval_of_95_percent_holds_a_known_proportion_in_about_95_percent_of_samples() -> None:
    random = np.random.default_rng(6)
    hits = [covered(np.arange(200), (random.random(200) < 0.3).astype(int), 0.3, seed) for seed in range(300)]
    assert np.mean(hits) == pytest.approx(0.95, abs=0.03)


def test_drawing_groups_whole_keeps_the_coverage_that_drawing_rows_loses() -> None:
    """Four copies of each of 60 messages: drawn row by row, the interval is half as wide as it should be."""
    random = np.random.default_rng(7)
    groups = np.repeat(np.arange(60), 4)
    samples = [(random.random(60) < 0.4).astype(int)[groups] for _ in range(100)]
    whole = np.mean([covered(groups, labels, 0.4, seed) for seed, labels in enumerate(samples)])
    row_by_row = np.mean([covered(np.arange(240), labels, 0.4, seed) for seed, labels in enumerate(samples)])
    assert whole == pytest.approx(0.94, abs=0.05)
    assert row_by_row < 0.8


def test_a_model_differs_from_itself_by_exactly_0() -> None:
    random = np.random.default_rng(8)
    labels, scores = (random.random(80) < 0.5).astype(int), random.random(80)
    weights = bootstrap_weights(np.arange(80), 100, seed=9)
    samples = measure(labels, scores, 0.5, weights)
    again = measure(labels, scores.copy(), 0.5, weights)
    for metric in METRICS:
        assert percentile_interval(0.0, samples[metric.key] - again[metric.key]) == Interval(0.0, 0.0, 0.0)


def test_a_pivotal_interval_is_the_percentile_interval_mirrored_and_cut() -> None:
    samples = np.arange(1001.0)
    assert astuple(pivotal_interval(400.0, samples)) == pytest.approx((400, 2 * 400 - 975, 2 * 400 - 25))
    assert pivotal_interval(400.0, samples, lowest=0.0).low == 0
    assert pivotal_interval(10.0, samples).high == 10  # resampling never came below 25: stretched to hold the value


def test_the_calibration_error_of_an_overconfident_model_needs_the_pivotal_interval() -> None:
    """Probabilities 10 % too far from 0.5. True calibration error 0.1 E|p - 0.5| over the distribution of p."""
    random = np.random.default_rng(10)
    truth = 0.1 * np.abs(random.beta(0.3, 0.3, 1_000_000) - 0.5).mean()
    percentile, pivotal = 0, 0
    for seed in range(60):
        scores = random.beta(0.3, 0.3, 1000)
        labels = (random.random(1000) < 0.5 + 0.9 * (scores - 0.5)).astype(int)
        value = measure(labels, scores, 0.5)["ece"].item()
        samples = measure(labels, scores, 0.5, bootstrap_weights(np.arange(1000), 200, seed))["ece"]
        around, mirrored = percentile_interval(value, samples), pivotal_interval(value, samples, lowest=0.0)
        percentile += around.low <= truth <= around.high
        pivotal += mirrored.low <= truth <= mirrored.high
        assert 0 <= mirrored.low <= value <= mirrored.high
    assert percentile < 0.25 * 60
    assert pivotal > 0.7 * 60
