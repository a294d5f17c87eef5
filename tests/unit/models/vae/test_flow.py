"""The flow as a density: its total is 1, its two directions undo each other, and it learns where codes are."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from pipeline.errors import UserError
from pipeline.models.backend import start_keras


def flow(latent: int, *, scale: float = 0.0) -> Any:
    """An unfitted flow, or one with random weights."""
    start_keras(1)
    from pipeline.models.vae.flow import Flow
    from pipeline.models.vae.network import flat_weights, load_weights

    made = Flow(latent)
    weights = flat_weights(made)
    noise = np.random.default_rng(2).normal(scale=scale, size=weights.shape) if scale else 0
    return load_weights(made, (weights + noise).astype(np.float32))


def standard_normal(codes: NDArray[np.float32]) -> NDArray[np.float64]:
    return stats.norm.logpdf(codes).sum(axis=1)


def test_before_it_is_fitted_it_is_the_gaussian() -> None:
    codes = np.random.default_rng(0).normal(size=(20, 3)).astype(np.float32) * 2
    labels = (np.arange(20) % 2).astype(np.float32)
    made = flow(3)
    np.testing.assert_allclose(made((codes, labels)), standard_normal(codes), rtol=1e-5)
    np.testing.assert_array_equal(made.sample(codes, labels), codes)


@pytest.mark.parametrize("latent", [1, 2, 5])
def test_the_density_of_a_sample_is_that_of_its_noise_over_the_volume_it_is_stretched_to(latent: int) -> None:
    made = flow(latent, scale=0.15)
    random = np.random.default_rng(3)
    step = 1e-3  # small: the couplings have kinks
    for label in (0.0, 1.0):
        noise = random.normal(size=(1, latent)).astype(np.float32)
        moved = noise + step * np.concatenate([np.eye(latent), -np.eye(latent)]).astype(np.float32)
        ends = made.sample(moved, np.full(2 * latent, label, np.float32)).numpy().astype(np.float64)
        jacobian = (ends[:latent] - ends[latent:]) / (2 * step)  # by central differences
        codes = made.sample(noise, np.array([label], np.float32)).numpy()
        expected = standard_normal(noise)[0] - np.linalg.slogdet(jacobian)[1]
        assert abs(np.linalg.slogdet(jacobian)[1]) > 0.05, "it stretches"
        assert float(made((codes, np.array([label], np.float32)))[0]) == pytest.approx(expected, abs=5e-3)


@pytest.mark.parametrize("latent", [1, 2])
def test_its_density_adds_up_to_one(latent: int) -> None:
    made = flow(latent, scale=0.1)
    axis = np.linspace(-15, 15, 301).astype(np.float32)
    grid = np.stack(np.meshgrid(*[axis] * latent), axis=-1).reshape(-1, latent)
    cell = float(axis[1] - axis[0]) ** latent
    for label in (0.0, 1.0):
        density = np.exp(made((grid, np.full(len(grid), label, np.float32))).numpy().astype(np.float64))
        assert (density * cell).sum() == pytest.approx(1, abs=2e-3)


def test_the_label_moves_the_density() -> None:
    made = flow(2, scale=0.15)
    codes = np.zeros((1, 2), np.float32)
    assert float(made((codes, np.zeros(1, np.float32)))[0]) != float(made((codes, np.ones(1, np.float32)))[0])


@pytest.mark.slow
def test_fitted_to_codes_elsewhere_it_gains_what_the_gaussian_loses_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """Codes N(mean of the class, 0.3^2): the Gaussian is 0.5 * (0.09 + m^2) - 0.5 + log(1 / 0.3) nats too long."""
    start_keras(1)
    import tensorflow as tf

    from pipeline.models.vae import flow as module

    monkeypatch.setattr(module, "BATCH", 64)
    monkeypatch.setattr(module, "EPOCHS", 12)

    def codes(count: int, seed: int) -> Any:
        random = np.random.default_rng(seed)
        labels = (np.arange(count) % 2).astype(np.int8)
        centres = np.where(labels[:, None] == 1, 1.5, -1.5) * np.array([[1.0, 1.0]])
        means = (centres + 0.3 * random.normal(size=(count, 2))).astype(np.float32)
        return module.Codes(means, np.full((count, 2), -12, np.float32), labels)

    held = codes(200, 9)
    made = module.fit_flow(codes(300, 1), codes(100, 2), seed=4)
    found = made((held.means, held.labels.astype(np.float32))).numpy()
    gain = (found - standard_normal(held.means)).mean()
    possible = 2 * (0.5 * (0.09 + 1.5**2) - 0.5 - np.log(0.3))
    assert 0.8 * possible < gain < 1.05 * possible
    noise = np.random.default_rng(5).standard_normal((400, 2), dtype=np.float32)
    for label, centre in ((0.0, -1.5), (1.0, 1.5)):
        drawn: Any = made.sample(tf.constant(noise), tf.fill(400, label))
        np.testing.assert_allclose(drawn.numpy().mean(axis=0), centre, atol=0.15)


@pytest.mark.parametrize("far", [np.inf, 1e30])
def test_a_flow_whose_loss_is_not_finite_is_refused(monkeypatch: pytest.MonkeyPatch, far: float) -> None:
    start_keras(1)
    from pipeline.models.vae import flow as module

    monkeypatch.setattr(module, "EPOCHS", 1)
    codes = module.Codes(np.full((8, 2), far, np.float32), np.zeros((8, 2), np.float32), np.zeros(8, np.int8))
    with pytest.raises(UserError, match="The flow that is the prior of the codes diverged") as caught:
        module.fit_flow(codes, codes, seed=1)
    assert "synthesiser.training.beta" in caught.value.remedy


def test_draws_of_codes_have_the_moments_of_their_posteriors() -> None:
    start_keras(1)
    from pipeline.models.vae.flow import Codes

    means = np.array([[1.0, -2.0], [0.0, 3.0]], np.float32)
    log_variances = np.array([[0.0, -4.0], [1.0, -1.0]], np.float32)
    drawn = Codes(means, log_variances, np.zeros(2, np.int8)).draw(40_000, np.random.default_rng(0))
    np.testing.assert_allclose(drawn.mean(axis=0), means, atol=0.03)
    np.testing.assert_allclose(drawn.var(axis=0), np.exp(log_variances), rtol=0.05)
