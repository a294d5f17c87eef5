import itertools
import os
from collections.abc import Iterable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import UserError
from pipeline.filter.lines import BYTE_ORDER_MARK, Descriptor, Limits, Lines, read_lines

TEXT = st.lists(st.sampled_from([b"\n", b"\r", b"a", b"bcd", b"\t", b"\0", b"\xff", BYTE_ORDER_MARK]), max_size=40)


class Pieces:
    """A source that gives what it is given, None where it pauses, and then the end."""

    def __init__(self, pieces: Iterable[bytes | None]) -> None:
        self.pieces = iter(pieces)
        self.waited: list[float | None] = []

    def read(self, timeout: float | None) -> bytes | None:
        """The next piece."""
        self.waited.append(timeout)
        can_pause = timeout is not None
        return next((piece for piece in self.pieces if piece or (piece is None and can_pause)), b"")


def told(blocks: Iterator[Lines]) -> list[tuple[int, bytes | int]]:
    """Number of each line, and what it holds or, where it is too long, its length."""
    return [
        (lines.first + k, lines.overlong[k] if k in lines.overlong else lines.line(k))
        for lines in blocks
        for k in range(len(lines))
    ]


def expected(data: bytes, longest: int) -> list[tuple[int, bytes | int]]:
    whole = data.removeprefix(BYTE_ORDER_MARK).split(b"\n")
    lines = [line.removesuffix(b"\r") for line in (whole if whole[-1] else whole[:-1])]
    return [(k, line if len(line) <= longest else len(line)) for k, line in enumerate(lines, 1)]


@given(TEXT, st.data(), st.integers(1, 6), st.integers(1, 30))
def test_lines_are_the_same_wherever_the_input_is_cut(
    parts: list[bytes], data: st.DataObject, block_lines: int, block_bytes: int
) -> None:
    text = b"".join(parts)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=8)))
    pieces: list[bytes | None] = []
    for low, high in zip([0, *cuts], [*cuts, len(text)], strict=True):
        pieces += [text[low:high], None] if data.draw(st.booleans()) else [text[low:high]]
    lines = expected(text, 1000)
    blocks = list(read_lines(Pieces(pieces), Limits(block_lines, block_bytes, 1000)))
    assert told(iter(blocks)) == lines
    assert all(0 < len(lines) <= block_lines for lines in blocks)


@given(TEXT, st.integers(1, 7), st.integers(1, 5))
def test_of_a_line_that_is_too_long_the_length_is_kept(parts: list[bytes], size: int, longest: int) -> None:
    text = b"".join(parts).replace(b"\r", b"x")
    pieces: list[bytes | None] = [text[at : at + size] for at in range(0, len(text), size)]
    assert told(read_lines(Pieces(pieces), Limits(3, 10, longest))) == expected(text, longest)


def test_a_block_ends_when_the_input_pauses_and_an_unfinished_line_waits() -> None:
    source = Pieces([b"one\ntw", None, b"o\n", b"three", None])
    blocks = [told(iter([lines])) for lines in read_lines(source, Limits())]
    assert blocks == [[(1, b"one")], [(2, b"two")], [(3, b"three")]]
    assert source.waited[0] is None, "where no line is whole there is nothing to hurry for"


def test_a_block_is_as_large_as_it_may_be() -> None:
    lines = list(read_lines(Pieces([b"a\n" * 7, b"a\n" * 7]), Limits(block_lines=5)))
    assert [len(block) for block in lines] == [5, 5, 4]
    lines = list(read_lines(Pieces([b"abc\n" * 9]), Limits(block_bytes=10)))
    assert [len(block) for block in lines] == [3, 3, 3]


def test_a_line_of_a_hundred_megabytes_is_read_past() -> None:
    flood = itertools.chain(itertools.repeat(b"x" * 1_000_000, 100), [b"\nnext\n"])
    (lines,) = read_lines(Pieces(flood), Limits())
    assert told(iter([lines])) == [(1, 100_000_000), (2, b"next")]
    assert len(lines.data) < 10


def test_a_pipe_is_read_and_what_is_none_is_refused() -> None:
    read_end, write_end = os.pipe()
    os.write(write_end, b"one\r\ntwo")
    os.close(write_end)
    assert told(read_lines(Descriptor(read_end), Limits())) == [(1, b"one"), (2, b"two")]
    os.close(read_end)
    with pytest.raises(UserError, match="standard input cannot be read: Bad file descriptor"):
        list(read_lines(Descriptor(read_end), Limits()))
