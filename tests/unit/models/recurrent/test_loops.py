"""What is computed does not depend, to the last bit, on padding, on the rows beside a row, or on the threads."""

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given
from hypothesis import strategies as st
from twins import KINDS, Given, Values, numbers, right_padding, run, same_bits, twins

from pipeline.models.recurrent import loops

BATCH, STEPS = 37, 9
CORES = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count()


def call(**changes: Any) -> Given:
    mask = right_padding(0, BATCH, STEPS)
    mask[3] = True
    return Given(**{"sequences": numbers(0, BATCH, STEPS, 5), "mask": mask, "training": True} | changes)


@pytest.fixture(params=KINDS)
def layer(request: pytest.FixtureRequest) -> Any:
    """An accelerated layer that returns its last output."""
    return twins(lambda: request.param(13), (None, None, 5))[1]


def of_the_steps(outcome: Values, mask: Any) -> Values:
    """The run with the gradient of the sequences at the steps that count alone; the others have none."""
    gradient = outcome["gradient of sequences"]
    assert not gradient[~mask].any()
    return outcome | {"gradient of sequences": gradient[mask]}


@pytest.mark.parametrize("where", [(0, 6), (6, 0), (2, 3)])
def test_padding_more_changes_nothing(layer: Any, where: tuple[int, int]) -> None:
    one = call()
    assert one.mask is not None
    padded = np.pad(one.sequences, ((0, 0), where, (0, 0)), constant_values=9)
    other = call(sequences=padded, mask=np.pad(one.mask, ((0, 0), where)))
    assert same_bits(of_the_steps(run(layer, one), one.mask), of_the_steps(run(layer, other), other.mask))


def test_no_mask_is_a_mask_of_everything(layer: Any) -> None:
    assert same_bits(run(layer, call(mask=None)), run(layer, call(mask=np.ones((BATCH, STEPS), bool))))


def test_rows_in_another_order_are_the_same_rows(layer: Any) -> None:
    sequences, mask = call().sequences, right_padding(0, BATCH, STEPS)
    order = np.random.default_rng(1).permutation(BATCH)

    def ends_and_gradients(rows: Any) -> tuple[Any, Any]:
        given = tf.constant(sequences[rows])
        with tf.GradientTape() as tape:
            tape.watch(given)
            ends = layer(given, mask=mask[rows])
            total = tf.reduce_sum(ends**2)
        return ends.numpy(), np.asarray(tape.gradient(total, given))

    for straight, shuffled in zip(ends_and_gradients(np.arange(BATCH)), ends_and_gradients(order), strict=True):
        np.testing.assert_array_equal(shuffled, straight[order])


@pytest.mark.parametrize("threads", [1, 5])
def test_the_number_of_threads_changes_nothing(layer: Any, threads: int, monkeypatch: pytest.MonkeyPatch) -> None:
    usual = run(layer, call())
    with ThreadPoolExecutor(threads) as pool:
        monkeypatch.setattr(loops, "_pool", lambda: pool)
        assert same_bits(usual, run(layer, call()))


def test_a_run_repeated_is_the_same(layer: Any) -> None:
    assert same_bits(run(layer, call()), run(layer, call()))


@given(st.lists(st.integers(0, 5), max_size=100))
def test_blocks_hold_each_sequence_once_the_longest_first(lengths: list[int]) -> None:
    counts = np.array(lengths, np.int64)
    blocks = loops._blocks(counts)
    assert sorted(row for block in blocks for row in block) == list(range(len(lengths)))
    assert all(0 < len(block) <= loops.BLOCK for block in blocks)
    assert all((np.diff(counts[block]) <= 0).all() for block in blocks)


@pytest.mark.parametrize(("told", "threads"), [(None, CORES), ("0", CORES), ("3", 3)])
def test_as_many_threads_as_tensorflow_takes(told: str | None, threads: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TF_NUM_INTRAOP_THREADS", raising=False)
    if told:
        monkeypatch.setenv("TF_NUM_INTRAOP_THREADS", told)
    with loops._pool.__wrapped__() as pool:
        assert pool._max_workers == threads
