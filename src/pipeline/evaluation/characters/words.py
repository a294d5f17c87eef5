"""The words of messages in any script."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

IN_WORDS = {"L", "M", "N"}  # letters, marks (without which Hindi vowels would break words apart), numbers
UNSPACED = ("CJK ", "HIRAGANA ", "KATAKANA ")  # scripts without blanks: each character is taken as a word


def split_words(texts: Sequence[str]) -> list[list[str]]:
    """The runs of letters and digits of each text, in lower case."""
    table = _Separate()
    return [text.lower().translate(table).split() for text in texts]


class _Separate(dict[int, str]):
    """A table for `str.translate` that looks each distinct character up once and puts blanks where words end."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        shown = character if unicodedata.category(character)[0] in IN_WORDS else " "
        self[code] = f" {shown} " if unicodedata.name(character, "").startswith(UNSPACED) else shown
        return self[code]
