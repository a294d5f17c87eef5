"""Scores of written messages beside a real holdout."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from made_messages import Made, made, samples

from pipeline.artifacts.characters import Samples, SampleScores
from pipeline.evaluation.characters.recognition import share
from pipeline.evaluation.synthetic.wording import distinct, self_bleu
from pipeline.evaluation.tfidf import count_ngrams, fit_tfidf
from pipeline.stages.judge_samples import judge_samples

SCORES = [
    "distinct_1", "distinct_2", "self_bleu", "real_words", "copied_4grams", "copied_characters", "exact_copies",
    "length_distance", "ended",
]  # fmt: skip


def judged(it: Made, *written: Samples) -> SampleScores:
    return judge_samples(it.corpus, it.split, *written, seed=3)


def values(scores: SampleScores, column: str = "value", name: str = "net") -> dict[str, float]:
    table = scores.table[scores.table["name"] == name]
    return dict(zip(table["score"], table[column], strict=True))


def part(it: Made, name: str) -> list[str]:
    return [it.texts[row] for row in getattr(it.split, name)]


def test_copies_are_found_out() -> None:
    it = made()
    scores = judged(it, samples("net", part(it, "train")))
    found = values(scores)
    assert list(found) == SCORES
    for score in ("real_words", "copied_4grams", "copied_characters", "exact_copies"):
        assert found[score] == 100
    assert found["length_distance"] == 0
    lines = scores.samples["copy_of"].to_numpy() - 100
    assert [it.texts[line] for line in lines] == scores.samples["text"].tolist()
    assert set(lines) <= set(it.split.train)


def test_the_holdout_as_a_model_has_the_scores_of_the_holdout() -> None:
    it = made()
    scores = judged(it, samples("net", part(it, "test")), samples("other", ["ok"] * 40, draw=np.repeat([0, 1], 20)))
    assert scores.num_messages == 20
    assert scores.num_draws == 2
    test = judged(it, samples("net", part(it, "test")))
    assert test.num_messages == len(it.split.test)
    assert values(test) == values(test, "holdout")
    assert values(test)["copied_4grams"] < 100


def test_scores_are_those_of_the_judges_of_synthetic_text() -> None:
    it = made()
    texts = ["win cash win cash", "see you later", "see you later", ""] * 8
    found = values(judged(it, samples("net", texts[: len(it.split.test)])))
    numbers = {word: number for number, word in enumerate(["win", "cash", "see", "you", "later"], start=1)}
    ids = np.zeros((len(it.split.test), 4), np.int32)
    for row, text in zip(ids, texts, strict=False):
        row[: len(text.split())] = [numbers[word] for word in text.split()]
    assert found["distinct_1"] == distinct(ids, 1)
    assert found["distinct_2"] == distinct(ids, 2)
    assert found["self_bleu"] == self_bleu(ids)


def test_the_order_of_messages_does_not_matter() -> None:
    it = made()
    texts = part(it, "test")
    found, turned = (judged(it, samples("net", some)).table for some in (texts, texts[::-1]))
    pd.testing.assert_frame_equal(found, turned)


def test_draws_are_averaged_and_their_range_is_told() -> None:
    it = made()
    size = len(it.split.test)
    texts = [*part(it, "train")[:size], *["qqqq qq"] * size]
    scores = judged(it, samples("net", texts, draw=np.repeat([0, 1], size), ended=np.repeat([True, False], size)))
    for score in ("real_words", "exact_copies", "ended"):
        assert [values(scores, column)[score] for column in ("value", "low", "high")] == [50, 0, 100]
    assert values(scores)["copied_characters"] == 100  # the other draw has no run of 20 and does not count
    assert scores.num_draws == 2


def test_the_range_of_the_holdout_is_that_of_as_many_draws() -> None:
    it = made()
    scores = judged(it, samples("net", ["ok"] * 40, draw=np.repeat([0, 1, 2, 3], 10)))
    assert (scores.num_messages, scores.num_draws) == (10, 4)
    ends = scores.table[["holdout_low", "holdout", "holdout_high"]].dropna()
    assert (ends.diff(axis=1).iloc[:, 1:] >= -1e-9).all(axis=None)
    assert (ends["holdout_low"] < ends["holdout_high"]).any()
    one = judged(it, samples("net", ["ok"] * 10))
    assert values(one, "holdout_low") == pytest.approx(values(one, "holdout_high"), nan_ok=True)


def test_temperatures_are_told_apart() -> None:
    it = made()
    size = len(it.split.test)
    texts = [*part(it, "train")[:size], *["qqqq"] * size]
    scores = judged(it, samples("net", texts, temperature=np.repeat([0.5, 1.0], size)))
    copies = scores.table.query("score == 'exact_copies'")
    assert copies[["temperature", "value"]].to_numpy().tolist() == [[0.5, 100], [1.0, 0]]
    assert scores.recognition["temperature"].tolist() == [0.5, 1.0]


@pytest.mark.parametrize("texts", [[""] * 30, ["", " \n", "...", "a"] * 8, [""]])
def test_messages_without_words_break_nothing(texts: list[str]) -> None:
    it = made()
    scores = judged(it, samples("net", texts))
    found = values(scores)
    assert found["exact_copies"] == 0
    assert np.isnan(found["copied_4grams"])
    assert np.isnan(found["copied_characters"])
    assert np.isnan(found["distinct_2"])
    assert scores.num_messages == min(len(texts), len(it.split.test))
    assert (scores.samples["copy_of"] == -1).all()


def test_blanks_at_the_ends_hide_no_copy() -> None:
    it = made(texts=["hello there ", "b see", "c you", "now then", "e ok", "f no"] * 4)
    scores = judged(it, samples("net", [" hello there", "hello there.", "Hello there"]))
    assert scores.samples["copy_of"].tolist() == [100, -1, -1]


def test_what_no_class_was_asked_for_counts_where_there_is_any() -> None:
    it = made()
    size = len(it.split.test)
    real, other = part(it, "train")[:size], ["qqqq"] * size
    mixed = samples("net", [*real, *other], label=np.repeat([-1, 1], size).astype(np.int8))
    asked = samples("asked", [*real, *other], label=np.repeat([0, 1], size).astype(np.int8))
    scores = judged(it, mixed, asked)
    assert values(scores)["exact_copies"] == 100
    assert 20 < values(scores, name="asked")["exact_copies"] < 80
    keys = scores.recognition[["name", "label", "messages"]].to_numpy().tolist()
    assert keys == [["net", -1, size], ["net", 1, size], ["asked", 0, size], ["asked", 1, size]]
    assert len(scores.samples) == 4 * size


def test_real_messages_of_a_class_are_recognised_as_the_holdout_is() -> None:
    it = made(n=180)
    labels = it.split.labels[it.split.test]
    scores = judged(it, samples("net", part(it, "test"), label=labels), samples("free", part(it, "test")))
    table = scores.recognition
    assert table["called"].tolist() == pytest.approx(table["holdout"].tolist())
    assert table["low"].tolist() == pytest.approx(table["holdout_low"].tolist())
    by_label = table.set_index("label")["called"]
    assert by_label[1] > 0.9 > 0.1 > by_label[0]
    assert by_label[-1] == pytest.approx(labels.mean(), abs=0.1)
    assert ((table["low"] <= table["called"]) & (table["called"] <= table["high"])).all()

    ngrams = count_ngrams(it.texts)
    model = fit_tfidf(ngrams, it.split.labels, it.split.train, seed=3)
    called = model.predict(ngrams, it.split.test) >= 0.5
    assert by_label[1] == pytest.approx(called[labels == 1].mean())


def test_a_class_without_test_messages_has_no_holdout() -> None:
    it = made()
    negative = it.split.test[it.split.labels[it.split.test] == 0]
    written = samples("net", ["win cash"] * 9, label=np.int8(1))
    table = judged(replace(it, split=replace(it.split, test=negative)), written).recognition
    assert table[["holdout", "holdout_low", "holdout_high"]].isna().all(axis=None)


CLAUSES = [chr(0x4E00 + place) + chr(0x5E00 + place) for place in range(360)]


@pytest.mark.parametrize("texts", [["😀", "😀🎉", "🎉"] * 20, ["中", "好 吗", "去"] * 20, CLAUSES])
def test_without_words_nothing_is_recognised_and_all_else_is_judged(texts: list[str]) -> None:
    """The last are words to TF-IDF, which takes whole clauses of Chinese, but no two training messages share one."""
    it = made(n=len(texts), texts=texts)
    scores = judged(it, samples("net", ["😀", "中好", "words are here"] * 5, label=np.int8(1)))
    usual = judged(made(), samples("net", ["win cash"] * 5, label=np.int8(1))).recognition
    assert scores.recognition.empty
    pd.testing.assert_series_equal(scores.recognition.dtypes, usual.dtypes)
    assert values(scores)["exact_copies"] == pytest.approx(100 / 3 if "😀" in texts else 0)


@pytest.mark.parametrize(
    ("called", "messages", "low", "high"), [(0, 10, 0.0, 0.2775), (5, 10, 0.2366, 0.7634), (81, 263, 0.2553, 0.3662)]
)
def test_wilson_interval(called: int, messages: int, low: float, high: float) -> None:
    """The last: table I of Newcombe 1998, Statistics in Medicine 17:857-872, method 3; the others by the formula."""
    found = share(called, messages)
    assert (found.value, found.low, found.high) == pytest.approx((called / messages, low, high), abs=5e-5)
    assert np.isnan(share(0, 0).low)


def test_all_that_was_trained_on_may_be_the_holdout() -> None:
    it = made(published=True)
    found = values(judged(it, samples("net", ["win cash", "ok"])), "holdout")
    assert found["exact_copies"] == found["real_words"] == 100


@pytest.mark.parametrize("texts", [["😀 日本語 を 見る", "مرحبا كيف حالك"], ["\x03\0", "<b>\n</b>"]])
def test_any_script_is_judged(texts: list[str]) -> None:
    it = made()
    scores = judged(it, samples("net", texts))
    assert scores.samples["text"].tolist() == texts
    assert values(scores)["exact_copies"] == 0


def test_the_seed_decides_what_is_drawn() -> None:
    it = made()
    written = samples("net", [f"see you {number}" for number in range(200)])
    first, again = (judge_samples(it.corpus, it.split, written, seed=3) for _ in range(2))
    other = judge_samples(it.corpus, it.split, written, seed=4)
    pd.testing.assert_frame_equal(first.table, again.table)
    assert values(first) != values(other)
