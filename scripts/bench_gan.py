"""Compare updates of a GAN here with the same updates as Keras programs usually have them, in turn in one process.

    python scripts/bench_gan.py
    python scripts/bench_gan.py --model cgan_conv --updates 50

Both players are those of conf/model/<model>.yaml, batches and rates those of its recipe; images are random, for what
they show costs nothing. Sides:

  pipeline         updates of both players in one graph, a block of them at a time (pipeline.models.images)
  one graph a step  the same update of the same networks as a `tf.function`, with Keras's own optimisers, called from
                   Python for every batch, as the guides to custom training loops have it
  train_on_batch   plain Keras as tutorials on GANs have it: drawings by `generator.predict`, `train_on_batch` of the
                   discriminator on real and on drawn images, then of the generator with it frozen behind (cgan only)
  lean             the same with drawings by a call of the generator, and one `train_on_batch` of the discriminator on
                   real and drawn images together: the least that a loop of `train_on_batch` can do (cgan only)

Keras decides by itself whether to compile with XLA, unless it trains faster without: then it is told not to. Only the
pipeline keeps running means and sums of losses. Printed: milliseconds an update of both players, seconds an epoch of
60,000 images, and of each side the ratio of its time to ours, the median and range over rounds. Times are of one
machine; only ratios travel.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import yaml

os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", KERAS_BACKEND="tensorflow")

import keras
import tensorflow as tf
from pydantic import TypeAdapter

from pipeline.artifacts.images import SIDE, DenseShape, Shape
from pipeline.models.backend import start_keras
from pipeline.models.images.network import build_players
from pipeline.models.images.players import Players
from pipeline.models.images.settings import Recipe

CONF = Path(__file__).parents[1] / "conf"
EPOCH_IMAGES = 60_000
NUM_IMAGES, NUM_CLASSES = 6_400, 10

Side = Callable[[int], None]  # carries out so many updates of both players


def ours(shape: Any, recipe: Recipe, images: np.ndarray, labels: np.ndarray) -> Side:
    """The block of updates that training calls."""
    players = Players(shape, recipe, NUM_CLASSES, updates=EPOCH_IMAGES // recipe.batch_size, seed=0)
    block, material = tf.function(players.block), (tf.constant(images), tf.constant(labels, tf.int32))
    order = tf.range(len(labels))
    updates = len(labels) // recipe.batch_size

    def run(number: int) -> None:
        for first in range(0, number, 32):
            begin = first % updates
            block(*material, order, tf.constant(begin), tf.constant(min(begin + 32, begin + number - first))).numpy()

    return run


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

    return _over_batches(lambda real, asked: step(tf.constant(real), tf.constant(asked)), recipe, images, labels)


def on_batches(
    shape: DenseShape, recipe: Recipe, images: np.ndarray, labels: np.ndarray, *, apart: bool, jit: Any
) -> Side:
    """Plain Keras models and `train_on_batch`."""
    generator, discriminator, given = plain_models(shape, recipe, jit)
    size, random = recipe.batch_size, np.random.default_rng(0)
    ones, zeros = np.full((size, 1), 1 - recipe.smoothing, "float32"), np.zeros((size, 1), "float32")
    warm = size if apart else 2 * size
    discriminator.train_on_batch([np.zeros((warm, SIDE * SIDE)), np.zeros(warm, "int32")], np.zeros((warm, 1)))
    both = _freeze_behind(generator, discriminator, given, recipe, jit)

    def step(real: np.ndarray, asked: np.ndarray) -> None:
        noise = random.standard_normal((size, shape.noise), "float32")
        if apart:
            drawn = generator.predict([noise, asked], verbose=0)
            discriminator.train_on_batch([real, asked], ones)
            discriminator.train_on_batch([drawn, asked], zeros)
        else:
            drawn = generator([noise, asked], training=False).numpy()
            shown = [np.concatenate([real, drawn]), np.concatenate([asked, asked])]
            discriminator.train_on_batch(shown, np.concatenate([ones, zeros]))
        both.train_on_batch([noise, asked], np.ones((size, 1), "float32"))

    return _over_batches(step, recipe, images, labels)


def plain_models(shape: DenseShape, recipe: Recipe, jit: Any) -> tuple[Any, Any, list[Any]]:
    """The dense model in Keras's own layers: generator, compiled discriminator, and what the generator is given."""
    vectors: Any = keras.initializers.RandomNormal(stddev=1.0)

    def embedded(label: Any) -> Any:
        return keras.layers.Embedding(NUM_CLASSES, shape.class_width, embeddings_initializer=vectors)(label)

    noise, label = keras.Input((shape.noise,)), keras.Input((), dtype="int32")
    hidden = keras.layers.Concatenate()([noise, embedded(label)])
    for units in shape.generator_units:
        hidden = keras.layers.LeakyReLU(shape.slope)(keras.layers.Dense(units)(hidden))
    generator = keras.Model([noise, label], keras.layers.Dense(SIDE * SIDE, activation="tanh")(hidden))
    image = keras.Input((SIDE * SIDE,))
    hidden = keras.layers.Concatenate()([image, embedded(label)])
    for units in shape.discriminator_units:
        hidden = keras.layers.LeakyReLU(shape.slope)(keras.layers.Dense(units)(hidden))
        hidden = keras.layers.Dropout(shape.dropout)(hidden)
    discriminator = keras.Model([image, label], keras.layers.Dense(1, activation="sigmoid")(hidden))
    discriminator.compile(_adam(recipe.discriminator_rate, recipe), "binary_crossentropy", jit_compile=jit)
    return generator, discriminator, [noise, label]


