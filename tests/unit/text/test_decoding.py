"""Words of vectors: against brute force, and laws."""

from typing import Any

import numpy as np
import pytest

from pipeline.text.bigrams import START, Bigrams, fit_bigrams
from pipeline.text.decoding import BLOCK, copies, to_texts, write_words

FIRST, WORDS, WIDTH, STEPS = 2, 40, 6, 7


def normal(seed: int, *shape: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


TABLE = normal(1, WORDS, WIDTH) * 3
ALLOWED = (np.random.default_rng(2).random(WORDS) < 0.7) & (np.arange(WORDS) >= FIRST)


def messages(seed: int, n: int = 25) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Vectors, lengths, uniforms."""
    random = np.random.default_rng(seed)
    return normal(seed, n, STEPS, WIDTH), random.integers(1, STEPS + 1, n), random.random((n, STEPS))


@pytest.fixture
def bigrams() -> Bigrams:
    return fit_bigrams(np.random.default_rng(8).integers(0, WORDS, (50, 6)).astype(np.int32), WORDS, FIRST)


def cosines(vectors: np.ndarray) -> np.ndarray:
    """Of vectors (n, D) with every word of the table, in float64."""
    lengths = np.linalg.norm(vectors, axis=1)[:, None] * np.linalg.norm(TABLE, axis=1)
    return vectors.astype(np.float64) @ TABLE.T / lengths


def test_cold_and_without_bigrams_the_nearest_allowed_word_is_written() -> None:
    vectors, lengths, uniforms = messages(3, n=2 * BLOCK + 3)
    ids = write_words(vectors, lengths, uniforms, TABLE, ALLOWED, temperature=0, bigrams=None, bigram_weight=0)
    found = np.where(ALLOWED, cosines(vectors.reshape(-1, WIDTH)), -2).argmax(axis=1).reshape(ids.shape)
    assert np.array_equal(ids, np.where(np.arange(STEPS) < lengths[:, None], found, 0))
    assert ids.dtype == np.int32


@pytest.mark.parametrize("temperature", [0.0, 0.3, 2.0])
def test_it_is_what_a_loop_would_write(bigrams: Bigrams, temperature: float) -> None:
    vectors, lengths, uniforms = messages(4)
    ids = write_words(
        vectors, lengths, uniforms, TABLE, ALLOWED,
        temperature=temperature, bigrams=bigrams, bigram_weight=0.7,
    )  # fmt: skip
    words = np.flatnonzero(ALLOWED)
    for row in range(len(ids)):
        previous = START
        for step in range(lengths[row]):
            scores = cosines(vectors[row, step][None])[0, words] / (temperature or 1)
            scores += 0.7 * bigrams.log_chances(np.array([previous]), words)[0]
            chances = np.exp(scores) / np.exp(scores).sum()
            at = np.searchsorted(chances.cumsum(), uniforms[row, step], side="right")
            previous = words[at if temperature else np.argmax(scores)]
            assert ids[row, step] == previous
        assert not ids[row, lengths[row] :].any()


def test_the_words_of_a_message_depend_on_its_own_row_alone(bigrams: Bigrams) -> None:
    whole = messages(5, n=BLOCK + 40)
    settings: dict[str, Any] = {"temperature": 0.2, "bigrams": bigrams, "bigram_weight": 1.0}
    together = write_words(*whole, TABLE, ALLOWED, **settings)
    some = np.random.default_rng(6).permutation(BLOCK + 40)[:31]
    vectors, lengths, uniforms = (part[some] for part in whole)
    assert np.array_equal(write_words(vectors, lengths, uniforms, TABLE, ALLOWED, **settings), together[some])


def test_words_are_drawn_by_the_softmax_of_their_cosines() -> None:
    """20,000 draws of some words; the standard error of a share is at most 0.0035."""
    n, temperature = 20_000, 0.5
    vectors = np.tile(normal(7, 1, 1, WIDTH), (n, 1, 1))
    uniforms = np.random.default_rng(13).random((n, 1))
    ids = write_words(
        vectors, np.ones(n, int), uniforms, TABLE, ALLOWED, temperature=temperature, bigrams=None, bigram_weight=0
    )
    weights = np.where(ALLOWED, np.exp(cosines(vectors[0])[0] / temperature), 0)
    assert np.bincount(ids[:, 0], minlength=WORDS) / n == pytest.approx(weights / weights.sum(), abs=0.015)


def test_an_extreme_uniform_still_takes_an_allowed_word() -> None:
    vectors, lengths, _ = messages(14)
    for value, expected in ((0.0, np.flatnonzero(ALLOWED)[0]), (np.nextafter(1.0, 0.0), np.flatnonzero(ALLOWED)[-1])):
        uniforms = np.full((len(vectors), STEPS), value)
        ids = write_words(vectors, lengths, uniforms, TABLE, ALLOWED, temperature=1, bigrams=None, bigram_weight=0)
        assert set(ids[ids > 0].tolist()) == {expected}


def test_zeros_are_as_near_to_everything() -> None:
    """Of words that are equally near the first is taken, also where none of the table's vectors says anything."""
    nothing = np.zeros((1, 2, WIDTH), np.float32)
    for vectors, table in ((nothing, TABLE), (normal(9, 1, 2, WIDTH), np.zeros_like(TABLE))):
        ids = write_words(
            vectors, np.array([2]), np.zeros((1, 2)), table, ALLOWED, temperature=0, bigrams=None, bigram_weight=0
        )
        assert ids.tolist() == [[np.flatnonzero(ALLOWED)[0]] * 2]


def test_a_heavy_bigram_weight_outweighs_the_cosine() -> None:
    model = fit_bigrams(np.tile(np.array([[2, 3, 4]], np.int32), (100, 1)), 6, FIRST)
    table = normal(10, 6, WIDTH)
    vectors = np.tile(table[5], (1, 3, 1))
    ids = write_words(
        vectors,
        np.array([3]),
        np.zeros((1, 3)),
        table,
        np.arange(6) >= FIRST,
        temperature=0,
        bigrams=model,
        bigram_weight=5,
    )
    assert ids.tolist() == [[2, 3, 4]]


def test_texts_leave_padding_out() -> None:
    vocabulary = ["", "[UNK]", "win", "cash"]
    ids = np.array([[3, 2, 3, 0], [0, 0, 0, 0], [0, 0, 2, 1]], np.int32)
    assert to_texts(ids, vocabulary) == ["cash win cash", "", "win [UNK]"]


def test_a_copy_is_the_same_word_for_word() -> None:
    training = ["free entry", "call now", "free  entry", "call"]
    assert copies(["call now", " free entry\n", "now call", "call no w", "call"], training).tolist() == [
        1,
        0,
        -1,
        -1,
        3,
    ]
    assert copies([], training).tolist() == []
