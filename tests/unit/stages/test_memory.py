import numpy as np
import pandas as pd
import pytest

from pipeline.artifacts.streams import MemoryScores, Stream
from pipeline.errors import UserError
from pipeline.online.blocks import block_of
from pipeline.online.filters import new_filter
from pipeline.online.settings import FilterSettings, Learner
from pipeline.stages.filter_stream import pass_once
from pipeline.stages.memory import measure_memory

N, PERIOD = 80, 5
SIZES = [2, 5, 8, 18]


def made() -> tuple[list[str], np.ndarray]:
    """Texts and labels; most words tell the class, some are common, a message has none."""
    random = np.random.default_rng(1)
    labels = (random.random(N) < 0.5).astype(np.int8)
    words = [[*(f"{'hs'[label]}{word}" for word in random.integers(0, 20, 4)), "the", "£"] for label in labels]
    return [" ".join(random.permutation(some)) for some in words[:-1]] + ["..."], labels


@pytest.fixture(scope="module")
def scores() -> MemoryScores:
    """The measure on this stream."""
    texts, labels = made()
    rows = np.arange(N)
    table = pd.DataFrame({"row": rows, "text": texts, "label": labels, "group": rows // 2, "familiar": rows % 2 == 1})
    return measure_memory(
        Stream(table, "shuffled", False, 0, None, pd.DataFrame()),
        log2_cells=SIZES, num_hashes=[1, 2, 3, 4], rate=0.3, likelihood="ngrams", ngrams=(1, 2), hash_seed=4,
        period=PERIOD, resamples=100, seed=0,
    )  # fmt: skip


def judged(learner: Learner, log2_buckets: int, num_hashes: int) -> dict[str, float]:
    """F1, false-positive rate and bytes of a filter, by counting."""
    texts, labels = made()
    model = new_filter(FilterSettings(learner, (1, 2), log2_buckets, num_hashes, 4, "ngrams", 0.3))
    called = pass_once(model, block_of(texts), labels, PERIOD, 0) > 0
    tp, fp = (called & (labels == 1)).sum(), (called & (labels == 0)).sum()
    return {"f1": 2 * tp / (called.sum() + labels.sum()), "fpr": fp / (labels == 0).sum(), "bytes": model.num_bytes}


def test_tables_share_their_cells_among_their_rows(scores: MemoryScores) -> None:
    tables = scores.counts
    cells = 2 ** tables["log2_buckets"] * tables["num_hashes"]
    sizes = [(2, 1), (1, 2), *((c - shift, k) for c in SIZES[1:] for k, shift in ((1, 0), (2, 1), (3, 2), (4, 2)))]
    assert list(zip(tables["log2_buckets"], tables["num_hashes"], strict=True)) == sizes
    assert (tables["bytes"] == 8 * cells + 32).all(), "two counts of 4 bytes a bucket, and totals"
    assert (tables["features"] == np.where(tables["num_hashes"] == 1, "hashing", "count-min")).all()
    assert len(scores.models) == 2 * len(tables)


def test_models_are_judged_over_the_whole_stream(scores: MemoryScores) -> None:
    for _, row in scores.models.iterrows():
        expected = judged(row["learner"], row["log2_buckets"], row["num_hashes"])
        assert {name: row[name] for name in expected} == pytest.approx(expected)
        assert row["f1_low"] <= row["f1"] <= row["f1_high"]
        assert 0 <= row["pr_auc"] <= 1


def test_the_reference_is_exact(scores: MemoryScores) -> None:
    (reference,) = scores.reference.query("learner == 'naive_bayes'").to_dict("records")
    expected = judged("exact_naive_bayes", 1, 1)
    assert {name: reference[name] for name in ("f1", "fpr")} == pytest.approx(
        {name: expected[name] for name in ("f1", "fpr")}
    )
    largest = scores.models.query("learner == 'naive_bayes' and log2_buckets == 18 and num_hashes == 1")
    assert largest["f1"].tolist() == pytest.approx([expected["f1"]])


def test_ngrams_are_counted_once_a_message(scores: MemoryScores) -> None:
    texts, _ = made()
    counted = []
    for text in texts[:-1]:
        words = text.split()
        counted += {*words, *(" ".join(words[k : k + 2]) for k in range(len(words) - 1))}
    assert scores.num_counted == len(counted)
    assert scores.num_ngrams == len(set(counted))


def test_errors_are_never_negative_and_vanish_where_there_is_room(scores: MemoryScores) -> None:
    counts = scores.counts
    assert (counts["mean_error"] >= 0).all()
    assert counts["exact_percent"].between(0, 100).all()
    roomy = counts[counts["log2_buckets"] >= 16]
    assert (roomy["mean_error"] == 0).all()
    assert (roomy["exact_percent"] == 100).all()
    smallest = counts[counts["log2_buckets"] <= 2]
    assert (smallest["mean_error"] > 5).all()
    for _, rows in counts.groupby("num_hashes"):
        assert rows["mean_error"].is_monotonic_decreasing, "these seeds: the larger the table, the smaller its error"


def test_the_bound_is_that_of_the_sketch(scores: MemoryScores) -> None:
    sketches = scores.counts[scores.counts["num_hashes"] > 1]  # of hashing, n-grams that meet in a message are one
    buckets = 2.0 ** sketches["log2_buckets"]
    np.testing.assert_allclose(sketches["bound"], np.e / buckets * scores.num_counted)
    np.testing.assert_allclose(scores.counts["promised_percent"], 100 / np.e ** scores.counts["num_hashes"])
    assert (scores.counts["bound"] <= np.e / 2.0 ** scores.counts["log2_buckets"] * scores.num_counted + 1e-9).all()
    assert (scores.counts["beyond_percent"] <= scores.counts["promised_percent"]).all()


def test_ngrams_that_unicode_has_given_a_lower_case_since_are_found_again() -> None:
    texts, labels = ["\u10a0 \u04c0 a", "b 😀"] * 2, np.array([1, 0, 1, 0], np.int8)
    table = pd.DataFrame({"row": range(4), "text": texts, "label": labels, "group": range(4), "familiar": False})
    scores = measure_memory(
        Stream(table, "file", False, 0, None, pd.DataFrame()),
        log2_cells=[16], num_hashes=[2], rate=0.3, likelihood="ngrams", ngrams=(1, 3), hash_seed=0, period=1,
        resamples=100, seed=0,
    )  # fmt: skip
    assert (scores.num_ngrams, scores.num_counted) == (9, 18)
    assert scores.counts["exact_percent"].tolist() == [100]


def test_sketches_are_compared_with_hashing_in_as_many_cells(scores: MemoryScores) -> None:
    models = scores.models
    is_hashing = models["num_hashes"] == 1
    assert models.loc[is_hashing, "difference"].isna().all()
    cells = models["log2_buckets"] + np.ceil(np.log2(models["num_hashes"])).astype(int)
    models = models.assign(cells=cells)
    beside = models[~is_hashing].merge(models.loc[is_hashing, ["learner", "cells", "f1"]], on=["learner", "cells"])
    assert len(beside) == len(models[~is_hashing])
    np.testing.assert_allclose(beside["difference"], beside["f1_x"] - beside["f1_y"], atol=1e-12)
    assert beside["difference"].between(beside["difference_low"] - 1e-12, beside["difference_high"] + 1e-12).all()


def test_tables_too_small_for_their_hashes_are_refused() -> None:
    texts, labels = made()
    table = pd.DataFrame({"text": texts, "label": labels, "group": np.arange(len(texts))})
    with pytest.raises(UserError, match="can be divided among so many"):
        measure_memory(
            Stream(table, "file", False, 0, None, pd.DataFrame()),
            log2_cells=[1], num_hashes=[4], rate=0.3, likelihood="ngrams", ngrams=(1, 1), hash_seed=0, period=1,
            resamples=100, seed=0,
        )  # fmt: skip
