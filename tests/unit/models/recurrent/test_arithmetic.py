"""The functions that kernels are made of, against numpy in double precision."""

from collections.abc import Callable
from typing import Any

import numba
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from pipeline.models.recurrent import arithmetic

Function = Callable[[NDArray[np.float32]], NDArray[np.float32]]


def of_each(function: Any) -> Function:
    """The compiled function of each number of an array."""

    @numba.njit(error_model="numpy", fastmath={"contract"})
    def apply(numbers: NDArray[np.float32]) -> NDArray[np.float32]:
        results = np.empty_like(numbers)
        for n in range(len(numbers)):
            results[n] = function(numbers[n])
        return results

    return apply


@pytest.fixture(scope="module")
def tanh() -> Function:
    return of_each(arithmetic.tanh)


@pytest.fixture(scope="module")
def sigmoid() -> Function:
    return of_each(arithmetic.sigmoid)


def everywhere(most: float) -> NDArray[np.float32]:
    """Numbers on both sides of 0, near it and far from it."""
    near = np.geomspace(1e-30, most, 20_000)
    return np.concatenate([-near, [0.0], near, np.linspace(-most, most, 20_001)]).astype(np.float32)


def test_tanh_is_exact_to_a_few_units_in_the_last_place(tanh: Function) -> None:
    x = everywhere(50)
    np.testing.assert_allclose(tanh(x), np.tanh(x.astype(np.float64)), rtol=4e-7)


def test_sigmoid_is_exact_in_both_tails(sigmoid: Function) -> None:
    x = everywhere(86)
    np.testing.assert_allclose(sigmoid(x), 1 / (1 + np.exp(-x.astype(np.float64))), rtol=4e-7)


def test_both_end_at_their_limits_and_let_nan_through(tanh: Function, sigmoid: Function) -> None:
    x = np.array([np.nan, np.inf, -np.inf, 3e38, -3e38] * 5, np.float32)  # enough of them for vector instructions
    np.testing.assert_allclose(tanh(x), np.array([np.nan, 1, -1, 1, -1] * 5), rtol=4e-7)
    assert np.nanmax(np.abs(tanh(x))) <= 1
    np.testing.assert_allclose(sigmoid(x), np.array([np.nan, 1, 0, 1, 0] * 5), atol=1e-37)
    assert np.nanmin(sigmoid(x)) >= 0


def test_next_to_nothing_settles_to_nothing() -> None:
    settle = of_each(arithmetic.settle)
    x = np.array([0, 1e-45, -1e-38, 9e-31, 2e-30, -2e-30, 1, -1, np.nan, np.inf], np.float32)
    np.testing.assert_array_equal(settle(x), np.where(np.abs(x) < 1e-30, 0, x))


SIZES = st.integers(0, 13)


@given(SIZES, SIZES, SIZES, SIZES, SIZES, st.booleans(), st.integers(0, 2**32 - 1))
@settings(max_examples=60)
def test_a_product_is_added_to_rows_and_columns_of_the_sum_alone(
    active: int, first_term: int, num_terms: int, begin: int, width: int, turned: bool, seed: int
) -> None:
    random = np.random.default_rng(seed)
    rows, terms, end = arithmetic.fours(active), first_term + num_terms, begin + width
    left = random.normal(size=(rows, terms + 2)).astype(np.float32)
    left = np.ascontiguousarray(left.T).T if turned else left
    right = random.normal(size=(terms + 2, end + 3)).astype(np.float32)
    before = random.normal(size=(rows + 4, end + 3)).astype(np.float32)
    sums = before.copy()
    arithmetic.add_product(sums, left, right, active, (first_term, terms), (begin, end))
    expected = before.astype(np.float64)
    expected[:active, begin:end] += (
        left[:active, first_term:terms].astype(np.float64) @ right[first_term:terms, begin:end]
    )
    np.testing.assert_allclose(sums[:active], expected[:active], rtol=1e-5, atol=1e-5)
    np.testing.assert_array_equal(sums[rows:], before[rows:])
    np.testing.assert_array_equal(np.delete(sums, slice(begin, end), 1), np.delete(before, slice(begin, end), 1))
