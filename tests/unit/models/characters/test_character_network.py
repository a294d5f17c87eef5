"""The network: published sizes, and a state that is carried on."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from numpy.typing import NDArray
from pydantic import TypeAdapter, ValidationError

from pipeline.artifacts.characters import Alphabet, Shape
from pipeline.models.backend import start_keras
from writer_samples import ALPHABET, CELLS, LSTM, V, network, random_rows, shape, writer

WRITERS = Path(__file__).parents[4] / "conf" / "writer"
PUBLISHED = Alphabet([chr(ord("!") + place) for place in range(116)], has_unknown=False)  # and the end: 117 symbols


def size(build: Shape, alphabet: Alphabet = PUBLISHED, *, conditional: bool = False) -> int:
    start_keras(0)
    from pipeline.models.characters.network import Network, flat_weights

    return len(flat_weights(Network(build, alphabet.num_symbols, conditional=conditional)))


@pytest.mark.parametrize(("name", "published"), [("char_rnn", 142_731), ("char_lstm", 141_045)])
def test_the_models_of_the_config_have_the_published_number_of_weights(name: str, published: int) -> None:
    """Origin: the SMS assignment, question 2, which counts 117 symbols."""
    config = yaml.safe_load((WRITERS / f"{name}.yaml").read_text(encoding="utf-8"))
    assert size(TypeAdapter(Shape).validate_python(config["build"])) == published
    assert config["conditional"] is False


@pytest.mark.parametrize(("cell", "gates", "biases"), [("simple_rnn", 1, 1), ("lstm", 4, 1), ("gru", 3, 2)])
@pytest.mark.parametrize("embedding", [None, 3])
def test_a_conditional_model_reads_two_more_symbols(cell: Any, gates: int, biases: int, embedding: int | None) -> None:
    for conditional in (False, True):
        rows = V + 2 * conditional
        width = embedding or rows
        recurrent = gates * (7 * (width + 7 + biases))
        expected = (rows * embedding if embedding else 0) + recurrent + 8 * V
        assert size(shape(cell, 7, embedding), ALPHABET, conditional=conditional) == expected


def read(net: Any, symbols: NDArray[np.int32], counts: list[int], state: Any, **named: Any) -> Any:
    import tensorflow as tf

    hidden, end = net.read(tf.constant(symbols), tf.constant(counts), tf.constant(state), **named)
    return hidden.numpy(), end.numpy()


@pytest.mark.parametrize("embedding", [None, 3])
@pytest.mark.parametrize("cell", CELLS)
def test_reading_in_pieces_with_the_state_carried_on_is_reading_at_once(cell: Any, embedding: int | None) -> None:
    net = network(shape(cell, 5, embedding))
    symbols = np.random.default_rng(1).integers(0, V, (2, 12)).astype(np.int32)
    first = random_rows(2, rows=2, columns=net.num_states)
    whole, end = read(net, symbols.ravel(), [12, 12], first)
    state, found = first, []
    for begin, stop in ((0, 1), (1, 8), (8, 12)):
        hidden, state = read(net, symbols[:, begin:stop].ravel(), [stop - begin] * 2, state)
        found.append(hidden.reshape(2, stop - begin, -1))
    np.testing.assert_allclose(np.concatenate(found, axis=1).reshape(whole.shape), whole, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(state, end, rtol=1e-5, atol=1e-6)
    last, _ = read(net, symbols.ravel(), [12, 12], first, whole=False)
    np.testing.assert_allclose(last, whole[[11, 23]], rtol=1e-5, atol=1e-6)
    assert not np.allclose(read(net, symbols.ravel(), [12, 12], 0 * first)[0], whole), "the first state matters"


def test_dropout_is_of_training_alone_and_the_same_for_the_same_seed() -> None:
    net = network(Shape("lstm", 40, 30, 0.3, 0.5))
    symbols, state = np.arange(V, dtype=np.int32), np.zeros((1, 80), np.float32)
    calm = [read(net, symbols, [V], state)[0] for _ in range(2)]
    np.testing.assert_array_equal(*calm)
    wild = [read(net, symbols, [V], state, training=True)[0] for _ in range(2)]
    assert not np.array_equal(*wild)
    assert 0.35 < (wild[0] == 0).mean() < 0.65, "half of the units are hidden from the output layer"
    net.dropped.state.assign(np.array([9, 0], np.uint32))
    once = read(net, symbols, [V], state, training=True)[0]
    net.dropped.state.assign(np.array([9, 0], np.uint32))
    np.testing.assert_array_equal(read(net, symbols, [V], state, training=True)[0], once)


def test_a_network_is_restored_from_its_weights_in_a_row() -> None:
    for build, conditional in ((LSTM, False), (shape("gru", 6, 3), True)):
        made = writer(build, conditional=conditional)
        from pipeline.models.characters.network import flat_weights, restore

        restored = restore(made, ALPHABET)
        np.testing.assert_array_equal(flat_weights(restored), made.weights)
        original = network(build, conditional=conditional)
        for one, other in zip(original.trainable_weights, restored.trainable_weights, strict=True):
            np.testing.assert_array_equal(one.numpy(), other.numpy())


@pytest.mark.parametrize(
    "change",
    [{"units": 0}, {"embedding": 0}, {"input_dropout": 1.0}, {"output_dropout": -0.1}, {"cell": "rnn"}, {"x": 1}],
)
def test_impossible_layers_are_refused(change: dict[str, Any]) -> None:
    plain = {"cell": "gru", "units": 4, "embedding": None, "input_dropout": 0.0, "output_dropout": 0.0}
    assert TypeAdapter(Shape).validate_python(plain).units == 4
    with pytest.raises(ValidationError):
        TypeAdapter(Shape).validate_python(plain | change)
