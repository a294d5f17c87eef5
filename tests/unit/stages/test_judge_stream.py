import numpy as np
import pandas as pd
import pytest

from pipeline.artifacts.streams import Stream, StreamScores
from pipeline.errors import UserError
from pipeline.evaluation.streams.judge import judge
from pipeline.stages.filter_stream import Model, filter_stream
from pipeline.stages.judge_stream import judge_stream
from pipeline.stages.order import change_words

N = 120
SETTINGS = {"window": 30, "every": 10, "reference": "exact", "delta": 0.01, "resamples": 100, "seed": 5}


def made() -> Stream:
    """A stream that filters learn within a few messages, two in three of which have an earlier near-duplicate."""
    random = np.random.default_rng(0)
    rows = np.arange(N)
    labels = (random.random(N) < 0.4).astype(np.int8)
    texts = [" ".join(f"{'hs'[label]}{word}" for word in random.integers(0, 8, 4)) for label in labels]
    table = pd.DataFrame({"row": rows, "text": texts, "label": labels, "group": rows // 3, "familiar": rows % 3 > 0})
    return Stream(table, "shuffled", False, 0, None, pd.DataFrame())


def judged(stream: Stream, period: int = 1) -> StreamScores:
    """Filters over it, and what the stage says of them."""
    models = {"exact": Model("exact_naive_bayes", 8, 1, 1.0), "linear": Model("perceptron", 10, 1, 0.3)}
    passes = filter_stream(
        stream, models=models, ngrams=(1, 1), hash_seed=0, likelihood="ngrams", period=period, delay=0
    )
    scores = judge_stream(stream, passes, **SETTINGS)  # pyright: ignore[reportArgumentType]
    whole = judge(stream, passes, **SETTINGS)  # pyright: ignore[reportArgumentType]
    for name in ("totals", "windows", "curves", "alarms", "recoveries"):
        pd.testing.assert_frame_equal(getattr(scores, name), getattr(whole, name))
    called = passes.predictions.pivot_table(index="position", columns="model", values="called")
    right = (called.astype(bool).to_numpy() == (stream.table["label"] == 1).to_numpy()[:, None]).mean(axis=0)
    totals = scores.totals.query("part == 'all' and metric == 'accuracy'").set_index("model")["value"]
    assert totals[called.columns].tolist() == pytest.approx(right.tolist())
    return scores


def test_filters_that_have_learnt_are_judged() -> None:
    scores = judged(made())
    assert (scores.window, scores.start, scores.reference) == (30, 0, "exact")
    accuracy = scores.totals.query("part == 'all' and metric == 'accuracy'")
    assert (accuracy["value"] > 0.9).all()
    assert accuracy["difference"].isna().tolist() == (accuracy["model"] == "exact").tolist()
    assert set(scores.totals["part"]) == {"all", "unfamiliar"}


def test_a_change_of_words_costs_recall_and_is_recovered_from() -> None:
    scores = judged(change_words(made(), at=0.5, num_words=8, replacement="winner"), period=30)
    assert set(scores.totals["part"]) >= {"before", "after"}
    recoveries = scores.recoveries.set_index("model")
    assert (recoveries["recall_before"] > 0.9).all()
    assert (recoveries["lowest"] < recoveries["recall_before"]).all()


def test_a_reference_that_did_not_run_is_refused() -> None:
    stream = made()
    passes = filter_stream(
        stream, models={"linear": Model("perceptron", 10, 1, 0.3)}, ngrams=(1, 1), hash_seed=0, likelihood="ngrams",
        period=1, delay=0,
    )  # fmt: skip
    with pytest.raises(UserError, match="exact"):
        judge_stream(stream, passes, **SETTINGS)  # pyright: ignore[reportArgumentType]
