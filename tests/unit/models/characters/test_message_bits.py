"""What a network pays for messages, and the state that they are read from.

Golden values are computed here from the layers of Keras, with probabilities in double precision.
"""

import math
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.artifacts.characters import END, Shape
from pipeline.models.characters.material import Symbols, start_of
from writer_samples import CELLS, LSTM, V, messages_of, network, random_rows, shape, text

MESSAGES = messages_of("abc?", "", "eeee", "dab", "a?b?c", "e")


def state_of(net: Any, seed: int = 3) -> NDArray[np.float32]:
    return random_rows(seed, rows=1, columns=net.num_states)[0] / 2


def score(net: Any, messages: list[Symbols], opening: Any = None, start: int = END) -> list[NDArray[np.float32]]:
    from pipeline.models.characters.scoring import scorer

    bits = scorer(net, start)(messages, state_of(net) if opening is None else opening)
    return np.split(bits, np.cumsum([len(message) for message in messages])[:-1])


def by_hand(net: Any, message: Symbols, opening: NDArray[np.float32], start: int = END) -> NDArray[np.float64]:
    """By Keras's own layers, over one-hot symbols or the embedding's vectors."""
    import tensorflow as tf

    read = np.array([start, *message[:-1]], np.int32)
    own = net.embedding
    vectors = tf.one_hot(read, V + 2) if own is None else tf.gather(tf.convert_to_tensor(own), read)
    net.recurrent.return_sequences = True
    begin = tf.split(tf.constant(opening[None]), 2 if net.shape.cell == "lstm" else 1, axis=1)
    logits = net.dense(net.recurrent(vectors[None], initial_state=begin))[0].numpy().astype(np.float64)
    logits -= np.log(np.exp(logits).sum(axis=1, keepdims=True))
    return -logits[np.arange(len(message)), message] / math.log(2)


@pytest.mark.parametrize("embedding", [None, 3])
@pytest.mark.parametrize("cell", CELLS)
def test_bits_are_those_computed_by_hand(cell: Any, embedding: int | None) -> None:
    net = network(shape(cell, 5, embedding), conditional=True)
    for start in (END, start_of(0, V), start_of(1, V)):
        found = score(net, MESSAGES, start=start)
        for message, bits in zip(MESSAGES, found, strict=True):
            np.testing.assert_allclose(bits, by_hand(net, message, state_of(net), start), rtol=1e-4, atol=1e-5)


def test_bits_depend_neither_on_the_messages_beside_nor_on_their_order(monkeypatch: pytest.MonkeyPatch) -> None:
    net = network(shape("lstm", 8))
    from pipeline.models.characters import scoring

    many = [*text(40).messages, *MESSAGES]
    together = score(net, many)
    order = np.random.default_rng(0).permutation(len(many))
    for place, bits in zip(order, score(net, [many[place] for place in order]), strict=True):
        np.testing.assert_allclose(bits, together[place], atol=1e-5)
    alone = [score(net, [message])[0] for message in many[-6:]]
    monkeypatch.setattr(scoring, "CELLS", 10 * V)  # ten symbols at a time, some messages alone have more
    assert len(list(scoring._batches(np.array([len(message) for message in many]), 10))) > 10
    for some in (alone, score(net, many)[-6:]):
        for bits, expected in zip(some, together[-6:], strict=True):
            np.testing.assert_allclose(bits, expected, atol=1e-5)


@pytest.mark.parametrize("most", [1, 7, 50, 10_000])
def test_batches_have_every_message_once_and_no_more_symbols_than_asked_for(most: int) -> None:
    from pipeline.models.characters.scoring import _batches

    lengths = np.random.default_rng(1).integers(1, 30, 100)
    batches = list(_batches(lengths, most))
    assert sorted(np.concatenate(batches).tolist()) == list(range(100))
    assert all(lengths[places].sum() <= most or len(places) == 1 for places in batches)


def test_symbols_that_are_equally_likely_cost_the_logarithm_of_their_number() -> None:
    net = network()
    for weight in net.dense.weights:
        weight.assign(np.zeros(weight.shape))
    np.testing.assert_allclose(np.concatenate(score(net, MESSAGES)), math.log2(V), rtol=1e-6)


def test_probabilities_of_all_continuations_add_up_to_one() -> None:
    net = network(LSTM)
    ways: list[Symbols] = [np.array([2, 3, symbol], np.uint16) for symbol in range(V)]
    assert sum(2.0 ** -float(bits[-1]) for bits in score(net, ways)) == pytest.approx(1, abs=1e-5)


def test_a_class_changes_what_comes_after_it_and_not_the_rest_of_the_network() -> None:
    """Where the start symbols' vectors are that of the end, a model that is told a class pays what it pays untold."""
    net = network(shape("gru", 6, 3), conditional=True)
    untold, told = score(net, MESSAGES), score(net, MESSAGES, start=start_of(1, V))
    assert all(not np.allclose(one[0], other[0]) for one, other in zip(untold, told, strict=True))
    vectors = net.embedding.numpy()
    vectors[V:] = vectors[END]
    net.embedding.assign(vectors)
    for one, other in zip(score(net, MESSAGES), score(net, MESSAGES, start=start_of(1, V)), strict=True):
        np.testing.assert_array_equal(one, other)
    for one, other in zip(untold, score(net, MESSAGES), strict=True):  # start symbols are read where they stand alone
        np.testing.assert_array_equal(one, other)


def test_a_scorer_reads_the_weights_of_the_moment() -> None:
    net = network()
    from pipeline.models.characters.scoring import scorer

    bits, opening = scorer(net), state_of(net)
    first = bits(MESSAGES, opening)
    net.dense.bias.assign(np.arange(V, dtype=np.float32))
    assert not np.allclose(bits(MESSAGES, opening), first)


def test_the_opening_is_the_state_after_enough_messages_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """It has not read the end of its last message: a message begins with that."""
    net = network(Shape("lstm", 5, None, 0.5, 0.5))
    from pipeline.models.characters import scoring

    monkeypatch.setattr(scoring, "OPENING", 8)
    opening = scoring.opening(net, MESSAGES)  # of 5, 1, 5, ... symbols
    np.testing.assert_array_equal(opening, scoring.opening(net, [*MESSAGES[:3], *messages_of("eeeeeee")]))
    assert not np.allclose(opening, scoring.opening(net, MESSAGES[:2])), "too few: all that there are"
    joined = [np.concatenate([*MESSAGES[:3], MESSAGES[3]])]  # read on at once, from nothing
    at_once = score(net, joined, np.zeros(net.num_states, np.float32))[0][11:]
    np.testing.assert_allclose(score(net, [MESSAGES[3]], opening)[0], at_once, rtol=1e-5, atol=1e-5)
