"""Train a binary classifier epoch by epoch; the only caller of `fit`.

Everything that a later epoch depends on (weights, optimiser, random streams, history, the weights kept so far) is on
disk after each epoch, and the order of the examples is a function of seed and epoch: a training that was killed goes
on from its last whole epoch and ends with the same weights as one that was not.

Shapes: n examples, T time steps.
"""

from __future__ import annotations

import logging
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.artifacts import KerasFile
from pipeline.errors import UserError
from pipeline.models.adam import build_adam
from pipeline.models.batches import batch, by_length, masks_padding
from pipeline.models.checkpoint import Checkpoint, state_of
from pipeline.models.progress import Progress
from pipeline.models.stopping import best_epoch, is_out_of_patience

if TYPE_CHECKING:
    import keras

log = logging.getLogger(__name__)
PREDICT_BATCH = 256
STEPS = 16  # that TensorFlow does before Python has its turn; Ctrl-C waits for them


@dataclass(frozen=True)
class Examples:
    """Word indices (n, T) and labels (n,)."""

    ids: NDArray[np.int32]
    labels: NDArray[np.int8]


@dataclass(frozen=True)
class Recipe:
    """How to train.

    Attributes:
        epochs: epochs at most.
        batch_size: examples a step.
        learning_rate: of Adam, at its highest.
        schedule: "constant", or "cosine" from the learning rate down to a hundredth of it over all epochs.
        epsilon, clipnorm: of Adam; `clipnorm` bounds the norm of each weight's gradient.
        patience: epochs without a better validation figure after which training stops; None: never stop early.
        monitor: the validation figure: "pr_auc" (higher is better) or "loss".
        keep: the weights to keep: of the "best" epoch by that figure, or of the "last".
        class_weights: "off", or "balanced": each class weighs the same in the loss.
        label_smoothing: labels 0 and 1 are trained as half of it and 1 less half of it.
    """

    epochs: int
    batch_size: int
    learning_rate: float
    schedule: Literal["constant", "cosine"]
    epsilon: float
    clipnorm: float | None
    patience: int | None
    monitor: Literal["pr_auc", "loss"]
    keep: Literal["best", "last"]
    class_weights: Literal["off", "balanced"]
    label_smoothing: float = 0.0


@dataclass(frozen=True)
class Epoch:
    """One row of the history; recalls and F1 are at a probability of 0.5, before any correction of the prior.

    `val_loss` weighs the classes as the training part does. `loss` and `recall` are means over the epoch, with dropout.
    """

    epoch: int
    loss: float
    recall: float
    val_loss: float
    val_recall: float
    val_f1: float
    val_pr_auc: float
    learning_rate: float
    seconds: float


@dataclass(frozen=True)
class Fit:
    """The outcome: one row an epoch, and which epoch's weights the model now has."""

    history: pd.DataFrame
    kept_epoch: int
    stopped_early: bool


