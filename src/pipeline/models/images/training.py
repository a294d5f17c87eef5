"""Train a generator and a discriminator against each other, going on where a killed training stopped.

Updates run in one graph, a block of them at a time: Python has its turn between blocks.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import keras
import numpy as np
import pandas as pd
import tensorflow as tf
from numpy.typing import ArrayLike, NDArray

from pipeline.artifacts.images import SIDE, ConvolutionalShape, DenseShape, Ending, Gan, Labels, Pixels
from pipeline.errors import UserError
from pipeline.models.checkpoint import Checkpoint
from pipeline.models.images.drawing import Brush, flat_weights
from pipeline.models.images.players import FRAMED, Players
from pipeline.models.images.settings import Recipe, Watch, Watched
from pipeline.models.progress import Progress
from pipeline.models.stopping import best_epoch

log = logging.getLogger(__name__)
BLOCK = 32  # updates between two turns of Python
SURE = 0.98  # gap between the mean probabilities of real and drawn images, as a share of the widest: of one who is sure
ABSURD = 1000  # nats an image, mean over an epoch: weights have exploded, though what they give is still finite
MONITORED, GRID = 1, 2  # seeds of the noise that is the same after every epoch, in every run


@dataclass(frozen=True)
class Epoch:
    """One row of the history; see `Gan.history`."""

    epoch: int
    generator_loss: float
    discriminator_loss: float
    real_confidence: float
    fake_confidence: float
    class_accuracy: float
    frechet: float
    diversity: float
    seconds: float


@dataclass(frozen=True)
class Trouble:
    """Why training ends early."""

    ending: Ending
    seen: str


def train(
    name: str,
    images: Pixels,
    labels: Labels,
    shape: DenseShape | ConvolutionalShape,
    recipe: Recipe,
    watch: Watch,
    *,
    num_classes: int,
    seed: int,
    scratch: Path,
) -> Gan:
    """Train both players; after each epoch all that the next depends on is on disk in `scratch`.

    Raises:
        UserError: a player diverges before the first epoch is over.
    """
    updates = -(-len(labels) // recipe.batch_size)
    players = Players(shape, recipe, num_classes, updates=updates, seed=seed)
    checkpoint = Checkpoint(scratch / "training.npz", Epoch)
    history, best = checkpoint.restore(players.state)
    if history:
        log.info("training of %s goes on after epoch %d of %d", name, len(history), recipe.epochs)
    epochs = Epochs(players, images, labels, updates, seed)
    brush, trouble = Brush(players.generator), _saturated(history, players.frames, recipe)
    with Progress(epochs=recipe.epochs, steps=updates, done=len(history)) as progress:
        while len(history) < recipe.epochs and trouble is None:
            epoch, start = len(history) + 1, time.perf_counter()
            means = epochs.run(epoch, progress)
            seconds = time.perf_counter() - start
            with players.averaged():
                watched, frame = _look(brush, watch, recipe.monitored, num_classes)
                if trouble := _diverged(means, watched, epoch):
                    break
                history.append(Epoch(epoch, *means, **asdict(watched), seconds=seconds))
                _keep_frame(players, frame, epoch)
                if best_epoch(_figures(history)) == epoch:
                    best = _weights(players)
            progress.finish_epoch(epoch, f"frechet {watched.frechet:.2f}", history[-1])
            checkpoint.write(players.state, history, best)
            trouble = _saturated(history, players.frames, recipe)
    if not history:
        raise _diverged_at_once(name, recipe)
    if trouble:
        log.warning("Training of %s ends early: %s The weights of the best epoch are kept.", name, trouble.seen)
    kept = best_epoch(_figures(history))
    if recipe.keep == "last" and trouble is None:
        with players.averaged():
            best, kept = _weights(players), len(history)
    return _finished(name, shape, players, history, best, kept, updates, trouble or Trouble("finished", ""))


def _finished(
    name: str,
    shape: DenseShape | ConvolutionalShape,
    players: Players,
    history: list[Epoch],
    weights: list[NDArray[np.float32]],
    kept: int,
    updates: int,
    trouble: Trouble,
) -> Gan:
    frames = np.asarray(players.frames)[: len(history)]
    return Gan(
        name=name,
        build=shape,
        generator=weights[0],
        discriminator=weights[1],
        num_params=_num_trained(players.generator),
        num_discriminator_params=_num_trained(players.discriminator),
        history=pd.DataFrame([asdict(row) for row in history]),
        frames=frames.reshape(len(history), -1, FRAMED, SIDE, SIDE),
        kept_epoch=kept,
        ending=trouble.ending,
        trouble=trouble.seen,
        updates=updates,
    )


def _num_trained(player: keras.Model) -> int:
    """Weights that updates train: not those that follow a batch or a singular value."""
    return sum(int(np.prod(weight.shape)) for weight in player.trainable_weights)


class Epochs:
    """The updates of an epoch, compiled before a clock runs."""

    def __init__(self, players: Players, images: Pixels, labels: Labels, updates: int, seed: int) -> None:
        """Get ready: one call of the graph that updates nothing."""
        self.updates, self.seed, self.number = updates, seed, len(labels)
        self._material = tf.constant(images), tf.constant(labels, tf.int32)
        self._block = tf.function(players.block)
        self._block(*self._material, tf.zeros(self.number, tf.int32), tf.constant(0), tf.constant(0))

    def run(self, epoch: int, progress: Progress) -> list[float]:
        """All images in a new order: means over the updates, as in `Players.block`; NaN where one is not finite."""
        random = np.random.default_rng([self.seed, epoch])
        order = tf.constant(random.permutation(self.number).astype(np.int32))
        sums = np.zeros(4)
        for first in range(0, self.updates, BLOCK):
            last = min(first + BLOCK, self.updates)
            sums += np.asarray(self._block(*self._material, order, tf.constant(first), tf.constant(last)))
            if not np.isfinite(sums).all():
                break
            progress.advance(last, sums[0] / last)
        return (sums / self.updates).tolist()


def draw_grid(brush: Brush, num_classes: int, noise_std: float = 1.0) -> Pixels:
    """Drawings of each class, (K, n, S, S); columns share their noise, the same in every run but for `noise_std`."""
    labels = np.repeat(np.arange(num_classes, dtype=np.int16), FRAMED)
    drawn = brush.draw(labels, np.tile(brush.noise(FRAMED, GRID, noise_std), (num_classes, 1)))
    return drawn.reshape(num_classes, FRAMED, SIDE, SIDE)


def draw_ways(brush: Brush, num_classes: int, number: int, noise_std: float = 1.0) -> Pixels:
    """From each class to the next and from the last to the first, (K, number, S, S), one noise all the way."""
    vectors = np.asarray(brush.generator.vectors(tf.range(num_classes)))
    shares = np.linspace(0, 1, number, dtype=np.float32)[None, :, None]
    ways = vectors[:, None] * (1 - shares) + np.roll(vectors, -1, axis=0)[:, None] * shares
    noise = np.repeat(brush.noise(1, GRID, noise_std), num_classes * number, axis=0)
    return brush.blend(ways.reshape(num_classes * number, -1), noise).reshape(num_classes, number, SIDE, SIDE)


def _look(brush: Brush, watch: Watch, number: int, num_classes: int) -> tuple[Watched, Pixels]:
    """What drawings by the present weights come to, and their grid; NaN and no grid where these draw nothing."""
    labels = np.arange(number, dtype=np.int16) % num_classes
    try:
        drawn, frame = brush.draw(labels, brush.noise(number, MONITORED)), draw_grid(brush, num_classes)
    except UserError:
        return Watched(np.nan, np.nan, np.nan), np.empty((0, FRAMED, SIDE, SIDE), np.uint8)
    return watch(drawn, labels), frame


def _keep_frame(players: Players, frame: Pixels, epoch: int) -> None:
    frames = players.frames.numpy().copy()
    frames[epoch - 1] = frame.reshape(-1, SIDE, SIDE)
    players.frames.assign(frames)


def _weights(players: Players) -> list[NDArray[np.float32]]:
    return [flat_weights(player) for player in (players.generator, players.discriminator)]


def _figures(history: list[Epoch]) -> list[float]:
    return [row.frechet for row in history]


def _diverged(means: Sequence[float], watched: Watched, epoch: int) -> Trouble | None:
    if not np.isfinite(means).all():
        return Trouble("diverged", f"in epoch {epoch} a loss is no longer a finite number.")
    if not np.isfinite(watched.frechet):
        return Trouble("diverged", f"after epoch {epoch} the generator draws nothing that could be measured.")
    if max(means) > ABSURD:
        return Trouble("diverged", f"in epoch {epoch} a player lost {max(means):,.0f} nats an image.")
    return None


def _saturated(history: list[Epoch], frames: ArrayLike, recipe: Recipe) -> Trouble | None:
    """Whether one thing has kept the players from learning for too long, and there are epochs left to be spared.

    The discriminator is sure where it is so of every image as far as its targets let it be, which do not bound how
    wrong it is. `frames` holds the drawings of each epoch, (epochs, n, S, S).
    """
    first, last = len(history) - recipe.saturated_epochs, len(history)
    if first < 0 or last == recipe.epochs:
        return None
    gaps = np.array([row.real_confidence - row.fake_confidence for row in history[first:]])
    drawn = np.asarray(frames)[first:last]
    found = {
        "the discriminator was all but sure of every image, and the generator had nothing to learn from": (
            gaps / (1 - recipe.smoothing) >= SURE
        ),
        "the discriminator took nearly all drawings for real and nearly all real images for drawn, and the generator "
        "had nothing to learn from": gaps <= -SURE,
        "the generator drew one and the same picture of every class from any noise": (
            (drawn == drawn[:, :1]).all(axis=(1, 2, 3))
        ),
    }
    seen = next((seen for seen, holds in found.items() if holds.all()), None)
    return Trouble("saturated", f"in the epochs {first + 1} to {last} {seen}.") if seen else None


def _diverged_at_once(name: str, recipe: Recipe) -> UserError:
    return UserError(
        f"Training {name} diverged in its first epoch: a loss is no finite number or beyond all measure, or "
        "nothing is drawn.",
        expected=f"losses below {ABSURD:,} nats an image",
        remedy=f"Lower training.generator_rate (now {recipe.generator_rate:g}) or training.discriminator_rate "
        f"(now {recipe.discriminator_rate:g}).",
    )
