"""A judge of images, a generator with the discriminator it was trained against, a plainer one, and what they drew.

Shapes: n images of some set, K classes, S pixels a side, C components, F features, P weights, E epochs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import ConfigDict, Field

from pipeline.artifacts.images.data import Labels, Pixels

Ending = Literal["finished", "diverged", "saturated"]


@dataclass(frozen=True)
class Judge:
    """A classifier of images, trained on real ones; its last hidden layer gives the features that sets differ in.

    Attributes:
        channels: of its first convolution.
        units: F.
        weights: (P,) float32, all weights in a row, as they were after the last epoch.
        num_params: P.
        history: one row an epoch: `epoch` (1-based), `loss`, `accuracy` (while training, dropout on), `seconds`,
            `val_accuracy` (on the reference images).
    """

    channels: int
    units: int
    weights: NDArray[np.float32]
    num_params: int
    history: pd.DataFrame


@dataclass(frozen=True)
class DenseShape:
    """Two multilayer perceptrons.

    Attributes:
        noise: numbers that an image is drawn from.
        class_width: width of the vector learnt for each class, one in either network.
        generator_units, discriminator_units: of the hidden layers.
        dropout: share of the discriminator's units that a training step leaves out.
        slope: of the leaky rectifiers below 0.
    """

    __pydantic_config__ = ConfigDict(extra="forbid")

    kind: Literal["dense"]
    noise: Annotated[int, Field(ge=1)]
    class_width: Annotated[int, Field(ge=1)]
    generator_units: Annotated[list[Annotated[int, Field(ge=1)]], Field(min_length=1)]
    discriminator_units: Annotated[list[Annotated[int, Field(ge=1)]], Field(min_length=1)]
    dropout: Annotated[float, Field(ge=0, lt=1)]
    slope: Annotated[float, Field(ge=0, lt=1)]


@dataclass(frozen=True)
class ConvolutionalShape:
    """A convolutional generator with batch normalisation, and a projection discriminator with spectral normalisation.

    Attributes:
        noise: numbers that an image is drawn from.
        class_width: width of the vector that the generator learns for each class.
        channels: of the generator's last and the discriminator's first convolution; each further one has twice as many.
        units: of the discriminator's last hidden layer, in which classes are told apart.
        slope: of the discriminator's leaky rectifiers below 0.
    """

    __pydantic_config__ = ConfigDict(extra="forbid")

    kind: Literal["convolutional"]
    noise: Annotated[int, Field(ge=1)]
    class_width: Annotated[int, Field(ge=1)]
    channels: Annotated[int, Field(ge=1)]
    units: Annotated[int, Field(ge=1)]
    slope: Annotated[float, Field(ge=0, lt=1)]


Shape = Annotated[DenseShape | ConvolutionalShape, Field(discriminator="kind")]


@dataclass(frozen=True)
class Gan:
    """A trained conditional generator, with the discriminator that it was trained against.

    Attributes:
        name: of the model in this run.
        build: the layers of both.
        generator, discriminator: (P,) float32 each, all weights in a row, as they were after `kept_epoch`; those of the
            generator are running means where the recipe keeps such.
        num_params, num_discriminator_params: weights that are trained.
        history: one row an epoch: `epoch` (1-based), `generator_loss`, `discriminator_loss` (nats, means over the
            updates), `real_confidence`, `fake_confidence` (mean probability of being real that the discriminator gives
            to training images and to drawings, dropout on), then of some drawings by the weights that would be kept:
            `class_accuracy` (share that the judge calls what was asked for), `frechet` (to reference images, in the
            judge's features), `diversity` (mean distance of two drawings of a class, as a share of that of two
            reference images of it), and `seconds` (of the updates).
        frames: (E, K, n, S, S), drawings from the same noise, of a standard deviation of 1 as in training, after each
            epoch.
        kept_epoch: the epoch whose weights were kept.
        ending: "finished"; or why training stopped before its last epoch.
        trouble: what was seen then, as a sentence; empty for "finished".
        updates: of each network, in an epoch.
    """

    name: str
    build: Shape
    generator: NDArray[np.float32]
    discriminator: NDArray[np.float32]
    num_params: int
    num_discriminator_params: int
    history: pd.DataFrame
    frames: NDArray[np.uint8]
    kept_epoch: int
    ending: Ending
    trouble: str
    updates: int


@dataclass(frozen=True)
class Gaussian:
    """What a generator must beat: for each class a normal distribution on its principal components.

    An image is the mean, plus the components times normal numbers times the scales, cut to what pixels can be.

    Attributes:
        name: of it in this run.
        means: (K, S * S) float32, in pixel values.
        components: (K, C, S * S) float32, orthonormal.
        scales: (K, C) float32, standard deviations along the components.
    """

    name: str
    means: NDArray[np.float32]
    components: NDArray[np.float32]
    scales: NDArray[np.float32]


@dataclass(frozen=True)
class Drawings:
    """Images that something drew, as many of each class as `ImageSplit.test` has.

    Attributes:
        name: of what drew them.
        pixels: (n, S, S).
        labels: (n,), the class asked for.
        seconds: that it took, with the machine warm.
    """

    name: str
    pixels: Pixels
    labels: Labels
    seconds: float


@dataclass(frozen=True)
class Gallery:
    """What a generator shows of itself.

    Attributes:
        grid: (K, n, S, S), drawings of each class; columns share their noise: that of `Gan.frames` times the standard
            deviation that is drawn with.
        between: (K, T, S, S), from one class to the next and from the last to the first, the noise kept.
    """

    grid: Pixels
    between: Pixels
