"""Train a language model of characters epoch by epoch, going on where a killed training stopped.

Updates run in one graph, a block of them at a time: Python has its turn between blocks.

Shapes: B streams or windows of an update, T characters of each, L positions of a stream, M positions of the text, S
numbers of state.
"""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pandas as pd
import tensorflow as tf

from pipeline.artifacts.characters import Shape, Writer
from pipeline.errors import UserError
from pipeline.models.adam import build_adam
from pipeline.models.characters.material import Text, arrange, streams
from pipeline.models.characters.network import Network, flat_weights
from pipeline.models.characters.scoring import Scorer, opening, scorer
from pipeline.models.characters.settings import Recipe
from pipeline.models.checkpoint import Checkpoint, state_of
from pipeline.models.progress import Progress
from pipeline.models.stopping import best_epoch, is_out_of_patience

log = logging.getLogger(__name__)
BLOCK = 32  # updates between two turns of Python
EPSILON = 1e-7  # of both optimisers, Keras's own
LAST_RATE = 0.02  # of a cosine, as a share of the first
SLOWER = 0.2  # what a plateau multiplies the rate by
HOPELESS = 10  # times what blind guessing pays; the steps of both optimisers are bounded, so few losses are infinite
LN2 = math.log(2)


@dataclass(frozen=True)
class Epoch:
    """One row of the history; see `Writer.history`."""

    epoch: int
    train_bits: float
    val_bits: float
    learning_rate: float
    seconds: float


Material = tuple[tf.Tensor, ...]  # what an epoch learns from


def _piece_of_streams(
    recipe: Recipe, material: Material, update: tf.Tensor, state: tf.Tensor
) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
    """The next piece of every stream: what goes in and what comes next, (B, T) each; the state goes on."""
    before, after = material
    begin = update * recipe.steps
    return before[:, begin : begin + recipe.steps], after[:, begin : begin + recipe.steps], state


def _some_windows(
    recipe: Recipe, material: Material, update: tf.Tensor, state: tf.Tensor
) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
    """The next windows (B, T), and what comes after the end of each (B, 1); the state is empty, as it was given."""
    before, after, order = material
    begins = order[update * recipe.batch_size : (update + 1) * recipe.batch_size]
    places = begins[:, None] + tf.range(recipe.steps)
    return tf.gather(before, places), tf.gather(after, places[:, -1:]), state[: tf.size(begins)]


TAKE = {"streamed": _piece_of_streams, "windowed": _some_windows}


