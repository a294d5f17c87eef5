"""Does a synthesiser help the positive class more than cheaper means do?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from pipeline.artifacts import Embedding, Rows, Split, Tokens
from pipeline.artifacts.synthesis import Augmentation, FittedVae
from pipeline.errors import UserError
from pipeline.evaluation.augmentation import Parts, study
from pipeline.evaluation.filling import METHODS, Generate
from pipeline.evaluation.quick import CLASSIFIERS
from pipeline.evaluation.synthetic.messages import real_messages
from pipeline.models.backend import start_keras
from pipeline.models.vae.settings import Recipe, Shape
from pipeline.ranges import Count
from pipeline.stages.fit_vae import FEWEST, train_on
from pipeline.stages.generation import Generation, draw_seeds, writer

Percents = Annotated[list[Annotated[int, Field(ge=1, le=100)]], Field(min_length=1)]


def compare_augmentation(
    split: Split,
    tokens: Tokens,
    embedding: Embedding,
    fitted: FittedVae,
    *,
    build: Shape,
    training: Recipe,
    generate: Generation,
    percents: Percents,
    repeats: Count,
    resamples: Annotated[int, Field(ge=100)],
    seed: int,
    scratch: Path,
) -> Augmentation:
    """Hold generated messages against repeats, word dropout and class weights at several shares of the positives.

    A synthesiser of its own is trained for each share and repeat, on those messages alone, its epoch chosen by as
    small a share of the positive validation messages; where that is the whole training part, the one that was trained
    on it already writes.

    Raises:
        UserError: a share leaves too few positive messages, a part lacks a class, or training diverges.
    """
    _refuse_few(split, percents)

    def make(rows: Rows, count: int, chance: int) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        own = fitted
        if len(rows) < len(split.train):
            folder = scratch / str(chance)
            folder.mkdir(exist_ok=True)
            seen = replace(split, validation=_thinned(split, rows, chance))
            own = train_on(rows, seen, tokens, embedding, build=build, training=training, seed=chance, scratch=folder)
        start_keras(chance)
        pen = writer(own, rows, split, tokens, embedding, build=build, generate=generate)
        written = pen.draw(np.ones(count, np.int8), draw_seeds(count, chance))
        return written.ids, written.means

    return augment(split, tokens, embedding, make, percents=percents, repeats=repeats, resamples=resamples, seed=seed)


def augment(
    split: Split,
    tokens: Tokens,
    embedding: Embedding,
    generate: Generate,
    *,
    percents: Sequence[int],
    repeats: int,
    resamples: int,
    seed: int,
) -> Augmentation:
    """Hold generated messages against repeats, word dropout and class weights; see `evaluation.augmentation.study`.

    Args:
        split, tokens, embedding: the real messages.
        generate: makes positive messages from the rows that it is given, and has seen no others.
        percents: shares of the positive training messages, in percent.
        repeats: draws of those messages.
        resamples: bootstrap resamples.
        seed: seed of every draw.

    Raises:
        UserError: a share leaves too few positive messages, or a part lacks a class.
    """
    parts = Parts(
        *(real_messages(tokens, embedding, split, rows) for rows in (split.train, split.validation, split.test))
    )
    words = embedding.matrix[: len(tokens.vocabulary)]
    table = study(split, parts, generate, words, percents=percents, repeats=repeats, resamples=resamples, seed=seed)
    return Augmentation(table, repeats, METHODS | CLASSIFIERS)


def _thinned(split: Split, rows: Rows, seed: int) -> Rows:
    """The validation rows with as small a share of the positive ones as `rows` hold of those of the training part.

    At least two stay, for a validation loss of each class.
    """
    labels = split.labels
    share = labels[rows].sum() / labels[split.train].sum()
    positive = split.validation[labels[split.validation] == 1]
    kept = np.random.default_rng(seed).permutation(positive)[: max(2, round(share * len(positive)))]
    return np.sort(np.concatenate([split.validation[labels[split.validation] == 0], kept]))


def _refuse_few(split: Split, percents: Sequence[int]) -> None:
    positives = int(split.labels[split.train].sum())
    for percent in percents:
        if percent < 100 and positives * percent / 100 < FEWEST:
            raise UserError(
                f"{percent} % of the {positives} positive training messages are too few for a synthesiser.",
                expected=f"shares that leave at least {FEWEST} messages",
                remedy=f"Leave {percent} out of augmentation.percents.",
            )
