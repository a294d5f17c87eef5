import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression

from pipeline.evaluation.calibration import bin_of, correct_prior, reliability
from pipeline.evaluation.metrics import measure

PRIORS = st.floats(0.001, 0.999)
SCORES = st.lists(st.floats(0, 1), min_size=2, max_size=20).map(np.array)


@given(SCORES, PRIORS)
def test_equal_priors_change_nothing(scores: np.ndarray, prior: float) -> None:
    assert np.array_equal(correct_prior(scores, sampled_prior=prior, prior=prior), scores)


@given(SCORES, PRIORS, PRIORS)
def test_the_ranking_is_kept_and_0_and_1_are_certain(scores: np.ndarray, sampled_prior: float, prior: float) -> None:
    scores = np.sort(np.concatenate([[0.0, 1.0], scores]))
    corrected = correct_prior(scores, sampled_prior=sampled_prior, prior=prior)
    assert (np.diff(corrected) >= -1e-15).all()
    assert corrected[0] == 0
    assert corrected[-1] == 1
    assert ((corrected >= 0) & (corrected <= 1)).all()


@given(st.floats(0.001, 0.999), PRIORS, PRIORS)
def test_the_odds_are_multiplied_by_the_ratio_of_the_prior_odds(
    score: float, sampled_prior: float, prior: float
) -> None:
    def odds(probability: float) -> float:
        return probability / (1 - probability)

    corrected = correct_prior(np.array([score]), sampled_prior=sampled_prior, prior=prior).item()
    assert corrected / (1 - corrected) == pytest.approx(odds(score) * odds(prior) / odds(sampled_prior), rel=1e-6)


@given(SCORES, PRIORS, PRIORS)
def test_correcting_back_and_forth_changes_nothing(scores: np.ndarray, sampled_prior: float, prior: float) -> None:
    there = correct_prior(scores, sampled_prior=sampled_prior, prior=prior)
    assert correct_prior(there, sampled_prior=prior, prior=sampled_prior) == pytest.approx(scores, abs=1e-6)


def test_a_model_that_says_its_training_share_says_the_true_share() -> None:
    assert correct_prior(np.array([0.5]), sampled_prior=0.5, prior=0.13).item() == pytest.approx(0.13)


def test_single_precision_scores_are_corrected_in_double() -> None:
    corrected = correct_prior(np.array([0.0, 1e-30, 1.0], np.float32), sampled_prior=0.5, prior=0.01)
    assert corrected.dtype == np.float64
    assert 0 < corrected[1] < 1e-31


def test_a_model_fitted_on_an_undersampled_population_is_calibrated_again() -> None:
    """Two normal classes, 8 % positive: logistic regression is the true model, so only the prior is wrong."""
    random = np.random.default_rng(1)
    labels = (random.random(20_000) < 0.08).astype(int)
    inputs = random.normal(labels * 1.5, 1)[:, None]
    positives = np.flatnonzero(labels)
    sampled = np.concatenate([positives, random.choice(np.flatnonzero(labels == 0), len(positives), replace=False)])
    model = LogisticRegression(C=np.inf).fit(inputs[sampled], labels[sampled])
    scores = model.predict_proba(inputs)[:, 1]
    corrected = correct_prior(scores, sampled_prior=0.5, prior=labels.mean())
    assert scores.mean() > 0.2
    assert corrected.mean() == pytest.approx(labels.mean(), abs=0.005)
    before, after = (measure(labels, some, 0.5)["ece"].item() for some in (scores, corrected))
    assert after < 0.01 < 0.1 < before


def test_bins_are_closed_below_and_1_belongs_to_the_last() -> None:
    assert bin_of(np.array([0.0, 0.066, 0.067, 0.2, 0.999, 1.0])).tolist() == [0, 0, 1, 3, 14, 14]


def test_the_bins_add_up_to_the_calibration_error() -> None:
    random = np.random.default_rng(2)
    labels, scores = (random.random(70) < 0.5).astype(np.int8), random.random(70) ** 3
    bins = reliability(labels, scores)
    assert list(bins.columns) == ["predicted", "observed", "count"]
    assert bins["count"].sum() == 70
    error = (bins["count"] * (bins["predicted"] - bins["observed"]).abs()).sum() / 70
    assert error == pytest.approx(measure(labels, scores, 0.5)["ece"].item())


def test_empty_bins_are_left_out() -> None:
    bins = reliability(np.array([0, 1, 1]), np.array([0.0, 0.9, 0.92]))
    assert bins.to_numpy().tolist() == [[0.0, 0.0, 1.0], [pytest.approx(0.91), 1.0, 2.0]]
