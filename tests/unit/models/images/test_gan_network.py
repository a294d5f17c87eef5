"""The players: how many weights they have, and what their answers depend on."""

from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from pydantic import TypeAdapter

from gan_samples import CONVOLUTIONAL, DENSE, SHAPES, K, weights_of
from pipeline.artifacts.images import SIDE, ConvolutionalShape, DenseShape, Shape
from pipeline.models.backend import start_keras

pytestmark = pytest.mark.slow
CONF = Path(__file__).parents[4] / "conf" / "model"


def players(build: Any, classes: int = K, seed: int = 0) -> tuple[Any, Any]:
    start_keras(seed)
    from pipeline.models.images.network import build_players

    return build_players(build, classes, seed)


def published(name: str) -> DenseShape | ConvolutionalShape:
    return TypeAdapter(Shape).validate_python(yaml.safe_load((CONF / f"{name}.yaml").read_text("utf-8"))["build"])


def trained(player: Any) -> int:
    return sum(int(np.prod(weight.shape)) for weight in player.trainable_variables)


def test_the_published_players_have_as_many_weights_as_their_layers_say() -> None:
    """Counted by hand: (inputs + 1) * units of each layer, and a class vector of 10 numbers in either network."""
    widths = ([110, 256, 512, 1024, 784], [794, 1024, 512, 256, 1])
    counted = [100 + sum((a + 1) * b for a, b in pairwise(w)) for w in widths]
    assert counted == [1_489_012, 1_470_565]
    assert [trained(player) for player in players(published("cgan"), 10)] == counted
    assert all(f"{number:,}" in (CONF / "cgan.yaml").read_text("utf-8") for number in counted)


def test_the_convolutional_players_have_as_many_weights_as_their_layers_say() -> None:
    """Those that follow a batch or a singular value are not trained: 2 * 96 and 32 + 64 + 128 + 1 + 128."""
    spread, grow, paint = 110 * 7 * 7 * 64, 4 * 4 * 64 * 32, 4 * 4 * 32 + 1
    drawing = 10 * 10 + spread + grow + paint + 2 * (64 + 32)
    telling = (16 * 32 + 32) + (16 * 32 * 64 + 64) + (7 * 7 * 64 * 128 + 128) + (128 + 1) + 10 * 128
    found = players(published("cgan_conv"), 10)
    assert [trained(player) for player in found] == [drawing, telling]
    assert [player.count_params() - trained(player) for player in found] == [192, 353]
    assert all(f"{number:,}" in (CONF / "cgan_conv.yaml").read_text("utf-8") for number in (drawing, telling))


@pytest.mark.parametrize("kind", SHAPES)
def test_what_players_begin_with_is_the_seeds_alone(kind: str) -> None:
    """Not what the process did before; tables of equal size are not equal."""
    made = [players(SHAPES[kind], seed=seed) for seed in (3, 4, 3)]
    for one, other, again in zip(*made, strict=True):
        np.testing.assert_array_equal(weights_of(one), weights_of(again))
        for mine, others in zip(one.weights, other.weights, strict=True):
            if not np.isin(mine.numpy(), [0, 1]).all():
                assert (mine.numpy() != others.numpy()).all(), mine.path


def test_the_two_dense_players_begin_with_class_vectors_of_their_own() -> None:
    generator, discriminator = players(published("cgan"), 10)
    one, other = (player.class_vectors.numpy() for player in (generator, discriminator))
    assert one.shape == other.shape == (10, 10)
    assert (one != other).all()
    assert [vectors.std() for vectors in (one, other)] == pytest.approx([1, 1], abs=0.25), "as strong as the noise"


@pytest.mark.parametrize("kind", SHAPES)
def test_images_are_numbers_from_minus_1_to_1_that_depend_on_noise_and_class(kind: str) -> None:
    import tensorflow as tf

    generator, discriminator = players(SHAPES[kind])
    noise = tf.constant(10 * np.random.default_rng(0).standard_normal((2, 6), np.float32))
    first, second = (generator.vectors(tf.constant([label, label])) for label in (0, 1))
    drawn = generator.draw(noise, first, training=False).numpy()
    assert drawn.shape == (2, SIDE * SIDE)
    assert np.abs(drawn).max() <= 1
    assert (drawn[0] != drawn[1]).any(), "noise"
    assert (drawn != generator.draw(noise, second, training=False).numpy()).any(), "class"
    logits = [discriminator.logits(drawn, tf.constant(asked), training=False).numpy() for asked in ([0, 0], [1, 1])]
    assert logits[0].shape == (2,)
    assert (logits[0] != logits[1]).all(), "class"
    assert logits[0][0] != logits[0][1], "image"


@pytest.mark.parametrize("kind", SHAPES)
def test_class_vectors_are_rows_of_the_table(kind: str) -> None:
    generator, _ = players(SHAPES[kind])
    labels = np.array([2, 0, 2, 1])
    np.testing.assert_array_equal(generator.vectors(labels).numpy(), generator.class_vectors.numpy()[labels])


def test_units_drop_out_while_training_alone() -> None:
    _, discriminator = players(DENSE)
    image, label = np.ones((1, SIDE * SIDE), np.float32), np.array([1])
    for training, number in ((False, 1), (True, 4)):
        found = {float(discriminator.logits(image, label, training=training)[0]) for _ in range(4)}
        assert (len(found) > 1) == (number > 1), training


def test_a_projection_adds_what_the_class_asks_of_the_last_layer() -> None:
    """The logits are the rows of the normalised table times the last hidden units, plus what holds of every class."""
    import tensorflow as tf

    _, discriminator = players(CONVOLUTIONAL)
    random = np.random.default_rng(0)
    image = random.uniform(-1, 1, (1, SIDE * SIDE)).astype(np.float32)
    layers = *discriminator.convolutions, discriminator.hidden, discriminator.real
    for layer in layers:
        layer.bias.assign(0.5 * random.standard_normal(layer.bias.shape, np.float32))
    kernels = [layer.normalised(training=False).numpy() for layer in layers]
    biases = [layer.bias.numpy() for layer in layers]
    hidden = image.reshape(1, SIDE, SIDE, 1)
    for kernel, bias in zip(kernels[:2], biases[:2], strict=True):
        hidden = leaky(tf.nn.conv2d(hidden, kernel, strides=2, padding="SAME").numpy() + bias)
    hidden = leaky(hidden.ravel() @ kernels[2] + biases[2])
    asked = discriminator.classes.normalised(training=False).numpy() @ hidden
    logits = [float(discriminator.logits(image, np.array([c]), training=False)[0]) for c in range(K)]
    np.testing.assert_allclose(logits, asked + hidden @ kernels[3][:, 0] + biases[3][0], atol=1e-5)
    assert np.ptp(asked) > 1e-3, "else the test says nothing"
    assert hidden.min() < 0 < hidden.max()


def leaky(numbers: Any) -> Any:
    return np.where(numbers < 0, CONVOLUTIONAL.slope * numbers, numbers)
