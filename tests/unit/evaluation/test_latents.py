"""Whether the latent is alive, on posteriors whose figures are known."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from scipy import stats

from pipeline.evaluation import latents

N, L, DRAWS = 40, 3, 30


def draw(means: NDArray[np.float32], log_variances: NDArray[np.float32]) -> NDArray[np.float32]:
    noise = np.random.default_rng(1).standard_normal((DRAWS, *means.shape), dtype=np.float32)
    return means + np.exp(log_variances / 2) * noise


def posteriors(spread: float, log_variance: float) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    means = np.random.default_rng(0).normal(scale=spread, size=(N, L)).astype(np.float32)
    return means, np.full((N, L), log_variance, np.float32)


def test_kl_of_a_standard_normal_is_zero_and_of_a_shift_half_its_square() -> None:
    found = latents.kl_to_gaussian(np.array([[0.0, 2.0, 0.0]], np.float32), np.array([[0.0, 0.0, 1.0]], np.float32))
    np.testing.assert_allclose(found, [[0.0, 2.0, (np.e - 2) / 2]], rtol=1e-6)


def test_log_densities_are_those_of_scipy() -> None:
    means, log_variances = posteriors(1.0, -0.7)
    codes = draw(means, log_variances)
    expected = stats.norm.logpdf(codes, means, np.exp(log_variances / 2)).sum(axis=-1)
    np.testing.assert_allclose(latents.log_posterior(codes, means, log_variances), expected, rtol=1e-5)
    np.testing.assert_allclose(latents.log_gaussian_prior(codes), stats.norm.logpdf(codes).sum(axis=-1), rtol=1e-5)


def test_codes_that_are_the_same_for_all_messages_tell_nothing() -> None:
    means, log_variances = np.full((N, L), 1.5, np.float32), np.full((N, L), -1, np.float32)
    assert latents.mutual_information(means, log_variances, draw(means, log_variances)) == pytest.approx(0, abs=1e-9)


def test_codes_that_single_a_message_out_tell_the_logarithm_of_their_number() -> None:
    means, log_variances = posteriors(10.0, -12.0)
    assert latents.mutual_information(means, log_variances, draw(means, log_variances)) == pytest.approx(np.log(N))


@pytest.mark.parametrize("spread", [0.1, 0.5, 2.0])
def test_what_codes_tell_is_at_most_the_logarithm_of_the_number_and_the_kl(spread: float) -> None:
    means, log_variances = posteriors(spread, -1.0)
    found = latents.mutual_information(means, log_variances, draw(means, log_variances))
    assert 0 < found < np.log(N)
    assert found < latents.kl_to_gaussian(means, log_variances).sum(axis=1).mean()


def test_of_two_messages_it_is_the_integral() -> None:
    """Means -1 and 1 with unit variance: I = h(mixture) - h(normal), summed over a grid."""
    means = np.array([[-1.0], [1.0]], np.float32)
    noise = np.random.default_rng(2).standard_normal((20_000, 2, 1), dtype=np.float32)
    grid = np.linspace(-12, 12, 20_001)
    density = (stats.norm.pdf(grid, -1) + stats.norm.pdf(grid, 1)) / 2
    expected = -np.trapezoid(density * np.log(density), grid) - 0.5 * np.log(2 * np.pi * np.e)
    found = latents.mutual_information(means, np.zeros((2, 1), np.float32), means + noise)
    assert found == pytest.approx(expected, abs=0.01)


def test_a_dimension_is_active_where_the_means_vary() -> None:
    means, log_variances = posteriors(1.0, -1.0)
    means[:, 1] = 0.4
    means[:, 2] *= np.sqrt(0.009) / means[:, 2].std()
    found = latents.describe_dimensions(means, log_variances)
    assert found["dimension"].tolist() == [1, 2, 3]
    assert found["active"].tolist() == [True, False, False]
    np.testing.assert_allclose(found["variance"], means.var(axis=0), rtol=1e-4, atol=1e-9)
    np.testing.assert_allclose(found["kl"], latents.kl_to_gaussian(means, log_variances).mean(axis=0))


@pytest.mark.parametrize(
    ("kl", "active", "collapsed"),
    [([0.6, 0.6], [True, False], False), ([0.6, 0.3], [True, True], True), ([3.0, 3.0], [False, False], True)],
)
def test_a_latent_is_collapsed_below_one_nat_or_without_an_active_dimension(
    kl: list[float], active: list[bool], collapsed: bool
) -> None:
    assert latents.is_collapsed(pd.DataFrame({"kl": kl, "active": active})) is collapsed


def compare(**changes: Any) -> Any:
    means, log_variances = posteriors(1.0, -1.0)
    codes = draw(means + 1, log_variances)
    densities = {
        "gaussian": latents.log_gaussian_prior(codes),
        "same": latents.log_gaussian_prior(codes),
        "shifted": latents.log_gaussian_prior(codes - 1),
    }
    given = {"groups": np.arange(N), "resamples": 500, "seed": 3} | changes
    found = latents.compare_priors(latents.log_posterior(codes, means + 1, log_variances), densities, **given)
    return found.set_index("prior")


def test_a_prior_gains_nothing_over_itself() -> None:
    found = compare()
    gains = ["gain", "gain_low", "gain_high"]
    assert list(found.index) == ["gaussian", "same", "shifted"]
    assert found.loc[["gaussian", "same"], gains].eq(0).all(axis=None)
    assert found.loc["shifted", "gain"] == pytest.approx(found.loc["gaussian", "nats"] - found.loc["shifted", "nats"])
    assert (found["low"] < found["nats"]).all()
    assert (found["nats"] < found["high"]).all()


def test_the_gain_is_paired_by_message() -> None:
    """Every message gains about as much: the interval of the gain is far narrower than either figure's own."""
    means, log_variances = posteriors(2.0, -1.0)
    codes = draw(means, log_variances)
    gaussian = latents.log_gaussian_prior(codes)
    posterior = latents.log_posterior(codes, means, log_variances)
    priors = {"gaussian": gaussian, "better": gaussian + 0.25}
    found = latents.compare_priors(posterior, priors, np.arange(N), resamples=200, seed=1)
    better: Any = found.set_index("prior").loc["better"]
    assert better["gain_low"] == pytest.approx(0.25)
    assert better["gain_high"] == pytest.approx(0.25)
    assert better["high"] - better["low"] > 0.5


