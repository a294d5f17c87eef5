"""Keras's recurrent layers with a compiled loop over time: the same layer, arguments, weights, masks and files, sooner.

`accelerate` changes how layers run, not what they are: each stays an instance of Keras's own class, so that a model is
saved as it would be without, and plain Keras loads it. A layer that the compiled loop cannot serve keeps Keras's loop.

Sequences are packed: only steps that count are there, one sequence after the other, so that neither the loop nor the
product of inputs and kernel spends anything on padding, wherever the mask has it.

Shapes: C chains (layers that read the same sequences), B sequences, T time steps, N steps that count, D input width,
H units, S numbers of state.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from functools import cache, partial, wraps
from typing import Any, TypeVar

import keras
import tensorflow as tf

from pipeline.models.recurrent.lookup import look_up
from pipeline.models.recurrent.loops import GRU, LSTM, SIMPLE, Cell, Packing, recur

log = logging.getLogger(__name__)
AnyLayer = TypeVar("AnyLayer", bound=keras.Layer)
Recurrent = Any  # a SimpleRNN, LSTM or GRU of Keras, whose annotations leave out what is read here
Result = tuple[tf.Tensor, tf.Tensor, list[tf.Tensor]]  # of Keras's loop: last output, all outputs, last state
LANES = 8  # numbers that a processor computes with at once, or a multiple of them
CELLS: dict[type, Cell] = {keras.layers.SimpleRNN: SIMPLE, keras.layers.LSTM: LSTM, keras.layers.GRU: GRU}


def accelerate(layer: AnyLayer) -> AnyLayer:
    """Give a recurrent layer, or all of a model, the compiled loop; what is given is changed and returned.

    Layers of a functional model that read the same sequences run as one recurrence. Layers that cannot have the
    compiled loop keep Keras's, which is logged once. The compiled loop has first derivatives only.
    """
    chains: dict[Any, list[Recurrent]] = {}
    for part in layer._flatten_layers():  # public `layers` leaves out those in wrappers such as Bidirectional
        if type(part) not in CELLS:
            continue
        reason = what_is_missing(part)
        if reason:
            _say_once(f"{part.name}: Keras's own loop runs, for {reason}")
        else:
            part.inner_loop = partial(_run_alone, part)
            part.supports_jit = False
            chains.setdefault(_what_chains_share(part), []).append(part)
    if isinstance(layer, keras.Model):
        for layers in chains.values():
            if len(layers) > 1:
                _Chains(layers).install(layer)
    return layer


@cache
def _say_once(message: str) -> None:
    log.warning(message)


def what_is_missing(layer: Recurrent) -> str | None:
    """Why the compiled loop cannot serve the layer; None: it can."""
    cell = layer.cell
    gates = getattr(cell, "recurrent_activation", keras.activations.sigmoid)
    for missing, reason in (
        (keras.backend.backend() != "tensorflow", "the compiled one is written for TensorFlow"),
        (bool(tf.config.list_physical_devices("GPU")), "the compiled one is for machines without a GPU"),
        (cell.activation is not keras.activations.tanh, "the compiled one has no activation but tanh"),
        (gates is not keras.activations.sigmoid, "the compiled one has no recurrent activation but the sigmoid"),
        (not getattr(cell, "reset_after", True), "the compiled one has no reset_after=False"),
        (max(cell.dropout, cell.recurrent_dropout) == 1, "the compiled one does not drop everything"),
        (layer.unroll, "unroll=True asks for it"),
        (getattr(layer, "use_cudnn", "auto") is True, "use_cudnn=True asks for it"),
        (layer.dtype_policy.name != "float32", "the compiled one has no type but float32"),
    ):
        if missing:
            return reason
    return None


def _what_chains_share(layer: Recurrent) -> Any:
    """Equal for layers that can run as one recurrence; unlike any other for one that must run alone."""
    calls = layer._inbound_nodes
    if layer.stateful or len(calls) != 1 or len(calls[0].arguments.args) != 1:
        return id(layer)
    named = calls[0].arguments.kwargs.items()  # mask, initial state, training
    read = (id(calls[0].arguments.args[0]), *sorted((name, str(value), id(value)) for name, value in named))
    dropout = (layer.dropout > 0, layer.recurrent_dropout > 0, getattr(layer.cell, "implementation", 2))
    return type(layer), read, layer.units, dropout, layer.go_backwards, layer.return_sequences


def _run_alone(
    layer: Recurrent, sequences: tf.Tensor, initial_state: Any, mask: Any, training: bool | None = False
) -> Result:
    """In the place of `RNN.inner_loop`, with its arguments and results."""
    return _run([layer], sequences, initial_state, mask, training=bool(training))[0]


def read_rows(
    layer: Recurrent,
    rows: tf.Tensor,
    symbols: tf.Tensor,
    counts: tf.Tensor,
    state: tf.Tensor,
    *,
    training: bool,
    sequences: bool,
) -> tuple[tf.Tensor, tf.Tensor]:
    """Run a layer over symbols: what each brings is a row of a table, the product of its vector and the kernel.

    So one-hot vectors are never made. The layer's own dropout is left out, and its compiled loop runs wherever.

    Shapes: V symbols; rows (V, G), symbols (N,) of one sequence after the other, counts (B,) steps of each, state (B,
    S). Returns the units after each step (N, H), or unless `sequences` after the last one (B, H), and the state (B, S).
    """
    units, counts = layer.units, tf.cast(counts, tf.int64)
    states, final = recur(
        CELLS[type(layer)],
        look_up(_widen(rows, units), symbols)[None, None],
        _recurrent_kernel(layer.cell)[None],
        _biases(layer.cell)[None],
        _widen(state, units)[None],
        tf.ones((1, 1, tf.size(counts), units + -units % LANES)),
        Packing(tf.cumsum(counts, exclusive=True), counts),
        sequences=sequences,
        training=training,
    )
    last = tf.concat([each[:, :units] for each in tf.split(final[0], CELLS[type(layer)].states, axis=-1)], -1)
    return states[0, :, :units] if sequences else last[:, :units], last


class _Chains:
    """Layers of a model that read the same sequences: in each call of the model, its first runs all of them.

    What that gives the others is kept until the call of the model ends, and no longer.
    """

    def __init__(self, layers: Sequence[Recurrent]) -> None:
        self._layers = layers
        self._open = False
        self._read: tf.Tensor | None = None
        self._results: dict[int, Result] = {}

    def install(self, model: Any) -> None:
        """Take the place of the call of the model, and of the loops of the layers."""
        model.call = self._around(model.call)
        for layer in self._layers:
            layer.inner_loop = partial(self._inner_loop, layer)

    def _around(self, call: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(call)
        def run(*arguments: Any, **named: Any) -> Any:
            self._open = True
            try:
                return call(*arguments, **named)
            finally:
                self._open, self._read, self._results = False, None, {}
                for layer in self._layers:  # one whose turn did not come still has what its first drew for it
                    layer.cell.reset_dropout_mask()
                    layer.cell.reset_recurrent_dropout_mask()

        return run

    def _inner_loop(
        self, layer: Recurrent, sequences: tf.Tensor, initial_state: Any, mask: Any, training: bool | None = False
    ) -> Result:
        if not self._open:
            return _run_alone(layer, sequences, initial_state, mask, training)
        if self._read is not sequences or id(layer) not in self._results:
            results = _run(self._layers, sequences, initial_state, mask, training=bool(training))
            self._results = {id(other): result for other, result in zip(self._layers, results, strict=True)}
            self._read = sequences
        return self._results.pop(id(layer))


def _run(
    layers: Sequence[Recurrent],
    sequences: tf.Tensor,
    initial_state: Any,
    mask: Any,
    *,
    training: bool,
) -> list[Result]:
    """Run layers of one kind and size on the same sequences, (B, T, D), from the same state."""
    cells = [layer.cell for layer in layers]
    parts = _num_parts(cells[0], training=training)
    first = initial_state if isinstance(initial_state, list | tuple) else [initial_state]
    mask = mask[0] if isinstance(mask, list | tuple) else mask
    mask = None if mask is None else tf.reshape(tf.cast(mask, tf.bool), tf.shape(sequences)[:2])
    if layers[0].go_backwards:
        sequences = tf.reverse(sequences, [1])
        mask = None if mask is None else tf.reverse(mask, [1])
    packing, steps = _pack(sequences, mask)
    inputs = steps[None, None]
    if training and cells[0].dropout:
        dropped = tf.stack([_masks(cell.get_dropout_mask(sequences[:, 0, :])) for cell in cells])
        owners = tf.repeat(tf.range(tf.size(packing.counts)), packing.counts)
        inputs *= tf.gather(dropped, owners, axis=2)
    states, final = recur(
        CELLS[type(layers[0])],
        tf.matmul(inputs, tf.stack([_by_part(cell, parts) for cell in cells])),
        tf.stack([_recurrent_kernel(cell) for cell in cells]),
        tf.stack([_biases(cell) for cell in cells]),
        tf.stack([tf.concat([_widen(state, cell.units) for state in first], -1) for cell in cells]),
        tf.stack([_keep(cell, first[0], parts, training=training) for cell in cells]),
        packing,
        sequences=layers[0].return_sequences,
        training=training,
    )
    ends = zip(layers, tf.unstack(states), tf.unstack(final), strict=True)
    return [_result(layer, after, last, mask, packing, sequences) for layer, after, last in ends]


def _num_parts(cell: Any, *, training: bool) -> int:
    """P: 1, or the number of gates where dropout draws a mask for each, as implementation 1 of Keras's cells does."""
    split = getattr(cell, "implementation", 2) == 1 and training and (cell.dropout or cell.recurrent_dropout)
    return cell.kernel.shape[1] // cell.units if split else 1


