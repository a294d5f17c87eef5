"""Which characters make words, and what they are in lower case: a table that is the same everywhere.

A word is a run of letters, marks and digits. A currency sign or another symbol (an emoji, say) is a word by itself. All
else separates words. Categories are those of Unicode 3.2, which Python keeps unchanged: with the newest, a word would
be hashed otherwise under another Python. Of characters above U+FFFF each is a word by itself.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable
from functools import cache
from itertools import groupby
from unicodedata import ucd_3_2_0

import numpy as np
from numpy.typing import NDArray

ALONE = 1 << 16  # marks a character that is a word by itself
SEPARATOR = 0
IN_WORDS, BY_THEMSELVES = frozenset("LMN"), frozenset({"Sc", "So"})
REPLACEMENT = 0xFFFD  # what stands for undecodable bytes: no word


@cache
def character_table() -> NDArray[np.uint32]:
    """(65536,): of each code point its lower case, plus ALONE where it is a word by itself; SEPARATOR where no word."""
    table = np.zeros(1 << 16, np.uint32)
    for code in range(1 << 16):
        category = ucd_3_2_0.category(chr(code))
        if category[0] in IN_WORDS:
            table[code] = _lower(code) if category in ("Lu", "Lt") else code
        elif category in BY_THEMSELVES and code != REPLACEMENT:
            table[code] = code | ALONE
    return table


@cache
def table_checksum() -> int:
    """CRC-32 of the table: filters that were made with another one see other words."""
    return zlib.crc32(character_table().astype("<u4").tobytes())


def replace_words(text: str, replacement: Callable[[str], str | None]) -> str:
    """The text with other words, and between them what was there; `replacement` of None leaves a word as it is.

    A word that takes the place of a symbol has blanks around it: in "£100" it would be one with the number.
    """
    table = character_table()

    def replaced(found: re.Match[str]) -> str:
        word = found[0]
        codes = [int(table[ord(character)]) if ord(character) < len(table) else ALONE for character in word]
        if codes[0] >= ALONE:
            new = replacement(word)
            return word if new is None else f" {new} "
        new = replacement("".join(map(chr, codes)))
        return word if new is None else new

    return _word_pattern().sub(replaced, text)


@cache
def _word_pattern() -> re.Pattern[str]:
    """Matches a word of a text."""
    table = character_table()
    kinds = np.sign(table).astype(np.int8) + (table >= ALONE)
    ranges = {1: "", 2: "\U00010000-\U0010ffff"}
    for kind, codes in groupby(range(len(table)), key=lambda code: int(kinds[code])):
        if kind != SEPARATOR:
            inside = list(codes)
            ranges[kind] += f"{re.escape(chr(inside[0]))}-{re.escape(chr(inside[-1]))}"
    return re.compile(f"[{ranges[1]}]+|[{ranges[2]}]")


def _lower(code: int) -> int:
    """Its lower case, where that is one letter that Unicode 3.2 has: what has been read reads the same again."""
    lower = chr(code).lower()
    is_known = len(lower) == 1 and ucd_3_2_0.category(lower)[0] in IN_WORDS
    return ord(lower) if is_known and ord(lower) < 1 << 16 else code
