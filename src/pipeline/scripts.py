"""Scripts that are written without blanks between words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

# as the names of their characters begin
UNSPACED = (
    *("CJK ", "IDEOGRAPHIC ", "HIRAGANA ", "KATAKANA", "HALFWIDTH KATAKANA"),
    *("THAI ", "LAO ", "KHMER ", "MYANMAR "),
)


def part_unspaced(texts: Sequence[str]) -> list[str]:
    """The texts with blanks around each letter of a script that has none between words; marks stay with their letter.

    All else stays as it is.
    """
    alphabet = sorted(set().union(*(text for text in texts if not text.isascii())))
    letters = "".join(character for character in alphabet if _is_unspaced(character))
    if not letters:
        return list(texts)
    marks = "".join(character for character in alphabet if unicodedata.category(character) in {"Mn", "Mc"})
    letter = re.compile(f"[{letters}][{marks}]*" if marks else f"[{letters}]")
    return [text if text.isascii() else letter.sub(r" \g<0> ", text) for text in texts]


def _is_unspaced(character: str) -> bool:
    return unicodedata.category(character)[0] == "L" and unicodedata.name(character, "").startswith(UNSPACED)
