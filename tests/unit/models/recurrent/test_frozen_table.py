"""A frozen table of vectors costs nothing: no gradient of a vector is computed, nothing is kept for one.

Shapes: B sequences, T time steps, V words, D width of a vector, a size that nothing else has.
"""

from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from twins import KINDS

from pipeline.models.adam import build_adam
from pipeline.models.recurrent.layers import accelerate

B, T, V, D = 8, 5, 29, 13
IDS = np.random.default_rng(0).integers(0, V, (B, T)).astype(np.int32)
LABELS = (np.arange(B)[:, None] % 2).astype(np.float32)


def classifier(kind: Any, *, trainable: bool, dropout: float = 0.3) -> Any:
    ids = keras.Input((None,), dtype="int32")
    vectors = keras.layers.Embedding(V, D, mask_zero=True, trainable=trainable, name="table")(ids)
    states = kind(4, dropout=dropout, recurrent_dropout=dropout)(vectors)
    model: Any = accelerate(keras.Model(ids, keras.layers.Dense(1, activation="sigmoid")(states)))
    model.compile(build_adam(0.001, epsilon=1e-7, clipnorm=1.0), "binary_crossentropy")
    model.optimizer.build(model.trainable_variables)
    return model


def way_back(model: Any) -> list[Any]:
    """What a traced training step computes, for something that it returns or changes, from the loop's gradients."""
    step: Any = tf.function(model.train_step)
    graph = step.get_concrete_function((tf.constant(IDS), tf.constant(LABELS))).graph
    needed = {tensor.op for tensor in graph.outputs} | set(graph.control_outputs)
    waiting = list(needed)
    while waiting:
        operation = waiting.pop()
        before = {*(tensor.op for tensor in operation.inputs), *operation.control_inputs} - needed
        needed |= before
        waiting.extend(before)
    loops = [operation for operation in needed if operation.type == "PyFuncStateless"]
    (gradient,) = [loop for loop in loops if len(loop.outputs) == 4]
    assert len(loops) == 2
    found = {gradient}
    for operation in graph.get_operations():  # which are in the order in which they were made
        if operation in needed and found & {tensor.op for tensor in operation.inputs}:
            found.add(operation)
    return [operation for operation in found if operation.outputs]


def gradients_of_vectors(model: Any) -> list[str]:
    """Those of width D."""
    outputs = [output for operation in way_back(model) for output in operation.outputs]
    return [output.name for output in outputs if output.shape.rank and output.shape[-1] == D]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("dropout", [0.0, 0.3])
def test_a_training_step_computes_no_gradient_of_a_frozen_vector(kind: Any, dropout: float) -> None:
    assert not gradients_of_vectors(classifier(kind, trainable=False, dropout=dropout))
    assert gradients_of_vectors(classifier(kind, trainable=True, dropout=dropout))


def test_a_training_step_leaves_a_frozen_table_alone() -> None:
    for trainable in (False, True):
        model = classifier(keras.layers.GRU, trainable=trainable)
        before = {weight.path: weight.numpy() for weight in model.trainable_variables}
        (table,) = model.get_layer("table").get_weights()
        model.train_on_batch(IDS, LABELS)
        assert np.array_equal(model.get_layer("table").get_weights()[0], table) is not trainable
        assert not any(np.array_equal(weight.numpy(), before[weight.path]) for weight in model.trainable_variables)
        assert any(variable.shape == (V, D) for variable in model.optimizer.variables) is trainable
