"""Updates of both players, against plain Keras one by one, and the means that follow them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from gan_samples import CONVOLUTIONAL, DENSE, RECIPE, SHAPES, K, pictures, weights_of
from pipeline.artifacts.images import SIDE
from pipeline.models.backend import start_keras

pytestmark = pytest.mark.slow
STILL = replace(DENSE, dropout=0.0)
PLAIN = replace(RECIPE, ema_decay=None)
PIXELS, LABELS = pictures(20)
UPDATES = 3  # of 8, 8 and 4 images
BUILDS = {"dense": STILL, "convolutional": CONVOLUTIONAL}


def players(build: Any, recipe: Any = PLAIN, seed: int = 5) -> Any:
    start_keras(seed)
    from pipeline.models.images.players import Players

    return Players(build, recipe, K, updates=10, seed=seed)


def update(
    made: Any, order: Any = None, first: int = 0, last: int = UPDATES, *, compiled: bool = False
) -> NDArray[np.float64]:
    """What a block gives."""
    import tensorflow as tf

    rows = tf.constant(np.arange(len(LABELS)) if order is None else order, tf.int32)
    material = tf.constant(PIXELS), tf.constant(LABELS, tf.int32)
    block = tf.function(made.block) if compiled else made.block
    return block(*material, rows, tf.constant(first), tf.constant(last)).numpy().astype(np.float64)


def normalised(kernel: Any) -> Any:
    """A kernel over its largest singular value by NumPy's decomposition; the vectors are constants of the gradient."""
    import tensorflow as tf

    matrix = tf.reshape(kernel, [-1, kernel.shape[-1]])
    left, _, right = np.linalg.svd(matrix.numpy(), full_matrices=False)
    return kernel / tf.reduce_sum(left[:, 0, None] * matrix * right[0][None])


class Twin:
    """The same game from plain layers, plain losses and Keras's own optimisers, one eager update at a time."""

    def __init__(self, made: Any, recipe: Any, epsilon: float = 1e-7) -> None:
        import keras

        self.made, self.recipe = made, recipe
        self.noise = keras.random.SeedGenerator(0)
        self.noise.state.assign(made.noise.state)
        self.own = {id(w): keras.Variable(w.numpy()) for p in (made.generator, made.discriminator) for w in p.weights}
        loss: Any = keras.losses.BinaryCrossentropy(from_logits=True, label_smoothing=0.0)
        self.cross_entropy: Any = lambda logits, target: loss(np.full((len(logits), 1), target), logits[:, None])
        self.rates = [
            keras.optimizers.Adam(rate, beta_1=recipe.beta_1, epsilon=epsilon)
            for rate in (recipe.discriminator_rate, recipe.generator_rate)
        ]

    def of(self, weight: Any) -> Any:
        """The twin of a weight."""
        return self.own[id(weight)]

    def trained(self, player: Any) -> list[Any]:
        """The twins of what a player trains."""
        return [self.of(weight) for weight in player.trainable_variables]

    def draw(self, labels: NDArray[np.int16]) -> Any:
        """Images from the next numbers of noise."""
        import keras

        made = self.made.generator
        noise = keras.random.normal((len(labels), made.num_noise), seed=self.noise)
        hidden = keras.ops.concatenate([noise, keras.ops.take(self.of(made.class_vectors), labels, axis=0)], axis=1)
        for layer in made.chain[:-1]:
            hidden = keras.ops.leaky_relu(hidden @ self.of(layer.kernel) + self.of(layer.bias), made.slope)
        return keras.ops.tanh(hidden @ self.of(made.chain[-1].kernel) + self.of(made.chain[-1].bias))

    def logits(self, images: Any, labels: NDArray[np.int16]) -> Any:
        """How real the discriminator finds them."""
        import keras

        made = self.made.discriminator
        hidden = keras.ops.concatenate([images, keras.ops.take(self.of(made.class_vectors), labels, axis=0)], axis=1)
        for layer in made.chain[:-1]:
            hidden = keras.ops.leaky_relu(hidden @ self.of(layer.kernel) + self.of(layer.bias), made.slope)
        return (hidden @ self.of(made.chain[-1].kernel) + self.of(made.chain[-1].bias))[:, 0]

    def update(self, pixels: Any, labels: Any) -> tuple[float, float, float, float]:
        """An update of each: real and drawn images are shown one after the other here, not together."""
        import tensorflow as tf

        telling, drawing = self.rates
        images = pixels.reshape(len(pixels), -1).astype(np.float32) / 127.5 - 1
        drawn = self.draw(labels)
        with tf.GradientTape() as tape:
            real, fake = self.logits(images, labels), self.logits(drawn, labels)
            told = self.cross_entropy(real, 1 - self.recipe.smoothing) + self.cross_entropy(fake, 0.0)
        weights = self.trained(self.made.discriminator)
        telling.apply(tape.gradient(told, [weight.value for weight in weights]), weights)
        with tf.GradientTape() as tape:
            fooled = -tf.reduce_mean(tf.math.log(tf.sigmoid(self.logits(self.draw(labels), labels))))
        weights = self.trained(self.made.generator)
        drawing.apply(tape.gradient(fooled, [weight.value for weight in weights]), weights)
        sure = [float(tf.reduce_mean(tf.sigmoid(logits))) for logits in (real, fake)]
        return float(fooled), float(told), sure[0], sure[1]


