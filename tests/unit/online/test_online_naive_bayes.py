from collections import Counter
from itertools import pairwise
from typing import Literal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from plain_filters import buckets_of, cut, made, made_stream, ngrams_of, words_of

from pipeline.online.blocks import block_of
from pipeline.online.filters import new_filter
from pipeline.online.naive_bayes import ExactNaiveBayes, NaiveBayes
from pipeline.online.settings import FilterSettings

Likelihood = Literal["ngrams", "messages"]
LIKELIHOODS: tuple[Likelihood, ...] = ("ngrams", "messages")
FULL = 2**32 - 1


class Plain:
    """Naive Bayes in the words of the report: counts in dictionaries, probabilities, sums in the log domain."""

    def __init__(self, likelihood: Likelihood) -> None:
        self.likelihood = likelihood
        self.counts: tuple[Counter[str], Counter[str]] = (Counter(), Counter())
        self.messages = [0, 0]

    def learn(self, ngrams: list[str], label: int) -> None:
        """Count a message."""
        self.counts[label].update(ngrams)
        self.messages[label] += 1

    def log_joint(self, ngrams: list[str], label: int) -> float:
        """Of log Pr(class, text) what differs between classes: all but Pr(class)'s denominator."""
        known = set(self.counts[0]) | set(self.counts[1])
        if self.likelihood == "messages":
            total, speaking = self.messages[label] + 1, ngrams
        else:
            total, speaking = self.counts[label].total() + len(known) + 1, [one for one in ngrams if one in known]
        shares = [np.log((self.counts[label][ngram] + 1) / total) for ngram in speaking]
        return float(np.log(self.messages[label] + 1) + sum(shares))

    def log_posterior(self, ngrams: list[str], label: int) -> float:
        """The log of Pr(class | text), by log(a + b) = log a + log(1 + exp(log b - log a))."""
        larger, smaller = sorted((self.log_joint(ngrams, 0), self.log_joint(ngrams, 1)), reverse=True)
        return self.log_joint(ngrams, label) - (larger + float(np.log1p(np.exp(smaller - larger))))

    def scores(self, texts: list[str], ngrams: tuple[int, int]) -> NDArray[np.float64]:
        """Log-odds of the positive class."""
        read = [ngrams_of(words_of(text), *ngrams) for text in texts]
        return np.array([self.log_posterior(one, 1) - self.log_posterior(one, 0) for one in read])


def learnt(settings: FilterSettings, texts: list[str], labels: NDArray[np.int8]) -> NaiveBayes:
    """A filter that has learnt these messages at once."""
    model = new_filter(settings)
    assert isinstance(model, NaiveBayes)
    model.learn(model.read(block_of(texts)), labels)
    return model


@pytest.mark.parametrize("likelihood", LIKELIHOODS)
@pytest.mark.parametrize("ngrams", [(1, 1), (1, 3), (2, 2)])
def test_log_odds_are_those_of_the_formula(likelihood: Likelihood, ngrams: tuple[int, int]) -> None:
    for seed in range(3):
        texts, labels = made_stream(seed)
        model, plain = new_filter(made("exact_naive_bayes", ngrams=ngrams, likelihood=likelihood)), Plain(likelihood)
        for begin, end in cut(len(texts), 20):
            grams = model.read(block_of(texts[begin:end]))
            np.testing.assert_allclose(model.score(grams), plain.scores(texts[begin:end], ngrams), rtol=1e-9, atol=1e-9)
            model.learn(grams, labels[begin:end])
            for text, label in zip(texts[begin:end], labels[begin:end], strict=True):
                plain.learn(ngrams_of(words_of(text), *ngrams), label)
        scores = model.score(model.read(block_of(texts)))
        spam = [plain.log_posterior(ngrams_of(words_of(text), *ngrams), 1) for text in texts]
        np.testing.assert_allclose(1 / (1 + np.exp(-scores)), np.exp(spam), rtol=1e-9)
        assert ((scores > 0) == labels)[[bool(words_of(text)) for text in texts]].mean() > 0.8


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("likelihood", LIKELIHOODS)
def test_without_collisions_hashing_is_exact_but_for_the_estimate_of_distinct_ngrams(
    likelihood: Likelihood, rows: int
) -> None:
    texts, labels = made_stream(seed=4, num=200, words=150)
    settings = made(likelihood=likelihood, log2_buckets=24, num_hashes=rows)
    exact = learnt(made("exact_naive_bayes", likelihood=likelihood), texts, labels)
    model = learnt(settings, texts, labels)
    distinct = len({ngram for text in texts for ngram in ngrams_of(words_of(text), 1, 2)})
    assert exact.num_distinct() == model.filled == distinct, "the seed is of no collisions"
    scores, expected = (one.score(one.read(block_of(texts))) for one in (model, exact))
    if likelihood == "messages":
        np.testing.assert_array_equal(scores, expected)
        return
    # Linear counting of n in m buckets errs by n^2 / 2m where all n buckets differ; each n-gram's share depends on it.
    error = model.num_distinct() - distinct
    assert 0 < error < distinct**2 / 2**24
    shift = [np.log((of_spam + distinct + error + 1) / (of_spam + distinct + 1)) for of_spam in exact.totals[1]]
    counts = model.read(block_of(texts)).counts
    np.testing.assert_allclose(scores - expected, counts * (shift[0] - shift[1]), rtol=1e-5, atol=1e-10)