def test_groups_are_drawn_whole() -> None:
    alone, in_two = compare().loc["shifted"], compare(groups=np.arange(N) // (N // 2)).loc["shifted"]
    assert in_two["gain"] == alone["gain"]
    ends = compare(groups=np.zeros(N, int)).loc["shifted"]
    assert ends["gain_low"] == pytest.approx(ends["gain"]) == pytest.approx(ends["gain_high"])


@pytest.mark.parametrize("size", [(6, 1), (30, 3)])
def test_every_message_has_its_place_on_both_planes(size: tuple[int, int]) -> None:
    means = np.random.default_rng(0).normal(size=size).astype(np.float32)
    found = latents.planes(means, seed=1)
    assert list(found) == ["pca_1", "pca_2", "tsne_1", "tsne_2"]
    assert np.isfinite(found.to_numpy()).all()
    pd.testing.assert_frame_equal(found, latents.planes(means, seed=1))
    if size[1] > 1:
        assert found["pca_1"].var() >= found["pca_2"].var() > 0


def test_codes_of_a_collapsed_latent_have_a_place_too() -> None:
    means = 0.3 + np.random.default_rng(0).normal(scale=1e-6, size=(8, 2)).astype(np.float32)
    assert np.isfinite(latents.planes(means, seed=1).to_numpy()).all()
