"""Interpolated n-gram models: values by hand, nltk's own, and laws."""

import nltk.lm
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_messages import symbols
from numpy.typing import NDArray

from pipeline.evaluation.characters.ngrams import fit_ngrams, ngram_name, order_of

Messages = list[NDArray[np.uint16]]


def random_messages(seed: int, number: int, letters: int = 3) -> Messages:
    random = np.random.default_rng(seed)
    texts = [random.integers(1, letters + 1, random.integers(0, 9)) for _ in range(number)]
    return [np.append(text, 0).astype(np.uint16) for text in texts]


def events(messages: Messages, order: int) -> list[tuple[tuple[int, ...], int]]:
    """Context and symbol at each position; ends stand before a message."""
    found = []
    for message in messages:
        padded = [0] * (order - 1) + message.tolist()
        found += [(tuple(padded[at : at + order - 1]), padded[at + order - 1]) for at in range(len(message))]
    return found


def test_values_by_hand() -> None:
    """Of "aab" and "a" with 4 symbols: 6 seen, 3 kinds; after "a" an a, a b and an end; after the end twice an a."""
    fitted = fit_ngrams(symbols("aab", "a"), 4, orders=2)
    a, b, end, never = (3 + 3 / 4) / 9, (1 + 3 / 4) / 9, (2 + 3 / 4) / 9, (3 / 4) / 9
    assert a + b + end + never == pytest.approx(1)
    after_a = [(count + 3 * chance) / 6 for count, chance in ((1, end), (1, a), (1, b), (0, never))]
    bits = fitted.symbol_bits(symbols("ab", "", "c"))
    assert 2 ** -bits[0] == pytest.approx([a, b, end, end, never, end])
    after_end, after_b = [(2 + a) / 3, end / 3, never / 3], (1 + end) / 2
    assert 2 ** -bits[1] == pytest.approx([after_end[0], after_a[2], after_b, after_end[1], after_end[2], end])
    assert fitted.chances(np.array([[1]]))[0] == pytest.approx(after_a)


@pytest.mark.parametrize("order", [2, 3, 5])
def test_nltk_says_the_same(order: int) -> None:
    """Its lowest order is given ours: nltk takes plain shares of symbols there, under which new ones are impossible."""
    train, other = random_messages(order, 40), random_messages(order + 10, 30, letters=4)
    fitted = fit_ngrams(train, 5, orders=order)
    theirs = nltk.lm.WittenBellInterpolated(order)
    runs = [(*context, symbol) for size in range(1, order + 1) for context, symbol in events(train, size)]
    theirs.fit([[tuple(map(str, run)) for run in runs]], vocabulary_text=list("01234"))
    unigrams = fitted.chances(np.zeros((1, 0), int))[0]
    theirs.estimator.unigram_score = lambda word: unigrams[int(word)]
    expected = [
        theirs.unmasked_score(str(symbol), tuple(map(str, context))) for context, symbol in events(other, order)
    ]
    assert 2 ** -fitted.symbol_bits(other)[-1] == pytest.approx(expected)


@pytest.mark.parametrize("order", [1, 2, 4])
def test_chances_are_what_is_paid(order: int) -> None:
    train, other = random_messages(1, 30), random_messages(2, 20, letters=4)
    fitted = fit_ngrams(train, 6, orders=4)
    asked = events(other, order)
    contexts = np.array([context for context, _ in asked], np.uint16).reshape(len(asked), order - 1)
    chances = fitted.chances(contexts)
    paid = 2 ** -fitted.symbol_bits(other)[order - 1]
    assert chances[np.arange(len(asked)), [symbol for _, symbol in asked]] == pytest.approx(paid)


@given(st.lists(st.text("abc", max_size=6), min_size=1, max_size=8), st.integers(0, 10**6))
def test_chances_of_any_context_sum_to_one(texts: list[str], seed: int) -> None:
    fitted = fit_ngrams(symbols(*texts), 7, orders=4)
    contexts = np.random.default_rng(seed).integers(0, 7, (20, 3))
    chances = fitted.chances(contexts)
    assert chances.sum(axis=1) == pytest.approx(np.ones(20))
    assert (chances > 0).all()


def test_fewer_orders_are_the_same_models() -> None:
    train, other = random_messages(3, 30), random_messages(4, 20)
    many, few = (fit_ngrams(train, 5, orders=orders).symbol_bits(other) for orders in (6, 2))
    assert np.array_equal(many[:2], few)


def test_messages_are_judged_each_by_itself() -> None:
    train, other = random_messages(5, 30), random_messages(6, 12)
    fitted = fit_ngrams(train, 5, orders=4)
    together = fitted.symbol_bits(other)
    assert np.array_equal(together, np.hstack([fitted.symbol_bits([one]) for one in other]))
    shuffled = fit_ngrams(train[::-1], 5, orders=4)
    assert np.array_equal(together, shuffled.symbol_bits(other))


def test_a_context_never_seen_is_as_its_end() -> None:
    fitted = fit_ngrams(symbols("aab", "ab"), 5, orders=3)
    assert np.array_equal(fitted.chances(np.array([[4, 1]])), fitted.chances(np.array([[1]])))
    assert np.array_equal(fitted.chances(np.array([[1, 4]])), fitted.chances(np.zeros((1, 0), int)))


def test_what_was_never_seen_anywhere_costs_more_the_larger_the_alphabet() -> None:
    """Up to as many symbols as fit into 16 bits; at order 1 one character and one end, both seen once."""
    message = [np.array([60_000, 0], np.uint16)]
    small, large = (fit_ngrams(symbols("a"), size, orders=6).symbol_bits(message) for size in (60_001, 65_536))
    assert 2 ** -large[0] == pytest.approx([2 / 65_536 / 4, (1 + 2 / 65_536) / 4])
    assert (large[:, 0] > small[:, 0]).all()


def test_no_messages_cost_nothing() -> None:
    assert fit_ngrams(symbols("ab"), 3, orders=3).symbol_bits([]).shape == (3, 0)


def test_names_tell_the_order() -> None:
    assert [order_of(ngram_name(order)) for order in range(1, 9)] == list(range(1, 9))
