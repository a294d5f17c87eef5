"""Ways to make up for few positive training messages.

Shapes: n messages, T words, V rows of the embedding table, D vector width.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from pipeline.artifacts import Rows
from pipeline.artifacts.synthesis import Messages
from pipeline.evaluation.quick import Training
from pipeline.evaluation.synthetic.messages import mean_vectors

# Takes the corpus rows that may be learned from, how many positive messages to make, and a seed; gives their word
# indices (count, T) and the mean of their word vectors (count, D).
Generate = Callable[[Rows, int, int], tuple[NDArray[np.int32], NDArray[np.float32]]]

DROPPED = 0.2
METHODS = {
    "none": "the training messages as they are",
    "oversampling": "positive messages repeated at random until there are as many as negative ones",
    "word_dropout": f"the same repeats, each without a random {DROPPED:.0%} of its words",
    "class_weights": "each positive message counts for as many as there are negative ones to a positive",
    "synthetic": "filled up to as many positive messages as negative ones by a model fitted on these messages alone",
}


def fill(
    messages: Messages, rows: Rows, generate: Generate, table: NDArray[np.float32], seed: int
) -> dict[str, Training]:
    """Training messages as each of METHODS leaves them; where positives are not the fewer, they stay as they are.

    Args:
        messages: n of them.
        rows: (n,) their rows in the corpus, for `generate`.
        generate: makes positive messages.
        table: (V, D) vectors of the words.
        seed: seed of every draw.
    """
    copies = _copies(messages.labels, seed)
    dropped = drop_words(messages.ids[copies], np.random.default_rng(seed))
    made = _none_of(messages) if len(copies) == 0 else generate(rows, len(copies), seed)
    assert len(made[0]) == len(made[1]) == len(copies), (len(made[0]), len(copies))
    return {
        "none": _with(messages, *_none_of(messages)),
        "oversampling": _with(messages, messages.ids[copies], messages.vectors[copies]),
        "word_dropout": _with(messages, dropped, mean_vectors(dropped, table)),
        "class_weights": Training(messages.ids, messages.labels, messages.vectors, _weights(messages.labels)),
        "synthetic": _with(messages, *made),
    }


def drop_words(ids: NDArray[np.int32], random: np.random.Generator) -> NDArray[np.int32]:
    """Leave each word out with probability 0.2, but never all of a message: 0 takes its place, without moving the rest.

    Shapes: (n, T).
    """
    drawn = np.where(ids != 0, random.random(ids.shape), -1.0)
    kept = drawn >= DROPPED
    if ids.size:
        kept[np.arange(len(ids)), drawn.argmax(axis=1)] = True  # a word that is kept anyway, unless none is
    return np.where(kept, ids, 0).astype(np.int32)


def _copies(labels: NDArray[np.int8], seed: int) -> NDArray[np.intp]:
    """Positions of the positive messages to repeat until the classes are of one size."""
    from imblearn.over_sampling import RandomOverSampler

    if 2 * labels.sum() >= len(labels):
        return np.empty(0, np.intp)  # the sampler would repeat negative messages
    sampler = RandomOverSampler(random_state=seed)
    sampler.fit_resample(np.arange(len(labels)).reshape(-1, 1), labels)
    return sampler.sample_indices_[len(labels) :]


def _weights(labels: NDArray[np.int8]) -> NDArray[np.float64]:
    """A negative message weighs 1: weights that add up to the number of messages would change what smoothing does."""
    negatives, positives = np.bincount(labels, minlength=2)
    return np.where(labels == 1, max(1.0, negatives / positives), 1.0)


def _none_of(messages: Messages) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    return messages.ids[:0], messages.vectors[:0]


def _with(messages: Messages, ids: NDArray[np.int32], vectors: NDArray[np.float32]) -> Training:
    """The messages, and other positive ones beside them."""
    labels = np.concatenate([messages.labels, np.ones(len(ids), np.int8)])
    return Training(
        np.concatenate([messages.ids, ids]),
        labels,
        np.concatenate([messages.vectors, vectors]),
        np.ones(len(labels)),
    )
