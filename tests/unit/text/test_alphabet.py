"""Texts as symbols and back, in any script."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.artifacts.characters import END, Alphabet, Characters
from pipeline.text.alphabet import UNKNOWN_SHOWN, count_characters, decode, encode

TEXTS = st.lists(st.text(st.characters(), max_size=12), max_size=6)  # lone surrogates too


def alphabet_of(texts: list[str], *, has_unknown: bool = False) -> Alphabet:
    return Alphabet(sorted(count_characters(texts)), has_unknown)


@given(TEXTS, st.booleans())
@example(["👍🏽 e\u0301 中文字", "", "a\0b\0", "x\r\n\u2028\x85y", "\U0010ffff\ud800"], False)
@example([], True)
@example([""], False)
def test_symbols_are_the_texts_again(texts: list[str], has_unknown: bool) -> None:
    alphabet = alphabet_of(texts, has_unknown=has_unknown)
    symbols, edges = encode(texts, alphabet)
    characters = Characters(alphabet, symbols, edges)
    assert symbols.dtype == np.uint16
    assert edges[0] == 0
    assert edges[-1] == len(symbols)
    assert characters.lengths.tolist() == [len(text) + 1 for text in texts]
    for text, message in zip(texts, characters.take(np.arange(len(texts))), strict=True):
        assert decode(message, alphabet) == text
        assert np.flatnonzero(message == END).tolist() == [len(text)], "the end stands at the end alone"
        assert ((message[:-1] > 0) & (message[:-1] <= len(alphabet.characters))).all()


@given(TEXTS, st.sets(st.characters(), max_size=5))
def test_what_is_not_in_the_alphabet_is_the_unknown_symbol_and_nothing_else_is(
    texts: list[str], known: set[str]
) -> None:
    alphabet = Alphabet(sorted(known), has_unknown=True)
    symbols, edges = encode(texts, alphabet)
    for text, message in zip(texts, Characters(alphabet, symbols, edges).take(np.arange(len(texts))), strict=True):
        assert [symbol == alphabet.unknown for symbol in message[:-1]] == [character not in known for character in text]
        shown = "".join(character if character in known else UNKNOWN_SHOWN for character in text)
        assert decode(message, alphabet) == shown


def test_symbols_are_numbered_by_code_point() -> None:
    alphabet = alphabet_of(["b😀a", "\uffffa"])
    assert alphabet.characters == ["a", "b", "\uffff", "😀"]
    symbols, edges = encode(["b😀a", "\uffffa"], alphabet)
    assert symbols.tolist() == [2, 4, 1, 0, 3, 1, 0]
    assert edges.tolist() == [0, 4, 7]


@pytest.mark.parametrize(("known", "text", "named"), [("ab", "abXb", "X"), ("", "é", "é"), ("ab", "a\0", "x00")])
def test_without_an_unknown_symbol_an_unknown_character_is_refused(known: str, text: str, named: str) -> None:
    with pytest.raises(ValueError, match=f"{named}' is not in the alphabet"):
        encode(["a" if known else "", text], Alphabet(list(known), has_unknown=False))


def test_decoding_ends_with_the_message() -> None:
    alphabet = Alphabet(["a", "b"], has_unknown=True)
    assert decode([1, 3, 2, END, 1], alphabet) == f"a{UNKNOWN_SHOWN}b"
    assert decode([], alphabet) == ""
    assert (alphabet.num_symbols, alphabet.unknown) == (4, 3)
    assert (Alphabet(["a", "b"], has_unknown=False).num_symbols, Alphabet(["a"], has_unknown=False).unknown) == (
        3,
        None,
    )


def test_characters_are_counted_over_all_texts() -> None:
    assert count_characters(["aab", "", "b\n"]) == {"a": 2, "b": 2, "\n": 1}
