"""Tiny generators and discriminators, images for them to learn, and somebody who watches."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.artifacts.images import SIDE, ConvolutionalShape, DenseShape, Gan, Labels, Pixels
from pipeline.models.backend import start_keras
from pipeline.models.images.settings import Recipe, Watched

K = 3  # classes
DENSE = DenseShape("dense", 6, 4, [8, 10], [9, 7], 0.2, 0.2)
CONVOLUTIONAL = ConvolutionalShape("convolutional", 6, 4, 2, 5, 0.2)
SHAPES: dict[str, DenseShape | ConvolutionalShape] = {"dense": DENSE, "convolutional": CONVOLUTIONAL}
RECIPE = Recipe(
    epochs=3,
    batch_size=8,
    generator_rate=2e-3,
    discriminator_rate=2e-3,
    schedule="constant",
    beta_1=0.5,
    smoothing=0.1,
    ema_decay=0.9,
    keep="best",
    monitored=100,
    saturated_epochs=3,
)
FIGURES = (3.0, 1.0, 2.0)  # Fréchet distances for a `Script`: the second epoch is the best


def labels_of(number: int) -> Labels:
    return (np.arange(number) % K).astype(np.int16)


def pictures(number: int, seed: int = 0) -> tuple[Pixels, Labels]:
    """Images whose class is where they are bright, and their labels."""
    labels = labels_of(number)
    pixels = np.random.default_rng(seed).integers(0, 100, (number, SIDE, SIDE)).astype(np.uint8)
    for place, label in enumerate(labels):
        pixels[place, 9 * label : 9 * label + 9] += 120
    return pixels, labels


def ink(drawn: Pixels, asked: Labels) -> Watched:
    """A `Watch` that needs no judge: a figure of how unlike `pictures` the mean drawing of each class is."""
    real, labels = pictures(60)
    gap = sum(np.abs(drawn[asked == label].mean(0) - real[labels == label].mean(0)).mean() for label in range(K))
    return Watched(0.5, float(gap), float(drawn.std()))


class Script:
    """A `Watch` that says what it is told to, and keeps what it was shown."""

    def __init__(self, *figures: float) -> None:
        self.figures = list(figures)
        self.shown: list[tuple[Pixels, Labels]] = []

    def __call__(self, drawn: Pixels, asked: Labels) -> Watched:
        """The next figure."""
        self.shown.append((drawn, asked))
        return Watched(0.5, self.figures[len(self.shown) - 1], 1.0)


def fit(
    scratch: Path,
    recipe: Recipe = RECIPE,
    build: DenseShape | ConvolutionalShape = DENSE,
    *,
    seed: int = 5,
    number: int = 28,
    watch: Any = ink,
) -> Gan:
    """A trained GAN; `scratch` is made where it does not exist."""
    start_keras(seed)
    from pipeline.models.images.training import train

    scratch.mkdir(parents=True, exist_ok=True)
    images = pictures(number)
    return train("mine", *images, build, recipe, watch, num_classes=K, seed=seed, scratch=scratch)


def weights_of(player: Any) -> NDArray[np.float32]:
    from pipeline.models.images.drawing import flat_weights

    return flat_weights(player)


def untrained(build: DenseShape | ConvolutionalShape = DENSE, *, name: str = "mine", classes: int = K) -> Gan:
    """A GAN with the weights that it would begin with."""
    start_keras(0)
    from pipeline.models.images.network import build_players

    generator, discriminator = build_players(build, classes)
    return Gan(
        name=name,
        build=build,
        generator=weights_of(generator),
        discriminator=weights_of(discriminator),
        num_params=1,
        num_discriminator_params=1,
        history=pd.DataFrame(),
        frames=np.zeros((1, classes, 10, SIDE, SIDE), np.uint8),
        kept_epoch=1,
        ending="finished",
        trouble="",
        updates=1,
    )


def assert_same(one: Gan, other: Gan) -> None:
    """To the last bit."""
    for name in ("generator", "discriminator", "frames"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))
    pd.testing.assert_frame_equal(
        one.history.drop(columns="seconds"), other.history.drop(columns="seconds"), check_exact=True
    )
    assert (one.kept_epoch, one.ending, one.trouble) == (other.kept_epoch, other.ending, other.trouble)


def brush_of(made: Gan) -> Any:
    """What draws with the weights that were kept."""
    from pipeline.models.images.drawing import Brush, restore

    return Brush(restore(made, K)[0])


def grid_of(made: Gan) -> Any:
    from pipeline.models.images.training import draw_grid

    return draw_grid(brush_of(made), K)


def overflow(generator: Any) -> None:
    """Give a dense generator finite weights that draw no numbers: infinity less infinity."""
    for layer in generator.chain[1:]:
        signs = np.where(np.arange(layer.kernel.shape[0]) % 2, -1, 1)[:, None]
        layer.kernel.assign(np.broadcast_to(3e38 * signs, layer.kernel.shape).astype(np.float32))


def overflowing() -> Gan:
    """A dense GAN with such weights."""
    made = untrained()
    from pipeline.models.images.drawing import restore

    generator, _ = restore(made, K)
    overflow(generator)
    return replace(made, generator=weights_of(generator))
