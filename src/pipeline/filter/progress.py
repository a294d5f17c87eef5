"""How far an input was read: so that it is gone on with at the right line, and no other input is taken for it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from pipeline.errors import UserError
from pipeline.filter.lines import Limits, Lines, Source, read_lines

_DIGEST_BYTES = 16


@dataclass(frozen=True)
class Known:
    """What a filter knows of the input that it has learnt from last.

    Attributes:
        lines: how many of its first lines, good, bad and unlabelled ones.
        digest: of these lines or, where it is none, of the input's first one; "" where there was no input.
    """

    lines: int = 0
    digest: str = ""


@dataclass
class Trail:
    """The lines of an input that are behind us.

    Attributes:
        lines: how many.
        first: digest of the first one; "" before there is one.
    """

    lines: int = 0
    first: str = ""
    _digest: hashlib.blake2b = field(default_factory=lambda: hashlib.blake2b(digest_size=_DIGEST_BYTES))

    def add(self, lines: Lines) -> None:
        """Go on by these lines."""
        if not self.first and len(lines):
            self.first = _digest_of_first(lines)
        for piece in lines.pieces():
            self._digest.update(piece)
        self.lines += len(lines)

    @property
    def known(self) -> Known:
        """All of them are known."""
        return Known(self.lines, self._digest.hexdigest()) if self.lines else Known()

    @property
    def begun(self) -> Known:
        """None of them is known, only what input it is."""
        return Known(0, self.first)


def read_on(source: Source, limits: Limits, known: Known, trail: Trail, tell: Callable[[str], None]) -> Iterator[Lines]:
    """Blocks of the lines that are not known; those before them are read past.

    Args:
        known: what is known of this input.
        trail: at its start; what is read past is added to it, what is handed out is to be added by the caller.
        tell: is told how many lines were read past.

    Raises:
        UserError: the source cannot be read, or is not the input that is known.
    """
    for lines in read_lines(source, limits):
        past = max(0, min(len(lines), known.lines - trail.lines))
        if known.digest and not known.lines and lines.first == 1 and _digest_of_first(lines) != known.digest:
            raise _another(known)
        if past:
            trail.add(lines.part(0, past))
            if trail.lines == known.lines:
                if trail.known != known:
                    raise _another(known)
                told = f"{known.lines:,} lines: the first {known.lines:,} answers hold, and these lines are read past"
                tell(f"the filter knows {told}")
        if past < len(lines):
            yield lines.part(past, len(lines))
    if trail.lines < known.lines:
        raise UserError(
            f"The input has {trail.lines:,} lines, fewer than the {known.lines:,} that the filter knows.",
            expected="with --resume, the input that it has learnt from last, from its first line on",
            remedy="Nothing has been learnt. Give that input, or leave --resume out to learn this one as a new one.",
        )


def _digest_of_first(lines: Lines) -> str:
    digest = hashlib.blake2b(digest_size=_DIGEST_BYTES)
    for piece in lines.part(0, 1).pieces():
        digest.update(piece)
    return digest.hexdigest()


def _another(known: Known) -> UserError:
    what = f"that the filter knows {known.lines:,} lines of" if known.lines else "that the filter has begun"
    return UserError(
        f"This is another input than the one {what}.",
        expected="with --resume, the input that it has learnt from last, from its first line on, and the same "
        "--max-bytes as before",
        remedy="Nothing has been learnt. Give that input, or leave --resume out to learn this one as a new one.",
    )
