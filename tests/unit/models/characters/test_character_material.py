"""What goes in and what comes next: every position once, its own message's symbols only."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.artifacts.characters import END
from pipeline.models.characters.material import Text, arrange, join, start_of, streams
from writer_samples import V, text

MESSAGES = st.lists(st.lists(st.integers(1, V - 1), max_size=6), min_size=1, max_size=8)


def made(bodies: list[list[int]]) -> Text:
    return Text([np.array([*body, END], np.uint16) for body in bodies], np.arange(len(bodies)) % 2)


@given(MESSAGES)
def test_what_comes_next_is_the_messages_and_what_goes_in_is_one_symbol_late(bodies: list[list[int]]) -> None:
    own = made(bodies)
    starts = V + np.arange(len(bodies))
    before, after = join(own.messages, starts)
    assert after.tolist() == [symbol for message in own.messages for symbol in message.tolist()]
    expected = [np.array([start, *body]) for start, body in zip(starts.tolist(), bodies, strict=True)]
    assert before.tolist() == np.concatenate(expected).tolist()
    assert before.dtype == after.dtype == np.int32
    assert own.num_symbols == len(before)


def test_symbols_that_do_not_fit_in_16_bits_go_in_whole() -> None:
    """A model of the most symbols there can be has start symbols beyond them."""
    before, _ = join([np.array([65_535, END], np.uint16)], [start_of(1, 65_536)])
    assert before.tolist() == [65_537, 65_535]


def split_at_ends(before: np.ndarray, after: np.ndarray) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    edges = [0, *(np.flatnonzero(after == END) + 1).tolist()]
    return [(tuple(before[a:b].tolist()), tuple(after[a:b].tolist())) for a, b in pairwise(edges)]


@pytest.mark.parametrize("conditional", [False, True])
def test_an_epoch_has_every_message_once_in_a_random_order(conditional: bool) -> None:
    own, random = text(60), np.random.default_rng(4)
    orders = []
    for _ in range(3):
        before, after = arrange(
            own, random.permutation(len(own.messages)), random, num_symbols=V, conditional=conditional
        )
        found = split_at_ends(before, after)
        orders.append([after for _, after in found])
        assert sorted(orders[-1]) == sorted(tuple(message.tolist()) for message in own.messages)
        assert all(inside[1:] == message[:-1] for inside, message in found)
        assert (after < V).all(), "a start symbol is never wanted"
    assert orders[0] != orders[1] != orders[2]


def test_without_classes_every_message_begins_at_the_end_of_the_one_before() -> None:
    before, after = arrange(text(60), np.arange(60), np.random.default_rng(4), num_symbols=V, conditional=False)
    assert before[0] == END
    np.testing.assert_array_equal(before[1:], after[:-1])


def test_a_conditional_model_is_told_the_right_class_of_about_half_the_messages() -> None:
    labels = np.arange(2_000) % 2
    own = Text([np.array([1 + label, END], np.uint16) for label in labels], labels)  # the message tells its class
    random = np.random.default_rng(0)
    before, after = arrange(own, random.permutation(len(own.messages)), random, num_symbols=V, conditional=True)
    starts, classes = before[::2], after[::2] - 1
    told = starts != END
    assert 900 < told.sum() < 1_100
    np.testing.assert_array_equal(starts[told], V + classes[told])
    again = arrange(own, random.permutation(len(own.messages)), random, num_symbols=V, conditional=True)[0][::2]
    assert (again != starts).any(), "others in the next epoch"


@given(MESSAGES, st.integers(1, 7))
def test_streams_have_every_position_once_but_less_than_one_for_each(bodies: list[list[int]], number: int) -> None:
    own = made(bodies)
    before, after = join(own.messages, np.zeros(len(bodies), int))
    length = own.num_symbols // number
    cut = streams(before, after, number)
    for whole, part in zip((before, after), cut, strict=True):
        assert part.shape == (number, length)
        np.testing.assert_array_equal(part.ravel(), whole[: number * length])
    assert 0 <= own.num_symbols - number * length < number