def _keep(cell: Any, state: tf.Tensor, parts: int, *, training: bool) -> tf.Tensor:
    """What recurrent dropout multiplies the state by, (P, B, H)."""
    if training and cell.recurrent_dropout:
        return _widen(_masks(cell.get_recurrent_dropout_mask(state)), cell.units)
    return tf.ones((parts, tf.shape(state)[0], cell.units + -cell.units % LANES))


def _masks(masks: Any) -> tf.Tensor:
    """Keras has a list of masks where each gate has its own."""
    return tf.stack(masks if isinstance(masks, list) else [masks])


def _widen(values: Any, units: int) -> Any:
    """Whole vectors for the units: zeros up to a multiple of LANES, for each gate or state in the last dimension.

    A unit whose weights are all zero keeps the state 0, and no other reads it.
    """
    extra = -units % LANES
    wide: Any = tf.convert_to_tensor(values)
    if not extra:
        return wide
    each = tf.split(wide, wide.shape[-1] // units, axis=-1)
    return tf.concat([tf.pad(one, [*[(0, 0)] * (len(one.shape) - 1), (0, extra)]) for one in each], -1)


def _by_part(cell: Any, parts: int) -> tf.Tensor:
    """The kernel, (D, G) -> (P, D, G / P)."""
    kernel = _widen(cell.kernel, cell.units)
    width, num_gates = kernel.shape
    return tf.transpose(tf.reshape(kernel, (width, parts, num_gates // parts)), (1, 0, 2))


def _recurrent_kernel(cell: Any) -> tf.Tensor:
    return tf.pad(_widen(cell.recurrent_kernel, cell.units), [(0, -cell.units % LANES), (0, 0)])


def _biases(cell: Any) -> tf.Tensor:
    """The biases of the input and of the recurrent product, (2, G); zeros where the cell has none."""
    bias = tf.zeros(cell.kernel.shape[1]) if cell.bias is None else tf.convert_to_tensor(cell.bias)
    return _widen(bias if len(bias.shape) == 2 else tf.stack([tf.zeros_like(bias), bias]), cell.units)


def _pack(sequences: tf.Tensor, mask: tf.Tensor | None) -> tuple[Packing, tf.Tensor]:
    """The steps that count, (B, T, D) -> (N, D), and whose they are."""
    flat = tf.reshape(sequences, [-1, sequences.shape[2]])
    if mask is None:
        batch, steps = tf.unstack(tf.shape(sequences, tf.int64)[:2])
        return Packing(tf.range(batch) * steps, tf.fill([batch], steps)), flat
    counts = tf.reduce_sum(tf.cast(mask, tf.int64), 1)
    return Packing(tf.cumsum(counts, exclusive=True), counts), tf.boolean_mask(flat, tf.reshape(mask, [-1]))


def _result(
    layer: Recurrent,
    states: tf.Tensor,
    final: tf.Tensor,
    mask: tf.Tensor | None,
    packing: Packing,
    sequences: tf.Tensor,
) -> Result:
    """What Keras's loop returns: where a step does not count, the last output before it, or zeros."""
    states = states[:, : layer.units]
    state = [each[:, : layer.units] for each in tf.split(final, CELLS[type(layer)].states, axis=-1)]
    last = state[0] if mask is None else tf.where(packing.counts[:, None] > 0, state[0], 0.0)
    if mask is not None and layer.zero_output_for_mask:
        last = tf.where(mask[:, -1:], last, 0.0)
    if not layer.return_sequences:
        return last, last[:, None], state
    if mask is None:
        outputs = tf.reshape(states, [*tf.unstack(tf.shape(sequences)[:2]), layer.units])
    else:
        so_far = tf.cumsum(tf.cast(mask, tf.int64), axis=1)
        counted = mask if layer.zero_output_for_mask else so_far > 0
        before_all = tf.zeros((1, layer.units))
        place = tf.where(counted, packing.starts[:, None] + so_far, 0)
        outputs = tf.gather(tf.concat([before_all, states], 0), place)
    outputs.set_shape([*sequences.shape[:2], layer.units])
    return last, outputs, state
