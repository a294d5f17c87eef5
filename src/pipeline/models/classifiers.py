"""Builders of the recurrent classifiers that the sources publish.

Each takes the embedding table that the model starts from and returns an uncompiled Keras model that maps word indices
to the probability of the positive class. Published weight counts are for V = 37,353, D = 50, H = 100 (Enron report)
and V = 5,000, D = 50, H = 32 (SMS assignment).

Deviation of all: padding is masked unless `mask` is false, and the table is the one given, not one that other models
have trained.

Shapes: B batch, T time steps, V rows of the table, D vector width, H units. (B, T) int -> (B, 1) float.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from pipeline.artifacts import Embedding
from pipeline.ranges import Count, Rate

if TYPE_CHECKING:
    import keras


def build_simple_rnn(
    embedding: Embedding, *, units: Count, dropout: Rate, recurrent_dropout: Rate, mask: bool
) -> keras.Model:
    """Embedding, simple recurrent layer, one sigmoid unit.

    Source: the Enron report; 1,882,851 weights.
    """
    import keras

    ids, vectors = _embed(embedding, mask=mask)
    states = keras.layers.SimpleRNN(units, dropout=dropout, recurrent_dropout=recurrent_dropout)(vectors)
    return _classifier(embedding, ids, states, name="simple_rnn")


def build_lstm(
    embedding: Embedding, *, units: Count, dropout: Rate, recurrent_dropout: Rate, mask: bool
) -> keras.Model:
    """Embedding, LSTM, one sigmoid unit.

    Source: the Enron report; 1,928,151 weights. The SMS assignment; 260,657 weights.
    """
    import keras

    ids, vectors = _embed(embedding, mask=mask)
    states = keras.layers.LSTM(units, dropout=dropout, recurrent_dropout=recurrent_dropout)(vectors)
    return _classifier(embedding, ids, states, name="lstm")


def build_gru(embedding: Embedding, *, units: Count, dropout: Rate, recurrent_dropout: Rate, mask: bool) -> keras.Model:
    """Embedding, GRU with `reset_after`, one sigmoid unit.

    Source: the Enron report; 1,913,351 weights.
    """
    import keras

    ids, vectors = _embed(embedding, mask=mask)
    states = keras.layers.GRU(units, dropout=dropout, recurrent_dropout=recurrent_dropout)(vectors)
    return _classifier(embedding, ids, states, name="gru")


def build_gru_two_chain(
    embedding: Embedding, *, units: Count, dropout: Rate, recurrent_dropout: Rate, mask: bool
) -> keras.Model:
    """Two GRUs on one embedding: the sigmoid unit of the first beside the state of the second, then one sigmoid unit.

    The first chain reaches the output through one number: it can say little more than how sure it is.

    Source: the Enron report; 1,959,053 weights.
    """
    import keras

    ids, vectors = _embed(embedding, mask=mask)
    chains = [keras.layers.GRU(units, dropout=dropout, recurrent_dropout=recurrent_dropout) for _ in range(2)]
    first, second = [chain(vectors) for chain in chains]
    opinion = keras.layers.Dense(1, activation="sigmoid", name="opinion")(first)
    states = keras.layers.Concatenate()([opinion, second])
    return _classifier(embedding, ids, states, name="gru_two_chain")


def build_gru_two_states(
    embedding: Embedding, *, units: Count, dropout: Rate, recurrent_dropout: Rate, mask: bool
) -> keras.Model:
    """Two GRUs on one embedding, the states of both side by side, then one sigmoid unit.

    What the two-chain model of the Enron report may have been meant to be: 2H numbers reach the output, not 1 + H.
    """
    import keras

    ids, vectors = _embed(embedding, mask=mask)
    chains = [keras.layers.GRU(units, dropout=dropout, recurrent_dropout=recurrent_dropout) for _ in range(2)]
    states = keras.layers.Concatenate()([chain(vectors) for chain in chains])
    return _classifier(embedding, ids, states, name="gru_two_states")


def build_rnn_dense(
    embedding: Embedding, *, units: Count, dense_units: Count, dense_dropout: Rate, mask: bool
) -> keras.Model:
    """Embedding, simple recurrent layer, a dense ReLU layer with dropout, one sigmoid unit.

    Source: the SMS assignment; 261,361 weights with 256 dense units.
    """
    import keras

    ids, vectors = _embed(embedding, mask=mask)
    states = keras.layers.SimpleRNN(units)(vectors)
    hidden = keras.layers.Dense(dense_units, activation="relu", name="dense")(states)
    kept = keras.layers.Dropout(dense_dropout)(hidden)
    return _classifier(embedding, ids, kept, name="rnn_dense")


def _embed(embedding: Embedding, *, mask: bool) -> tuple[keras.KerasTensor, keras.KerasTensor]:
    """The input and its vectors, (B, T) and (B, T, D)."""
    import keras

    rows, width = embedding.matrix.shape
    ids = keras.Input((None,), dtype="int32", name="ids")
    table = keras.layers.Embedding(rows, width, mask_zero=mask, trainable=embedding.trainable, name="embedding")
    return cast("keras.KerasTensor", ids), table(ids)


def _classifier(embedding: Embedding, ids: keras.KerasTensor, features: keras.KerasTensor, *, name: str) -> keras.Model:
    """The model that ends in one sigmoid unit on `features`, with the table put in."""
    import keras

    probability = keras.layers.Dense(1, activation="sigmoid", name="probability")(features)
    model = keras.Model(ids, probability, name=name)
    model.get_layer("embedding").set_weights([embedding.matrix])
    return model
