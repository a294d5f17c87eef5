"""The players of the GANs in Keras's own layers, as programs have them that do without the pipeline; for benchmarks."""

from __future__ import annotations

from typing import Any

import keras

from pipeline.artifacts.images import SIDE, ConvolutionalShape, DenseShape

PIXELS, QUARTER = SIDE * SIDE, SIDE // 4

Pair = tuple[Any, Any]  # generator, from noise and label to pixels; discriminator, from pixels and label to probability


def plain_players(shape: DenseShape | ConvolutionalShape, num_classes: int) -> Pair:
    """Generator and discriminator with the layers of a model of conf/model/, not compiled."""
    return _dense(shape, num_classes) if shape.kind == "dense" else _convolutional(shape, num_classes)


def _dense(shape: DenseShape, num_classes: int) -> Pair:
    noise, label, image = _inputs(shape.noise)
    hidden = keras.layers.Concatenate()([noise, _embedded(label, num_classes, shape.class_width)])
    for units in shape.generator_units:
        hidden = keras.layers.LeakyReLU(shape.slope)(keras.layers.Dense(units)(hidden))
    drawn = keras.layers.Dense(PIXELS, activation="tanh")(hidden)
    hidden = keras.layers.Concatenate()([image, _embedded(label, num_classes, shape.class_width)])
    for units in shape.discriminator_units:
        hidden = keras.layers.LeakyReLU(shape.slope)(keras.layers.Dense(units)(hidden))
        hidden = keras.layers.Dropout(shape.dropout)(hidden)
    told = keras.layers.Dense(1, activation="sigmoid")(hidden)
    return keras.Model([noise, label], drawn), keras.Model([image, label], told)


def _convolutional(shape: ConvolutionalShape, num_classes: int) -> Pair:
    noise, label, image = _inputs(shape.noise)
    hidden = keras.layers.Concatenate()([noise, _embedded(label, num_classes, shape.class_width)])
    hidden = keras.layers.Dense(QUARTER * QUARTER * 2 * shape.channels, use_bias=False)(hidden)
    hidden = keras.layers.Reshape((QUARTER, QUARTER, 2 * shape.channels))(hidden)
    hidden = keras.layers.ReLU()(keras.layers.BatchNormalization()(hidden))
    hidden = keras.layers.Conv2DTranspose(shape.channels, 4, strides=2, padding="same", use_bias=False)(hidden)
    hidden = keras.layers.ReLU()(keras.layers.BatchNormalization()(hidden))
    hidden = keras.layers.Conv2DTranspose(1, 4, strides=2, padding="same", activation="tanh")(hidden)
    drawn = keras.layers.Reshape((PIXELS,))(hidden)
    hidden = keras.layers.Reshape((SIDE, SIDE, 1))(image)
    for channels in (shape.channels, 2 * shape.channels):
        convolution = keras.layers.Conv2D(channels, 4, strides=2, padding="same")
        hidden = keras.layers.LeakyReLU(shape.slope)(_normalised(convolution)(hidden))
    hidden = _normalised(keras.layers.Dense(shape.units))(keras.layers.Flatten()(hidden))
    hidden = keras.layers.LeakyReLU(shape.slope)(hidden)
    # not an Embedding: Keras gives one that is normalised no gradient
    one_hot = keras.layers.CategoryEncoding(num_classes, output_mode="one_hot")(label)
    direction = _normalised(keras.layers.Dense(shape.units, use_bias=False))(one_hot)
    asked = keras.layers.Dot(axes=1)([hidden, direction])
    logit = keras.layers.Add()([_normalised(keras.layers.Dense(1))(hidden), asked])
    told = keras.layers.Activation("sigmoid")(logit)
    return keras.Model([noise, label], drawn), keras.Model([image, label], told)


def _inputs(noise: int) -> tuple[Any, Any, Any]:
    return keras.Input((noise,)), keras.Input((), dtype="int32"), keras.Input((PIXELS,))


def _embedded(label: Any, num_classes: int, width: int) -> Any:
    vectors: Any = keras.initializers.RandomNormal(stddev=1.0)
    return keras.layers.Embedding(num_classes, width, embeddings_initializer=vectors)(label)


def _normalised(layer: Any) -> Any:
    return keras.layers.SpectralNormalization(layer)
