from collections.abc import Sequence

import numpy as np
import pandas as pd
import pytest

from pipeline.artifacts import Corpus, Pool
from pipeline.artifacts.streams import Stream
from pipeline.errors import UserError
from pipeline.stages.order import change_words, order_messages

N = 40


def corpus_of(labels: Sequence[int]) -> Corpus:
    """A message a row, whose text is its number."""
    rows = np.arange(len(labels))
    table = pd.DataFrame(
        {"row": rows + 100, "text": [f"text {row}" for row in rows], "label": np.array(labels, np.int8)}
    )
    return Corpus(table, "made", "spam", "ham", False, [])


def pool_of(num: int, groups: list[int] | None = None) -> Pool:
    """Every row but each fifth, which is a copy."""
    rows = np.array([row for row in range(num) if row % 5 != 4])
    return Pool(rows, np.array(groups or range(num)), grouped=True, num_exact=num // 5, changes=[])


def test_in_the_order_of_the_file_messages_come_as_they_are() -> None:
    labels = [row % 3 == 0 for row in range(N)]
    pool = pool_of(N, [row // 2 for row in range(N)])
    stream = order_messages(corpus_of(labels), pool, order="file", seed=1)
    table = stream.table
    np.testing.assert_array_equal(table["row"], pool.rows)
    assert table["text"].tolist() == [f"text {row}" for row in pool.rows]
    assert table["label"].tolist() == [labels[row] for row in pool.rows]
    assert table["group"].tolist() == [row // 2 for row in pool.rows]
    assert table.index.tolist() == list(range(len(pool.rows)))
    assert {name: str(table[name].dtype) for name in ("row", "label", "group", "familiar")} == {
        "row": "int64",
        "label": "int8",
        "group": "int64",
        "familiar": "bool",
    }
    assert (stream.order, stream.is_sorted, stream.num_copies, stream.changed_at) == ("file", False, 8, None)
    assert stream.replaced.empty


@pytest.mark.parametrize("order", ["file", "shuffled"])
def test_a_message_is_familiar_where_one_of_its_group_came_before(order: str) -> None:
    random = np.random.default_rng(0)
    pool = pool_of(N, random.integers(0, 15, N).tolist())
    labels = (random.random(N) < 0.5).tolist()
    table = order_messages(corpus_of(labels), pool, order=order, seed=2).table  # pyright: ignore[reportArgumentType]
    seen: set[int] = set()
    for group, familiar in zip(table["group"], table["familiar"], strict=True):
        assert familiar == (group in seen)
        seen.add(group)
    assert 0 < table["familiar"].sum() < len(table)


def test_shuffled_messages_are_the_same_ones_by_the_seed() -> None:
    corpus, pool = corpus_of([row % 2 for row in range(N)]), pool_of(N)
    first, again, other = (order_messages(corpus, pool, order="shuffled", seed=seed).table for seed in (3, 3, 4))
    pd.testing.assert_frame_equal(first, again)
    assert first["row"].tolist() != other["row"].tolist()
    assert sorted(first["row"]) == sorted(other["row"]) == pool.rows.tolist()
    ordered = first.sort_values("row", ignore_index=True)
    pd.testing.assert_frame_equal(ordered, order_messages(corpus, pool, order="file", seed=3).table)
    assert first["row"].tolist() != pool.rows.tolist()


def test_a_file_sorted_by_class_is_told() -> None:
    corpora = {"ascending": [0] * 20 + [1] * 20, "descending": [1] * 5 + [0] * 35, "mixed": [0] * 20 + [1] * 19 + [0]}
    sorted_ = {
        name: order_messages(corpus_of(labels), Pool(np.arange(N), np.arange(N), True, 0, []), order="file", seed=0)
        for name, labels in corpora.items()
    }
    assert {name: stream.is_sorted for name, stream in sorted_.items()} == {
        "ascending": True,
        "descending": True,
        "mixed": False,
    }


@pytest.mark.parametrize("label", [0, 1])
def test_messages_of_one_class_are_refused(label: int) -> None:
    corpus = corpus_of([label] * N)
    corpus.table.loc[4, "label"] = 1 - label  # a copy, which is not in the pool
    with pytest.raises(UserError, match="All 32 messages of made are of one class") as caught:
        order_messages(corpus, pool_of(N), order="shuffled", seed=0)
    assert "dataset.positive" in caught.value.remedy


def stream_of(messages: list[tuple[str, int]]) -> Stream:
    """Texts and labels in this order."""
    texts, labels = zip(*messages, strict=True)
    table = pd.DataFrame(
        {
            "row": range(len(texts)),
            "text": texts,
            "label": np.array(labels, np.int8),
            "group": range(len(texts)),
            "familiar": False,
        }
    )
    return Stream(table, "file", False, 0, None, pd.DataFrame(columns=["word", "replacement", "messages"]))


SPAM = ["FREE try NOW", "free £100", "Now free!", "try_free", "see free you"]
HAM = ["see you", "you try", "lunch now?", "see lunch", "you"]
CHANGING = stream_of([*zip(SPAM, [1] * 5, strict=True), *zip(HAM, [0] * 5, strict=True)] * 2)


def test_the_positive_class_uses_other_words_after_the_change() -> None:
    changed = change_words(CHANGING, at=0.5, num_words=3, replacement="winner")
    assert changed.changed_at == 10
    texts = changed.table["text"].tolist()
    assert texts[:10] == SPAM + HAM
    assert texts[15:] == HAM, "the other class goes on as before"
    assert changed.replaced.to_dict("records") == [
        {"word": "free", "replacement": "winner1", "messages": 5},
        {"word": "£", "replacement": "winner2", "messages": 1},
        {"word": "100", "replacement": "winner3", "messages": 1},
    ]
    assert [text.split() for text in texts[10:15]] == [
        ["winner1", "try", "NOW"],
        ["winner1", "winner2", "winner3"],
        ["Now", "winner1!"],
        ["try_winner1"],
        ["see", "winner1", "you"],
    ]
    pd.testing.assert_frame_equal(changed.table.drop(columns="text"), CHANGING.table.drop(columns="text"))
    assert CHANGING.table["text"].tolist() == (SPAM + HAM) * 2, "the stream that was given stays as it is"
    assert CHANGING.changed_at is None


def test_fewer_words_change_where_fewer_tell_the_class() -> None:
    changed = change_words(CHANGING, at=0.5, num_words=500, replacement="new")
    told = changed.replaced["word"].tolist()
    assert set(told) == {"free", "£", "100", "now", "try"}, "see and you speak for the other class"
    assert changed.replaced["replacement"].tolist() == [f"new{number}" for number in range(1, len(told) + 1)]
    assert (changed.replaced["messages"] > 0).all()


def test_what_comes_later_does_not_choose_the_words() -> None:
    later = stream_of([*zip(SPAM + HAM, [1] * 5 + [0] * 5, strict=True), *[("zebra free", 1), ("free you", 0)] * 5])
    first, second = (change_words(one, at=0.5, num_words=9, replacement="w") for one in (CHANGING, later))
    pd.testing.assert_frame_equal(first.replaced, second.replaced)
    assert second.table["text"].tolist()[10:12] == ["zebra w1", "free you"]


def test_words_whose_lower_case_is_no_letter_of_unicode_3_2_are_words_too() -> None:
    """Georgian capitals, and the palochka of Caucasian languages: read again, n-grams must be what they were."""
    stream = stream_of([("\u10a0\u10a1 \u04c0", 1), ("see", 0)] * 4)
    changed = change_words(stream, at=0.5, num_words=2, replacement="w")
    assert set(changed.replaced["word"]) == {"\u10a0\u10a1", "\u04c0"}
    assert changed.table["text"].tolist()[4:] == ["w1 w2", "see"] * 2


@pytest.mark.parametrize(
    "messages",
    [[("see you", 0)] * 4 + [("free", 1)] * 6, [("you", 1), ("you", 0)] * 5, [("?!", 1), ("...", 0)] * 5],
    ids=["negative only", "same words", "no words"],
)
def test_where_no_word_tells_the_positive_class_nothing_can_change(messages: list[tuple[str, int]]) -> None:
    with pytest.raises(UserError, match="among the first 4 messages: nothing can change") as caught:
        change_words(stream_of(messages), at=0.4, num_words=3, replacement="winner")
    assert "drift.at" in caught.value.remedy
