"""Words of any script, and runs of words and characters that training messages hold."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.evaluation.characters.runs import count_held, number_characters, number_words
from pipeline.evaluation.characters.words import split_words
from pipeline.evaluation.synthetic.copying import copied_ngrams


def runs(text: str, size: int) -> list[str]:
    return [text[start : start + size] for start in range(len(text) - size + 1)]


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 6, 7, 8, 20])
@given(texts=st.lists(st.text("ab", max_size=30), max_size=6), train=st.lists(st.text("ab", max_size=30), max_size=6))
def test_runs_are_counted_as_by_hand(size: int, texts: list[str], train: list[str]) -> None:
    held, number = count_held(number_characters(texts), number_characters(train), size)
    known = {run for text in train for run in runs(text, size)}
    assert held.tolist() == [sum(run in known for run in runs(text, size)) for text in texts]
    assert number.tolist() == [len(runs(text, size)) for text in texts]


@pytest.mark.parametrize("size", [1, 4, 8])
def test_runs_of_words_are_those_of_the_judges_of_synthetic_text(size: int) -> None:
    random = np.random.default_rng(size)
    lists = [[str(word) for word in random.integers(0, 3, random.integers(0, 15))] for _ in range(60)]
    numbered = number_words(lists)
    train, own = numbered.cut(0, 30), numbered.cut(30, 60)
    held, number = count_held(own, train, size)
    expected = copied_ngrams(own.pad(np.arange(30)), train.pad(np.arange(30)), size)
    assert 100 * held.sum() / number.sum() == pytest.approx(expected)


def test_characters_beyond_the_first_plane_are_told_apart() -> None:
    train, texts = number_characters(["😀😁x"]), number_characters(["😁x", "😁y", "😂"])
    assert count_held(texts, train, 1)[0].tolist() == [2, 1, 0]


def test_lists_are_cut_and_padded() -> None:
    numbered = number_words([["a", "b"], [], ["b", "c", "a"]])
    assert numbered.pad(np.array([2, 0, 1])).tolist() == [[2, 3, 1], [1, 2, 0], [0, 0, 0]]
    assert numbered.cut(1, 3).pad(np.array([1])).tolist() == [[2, 3, 1]]
    assert numbered.pad(np.array([1])).shape == (1, 0)
    assert len(numbered.cut(3, 3)) == 0


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Ok, I'll be THERE @ 5pm_", ["ok", "i", "ll", "be", "there", "5pm"]),
        ("Привет, мир!", ["привет", "мир"]),
        ("हिन्दी भाषा", ["हिन्दी", "भाषा"]),
        ("日本語 ok", ["日", "本", "語", "ok"]),
        ("สวัสดี 5 บ.", ["ส", "วั", "ส", "ดี", "5", "บ"]),
        ("안녕 하세요", ["안녕", "하세요"]),
        ("مرحبا، كيف", ["مرحبا", "كيف"]),
        ("two\nlines\tand\u00a0more", ["two", "lines", "and", "more"]),
        ("😀 ... £", []),
        ("", []),
    ],
)
def test_words_of_any_script(text: str, words: list[str]) -> None:
    assert split_words([text]) == [words]
