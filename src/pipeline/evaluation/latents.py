"""Whether the code of a variational autoencoder says something of the message.

Shapes: n messages, K draws of each code, L latent dimensions.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.artifacts import Interval
from pipeline.evaluation.intervals import bootstrap_weights, percentile_interval

Floats = NDArray[np.float32]
ACTIVE = 0.01  # variance of the posterior means from which on a dimension is active
ALIVE_NATS = 1.0


def kl_to_gaussian(means: Floats, log_variances: Floats) -> NDArray[np.float64]:
    """KL from N(mean, variance) to N(0, 1) in nats, entry by entry (n, L)."""
    wide = log_variances.astype(np.float64)
    return (np.exp(wide) + means.astype(np.float64) ** 2 - 1 - wide) / 2


def describe_dimensions(means: Floats, log_variances: Floats) -> pd.DataFrame:
    """Mean KL and variance of the posterior means of each dimension; see `Latents.dimensions`.

    Source: Y. Burda, R. Grosse, R. Salakhutdinov 2016, "Importance weighted autoencoders" (active units).
    """
    variance = means.var(axis=0, dtype=np.float64)
    kl = kl_to_gaussian(means, log_variances).mean(axis=0)
    number = np.arange(1, means.shape[1] + 1)
    return pd.DataFrame({"dimension": number, "kl": kl, "variance": variance, "active": variance > ACTIVE})


def is_collapsed(dimensions: pd.DataFrame) -> bool:
    """Whether the latent says next to nothing: KL below 1 nat, or no active dimension."""
    return bool(dimensions["kl"].sum() < ALIVE_NATS or not dimensions["active"].any())


def mutual_information(means: Floats, log_variances: Floats, codes: Floats) -> float:
    """Estimate in nats of what a code tells of its message: the mean of log q(z | x) - log q(z) over codes (K, n, L).

    q(z) is the mean of the posteriors of these n messages, so the estimate cannot exceed log n: read as a lower bound.

    Source: M. Hoffman and M. Johnson 2016, "ELBO surgery".
    """
    own = log_posterior(codes, means, log_variances)
    marginal = [np.logaddexp.reduce(_to_all(draw, means, log_variances), axis=1) - np.log(len(means)) for draw in codes]
    return float((own - np.stack(marginal)).mean())


def log_posterior(codes: Floats, means: Floats, log_variances: Floats) -> NDArray[np.float64]:
    """Log-density of codes (..., n, L) under the posteriors of their own messages, (..., n)."""
    return _log_gaussian(codes - means, log_variances)


def log_gaussian_prior(codes: Floats) -> NDArray[np.float64]:
    """Log-density of codes (..., L) under N(0, I)."""
    return _log_gaussian(codes, np.zeros(codes.shape[-1], np.float32))


def compare_priors(
    posterior: NDArray[np.float64],
    priors: dict[str, NDArray[np.float64]],
    groups: NDArray[np.integer],
    *,
    resamples: int,
    seed: int,
) -> pd.DataFrame:
    """KL from posterior to each prior, and what it saves against the first; see `Latents.priors`.

    Shapes: log-densities of the codes under posterior and priors (K, n); groups (n,).
    """
    weights = bootstrap_weights(groups, resamples, seed)
    nats = {name: (posterior - density).mean(axis=0) for name, density in priors.items()}
    first = next(iter(nats.values()))
    rows = []
    for name, of_message in nats.items():
        value, gain = _mean(of_message, weights), _mean(first - of_message, weights)
        rows.append((name, value.value, value.low, value.high, gain.value, gain.low, gain.high))
    return pd.DataFrame(rows, columns=["prior", "nats", "low", "high", "gain", "gain_low", "gain_high"])


def planes(means: Floats, seed: int) -> pd.DataFrame:
    """Places of codes (n, L) on two planes: principal components, and t-SNE.

    Source: L. van der Maaten and G. Hinton 2008, "Visualizing data using t-SNE".
    """
    from sklearn.decomposition import PCA
    from sklearn.manifold import TSNE

    size = min(2, means.shape[1])
    principal = np.zeros((len(means), 2))
    principal[:, :size] = PCA(size, random_state=seed).fit_transform(means)
    neighbours = TSNE(perplexity=min(30.0, (len(means) - 1) / 3), init="random", random_state=seed)
    placed = neighbours.fit_transform(means)
    return pd.DataFrame(np.column_stack([principal, placed]), columns=["pca_1", "pca_2", "tsne_1", "tsne_2"])


def _mean(values: NDArray[np.float64], weights: NDArray[np.int32]) -> Interval:
    return percentile_interval(float(values.mean()), weights @ values / weights.sum(axis=1))


def _to_all(codes: Floats, means: Floats, log_variances: Floats) -> NDArray[np.float64]:
    """Log-density of each code under the posterior of every message, (n, n)."""
    return np.stack([_log_gaussian(code - means, log_variances) for code in codes])


def _log_gaussian(deviations: Floats, log_variances: Floats) -> NDArray[np.float64]:
    scaled = deviations.astype(np.float64) ** 2 / np.exp(log_variances.astype(np.float64))
    return -(scaled + log_variances + np.log(2 * np.pi)).sum(axis=-1) / 2
