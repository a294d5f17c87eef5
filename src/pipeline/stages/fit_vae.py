"""Train a synthesiser of messages."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from pipeline.artifacts import Embedding, Rows, Split, Tokens
from pipeline.artifacts.synthesis import FittedVae
from pipeline.errors import UserError
from pipeline.models.backend import start_keras
from pipeline.models.fitting import Examples
from pipeline.models.vae.settings import Recipe, Shape

FEWEST = 10  # messages of a class that a model can be conditioned on


def fit_vae(
    split: Split, tokens: Tokens, embedding: Embedding, *, build: Shape, training: Recipe, seed: int, scratch: Path
) -> FittedVae:
    """Train the variational autoencoder on the training part; the validation part chooses the epoch.

    Raises:
        UserError: the words have no vectors, these are narrower than the code, a class has too few messages, or
            training diverges.
    """
    return train_on(split.train, split, tokens, embedding, build=build, training=training, seed=seed, scratch=scratch)


def train_on(
    rows: Rows,
    split: Split,
    tokens: Tokens,
    embedding: Embedding,
    *,
    build: Shape,
    training: Recipe,
    seed: int,
    scratch: Path,
) -> FittedVae:
    """The same on some rows of the training part."""
    _refuse_no_vectors(tokens, embedding, rows)
    _refuse_narrow_vectors(embedding, build)
    _refuse_small_classes(split, rows)
    start_keras(seed)
    from pipeline.models.vae.synthesiser import train_synthesiser

    own, held = (Examples(tokens.ids[part], split.labels[part]) for part in (rows, split.validation))
    return train_synthesiser(own, held, build, training, embedding.matrix, seed=seed, scratch=scratch)


def _refuse_no_vectors(tokens: Tokens, embedding: Embedding, rows: Rows) -> None:
    if embedding.source != "learned" and not embedding.connected:
        raise UserError(
            "A synthesiser writes messages in a space of word vectors, and embedding.connected=false leaves them out.",
            expected="vectors that the model uses",
            remedy="Set embedding.connected=true.",
        )
    if embedding.source == "learned":
        raise UserError(
            "A synthesiser writes messages in a space of word vectors, and embedding=learned has none yet.",
            expected="vectors that are there before the model is trained",
            remedy="Choose embedding=glove, embedding=numberbatch or embedding=corpus.",
        )
    if not embedding.matrix[tokens.ids[rows]].any():
        raise UserError(
            f"None of the words of the {len(rows):,} training messages has a vector in {embedding.source}.",
            expected="vectors in the language of the messages",
            remedy="Name a file of such vectors with embedding.path, or choose embedding=corpus.",
        )


def _refuse_narrow_vectors(embedding: Embedding, build: Shape) -> None:
    width = embedding.matrix.shape[1]
    if width < build.latent:
        raise UserError(
            f"The word vectors are {width} wide, narrower than the code of synthesiser.build.latent = {build.latent}.",
            expected="a code no wider than a word vector: it has to say less than the message",
            remedy=f"Set synthesiser.build.latent={width} or less, or choose wider vectors with embedding.dim.",
        )


def _refuse_small_classes(split: Split, rows: Rows) -> None:
    counts = np.bincount(split.labels[rows], minlength=2)
    for name, count in zip(("negative", "positive"), counts.tolist(), strict=True):
        if count < FEWEST:
            raise UserError(
                f"The {name} class has {count} messages to learn from, too few for a model of each class.",
                expected=f"at least {FEWEST} messages of each class",
                remedy="Add messages of that class, or give the training part a larger share in split.",
            )
