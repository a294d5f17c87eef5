"""Builder of our own classifier: a bag of n-gram vectors.

Shapes: B batch, T n-grams, V rows of the table, D vector width. (B, T) int -> (B, 1) float.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipeline.artifacts import Embedding
from pipeline.ranges import Rate

if TYPE_CHECKING:
    import keras


def build_ngram_bag(embedding: Embedding, *, ngram_dropout: Rate, dropout: Rate, mask: bool) -> keras.Model:
    """Sum of a message's n-gram vectors, each weighed by its rarity, and one sigmoid unit; V (D + 1) + D + 1 weights.

    `ngram_dropout` leaves n-grams out, `dropout` entries of the sum. Without `mask`, padding counts as an n-gram.

    Source: A. Joulin et al. 2016, "Bag of tricks for efficient text classification" (fastText).
    Deviation: runs of characters beside words and pairs of words, each n-gram once a message, an exact vocabulary in
    place of hashing, both dropouts, and weights (inverse document frequencies scaled to length 1) where fastText has
    the mean.
    """
    import keras
    from keras import ops

    rows, width = embedding.matrix.shape
    ids = keras.Input((None,), dtype="int32", name="ids")
    table = keras.layers.Embedding(rows, width, trainable=embedding.trainable, name="embedding")
    present: Any = ops.cast(ops.not_equal(ids, 0), "float32") if mask else ops.ones_like(ids, dtype="float32")
    rarity = keras.layers.Embedding(rows, 1, trainable=False, name="rarity")
    weights: Any = present * rarity(ids)[:, :, 0]
    weights = weights / ops.sqrt(ops.maximum(ops.sum(ops.square(weights), axis=1, keepdims=True), 1e-6))
    weights = keras.layers.Dropout(ngram_dropout, name="ngram_dropout")(weights)
    bag = ops.einsum("bt,btd->bd", weights, table(ids))
    bag = keras.layers.Dropout(dropout, name="dropout")(bag)
    probability = keras.layers.Dense(1, activation="sigmoid", name="probability")(bag)
    model = keras.Model(ids, probability, name="ngram_bag")
    table.set_weights([embedding.matrix])
    rarity.set_weights([embedding.rarity[:, None]])
    return model
