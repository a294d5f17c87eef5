"""What a network pays for messages, each by itself.

A network that was trained on text without a gap is at a loss where it has read nothing: of windows trained models paid
0.06 bits per character more. So every message is read, and written, from the *opening*: the state that a fixed stretch
of training messages leaves behind.

Shapes: n messages, M symbols of all of them, B messages of a batch, N symbols of a batch, V symbols that may come
next, S numbers of state.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from pipeline.artifacts.characters import END
from pipeline.models.characters.material import Symbols, join
from pipeline.models.characters.network import Network

CELLS = 2**21  # log-probabilities in memory at a time: 8 MB
OPENING = 500  # symbols that are read first, at least: the end of a message makes most of what came before forgotten
State = NDArray[np.float32]
Scorer = Callable[[Sequence[Symbols], State], NDArray[np.float32]]


def opening(network: Network, messages: Sequence[Symbols]) -> State:
    """The state, (S,), after the first of some messages, as many as are long enough together."""
    lengths = np.cumsum([len(message) for message in messages])
    some = messages[: int(np.searchsorted(lengths, OPENING)) + 1]
    before, _ = join(some, np.full(len(some), END))
    _, state = network.read(tf.constant(before), tf.constant([len(before)]), tf.zeros((1, network.num_states)))
    return state[0].numpy()


def scorer(network: Network, start: int = END) -> Scorer:
    """A function of messages and an opening: the bits of each symbol of messages that begin with `start`, (M,).

    One graph serves all batches; it reads the weights that the network has when it is called.
    """

    def nats(before: tf.Tensor, after: tf.Tensor, counts: tf.Tensor, state: tf.Tensor) -> tf.Tensor:
        hidden, _ = network.read(before, counts, tf.tile(state[None], [tf.size(counts), 1]))
        return tf.nn.sparse_softmax_cross_entropy_with_logits(after, network.logits(hidden))

    flat = tf.TensorSpec([None], tf.int32)
    graph: Any = tf.function(nats, input_signature=[flat, flat, flat, tf.TensorSpec([network.num_states])])

    def bits(messages: Sequence[Symbols], state: State) -> NDArray[np.float32]:
        lengths = np.array([len(message) for message in messages])
        found: list[NDArray[np.float32]] = [np.empty(0, np.float32)] * len(messages)
        for places in _batches(lengths, max(1, CELLS // network.num_symbols)):
            before, after = join([messages[place] for place in places], np.full(len(places), start))
            paid = graph(before, after, lengths[places].astype(np.int32), state).numpy() / math.log(2)
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
