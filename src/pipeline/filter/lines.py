"""Lines of an input as blocks: large ones while it pours in, and at once what is there when it pauses.

No line is held that is longer than allowed: of such a line only the length is kept, so memory stays bounded by the size
of a block.

Shapes: n lines of a block.
"""

from __future__ import annotations

import itertools
import os
import select
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import UserError
from pipeline.filter.stopping import Stop

CHUNK_BYTES = 1 << 20
IDLE_SECONDS = 0.05  # a person who has typed a line waits no longer than this for the answer
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_LINE_END, _RETURN = 10, 13
_TOO_LONG = b"\0too long\0"


@dataclass(frozen=True)
class Lines:
    """Lines in a row, without what ended them.

    Attributes:
        data: their bytes, with what ended them.
        starts: (n,) where each begins.
        stops: (n,) where each has ended; a carriage return before the line end is no part of it.
        overlong: of lines that are too long, their place in the block and how many bytes they had.
        first: number of the first line in the input, from 1.
    """

    data: bytes
    starts: NDArray[np.int64]
    stops: NDArray[np.int64]
    overlong: dict[int, int]
    first: int

    def __len__(self) -> int:
        return len(self.starts)

    def line(self, index: int) -> bytes:
        """The bytes of one line."""
        return self.data[self.starts[index] : self.stops[index]]

    def part(self, low: int, high: int) -> Lines:
        """The lines from place `low` to before place `high`."""
        overlong = {place - low: length for place, length in self.overlong.items() if low <= place < high}
        return Lines(self.data, self.starts[low:high], self.stops[low:high], overlong, self.first + low)

    def pieces(self) -> Iterator[memoryview]:
        """Their bytes, with what ended them; of a line that is too long, which may not be there, only that it is."""
        view, begin = memoryview(self.data), int(self.starts[0]) if len(self) else 0
        for place in sorted(self.overlong):
            yield from (view[begin : self.starts[place]], memoryview(_TOO_LONG))
            begin = self._line_end(place)
        yield view[begin : self._line_end(-1) + 1 if len(self) else 0]

    def _line_end(self, place: int) -> int:
        return self.data.index(b"\n", self.stops[place])


@dataclass(frozen=True)
class Limits:
    """When a block ends, and when a line is too long.

    Attributes:
        block_lines: most lines of a block.
        block_bytes: a block ends with the line with which it has so many bytes.
        line_bytes: most bytes of a line.
    """

    block_lines: int = 20_000
    block_bytes: int = 8 << 20
    line_bytes: int = 1_000_000


class Source(Protocol):
    """Where bytes come from."""

    def read(self, timeout: float | None) -> bytes | None:
        """Some bytes; none of them at the end; None where nothing came for `timeout` seconds."""
        ...


@dataclass(frozen=True)
class Descriptor:
    """Bytes of an open file, a pipe or a terminal.

    Attributes:
        number: its file descriptor.
        name: what users know it by.
        stop: whoever waits is woken, and told, when the program is asked to stop.
    """

    number: int
    name: str = "standard input"
    stop: Stop | None = None

    def read(self, timeout: float | None) -> bytes | None:
        """Some bytes; none of them at the end; None where nothing came for `timeout` seconds.

        Raises:
            Interrupted: the program was asked to stop.
            UserError: it cannot be read.
        """
        woken_by = [self.stop.descriptor] if self.stop else []
        try:
            ready, _, _ = select.select([self.number, *woken_by], [], [], timeout)
            if self.stop:
                self.stop.check()
            return os.read(self.number, CHUNK_BYTES) if ready else None
        except OSError as error:
            raise UserError(
                f"{self.name} cannot be read: {error.strerror}.",
                expected="messages, one a line",
                remedy="Give a file or a pipe that can be read.",
            ) from None


def read_lines(source: Source, limits: Limits) -> Iterator[Lines]:
    """Blocks of lines, none empty; a byte-order mark at the start is no part of the first line.

    Raises:
        UserError: the source cannot be read.
    """
    pending = _Pending(limits)
    chunk: bytes | None = None
    while chunk != b"":
        chunk = source.read(IDLE_SECONDS if pending.num_whole else None)
        if chunk:
            pending.add(chunk)
        elif chunk == b"":
            pending.close()
        if pending.is_full or not chunk:
            yield from pending.take(everything=not chunk)


