"""Does a synthesiser help the positive class more than cheaper means do?"""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.artifacts import Augmentation, Embedding, Split, Tokens
from pipeline.evaluation.augmentation import Parts, study
from pipeline.evaluation.filling import METHODS, Generate
from pipeline.evaluation.quick import CLASSIFIERS
from pipeline.evaluation.synthetic.messages import real_messages


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
