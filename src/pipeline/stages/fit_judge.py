"""Train classifiers of images: the judge on real ones, and pupils on drawings alone."""

from __future__ import annotations

from pipeline.artifacts.images import Gan, Gaussian, Images, ImageSplit, Judge, Pupil
from pipeline.models.backend import start_keras
from pipeline.models.images.settings import JudgeRecipe
from pipeline.ranges import Count, Portion, Positive, Rate
from pipeline.stages.draw_images import draw


def fit_judge(
    images: Images,
    split: ImageSplit,
    *,
    channels: Count,
    units: Count,
    dropout: Rate,
    epochs: Count,
    batch_size: Count,
    learning_rate: Positive,
    seed: int,
) -> Judge:
    """Train on the real training images but for the reference; see `JudgeRecipe` for the settings."""
    start_keras(seed)
    from pipeline.models.images.drawing import flat_weights
    from pipeline.models.images.judge import train_classifier

    model, history = train_classifier(
        images.train[split.judge],
        images.train_labels[split.judge],
        JudgeRecipe(channels, units, dropout, epochs, batch_size, learning_rate),
        num_classes=len(images.classes),
        seed=seed,
        held=(images.train[split.reference], images.train_labels[split.reference]),
    )
    return Judge(channels, units, flat_weights(model), model.count_params(), history)


def fit_pupil(
    images: Images,
    split: ImageSplit,
    artist: Gan | Gaussian,
    *,
    channels: Count,
    units: Count,
    dropout: Rate,
    epochs: Count,
    batch_size: Count,
    learning_rate: Positive,
    noise_std: Portion,
    seed: int,
) -> Pupil:
    """Train a classifier like the judge on as many drawings of each class as the judge has images, and test it.

    `noise_std` is as for `draw_images`.

    Raises:
        UserError: the numbers of the generator that draws overflow.
    """
    start_keras(seed)
    from pipeline.models.images.judge import call, train_classifier

    labels = images.train_labels[split.judge]
    model, _ = train_classifier(
        draw(artist, labels, len(images.classes), noise_std, seed),
        labels,
        JudgeRecipe(channels, units, dropout, epochs, batch_size, learning_rate),
        num_classes=len(images.classes),
        seed=seed,
    )
    return Pupil(artist.name, call(model, images.test)[1], len(labels))
