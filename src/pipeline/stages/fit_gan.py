"""Train a conditional GAN while a judge watches."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from pipeline.artifacts.images import REAL, REFERENCE, TEST, Gan, Images, ImageSplit, Judge, Labels, Pixels, Shape
from pipeline.evaluation.images.gaussian import NAME as GAUSSIAN
from pipeline.evaluation.images.watching import Reference
from pipeline.models.backend import start_keras
from pipeline.models.images.settings import Recipe, Watched
from pipeline.ranges import Count, Positive, Rate

TAKEN = {REAL, REFERENCE, TEST, GAUSSIAN, "train", "generated"}


def _not_taken(name: str) -> str:
    if name in TAKEN:
        raise ValueError(f"a name that no other set of images has: not {name!r}")
    return name


Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$"), AfterValidator(_not_taken)]


def fit_gan(
    images: Images,
    split: ImageSplit,
    judge: Judge,
    *,
    name: Name,
    build: Shape,
    epochs: Count,
    batch_size: Count,
    generator_rate: Positive,
    discriminator_rate: Positive,
    schedule: Literal["constant", "linear"],
    beta_1: Rate,
    smoothing: Rate,
    ema_decay: Rate | None,
    keep: Literal["best", "last"],
    monitored: Annotated[int, Field(ge=100)],
    saturated_epochs: Count,
    seed: int,
    scratch: Path,
) -> Gan:
    """Train on all training images; drawings are held against the reference images. See `Recipe` for the settings.

    Raises:
        UserError: a player diverges before the first epoch is over.
    """
    start_keras(seed)
    from pipeline.models.images.judge import call, restore
    from pipeline.models.images.training import train

    model, labels = restore(judge, len(images.classes)), images.train_labels
    reference = Reference(call(model, images.train[split.reference])[0], labels[split.reference])

    def watch(drawn: Pixels, asked: Labels) -> Watched:
        features, called = call(model, drawn)
        accuracy = float((called == asked).mean())
        return Watched(accuracy, reference.frechet(features), reference.diversity(features, asked))

    recipe = Recipe(
        epochs=epochs,
        batch_size=batch_size,
        generator_rate=generator_rate,
        discriminator_rate=discriminator_rate,
        schedule=schedule,
        beta_1=beta_1,
        smoothing=smoothing,
        ema_decay=ema_decay,
        keep=keep,
        monitored=monitored,
        saturated_epochs=saturated_epochs,
    )
    material = images.train[split.train], labels[split.train]
    return train(name, *material, build, recipe, watch, num_classes=len(images.classes), seed=seed, scratch=scratch)
