"""Texts as symbols, and symbols as text again.

Shapes: n texts, M symbols of all of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from pipeline.artifacts.characters import END, Alphabet

LARGEST = np.iinfo(np.uint16).max  # the largest symbol that fits
UNKNOWN_SHOWN = "\N{REPLACEMENT CHARACTER}"


def count_characters(texts: Iterable[str]) -> Counter[str]:
    """How often each character occurs."""
    found: Counter[str] = Counter()
    for text in texts:
        found.update(text)
    return found


def encode(texts: Sequence[str], alphabet: Alphabet) -> tuple[NDArray[np.uint16], NDArray[np.int64]]:
    """All texts, one after the other, each closed by the end; the symbols (M,) and where each begins (n + 1,).

    Raises:
        ValueError: a character is not in the alphabet, and the alphabet has no symbol for others.
    """
    ends = np.cumsum([len(text) + 1 for text in texts], dtype=np.int64)
    edges = np.concatenate([[0], ends])
    points = np.frombuffer("\0".join([*texts, ""]).encode("utf-32-le", "surrogatepass"), "<u4")
    known = np.array([ord(character) for character in alphabet.characters], np.uint32)  # ascending
    place = np.searchsorted(known, points)
    is_known = place < len(known)
    is_known[is_known] = known[place[is_known]] == points[is_known]
    is_end = np.zeros(len(points), bool)
    is_end[ends - 1] = True
    lacking = ~is_known & ~is_end
    if alphabet.unknown is None and lacking.any():
        raise ValueError(f"{chr(points[lacking][0])!r} is not in the alphabet")
    symbols = np.where(is_known, place + 1, alphabet.unknown or END)
    symbols[is_end] = END
    return symbols.astype(np.uint16), edges


def decode(symbols: Iterable[int], alphabet: Alphabet) -> str:
    """The characters of symbols, up to the first end; the unknown one is shown as U+FFFD."""
    shown = ["", *alphabet.characters, UNKNOWN_SHOWN]
    found: list[str] = []
    for symbol in symbols:
        if symbol == END:
            break
        found.append(shown[symbol])
    return "".join(found)
