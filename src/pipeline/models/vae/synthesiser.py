"""The trained networks as one thing: what it reads, what it draws and what it writes, as arrays.

Shapes: n messages, T time steps, V rows of the table, D vector width, L latent dimensions.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

import keras
import numpy as np
import pandas as pd
import tensorflow as tf
from numpy.typing import NDArray

from pipeline.artifacts.synthesis import FittedVae
from pipeline.models.fitting import Examples
from pipeline.models.vae.flow import Codes, Flow, fit_flow
from pipeline.models.vae.network import Vae, flat_weights, load_weights
from pipeline.models.vae.settings import Recipe, Shape
from pipeline.models.vae.training import train

Floats = NDArray[np.float32]
Prior = Literal["gaussian", "realnvp"]
BLOCK = 256  # messages at a time
CLASSES = ("negative", "positive")


@dataclass(frozen=True)
class Synthesiser:
    """One network for all messages, or one for each class, negative first, each with its flow."""

    networks: list[Vae]
    flows: list[Flow]

    def encode(self, ids: NDArray[np.int32], labels: NDArray[np.int8]) -> Codes:
        """The posteriors of messages (n, T)."""
        means, log_variances = np.empty((2, len(ids), self.latent), np.float32)
        for network, _, rows in self._blocks(labels):
            found = network.encode(tf.constant(ids[rows]), tf.constant(labels[rows]))
            means[rows], log_variances[rows] = (part.numpy() for part in found)
        return Codes(means, log_variances, labels)

    def draw(self, noise: Floats, labels: NDArray[np.int8], prior: Prior) -> Floats:
        """Codes (n, L) of new messages from Gaussian noise (n, L)."""
        if prior == "gaussian":
            return noise
        codes = np.empty_like(noise)
        for _, flow, rows in self._blocks(labels):
            codes[rows] = flow.sample(tf.constant(noise[rows]), tf.constant(labels[rows])).numpy()
        return codes

    def log_prior(self, codes: Floats, labels: NDArray[np.int8]) -> Floats:
        """Log-density (n,) of codes (n, L) under the flow."""
        densities = np.empty(len(codes), np.float32)
        for _, flow, rows in self._blocks(labels):
            densities[rows] = cast("tf.Tensor", flow((tf.constant(codes[rows]), tf.constant(labels[rows])))).numpy()
        return densities

    def lengths(self, codes: Floats, labels: NDArray[np.int8]) -> Floats | None:
        """Mean and log-deviation (n, 2) of the logarithm of each length; None where lengths are not modelled."""
        if self.networks[0].length is None:
            return None
        heads = np.empty((len(codes), 2), np.float32)
        for network, _, rows in self._blocks(labels):
            found = network.length_heads(tf.constant(codes[rows]), tf.constant(labels[rows]))
            heads[rows] = cast("tf.Tensor", found).numpy()
        return heads

    def write(self, codes: Floats, labels: NDArray[np.int8], counts: NDArray[np.bool_]) -> Floats:
        """Word vectors (n, T, D); those of steps that do not count, (n, T), are of no use."""
        vectors = np.empty((*counts.shape, self.networks[0].width), np.float32)
        for network, _, rows in self._blocks(labels):
            found = network.decode(tf.constant(codes[rows]), tf.constant(labels[rows]), tf.constant(counts[rows]))
            vectors[rows] = found.numpy()
        return vectors

    @property
    def latent(self) -> int:
        """Dimensions of a code."""
        return self.networks[0].shape.latent

    def _blocks(self, labels: NDArray[np.int8]) -> Iterator[tuple[Vae, Flow, NDArray[np.int64]]]:
        """Network, flow and at most `BLOCK` of the rows that are theirs."""
        for number, (network, flow) in enumerate(zip(self.networks, self.flows, strict=True)):
            rows = np.arange(len(labels)) if len(self.networks) == 1 else np.flatnonzero(labels == number)
            for start in range(0, len(rows), BLOCK):
                yield network, flow, rows[start : start + BLOCK]


def train_synthesiser(
    train_on: Examples,
    validation: Examples,
    shape: Shape,
    recipe: Recipe,
    table: Floats,
    *,
    seed: int,
    scratch: Path,
) -> FittedVae:
    """Train the network, or one for each class, and fit its flow; `table` (V, D) holds the word vectors.

    Raises:
        UserError: a loss is no longer finite.
    """
    weights, flows, tables, kept, stopped = [], [], [], [], []
    for name, of_class in _models(shape):
        own, held = (_only(examples, of_class) for examples in (train_on, validation))
        keras.utils.set_random_seed(seed)
        network = Vae(shape, table)
        training = train(network, own, held, recipe, seed=seed, scratch=scratch, name=name)
        alone = Synthesiser([network], [Flow(shape.latent)])
        codes = [alone.encode(examples.ids, examples.labels) for examples in (own, held)]
        keras.utils.set_random_seed(seed)
        flow = fit_flow(*codes, seed=seed)
        weights.append(flat_weights(network))
        flows.append(flat_weights(flow))
        tables.append(training.history.assign(model=name))
        kept.append(training.kept_epoch)
        stopped.append(training.stopped_early)
    return FittedVae(
        weights=np.stack(weights),
        flow=np.stack(flows),
        num_params=weights[0].size,
        history=pd.concat(tables, ignore_index=True),
        kept_epochs=kept,
        stopped_early=stopped,
    )


def load_synthesiser(fitted: FittedVae, shape: Shape, table: Floats) -> Synthesiser:
    """The networks and flows with their trained weights."""
    networks = [load_weights(Vae(shape, table), weights) for weights in fitted.weights]
    flows = [load_weights(Flow(shape.latent), weights) for weights in fitted.flow]
    return Synthesiser(networks, flows)


def _models(shape: Shape) -> list[tuple[str, int | None]]:
    """Name and class of each network; None is all classes."""
    return [("all", None)] if shape.conditioning == "label" else list(zip(CLASSES, (0, 1), strict=True))


def _only(examples: Examples, label: int | None) -> Examples:
    if label is None:
        return examples
    rows = examples.labels == label
    return Examples(examples.ids[rows], examples.labels[rows])
