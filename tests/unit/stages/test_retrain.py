from dataclasses import replace
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from pipeline.artifacts import Corpus, Split
from pipeline.artifacts.streams import Passes, Stream
from pipeline.errors import UserError
from pipeline.evaluation.thresholds import highest_f1_threshold
from pipeline.stages import retrain
from pipeline.stages.filter_stream import Model, filter_stream
from pipeline.stages.retrain import TFIDF, Round, add_round, predict_round, split_stream, tfidf_round

N, COPIES = 150, 10


def made(seed: int = 0) -> tuple[Stream, Corpus]:
    """A shuffled stream of a corpus that has copies beside, which are no part of it."""
    random = np.random.default_rng(seed)
    labels = (random.random(N + COPIES) < 0.4).astype(np.int8)
    texts = [" ".join(["the", *(f"{'hs'[label]}w{word}" for word in random.integers(0, 12, 4))]) for label in labels]
    table = pd.DataFrame({"row": np.arange(N + COPIES), "text": texts, "label": labels})
    rows = random.permutation(N + COPIES)[:N]
    arrived = table.iloc[rows].assign(row=rows, group=rows // 2, familiar=False).reset_index(drop=True)
    return (
        Stream(arrived, "shuffled", False, COPIES, None, pd.DataFrame()),
        Corpus(table, "made", "spam", "ham", False, []),
    )


def split(stream: Stream, corpus: Corpus, begin: float = 0.4, end: float = 0.6) -> Split:
    """A training at a share of the stream."""
    return split_stream(stream, corpus, begin=begin, end=end, validation_share=0.25)


def test_parts_are_what_has_come_and_what_comes_next() -> None:
    stream, corpus = made()
    rows = stream.table["row"].to_numpy()
    parts = split(stream, corpus)
    np.testing.assert_array_equal(parts.train, np.sort(rows[:45]))
    np.testing.assert_array_equal(parts.validation, np.sort(rows[45:60]), "the last quarter of what has come")
    np.testing.assert_array_equal(parts.test, np.sort(rows[60:90]))
    assert len(parts.used) == 90
    assert not parts.validation_is_test
    np.testing.assert_array_equal(parts.labels[rows], stream.table["label"])
    np.testing.assert_array_equal(parts.groups[rows], rows // 2)
    copies = np.setdiff1d(np.arange(N + COPIES), rows)
    assert (parts.groups[copies] == -1).all()
    shared = np.isin(parts.groups[parts.test], parts.groups[parts.train])
    assert parts.leakage_percent == pytest.approx(100 * shared.mean())


def test_parts_of_one_training_after_the_other_cover_the_stream() -> None:
    stream, corpus = made()
    shares = [0.2, 0.37, 0.61, 0.8, 1.0]
    rounds = [split(stream, corpus, *some) for some in pairwise(shares)]
    predicted = np.concatenate([one.test for one in rounds])
    assert sorted(predicted) == sorted(stream.table["row"][30:])
    for earlier, later in pairwise(rounds):
        known = np.concatenate([later.train, later.validation])
        assert set(known) == {*earlier.train, *earlier.validation, *earlier.test}
    place = pd.Series(np.arange(N), index=stream.table["row"])
    for one in rounds:
        assert place[one.train].max() < place[one.validation].min()
        assert place[one.validation].max() < place[one.test].min(), "nothing that comes later is learnt"


@pytest.mark.parametrize(("begin", "named"), [(0.2, "trained on"), (0.4, "validated on")])
def test_a_part_that_lacks_a_class_is_refused(begin: float, named: str) -> None:
    stream, corpus = made()
    labels = np.zeros(N, np.int8)
    labels[40:45] = 1
    with pytest.raises(UserError, match=f"{named} when {begin:.0%} of the stream has come lack a class") as caught:
        split(replace(stream, table=stream.table.assign(label=labels)), corpus, begin)
    assert "retraining.rounds.first.begin" in caught.value.remedy


def learn(stream: Stream) -> Passes:
    """Two filters over the stream."""
    models = {"hashed": Model("naive_bayes", 8, 1, 1.0), "linear": Model("perceptron", 8, 2, 0.3)}
    return filter_stream(stream, models=models, ngrams=(1, 1), hash_seed=0, likelihood="ngrams", period=1, delay=0)


def test_tfidf_learns_what_has_come_and_scores_what_comes_next() -> None:
    stream, corpus = made()
    parts = split(stream, corpus)
    found = tfidf_round(corpus, parts, seed=0)
    np.testing.assert_array_equal(found.table["row"], parts.test)
    assert (found.model, found.seconds > 0, found.bytes > 0) == (TFIDF, True, True)
    assert ((found.table["score"] > 0) == (parts.labels[parts.test] == 1)).mean() > 0.9
    unknown = parts.labels.copy()
    unknown[parts.test] = 1 - unknown[parts.test]
    later = np.setdiff1d(stream.table["row"], parts.used)
    unknown[later] = 0
    blind = tfidf_round(corpus, replace(parts, labels=unknown), seed=0)
    pd.testing.assert_frame_equal(blind.table, found.table, obj="scores where other labels come later")
    texts = corpus.table["text"].where(~corpus.table.index.isin(later), "other words")
    other = tfidf_round(replace(corpus, table=corpus.table.assign(text=texts)), parts, seed=0)
    pd.testing.assert_frame_equal(other.table, found.table)


def test_the_threshold_is_that_of_the_validation_part() -> None:
    stream, corpus = made()
    parts = split(stream, corpus)
    random = np.random.default_rng(2)
    validation = np.clip(0.2 + 0.3 * parts.labels[parts.validation] + random.normal(0, 0.1, 15), 0.01, 0.99)
    test = random.random(30).astype(np.float32)
    found = retrain._round("net", parts, validation, test, 1.5, 80)
    threshold = highest_f1_threshold(parts.labels[parts.validation], validation)
    np.testing.assert_array_equal(found.table["score"] > 0, test > threshold)
    expected = np.log(test / (1 - test.astype(float))) - np.log(threshold / (1 - threshold))
    np.testing.assert_allclose(found.table["score"], expected, rtol=1e-5, atol=1e-6)
    turned = replace(parts, labels=np.where(np.isin(np.arange(N + COPIES), parts.test), 1 - parts.labels, parts.labels))
    pd.testing.assert_frame_equal(retrain._round("net", turned, validation, test, 1.5, 80).table, found.table)
    certain = retrain._round("net", parts, validation, np.array([0.0, 1.0] * 15), 1.5, 80)
    assert np.isfinite(certain.table["score"]).all()


def test_a_network_scores_what_comes_next(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a network: its probabilities are what it was given to read."""
    stream, corpus = made()
    parts = split(stream, corpus)
    probabilities = np.where(parts.labels == 1, 0.7, 0.4) + np.arange(N + COPIES) / 1000
    monkeypatch.setattr(retrain, "start_keras", dict)
    monkeypatch.setattr(retrain.fitting, "from_file", lambda model: model)
    monkeypatch.setattr(retrain.fitting, "predict", lambda *given: given[1])
    fitted: Any = SimpleNamespace(model=None, name="gru", num_params=21, history=pd.DataFrame({"seconds": [1.5, 2.0]}))
    tokens: Any = SimpleNamespace(ids=probabilities)
    found = predict_round(parts, tokens, fitted)
    assert (found.model, found.seconds, found.bytes) == ("gru", 3.5, 84)
    np.testing.assert_array_equal(found.table["row"], parts.test)
    np.testing.assert_array_equal(found.table["score"] > 0, parts.labels[parts.test] == 1)
    order = np.argsort(probabilities[parts.test])
    assert found.table["score"].iloc[order].is_monotonic_increasing


def test_rounds_are_added_to_the_passes() -> None:
    stream, corpus = made()
    passes = learn(stream)
    first, second = split(stream, corpus, 0.4, 0.6), split(stream, corpus, 0.6, 1.0)
    tables = [
        pd.DataFrame({"row": part.test, "score": part.test - 80.0, "called": part.test >= 80})
        for part in (first, second)
    ]
    rounds = [Round("net", tables[0], 2.0, 1000), Round("net", tables[1], 3.5, 1001)]
    added = passes
    for one in rounds:
        added = add_round(added, stream, one)
    added = add_round(added, stream, replace(rounds[0], model=TFIDF))
    before = added.predictions[: len(passes.predictions)]
    pd.testing.assert_frame_equal(before, passes.predictions)
    net = added.predictions.query("model == 'net'")
    assert net["position"].tolist() == list(range(60, N)), "in order of arrival, from the first training on"
    np.testing.assert_array_equal(net["score"], stream.table["row"].to_numpy()[60:] - 80.0)
    np.testing.assert_array_equal(net["called"], net["score"] >= 0)
    assert added.trainings.to_dict("records") == [
        {"model": "net", "position": 60, "seconds": 2.0},
        {"model": "net", "position": 90, "seconds": 3.5},
        {"model": TFIDF, "position": 60, "seconds": 2.0},
    ]
    assert added.predictions.query("model == @TFIDF")["position"].tolist() == list(range(60, 90))
    assert added.predictions.dtypes.to_dict() == passes.predictions.dtypes.to_dict()
    assert added.models.columns.tolist() == passes.models.columns.tolist()
    models = added.models.set_index("model")
    assert models.index.tolist() == ["hashed", "linear", "net", TFIDF]
    pd.testing.assert_frame_equal(models[:2], passes.models.set_index("model"), check_dtype=False)
    told = models[["features", "seconds", "trainings", "bytes"]].to_numpy().tolist()
    assert told[2:] == [["network", 5.5, 2, 1001], ["tf-idf", 2.0, 1, 1000]]
    assert (added.period, added.delay) == (1, 0)
