import numpy as np
import pytest
from numpy.typing import NDArray
from plain_filters import buckets_of, cut, made, made_stream

from pipeline.online.blocks import block_of
from pipeline.online.filters import new_filter
from pipeline.online.linear import Linear
from pipeline.online.settings import FilterSettings

RULES = ("perceptron", "averaged_perceptron", "logistic")
# Single precision, and sums in another order; the averaged perceptron counts in double precision.
CLOSE = {"perceptron": 2e-4, "averaged_perceptron": 1e-9, "logistic": 2e-4}


class Plain:
    """The rules on dense arrays: a weight for each bucket of K rows, of which an n-gram has the median."""

    def __init__(self, settings: FilterSettings) -> None:
        self.settings = settings
        self.weights = np.zeros((settings.num_hashes, settings.buckets))
        self.bias = 0.0
        self.squares, self.bias_squares = np.ones_like(self.weights), 1.0
        self.summed, self.bias_summed = np.zeros_like(self.weights), 0.0
        self.learnt = 0

    def score(self, buckets: NDArray[np.uint32], *, is_mean: bool = False) -> float:
        """The score of a message with these buckets (n-grams, K)."""
        mean = is_mean and self.settings.learner == "averaged_perceptron"
        weights = self.summed / self.learnt if mean else self.weights
        medians = np.median([weights[k, buckets[:, k]] for k in range(len(weights))], axis=0)
        length = np.sqrt(max(1, len(buckets)))
        return float(medians.sum() / length + (self.bias_summed / self.learnt if mean else self.bias))

    def learn(self, buckets: NDArray[np.uint32], label: int) -> None:
        """Learn a message."""
        score = self.score(buckets)
        sign, length = 2 * label - 1, np.sqrt(max(1, len(buckets)))
        match self.settings.learner:
            case "perceptron":
                step = self.settings.rate * (sign - score)
            case "averaged_perceptron":
                step = float(sign) if sign * score <= 0 else 0.0
            case _:
                step = label - 1 / (1 + np.exp(-score))
        if self.settings.learner == "logistic":
            self.bias_squares += step**2
            self.bias += self.settings.rate * step / np.sqrt(self.bias_squares)
            for k in range(len(self.weights)):  # a bucket moves once a message, however many n-grams share it
                moved = np.unique(buckets[:, k])
                self.squares[k, moved] += (step / length) ** 2
                self.weights[k, moved] += self.settings.rate * step / length / np.sqrt(self.squares[k, moved])
        else:
            self.bias += step
            for k in range(len(self.weights)):
                self.weights[k, np.unique(buckets[:, k])] += step / length
        self.learnt += 1
        self.summed += self.weights
        self.bias_summed += self.bias


def learnt(settings: FilterSettings, texts: list[str], labels: NDArray[np.int8]) -> Linear:
    """A filter that has learnt these messages at once."""
    model = new_filter(settings)
    assert isinstance(model, Linear)
    model.learn(model.read(block_of(texts)), labels)
    return model


@pytest.mark.parametrize("log2_buckets", [16, 5])  # without collisions and with many
@pytest.mark.parametrize("rows", [1, 2, 3, 4])  # medians of odd and of even numbers
@pytest.mark.parametrize("learner", RULES)
def test_rules_are_those_on_dense_vectors(learner: str, rows: int, log2_buckets: int) -> None:
    texts, labels = made_stream(seed=rows, num=120 if log2_buckets == 5 else 40)
    for rate in (0.3, 0.05):
        settings = made(learner, num_hashes=rows, log2_buckets=log2_buckets, rate=rate, hash_seed=5)
        plain, expected, means = Plain(settings), [], []
        for buckets, label in zip(buckets_of(texts, settings), labels, strict=True):
            expected.append(plain.score(buckets, is_mean=plain.learnt > 0))
            plain.learn(buckets, label)
        means = [plain.score(buckets, is_mean=True) for buckets in buckets_of(texts, settings)]
        model, found = new_filter(settings), []
        for m, text in enumerate(texts):
            grams = model.read(block_of([text]))
            found.append(model.score(grams)[0])
            model.learn(grams, labels[m : m + 1])
        np.testing.assert_allclose(found, expected, atol=CLOSE[learner])
        np.testing.assert_allclose(model.score(model.read(block_of(texts))), means, atol=CLOSE[learner])
        assert np.ptp(means) > 0.1


@pytest.mark.parametrize("rows", [1, 2, 3, 4])
@pytest.mark.parametrize("learner", RULES)
def test_long_messages_in_small_tables_do_not_diverge(learner: str, rows: int) -> None:
    """Nearly all buckets are shared: what moved once for each n-gram would overshoot further with each message."""
    random = np.random.default_rng(rows)
    texts = [" ".join(f"w{word}" for word in random.integers(10_000, size=2_000)) for _ in range(40)]
    labels = np.tile(np.array([1, 0], np.int8), 20)
    settings = made(learner, num_hashes=rows, log2_buckets=6, rate=0.5)
    model = learnt(settings, texts, labels)
    before = model.score(model.read(block_of(texts)))
    assert np.abs(before).max() < 10
    if learner != "averaged_perceptron":  # whose mean also moves by what was learnt before
        grams = model.read(block_of(texts[:1]))
        target = 1.0 if learner == "perceptron" else np.inf
        start = model.score(grams)[0]
        model.learn(grams, labels[:1])
        end = model.score(grams)[0]
        assert start < end <= target + 1e-6 or end == pytest.approx(target, abs=abs(start - target))