@dataclass
class _Pending:
    """Bytes that are in no block yet. A line that is too long leaves an empty one in its place.

    Attributes:
        count: lines that were handed out.
        data: the bytes.
        ends: of the whole lines, behind their line ends: an array a chunk.
        num_whole: lines that are whole.
        whole_bytes: bytes of these.
        overlong: as in `Lines`.
        passed: bytes of the unfinished line that were read past; 0 where it is not too long.
        at_start: whether a byte-order mark may come yet.
    """

    limits: Limits
    count: int = 0
    data: bytearray = field(default_factory=bytearray)
    ends: list[NDArray[np.int64]] = field(default_factory=list)
    num_whole: int = 0
    whole_bytes: int = 0
    overlong: dict[int, int] = field(default_factory=dict)
    passed: int = 0
    at_start: bool = True

    @property
    def is_full(self) -> bool:
        """Whether there is enough for a block."""
        return self.num_whole >= self.limits.block_lines or self.whole_bytes >= self.limits.block_bytes

    def add(self, chunk: bytes) -> None:
        """Take in what was read."""
        if self.passed:
            self._pass(chunk)
            return
        offset = len(self.data)
        self.data += chunk
        if self.at_start and len(self.data) >= len(BYTE_ORDER_MARK):
            self.at_start = False
            if self.data.startswith(BYTE_ORDER_MARK):
                del self.data[: len(BYTE_ORDER_MARK)]
                chunk, offset = bytes(self.data), 0
        ends = np.flatnonzero(np.frombuffer(chunk, np.uint8) == _LINE_END) + (offset + 1)
        if len(ends):
            self.ends.append(ends)
            self.num_whole += len(ends)
            self.whole_bytes = int(ends[-1])
        rest = len(self.data) - self.whole_bytes
        if rest > self.limits.line_bytes + 1:  # one more: it may be a carriage return
            del self.data[self.whole_bytes :]
            self.passed = rest

    def _pass(self, chunk: bytes) -> None:
        end = chunk.find(b"\n")
        if end < 0:
            self.passed += len(chunk)
            return
        self.overlong[self.num_whole] = self.passed + end
        self.passed = 0
        self.add(chunk[end:])

    def close(self) -> None:
        """The input has ended, perhaps without a line end."""
        if self.passed or len(self.data) > self.whole_bytes:
            self.add(b"\n")

    def take(self, *, everything: bool) -> Iterator[Lines]:
        """The whole lines as full blocks, and where `everything` is wanted the rest as a smaller one."""
        if not self.num_whole:
            return
        ends = np.concatenate(self.ends)
        cuts = self._cuts(ends, everything=everything)
        size = int(ends[cuts[-1] - 1])
        data = bytes(self.data[:size])
        del self.data[:size]
        num, first = cuts[-1], self.count + 1
        starts = np.concatenate(([0], ends[: num - 1]))
        stops = ends[:num] - 1
        stops -= (stops > starts) & (np.frombuffer(data, np.uint8)[stops - 1] == _RETURN)
        overlong = {place: length for place, length in self.overlong.items() if place < num}
        lengths = stops - starts
        overlong |= {int(place): int(lengths[place]) for place in np.flatnonzero(lengths > self.limits.line_bytes)}
        self.ends = [ends[num:] - size]
        self.overlong = {place - num: length for place, length in self.overlong.items() if place >= num}
        self.num_whole, self.whole_bytes = self.num_whole - num, int(ends[-1]) - size
        self.count, self.at_start = self.count + num, False
        lines = Lines(data, starts, stops, overlong, first)
        yield from (lines.part(low, high) for low, high in itertools.pairwise([0, *cuts]))

    def _cuts(self, ends: NDArray[np.int64], *, everything: bool) -> list[int]:
        """Behind which lines a block ends."""
        cuts, at, begin = list[int](), 0, 0
        while at < len(ends):
            by_bytes = int(np.searchsorted(ends, begin + self.limits.block_bytes)) + 1
            by_lines = at + self.limits.block_lines
            if min(by_bytes, by_lines) > len(ends) and not everything:
                break
            at = min(by_bytes, by_lines, len(ends))
            begin = int(ends[at - 1])
            cuts.append(at)
        return cuts
