"""Compare updates of a GAN here with the same updates as Keras programs usually have them, in turn in one process.

    python scripts/bench_gan.py
    python scripts/bench_gan.py --model cgan_conv --updates 50

Both players are those of conf/model/<model>.yaml, batches and rates those of its recipe; images are random, for what
they show costs nothing. Sides:

  pipeline         updates of both players in one graph, a block of them at a time (pipeline.models.images)
  one graph a step  the same update of the same networks as a `tf.function`, with Keras's own optimisers, called from
                   Python for every batch, as the guides to custom training loops have it
  train_on_batch   plain Keras as tutorials on GANs have it: drawings by `generator.predict`, `train_on_batch` of the
                   discriminator on real and on drawn images, then of the generator with it frozen behind
  lean             the same with drawings by a call of the generator, and one `train_on_batch` of the discriminator on
                   real and drawn images together: the least that a loop of `train_on_batch` can do

Keras decides by itself whether to compile with XLA, unless it trains faster without: then it is told not to. Only the
pipeline keeps running means and sums of losses. Every side is seen to change the weights of both players before it is
timed. Printed: milliseconds an update of both players, seconds an epoch of 60,000 images, and of each side the ratio of
its time to ours, the median and range over rounds. Times are of one machine; only ratios travel.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", KERAS_BACKEND="tensorflow")

import keras
import tensorflow as tf
from omegaconf import OmegaConf
from pydantic import TypeAdapter

from bench_config import compose
from keras_players import plain_players
from pipeline.artifacts.images import SIDE, Shape
from pipeline.models.backend import start_keras
from pipeline.models.images.network import build_players
from pipeline.models.images.players import Players
from pipeline.models.images.settings import Recipe
from pipeline.models.images.training import BLOCK

EPOCH_IMAGES = 60_000
NUM_BLOCKS, NUM_CLASSES = 3, 10  # as many images as so many blocks of updates take, which all sides go through in turn


@dataclass(frozen=True)
class Side:
    """A way to train.

    Attributes:
        run: carries out so many updates of both players.
        players: weights of the generator and of the discriminator that learning alone changes: not kernels that
            spectral normalisation overwrites.
    """

    run: Callable[[int], None]
    players: tuple[Sequence[Any], Sequence[Any]]

    def check(self) -> None:
        """Refuse to time a side that does not learn.

        Raises:
            AssertionError: an update leaves a player as it was.
        """
        before = [_copies(weights) for weights in self.players]
        self.run(1)
        for name, weights, old in zip(("generator", "discriminator"), self.players, before, strict=True):
            pairs = zip(_copies(weights), old, strict=True)
            assert not all(np.array_equal(*pair) for pair in pairs), f"the {name} does not learn"


def _copies(weights: Sequence[Any]) -> list[np.ndarray]:
    return [np.array(keras.ops.convert_to_numpy(weight)) for weight in weights]


def ours(shape: Any, recipe: Recipe, images: np.ndarray, labels: np.ndarray) -> Side:
    """The block of updates that training calls."""
    players = Players(shape, recipe, NUM_CLASSES, updates=EPOCH_IMAGES // recipe.batch_size, seed=0)
    block, material = tf.function(players.block), (tf.constant(images), tf.constant(labels, tf.int32))
    order = tf.range(len(labels))

    def run(number: int) -> None:
        for done in range(0, number, BLOCK):
            first = done % (NUM_BLOCKS * BLOCK)
            block(*material, order, tf.constant(first), tf.constant(first + min(BLOCK, number - done))).numpy()

    return Side(run, (players.generator.trainable_variables, players.discriminator.trainable_variables))


def stepwise(shape: Any, recipe: Recipe, images: np.ndarray, labels: np.ndarray) -> Side:
    """The networks of ours, trained as the guides to custom training loops have it."""
    generator, discriminator = build_players(shape, NUM_CLASSES)
    adams = [_adam(recipe.generator_rate, recipe), _adam(recipe.discriminator_rate, recipe)]
    entropy: Any = keras.losses.BinaryCrossentropy(from_logits=True)

    @tf.function
    def step(real: tf.Tensor, asked: tf.Tensor) -> None:
        def draw() -> tf.Tensor:
            noise = tf.random.normal((len(real), generator.num_noise))
            return generator.draw(noise, generator.vectors(asked), training=True)

        def learn(player: Any, adam: Any, tape: tf.GradientTape, loss: Any) -> None:
            adam.apply(tape.gradient(loss, player.trainable_variables), player.trainable_variables)

        both, twice = tf.concat([real, draw()], axis=0), tf.concat([asked, asked], axis=0)
        wanted = tf.concat([tf.fill([len(real)], 1 - recipe.smoothing), tf.zeros([len(real)])], axis=0)
        with tf.GradientTape() as tape:
            told = 2 * entropy(wanted, discriminator.logits(both, twice, training=True))
        learn(discriminator, adams[1], tape, told)
        with tf.GradientTape() as tape:
            fooled = entropy(tf.ones([len(real)]), discriminator.logits(draw(), asked, training=True))
        learn(generator, adams[0], tape, fooled)

    run = _over_batches(lambda real, asked: step(tf.constant(real), tf.constant(asked)), recipe, images, labels)
    return Side(run, (generator.trainable_variables, discriminator.trainable_variables))


def on_batches(shape: Any, recipe: Recipe, images: np.ndarray, labels: np.ndarray, *, apart: bool, jit: Any) -> Side:
    """Plain Keras models and `train_on_batch`."""
    generator, discriminator = plain_players(shape, NUM_CLASSES)
    discriminator.compile(_adam(recipe.discriminator_rate, recipe), "binary_crossentropy", jit_compile=jit)
    size, random = recipe.batch_size, np.random.default_rng(0)
    ones, zeros = np.full((size, 1), 1 - recipe.smoothing, "float32"), np.zeros((size, 1), "float32")
    shown = size if apart else 2 * size
    blank = [np.zeros((shown, SIDE * SIDE), "float32"), np.zeros(shown, "int32")]
    discriminator.train_on_batch(blank, np.zeros((shown, 1), "float32"))
    biases = [weight for weight in discriminator.trainable_variables if weight.name == "bias"]
    both = _freeze_behind(generator, discriminator, recipe, jit)

    def step(real: np.ndarray, asked: np.ndarray) -> None:
        noise = random.standard_normal((size, shape.noise), "float32")
        if apart:
            drawn = generator.predict([noise, asked], verbose=0)
            discriminator.train_on_batch([real, asked], ones)
            discriminator.train_on_batch([drawn, asked], zeros)
        else:
            drawn = generator([noise, asked], training=False).numpy()
            pairs = [np.concatenate([real, drawn]), np.concatenate([asked, asked])]
            discriminator.train_on_batch(pairs, np.concatenate([ones, zeros]))
        both.train_on_batch([noise, asked], np.ones((size, 1), "float32"))

    return Side(_over_batches(step, recipe, images, labels), (generator.trainable_variables, biases))


def _freeze_behind(generator: Any, discriminator: Any, recipe: Recipe, jit: Any) -> Any:
    """The generator with the discriminator behind it, frozen from now on.

    The discriminator must have been traced already, with the shapes and types that it is going to be trained with:
    Keras reads which weights to train when it traces, and would go on with none.
    """
    discriminator.trainable = False
    given = generator.inputs
    both = keras.Model(given, discriminator([generator.output, given[1]]))
    both.compile(_adam(recipe.generator_rate, recipe), "binary_crossentropy", jit_compile=jit)
    return both


def _adam(rate: float, recipe: Recipe) -> Any:
    return keras.optimizers.Adam(rate, beta_1=recipe.beta_1)


def _over_batches(
    step: Callable[[Any, Any], None], recipe: Recipe, images: np.ndarray, labels: np.ndarray
) -> Callable[[int], None]:
    """A Python loop over batches, which are ready as numbers from -1 to 1."""
    flat = images.reshape(len(images), -1).astype("float32") / 127.5 - 1
    size, asked = recipe.batch_size, labels.astype("int32")
    updates = len(labels) // size

    def run(number: int) -> None:
        for place in range(number):
            begin = place % updates * size
            step(flat[begin : begin + size], asked[begin : begin + size])

    return run


def faster(make: Callable[[Any], Side], updates: int) -> Side:
    """The side with XLA as Keras chooses, or without it."""
    sides = [make("auto"), make(False)]
    return min(sides, key=lambda side: seconds(side, updates))


def seconds(side: Side, updates: int) -> float:
    """That so many updates take, once all is compiled."""
    side.run(2)
    start = time.perf_counter()
    side.run(updates)
    return time.perf_counter() - start


def settings(model: str) -> tuple[Any, Recipe]:
    """Layers and recipe of a model of conf/."""
    config = compose("+experiment=fashion_cgan", f"model={model}")
    build, recipe = (OmegaConf.to_container(part) for part in (config.model.build, config.training))
    return TypeAdapter(Shape).validate_python(build), TypeAdapter(Recipe).validate_python(recipe)


def sides(shape: Any, recipe: Recipe, updates: int) -> dict[str, Side]:
    """All sides, warm, and seen to learn."""
    random, number = np.random.default_rng(0), NUM_BLOCKS * BLOCK * recipe.batch_size
    images = random.integers(0, 256, (number, SIDE, SIDE)).astype(np.uint8)
    material = shape, recipe, images, random.integers(0, NUM_CLASSES, number).astype(np.int16)
    found = {"pipeline": ours(*material), "one graph a step": stepwise(*material)}
    found["train_on_batch"] = faster(lambda jit: on_batches(*material, apart=True, jit=jit), updates)
    found["lean"] = faster(lambda jit: on_batches(*material, apart=False, jit=jit), updates)
    for side in found.values():
        side.check()
    return found


def main(arguments: list[str] | None = None) -> int:
    """Time all sides in turn; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="cgan", choices=("cgan", "cgan_conv"), help="default: cgan")
    parser.add_argument("--updates", type=int, default=96, help="of a side in a round (default: 96)")
    parser.add_argument("--rounds", type=int, default=5, help="default: 5")
    options = parser.parse_args(arguments)
    start_keras(0)
    shape, recipe = settings(options.model)
    running = sides(shape, recipe, options.updates)
    rounds = [
        {name: seconds(side, options.updates) / options.updates for name, side in running.items()}
        for _ in range(options.rounds)
    ]
    steps = EPOCH_IMAGES / recipe.batch_size
    print(f"{options.model}, {options.rounds} rounds of {options.updates} updates")
    for name in running:
        times = np.array([one[name] for one in rounds])
        ratios = times / np.array([one["pipeline"] for one in rounds])
        print(
            f"{name:17s} {1000 * np.median(times):7.1f} ms an update {steps * np.median(times):7.1f} s an epoch   "
            f"{np.median(ratios):5.2f} times ours [{ratios.min():.2f}, {ratios.max():.2f}]"
        )
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
