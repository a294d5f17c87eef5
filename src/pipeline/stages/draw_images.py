"""Let a generator draw."""

from __future__ import annotations

import time
from typing import Annotated

import numpy as np
from pydantic import Field

from pipeline.artifacts.images import Drawings, Gallery, Gan, Gaussian, Images, ImageSplit, Labels, Pixels
from pipeline.evaluation.images import gaussian
from pipeline.models.backend import start_keras
from pipeline.ranges import Portion


def draw_images(
    images: Images, split: ImageSplit, artist: Gan | Gaussian, *, noise_std: Portion, seed: int
) -> Drawings:
    """An image for each test image that sets are compared with, of the same class.

    Args:
        noise_std: standard deviation of the noise that a GAN draws from; it was trained with 1. Less of it draws what
            is more usual for a class. The class Gaussians are always drawn as they are.

    Source: A. Brock et al. 2019, "Large scale GAN training for high fidelity natural image synthesis" (a noise that is
    nearer to its mean than in training).

    Raises:
        UserError: the generator's numbers overflow.
    """
    labels = images.test_labels[split.test]
    draw(artist, labels[:1], len(images.classes), noise_std, seed)  # what starts once is not part of the time
    start = time.perf_counter()
    pixels = draw(artist, labels, len(images.classes), noise_std, seed)
    return Drawings(artist.name, pixels, labels, time.perf_counter() - start)


def draw_gallery(images: Images, gan: Gan, *, num_between: Annotated[int, Field(ge=3)], noise_std: Portion) -> Gallery:
    """Some drawings of each class, and `num_between` of each way from a class to the next, both classes included.

    `noise_std` is as for `draw_images`.

    Raises:
        UserError: the generator's numbers overflow.
    """
    start_keras(0)
    from pipeline.models.images.drawing import Brush, restore
    from pipeline.models.images.training import draw_grid, draw_ways

    brush = Brush(restore(gan, len(images.classes))[0])
    return Gallery(
        draw_grid(brush, len(images.classes), noise_std), draw_ways(brush, len(images.classes), num_between, noise_std)
    )


def draw(artist: Gan | Gaussian, labels: Labels, num_classes: int, noise_std: float, seed: int) -> Pixels:
    """An image of each class asked for, (n,) -> (n, S, S); `noise_std` is as for `draw_images`.

    Raises:
        UserError: the generator's numbers overflow.
    """
    if isinstance(artist, Gaussian):
        return gaussian.draw(artist, labels, seed)
    start_keras(0)
    from pipeline.models.images.drawing import Brush, restore

    brush = Brush(restore(artist, num_classes)[0])
    return brush.draw(np.asarray(labels, np.int16), brush.noise(len(labels), seed, noise_std))
