"""Words of vectors: against brute force, and laws."""

import math

import numpy as np
import pytest

from pipeline.text.bigrams import START, Bigrams, fit_bigrams
from pipeline.text.decoding import GROUP, choose_words, copies, nearest_words, to_texts

FIRST = 2


def normal(seed: int, *shape: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


def by_hand(vectors: np.ndarray, table: np.ndarray, allowed: np.ndarray, count: int) -> np.ndarray:
    """Cosines of every pair in float64, each row sorted."""
    lengths = np.linalg.norm(vectors, axis=1)[:, None] * np.linalg.norm(table, axis=1)
    products = vectors.astype(np.float64) @ table.T
    cosines = np.divide(products, lengths, out=np.zeros_like(products), where=lengths > 0)
    cosines[:, ~allowed] = -np.inf
    return np.argsort(-cosines, axis=1, kind="stable")[:, :count]


@pytest.mark.parametrize("size", [3, GROUP, 5 * GROUP + 1, 40 * GROUP - 1])
@pytest.mark.parametrize("count", [1, 4, 20])
def test_the_nearest_are_those_of_brute_force(size: int, count: int) -> None:
    vectors, table = normal(1, 37, 6), normal(2, size, 6) * 3
    allowed = np.random.default_rng(3).random(size) < 0.7
    allowed[0] = True
    words, cosines = nearest_words(vectors, table, allowed, count)
    assert words.shape == cosines.shape == (37, min(count, allowed.sum()))
    assert np.array_equal(words, by_hand(vectors, table, allowed, min(count, int(allowed.sum()))))
    assert (np.diff(cosines, axis=1) <= 0).all()
    unit = vectors / np.linalg.norm(vectors, axis=1)[:, None]
    theirs = table[words] / np.linalg.norm(table[words], axis=2, keepdims=True)
    np.testing.assert_allclose(cosines, (unit[:, None] * theirs).sum(axis=2), atol=1e-6)
    assert words.dtype == np.int32
    assert cosines.dtype == np.float32


@pytest.mark.parametrize("block_rows", [1, 7, 200])
def test_the_size_of_blocks_changes_nothing(block_rows: int) -> None:
    vectors, table = normal(4, 61, 9), normal(5, 700, 9)
    allowed = np.ones(700, bool)
    words, cosines = nearest_words(vectors, table, allowed, 5)
    other, others = nearest_words(vectors, table, allowed, 5, block_rows=block_rows)
    assert np.array_equal(words, other)
    np.testing.assert_allclose(cosines, others, atol=1e-6)


def test_of_equal_words_the_first_is_taken() -> None:
    """Every vector of the table is there ten times, far apart, at several lengths that are powers of 2."""
    base = normal(6, 90, 5)
    table = np.concatenate([base * np.float32(2**power) for power in range(10)])
    words, _ = nearest_words(base, table, np.ones(900, bool), 4)
    assert np.array_equal(words, np.arange(90)[:, None] + 90 * np.arange(4))


def test_zeros_are_as_near_to_everything() -> None:
    allowed = np.array([False, True, False, True, True])
    words, cosines = nearest_words(np.zeros((2, 3), np.float32), normal(7, 5, 3), allowed, 2)
    assert words.tolist() == [[1, 3], [1, 3]]
    assert not cosines.any()
    table = np.zeros((5, 3), np.float32)
    table[4] = 1
    words, cosines = nearest_words(np.array([[1, 1, -3]], np.float32), table, allowed, 3)
    assert words.tolist() == [[1, 3, 4]]  # the only word with a vector points away
    assert nearest_words(np.zeros((0, 3), np.float32), table, allowed, 3)[0].shape == (0, 3)


def offers(seed: int, n: int = 40, steps: int = 6, k: int = 4) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Candidates, cosines (best first), lengths, uniforms."""
    random = np.random.default_rng(seed)
    candidates = np.stack([random.permutation(np.arange(FIRST, 12))[:k] for _ in range(n * steps)])
    cosines = np.sort(random.uniform(-1, 1, (n, steps, k)).astype(np.float32))[:, :, ::-1]
    lengths = random.integers(1, steps + 1, n)
    return candidates.reshape(n, steps, k).astype(np.int32), cosines, lengths, random.random((n, steps))


@pytest.fixture
def bigrams() -> Bigrams:
    return fit_bigrams(np.random.default_rng(8).integers(0, 12, (50, 6)).astype(np.int32), 12, FIRST)


def test_cold_and_without_bigrams_the_nearest_word_is_taken() -> None:
    candidates, cosines, lengths, uniforms = offers(9)
    ids = choose_words(candidates, cosines, lengths, uniforms, temperature=0, bigrams=None, bigram_weight=0)
    inside = np.arange(6) < lengths[:, None]
    assert np.array_equal(ids, np.where(inside, candidates[:, :, 0], 0))
    assert ids.dtype == np.int32


@pytest.mark.parametrize("temperature", [0.0, 0.3, 2.0])
def test_it_is_what_a_loop_would_write(bigrams: Bigrams, temperature: float) -> None:
    candidates, cosines, lengths, uniforms = offers(10)
    ids = choose_words(
        candidates, cosines, lengths, uniforms, temperature=temperature, bigrams=bigrams, bigram_weight=0.7
    )
    for row in range(len(ids)):
        previous = START
        for step in range(lengths[row]):
            offered = candidates[row, step]
            log_chance = bigrams.log_probability(np.array([previous]), offered[None])[0].astype(np.float64)
            scores = cosines[row, step].astype(np.float64) / (temperature or 1) + 0.7 * log_chance
            chances = np.exp(scores) / np.exp(scores).sum()
            drawn = np.searchsorted(chances.cumsum(), uniforms[row, step], side="right")
            previous = offered[drawn if temperature else np.argmax(scores)]
            assert ids[row, step] == previous
        assert not ids[row, lengths[row] :].any()


def test_the_words_of_a_message_depend_on_its_own_row_alone(bigrams: Bigrams) -> None:
    whole = offers(11)
    together = choose_words(*whole, temperature=0.5, bigrams=bigrams, bigram_weight=1)
    shuffled = np.random.default_rng(12).permutation(40)[:23]
    some = choose_words(*(part[shuffled] for part in whole), temperature=0.5, bigrams=bigrams, bigram_weight=1)
    assert np.array_equal(some, together[shuffled])


def test_words_are_drawn_by_the_softmax_of_their_cosines() -> None:
    """20,000 draws of three words; the standard error of a share is at most 0.0035."""
    n, temperature = 20_000, 0.5
    candidates = np.tile(np.array([[[3, 4, 5]]], np.int32), (n, 1, 1))
    cosines = np.tile(np.array([[[0.9, 0.4, -0.2]]], np.float32), (n, 1, 1))
    uniforms = np.random.default_rng(13).random((n, 1))
    ids = choose_words(
        candidates, cosines, np.ones(n, int), uniforms, temperature=temperature, bigrams=None, bigram_weight=0
    )
    weights = [math.exp(cosine / temperature) for cosine in (0.9, 0.4, -0.2)]
    assert np.bincount(ids[:, 0])[3:] / n == pytest.approx(np.array(weights) / sum(weights), abs=0.015)


def test_an_extreme_uniform_still_takes_a_word() -> None:
    candidates, cosines, lengths, _ = offers(14)
    ends = [np.full((40, 6), value) for value in (0.0, np.nextafter(1.0, 0.0))]
    first, last = (
        choose_words(candidates, cosines, lengths, uniforms, temperature=1, bigrams=None, bigram_weight=0)
        for uniforms in ends
    )
    inside = np.arange(6) < lengths[:, None]
    assert np.array_equal(first, np.where(inside, candidates[:, :, 0], 0))
    assert np.array_equal(last, np.where(inside, candidates[:, :, -1], 0))


def test_a_heavy_bigram_weight_outweighs_the_cosine() -> None:
    model = fit_bigrams(np.tile(np.array([[2, 3, 4]], np.int32), (100, 1)), 6, FIRST)
    candidates = np.tile(np.array([5, 4, 3, 2], np.int32), (1, 3, 1))
    cosines = np.tile(np.array([0.9, 0.8, 0.7, 0.6], np.float32), (1, 3, 1))
    ids = choose_words(
        candidates, cosines, np.array([3]), np.zeros((1, 3)), temperature=0, bigrams=model, bigram_weight=5
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
