import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import linregress, spearmanr

from pipeline.evaluation.detection.length import adjust_for_length, length_correlation, per_word

KNOWN = np.array([0, 1, 2, 5, 9, 30])


@given(st.floats(0.1, 100), st.floats(-2, 3))
def test_a_cost_that_is_a_power_of_the_length_is_wholly_usual(scale: float, power: float) -> None:
    cost = scale * (1.0 + KNOWN) ** power
    residual = adjust_for_length(cost[::2], KNOWN[::2], usual_cost=cost, usual_known=KNOWN)
    assert residual == pytest.approx(np.zeros(3), abs=1e-9)


def test_the_residual_is_the_logarithm_of_how_many_times_the_usual_cost_it_is() -> None:
    usual = 3 * (1.0 + KNOWN) ** 0.8
    residual = adjust_for_length(usual * [1, 2, 0.5, 1, 4, 1], KNOWN, usual_cost=usual, usual_known=KNOWN)
    assert np.exp(residual) == pytest.approx([1, 2, 0.5, 1, 4, 1])


def test_the_line_is_that_of_least_squares() -> None:
    random = np.random.default_rng(0)
    known, cost = random.integers(0, 50, 80), random.gamma(3, 10, 80)
    line = linregress(np.log1p(known), np.log(cost))
    expected = np.log(cost) - line.intercept - line.slope * np.log1p(known)  # pyright: ignore[reportAttributeAccessIssue]
    assert adjust_for_length(cost, known, usual_cost=cost, usual_known=known) == pytest.approx(expected)


@pytest.mark.parametrize("usual", [[2.0], [1.0, 4.0], [1.0, 2.0, 4.0]])
def test_where_all_usual_messages_are_equally_long_the_line_is_level(usual: list[float]) -> None:
    known = np.full(len(usual), 7)
    residual = adjust_for_length(np.full(6, 4.0), KNOWN, usual_cost=np.array(usual), usual_known=known)
    assert residual == pytest.approx(np.full(6, np.log(2)))


@pytest.mark.parametrize("bad", [0.0, -1.0, np.nan, np.inf])
def test_costs_without_a_logarithm_are_refused(bad: float) -> None:
    good, wrong = np.array([1.0, 2.0]), np.array([1.0, bad])
    known = np.array([1, 2])
    for cost, usual in ((good, wrong), (wrong, good)):
        with pytest.raises(AssertionError, match="above 0"):
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
