"""A small convolutional classifier of images, whose last hidden layer gives their features.

Shapes: n images, S pixels a side, K classes, F features, P weights.
"""

from __future__ import annotations

import time
from typing import Any, cast

import keras
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.artifacts.images import SIDE, Judge, Labels, Pixels
from pipeline.models.images.drawing import HALF, put_weights
from pipeline.models.images.settings import JudgeRecipe
from pipeline.models.progress import Progress

READ_AT_ONCE = 500  # images
STEPS = 32  # updates between two turns of Python


def build_classifier(channels: int, units: int, num_classes: int, dropout: float = 0) -> keras.Model:
    """A classifier with fresh weights: images (n, S, S) to logits (n, K) and features (n, F)."""
    images = keras.Input((SIDE, SIDE), name="images")
    hidden: Any = keras.layers.Rescaling(1 / HALF, offset=-1)(images)
    hidden = keras.layers.Reshape((SIDE, SIDE, 1))(hidden)
    for number in (channels, 2 * channels):
        hidden = keras.layers.Conv2D(number, 3, padding="same", activation="relu")(hidden)
        hidden = keras.layers.MaxPooling2D()(hidden)
    hidden = keras.layers.Dropout(dropout)(keras.layers.Flatten()(hidden))
    features: Any = keras.layers.Dense(units, activation="relu", name="features")(hidden)
    logits = keras.layers.Dense(num_classes, name="logits")(keras.layers.Dropout(dropout)(features))
    return keras.Model(images, [logits, features], name="judge")


def train_classifier(
    pixels: Pixels,
    labels: Labels,
    recipe: JudgeRecipe,
    *,
    num_classes: int,
    seed: int,
    held: tuple[Pixels, Labels] | None = None,
) -> tuple[keras.Model, pd.DataFrame]:
    """A classifier trained on these images, and one row an epoch: `epoch`, `loss`, `accuracy` and `seconds`.

    No epoch is chosen; with `held` images there is a column `val_accuracy` to look at.

    Shapes: pixels (n, S, S), labels (n,).
    """
    whole = build_classifier(recipe.channels, recipe.units, num_classes, recipe.dropout)
    model: Any = keras.Model(whole.input, whole.outputs[0])
    steps = -(-len(labels) // recipe.batch_size)
    rate = keras.optimizers.schedules.CosineDecay(recipe.learning_rate, recipe.epochs * steps)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(cast("Any", rate)), loss, metrics=["accuracy"], steps_per_execution=STEPS)
    rows = []
    with Progress(epochs=recipe.epochs, steps=steps, done=0) as progress:
        for epoch in range(1, recipe.epochs + 1):
            start = time.perf_counter()
            order = np.random.default_rng([seed, epoch]).permutation(len(labels))
            fitted = model.fit(
                pixels[order],
                labels[order],
                recipe.batch_size,
                shuffle=False,
                verbose=0,
                callbacks=progress.callbacks(),
            )
            row = {"epoch": epoch, **{name: values[0] for name, values in fitted.history.items()}}
            if held is not None:
                row["val_accuracy"] = float((call(whole, held[0])[1] == held[1]).mean())
            rows.append(row | {"seconds": time.perf_counter() - start})
            progress.finish_epoch(epoch, f"accuracy {row['accuracy']:.3f}", row)
    return whole, pd.DataFrame(rows)


def read(model: keras.Model, pixels: Pixels) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The logits (n, K) and the features (n, F) of images (n, S, S)."""
    logits, features = cast("Any", model.predict(pixels, batch_size=READ_AT_ONCE, verbose=cast("Any", 0)))
    return logits, features


def call(model: keras.Model, pixels: Pixels) -> tuple[NDArray[np.float32], Labels]:
    """The features (n, F) of images (n, S, S), and the classes that they are taken for (n,)."""
    logits, features = read(model, pixels)
    return features, logits.argmax(axis=1).astype(np.int16)


def restore(judge: Judge, num_classes: int) -> keras.Model:
    """The classifier of a trained judge."""
    model = build_classifier(judge.channels, judge.units, num_classes)
    put_weights(model, judge.weights)
    return model