def test_collisions_are_those_of_the_hash() -> None:
    """What naive Bayes over a small table says is what it says of buckets as though they were words."""
    texts, labels = made_stream(seed=8)
    settings = made(likelihood="messages", log2_buckets=4)
    as_words = [" ".join(f"b{bucket}" for bucket in buckets.ravel()) for buckets in buckets_of(texts, settings)]
    model = learnt(settings, texts, labels)
    exact = learnt(made("exact_naive_bayes", likelihood="messages", ngrams=(1, 1)), as_words, labels)
    expected = exact.score(exact.read(block_of(as_words)))
    np.testing.assert_allclose(model.score(model.read(block_of(texts))), expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("likelihood", LIKELIHOODS)
def test_large_products_stay_finite(likelihood: Likelihood) -> None:
    """100,000 n-grams with counts of 2 ** 32 - 1: each is 2 ** 32 times as often in spam."""
    text = " ".join(f"{number:x}" for number in range(100_000))
    model = NaiveBayes(made(likelihood=likelihood, ngrams=(1, 1), num_hashes=2))
    model.table[..., 1] = FULL
    model.totals[:] = [[2**40, 2**40], [2**50, 2**50]]
    grams = model.read(block_of([text]))
    assert grams.counts.tolist() == [100_000]
    np.testing.assert_allclose(model.score(grams), 100_000 * 32 * np.log(2), rtol=1e-12)
    model.table[:] = FULL
    np.testing.assert_allclose(model.score(grams), 0, atol=1e-9)
    model.table[..., 1] = 0
    np.testing.assert_allclose(model.score(grams), -100_000 * 32 * np.log(2), rtol=1e-12)


@given(st.integers(0, 50), st.lists(st.integers(0, 3), min_size=40, max_size=40), st.permutations(range(4)))
def test_models_of_parts_merge_into_the_model_of_the_whole(seed: int, parts: list[int], order: list[int]) -> None:
    texts, labels = made_stream(seed, num=40)
    block = block_of(texts)
    for settings in (made(log2_buckets=5), made(num_hashes=3, log2_buckets=6), made("exact_naive_bayes")):
        whole = learnt(settings, texts, labels)
        of_parts = []
        for part in order:
            chosen = [m for m in range(len(texts)) if parts[m] == part]
            of_parts.append(learnt(settings, [texts[m] for m in chosen], labels[chosen]))
        merged = of_parts[0]
        for other in of_parts[1:]:
            merged.merge(other)
        np.testing.assert_array_equal(merged.score(merged.read(block)), whole.score(whole.read(block)))
        assert merged.num_learnt == whole.num_learnt == 40
        assert merged.filled == whole.filled
        if isinstance(whole, ExactNaiveBayes):
            assert counts_by_name(merged) == counts_by_name(whole)
        else:
            np.testing.assert_array_equal(merged.table, whole.table)
        np.testing.assert_array_equal(merged.totals, whole.totals)


def counts_by_name(model: NaiveBayes) -> dict[str, list[int]]:
    """The counts of an exact filter."""
    assert isinstance(model, ExactNaiveBayes)
    return {ngram: model.table[0, number].tolist() for ngram, number in model.numbers.items()}


def test_the_exact_filter_counts_each_ngram_by_itself() -> None:
    texts, labels = made_stream(seed=9, num=500, words=5000)
    model = learnt(made("exact_naive_bayes", log2_buckets=1), texts, labels)
    expected = (Counter(), Counter())
    for text, label in zip(texts, labels, strict=True):
        expected[label].update(ngrams_of(words_of(text), 1, 2))
    counts = counts_by_name(model)
    assert len(counts) > 1024, "the table has grown"
    assert counts == {ngram: [expected[0][ngram], expected[1][ngram]] for ngram in counts}
    assert set(counts) == set(expected[0]) | set(expected[1])


def test_reading_alone_teaches_nothing() -> None:
    texts, labels = made_stream(seed=10)
    model = learnt(made("exact_naive_bayes"), texts, labels)
    grams = model.read(block_of(texts))
    before, distinct = model.score(grams), model.num_distinct()
    later = model.read(block_of([f"{text} new{m}" for m, text in enumerate(texts * 40)]))
    assert model.score(later)[0] == pytest.approx(before[0]), "words that no one has shown say nothing"
    np.testing.assert_array_equal(model.score(grams), before)
    assert model.num_distinct() == distinct


def test_before_anything_is_learnt_nothing_speaks() -> None:
    for settings in (made(), made(num_hashes=2), made("exact_naive_bayes", likelihood="messages")):
        model = new_filter(settings)
        assert model.score(model.read(block_of(["any words", ""]))).tolist() == [0, 0]


def test_memory_of_hashed_counts_is_known_beforehand() -> None:
    texts, labels = made_stream(seed=11)
    sizes = [new_filter(made(num_hashes=2)).num_bytes, learnt(made(num_hashes=2), texts, labels).num_bytes]
    assert sizes == [2 * 2**10 * 8 + 32] * 2
    grown = [learnt(made("exact_naive_bayes"), texts[:end], labels[:end]).num_bytes for end in (5, 30, 60)]
    assert all(later > earlier for earlier, later in pairwise(grown))
