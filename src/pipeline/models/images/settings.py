"""How to train a generator and how to train the judge, as the config binds it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from pipeline.artifacts.images import Labels, Pixels
from pipeline.ranges import Count, Positive, Rate


@dataclass(frozen=True)
class Recipe:
    """How to train a generator and a discriminator against each other.

    Attributes:
        epochs: epochs at most.
        batch_size: real images of an update, and as many drawn ones.
        generator_rate, discriminator_rate: learning rates of the two Adam optimisers.
        schedule: "linear": both rates fall evenly, to nothing at the end of the last epoch; "constant".
        beta_1: what they keep of the running mean of gradients.
        smoothing: what the discriminator's target for real images is less than 1.
        ema_decay: share of the exponential moving average (EMA) of the generator's weights that an update keeps: the
            mean is what is monitored and kept; None: the weights themselves are.
        keep: the weights to keep: of the "best" epoch, by the Fréchet distance of drawings to reference images, or of
            the "last". Where training ends early, the best epoch's are kept.
        monitored: drawings that are measured after each epoch, of all classes together.
        saturated_epochs: epochs in a row after which training ends, if in all of them the players have nothing to teach
            each other: the discriminator is nearly sure of every image, or wrong about nearly every one, or all
            drawings are one picture.
    """

    epochs: Count
    batch_size: Count
    generator_rate: Positive
    discriminator_rate: Positive
    schedule: Literal["constant", "linear"]
    beta_1: Rate
    smoothing: Rate
    ema_decay: Rate | None
    keep: Literal["best", "last"]
    monitored: Count
    saturated_epochs: Count


@dataclass(frozen=True)
class JudgeRecipe:
    """How a small convolutional classifier is built and trained; its last epoch is kept.

    Attributes:
        channels: of its first convolution; the second has twice as many.
        units: of its last hidden layer, which gives the features.
        dropout: share of what the two dense layers read that a training step leaves out.
        epochs, batch_size: as everywhere.
        learning_rate: of Adam, at its highest; it falls to 0 by a cosine.
    """

    channels: Count
    units: Count
    dropout: Rate
    epochs: Count
    batch_size: Count
    learning_rate: Positive


@dataclass(frozen=True)
class Watched:
    """What some drawings came to; see `Gan.history`."""

    class_accuracy: float
    frechet: float
    diversity: float


Watch = Callable[[Pixels, Labels], Watched]
