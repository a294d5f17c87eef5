"""The words of messages in any script."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from pipeline.scripts import part_unspaced

IN_WORDS = {"L", "M", "N"}  # letters, marks (without which Hindi vowels would break words apart), numbers


def split_words(texts: Sequence[str]) -> list[list[str]]:
    """The runs of letters and digits of each text, in lower case; each letter of a script without blanks is a word."""
    table = _Separate()
    return [text.lower().translate(table).split() for text in part_unspaced(texts)]


class _Separate(dict[int, str]):
    """A table for `str.translate` that looks each distinct character up once and puts blanks where words end."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        self[code] = character if unicodedata.category(character)[0] in IN_WORDS else " "
        return self[code]
