import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from plain_filters import made, made_stream, ngrams_of, words_of

from pipeline.online.blocks import block_of
from pipeline.online.naive_bayes import NaiveBayes

FULL = 2**32 - 1


def counted(texts: list[str], labels: NDArray[np.int8], **settings: object) -> NaiveBayes:
    """A filter that has learnt all of these messages."""
    model = NaiveBayes(made(**settings))  # pyright: ignore[reportArgumentType]
    model.learn(model.read(block_of(texts)), labels)
    return model


def true_counts(texts: list[str], labels: NDArray[np.int8]) -> dict[str, NDArray[np.int64]]:
    """In how many negative and positive messages each word is."""
    counts: dict[str, NDArray[np.int64]] = {}
    for text, label in zip(texts, labels, strict=True):
        for word in ngrams_of(words_of(text), 1, 1):
            counts.setdefault(word, np.zeros(2, np.int64))[label] += 1
    return counts


def estimates(model: NaiveBayes, words: list[str]) -> NDArray[np.int64]:
    """What a filter of single words says."""
    return model.counts(model.read(block_of(words)))


@given(
    st.lists(
        st.tuples(st.lists(st.sampled_from([f"w{i}" for i in range(30)]), max_size=8), st.booleans()), max_size=20
    ),
    st.integers(1, 5),
    st.integers(1, 6),
    st.integers(0, 2**32 - 1),
)
def test_counts_never_underestimate(
    stream: list[tuple[list[str], bool]], rows: int, log2_buckets: int, seed: int
) -> None:
    texts, labels = [" ".join(words) for words, _ in stream], np.array([label for _, label in stream], np.int8)
    settings = {"ngrams": (1, 1), "num_hashes": rows, "log2_buckets": log2_buckets, "hash_seed": seed}
    model = counted(texts, labels, **settings)
    true = true_counts(texts, labels)
    words = [*true, "never", "seen"]
    found = estimates(model, words)
    expected = np.array([true.get(word, [0, 0]) for word in words])
    assert (found >= expected).all()
    assert (found <= model.totals[0]).all(), "nothing is in more messages than there are"
    fewer = counted(texts, labels, **settings | {"num_hashes": 1})
    if rows > 1:  # with one row n-grams of a message that share a bucket are one, so that counts are smaller
        more = counted(texts, labels, **settings | {"num_hashes": rows + 1})
        assert (estimates(more, words) <= found).all(), "a row more, beside the same, can only lower the least"
    assert (estimates(fewer, words) >= expected).all()


def test_errors_keep_to_the_bound_as_often_as_is_promised() -> None:
    """The bound holds over hash functions: of one n-gram, with a new seed each time."""
    texts, labels = made_stream(seed=2, num=100, words=400)
    labels[:] = 0
    true = true_counts(texts, labels)
    words = list(true)
    expected = np.array([true[word][0] for word in words])
    for rows, log2_buckets in ((1, 4), (2, 4), (3, 5)):
        beyond, seeds = 0.0, range(0, 400 * rows, rows)
        for seed in seeds:
            model = counted(texts, labels, ngrams=(1, 1), num_hashes=rows, log2_buckets=log2_buckets, hash_seed=seed)
            bound = np.e / 2**log2_buckets * expected.sum()
            assert model.totals[1, 0] <= expected.sum()
            beyond += (estimates(model, words)[:, 0] - expected > bound).mean()
        margin = 4 * np.sqrt(np.exp(-rows) / len(seeds))  # four standard errors, were the n-grams of a seed all alike
        assert beyond / len(seeds) <= np.exp(-rows) + margin
    assert beyond > 0, "tables were small enough for the bound to say something"


def test_hashing_is_a_sketch_of_one_row() -> None:
    """Row by row a sketch has the counts that hashing has, where no n-grams of one message share a bucket."""
    texts, labels = made_stream(seed=5)
    sketch = counted(texts, labels, num_hashes=3, log2_buckets=20, hash_seed=11)
    for k in range(3):
        hashing = counted(texts, labels, log2_buckets=20, hash_seed=11 + k)
        np.testing.assert_array_equal(sketch.table[k], hashing.table[0])


def test_all_that_is_counted_is_in_every_row() -> None:
    texts, labels = made_stream(seed=6)
    for rows in (1, 4):
        model = counted(texts, labels, num_hashes=rows, log2_buckets=3)
        for row in model.table:
            np.testing.assert_array_equal(row.sum(axis=0), model.totals[1])
        np.testing.assert_array_equal(model.totals[0], np.bincount(labels, minlength=2))


def test_counts_stop_where_they_are_full() -> None:
    for rows in (1, 2):
        model = counted(["word"], np.array([1], np.int8), num_hashes=rows)
        model.table[model.table > 0] = FULL - 1
        model.totals[0] = 2**33
        grams = model.read(block_of(["word", "word", "word"]))
        model.learn(grams, np.ones(3, np.int8))
        assert model.table.max() == FULL
        assert model.counts(grams.take(0, 1)).tolist() == [[0, FULL]]
        assert np.count_nonzero(model.table) == rows, "nothing has run over"
        other = counted(["word"] * 5, np.ones(5, np.int8), num_hashes=rows)
        other.merge(model)
        model.merge(model)
        assert model.counts(grams.take(0, 1)).tolist() == other.counts(grams.take(0, 1)).tolist() == [[0, FULL]]


def test_distinct_ngrams_are_estimated() -> None:
    """Within 5 standard deviations, sqrt(buckets (e^t - t - 1)) for t n-grams a bucket (Whang et al. 1990, eq. 13)."""
    words = [f"v{i}" for i in range(3000)]
    for log2_buckets in (10, 12, 16):
        model = counted(words, np.zeros(len(words), np.int8), ngrams=(1, 1), log2_buckets=log2_buckets)
        buckets = 2**log2_buckets
        load = len(words) / buckets
        assert abs(model.num_distinct() - len(words)) < 5 * np.sqrt(buckets * (np.exp(load) - load - 1))
    full = counted(words, np.zeros(len(words), np.int8), ngrams=(1, 1), log2_buckets=4)
    assert full.filled == 16
    assert np.isfinite(full.num_distinct())
    assert np.isfinite(full.score(full.read(block_of(words)))).all()
