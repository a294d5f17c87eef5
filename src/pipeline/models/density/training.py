"""Train an autoencoder on sparse bags, a batch of which is dense at a time.

Shapes: n messages, B of them in a batch, V words, L latent dimensions.
"""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import keras
import numpy as np
import pandas as pd
import tensorflow as tf
from numpy.typing import NDArray

from pipeline.errors import UserError
from pipeline.models.adam import build_adam
from pipeline.models.density.material import History, Material
from pipeline.models.density.network import Network
from pipeline.models.density.settings import Recipe
from pipeline.models.stopping import best_epoch, is_out_of_patience

log = logging.getLogger(__name__)
EPSILON = 1e-7  # of Adam, Keras's own
BLOCK = 256  # messages at a time, where nothing is learnt

Cost = Callable[[Any], NDArray[np.float64]]


def train(network: Network, material: Material, recipe: Recipe, shown_cost: Cost, latent: int) -> History:
    """Train in place; the epoch with the lowest loss on the messages kept back is kept.

    `shown_cost` gives the costs by which the history tells the classes apart: to be looked at, never to choose by.
    Losses of the history are means over messages, whatever these weigh in training.

    Raises:
        UserError: a loss is no longer finite.
    """
    step = _stepper(network, recipe)
    held = loss_of(network, material.bags.shape[1])
    rows: list[dict[str, float]] = []
    best = network.get_weights()
    held_noise = np.random.default_rng([material.seed, 0]).standard_normal((material.held.shape[0], latent), np.float32)
    while len(rows) < recipe.epochs and not is_out_of_patience([row["val_loss"] for row in rows], recipe.patience):
        start, epoch = time.perf_counter(), len(rows) + 1
        parts = _one_epoch(step, material, recipe, latent, epoch)
        val_loss = float(np.mean(sum(held(material.held, held_noise))))
        if not math.isfinite(parts.sum() + val_loss):
            raise _diverged(epoch, recipe)
        reconstruction, kl = parts
        row = {"epoch": epoch, "loss": reconstruction + kl, "reconstruction": reconstruction, "kl": kl}
        shown = {"val_roc_auc": _roc_auc(material, shown_cost), "seconds": time.perf_counter() - start}
        rows.append(row | {"val_loss": val_loss} | shown)
        log.debug("%s", rows[-1])
        if best_epoch([row["val_loss"] for row in rows]) == epoch:
            best = network.get_weights()
    kept = best_epoch([row["val_loss"] for row in rows]) if recipe.keep == "best" else len(rows)
    if recipe.keep == "best":
        network.set_weights(best)
    return History(pd.DataFrame(rows).astype({"epoch": np.int64}), kept)


def blocks(bags: Any, size: int = BLOCK) -> Iterator[tf.Tensor]:
    """Sparse bags (n, V), dense a block at a time."""
    for start in range(0, bags.shape[0], size):
        yield tf.constant(bags[start : start + size].toarray(), tf.float32)


def compiled(function: Callable[..., Any], words: int, latent: int) -> Callable[..., Any]:
    """A function of bags (any, V) and noise (any, L) as one graph for all sizes.

    With graphs of their own for some sizes, what a message costs would depend in its last digits on what was asked
    before.
    """
    return tf.function(function, input_signature=[tf.TensorSpec([None, words]), tf.TensorSpec([None, latent])])


def loss_of(network: Network, words: int) -> Callable[[Any, NDArray[np.float32]], list[NDArray[np.float64]]]:
    """A function that gives the parts of the loss of messages (n, V) with noise (n, L), (n,) each."""
    losses = compiled(network.losses, words, network.latent)

    def measure(bags: Any, noise: NDArray[np.float32]) -> list[NDArray[np.float64]]:
        starts = range(0, bags.shape[0], BLOCK)
        found = [losses(block, noise[at : at + BLOCK]) for at, block in zip(starts, blocks(bags), strict=True)]
        return joined(found)

    return measure


def joined(found: Sequence[tuple[tf.Tensor, ...]]) -> list[NDArray[np.float64]]:
    """What was found block by block, each part in one piece."""
    return [np.concatenate([part.numpy() for part in parts]).astype(np.float64) for parts in zip(*found, strict=True)]


def _stepper(network: Network, recipe: Recipe) -> Callable[[tf.Tensor, tf.Tensor, tf.Tensor], tf.Tensor]:
    """One update; it gives the sums (2,) of what reconstruction and code cost."""
    if recipe.optimiser == "adam":
        optimiser = build_adam(recipe.learning_rate, epsilon=EPSILON, clipnorm=None)
    else:
        optimiser = keras.optimizers.SGD(recipe.learning_rate)
    variables = network.trainable_variables
    optimiser.build(variables)

    @tf.function(reduce_retracing=True)
    def step(bags: tf.Tensor, weights: tf.Tensor, noise: tf.Tensor) -> tf.Tensor:
        with tf.GradientTape() as tape:
            parts = tf.stack(network.losses(bags, noise))
            loss = tf.reduce_mean(weights * tf.reduce_sum(parts, axis=0))
        optimiser.apply(tape.gradient(loss, variables), variables)
        return tf.reduce_sum(parts, axis=1)

    return step


def _one_epoch(
    step: Callable[..., tf.Tensor], material: Material, recipe: Recipe, latent: int, epoch: int
) -> NDArray[np.float64]:
    """Means of what reconstruction and code cost, (2,)."""
    random, number = np.random.default_rng([material.seed, epoch]), material.bags.shape[0]
    order, total = random.permutation(number), np.zeros(2)
    for start in range(0, number, recipe.batch_size):
        rows = order[start : start + recipe.batch_size]
        noise = random.standard_normal((len(rows), latent), np.float32)
        dense = tf.constant(material.bags[rows].toarray(), tf.float32)
        total += step(dense, tf.constant(material.weights[rows]), tf.constant(noise)).numpy()
    return total / number


def _roc_auc(material: Material, cost: Cost) -> float:
    if material.shown is None:
        return math.nan
    from sklearn.metrics import roc_auc_score

    bags, labels = material.shown
    return float(roc_auc_score(labels, cost(bags)))


def _diverged(epoch: int, recipe: Recipe) -> UserError:
    return UserError(
        f"Training a detector diverged: in epoch {epoch} its loss is not a finite number.",
        expected="finite losses",
        remedy=f"Lower its training.learning_rate, now {recipe.learning_rate:g}, or set training.optimiser=adam.",
    )
