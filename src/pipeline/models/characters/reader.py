"""A network that reads on from where it was.

Shapes: B messages, V symbols that may come next.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from pipeline.models.characters.material import Symbols
from pipeline.models.characters.network import Network


class NetworkReader:
    """A network as `writing.Model`."""

    def __init__(self, network: Network, opening: NDArray[np.float32]) -> None:
        """One graph reads any number of messages of any length; each begins at the opening, (S,)."""
        self._network, self._opening, self._state = network, opening, opening[None]
        flat, state = tf.TensorSpec([None], tf.int32), tf.TensorSpec([None, network.num_states])
        self._read = tf.function(self._next, input_signature=[flat, flat, state])

    def begin(self, prompts: Sequence[Symbols]) -> NDArray[np.float64]:
        """Read what each message begins with, (B, V)."""
        self._state = np.tile(self._opening, (len(prompts), 1))
        return self._step(np.concatenate(prompts), np.array([len(prompt) for prompt in prompts]))

    def go_on(self, symbols: Symbols) -> NDArray[np.float64]:
        """Read one more symbol of each, (B,) -> (B, V)."""
        return self._step(symbols, np.ones(len(symbols)))

    def keep(self, places: NDArray[np.intp]) -> None:
        """Forget the states of all others."""
        self._state = self._state[places]

    def _step(self, symbols: Symbols, counts: NDArray[np.generic]) -> NDArray[np.float64]:
        found, state = self._read(symbols.astype(np.int32), counts.astype(np.int32), self._state)
        self._state = state.numpy()
        return found.numpy().astype(np.float64)

    def _next(self, symbols: tf.Tensor, counts: tf.Tensor, state: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        hidden, state = self._network.read(symbols, counts, state, whole=False)
        return tf.nn.log_softmax(self._network.logits(hidden)), state