def _freeze_behind(generator: Any, discriminator: Any, given: list[Any], recipe: Recipe, jit: Any) -> Any:
    """The generator with the discriminator behind it, which must have been traced already: it is frozen from now on."""
    discriminator.trainable = False
    both = keras.Model(given, discriminator([generator(given), given[1]]))
    both.compile(_adam(recipe.generator_rate, recipe), "binary_crossentropy", jit_compile=jit)
    return both


def _adam(rate: float, recipe: Recipe) -> Any:
    return keras.optimizers.Adam(rate, beta_1=recipe.beta_1)


def _over_batches(step: Callable[[Any, Any], None], recipe: Recipe, images: np.ndarray, labels: np.ndarray) -> Side:
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
    side(2)
    start = time.perf_counter()
    side(updates)
    return time.perf_counter() - start


def settings(model: str) -> tuple[Any, Recipe]:
    """Layers and recipe of a model of conf/."""
    build = yaml.safe_load((CONF / "model" / f"{model}.yaml").read_text(encoding="utf-8"))["build"]
    recipe = yaml.safe_load((CONF / "training" / f"{model}.yaml").read_text(encoding="utf-8"))
    return TypeAdapter(Shape).validate_python(build), TypeAdapter(Recipe).validate_python(recipe)


def sides(model: str, updates: int) -> dict[str, Side]:
    """All sides, warm."""
    shape, recipe = settings(model)
    random = np.random.default_rng(0)
    images = random.integers(0, 256, (NUM_IMAGES, SIDE, SIDE)).astype(np.uint8)
    material = shape, recipe, images, random.integers(0, NUM_CLASSES, NUM_IMAGES).astype(np.int16)
    found = {"pipeline": ours(*material), "one graph a step": stepwise(*material)}
    if isinstance(shape, DenseShape):
        found["train_on_batch"] = faster(lambda jit: on_batches(*material, apart=True, jit=jit), updates)
        found["lean"] = faster(lambda jit: on_batches(*material, apart=False, jit=jit), updates)
    return found


def main(arguments: list[str] | None = None) -> int:
    """Time all sides in turn; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="cgan", choices=("cgan", "cgan_conv"), help="default: cgan")
    parser.add_argument("--updates", type=int, default=100, help="of a side in a round (default: 100)")
    parser.add_argument("--rounds", type=int, default=5, help="default: 5")
    options = parser.parse_args(arguments)
    start_keras(0)
    running = sides(options.model, options.updates)
    rounds = [
        {name: seconds(side, options.updates) / options.updates for name, side in running.items()}
        for _ in range(options.rounds)
    ]
    steps = EPOCH_IMAGES / settings(options.model)[1].batch_size
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
