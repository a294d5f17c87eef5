"""The network's losses against their closed forms, and what padding and label may change."""

from typing import Any

import numpy as np
import pytest
from scipy import stats

from pipeline.models.vae.settings import Shape
from vae_samples import DIM, LATENT, messages, network, shape, table

COUNT = 7
HELD = messages(COUNT)
NOISE = np.random.default_rng(5).normal(size=(COUNT, LATENT)).astype(np.float32)


def as_arrays(*tensors: Any) -> list[np.ndarray]:
    return [np.asarray(tensor, np.float64) for tensor in tensors]


def kl_by_integral(mean: float, log_variance: float) -> float:
    """KL from N(mean, variance) to N(0, 1) by summing over a fine grid."""
    deviation = np.exp(log_variance / 2)
    grid = np.linspace(mean - 12 * deviation, mean + 12 * deviation, 20_001)
    log_p = stats.norm.logpdf(grid, mean, deviation)
    return float(np.trapezoid(np.exp(log_p) * (log_p - stats.norm.logpdf(grid)), grid))


def test_kl_is_the_integral_and_what_draws_say() -> None:
    network()
    import tensorflow as tf

    from pipeline.models.gaussian import gaussian_kl

    means, log_variances = np.array([[0.0, 1.3, -2.0]]), np.array([[0.0, -1.7, 0.9]])
    (found,) = as_arrays(gaussian_kl(tf.constant(means), tf.constant(log_variances)))
    expected = [kl_by_integral(*pair) for pair in zip(means[0], log_variances[0], strict=True)]
    np.testing.assert_allclose(found[0], expected, rtol=1e-6, atol=1e-9)
    deviations = np.exp(log_variances / 2)
    drawn = means + deviations * np.random.default_rng(0).standard_normal((200_000, 3))
    estimate = (stats.norm.logpdf(drawn, means, deviations) - stats.norm.logpdf(drawn)).mean(axis=0)
    np.testing.assert_allclose(estimate, found[0], atol=0.01)


@pytest.mark.parametrize("mask", [True, False])
@pytest.mark.parametrize("lengths", ["modelled", "observed"])
def test_on_the_footing_of_a_message_the_loss_is_the_negative_elbo_less_a_constant(mask: bool, lengths: Any) -> None:
    vae = network(shape(mask=mask, lengths=lengths))
    from pipeline.models.vae.training import total

    loss, *_ = as_arrays(total(vae.losses(HELD.ids, HELD.labels, NOISE), "message", 1.0, 0.0))
    means, log_variances = as_arrays(*vae.encode(HELD.ids, HELD.labels))
    codes = (means + np.exp(log_variances / 2) * NOISE).astype(np.float32)
    counts = HELD.ids != 0 if mask else np.ones_like(HELD.ids, bool)
    (vectors,) = as_arrays(vae.decode(codes, HELD.labels, counts))
    log_likelihood = (stats.norm.logpdf(table()[HELD.ids], vectors).sum(axis=2) * counts).sum(axis=1)
    if lengths == "modelled":
        (heads,) = as_arrays(vae.length_heads(codes, HELD.labels))
        logarithms = np.log((HELD.ids != 0).sum(axis=1))
        log_likelihood += stats.norm.logpdf(logarithms, heads[:, 0], np.exp(heads[:, 1]))
    kl = [
        sum(kl_by_integral(mean, log_variance) for mean, log_variance in zip(*row, strict=True))
        for row in zip(means, log_variances, strict=True)
    ]
    constant = counts.sum(axis=1) * DIM * np.log(2 * np.pi) / 2
    np.testing.assert_allclose(loss, kl - log_likelihood - constant, rtol=1e-5)


def test_on_the_published_footing_the_error_is_a_mean_and_the_kl_a_sum() -> None:
    vae = network(shape(mask=False, lengths="observed"))
    from pipeline.models.vae.training import total

    losses = vae.losses(HELD.ids, HELD.labels, NOISE)
    (loss,) = as_arrays(total(losses, "element", 1.0, 0.0))
    means, log_variances = vae.encode(HELD.ids, HELD.labels)
    codes = means + np.exp(log_variances / 2) * NOISE
    (vectors,) = as_arrays(vae.decode(codes, HELD.labels, np.ones_like(HELD.ids, bool)))
    errors = ((vectors - table()[HELD.ids]) ** 2).mean(axis=(1, 2))
    np.testing.assert_allclose(loss, errors + np.asarray(losses.kl).sum(axis=1), rtol=1e-5)


def test_free_nats_are_not_pushed_further_down() -> None:
    vae = network()
    from pipeline.models.vae.training import total

    losses = vae.losses(HELD.ids, HELD.labels, NOISE)
    error, kl, length = as_arrays(losses.squared_error, losses.kl, losses.length)
    of_dimension = kl.mean(axis=0)
    free = float(of_dimension.mean())  # above one dimension's KL, below the other's
    assert of_dimension.min() < free < of_dimension.max()
    (loss,) = as_arrays(total(losses, "message", 0.7, free))
    np.testing.assert_allclose(loss, error / 2 + 0.7 * (free + of_dimension.max()) + length, rtol=1e-5)


