"""What an update learns from, and that it is what Keras would do."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.models.backend import start_keras
from pipeline.models.characters.material import Text, arrange, streams
from writer_samples import CELLS, LSTM, RECIPE, WINDOWED, V, fit, shape, text

pytestmark = pytest.mark.slow
PLAIN = replace(RECIPE, epochs=1, schedule="plateau", clipnorm=None, ema_decay=None, keep="last")
STILL = replace(PLAIN, learning_rate=1e-30)


def initial(build: Any, *, conditional: bool = False) -> Any:
    """The network that `fit` begins with."""
    start_keras(3)
    from pipeline.models.characters.network import Network

    return Network(build, V, conditional=conditional, seed=5)


def laid_out(own: Text, number: int, *, conditional: bool = False) -> tuple[NDArray[Any], NDArray[Any]]:
    """The streams of the first epoch of `fit`."""
    random = np.random.default_rng([5, 1])
    order = random.permutation(len(own.messages))
    return streams(*arrange(own, order, random, num_symbols=V, conditional=conditional), number)


@pytest.mark.parametrize("optimiser", ["adam", "rmsprop"])
@pytest.mark.parametrize("cell", CELLS)
def test_two_pieces_are_learnt_from_as_a_stateful_layer_of_keras_does(
    cell: Any, optimiser: Any, tmp_path: Path
) -> None:
    own, batch, steps = text(20), 4, 15
    assert steps < own.num_symbols // batch <= 2 * steps, "two updates, the second of a shorter piece"
    import keras

    recipe = replace(PLAIN, optimiser=optimiser, batch_size=batch, steps=steps, learning_rate=0.01)
    found = fit(tmp_path, recipe, own, build=shape(cell), conditional=False)
    net = initial(shape(cell))
    before, after = laid_out(own, batch)
    kind: Any = {"simple_rnn": keras.layers.SimpleRNN, "lstm": keras.layers.LSTM, "gru": keras.layers.GRU}[cell]
    stock = keras.Sequential(
        [
            keras.Input(batch_shape=(batch, None, V)),
            kind(5, stateful=True, return_sequences=True),
            keras.layers.Dense(V),
        ]
    )
    stock.set_weights([weight.numpy() for weight in net.trainable_weights])
    kinds: Any = {"adam": keras.optimizers.Adam, "rmsprop": keras.optimizers.RMSprop}
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    stock.compile(kinds[optimiser](0.01), loss)
    losses = []
    for piece in (slice(0, steps), slice(steps, None)):
        size = after[:, piece].size
        losses.append(size * float(stock.train_on_batch(np.eye(V)[before[:, piece]], after[:, piece])))
        stock.reset_metrics()
    expected = np.concatenate([np.ravel(weight) for weight in stock.get_weights()])
    np.testing.assert_allclose(found.weights, expected, atol=1e-5)
    assert np.abs(found.weights - np.concatenate([np.ravel(w) for w in net.trainable_weights])).max() > 5e-3
    np.testing.assert_allclose(found.history["train_bits"], [sum(losses) / after.size / np.log(2)], rtol=1e-5)


@pytest.mark.parametrize("conditional", [False, True])
def test_bits_of_an_epoch_are_of_every_position_of_the_streams(conditional: bool, tmp_path: Path) -> None:
    """Where nothing is learnt they are those of reading each stream at once."""
    own, batch = text(12), 3
    found = fit(tmp_path, STILL, own, build=LSTM, conditional=conditional)
    net = initial(LSTM, conditional=conditional)
    import tensorflow as tf

    before, after = laid_out(own, batch, conditional=conditional)
    counts = [before.shape[1]] * batch
    hidden, _ = net.read(tf.constant(before.ravel()), tf.constant(counts), tf.zeros((batch, net.num_states)))
    nats = tf.nn.sparse_softmax_cross_entropy_with_logits(after.ravel(), net.logits(hidden)).numpy()
    assert found.history["train_bits"][0] == pytest.approx(nats.mean() / np.log(2), rel=1e-5)


def test_an_epoch_of_windows_has_every_window_once_and_wants_what_comes_after_its_end() -> None:
    start_keras(0)
    import tensorflow as tf

    from pipeline.models.characters import training

    own = text(15)
    recipe = replace(WINDOWED, batch_size=8, steps=5)
    orders = []
    for seed in range(2):
        random = np.random.default_rng(seed)
        material = training._lay_out(own, recipe, random, num_symbols=V, conditional=True)
        before, after, order = (part.numpy() for part in material)
        number = own.num_symbols - recipe.steps + 1
        assert sorted(order.tolist()) == list(range(number))
        orders.append(order.tolist())
        updates, done = training._num_updates(own, recipe, "mine"), 0
        for update in range(updates):
            state = tf.zeros((recipe.batch_size, 4))
            read, wanted, empty = (
                part.numpy() for part in training._some_windows(recipe, material, tf.constant(update), state)
            )
            assert len(read) == len(wanted) == len(empty) == min(8, number - done)
            assert not empty.any()
            for row, (symbols, symbol) in enumerate(zip(read, wanted, strict=True)):
                begin = order[done + row]
                np.testing.assert_array_equal(symbols, before[begin : begin + 5])
                assert symbol == [after[begin + 4]]
            done += len(read)
        assert done == number
        assert after.max() < V
    assert orders[0] != orders[1]


def test_pieces_of_streams_have_every_position_once() -> None:
    start_keras(0)
    import tensorflow as tf

    from pipeline.models.characters import training

    own, state = text(15), tf.ones((3, 4))
    material = training._lay_out(own, RECIPE, np.random.default_rng(0), num_symbols=V, conditional=True)
    updates = training._num_updates(own, RECIPE, "mine")
    pieces = [training._piece_of_streams(RECIPE, material, tf.constant(update), state) for update in range(updates)]
    for part, whole in enumerate(material):
        np.testing.assert_array_equal(np.concatenate([piece[part] for piece in pieces], axis=1), whole)
        assert all(piece[part].shape[1] for piece in pieces), "no update of nothing"
    assert all(piece[2] is state for piece in pieces)


def test_the_mean_of_the_weights_forgets_as_it_grows_older() -> None:
    net = initial(LSTM)
    import tensorflow as tf

    from pipeline.models.characters import training

    trainer = training.Trainer(net, replace(RECIPE, ema_decay=0.3, learning_rate=0.1), updates=6)
    material = training._lay_out(text(), RECIPE, np.random.default_rng(0), num_symbols=V, conditional=False)
    own = mean = net.dense.kernel.numpy()
    state = tf.zeros((3, net.num_states))
    for done in range(1, 7):
        _, _, state = trainer.block(material, tf.constant(done - 1), tf.constant(done), state)
        share = min(0.3, (1 + done) / (10 + done))
        mean = share * mean + (1 - share) * net.dense.kernel.numpy()
        place = [weight is net.dense.kernel for weight in net.trainable_weights].index(True)
        np.testing.assert_allclose(trainer.means[place].numpy(), mean, rtol=1e-4, atol=1e-6)
        own = net.dense.kernel.numpy()
        with trainer.averaged():
            np.testing.assert_array_equal(net.dense.kernel.numpy(), trainer.means[place].numpy())
        np.testing.assert_array_equal(net.dense.kernel.numpy(), own)
    assert not np.allclose(mean, own)
