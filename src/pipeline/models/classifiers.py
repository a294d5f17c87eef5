"""Builders of the recurrent classifiers.

Each takes the embedding table that the model starts from and returns an uncompiled Keras model that maps word indices
to the probability of the positive class.

Shapes: B batch, T time steps, V rows of the table, D vector width, H units. (B, T) int -> (B, 1) float.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.artifacts import Embedding
from pipeline.ranges import Count, Rate

if TYPE_CHECKING:
    import keras


def build_gru(embedding: Embedding, *, units: Count, dropout: Rate, recurrent_dropout: Rate, mask: bool) -> keras.Model:
    """Embedding, GRU with `reset_after`, one sigmoid unit.

    Source: the Enron report; 1,913,351 weights at V = 37,353, D = 50, H = 100.
    Deviation: padding is masked unless `mask` is false, and the table is the one given, not a shared one.
    """
    import keras

    layer = keras.layers.GRU(units, dropout=dropout, recurrent_dropout=recurrent_dropout)
    return _one_chain(embedding, layer, mask=mask, name="gru")


def build_lstm(
    embedding: Embedding, *, units: Count, dropout: Rate, recurrent_dropout: Rate, mask: bool
) -> keras.Model:
    """Embedding, LSTM, one sigmoid unit.

    Source: the Enron report; 1,928,151 weights at V = 37,353, D = 50, H = 100.
    Deviation: as for `build_gru`.
    """
    import keras

    layer = keras.layers.LSTM(units, dropout=dropout, recurrent_dropout=recurrent_dropout)
    return _one_chain(embedding, layer, mask=mask, name="lstm")


def _one_chain(embedding: Embedding, recurrent: keras.Layer, *, mask: bool, name: str) -> keras.Model:
    import keras

    rows, width = embedding.matrix.shape
    ids = keras.Input((None,), dtype="int32", name="ids")
    table = keras.layers.Embedding(rows, width, mask_zero=mask, trainable=embedding.trainable, name="embedding")
    probability = keras.layers.Dense(1, activation="sigmoid", name="probability")(recurrent(table(ids)))
    model = keras.Model(ids, probability, name=name)
    table.set_weights([embedding.matrix])
    return model
