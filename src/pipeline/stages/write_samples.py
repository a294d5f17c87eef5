"""Let models write messages."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from itertools import product
from typing import Annotated

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import AfterValidator, Field

from pipeline.artifacts import Split
from pipeline.artifacts.characters import END, NO_CLASS, Alphabet, Characters, References, Samples, Writer
from pipeline.evaluation.characters.ngrams import Ngrams, fit_ngrams, order_of
from pipeline.models.backend import start_keras
from pipeline.models.characters.material import Symbols, start_of
from pipeline.models.characters.writing import Manner, Model, Written, write
from pipeline.ranges import Count, Portion
from pipeline.text.alphabet import decode


def _differ(values: list[float]) -> list[float]:
    if len(set(values)) < len(values):
        raise ValueError("temperatures that differ from each other")
    return values


Temperature = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Temperatures = Annotated[list[Temperature], Field(min_length=1), AfterValidator(_differ)]
Several = Annotated[int, Field(ge=2)]
Ask = Callable[[int, float, int, Sequence[int]], list[Written]]  # label, temperature, number, seed


def write_samples(
    characters: Characters,
    writer: Writer,
    *,
    temperatures: Temperatures,
    num_messages: Several,
    num_draws: Count,
    limit: Count,
    top_k: Count | None,
    top_p: Portion | None,
    seed: int,
) -> Samples:
    """Let a network write `num_draws` sets of `num_messages` messages at each temperature.

    A conditional model is told no class for these, and writes one more set of each class.
    """
    start_keras(0)
    from pipeline.models.characters.network import restore
    from pipeline.models.characters.reader import NetworkReader

    model, alphabet = NetworkReader(restore(writer, characters.alphabet), writer.opening), characters.alphabet

    def ask(label: int, temperature: float, number: int, seed: Sequence[int]) -> list[Written]:
        start = END if label == NO_CLASS else start_of(label, alphabet.num_symbols)
        return _write(model, alphabet, start, Manner(temperature, top_k, top_p, limit), number, seed)

    ask(NO_CLASS, 1.0, 1, [seed])  # builds the graph
    draws = {NO_CLASS: num_draws} | ({0: 1, 1: 1} if writer.conditional else {})
    return _samples(writer.name, ask, temperatures, draws, num_messages, alphabet, seed)


def write_ngram_samples(
    characters: Characters,
    split: Split,
    references: References,
    *,
    temperatures: Temperatures,
    num_messages: Several,
    num_draws: Count,
    limit: Count,
    top_k: Count | None,
    top_p: Portion | None,
    seed: int,
) -> Samples:
    """The same of the n-gram model that pays least on the validation part."""
    alphabet, order = characters.alphabet, order_of(references.ngram)
    model = _NgramReader(fit_ngrams(characters.take(split.train), alphabet.num_symbols, orders=order), order - 1)

    def ask(_: int, temperature: float, number: int, seed: Sequence[int]) -> list[Written]:
        return _write(model, alphabet, END, Manner(temperature, top_k, top_p, limit), number, seed)

    return _samples(references.ngram, ask, temperatures, {NO_CLASS: num_draws}, num_messages, alphabet, seed)


class _NgramReader:
    """An n-gram model that remembers the last symbols of each message."""

    def __init__(self, ngrams: Ngrams, reach: int) -> None:
        self._ngrams, self._recent = ngrams, np.empty((0, reach), np.int64)

    def begin(self, prompts: Sequence[Symbols]) -> NDArray[np.float64]:
        """Each begins as a message does, with ends before it."""
        reach = self._recent.shape[1]
        before = [np.concatenate([np.full(reach, END), prompt]) for prompt in prompts]
        self._recent = np.stack([symbols[len(symbols) - reach :] for symbols in before])
        return np.log(self._ngrams.chances(self._recent))

    def go_on(self, symbols: Symbols) -> NDArray[np.float64]:
        """One more symbol of each."""
        if self._recent.shape[1]:
            self._recent = np.column_stack([self._recent[:, 1:], symbols])
        return np.log(self._ngrams.chances(self._recent))

    def keep(self, places: NDArray[np.intp]) -> None:
        """Forget all others."""
        self._recent = self._recent[places]


def _write(
    model: Model, alphabet: Alphabet, start: int, manner: Manner, number: int, seed: Sequence[int]
) -> list[Written]:
    return write(model, [np.array([start])] * number, manner, unknown=alphabet.unknown, seed=seed)


def _samples(
    name: str,
    ask: Ask,
    temperatures: Sequence[float],
    draws: Mapping[int, int],
    num_messages: int,
    alphabet: Alphabet,
    seed: int,
) -> Samples:
    """So many sets of each class, at all temperatures; those of one kind are written side by side."""
    begin, tables = time.perf_counter(), []
    for (place, temperature), (label, number) in product(enumerate(temperatures), draws.items()):
        written = ask(label, temperature, number * num_messages, [seed, place, label - NO_CLASS])
        draw = np.arange(len(written)) // num_messages
        tables.append(_table(written, alphabet).assign(temperature=temperature, draw=draw, label=label))
    seconds = time.perf_counter() - begin
    return Samples(name, pd.concat(tables, ignore_index=True).astype({"label": "int8"}), seconds)


def _table(written: Sequence[Written], alphabet: Alphabet) -> pd.DataFrame:
    texts = [decode(one.symbols, alphabet) for one in written]
    lengths, ended = [len(one.symbols) for one in written], [one.ended for one in written]
    return pd.DataFrame({"text": texts, "characters": lengths, "ended": ended})
