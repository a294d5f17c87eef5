"""Messages as symbols: the alphabet is of the training part."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from pipeline.artifacts.characters import Characters
from pipeline.errors import UserError
from pipeline.stages import encode_characters as stage
from pipeline.stages.encode_characters import encode_characters
from pipeline.text.alphabet import decode
from writer_samples import Messages, messages


def encoded(made: Messages, alphabet_from: Any = "train", min_count: int = 1) -> Characters:
    return encode_characters(made.corpus, made.split, alphabet_from=alphabet_from, min_count=min_count)


def test_the_alphabet_is_what_training_messages_hold_often_enough() -> None:
    made = messages()
    texts = made.corpus.table["text"].iloc[made.split.train].tolist()
    for least in (1, 2, 30):
        found = encoded(made, min_count=least)
        counts = {character: sum(text.count(character) for text in texts) for character in set("".join(texts))}
        assert found.alphabet.characters == sorted(one for one, count in counts.items() if count >= least)
        assert found.alphabet.has_unknown
    assert "é" in encoded(made, min_count=2).alphabet.characters
    assert "中" not in encoded(made, min_count=2).alphabet.characters
    assert "☃" not in encoded(made).alphabet.characters, "only a test message has it"


def test_messages_of_the_split_are_their_symbols_and_the_others_are_left_out() -> None:
    made = messages()
    found, known = encoded(made), set(encoded(made).alphabet.characters)
    assert len(found.edges) == len(made.corpus.table) + 1
    for row, text in enumerate(made.corpus.table["text"]):
        shown = "".join(one if one in known else "\ufffd" for one in text)
        symbols = found.take(np.array([row]))[0]
        assert decode(symbols, found.alphabet) == (shown if row in made.split.used else "")
        assert symbols[-1] == 0
    assert (found.take(np.array([2]))[0] == found.alphabet.unknown).sum() == 5, "two of ☃, a comma, a k, a bell"


def test_the_published_alphabet_is_of_all_messages_and_has_no_unknown_character() -> None:
    made = messages()
    found = encoded(made, "all")
    used = "".join(made.corpus.table["text"].iloc[made.split.used])
    assert found.alphabet.characters == sorted(set(used))
    assert not found.alphabet.has_unknown
    rarer = encoded(made, "all", min_count=2)
    assert rarer.alphabet.has_unknown, "what is rarer needs a symbol"
    assert rarer.alphabet.num_symbols < found.alphabet.num_symbols


def test_characters_of_held_out_messages_change_nothing_but_themselves() -> None:
    made = messages()
    table = made.corpus.table.copy()
    table.loc[made.split.test, "text"] = "Ω" * 10
    other = encoded(Messages(replace(made.corpus, table=table), made.split))
    own = encoded(made)
    assert other.alphabet == own.alphabet
    for one, two in zip(other.take(made.split.train), own.take(made.split.train), strict=True):
        np.testing.assert_array_equal(one, two)


def test_an_alphabet_of_nothing_is_refused() -> None:
    with pytest.raises(UserError, match=r"No character occurs alphabet\.min_count = 9999 times") as caught:
        encoded(messages(), min_count=9_999)
    assert "Lower alphabet.min_count" in caught.value.remedy


def test_more_characters_than_symbols_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    number = len(encoded(messages()).alphabet.characters)
    monkeypatch.setattr(stage, "LARGEST", number + 1)
    assert encoded(messages()).alphabet.unknown == number + 1, "just fits"
    monkeypatch.setattr(stage, "LARGEST", number)
    with pytest.raises(UserError, match=f"hold {number} different characters") as caught:
        encoded(messages())
    assert caught.value.expected == f"at most {number - 1}"