def fit(model: keras.Model, train: Examples, validation: Examples, recipe: Recipe, *, seed: int, scratch: Path) -> Fit:
    """Train `model` in place, going on from the checkpoint in `scratch` where there is one.

    Raises:
        UserError: the loss is no longer finite.
    """
    steps = -(-len(train.labels) // recipe.batch_size)
    compile_for(model, recipe, steps=steps)
    checkpoint = Checkpoint(scratch / "epoch.npz", Epoch)
    history, best = checkpoint.restore(state_of(model))
    if history:
        log.info("training goes on after epoch %d of %d", len(history), recipe.epochs)
    with Progress(epochs=recipe.epochs, steps=steps, done=len(history)) as progress:
        while len(history) < recipe.epochs and not is_out_of_patience(_watched(history, recipe), recipe.patience):
            history.append(_one_epoch(model, train, validation, recipe, len(history) + 1, seed, progress))
            if best_epoch(_watched(history, recipe)) == len(history):
                best = model.get_weights()
            checkpoint.write(state_of(model), history, best)
    kept = best_epoch(_watched(history, recipe)) if recipe.keep == "best" else len(history)
    if recipe.keep == "best":
        model.set_weights(best)
    return Fit(pd.DataFrame([asdict(epoch) for epoch in history]), kept, stopped_early=len(history) < recipe.epochs)


def predict(model: keras.Model, ids: NDArray[np.int32]) -> NDArray[np.float64]:
    """Probability of the positive class of each row, (n, T) -> (n,)."""
    order = by_length(ids)
    rows = batch((ids[order],), PREDICT_BATCH, trim=masks_padding(model))
    scores = np.empty(len(ids))
    steps, model.steps_per_execution = model.steps_per_execution, 1  # or as many batches are in memory at once
    scores[order] = cast("Any", model.predict(rows, verbose=cast("Any", 0)))[:, 0]
    model.steps_per_execution = steps
    return scores


def to_file(model: keras.Model) -> KerasFile:
    """The model as the bytes of a `.keras` file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.keras"
        model.save(path)
        return KerasFile(path.read_bytes())


def from_file(file: KerasFile) -> keras.Model:
    """The model in a `.keras` file, without its training configuration, on the compiled recurrent loop."""
    import keras

    from pipeline.models.recurrent.layers import accelerate

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.keras"
        path.write_bytes(file.content)
        return accelerate(cast("keras.Model", keras.models.load_model(path, compile=False)))


def compile_for(model: keras.Model, recipe: Recipe, *, steps: int) -> None:
    """Give the model loss and optimiser of the recipe, with `steps` an epoch."""
    import keras

    rate: Any = recipe.learning_rate
    if recipe.schedule == "cosine":
        rate = keras.optimizers.schedules.CosineDecay(recipe.learning_rate, recipe.epochs * steps, alpha=0.01)
    adam = build_adam(rate, epsilon=recipe.epsilon, clipnorm=recipe.clipnorm)
    loss = keras.losses.BinaryCrossentropy(label_smoothing=recipe.label_smoothing)
    model.compile(optimizer=adam, loss=loss, metrics=[keras.metrics.Recall(name="recall")], steps_per_execution=STEPS)
    adam.build(model.trainable_variables)


def _one_epoch(
    model: keras.Model,
    train: Examples,
    validation: Examples,
    recipe: Recipe,
    epoch: int,
    seed: int,
    progress: Progress,
) -> Epoch:
    start = time.perf_counter()
    rate = float(np.asarray(model.optimizer.learning_rate))
    order = np.random.default_rng([seed, epoch]).permutation(len(train.labels))
    rows = (train.ids[order], train.labels[order], _weights(train.labels, recipe)[order])
    batches = batch(rows, recipe.batch_size, trim=masks_padding(model))
    logs = model.fit(batches, shuffle=False, callbacks=progress.callbacks(), verbose=cast("Any", 0)).history
    scores = predict(model, validation.ids)
    if not np.isfinite([logs["loss"][0], *scores]).all():
        raise UserError(
            f"Training diverged: in epoch {epoch} the loss or a prediction is no longer a finite number.",
            expected="finite losses",
            remedy=f"Lower training.learning_rate (now {recipe.learning_rate}) or training.clipnorm.",
        )
    figures = _validate(validation.labels, scores, train.labels)
    seconds = time.perf_counter() - start
    row = Epoch(epoch, logs["loss"][0], logs["recall"][0], *figures, learning_rate=rate, seconds=seconds)
    progress.finish_epoch(row.epoch, f"val_loss {row.val_loss:.4f}", row)
    return row


def _validate(
    labels: NDArray[np.int8], scores: NDArray[np.float64], trained_on: NDArray[np.int8]
) -> tuple[float, float, float, float]:
    """Loss, recall and F1 at 0.5, and area under the precision-recall curve.

    The loss weighs the classes as training did, or an undersampled training part would make it look badly calibrated.
    """
    from sklearn.metrics import average_precision_score, f1_score, log_loss, recall_score

    positive = scores >= 0.5
    return (
        float(log_loss(labels, scores, labels=[0, 1], sample_weight=_shares(trained_on, labels))),
        float(recall_score(labels, positive)),
        float(f1_score(labels, positive)),
        float(average_precision_score(labels, scores)),
    )


def _shares(wanted: NDArray[np.int8], labels: NDArray[np.int8]) -> NDArray[np.float64]:
    """Weights under which `labels` have the class shares of `wanted`; all 1 where they have them already."""
    positive = wanted.mean() / labels.mean()
    negative = (1 - wanted.mean()) / (1 - labels.mean())
    return np.where(labels == 1, positive, negative)


def _watched(history: list[Epoch], recipe: Recipe) -> list[float]:
    """The validation figure of each epoch, lower is better."""
    return [-row.val_pr_auc if recipe.monitor == "pr_auc" else row.val_loss for row in history]


def _weights(labels: NDArray[np.int8], recipe: Recipe) -> NDArray[np.float32]:
    """What each example weighs in the loss, (n,)."""
    if recipe.class_weights == "off":
        return np.ones(len(labels), np.float32)
    return (len(labels) / (2 * np.bincount(labels)[labels])).astype(np.float32)
