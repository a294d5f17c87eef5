"""The text format of GloVe and word2vec: a word and its numbers on a line, single blanks between."""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import UserError

_GZIP_MAGIC = b"\x1f\x8b"
_HEADER = re.compile(rb"([0-9]+) ([0-9]+)")


@dataclass(frozen=True)
class VectorFile:
    """A file of word vectors, plain or gzipped, with or without word2vec's header "<number of words> <width>".

    Attributes:
        path: where it lies.
        dim: width that its vectors must have.
    """

    path: Path
    dim: int

    def lines(self) -> Iterator[tuple[int, bytes]]:
        """The number (1-based) and the bytes of every line but the header, each with the right number of columns.

        Raises:
            UserError: the file is empty, cut off, malformed, or its vectors have another width.
        """
        number, announced, first = 0, None, 1
        for number, line in self._raw_lines():
            if number == 1 and (header := _HEADER.fullmatch(line)):
                announced, first = int(header[1]), 2
                if int(header[2]) != self.dim:
                    raise self._other_width(int(header[2]))
                continue
            # Counting blanks costs a fifth of a second in GloVe's 400,000 lines; parsing every number costs many.
            if line.count(b" ") != self.dim:
                raise self._wrong_columns(number, line, is_first=number == first)
            yield number, line
        if number == 0:
            raise self._error("is empty", expected="word vectors, one word a line")
        if announced is not None and announced != number - 1:
            expected = f"the {announced} words that its first line announces"
            raise self._error(f"holds {number - 1} words", expected=expected)

    def parse(self, number: int, numbers: bytes) -> NDArray[np.float32]:
        """The vector of a line, given what follows the word."""
        expected = f"a word and {self.dim} finite numbers"
        try:
            vector = np.fromiter(map(float, numbers.split(b" ")), dtype=np.float32, count=self.dim)
        except ValueError as error:
            raise self._error(f"does not hold numbers alone in line {number}: {error}", expected=expected) from error
        if not np.isfinite(vector).all():
            raise self._error(f"holds a number that is not finite in line {number}", expected=expected)
        return vector

    def duplicate(self, word: str, first: int, second: int) -> UserError:
        """What to raise where two lines hold the same word."""
        return self._error(f"lists the word {word!r} twice, in lines {first} and {second}", expected="each word once")

    def _raw_lines(self) -> Iterator[tuple[int, bytes]]:
        number = 0
        with _open(self.path) as file:
            try:
                # Bytes end a line at "\n" alone; as text, a word that holds U+0085 or U+2028 could break in two.
                for number, line in enumerate(file, start=1):
                    yield number, line.rstrip()
            except (EOFError, gzip.BadGzipFile, zlib.error) as error:
                raise self._error(f"breaks off after line {number}: {error}", expected="a whole gzip file") from error

    def _wrong_columns(self, number: int, line: bytes, *, is_first: bool) -> UserError:
        numbers = line.split(b" ")[1:]
        if is_first and numbers and all(map(_is_number, numbers)):
            return self._other_width(len(numbers))
        return self._error(
            f"has {len(numbers)} columns after the word in line {number}", expected=f"a word and {self.dim} numbers"
        )

    def _other_width(self, width: int) -> UserError:
        return UserError(
            f"{self.path.name} holds vectors of {width} numbers, but embedding.dim is {self.dim}.",
            expected=f"vectors of {self.dim} numbers",
            remedy=f"Set embedding.dim={width}, or embedding.path to a file with vectors of {self.dim}.",
        )

    def _error(self, happened: str, *, expected: str) -> UserError:
        return UserError(
            f"The vector file {self.path.name} {happened}.",
            expected=expected,
            remedy=f"Mend {self.path}, or put a whole copy in its place.",
        )


def _open(path: Path) -> gzip.GzipFile | BufferedReader:
    with path.open("rb") as file:
        is_gzip = file.read(len(_GZIP_MAGIC)) == _GZIP_MAGIC
    return gzip.open(path, "rb") if is_gzip else path.open("rb")


def _is_number(text: bytes) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
