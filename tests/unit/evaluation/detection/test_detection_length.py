import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.stats import spearmanr

from pipeline.evaluation.detection.length import adjust_for_length, length_correlation, per_word

KNOWN = np.array([0, 1, 2, 5, 9, 30])


@given(st.floats(-50, 50), st.floats(-5, 5))
def test_a_cost_that_is_a_line_in_the_length_is_wholly_usual(begin: float, slope: float) -> None:
    cost = begin + slope * KNOWN
    residual = adjust_for_length(cost[::2], KNOWN[::2], usual_cost=cost, usual_known=KNOWN)
    assert residual == pytest.approx(np.zeros(3), abs=1e-3)


def made_costs(seed: int, number: int = 3000) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Costs that bend with the length, and spread the more the longer a message is; never two alike."""
    random = np.random.default_rng(seed)
    known = random.geometric(0.06, number)
    return known, 40 * np.sqrt(known) + 3 * known + random.normal(0, 0.5 + 0.4 * known)


def test_neither_height_nor_spread_of_what_is_left_goes_with_the_length() -> None:
    known, cost = made_costs(seed=0)
    later_known, later_cost = made_costs(seed=1)
    residual = adjust_for_length(later_cost, later_known, usual_cost=cost, usual_known=known)
    assert abs(length_correlation(residual, later_known)) < 0.05
    assert abs(length_correlation(np.abs(residual), later_known)) < 0.1
    assert residual.std() == pytest.approx(1, abs=0.1)


def test_a_deviation_is_counted_in_those_of_its_own_length() -> None:
    known, cost = made_costs(seed=0)
    for length in (5, 20, 40):
        truth, spread = 40 * np.sqrt(length) + 3 * length, 0.5 + 0.4 * length
        at = np.array([length])
        residual = adjust_for_length(np.array([truth + 3 * spread]), at, usual_cost=cost, usual_known=known)
        assert residual[0] == pytest.approx(3, abs=0.5)


@given(st.floats(-1e3, 1e3), st.floats(0.01, 100))
def test_a_constant_and_a_scale_change_nothing(constant: float, scale: float) -> None:
    known, cost = made_costs(seed=2, number=60)
    residual = adjust_for_length(cost, known, usual_cost=cost, usual_known=known)
    moved = constant + scale * cost
    assert adjust_for_length(moved, known, usual_cost=moved, usual_known=known) == pytest.approx(residual, abs=1e-6)


def test_the_order_of_messages_with_equally_many_words_stays() -> None:
    known, cost = made_costs(seed=3, number=200)
    residual = adjust_for_length(cost, known, usual_cost=cost, usual_known=known)
    for length in np.unique(known):
        same = known == length
        assert np.array_equal(np.argsort(residual[same]), np.argsort(cost[same]))


@pytest.mark.parametrize("number", [1, 2, 3, 40])
def test_where_all_usual_messages_are_equally_long_their_mean_is_usual(number: int) -> None:
    usual, at = np.arange(number) * 2.0, np.full(number, 7)
    residual = adjust_for_length(np.full(6, usual.mean()), KNOWN, usual_cost=usual, usual_known=at)
    assert residual == pytest.approx(np.zeros(6), abs=1e-6)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_costs_that_are_not_finite_are_refused(bad: float) -> None:
    good, wrong = np.array([1.0, 2.0]), np.array([1.0, bad])
    known = np.array([1, 2])
    for cost, usual in ((good, wrong), (wrong, good)):
        with pytest.raises(AssertionError, match="finite"):
            adjust_for_length(cost, known, usual_cost=usual, usual_known=known)


def test_a_message_without_a_known_word_counts_as_one_word() -> None:
    assert per_word(np.array([6.0, 6.0, 6.0]), np.array([0, 1, 3])).tolist() == [6, 6, 2]


def test_the_correlation_is_of_the_ranks() -> None:
    known = np.array([0, 1, 1, 5, 9, 30])
    assert length_correlation(np.exp(known / 5.0), known) == pytest.approx(1)
    assert length_correlation(-known.astype(float), known) == pytest.approx(-1)
    cost = np.array([3.0, 1.0, 2.0, 2.0, 7.0, 5.0])
    assert length_correlation(cost, known) == pytest.approx(spearmanr(cost, known)[0])  # pyright: ignore[reportArgumentType]


def test_equal_costs_or_lengths_have_no_correlation() -> None:
    assert np.isnan(length_correlation(np.ones(6), KNOWN))
    assert np.isnan(length_correlation(np.arange(6.0), np.ones(6, int)))
