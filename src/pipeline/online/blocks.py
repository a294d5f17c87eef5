"""Messages as the bytes that they are, and the n-grams that are read in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.online.characters import character_table
from pipeline.online.kernels.extraction import extract
from pipeline.online.settings import FilterSettings


@dataclass(frozen=True)
class Block:
    """A few messages, one behind the other.

    Attributes:
        data: (B,) uint8, UTF-8; what cannot be decoded separates words and is counted.
        bounds: (n + 1,) int64: message m is data[bounds[m]:bounds[m + 1]].
    """

    data: NDArray[np.uint8]
    bounds: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.bounds) - 1

    def take(self, begin: int, end: int) -> Block:
        """Some messages in a row."""
        return Block(self.data, self.bounds[begin : end + 1])


def block_of(texts: Sequence[str | bytes]) -> Block:
    """Messages given one by one."""
    encoded = [text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text for text in texts]
    bounds = np.zeros(len(encoded) + 1, np.int64)
    np.cumsum([len(text) for text in encoded], out=bounds[1:])
    return Block(np.frombuffer(b"".join(encoded), np.uint8), bounds)


@dataclass(frozen=True)
class Grams:
    """The distinct word n-grams of a block of n messages, M in all, in order of appearance.

    Attributes:
        block: the messages.
        buckets: (M, K) uint32, the bucket of each n-gram in each of K rows of a table.
        firsts: (n + 1,) int64: message m has the n-grams from firsts[m] to firsts[m + 1] - 1.
        invalid: (n,) int64, undecodable byte sequences of each message, counted as `bytes.decode` does.
    """

    block: Block
    buckets: NDArray[np.uint32]
    firsts: NDArray[np.int64]
    invalid: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.firsts) - 1

    @property
    def counts(self) -> NDArray[np.int64]:
        """(n,): n-grams of each message; 0 where it has no word."""
        return np.diff(self.firsts)

    def take(self, begin: int, end: int) -> Grams:
        """Some messages in a row."""
        first, last = self.firsts[begin], self.firsts[end]
        firsts = self.firsts[begin : end + 1] - first
        return Grams(self.block.take(begin, end), self.buckets[first:last], firsts, self.invalid[begin:end])


def read_grams(block: Block, settings: FilterSettings) -> Grams:
    """The n-grams of a block, and their buckets."""
    buckets, firsts, invalid, _, _ = _extract(block, settings, keep_spans=False)
    return Grams(block, buckets, firsts, invalid)


def spell_grams(block: Block, settings: FilterSettings, chosen: NDArray[np.int64] | None = None) -> list[str]:
    """The n-grams of a block in words, with single blanks between them; all, or those with the numbers `chosen`.

    Numbers below 0 are passed over.
    """
    _, _, _, spans, text = _extract(block, settings, keep_spans=True)
    if chosen is not None:
        spans = spans[chosen[chosen >= 0]]
    written = text.tobytes()
    return [written[begin:end].decode() for begin, end in spans.tolist()]


def _extract(block: Block, settings: FilterSettings, *, keep_spans: bool) -> tuple[NDArray, ...]:
    low, high = settings.ngrams
    seeds = (settings.hash_seed + np.arange(settings.num_hashes, dtype=np.uint64)).astype(np.uint32)
    mask = np.uint32(settings.buckets - 1)
    return extract(block.data, block.bounds, character_table(), low, high, seeds, mask, keep_spans)
