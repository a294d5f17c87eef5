"""The losses and bounds of the networks against sums in plain NumPy, and against integrals.

A float32 sum of some 40 terms is right to about 40 x 6e-8 of its size, so 1e-5 of it is ample.
"""

import itertools
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats
from scipy.special import expit, logsumexp

from density_samples import LATENT, WORDS, N, bernoulli, counts, dense, gaussian, plain

EXACT: dict[str, Any] = {"rtol": 1e-5, "atol": 1e-5}
BAGS = counts()
COUNTS = BAGS.toarray()
PRESENT = dense(BAGS)
RANDOM = np.random.default_rng(5)
NOISE = RANDOM.standard_normal((N, LATENT), np.float32)
SHARED = RANDOM.standard_normal((16, LATENT), np.float32)


def numbers(*tensors: Any) -> list[NDArray[np.float64]]:
    return [np.asarray(tensor).astype(np.float64) for tensor in tensors]


def weights_of(layer: Any) -> list[NDArray[np.float64]]:
    return [value.astype(np.float64) for value in layer.get_weights()]


def affine(layer: Any, given: NDArray[np.float64]) -> NDArray[np.float64]:
    kernel, bias = weights_of(layer)
    return given @ kernel + bias


def encoded(vae: Any, given: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Means and standard deviations of the codes; log-variances bend towards -10 and 10."""
    state = np.maximum(affine(vae.hidden, given), 0)
    return affine(vae.mean, state), np.exp(10 * np.tanh(affine(vae.log_variance, state) / 10) / 2)


def bernoulli_sum(vae: Any, codes: NDArray[np.float64], present: NDArray[np.float64] = PRESENT) -> Any:
    """Sum of x log g + (1 - x) log(1 - g) over words, (..., B)."""
    gamma = expit(affine(vae.decoder.logits, np.maximum(affine(vae.decoder.hidden, codes), 0)))
    return (present * np.log(gamma) + (1 - present) * np.log(1 - gamma)).sum(axis=-1)


def kl_sum(means: NDArray[np.float64], deviations: NDArray[np.float64]) -> Any:
    return (-0.5 * (1 + np.log(deviations**2) - means**2 - deviations**2)).sum(axis=-1)


def log_ratios(means: Any, deviations: Any, codes: NDArray[np.float64]) -> Any:
    """Log p(z) - log q(z | x), from the densities themselves."""
    return (stats.norm.logpdf(codes) - stats.norm.logpdf(codes, means, deviations)).sum(axis=-1)


def test_kl_is_what_draws_say_and_nothing_for_the_prior() -> None:
    bernoulli()  # starts Keras
    import tensorflow as tf

    from pipeline.models.gaussian import gaussian_kl

    means, log_variances = np.array([[0.0, 0.0], [1.3, -2.0]]), np.array([[0.0, 0.0], [-1.7, 0.9]])
    (each,) = numbers(gaussian_kl(tf.constant(means), tf.constant(log_variances)))
    found = each.sum(axis=1)
    assert found[0] == 0
    deviations = np.exp(log_variances / 2)
    codes = means + deviations * np.random.default_rng(0).standard_normal((200_000, 1, 2))
    draws = -log_ratios(means, deviations, codes)[:, 1]
    assert abs(draws.mean() - found[1]) < 4 * draws.std() / np.sqrt(len(draws))


def test_the_losses_of_the_bernoulli_vae_are_the_sums_of_numpy() -> None:
    vae = bernoulli()
    reconstruction, kl = numbers(*vae.losses(COUNTS, NOISE))
    means, deviations = encoded(vae, PRESENT)
    np.testing.assert_allclose(reconstruction, -bernoulli_sum(vae, means + deviations * NOISE), **EXACT)
    np.testing.assert_allclose(kl, kl_sum(means, deviations), **EXACT)
    assert (reconstruction > 0).all()
    assert (kl > 0).all()


def test_the_bounds_are_the_sums_of_numpy() -> None:
    vae = bernoulli()
    elbo, weighted = numbers(*vae.bounds(COUNTS, SHARED))
    means, deviations = encoded(vae, PRESENT)
    codes = means + deviations * SHARED[:, None]
    likelihoods = bernoulli_sum(vae, codes)
    np.testing.assert_allclose(elbo, kl_sum(means, deviations) - likelihoods.mean(axis=0), **EXACT)
    weights = likelihoods + log_ratios(means, deviations, codes)
    np.testing.assert_allclose(weighted, np.log(len(SHARED)) - logsumexp(weights, axis=0), **EXACT)


def test_more_samples_never_loosen_the_bound() -> None:
    """Jensen: the logarithm of a mean over all draws is at least the mean of the logarithms over their parts.

    So the bound of all draws is at least as good as that of their halves on average, draw for draw, and hence in
    expectation. With one sample the mean bound is the ELBO, within four standard errors.
    """
    vae = bernoulli()
    import tensorflow as tf

    bounds, some = tf.function(vae.bounds, reduce_retracing=True), tf.constant(COUNTS[:6])
    noise = np.random.default_rng(1).standard_normal((1024, LATENT), np.float32)
    found = {k: np.stack([bounds(some, part)[1].numpy() for part in noise.reshape(-1, k, LATENT)]) for k in (1, 4, 16)}
    found |= {k: np.stack([bounds(some, part)[1].numpy() for part in noise.reshape(-1, k, LATENT)]) for k in (64, 1024)}
    means = [found[k].mean(axis=0) for k in sorted(found)]
    assert all((tighter <= looser + 1e-4).all() for looser, tighter in itertools.pairwise(means))
    assert (means[-1] < means[0] - 0.01).all(), "here, weighting is worth something for every message"
    elbo = bounds(some, noise)[0].numpy()
    assert (np.abs(means[0] - elbo) < 4 * found[1].std(axis=0) / np.sqrt(len(noise))).all()


def test_the_bound_comes_down_to_the_integral() -> None:
    """With one latent dimension p(x) is an integral over a line; the mean of the weights estimates it without bias.

    The encoder is held near the prior: far off, so few draws count that no number of them would tell.
    """
    vae = bernoulli(latent=1)
    for head in (vae.mean, vae.log_variance):
        head.set_weights([value * 0.2 for value in head.get_weights()])
    grid = np.linspace(-10, 10, 8_001)
    densities = stats.norm.logpdf(grid)[:, None] + bernoulli_sum(vae, grid[:, None, None])
    truth = -np.log(np.trapezoid(np.exp(densities), grid, axis=0))
    import tensorflow as tf

    bounds = tf.function(vae.bounds, reduce_retracing=True)
    noise = np.random.default_rng(2).standard_normal((60, 50, 1), np.float32)
    few, many = (np.stack([bounds(COUNTS, part[:k])[1].numpy() for part in noise]) for k in (2, 50))
    for found in (few, many):
        error = found.std(axis=0) / np.sqrt(len(found))
        assert (found.mean(axis=0) - truth > -4 * error).all(), "no bound undercuts -log p(x) in expectation"
    assert (many.mean(axis=0) - truth).mean() < (few.mean(axis=0) - truth).mean() / 5
    np.testing.assert_allclose(many.mean(axis=0), truth, atol=0.1)
    parts = np.exp(truth - many)  # of p(x); 1 on average
    assert (np.abs(parts.mean(axis=0) - 1) < 4 * parts.std(axis=0) / np.sqrt(len(parts))).all()


def test_the_likelihood_adds_up_to_one_over_all_bags() -> None:
    vae = bernoulli()
    every = ((np.arange(2**WORDS)[:, None] >> np.arange(WORDS)) & 1).astype(np.float32)
    codes = np.repeat(NOISE[:1], len(every), axis=0)
    (found,) = numbers(vae.decoder.log_likelihood(every, codes))
    assert np.exp(found).sum() == pytest.approx(1, abs=1e-5)


def test_word_costs_are_the_negative_logarithms_of_gamma_averaged_over_codes() -> None:
    vae = bernoulli()
    (found,) = numbers(vae.word_costs(COUNTS, SHARED))
    means, deviations = encoded(vae, PRESENT)
    codes = means + deviations * SHARED[:, None]
    gamma = expit(affine(vae.decoder.logits, np.maximum(affine(vae.decoder.hidden, codes), 0)))
    np.testing.assert_allclose(found, -np.log(gamma).mean(axis=0), **EXACT)


def test_extreme_logits_give_finite_losses() -> None:
    vae = bernoulli()
    vae.decoder.logits.bias.assign(np.where(np.arange(WORDS) % 2, 500.0, -500.0))
    reconstruction, kl = numbers(*vae.losses(COUNTS, NOISE))
    assert np.isfinite(reconstruction).all()
    assert np.isfinite(kl).all()
    assert reconstruction[0] == pytest.approx(500 * WORDS / 2, rel=0.02), "the words that were sure to be there"


def test_only_the_gaussian_decoder_reads_counts() -> None:
    once = np.minimum(COUNTS, 1)
    assert (once != COUNTS).any()
    for network, reads in ((bernoulli(), False), (plain(), False), (gaussian(), True)):
        one, other = numbers(*(network.losses(bags, NOISE)[0] for bags in (COUNTS, once)))
        assert np.array_equal(one, other) is not reads


def test_the_gaussian_cost_is_the_density_less_the_highest_possible() -> None:
    vae = gaussian()
    reconstruction, kl = numbers(*vae.losses(COUNTS, NOISE))
    means, deviations = encoded(vae, np.log(1 + COUNTS))
    state = np.maximum(affine(vae.decoder.hidden, means + deviations * NOISE), 0)
    variance = 0.01 * np.exp(np.logaddexp(0, affine(vae.decoder.log_variance, state)))
    assert (variance >= 0.01).all()
    density = stats.norm.logpdf(COUNTS, affine(vae.decoder.mean, state), np.sqrt(variance)).sum(axis=1)
    highest = WORDS * stats.norm.logpdf(0, 0, 0.1)
    np.testing.assert_allclose(reconstruction, highest - density, **EXACT)
    np.testing.assert_allclose(kl, kl_sum(means, deviations), **EXACT)


@pytest.mark.parametrize("log_variance", [-1e4, -30.0, 0.0, 80.0])
def test_the_gaussian_reconstruction_never_costs_less_than_nothing(log_variance: float) -> None:
    vae = gaussian()
    vae.decoder.log_variance.bias.assign(np.full(WORDS, log_variance, np.float32))
    reconstruction, _ = numbers(*vae.losses(COUNTS, NOISE))
    assert np.isfinite(reconstruction).all()
    assert (reconstruction >= 0).all()


def test_the_gaussian_decoder_starts_at_the_means_and_variances_but_above_the_floor() -> None:
    gaussian()  # starts Keras
    from pipeline.models.density.network import GaussianDecoder

    means, variances = np.linspace(0, 3, WORDS), np.geomspace(1e-4, 100, WORDS)
    variances[0] = 0
    decoder = GaussianDecoder(WORDS, 3, LATENT, means.astype(np.float32), variances.astype(np.float32))
    found = 0.01 * np.exp(np.logaddexp(0, weights_of(decoder.log_variance)[1]))
    np.testing.assert_allclose(found, np.maximum(variances, 0.01 * np.exp(0.05)), rtol=1e-4)
    np.testing.assert_allclose(weights_of(decoder.mean)[1], means, rtol=1e-6)


def test_an_extreme_encoder_gives_finite_losses() -> None:
    for vae in (bernoulli(), gaussian()):
        for bias in (1e6, -1e6):
            vae.log_variance.bias.assign([bias, -bias])
            for part in numbers(*vae.losses(COUNTS * 1000, NOISE), *vae.bounds(COUNTS * 1000, SHARED)):
                assert np.isfinite(part).all()


def test_the_autoencoder_has_the_squared_error_of_numpy() -> None:
    network = plain()
    errors, nothing = numbers(*network.losses(COUNTS, NOISE))
    codes = np.maximum(affine(network.encoder, PRESENT), 0)
    reconstruction = expit(affine(network.decoder, codes))
    np.testing.assert_allclose(errors, ((reconstruction - PRESENT) ** 2).sum(axis=1), **EXACT)
    np.testing.assert_allclose(numbers(network.means(COUNTS))[0], codes, **EXACT)
    found = numbers(network.decoder(network.encoder(PRESENT)))[0]
    np.testing.assert_allclose(found, reconstruction, **EXACT)
    assert ((found > 0) & (found < 1)).all()
    assert not nothing.any()


def test_the_noise_of_one_message_is_its_own() -> None:
    vae = bernoulli()
    other = NOISE.copy()
    other[7] += 1
    one, changed = numbers(*(vae.losses(COUNTS, noise)[0] for noise in (NOISE, other)))
    assert np.flatnonzero(one != changed).tolist() == [7]
