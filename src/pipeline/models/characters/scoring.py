"""What a network pays for messages, each read from an empty state.

Shapes: n messages, M symbols of all of them, B messages of a batch, N symbols of a batch, V symbols that may come next.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from pipeline.artifacts.characters import END
from pipeline.models.characters.material import Symbols, join
from pipeline.models.characters.network import Network

CELLS = 2**21  # log-probabilities in memory at a time: 8 MB
Scorer = Callable[[Sequence[Symbols]], NDArray[np.float32]]


def scorer(network: Network, start: int = END) -> Scorer:
    """A function that gives the bits of each symbol of messages that begin with `start`: n messages -> (M,).

    One graph serves all batches; it reads the weights that the network has when it is called.
    """
    flat = tf.TensorSpec([None], tf.int32)

    @tf.function(input_signature=[flat, flat, flat])
    def nats(before: tf.Tensor, after: tf.Tensor, counts: tf.Tensor) -> tf.Tensor:
        hidden, _ = network.read(before, counts, tf.zeros((tf.size(counts), network.num_states)))
        return tf.nn.sparse_softmax_cross_entropy_with_logits(after, network.logits(hidden))

    def bits(messages: Sequence[Symbols]) -> NDArray[np.float32]:
        lengths = np.array([len(message) for message in messages])
        found: list[NDArray[np.float32]] = [np.empty(0, np.float32)] * len(messages)
        for places in _batches(lengths, max(1, CELLS // network.num_symbols)):
            before, after = join([messages[place] for place in places], np.full(len(places), start))
            given = (tf.constant(flat, tf.int32) for flat in (before, after, lengths[places]))
            paid = nats(*given).numpy() / math.log(2)
            for place, part in zip(places, np.split(paid, np.cumsum(lengths[places])[:-1]), strict=True):
                found[place] = part
        return np.concatenate(found)

    return bits


def _batches(lengths: NDArray[np.int64], most: int) -> Iterator[NDArray[np.int64]]:
    """Messages of about one length, with no more than `most` symbols together unless one alone has more."""
    order = np.argsort(-lengths, kind="stable")
    begin = 0
    while begin < len(order):
        number = max(1, most // int(lengths[order[begin]]))
        yield order[begin : begin + number]
        begin += number
