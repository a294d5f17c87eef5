"""From a code to a text: what every stage that lets the synthesiser write calls.

Shapes: n messages, T words, V words of the vocabulary, D vector width, L latent dimensions, W words of all messages.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import ConfigDict, Field

from pipeline.artifacts import Embedding, Rows, Split, Tokens
from pipeline.artifacts.synthesis import FittedVae
from pipeline.models.vae.settings import Shape
from pipeline.text.bigrams import Bigrams, fit_bigrams
from pipeline.text.decoding import write_words

if TYPE_CHECKING:
    from pipeline.models.vae.synthesiser import Synthesiser

Floats = NDArray[np.float32]
BLOCK = 512  # messages written at a time


@dataclass(frozen=True)
class Generation:
    """How new messages are drawn and vectors become words.

    Attributes:
        prior: what codes are drawn from: "gaussian", or "realnvp", the flow fitted to the training codes.
        centred: whether the mean vector of the training messages is taken from all vectors before cosines are: what is
            left of a decoder's vector is what it says beyond the average. Without that a few words that lie near the
            average are nearest to nearly everything.
        temperature: cosines are divided by it before a word is drawn; at 0 the best word is taken.
        bigram_weight: weight of the logarithm of the chance of a word after the one before it; 0: not looked at.
    """

    __pydantic_config__ = ConfigDict(extra="forbid")

    prior: Literal["gaussian", "realnvp"]
    centred: bool
    temperature: Annotated[float, Field(ge=0)]
    bigram_weight: Annotated[float, Field(ge=0)]


@dataclass(frozen=True)
class Written:
    """Messages that were written.

    Attributes:
        ids: (n, T), padded with 0 at the end.
        vectors: (W, D), the decoder's vector at each word.
        means: (n, D), of the vectors of a message.
    """

    ids: NDArray[np.int32]
    vectors: Floats
    means: Floats


@dataclass(frozen=True)
class Writer:
    """A synthesiser with all that its writing depends on.

    Attributes:
        model: the networks.
        settings: how vectors become words.
        masks: whether steps beyond the end of a message are left out.
        table: (V, D) vectors of the words.
        centre: (D,) what is taken from all vectors before cosines are.
        allowed: (V,) words that can be written: with a vector, and in the messages that it learned from.
        bigrams: of those messages.
        lengths: of those messages by class, ascending.
        max_length: words of a message at most.
    """

    model: Synthesiser
    settings: Generation
    masks: bool
    table: Floats
    centre: Floats
    allowed: NDArray[np.bool_]
    bigrams: Bigrams
    lengths: tuple[NDArray[np.int64], NDArray[np.int64]]
    max_length: int

    def draw(self, labels: NDArray[np.int8], seeds: NDArray[np.int64]) -> Written:
        """New messages (n,) of the given classes, each from its own seed: the others do not matter to it."""
        chance = [np.random.default_rng(seed) for seed in seeds.tolist()]
        noise = np.stack([random.standard_normal(self.model.latent, dtype=np.float32) for random in chance])
        places = np.array([random.random() for random in chance])
        uniforms = np.stack([random.random(self.max_length) for random in chance])
        codes = self.model.draw(noise, labels, self.settings.prior)
        return self.write(codes, labels, self.draw_lengths(codes, labels, places), uniforms)

    def write(
        self,
        codes: Floats,
        labels: NDArray[np.int8],
        lengths: NDArray[np.int64],
        uniforms: NDArray[np.float64],
    ) -> Written:
        """Messages of codes (n, L) with lengths (n,), their words drawn by `uniforms` (n, T)."""
        parts = []
        for start in range(0, len(codes), BLOCK):  # all vectors at once would take gigabytes of a large corpus
            rows = slice(start, start + BLOCK)
            parts.append(self._write_block(codes[rows], labels[rows], lengths[rows], uniforms[rows]))
        return Written(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))

    def _write_block(
        self,
        codes: Floats,
        labels: NDArray[np.int8],
        lengths: NDArray[np.int64],
        uniforms: NDArray[np.float64],
    ) -> tuple[NDArray[np.int32], Floats, Floats]:
        """Indices, vectors and means of some messages."""
        counts = np.arange(self.max_length) < lengths[:, None]
        written = self.model.write(codes, labels, counts if self.masks else np.ones_like(counts))
        ids = write_words(
            written - self.centre,
            lengths,
            uniforms,
            self.table - self.centre,
            self.allowed,
            temperature=self.settings.temperature,
            bigrams=self.bigrams,
            bigram_weight=self.settings.bigram_weight,
        )
        means = np.where(counts[:, :, None], written, 0).sum(axis=1) / lengths[:, None]
        return ids, written[counts], means.astype(np.float32)

    def draw_lengths(self, codes: Floats, labels: NDArray[np.int8], places: NDArray[np.float64]) -> NDArray[np.int64]:
        """Words of each message: the quantile `places` (n,) of the distribution that the code, or the class, has."""
        from scipy.special import ndtri

        heads = self.model.lengths(codes, labels)
        if heads is None:
            own = [self.lengths[label] for label in labels]
            return np.array([of_class[int(place * len(of_class))] for of_class, place in zip(own, places, strict=True)])
        logarithms = heads[:, 0] + np.exp(heads[:, 1]) * ndtri(places)
        highest = np.log(self.max_length)  # clipped before the exponential, which could overflow
        return np.exp(np.clip(logarithms, 0, highest)).round().astype(np.int64)


def writer(
    fitted: FittedVae,
    rows: Rows,
    split: Split,
    tokens: Tokens,
    embedding: Embedding,
    *,
    build: Shape,
    generate: Generation,
) -> Writer:
    """The trained synthesiser with the words, bigrams and lengths of the rows that it learned from."""
    from pipeline.models.vae.synthesiser import load_synthesiser

    ids = tokens.ids[rows]
    used = np.zeros(tokens.num_rows, bool)
    said = ids[ids >= tokens.num_reserved]
    used[said] = True
    allowed = used & embedding.matrix.any(axis=1)
    mean = embedding.matrix[said[allowed[said]]].mean(axis=0)
    lengths = np.count_nonzero(ids, axis=1)
    by_class = [np.sort(lengths[split.labels[rows] == label]) for label in (0, 1)]
    return Writer(
        model=load_synthesiser(fitted, build, embedding.matrix),
        settings=generate,
        masks=build.mask,
        table=embedding.matrix,
        centre=mean if generate.centred else np.zeros_like(mean),
        allowed=allowed,
        bigrams=fit_bigrams(ids, tokens.num_rows, tokens.num_reserved),
        lengths=(by_class[0], by_class[1]),
        max_length=tokens.ids.shape[1],
    )


def draw_seeds(count: int, seed: int) -> NDArray[np.int64]:
    """A seed for each of `count` messages, (count,)."""
    return np.random.default_rng(seed).integers(2**32, size=count)