class ConvolutionalTwin(Twin):
    """Of a discriminator whose kernels are divided by what NumPy finds to be their largest singular values."""

    def draw(self, labels: NDArray[np.int16]) -> Any:
        """Images from the next numbers of noise."""
        import keras

        made, ops = self.made.generator, keras.ops
        noise = keras.random.normal((len(labels), made.num_noise), seed=self.noise)
        hidden = ops.concatenate([noise, ops.take(self.of(made.class_vectors), labels, axis=0)], axis=1)
        hidden = ops.reshape(hidden @ self.of(made.spread.kernel), (len(labels), 7, 7, -1))
        for norm, layer in zip(made.norms, (made.grow, made.paint), strict=True):
            mean, variance = ops.moments(hidden, axes=[0, 1, 2])
            hidden = (hidden - mean) / ops.sqrt(variance + 1e-3) * self.of(norm.gamma) + self.of(norm.beta)
            hidden = ops.conv_transpose(ops.relu(hidden), self.of(layer.kernel), strides=2, padding="same")
            hidden = hidden + self.of(layer.bias) if layer.use_bias else hidden
        return ops.reshape(ops.tanh(hidden), (len(labels), -1))

    def logits(self, images: Any, labels: NDArray[np.int16]) -> Any:
        """How real the discriminator finds them."""
        import keras

        made, ops = self.made.discriminator, keras.ops
        hidden = ops.reshape(images, (-1, SIDE, SIDE, 1))
        for layer in made.convolutions:
            kernel = normalised(self.of(layer.kernel).value)
            hidden = ops.conv(hidden, kernel, strides=2, padding="same") + self.of(layer.bias)
            hidden = ops.leaky_relu(hidden, made.slope)
        hidden = ops.reshape(hidden, (len(labels), -1))
        hidden = hidden @ normalised(self.of(made.hidden.kernel).value) + self.of(made.hidden.bias)
        hidden = ops.leaky_relu(hidden, made.slope)
        real = (hidden @ normalised(self.of(made.real.kernel).value) + self.of(made.real.bias))[:, 0]
        asked = ops.take(normalised(self.of(made.classes.kernel).value), labels, axis=0)
        return real + ops.sum(hidden * asked, axis=1)


def follow(made: Any) -> None:
    """Power iterations until the singular values of the discriminator's kernels are known."""
    discriminator = made.discriminator
    for _ in range(300):
        for kernel in (*discriminator.convolutions, discriminator.hidden, discriminator.real, discriminator.classes):
            kernel.normalised(training=True)


