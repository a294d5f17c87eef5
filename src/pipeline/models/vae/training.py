"""Train a variational autoencoder epoch by epoch, going on where a killed training stopped.

Shapes: n messages, B of them in a batch, T time steps, L latent dimensions, D vector width.
"""

from __future__ import annotations

import logging
import math
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, cast

import keras
import numpy as np
import pandas as pd
import tensorflow as tf
from numpy.typing import NDArray

from pipeline.errors import UserError
from pipeline.models.adam import build_adam
from pipeline.models.batches import batch, by_length
from pipeline.models.checkpoint import Checkpoint, state_of
from pipeline.models.fitting import STEPS, Examples
from pipeline.models.progress import Progress
from pipeline.models.stopping import best_epoch, is_out_of_patience
from pipeline.models.vae.network import Losses, Vae, flat_weights
from pipeline.models.vae.settings import Footing, Recipe

log = logging.getLogger(__name__)
VALIDATION_BATCH = 256
EPSILON = 1e-7  # of Adam, Keras's own


@dataclass(frozen=True)
class Epoch:
    """One row of the history: means over messages, in nats but for the squared error.

    `loss` is what was trained on; `val_loss` is at the full weight of the KL and without free nats.
    """

    epoch: int
    loss: float
    squared_error: float
    kl: float
    length_loss: float
    val_loss: float
    val_squared_error: float
    val_kl: float
    val_length_loss: float
    beta: float
    seconds: float


@dataclass(frozen=True)
class Training:
    """The outcome: one row an epoch, and which epoch's weights the network now has."""

    history: pd.DataFrame
    kept_epoch: int
    stopped_early: bool


