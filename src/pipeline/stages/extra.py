"""Generate training messages: what `sampling=synthetic` names."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from pipeline.artifacts import Embedding, Extra, Sample, Split, Tokens
from pipeline.evaluation.bags import pad_on
from pipeline.models.backend import start_keras
from pipeline.models.vae.settings import Recipe, Shape
from pipeline.stages.fill import take_no_extra
from pipeline.stages.fit_vae import train_on
from pipeline.stages.generation import Generation, draw_seeds, writer


def write_rarer_class(
    split: Split,
    sample: Sample,
    tokens: Tokens,
    embedding: Embedding,
    seed: int,
    scratch: Path,
    *,
    build: Shape,
    training: Recipe,
    generate: Generation,
) -> Extra:
    """As many messages of the rarer class as make the classes equal, by a synthesiser of the sampled training rows.

    Raises:
        UserError: the words have no vectors to write with, or the synthesiser cannot be trained on these messages.
    """
    counts = np.bincount(split.labels[sample.rows], minlength=2)
    labels = np.full(abs(counts[0] - counts[1]), counts.argmin(), np.int8)
    if not len(labels):
        return take_no_extra(tokens)
    fitted = train_on(sample.rows, split, tokens, embedding, build=build, training=training, seed=seed, scratch=scratch)
    start_keras(seed)
    pen = writer(fitted, sample.rows, split, tokens, embedding, build=build, generate=generate)
    return Extra(pad_on(tokens.padding, pen.draw(labels, draw_seeds(len(labels), seed)).ids), labels)