class Trainer(keras.Model):
    """A network with its recipe, its optimiser and the running means of its weights."""

    def __init__(self, network: Network, recipe: Recipe, updates: int) -> None:
        """Get ready for so many updates an epoch."""
        super().__init__(name="trainer")
        self.network, self.recipe = network, recipe
        self.means = [
            self.add_weight(weight.shape, keras.initializers.Constant(weight), trainable=False, name=f"mean_{place}")
            for place, weight in enumerate(network.trainable_weights if recipe.ema_decay is not None else [])
        ]
        self.built = True
        self.optimizer = _optimiser(recipe, updates)
        self.optimizer.build(network.trainable_variables)

    @property
    def rate(self) -> float:
        """The learning rate of the next update."""
        return float(self.optimizer.learning_rate)

    def block(
        self, material: Material, first: tf.Tensor, last: tf.Tensor, state: tf.Tensor
    ) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
        """Updates `first` to `last` - 1: nats of all symbols learnt from, their number, and the state after."""
        nats, number = tf.zeros(()), tf.zeros((), tf.int32)
        width = self.network.num_states
        for update in tf.range(first, last):
            tf.autograph.experimental.set_loop_options(shape_invariants=[(state, tf.TensorShape([None, width]))])
            before, after, begin = TAKE[self.recipe.scheme](self.recipe, material, update, state)
            lost, end = self._update(before, after, begin)
            nats, number = nats + lost, number + tf.size(after)
            state = end if self.recipe.scheme == "streamed" else state
        return nats, number, state

    def _update(self, before: tf.Tensor, after: tf.Tensor, state: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        weights, (batch, steps) = self.network.trainable_variables, tf.unstack(tf.shape(before))
        counts = tf.fill([batch], steps)
        with tf.GradientTape() as tape:
            whole = self.recipe.scheme == "streamed"
            hidden, end = self.network.read(tf.reshape(before, [-1]), counts, state, training=True, whole=whole)
            wanted = tf.reshape(after, [-1])
            nats = tf.nn.sparse_softmax_cross_entropy_with_logits(wanted, self.network.logits(hidden))
            loss = tf.reduce_mean(nats)
        self.optimizer.apply(tape.gradient(loss, weights), weights)
        if self.recipe.ema_decay is not None:
            done = tf.cast(self.optimizer.iterations, tf.float32)
            kept = tf.minimum(self.recipe.ema_decay, (1 + done) / (10 + done))  # young means forget sooner
            for mean, weight in zip(self.means, weights, strict=True):
                mean.assign(kept * mean + (1 - kept) * weight)
        return tf.reduce_sum(nats), end

    @contextmanager
    def averaged(self) -> Iterator[None]:
        """For a while the network has the means of its weights, where they are kept."""
        own = [weight.numpy() for weight in self.network.trainable_weights]
        for weight, mean in zip(self.network.trainable_weights, self.means, strict=False):
            weight.assign(mean)
        try:
            yield
        finally:
            for weight, value in zip(self.network.trainable_weights, own, strict=True):
                weight.assign(value)


def train(
    name: str,
    text: Text,
    validation: Text,
    shape: Shape,
    recipe: Recipe,
    *,
    num_symbols: int,
    conditional: bool,
    seed: int,
    scratch: Path,
) -> Writer:
    """Train a model; after each epoch all that the next depends on is on disk in `scratch`.

    Raises:
        UserError: the text is too short, or training diverges.
    """
    updates = _num_updates(text, recipe, name)
    network = Network(shape, num_symbols, conditional=conditional, seed=seed)
    trainer = Trainer(network, recipe, updates)
    checkpoint = Checkpoint(scratch / "training.npz", Epoch)
    history, best = checkpoint.restore(state_of(trainer))
    best = best or trainer.get_weights()
    if history:
        log.info("training of %s goes on after epoch %d of %d", name, len(history), recipe.epochs)
    lay_out = partial(_lay_out, text, recipe, num_symbols=num_symbols, conditional=conditional)
    block, score = _graphs(trainer, lay_out(np.random.default_rng(seed)), validation)
    with Progress(epochs=recipe.epochs, steps=updates, done=len(history)) as progress:
        while len(history) < recipe.epochs and not is_out_of_patience(_figures(history), recipe.patience):
            start, epoch = time.perf_counter(), len(history) + 1
            material = lay_out(np.random.default_rng([seed, epoch]))
            train_bits = _one_epoch(trainer, block, material, updates, progress)
            with trainer.averaged():
                val_bits = float(score(validation.messages, opening(network, text.messages)).mean())
            _refuse_diverged(name, epoch, (train_bits, val_bits), math.log2(num_symbols), recipe)
            history.append(Epoch(epoch, train_bits, val_bits, trainer.rate, time.perf_counter() - start))
            progress.finish_epoch(epoch, f"val_bits {val_bits:.3f}", history[-1])
            if best_epoch(_figures(history)) == epoch:
                best = trainer.get_weights()
            elif recipe.schedule == "plateau":
                trainer.optimizer.learning_rate = trainer.rate * SLOWER
            checkpoint.write(state_of(trainer), history, best)
    if recipe.keep == "best":
        trainer.set_weights(best)
    with trainer.averaged():
        weights, state = flat_weights(network), opening(network, text.messages)
    return Writer(
        name=name,
        scheme=recipe.scheme,
        build=shape,
        conditional=conditional,
        weights=weights,
        num_params=len(weights),
        opening=state,
        history=pd.DataFrame([asdict(row) for row in history]),
        kept_epoch=best_epoch(_figures(history)) if recipe.keep == "best" else len(history),
        stopped_early=len(history) < recipe.epochs,
    )


def _lay_out(
    text: Text, recipe: Recipe, random: np.random.Generator, *, num_symbols: int, conditional: bool
) -> Material:
    """The text of an epoch: streams of messages in a new order, or the text as it is and its windows in a new order."""
    number = len(text.messages)
    order = random.permutation(number) if recipe.scheme == "streamed" else np.arange(number)
    before, after = arrange(text, order, random, num_symbols=num_symbols, conditional=conditional)
    if recipe.scheme == "streamed":
        return tuple(map(tf.constant, streams(before, after, recipe.batch_size)))
    begins = random.permutation(len(before) - recipe.steps + 1).astype(np.int32)
    return tuple(map(tf.constant, (before, after, begins)))


def _graphs(trainer: Trainer, material: Material, validation: Text) -> tuple[Any, Scorer]:
    """A block of updates, and the scorer, built before a clock runs: the seconds of an epoch are of its work."""
    block, score = tf.function(trainer.block), scorer(trainer.network)
    none = tf.constant(0)
    block(material, none, none, tf.zeros((trainer.recipe.batch_size, trainer.network.num_states)))  # updates nothing
    score(validation.messages[:1], np.zeros(trainer.network.num_states, np.float32))
    return block, score


def _one_epoch(trainer: Trainer, block: Any, material: Material, updates: int, progress: Progress) -> float:
    """Bits per character over the updates of an epoch."""
    nats, number = 0.0, 0
    state = tf.zeros((trainer.recipe.batch_size, trainer.network.num_states))
    for first in range(0, updates, BLOCK):
        last = min(first + BLOCK, updates)
        lost, symbols, state = block(material, tf.constant(first), tf.constant(last), state)
        nats, number = nats + float(lost), number + int(symbols)
        progress.advance(last, nats / number / LN2)
    return nats / number / LN2


def _num_updates(text: Text, recipe: Recipe, name: str) -> int:
    """Updates an epoch.

    Raises:
        UserError: the text does not fill one.
    """
    symbols, steps = text.num_symbols, recipe.steps
    least = steps if recipe.scheme == "windowed" else recipe.batch_size * steps
    if symbols < least:
        pieces = f"a window of {steps}" if recipe.scheme == "windowed" else f"{recipe.batch_size} streams of {steps}"
        raise UserError(
            f"The training messages have {symbols:,} characters, too few for {pieces} as {name} reads them.",
            expected=f"at least {least:,} characters",
            remedy="Give longer or more messages, or lower steps and batch_size of its recipe: recipes.NAME.steps=...",
        )
    if recipe.scheme == "windowed":
        return -(-(symbols - steps + 1) // recipe.batch_size)
    return -(-(symbols // recipe.batch_size) // steps)


def _optimiser(recipe: Recipe, updates: int) -> Any:
    rate: Any = recipe.learning_rate
    if recipe.schedule == "cosine":
        rate = keras.optimizers.schedules.CosineDecay(rate, recipe.epochs * updates, alpha=LAST_RATE)
    if recipe.optimiser == "adam":
        return build_adam(rate, epsilon=EPSILON, clipnorm=recipe.clipnorm)
    return keras.optimizers.RMSprop(rate, epsilon=EPSILON, clipnorm=recipe.clipnorm)


def _figures(history: list[Epoch]) -> list[float]:
    return [row.val_bits for row in history]


def _refuse_diverged(name: str, epoch: int, figures: Sequence[float], guessing: float, recipe: Recipe) -> None:
    hopeless = [bits for bits in figures if not bits <= HOPELESS * guessing]  # NaN is one of them
    if hopeless:
        raise UserError(
            f"Training {name} diverged: in epoch {epoch} it pays {hopeless[0]:,.0f} bits per character.",
            expected=f"fewer than blind guessing, which pays {guessing:.2f}",
            remedy=f"Lower the learning_rate of its recipe, now {recipe.learning_rate:g}, or set its clipnorm: "
            "recipes.NAME.learning_rate=...",
        )
