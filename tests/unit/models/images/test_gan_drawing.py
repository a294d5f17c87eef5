"""From weights to pixels: chunks, noise, blends, and weights in a row."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from gan_samples import DENSE, SHAPES, K, labels_of, overflow, pictures, untrained, weights_of
from pipeline.artifacts.images import SIDE
from pipeline.errors import UserError

pytestmark = pytest.mark.slow


def gan(kind: str) -> Any:
    """With 4 times the weights that a generator begins with, or drawings are all but grey."""
    made = untrained(SHAPES[kind])
    return replace(made, generator=4 * made.generator)


def players(kind: str) -> Any:
    made = gan(kind)
    from pipeline.models.images.drawing import restore

    return restore(made, K)


def brush(kind: str) -> Any:
    generator, _ = players(kind)
    from pipeline.models.images.drawing import Brush

    return Brush(generator)


@pytest.mark.parametrize("kind", SHAPES)
def test_drawing_in_chunks_is_drawing_one_by_one(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    made = brush(kind)
    from pipeline.models.images import drawing

    labels, noise = labels_of(17), made.noise(17, 3)
    whole = made.draw(labels, noise)
    assert whole.dtype == np.uint8
    assert whole.shape == (17, SIDE, SIDE)
    assert np.unique(whole).size > 100
    assert (whole[0] != whole[3]).any()
    alone = np.concatenate([made.draw(labels[i : i + 1], noise[i : i + 1]) for i in range(17)])
    monkeypatch.setattr(drawing, "CHUNK", 5)
    for other in (alone, made.draw(labels, noise)):
        np.testing.assert_allclose(other.astype(int), whole.astype(int), atol=1, err_msg="but for rounding")
        assert (other == whole).mean() > 0.99


@pytest.mark.parametrize("kind", SHAPES)
def test_pixels_are_the_numbers_of_the_generator(kind: str) -> None:
    """-1 is 0 and 1 is 255, to the nearest; rows of the image are runs of 28 numbers."""
    made = brush(kind)
    labels, noise = labels_of(4), made.noise(4, 0)
    numbers = made.generator.draw(noise, made.generator.vectors(labels), training=False).numpy()
    expected = np.rint((numbers.astype(np.float64) + 1) * 127.5).reshape(4, SIDE, SIDE)
    np.testing.assert_allclose(made.draw(labels, noise), expected, atol=1)


def test_pixels_and_numbers_are_each_others_inverse() -> None:
    untrained()
    import tensorflow as tf

    from pipeline.models.images.drawing import HALF, scale

    pixels = np.arange(256, dtype=np.uint8).repeat(SIDE * SIDE).reshape(256, SIDE, SIDE)
    numbers = scale(tf.constant(pixels)).numpy()
    assert numbers.shape == (256, SIDE * SIDE)
    assert (numbers.min(), numbers.max()) == (-1, 1)
    np.testing.assert_array_equal(np.rint((numbers + 1) * HALF).reshape(pixels.shape), pixels)


@pytest.mark.parametrize("kind", SHAPES)
def test_the_darkest_and_the_brightest_are_0_and_255(kind: str) -> None:
    made = brush(kind)
    last = made.generator.chain[-1] if kind == "dense" else made.generator.paint
    for number, pixel in ((-1e6, 0), (1e6, 255)):
        last.bias.assign(np.full(last.bias.shape, number, np.float32))
        assert (made.draw(labels_of(3), made.noise(3, 0)) == pixel).all()


def test_weights_that_draw_no_numbers_are_no_image() -> None:
    made = brush("dense")
    overflow(made.generator)
    with pytest.raises(UserError, match="its numbers overflow") as caught:
        made.draw(labels_of(3), made.noise(3, 0))
    assert "training.generator_rate" in caught.value.remedy


def test_more_noise_begins_with_the_same() -> None:
    made = brush("dense")
    noise = made.noise(4000, 7)
    assert noise.shape == (4000, DENSE.noise)
    assert noise.dtype == np.float32
    for number in (1, 2, 10, 3999):
        np.testing.assert_array_equal(made.noise(number, 7), noise[:number])
    assert (made.noise(10, 8) != noise[:10]).all()
    assert (noise.mean(), noise.std()) == pytest.approx((0, 1), abs=0.02)


@pytest.mark.parametrize("kind", SHAPES)
def test_an_image_depends_on_its_own_noise_and_class_alone(kind: str) -> None:
    """Not on the others of its batch, as it does while training."""
    made = brush(kind)
    labels, noise = labels_of(6), made.noise(6, 0)
    others = noise.copy()
    others[1:] = made.noise(5, 1)
    np.testing.assert_array_equal(made.draw(labels, noise)[0], made.draw(labels, others)[0])


@pytest.mark.parametrize("kind", SHAPES)
def test_a_way_begins_and_ends_with_what_the_classes_draw(kind: str) -> None:
    made = brush(kind)
    from pipeline.models.images.training import draw_grid, draw_ways

    ways, grid = draw_ways(made, K, 5), draw_grid(made, K)
    assert ways.shape == (K, 5, SIDE, SIDE)
    own = grid[:, 0].astype(int)
    np.testing.assert_allclose(ways[:, 0].astype(int), own, atol=1)
    np.testing.assert_allclose(ways[:, -1].astype(int), np.roll(own, -1, axis=0), atol=1)
    vectors = made.generator.class_vectors.numpy()
    halfway = made.blend((vectors + np.roll(vectors, -1, axis=0)) / 2, np.repeat(made.noise(1, 2), K, axis=0))
    np.testing.assert_allclose(ways[:, 2].astype(int), halfway.astype(int), atol=1)
    assert (ways[:, 2] != ways[:, 0]).any()


def test_columns_of_the_grid_share_their_noise() -> None:
    made = brush("dense")
    from pipeline.models.images.training import draw_grid

    grid, noise = draw_grid(made, K), made.noise(10, 2)
    for label in range(K):
        expected = made.draw(np.full(10, label, np.int16), noise)
        np.testing.assert_allclose(grid[label].astype(int), expected.astype(int), atol=1)


@pytest.mark.parametrize("kind", SHAPES)
def test_weights_go_out_and_in(kind: str) -> None:
    made, (generator, discriminator) = gan(kind), players(kind)
    np.testing.assert_array_equal(weights_of(generator), made.generator)
    np.testing.assert_array_equal(weights_of(discriminator), made.discriminator)
    from pipeline.models.images.drawing import put_weights

    put_weights(generator, np.arange(len(made.generator), dtype=np.float32))
    np.testing.assert_array_equal(weights_of(generator), np.arange(len(made.generator)))


@pytest.mark.parametrize("wrong", [lambda w: w[1:], lambda w: w[None], lambda w: w.astype(np.float64)])
def test_weights_that_do_not_fit_are_refused(wrong: Any) -> None:
    made, (generator, _) = gan("dense"), players("dense")
    from pipeline.models.images.drawing import put_weights

    with pytest.raises(ValueError, match=r"weights of the shape .*, not \(\d+,\)"):
        put_weights(generator, wrong(made.generator))
    np.testing.assert_array_equal(weights_of(generator), made.generator)


@pytest.mark.parametrize("kind", SHAPES)
def test_a_discriminator_tells_probabilities(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Dropout off, and nothing of its state changes."""
    _, discriminator = players(kind)
    import tensorflow as tf

    from pipeline.models.images import drawing

    pixels, labels = pictures(17)
    before = [variable.numpy() for variable in discriminator.variables]
    found = drawing.tell(discriminator, pixels, labels)
    logits = discriminator.logits(drawing.scale(tf.constant(pixels)), labels.astype(np.int32), training=False).numpy()
    np.testing.assert_allclose(found, 1 / (1 + np.exp(-logits.astype(np.float64))), rtol=1e-5)
    assert found.dtype == np.float64
    assert len(np.unique(found)) == 17
    monkeypatch.setattr(drawing, "CHUNK", 4)
    np.testing.assert_allclose(drawing.tell(discriminator, pixels, labels), found, rtol=1e-4)
    for variable, value in zip(discriminator.variables, before, strict=True):
        np.testing.assert_array_equal(variable.numpy(), value)


def test_noise_of_a_standard_deviation_is_that_much_of_the_noise() -> None:
    made = brush("dense")
    np.testing.assert_allclose(made.noise(40, 3, 0.5), 0.5 * made.noise(40, 3), rtol=1e-6)
