"""The one exception for mistakes that a user can mend, and what NumPy raises for a file that is damaged."""

from __future__ import annotations

import difflib
import textwrap
import tokenize
import zipfile
import zlib
from collections.abc import Iterable

# of an .npz file. RuntimeError: a wrong byte, and it seems encrypted or of a later version; TypeError: an array, no
# archive; the last two: NumPy reads the header of an array as if it were Python
DAMAGED_ARCHIVE = (
    *(OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error, RuntimeError, TypeError),
    *(SyntaxError, tokenize.TokenError),
)


class UserError(ValueError):
    """A mistake in the input or the settings, told in three parts and printed without a traceback (exit code 2)."""

    def __init__(self, happened: str, *, expected: str, remedy: str) -> None:
        super().__init__(happened)
        self.happened = happened
        self.expected = expected
        self.remedy = remedy

    def block(self, width: int = 110) -> str:
        """The three parts as one block of text, wrapped to `width` columns."""
        parts = (("error:   ", self.happened), ("expected:", self.expected), ("to do:   ", self.remedy))
        return "\n".join(_labelled(label, text, width) for label, text in parts)


def _labelled(label: str, text: str, width: int) -> str:
    lines: list[str] = []
    for line in text.splitlines() or [""]:
        options = {"width": width - len(label) - 1, "break_long_words": False, "break_on_hyphens": False}
        lines += textwrap.wrap(line, **options) or [""]
    return f"{label} " + ("\n" + " " * (len(label) + 1)).join(lines)


def nearest(name: str, known: Iterable[str]) -> str:
    """A question that names the known word closest to `name`, or an empty string where none is close."""
    close = difflib.get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f"Did you mean {close[0]!r}? " if close else ""
