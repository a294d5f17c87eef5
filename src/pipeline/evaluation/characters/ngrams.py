"""Which symbol follows which others: interpolated n-gram models, all orders at once.

Shapes: M symbols of all messages, K orders, C contexts of one length, F distinct symbols after them, B contexts asked
for, V symbols that may come next.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.artifacts.characters import END

Message = NDArray[np.uint16]
NONE = -1  # the number of a context that was never seen


@dataclass(frozen=True)
class Level:
    """What was seen after the contexts of one length, which are numbered by their place.

    Attributes:
        contexts: (C,) int64, ascending: the number of the context that is one symbol shorter, times V, plus the symbol
            that stands before that one.
        followed: (F,) int64, ascending: the number of a context, times V, plus a symbol that was seen after it.
        counts: (F,) float64, how often.
        edges: (C + 1,) where the symbols of each context begin in `followed`, and the end.
        totals: (C,) float64, symbols seen after each context.
    """

    contexts: NDArray[np.int64]
    followed: NDArray[np.int64]
    counts: NDArray[np.float64]
    edges: NDArray[np.int64]
    totals: NDArray[np.float64]

    @property
    def kinds(self) -> NDArray[np.int64]:
        """Distinct symbols after each context, (C,)."""
        return np.diff(self.edges)


@dataclass(frozen=True)
class Ngrams:
    """The chance of each symbol after the symbols before it, for the orders 1 to K; order n looks at n - 1 symbols.

    p(c | h) = (count(h, c) + kinds(h) p(c | h')) / (count(h) + kinds(h)), where h' is h without its first symbol and
    kinds(h) is the number of distinct symbols seen after h; below order 1 all symbols are as likely, so none is
    impossible. After an h that was never seen, the chance is that after h'.

    Each message is judged by itself: what stands before it counts as ends of messages, as many as are looked at.

    Attributes:
        num_symbols: V.
        levels: K of them, contexts of 0 to K - 1 symbols.

    Source: Witten & Bell 1991, IEEE Transactions on Information Theory 37:1085-1094, method C; interpolated as in Chen
        & Goodman 1999, Computer Speech & Language 13:359-394, section 2.4.
    """

    num_symbols: int
    levels: list[Level]

    def symbol_bits(self, messages: Sequence[Message]) -> NDArray[np.float64]:
        """What each order pays for each symbol of some messages, (K, M)."""
        symbols, pasts = _lay_out(messages, len(self.levels) - 1)
        chance = np.full(len(symbols), 1 / self.num_symbols)
        bits = np.empty((len(self.levels), len(symbols)))
        for width, (level, all_contexts) in enumerate(self._find_contexts(pasts, len(symbols))):
            seen = np.flatnonzero(all_contexts != NONE)
            context = all_contexts[seen]
            place = _find(level.followed, context * self.num_symbols + symbols[seen])
            counts = np.where(place == NONE, 0, level.counts[place])
            kinds = level.kinds[context]
            chance[seen] = (counts + kinds * chance[seen]) / (level.totals[context] + kinds)
            bits[width] = -np.log2(chance)
        return bits

    def chances(self, recent: NDArray[np.integer]) -> NDArray[np.float64]:
        """The chance of each symbol to come next, for the order that looks at as many symbols as are given.

        Shapes: recent (B, n - 1), the last symbol last; result (B, V).
        """
        assert recent.shape[1] < len(self.levels)
        chances = np.full((len(recent), self.num_symbols), 1 / self.num_symbols)
        for level, all_contexts in self._find_contexts(recent.T[::-1], len(recent)):
            row = np.flatnonzero(all_contexts != NONE)
            context = all_contexts[row]
            kinds = level.kinds[context]
            whole = level.totals[context] + kinds
            chances[row] *= (kinds / whole)[:, None]
            place = np.repeat(level.edges[context + 1] - np.cumsum(kinds), kinds) + np.arange(kinds.sum())
            symbol = level.followed[place] % self.num_symbols
            chances[np.repeat(row, kinds), symbol] += level.counts[place] / np.repeat(whole, kinds)
        return chances

    def _find_contexts(
        self, pasts: Sequence[Message] | NDArray[np.integer], size: int
    ) -> Iterator[tuple[Level, NDArray[np.int64]]]:
        """Of so many positions the number of the context of each length, from 0 on; the nearest symbols come first."""
        context = np.zeros(size, np.int64)
        yield self.levels[0], context
        for level, past in zip(self.levels[1:], pasts, strict=False):
            known = context != NONE
            context = np.where(known, _find(level.contexts, context * self.num_symbols + past), NONE)
            yield level, context


def fit_ngrams(messages: Sequence[Message], num_symbols: int, *, orders: int) -> Ngrams:
    """Count what follows what in some messages, each closed by the end.

    Args:
        messages: at least one.
        num_symbols: symbols that may come next, seen or not.
        orders: the highest order.
    """
    assert messages
    assert orders >= 1
    symbols, pasts = _lay_out(messages, orders - 1)
    contexts, context = np.zeros(1, np.int64), np.zeros(len(symbols), np.int64)
    levels = [_count(contexts, context, symbols, num_symbols)]
    for past in pasts:
        contexts, context = np.unique(context * num_symbols + past, return_inverse=True)
        levels.append(_count(contexts, context, symbols, num_symbols))
    return Ngrams(num_symbols, levels)


def ngram_name(order: int) -> str:
    """What the model of an order is called in tables."""
    return f"ngram_{order}"


def order_of(name: str) -> int:
    """The order of the model of that name."""
    return int(name.removeprefix("ngram_"))


def _count(contexts: NDArray[np.int64], context: NDArray[np.int64], symbols: Message, num_symbols: int) -> Level:
    followed, counts = np.unique(context * num_symbols + symbols, return_counts=True)
    edges = np.searchsorted(followed, np.arange(len(contexts) + 1) * num_symbols)
    totals = np.bincount(context, minlength=len(contexts))
    return Level(contexts, followed, counts.astype(np.float64), edges, totals.astype(np.float64))


def _lay_out(messages: Sequence[Message], reach: int) -> tuple[Message, list[Message]]:
    """All symbols in a row, and of each position the symbol that stands 1 to `reach` places before it."""
    lengths = np.array([len(message) for message in messages], np.int64)
    symbols = np.concatenate([np.empty(0, np.uint16), *messages])
    inside = np.arange(len(symbols)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    return symbols, [np.where(inside < back, END, np.roll(symbols, back)) for back in range(1, reach + 1)]


def _find(sorted_keys: NDArray[np.int64], keys: NDArray[np.integer]) -> NDArray[np.int64]:
    """The place of each key, -1 where it is none of them."""
    place = np.minimum(np.searchsorted(sorted_keys, keys), len(sorted_keys) - 1)
    return np.where(sorted_keys[place] == keys, place, NONE)