def test_the_length_loss_is_the_normal_density_of_its_logarithm() -> None:
    network()
    import tensorflow as tf

    from pipeline.models.vae.network import length_loss

    words, heads = np.array([1.0, 4.0, 200.0], np.float32), np.array([[0.2, 0.0], [1.0, -0.7], [3.0, 0.8]], np.float32)
    (found,) = as_arrays(length_loss(tf.constant(words), tf.constant(heads)))
    np.testing.assert_allclose(found, -stats.norm.logpdf(np.log(words), heads[:, 0], np.exp(heads[:, 1])), rtol=1e-5)


@pytest.mark.parametrize("side", ["end", "front"])
def test_more_padding_changes_nothing_that_counts(side: str) -> None:
    vae = network()
    wider = np.pad(HELD.ids, ((0, 0), (0, 4) if side == "end" else (4, 0)))
    one, other = vae.losses(HELD.ids, HELD.labels, NOISE), vae.losses(wider, HELD.labels, NOISE)
    for name in ("squared_error", "entries", "kl", "length"):
        np.testing.assert_allclose(getattr(one, name), getattr(other, name), rtol=1e-5, atol=1e-6, err_msg=name)
    narrow, wide = vae(HELD.ids, HELD.labels).numpy(), vae(wider, HELD.labels).numpy()
    np.testing.assert_allclose(narrow[HELD.ids != 0], wide[wider != 0], atol=1e-6)


def test_without_a_mask_padding_is_read_and_written() -> None:
    vae = network(shape(mask=False))
    wider = np.pad(HELD.ids, ((0, 0), (0, 4)))
    one, other = vae.losses(HELD.ids, HELD.labels, NOISE), vae.losses(wider, HELD.labels, NOISE)
    assert (np.asarray(other.entries) == 10 * DIM).all()
    assert (np.asarray(other.squared_error) > np.asarray(one.squared_error)).all()
    assert not np.allclose(one.kl, other.kl)


@pytest.mark.parametrize("lengths", ["modelled", "observed"])
def test_both_halves_are_given_the_label(lengths: Any) -> None:
    vae = network(shape(lengths=lengths))
    flipped = (1 - HELD.labels).astype(np.int8)
    for one, other in zip(vae.encode(HELD.ids, HELD.labels), vae.encode(HELD.ids, flipped), strict=True):
        assert np.abs(one.numpy() - other.numpy()).min() > 1e-3
    counts = HELD.ids != 0
    change = vae.decode(NOISE, HELD.labels, counts).numpy() - vae.decode(NOISE, flipped, counts).numpy()
    assert np.abs(change[counts]).max(axis=1).min() > 1e-3
    if lengths == "modelled":
        assert not np.allclose(vae.length_heads(NOISE, HELD.labels), vae.length_heads(NOISE, flipped))


def test_a_model_of_one_class_does_not_look_at_the_label() -> None:
    vae = network(shape(conditioning="separate"))
    flipped = (1 - HELD.labels).astype(np.int8)
    one, other = vae.losses(HELD.ids, HELD.labels, NOISE), vae.losses(HELD.ids, flipped, NOISE)
    for name in ("squared_error", "kl", "length"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))


def test_the_published_network_has_the_published_number_of_weights() -> None:
    """Of LSTM(64), LSTM(32), two Dense(16), LSTM(32), LSTM(64), Dense(100): 4 u (d + u + 1), and u (d + 1)."""
    published = Shape([64, 32], [32, 64], 16, conditioning="separate", lengths="observed", mask=False)
    vae = network(published, np.zeros((5, 100), np.float32))
    assert [layer.count_params() for layer in vae.readers] == [42_240, 12_416]
    assert vae.mean.count_params() == vae.log_variance.count_params() == 528
    assert [layer.count_params() for layer in vae.writers] == [6_272, 24_832]
    assert vae.vectors.count_params() == 6_500
    assert vae.count_params() == 93_316
    from pipeline.models.vae.network import flat_weights

    assert flat_weights(vae).shape == (93_316,)


def test_weights_that_are_put_back_give_the_same_outputs() -> None:
    vae, other = network(), network(seed=4)
    from pipeline.models.vae.network import flat_weights, load_weights

    before = vae(HELD.ids, HELD.labels).numpy()
    assert not np.allclose(other(HELD.ids, HELD.labels), before)
    np.testing.assert_array_equal(load_weights(other, flat_weights(vae))(HELD.ids, HELD.labels).numpy(), before)


def test_the_log_variance_of_an_extreme_head_stays_finite() -> None:
    vae = network()
    vae.log_variance.bias.assign([1e6, -1e6])
    _, log_variances = vae.encode(HELD.ids, HELD.labels)
    np.testing.assert_allclose(log_variances, np.tile([8.0, -8.0], (COUNT, 1)), rtol=1e-5)
    assert np.isfinite(vae.losses(HELD.ids, HELD.labels, NOISE).kl).all()