@pytest.mark.parametrize("rows", [1, 2])
@pytest.mark.parametrize("learner", RULES)
def test_learning_in_blocks_is_learning_at_once(learner: str, rows: int) -> None:
    texts, labels = made_stream(seed=2)
    settings = made(learner, num_hashes=rows, log2_buckets=6)
    whole = learnt(settings, texts, labels)
    block = block_of(texts)
    for sizes in ((1,), (7, 1, 13)):
        model = new_filter(settings)
        grams = model.read(block)
        for begin, end in cut(len(texts), *sizes):
            model.learn(grams.take(begin, end), labels[begin:end])
        for name, array in whole.arrays().items():
            np.testing.assert_array_equal(model.arrays()[name], array)
        np.testing.assert_array_equal(model.score(grams), whole.score(grams))


def test_averages_are_means_of_all_weights_there_were() -> None:
    texts, labels = made_stream(seed=3)
    settings = made("averaged_perceptron", log2_buckets=7)
    model, weights, biases = new_filter(settings), [], []
    assert isinstance(model, Linear)
    for m, text in enumerate(texts):
        model.learn(model.read(block_of([text])), labels[m : m + 1])
        weights.append(model.table[..., 0].copy())
        biases.append(model.bias[0])
        mean = model.table[..., 0] - model.share * model.table[..., 1]
        np.testing.assert_allclose(mean, np.mean(weights, axis=0), atol=1e-12)
        np.testing.assert_allclose(model.score(model.read(block_of([""])))[0], np.mean(biases), atol=1e-12)


@pytest.mark.parametrize("rows", [1, 2, 3])
def test_labels_are_symmetric(rows: int) -> None:
    texts, labels = made_stream(seed=4)
    for learner in RULES:
        settings = made(learner, num_hashes=rows, log2_buckets=6)
        model, turned = learnt(settings, texts, labels), learnt(settings, texts, 1 - labels)
        scores, opposite = (one.score(one.read(block_of(texts))) for one in (model, turned))
        if learner == "logistic":
            np.testing.assert_allclose(opposite, -scores, atol=1e-5)  # 1 - 1 / (1 + e^-s) is rounded, and the table
        else:
            np.testing.assert_array_equal(opposite, -scores)


def test_the_delta_rule_by_hand() -> None:
    model = new_filter(made("perceptron", ngrams=(1, 1), log2_buckets=20, rate=0.25))
    for text, label in (("a b c d", 1), ("a", 0)):
        model.learn(model.read(block_of([text])), np.array([label], np.int8))
    # First score 0: bias 0.25, each word 0.25 / 2. Then a scores 0.375, and the step is 0.25 (-1 - 0.375).
    scores = model.score(model.read(block_of(["", "a", "b", "a b c d"])))
    bias, a, b = 0.25 - 0.34375, 0.125 - 0.34375, 0.125
    np.testing.assert_allclose(scores, [bias, bias + a, bias + b, bias + (a + 3 * b) / 2], atol=1e-7)


def test_the_median_of_rows_is_the_weight() -> None:
    for rows, middle in ((3, 2.0), (4, 2.5), (5, 3.0), (1, 7.0)):
        model = new_filter(made("perceptron", num_hashes=rows))
        assert isinstance(model, Linear)
        grams = model.read(block_of(["word"]))
        values = {1: [7], 3: [9, -5, 2], 4: [9, 3, 2, -5], 5: [3, 3, 9, -5, 4]}[rows]
        for k, value in enumerate(values):
            model.table[k, grams.buckets[0, k], 0] = value
        assert model.score(grams).tolist() == model.weigh(grams).tolist() == [middle]


@pytest.mark.parametrize("learner", RULES)
def test_the_rate_is_heeded_where_it_is_more_than_a_unit(learner: str) -> None:
    texts, labels = made_stream(seed=5)
    slow, fast = (learnt(made(learner, rate=rate), texts, labels) for rate in (0.1, 0.4))
    is_same = np.array_equal(slow.table, fast.table)
    assert is_same == (learner == "averaged_perceptron")


def used(model: Linear, table: NDArray[np.floating]) -> NDArray[np.floating]:
    """The weights that it scores with."""
    return table[..., 0] - model.share * table[..., 1] if model.share else table[..., 0].copy()


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("learner", RULES)
def test_merged_weights_are_means_by_what_was_learnt(learner: str, rows: int) -> None:
    texts, labels = made_stream(seed=6)
    settings = made(learner, num_hashes=rows)
    first, second = learnt(settings, texts[:45], labels[:45]), learnt(settings, texts[45:], labels[45:])
    before = [(used(one, one.table), used(one, one.bias)) for one in (first, second)]
    sums = first.table[..., 1:] + second.table[..., 1:]
    first.merge(second)
    assert first.num_learnt == 60
    for mine, theirs, merged in zip(*before, (first.table, first.bias), strict=True):
        np.testing.assert_allclose(used(first, merged), (45 * mine + 15 * theirs) / 60, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(first.table[..., 1:], sums, rtol=1e-6)


@pytest.mark.parametrize("learner", RULES)
def test_merging_with_one_that_has_learnt_nothing_changes_nothing(learner: str) -> None:
    texts, labels = made_stream(seed=7)
    model, same = (learnt(made(learner), texts, labels) for _ in range(2))
    model.merge(new_filter(made(learner)))
    empty = new_filter(made(learner))
    empty.merge(new_filter(made(learner)))
    assert empty.num_learnt == 0
    empty.merge(same)
    for merged in (model, empty):
        for name, array in same.arrays().items():
            np.testing.assert_allclose(merged.arrays()[name], array, rtol=1e-6)
