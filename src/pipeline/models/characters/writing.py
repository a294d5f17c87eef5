"""Write messages with a language model: many at once, a character at a time, the state carried on.

What a message is made of depends on its own random numbers alone, so on the seed and its place, never on how many are
written beside it.

Shapes: n messages, B of them being written, V symbols that may come next.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from pipeline.artifacts.characters import END
from pipeline.models.characters.material import Symbols

AT_ONCE = 2048  # messages being written


@dataclass(frozen=True)
class Manner:
    """How to choose what comes next.

    Attributes:
        temperature: what log-probabilities are divided by; 0: always the likeliest.
        top_k: choose among so many of the likeliest; None: among all.
        top_p: choose among the likeliest that together have this probability (nucleus); None: among all.
        limit: characters of a message at most.

    Source: A. Holtzman et al. 2020, "The curious case of neural text degeneration" (nucleus).
    """

    temperature: float
    top_k: int | None
    top_p: float | None
    limit: int


@dataclass(frozen=True)
class Written:
    """A message.

    Attributes:
        symbols: what was written, the prompt and the end left out.
        ended: whether the model ended it, not the limit.
    """

    symbols: list[int]
    ended: bool


class Model(Protocol):
    """A language model that reads on from where it was."""

    def begin(self, prompts: Sequence[Symbols]) -> NDArray[np.float64]:
        """Read the start of each message, its prompt included; log-probabilities of what comes next (B, V)."""
        ...

    def go_on(self, symbols: Symbols) -> NDArray[np.float64]:
        """Read one more symbol of each message; log-probabilities of what comes next (B, V)."""
        ...

    def keep(self, places: NDArray[np.intp]) -> None:
        """Forget all messages but these."""
        ...


def write(
    model: Model, prompts: Sequence[Symbols], manner: Manner, *, unknown: int | None, seed: Sequence[int]
) -> list[Written]:
    """Go on from prompts, each with the start symbol first, until every message ends.

    The symbol of unknown characters, which is no character, is never written.
    """
    return list(write_one_by_one(model, prompts, manner, unknown=unknown, seed=seed))


def write_one_by_one(
    model: Model, prompts: Iterable[Symbols], manner: Manner, *, unknown: int | None, seed: Sequence[int]
) -> Iterator[Written]:
    """The same of any number of prompts; no more than `AT_ONCE` messages are held in memory."""
    rest, begin = iter(prompts), 0
    while some := list(islice(rest, AT_ONCE)):
        streams = [np.random.default_rng([*seed, begin + place]) for place in range(len(some))]
        yield from _write_some(model, some, streams, manner, unknown)
        begin += len(some)


def _write_some(
    model: Model,
    prompts: Sequence[Symbols],
    streams: Sequence[np.random.Generator],
    manner: Manner,
    unknown: int | None,
) -> list[Written]:
    written: list[list[int]] = [[] for _ in prompts]
    has_ended = np.zeros(len(prompts), bool)
    going = np.arange(len(prompts))
    log_probabilities = model.begin(prompts)
    for step in range(manner.limit + 1):  # the last step is for the end alone
        if unknown is not None:
            log_probabilities[:, unknown] = -np.inf
        chances = np.array([streams[number].random() for number in going.tolist()])
        chosen = choose(log_probabilities, chances, manner)
        has_ended[going[chosen == END]] = True
        goes_on = np.flatnonzero(chosen != END)
        if step == manner.limit or not len(goes_on):
            break
        going, chosen = going[goes_on], chosen[goes_on]
        for number, symbol in zip(going.tolist(), chosen.tolist(), strict=True):
            written[number].append(symbol)
        model.keep(goes_on)
        log_probabilities = model.go_on(chosen)
    return [Written(symbols, bool(ended)) for symbols, ended in zip(written, has_ended, strict=True)]


def choose(log_probabilities: NDArray[np.float64], chances: NDArray[np.float64], manner: Manner) -> NDArray[np.intp]:
    """What comes next in each message; `chances` are numbers from 0 to below 1. The likeliest is never left out.

    Shapes: log_probabilities (B, V), chances (B,); result (B,).
    """
    if manner.temperature == 0:
        return log_probabilities.argmax(axis=1)
    order = np.argsort(-log_probabilities, axis=1, kind="stable")
    ranked = np.take_along_axis(log_probabilities, order, axis=1)
    with np.errstate(over="ignore"):  # near 0 the temperature leaves nothing to all but the likeliest
        shares = np.exp((ranked - ranked[:, :1]) / manner.temperature)
    shares /= shares.sum(axis=1, keepdims=True)
    if manner.top_k is not None:
        shares[:, manner.top_k :] = 0
    if manner.top_p is not None:
        before = np.cumsum(shares, axis=1) - shares
        shares[before >= manner.top_p * shares.sum(axis=1, keepdims=True)] = 0
    reached = np.cumsum(shares, axis=1)
    place = (reached <= (chances * reached[:, -1])[:, None]).sum(axis=1)
    return order[np.arange(len(order)), place]
