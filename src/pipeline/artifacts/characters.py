"""Messages as symbols, language models of them, what these pay for real messages, and what they write.

A *symbol* is a character, the end of a message, or the one that stands for all characters outside of the alphabet.
*Bits* are the negative logarithm, base 2, of the probability that a model gives to a symbol before it has seen it. The
end of a message is a symbol to be paid for like any other.

Shapes: N rows of the corpus, M symbols of all of them, E symbols of the test messages, P weights, S numbers
of state.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import ConfigDict, Field

from pipeline.artifacts.messages import Rows

END = 0  # the symbol that closes a message
NO_CLASS = -1  # label of a sample that no class was asked for

Cell = Literal["simple_rnn", "lstm", "gru"]
Scheme = Literal["streamed", "windowed"]


@dataclass(frozen=True)
class Alphabet:
    """What the symbols stand for.

    Attributes:
        characters: of the symbols 1 to A, by code point; 0 is the end of a message.
        has_unknown: whether symbol A + 1 stands for every other character.
    """

    characters: list[str]
    has_unknown: bool

    @property
    def num_symbols(self) -> int:
        """Symbols that may come next: the end, the characters, and the unknown one if there is one."""
        return 1 + len(self.characters) + self.has_unknown

    @property
    def unknown(self) -> int | None:
        """The symbol of characters outside of the alphabet."""
        return 1 + len(self.characters) if self.has_unknown else None


@dataclass(frozen=True)
class Characters:
    """Every row of the corpus as symbols, each closed by the end.

    Attributes:
        alphabet: what the symbols stand for.
        symbols: (M,) uint16, message after message.
        edges: (N + 1,) int64 where each row begins, and the end.
    """

    alphabet: Alphabet
    symbols: NDArray[np.uint16]
    edges: NDArray[np.int64]

    @property
    def lengths(self) -> NDArray[np.int64]:
        """Symbols of each row, its end included, (N,)."""
        return np.diff(self.edges)

    def take(self, rows: Rows) -> list[NDArray[np.uint16]]:
        """The symbols of some rows, their ends included."""
        return [self.symbols[self.edges[row] : self.edges[row + 1]] for row in rows]


@dataclass(frozen=True)
class Shape:
    """The layers of a language model.

    Attributes:
        cell: of the recurrent layer.
        units: of the recurrent layer.
        embedding: width of a learnt vector for each symbol; None: one-hot, so that the kernel's rows are the vectors.
        input_dropout: share of the entries of these vectors that a training step leaves out.
        output_dropout: share of the units that a training step hides from the output layer.
    """

    __pydantic_config__ = ConfigDict(extra="forbid")

    cell: Cell
    units: Annotated[int, Field(ge=1)]
    embedding: Annotated[int, Field(ge=1)] | None
    input_dropout: Annotated[float, Field(ge=0, lt=1)]
    output_dropout: Annotated[float, Field(ge=0, lt=1)]


@dataclass(frozen=True)
class Writer:
    """A trained language model of characters.

    Attributes:
        name: of the model in this run.
        scheme: "streamed": trained on every position of a stream of messages, the state carried on from one piece to
            the next; "windowed": on the last position of every window.
        build: its layers.
        conditional: whether a message may begin with a symbol of its class in place of the end of the one before.
        weights: (P,) float32, all weights in a row.
        num_params: P.
        opening: (S,) float32, the state that every message is read and written from: what some training messages leave
            behind.
        history: one row an epoch: `epoch` (1-based), `train_bits` (mean bits per character over the epoch's updates,
            dropout on), `val_bits`, `learning_rate` (at the end), `seconds` (training and validation, once all is
            compiled).
        kept_epoch: the epoch whose weights were kept.
        stopped_early: whether training ended before the last epoch allowed.
    """

    name: str
    scheme: Scheme
    build: Shape
    conditional: bool
    weights: NDArray[np.float32]
    num_params: int
    opening: NDArray[np.float32]
    history: pd.DataFrame
    kept_epoch: int
    stopped_early: bool


@dataclass(frozen=True)
class Surprisal:
    """What a language model pays for the messages of the validation and test parts.

    Attributes:
        name: of the model.
        table: one row a message: `part` ("validation", "test"), `row`, `characters` (symbols, the end included),
            `bits` (of all of them).
        test_bits: (E,) float32, bits of each symbol of the test messages, in the order of the table.
    """

    name: str
    table: pd.DataFrame
    test_bits: NDArray[np.float32]


@dataclass(frozen=True)
class References:
    """What any language model must beat.

    Attributes:
        ngrams: one row an n-gram model and message: `name` ("ngram_1" to "ngram_6"), `part`, `row`, `characters`,
            `bits`.
        compressors: one row a compressor and part: `name` ("zlib", "lzma", "bz2"), `part`, `bits` (per character: what
            the part adds to the compressed training text).
        ngram: the n-gram model that pays least on the validation part.
        test_bits: (E,) float32, what it pays for each symbol of the test messages, in the order of the split.
    """

    ngrams: pd.DataFrame
    compressors: pd.DataFrame
    ngram: str
    test_bits: NDArray[np.float32]


@dataclass(frozen=True)
class Samples:
    """Messages that a model wrote.

    Attributes:
        name: of the model.
        table: one row a message: `temperature`, `draw` (0-based: sets of one size, drawn anew), `label` (int8: the
            class asked for, -1 where none was), `text`, `characters` (int, without the end), `ended` (bool: by itself,
            not at the limit).
        seconds: that it took, with the machine warm.
    """

    name: str
    table: pd.DataFrame
    seconds: float


@dataclass(frozen=True)
class BitScores:
    """Bits per character of all models, and paired comparisons.

    Attributes:
        table: one row a model and part: `name`, `kind` ("network", "ngram", "compressor"), `part`, `bits` (per
            character), `low`, `high` (95 % interval over groups of messages; NaN for compressors, which have no bits of
            a single message), `perplexity` (2 to the bits).
        contests: one row a pair, on the test part: `first`, `second`, `difference` (bits per character of the first
            less the second's; below 0 the first is better), `low`, `high`, `p` (adjusted for the number of pairs).
        champion: the network that pays least on the validation part.
        num_resamples: of the bootstrap.
        num_unknown: symbols of the test messages that stand for a character outside of the alphabet.
    """

    table: pd.DataFrame
    contests: pd.DataFrame
    champion: str
    num_resamples: int
    num_unknown: int


@dataclass(frozen=True)
class SampleScores:
    """Written messages held against the training messages, beside real messages that were held out.

    Attributes:
        table: one row a model, temperature and score: `name`, `temperature`, `score` ("distinct_1", "distinct_2",
            "self_bleu", "real_words" (percent of words that a training message holds), "copied_4grams" (percent of
            runs of four words), "copied_characters" (percent of runs of 20 characters), "exact_copies" (percent of
            messages), "length_distance" (characters), "ended" (percent of messages)), `value` (mean over draws), `low`,
            `high` (lowest and highest draw), `holdout`, `holdout_low`, `holdout_high` (the same score of as many test
            messages: mean over draws, lowest and highest draw).
        recognition: one row a model, temperature and class asked for (-1: none was): `name`, `temperature`, `label`,
            `called` (share of the samples that a classifier fitted on the real training messages calls positive),
            `low`, `high`, `holdout`, `holdout_low`, `holdout_high` (the same of the real test messages of that class,
            of all of them where none was asked for), `messages`.
        samples: the messages of all models: `name` and the columns of `Samples.table`, and `copy_of` (int64: data row
            of the training message that it repeats to the letter, blanks at the ends aside, -1 for none).
        num_messages: messages of a set.
        num_draws: sets of each model and temperature.
    """

    table: pd.DataFrame
    recognition: pd.DataFrame
    samples: pd.DataFrame
    num_messages: int
    num_draws: int
