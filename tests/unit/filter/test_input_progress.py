from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import UserError
from pipeline.filter.lines import BYTE_ORDER_MARK, Limits
from pipeline.filter.progress import Known, Trail, read_on

TEXT = st.lists(st.sampled_from([b"\n", b"\r\n", b"a", b"bcd", b"\xff", BYTE_ORDER_MARK, b"long" * 3]), max_size=30)
CUTS = st.lists(st.integers(1, 9), max_size=12)
LONGEST = 6


class Pieces:
    """A source that gives pieces of some sizes, with a pause behind each, then all the rest."""

    def __init__(self, data: bytes, sizes: list[int] | None = None) -> None:
        self.pieces = self._cut(data, sizes or [])

    @staticmethod
    def _cut(data: bytes, sizes: list[int]) -> Iterator[bytes | None]:
        at = 0
        for size in sizes:
            yield from (data[at : at + size] or None, None)
            at += size
        yield data[at:] or None

    def read(self, timeout: float | None) -> bytes | None:
        """The next piece."""
        return next((piece for piece in self.pieces if piece or timeout is not None), b"")


def passed(data: bytes, known: Known, sizes: list[int] | None = None, block: int = 3) -> tuple[Trail, list[bytes]]:
    """The trail at the end of an input, and the lines that were not known."""
    trail, rest = Trail(), list[bytes]()
    for lines in read_on(Pieces(data, sizes), Limits(block, 20, LONGEST), known, trail, lambda _: None):
        trail.add(lines)
        rest += [b"long" if place in lines.overlong else lines.line(place) for place in range(len(lines))]
    return trail, rest


@given(TEXT, TEXT, CUTS, CUTS, st.integers(1, 4))
def test_what_is_known_is_read_past_wherever_blocks_end(
    parts: list[bytes], more: list[bytes], sizes: list[int], others: list[int], block: int
) -> None:
    """Of a line that is too long nothing is held where it came in pieces."""
    begin = b"".join([*parts, b"\n"])
    known = passed(begin, Known(), sizes)[0].known
    whole, lines = passed(begin + b"".join(more), Known())
    trail, rest = passed(begin + b"".join(more), known, others, block)
    assert trail.known == whole.known
    assert rest == lines[known.lines :]


@given(TEXT, TEXT, st.integers(1, 4))
def test_another_input_is_refused(parts: list[bytes], others: list[bytes], block: int) -> None:
    one, other = (b"".join([b"a\n", *some, b"\n"]) for some in (parts, others))
    known = passed(one, Known())[0].known
    if passed(other, Known())[1][: known.lines] == passed(one, Known())[1]:
        return
    with pytest.raises(UserError, match=r"another input|fewer than the"):
        passed(other, known, block=block)


def test_where_no_line_is_known_the_first_one_is_held_against_it() -> None:
    begun = passed(b"one\ntwo\n", Known())[0].begun
    assert begun.lines == 0
    assert passed(b"one\nother\n", begun)[1] == [b"one", b"other"]
    assert passed(b"one", begun)[1] == [b"one"]
    with pytest.raises(UserError, match="another input than the one that the filter has begun"):
        passed(b"two\none\n", begun)


def test_an_input_without_lines_says_nothing_of_the_next() -> None:
    known = passed(b"", Known())[0].known
    assert known == Known()
    assert passed(b"any\n", known)[1] == [b"any"]


def test_an_input_that_is_shorter_than_what_is_known_is_another_one() -> None:
    known = passed(b"one\ntwo\nthree", Known())[0].known
    assert passed(b"one\ntwo\nthree\n", known)[1] == []
    with pytest.raises(UserError, match="2 lines, fewer than the 3"):
        passed(b"one\ntwo\n", known)
