"""From bytes to text, with an error that names the place and the encodings that would do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from pipeline.errors import UserError, nearest

_TRIED = ("utf-8", "cp1252", "latin-1")  # the last one reads anything


def decode(content: bytes, path: Path, encoding: str, place: Callable[[str], str]) -> str:
    """The content as text. `place` names the place in the file that a beginning of the text leads up to."""
    try:
        return content.decode(encoding).removeprefix("\ufeff")
    except LookupError:
        raise UserError(
            f"dataset.encoding = {encoding!r} is not known.",
            expected="a text encoding that Python knows, such as utf-8, cp1252, latin-1 or utf-16",
            remedy=f"{nearest(encoding, (*_TRIED, 'utf-16', 'ascii'))}Set dataset.encoding to one of them.",
        ) from None
    except UnicodeDecodeError as error:
        others = "utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else ", ".join(_readable_as(content))
        raise UserError(
            f"{path} is not {encoding}: byte {error.start} (0x{content[error.start]:02x}) of its content, in "
            f"{place(content[: error.start].decode(encoding))}: {error.reason}.",
            expected=f"a file in {encoding}",
            remedy=f"Set dataset.encoding to what it is in; these can read it: {others}.",
        ) from error


def _readable_as(content: bytes) -> list[str]:
    return [encoding for encoding in _TRIED if _decodes(content, encoding)]


def _decodes(content: bytes, encoding: str) -> bool:
    try:
        content.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True