@pytest.mark.parametrize(("epsilon", "smoothing", "apart"), [(1e-2, 0.1, 1e-6), (1e-7, 0.0, 2e-4)])
def test_a_block_of_updates_is_what_plain_keras_does_one_by_one(
    epsilon: float, smoothing: float, apart: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To rounding, which the sign of a gradient of nearly 0 makes larger with the epsilon that is used."""
    recipe = replace(PLAIN, smoothing=smoothing, discriminator_rate=5e-3)
    start_keras(0)
    from pipeline.models.images import players as module

    assert module.EPSILON == 1e-7, "Keras's own"
    monkeypatch.setattr(module, "EPSILON", epsilon)
    made = players(STILL, recipe)
    twin, before = Twin(made, recipe, epsilon), [weights_of(made.generator), weights_of(made.discriminator)]
    order = np.random.default_rng(0).permutation(len(LABELS))
    expected = [twin.update(PIXELS[rows], LABELS[rows]) for rows in (order[:8], order[8:16], order[16:])]
    np.testing.assert_allclose(update(made, order, compiled=True), np.sum(expected, axis=0), rtol=apart)
    for player, start in zip((made.generator, made.discriminator), before, strict=True):
        found, wanted = weights_of(player), np.concatenate([np.ravel(twin.of(w).numpy()) for w in player.weights])
        assert np.quantile(np.abs(found - wanted), 0.99) < apart
        assert np.abs(found - start).max() > 2e-4, "else the test says nothing"
    assert made.noise.state.numpy().tolist() == twin.noise.state.numpy().tolist()


def test_a_convolutional_block_is_what_plain_keras_does_with_numpys_singular_values() -> None:
    recipe = replace(PLAIN, discriminator_rate=1e-4, generator_rate=1e-3)
    made = players(CONVOLUTIONAL, recipe)
    follow(made)
    twin = ConvolutionalTwin(made, recipe)
    expected = [twin.update(PIXELS[rows], LABELS[rows]) for rows in (slice(0, 8), slice(8, 16), slice(16, 20))]
    for number, wanted in enumerate(expected):
        np.testing.assert_allclose(update(made, None, number, number + 1), wanted, rtol=2e-4)
    for player in (made.generator, made.discriminator):
        found = np.concatenate([np.ravel(w) for w in player.trainable_variables])
        wanted = np.concatenate([np.ravel(w) for w in twin.trained(player)])
        assert np.quantile(np.abs(found - wanted), 0.95) < 1e-5, "Adam's first steps follow the sign of a gradient"


@pytest.mark.parametrize("kind", BUILDS)
def test_eager_updates_one_by_one_are_a_compiled_block_of_them(kind: str) -> None:
    one, other = players(BUILDS[kind], RECIPE), players(BUILDS[kind], RECIPE)
    found = sum(update(one, None, number, number + 1) for number in range(UPDATES))
    np.testing.assert_allclose(found, update(other, compiled=True), rtol=1e-4)
    for mine, others in zip(one.state, other.state, strict=True):
        assert np.quantile(np.abs(mine.numpy() - others.numpy()), 0.9) < 1e-5


def test_the_generator_is_paid_for_what_is_taken_for_real_and_never_saturates() -> None:
    """The loss is -log D, whose gradient stays where D is near 0; log(1 - D) would give none there."""
    made = players(STILL)
    made.discriminator.chain[-1].bias.assign([-20.0])
    before = weights_of(made.generator)
    fooled, _, _, fake = update(made, None, 0, 1)
    assert fake < 1e-6
    assert fooled == pytest.approx(-np.log(fake), rel=0.05)
    assert np.abs(weights_of(made.generator) - before).max() > 1e-4


@pytest.mark.parametrize("smoothing", [0.0, 0.1, 0.4])
def test_smoothing_moves_the_target_of_real_images_alone(smoothing: float) -> None:
    """One logit for every image, so the losses are those of one number."""
    made = players(STILL, replace(PLAIN, smoothing=smoothing))
    made.discriminator.chain[-1].kernel.assign(np.zeros((STILL.discriminator_units[-1], 1), np.float32))
    made.discriminator.chain[-1].bias.assign([1.5])
    made.telling.learning_rate.assign(1e-30)
    share, (fooled, told, real, fake) = 1 / (1 + np.exp(-1.5)), update(made, None, 0, 1)
    assert (real, fake) == pytest.approx((share, share), rel=1e-6)
    assert fooled == pytest.approx(-np.log(share), rel=1e-6), "the generator wants a whole 1"
    of_real = -(1 - smoothing) * np.log(share) - smoothing * np.log(1 - share)
    assert told == pytest.approx(of_real - np.log(1 - share), rel=1e-6)


@pytest.mark.parametrize("kind", BUILDS)
def test_a_players_update_leaves_the_others_weights_alone(kind: str) -> None:
    """With its own optimiser at rest; what follows a batch or a singular value moves on."""
    for resting, other in (("drawing", "telling"), ("telling", "drawing")):
        made = players(BUILDS[kind])
        getattr(made, resting).learning_rate.assign(1e-30)
        player = {"drawing": made.generator, "telling": made.discriminator}
        before = {name: [w.numpy() for w in player[name].trainable_variables] for name in player}
        update(made)
        for weight, value in zip(player[resting].trainable_variables, before[resting], strict=True):
            np.testing.assert_allclose(weight.numpy(), value, atol=1e-25, err_msg=f"{resting} {weight.path}")
        moved = [
            np.abs(weight.numpy() - value).max()
            for weight, value in zip(player[other].trainable_variables, before[other], strict=True)
        ]
        assert min(moved) > 1e-4, other


def test_the_last_batch_is_learnt_from_though_it_is_smaller() -> None:
    """Updates of the 16 first images do not know the 4 last; the third does."""
    bright = np.full_like(PIXELS[:1], 255)
    found = []
    for last_image in (PIXELS[-1:], bright):
        made = players(STILL)
        import tensorflow as tf

        images = tf.constant(np.concatenate([PIXELS[:-1], last_image]))
        material = images, tf.constant(LABELS, tf.int32), tf.range(len(LABELS))
        made.block(*material, tf.constant(0), tf.constant(2))
        early = weights_of(made.discriminator)
        made.block(*material, tf.constant(2), tf.constant(3))
        found.append((early, weights_of(made.discriminator)))
    np.testing.assert_array_equal(found[0][0], found[1][0])
    assert np.abs(found[0][1] - found[1][1]).max() > 1e-4


def test_a_batch_is_of_the_images_that_the_order_says() -> None:
    made, seen = players(STILL), []
    import tensorflow as tf

    made._update = lambda images, labels: seen.append((images.numpy(), labels.numpy())) or tf.zeros(4)
    order = np.random.default_rng(3).permutation(len(LABELS))
    made.block(PIXELS, LABELS.astype(np.int32), tf.constant(order), tf.constant(0), tf.constant(UPDATES))
    assert [len(labels) for _, labels in seen] == [8, 8, 4]
    np.testing.assert_array_equal(np.concatenate([labels for _, labels in seen]), LABELS[order])
    shown = np.concatenate([images for images, _ in seen])
    np.testing.assert_allclose((shown + 1) * 127.5, PIXELS[order].reshape(len(order), -1), atol=1e-4)


@pytest.mark.parametrize("ema_decay", [0.0, 0.15, 0.999])
def test_the_means_forget_as_they_grow_older(ema_decay: float) -> None:
    """Closed form: after update t the mean keeps min(ema_decay, (1 + t) / (10 + t)) of what it was."""
    made = players(STILL, replace(RECIPE, ema_decay=ema_decay, generator_rate=0.05))
    mean = weights_of(made.generator).astype(np.float64)
    np.testing.assert_array_equal(mean, np.concatenate([np.ravel(m) for m in made.means]), "they begin as the weights")
    for done in range(1, 6):
        update(made, None, 0, 1)
        share = min(ema_decay, (1 + done) / (10 + done))
        mean = share * mean + (1 - share) * weights_of(made.generator)
        np.testing.assert_allclose(np.concatenate([np.ravel(m) for m in made.means]), mean, rtol=1e-4, atol=1e-6)
    assert np.allclose(mean, weights_of(made.generator)) == (ema_decay == 0)


@pytest.mark.parametrize("kind", BUILDS)
def test_for_a_while_the_generator_has_its_means(kind: str) -> None:
    made = players(BUILDS[kind], RECIPE)
    update(made)
    own, means = weights_of(made.generator), np.concatenate([np.ravel(m) for m in made.means])
    assert (own != means).mean() > 0.5
    with made.averaged():
        np.testing.assert_array_equal(weights_of(made.generator), means)
    np.testing.assert_array_equal(weights_of(made.generator), own)
    with pytest.raises(KeyboardInterrupt), made.averaged():
        raise KeyboardInterrupt
    np.testing.assert_array_equal(weights_of(made.generator), own)


def test_without_means_the_weights_stay_themselves() -> None:
    made = players(STILL, PLAIN)
    update(made)
    assert made.means == []
    own = weights_of(made.generator)
    with made.averaged():
        np.testing.assert_array_equal(weights_of(made.generator), own)


@pytest.mark.parametrize("kind", SHAPES)
def test_the_state_is_all_that_an_update_changes(kind: str) -> None:
    """Put into the state of another, players go on as it does; dropout and noise too."""
    one, other = players(SHAPES[kind], RECIPE), players(SHAPES[kind], RECIPE, seed=6)
    update(one)
    for variable, value in zip(other.state, one.state, strict=True):
        variable.assign(value)
    np.testing.assert_array_equal(update(one), update(other))
    assert len({id(variable) for variable in one.state}) == len(one.state)
    for player in ("generator", "discriminator"):
        np.testing.assert_array_equal(weights_of(getattr(one, player)), weights_of(getattr(other, player)))


@pytest.mark.parametrize(("schedule", "shares"), [("constant", (1.0, 1.0, 1.0)), ("linear", (1.0, 0.5, 0.0))])
def test_rates_fall_evenly_to_nothing_where_they_are_told_to(schedule: Any, shares: tuple[float, ...]) -> None:
    """Of 3 epochs with 10 updates each."""
    made = players(DENSE, replace(RECIPE, schedule=schedule, discriminator_rate=0.5))
    for done, share in zip((0, 15, 30), shares, strict=True):
        for adam, rate in ((made.drawing, RECIPE.generator_rate), (made.telling, 0.5)):
            adam.iterations.assign(done)
            assert float(adam.learning_rate) == pytest.approx(rate * share)
