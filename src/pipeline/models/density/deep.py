"""The workshop's autoencoders as detectors; what messages cost is told in nats, but for the plain autoencoder.

Shapes: n messages, V words, L latent dimensions, K samples.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from pipeline.models.backend import start_keras
from pipeline.models.density.material import Coded, Costs, Detector, Material, Priced
from pipeline.models.density.settings import Recipe
from pipeline.ranges import Count

if TYPE_CHECKING:
    from pipeline.models.density.network import Autoencoder, Vae

Start = Literal["shares", "zeros"]
LEAST_SHARE = 1e-4  # of messages that hold a word, where the decoder starts


def autoencoder(material: Material, *, latent: Count, start: Start, training: Recipe) -> DeepAutoencoder:
    """The plain autoencoder: one relu layer, one sigmoid layer, squared error; it has no density."""
    start_keras(material.seed)
    from pipeline.models.density.network import Autoencoder

    network = Autoencoder(material.bags.shape[1], latent, _logits(material, start))
    return DeepAutoencoder(network, material, training)


def bernoulli_vae(
    material: Material, *, hidden: Count, latent: Count, start: Start, samples: Count, training: Recipe
) -> BernoulliVae:
    """Gaussian encoder, Bernoulli decoder over binary bags.

    `start`: the decoder's biases begin at the log-odds of the "shares" of messages that hold each word, or at "zeros";
    `samples`: codes drawn a message for the bounds.
    """
    start_keras(material.seed)
    from pipeline.models.density.network import BernoulliDecoder, Vae

    words = material.bags.shape[1]
    decoder = BernoulliDecoder(words, hidden, latent, _logits(material, start))
    return BernoulliVae(Vae(words, hidden, latent, decoder), material, training, samples)


def gaussian_vae(
    material: Material, *, hidden: Count, latent: Count, start: Start, samples: Count, training: Recipe
) -> DeepVae:
    """Gaussian encoder, Gaussian decoder over counts; `start`: from the mean and variance of each, or from 0 and 1."""
    start_keras(material.seed)
    from pipeline.models.density.network import GaussianDecoder, Vae

    words = material.bags.shape[1]
    means, variances = np.zeros(words, np.float32), np.ones(words, np.float32)
    if start == "shares":
        means = _means(material.bags, material.weights)
        variances = _means(material.bags**2, material.weights) - means**2
    decoder = GaussianDecoder(words, hidden, latent, means, variances)
    return DeepVae(Vae(words, hidden, latent, decoder), material, training, samples)


class DeepAutoencoder(Detector, Coded):
    """A trained autoencoder."""

    kind = "autoencoder"

    def __init__(self, network: Autoencoder, material: Material, training: Recipe) -> None:
        from pipeline.models.density.training import loss_of, train

        self.network, self.num_params, self.num_latent = network, network.count_params(), network.latent
        self._losses = loss_of(network, material.bags.shape[1])
        self.history = train(network, material, training, lambda bags: self.costs(bags)["cost"], network.latent)

    @property
    def description(self) -> str:
        """One line that says what it is."""
        return f"squared error of an autoencoder with one layer of {self.num_latent} relu units"

    def costs(self, bags: Any) -> dict[str, Costs]:
        """Squared errors (n,)."""
        noise = np.zeros((bags.shape[0], self.network.latent), np.float32)
        return {"cost": self._losses(bags, noise)[0]}

    def codes(self, bags: Any) -> NDArray[np.float32]:
        """Codes (n, L)."""
        return _codes(self.network, bags)


class DeepVae(Detector, Coded):
    """A trained variational autoencoder.

    All messages are scored with the same noise: what one costs does not depend on the others.
    """

    main = "iwae"

    kind = "gaussian_vae"
    decoder = "Gaussian decoder over counts"

    def __init__(self, network: Vae, material: Material, training: Recipe, samples: int) -> None:
        from pipeline.models.density.training import compiled, train

        self.network = network
        self.num_params, self.num_latent = network.count_params(), network.latent
        self.noise = np.random.default_rng(material.seed).standard_normal((samples, network.latent), np.float32)
        self._bounds = compiled(network.bounds, material.bags.shape[1], network.latent)
        self.history = train(network, material, training, self._elbo, network.latent)

    @property
    def description(self) -> str:
        """One line that says what it is."""
        return f"variational autoencoder, {self.num_latent} latent dimensions, {self.decoder}"

    def costs(self, bags: Any) -> dict[str, Costs]:
        """Negative ELBO and negative importance-weighted bound (n,)."""
        elbo, weighted = self._bound(bags, self.noise)
        return {"elbo": elbo, "iwae": weighted}

    def codes(self, bags: Any) -> NDArray[np.float32]:
        """Means of the codes, (n, L)."""
        return _codes(self.network, bags)

    def _elbo(self, bags: Any) -> Costs:
        """The negative ELBO from one sample: enough for a history."""
        return self._bound(bags, self.noise[:1])[0]

    def _bound(self, bags: Any, noise: NDArray[np.float32]) -> list[Costs]:
        from pipeline.models.density.training import blocks, joined

        return joined([self._bounds(block, noise) for block in blocks(bags)])


class BernoulliVae(DeepVae, Priced):
    """The same with a probability for every word."""

    kind = "vae"
    decoder = "Bernoulli decoder over words"

    def word_costs(self, bags: Any) -> Any:
        """-log gamma of each word that is there, averaged over the codes drawn."""
        from scipy import sparse

        from pipeline.models.density.training import blocks, compiled

        measure = compiled(self.network.word_costs, bags.shape[1], self.network.latent)
        held, priced, done = sparse.csr_array(bags > 0), [], 0
        for block in blocks(held):
            costs = measure(block, self.noise).numpy()
            part = held[done : done + len(costs)]
            rows = np.repeat(np.arange(len(costs)), np.diff(part.indptr))
            priced.append(costs[rows, part.indices])
            done += len(costs)
        return sparse.csr_array((np.concatenate(priced), held.indices, held.indptr), shape=held.shape)


def _codes(network: Autoencoder | Vae, bags: Any) -> NDArray[np.float32]:
    from pipeline.models.density.training import blocks

    return np.concatenate([network.means(block).numpy() for block in blocks(bags)])


def _logits(material: Material, start: Start) -> NDArray[np.float32]:
    """Log-odds (V,) of the share of messages that hold each word, or zeros."""
    if start == "zeros":
        return np.zeros(material.bags.shape[1], np.float32)
    shares = _means(material.bags > 0, material.weights).clip(LEAST_SHARE, 1 - LEAST_SHARE)
    return np.log(shares / (1 - shares))


def _means(bags: Any, weights: NDArray[np.float32]) -> NDArray[np.float32]:
    return (weights @ bags / weights.sum()).astype(np.float32)
