"""The compiled loops at the ends of their range: NaN, saturation, gradients that die out, nearly shut gates."""

from typing import Any

import keras
import numpy as np
import pytest
from twins import KINDS, WITHIN, Given, Values, apart, numbers, run, too_far, twins


@pytest.mark.parametrize("kind", KINDS)
def test_nan_in_the_input_comes_out_where_it_does_with_keras(kind: Any) -> None:
    stock, fast = twins(lambda: kind(5, return_sequences=True))
    sequences = numbers(0, 18, 6, 3)
    sequences[1, 2, 0] = np.nan
    expected, found = (run(layer, Given(sequences)) for layer in (stock, fast))
    assert not np.isnan(expected["output 0"][1, :2]).any()
    assert np.isnan(expected["output 0"][1, 2:]).all()
    for one, other in zip(expected.values(), found.values(), strict=True):
        np.testing.assert_array_equal(np.isnan(one), np.isnan(other))


@pytest.mark.parametrize("kind", KINDS)
def test_large_inputs_saturate_as_with_keras(kind: Any) -> None:
    stock, fast = twins(lambda: kind(5, return_sequences=True))
    call = Given(1e6 * numbers(0, 18, 6, 3))
    expected, found = run(stock, call), run(fast, call)
    assert apart(expected, found)["output 0"] <= WITHIN
    assert all(np.isfinite(value).all() for value in found.values())


@pytest.mark.parametrize("kind", KINDS)
def test_where_all_is_saturated_nothing_is_learnt(kind: Any) -> None:
    stock, fast = twins(lambda: kind(5, return_sequences=True))
    call = Given(1e6 * numbers(0, 18, 6, 3))
    assert not too_far(run(stock, call), run(fast, call))


@pytest.mark.parametrize("kind", KINDS)
def test_gradients_that_die_out_over_many_steps_stay_finite(kind: Any) -> None:
    _, fast = twins(lambda: kind(5))
    for variable in fast.trainable_variables:
        variable.assign(variable * 8)
    outcome = run(fast, Given(100 * numbers(0, 3, 400, 3)))
    assert all(np.isfinite(value).all() for value in outcome.values())


@pytest.mark.parametrize(
    ("kind", "gates", "sigmoids"), [(keras.layers.LSTM, 4, (0, 1, 3)), (keras.layers.GRU, 3, (0, 1))]
)
def test_what_a_nearly_shut_gate_learns_is_keras_own(kind: Any, gates: int, sigmoids: tuple[int, ...]) -> None:
    """The sigmoid of -12 is 6e-6: beside the other gates' numbers an error of that one's would not show."""
    units = 4

    def of_each_gate(outcome: Values) -> Values:
        learnt = {name: value for name, value in outcome.items() if value.shape[-1] == gates * units}
        return {
            f"{name} {n}": part for name, value in learnt.items() for n, part in enumerate(np.split(value, gates, -1))
        }

    for shut in sigmoids:
        stock, fast = twins(lambda: kind(units))
        for layer in (stock, fast):
            bias = layer.cell.bias.numpy()
            bias.reshape(-1, gates, units)[0, shut] = -12
            layer.cell.bias.assign(bias)
        call = Given(numbers(0, 8, 5, 3), initial_state=tuple(numbers(n, 8, units) for n in range(gates - 2)))
        expected, found = of_each_gate(run(stock, call)), of_each_gate(run(fast, call))
        assert len(expected) == 3 * gates
        assert not too_far(expected, found)