def train(
    vae: Vae, train: Examples, validation: Examples, recipe: Recipe, *, seed: int, scratch: Path, name: str
) -> Training:
    """Train `vae` in place; `name` is of its checkpoint in `scratch`.

    Raises:
        UserError: the loss is no longer finite; the last good weights are kept in `scratch`.
    """
    steps = -(-len(train.labels) // recipe.batch_size)
    trainer = Trainer(vae, recipe, steps=steps, seed=seed, of=name)
    checkpoint = Checkpoint(scratch / f"{name}.npz", Epoch)
    history, best = checkpoint.restore(state_of(trainer))
    best = best or trainer.get_weights()
    if history:
        log.info("training goes on after epoch %d of %d", len(history), recipe.epochs)
    with Progress(epochs=recipe.epochs, steps=steps, done=len(history)) as progress:
        while len(history) < recipe.epochs and not is_out_of_patience(_watched(history, recipe), recipe.patience):
            history.append(_one_epoch(trainer, train, validation, len(history) + 1, seed, scratch, progress))
            if not math.isfinite(history[-1].val_loss):
                trainer.set_weights(best)
                where = f"after epoch {len(history)} the validation loss"
                raise _diverged(trainer, scratch, where, "of the best epoch before")
            if best_epoch(_watched(history, recipe)) == len(history):
                best = trainer.get_weights()
            checkpoint.write(state_of(trainer), history, best)
    kept = best_epoch(_watched(history, recipe)) if recipe.keep == "best" else len(history)
    if recipe.keep == "best":
        trainer.set_weights(best)
    table = pd.DataFrame([asdict(epoch) for epoch in history])
    return Training(table, kept, stopped_early=len(history) < recipe.epochs)


class Trainer(keras.Model):
    """A network with its recipe, optimiser and random stream, as Keras trains it."""

    def __init__(self, vae: Vae, recipe: Recipe, *, steps: int, seed: int, of: str) -> None:
        """Get ready for `steps` an epoch; `of` names the classes whose messages are read."""
        super().__init__(name="trainer")
        self.vae, self.recipe, self.of = vae, recipe, of
        self.noise = keras.random.SeedGenerator(seed)
        self.steps, self.warmup_steps = steps, steps * recipe.warmup_epochs
        self.bad_step = self.add_weight((), "zeros", "int32", trainable=False, name="bad_step")  # 1-based, 0 for none
        self.parts = [keras.metrics.Mean(name=name) for name in ("loss", "squared_error", "kl", "length_loss")]
        self.built = True
        adam = build_adam(recipe.learning_rate, epsilon=EPSILON, clipnorm=recipe.clipnorm)
        self.compile(optimizer=adam, steps_per_execution=STEPS)
        adam.build(vae.trainable_variables)

    @property
    def metrics(self) -> list[Any]:
        """What is averaged over an epoch."""
        return self.parts

    def beta(self) -> tf.Tensor:
        """The weight of the KL at the step that is next."""
        done = tf.cast(self.optimizer.iterations, tf.float32)
        return self.recipe.beta * tf.minimum(1.0, (done + 1) / max(1, self.warmup_steps))

    def train_step(self, data: tuple[tf.Tensor, tf.Tensor]) -> dict[str, Any]:
        """One update, left out as are all that follow once a loss or gradient is not finite."""
        ids, labels = data
        weights = self.vae.trainable_variables
        noise = keras.random.normal((tf.shape(ids)[0], self.vae.shape.latent), seed=self.noise)
        with tf.GradientTape() as tape:
            losses = self.vae.losses(ids, labels, cast("Any", noise))
            each = total(losses, self.recipe.footing, self.beta(), self.recipe.free_nats)
            loss = tf.reduce_mean(each)
        gradients = tape.gradient(loss, weights)
        is_finite = tf.math.is_finite(loss + tf.linalg.global_norm(gradients))
        step = self.optimizer.iterations + 1
        self.bad_step.assign(tf.where(is_finite | (self.bad_step > 0), self.bad_step, tf.cast(step, tf.int32)))
        tf.cond(self.bad_step > 0, lambda: None, lambda: self.optimizer.apply(gradients, weights))
        return self._measured(each, losses)

    def test_step(self, data: tuple[tf.Tensor, tf.Tensor]) -> dict[str, Any]:
        """The loss at the full weight of the KL, with the same noise each time."""
        ids, labels = data
        noise = keras.random.normal((tf.shape(ids)[0], self.vae.shape.latent), seed=0)
        losses = self.vae.losses(ids, labels, cast("Any", noise))
        return self._measured(total(losses, self.recipe.footing, self.recipe.beta, free_nats=0), losses)

    def _measured(self, each: tf.Tensor, losses: Losses) -> dict[str, Any]:
        values = (each, losses.squared_error, tf.reduce_sum(losses.kl, axis=1), losses.length)
        for metric, value in zip(self.parts, values, strict=True):
            metric.update_state(value)
        return {metric.name: metric.result() for metric in self.parts}


def total(losses: Losses, footing: Footing, beta: tf.Tensor | float, free_nats: float) -> tf.Tensor:
    """The loss of each message, (B,): reconstruction, KL and length; see `Recipe` for the settings.

    On the footing of a message, with `beta` 1, it is the negative ELBO of a decoder with unit variance, less the
    constant W D log(2 pi) / 2 of its W words. Free nats hold for the mean of a dimension over the batch.

    Source: D. P. Kingma et al. 2016, "Improved variational inference with inverse autoregressive flow" (free bits);
    S. R. Bowman et al. 2016, "Generating sentences from a continuous space" (KL warm-up).
    """
    kl = tf.reduce_sum(losses.kl, axis=1)
    if free_nats:
        kl = tf.fill(tf.shape(kl), tf.reduce_sum(tf.maximum(tf.reduce_mean(losses.kl, axis=0), free_nats)))
    error = losses.squared_error / (losses.entries if footing == "element" else 2.0)
    return error + beta * kl + losses.length


def _one_epoch(
    trainer: Trainer,
    train: Examples,
    validation: Examples,
    epoch: int,
    seed: int,
    scratch: Path,
    progress: Progress,
) -> Epoch:
    start = time.perf_counter()
    beta = float(trainer.beta())
    order = np.random.default_rng([seed, epoch]).permutation(len(train.labels))
    batches = _batches(trainer, train, order, trainer.recipe.batch_size)
    last_good = keras.callbacks.LambdaCallback(
        on_train_batch_end=lambda *_, **__: _stop_if_bad(trainer, epoch, scratch)
    )
    fitted = trainer.fit(batches, shuffle=False, callbacks=[last_good, *progress.callbacks()], verbose=cast("Any", 0))
    logs = {name: values[0] for name, values in fitted.history.items()}
    held = _batches(trainer, validation, by_length(validation.ids), VALIDATION_BATCH)
    steps, trainer.steps_per_execution = trainer.steps_per_execution, 1
    measured = cast("Any", trainer.evaluate(held, verbose=cast("Any", 0), return_dict=True))
    trainer.steps_per_execution = steps
    row = Epoch(
        epoch, **logs, **{f"val_{name}": value for name, value in measured.items()},
        beta=beta, seconds=time.perf_counter() - start,
    )  # fmt: skip
    progress.finish_epoch(row.epoch, f"val_loss {row.val_loss:.4f}", row)
    return row


def _batches(trainer: Trainer, examples: Examples, order: NDArray[np.int64], size: int) -> tf.data.Dataset:
    columns = (examples.ids[order], examples.labels[order].astype(np.float32))
    return batch(columns, size, trim=trainer.vae.shape.mask)


def _stop_if_bad(trainer: Trainer, epoch: int, scratch: Path) -> None:
    """Raise once a step had a loss that is not finite; nothing was updated from that step on."""
    step = int(trainer.bad_step.numpy())
    if step:
        where = f"in batch {step - (epoch - 1) * trainer.steps} of epoch {epoch} the loss or its gradient"
        raise _diverged(trainer, scratch, where, "from before that batch")


def _diverged(trainer: Trainer, scratch: Path, where: str, which: str) -> UserError:
    """Keep the weights that the network has now, and say so."""
    kept = scratch / f"last_good_{trainer.of}.npy"
    np.save(kept, flat_weights(trainer.vae), allow_pickle=False)
    return UserError(
        f"Training diverged: {where} is not a finite number. The weights {which} are kept in {kept}.",
        expected="finite losses",
        remedy=f"Lower synthesiser.training.learning_rate (now {trainer.recipe.learning_rate}) or set "
        "synthesiser.training.clipnorm.",
    )


def _watched(history: list[Epoch], recipe: Recipe) -> list[float]:
    """The validation loss of each epoch; of two epochs of the warm-up the later counts as better, as any after it does.

    While the KL is nearly free the loss at its full weight falls and rises with how far the codes have been let go.
    """
    highest = sys.float_info.max
    return [highest / row.epoch if row.epoch <= recipe.warmup_epochs else row.val_loss for row in history]
