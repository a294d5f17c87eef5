import numpy as np
import pandas as pd
import pytest

from pipeline.artifacts.streams import Stream
from pipeline.errors import UserError
from pipeline.online.blocks import block_of
from pipeline.online.filters import Filter, new_filter
from pipeline.online.settings import FilterSettings, Learner
from pipeline.settings import Node, bind
from pipeline.stages.filter_stream import Model, filter_stream, pass_once

N = 50
LEARNERS: tuple[Learner, ...] = ("naive_bayes", "exact_naive_bayes", "perceptron", "averaged_perceptron", "logistic")


def made() -> tuple[list[str], np.ndarray]:
    """Texts and labels; some words tell the class."""
    random = np.random.default_rng(0)
    labels = (random.random(N) < 0.4).astype(np.int8)
    texts = [
        " ".join(f"{'hs'[label]}{word}" for word in random.integers(0, 9, random.integers(0, 6))) for label in labels
    ]
    return texts, labels


def new(learner: Learner, rows: int = 1) -> Filter:
    """A small filter."""
    return new_filter(FilterSettings(learner, (1, 2), 8, rows, 0, "ngrams", 0.3))


@pytest.mark.parametrize("delay", [0, 1, 4, 13, N, 1000])
@pytest.mark.parametrize("period", [1, 2, 7, 25, N, 1000])
def test_each_message_is_scored_before_its_label_can_be_known(period: int, delay: int) -> None:
    texts, labels = made()
    for learner in LEARNERS[: 5 if period == 7 else 2]:
        naive, expected, learnt = new(learner), np.zeros(N), 0
        for m in range(N):
            if m % period == 0:  # at the end of each period all labels are learnt that have come: those delay ago
                while learnt < m - delay:
                    naive.learn(naive.read(block_of([texts[learnt]])), labels[learnt : learnt + 1])
                    learnt += 1
            expected[m] = naive.score(naive.read(block_of([texts[m]])))[0]
        model = new(learner)
        np.testing.assert_array_equal(pass_once(model, block_of(texts), labels, period, delay), expected)
        assert model.num_learnt == max(0, N - delay)


@pytest.mark.parametrize("learner", LEARNERS)
def test_a_label_changes_no_score_before_it_comes(learner: Learner) -> None:
    texts, labels = made()
    for period, delay in ((1, 0), (5, 0), (1, 6), (5, 6)):
        scores = pass_once(new(learner), block_of(texts), labels, period, delay)
        for m in (0, 11, 30):
            turned = labels.copy()
            turned[m] = 1 - turned[m]
            changed = pass_once(new(learner), block_of(texts), turned, period, delay) != scores
            first = (m + delay) // period * period + period  # the first of the next period after it has come
            assert not changed[:first].any()
            assert changed[first:].any()


def stream_of(texts: list[str], labels: np.ndarray) -> Stream:
    """These messages."""
    rows = np.arange(len(texts))
    table = pd.DataFrame({"row": rows + 7, "text": texts, "label": labels, "group": rows, "familiar": False})
    return Stream(table, "file", False, 0, None, pd.DataFrame())


MODELS = {
    "hashed": Model("naive_bayes", 8, 1, 1.0),
    "sketched": Model("naive_bayes", 6, 4, 1.0),
    "exact": Model("exact_naive_bayes", 8, 1, 1.0),
    "corrected": Model("perceptron", 8, 2, 0.25),
}


def test_every_model_says_something_of_every_message() -> None:
    texts, labels = made()
    stream = stream_of(texts, labels)
    passes = filter_stream(stream, models=MODELS, ngrams=(1, 2), hash_seed=3, likelihood="messages", period=4, delay=2)
    assert (passes.period, passes.delay) == (4, 2)
    predictions = passes.predictions
    assert predictions["model"].tolist() == [name for name in MODELS for _ in range(N)]
    assert predictions["position"].tolist() == list(range(N)) * len(MODELS)
    np.testing.assert_array_equal(predictions["called"], predictions["score"] > 0)
    for name, model in MODELS.items():
        settings = FilterSettings(
            model.learner, (1, 2), model.log2_buckets, model.num_hashes, 3, "messages", model.rate
        )
        alone = pass_once(new_filter(settings), block_of(texts), labels, 4, 2)
        np.testing.assert_array_equal(predictions.loc[predictions["model"] == name, "score"], alone)


def test_models_are_told_with_their_memory() -> None:
    stream = stream_of(*made())
    passes = filter_stream(stream, models=MODELS, ngrams=(1, 1), hash_seed=0, likelihood="ngrams", period=1, delay=0)
    models = passes.models.set_index("model")
    assert models["features"].to_dict() == {
        "hashed": "hashing",
        "sketched": "count-min",
        "exact": "exact",
        "corrected": "count-min",
    }
    assert models["learner"].tolist() == ["naive_bayes"] * 3 + ["perceptron"]
    assert models["num_hashes"].tolist() == [1, 4, 0, 2]
    assert models["buckets"].tolist() == [256, 64, 0, 256]
    totals, bias = 4 * 8, 3 * 8
    assert models["bytes"].tolist()[:2] == [256 * 8 + totals, 4 * 64 * 8 + totals]
    assert models["bytes"]["corrected"] == 2 * 256 * 4 + bias
    assert (models["seconds"] > 0).all()
    assert (models["trainings"] == 0).all()


def test_ngrams_that_cannot_be_are_refused() -> None:
    models = {"a": {"learner": "naive_bayes", "log2_buckets": 8, "num_hashes": 1, "rate": 1.0}}
    node = Node("filters", {"models": models, "ngrams": [2, 1], "hash_seed": 0, "likelihood": "ngrams"})
    with pytest.raises(UserError, match=r"filters.ngrams = \[2, 1\] is not allowed") as caught:
        bind(filter_stream, node, Node("prequential", {"period": 1, "delay": 0}))
    assert "[1, 2]" in caught.value.expected
