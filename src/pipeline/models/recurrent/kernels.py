"""The loops over time of the three recurrent cells, compiled: forward, and backward by hand.

Each kernel runs a *block*: a few sequences, the longest first, from their first step to their last. A step costs what
the sequences that are still running cost; padding is never visited. All kernels have the same arguments, so that one
caller serves them (see `loops`). They do not hold Python's lock: blocks run side by side.

Shapes: B sequences, N steps of all of them together (sequence b has steps starts[b] to starts[b] + counts[b] - 1), H
units (a multiple of four), G gates times H, S numbers of state (H; with the LSTM's carry 2H), R sequences of the block.
P is 1, or the number of gates where dropout treats each gate differently; array [p, n] of width G / P holds the gates
that p is for.

    rows (R,)             the sequences of the block, longest first
    starts, counts (B,)   where each sequence's steps begin, and how many it has
    x (P, N, G / P)       input times kernel, without bias
    weights (H, G)        recurrent kernel; the backward pass takes it transposed, (G, H)
    bias (2, G)           of the input and of the recurrent product; cells but the GRU have but the latter
    first (B, S)          state before the first step
    keep (P, B, H)        what recurrent dropout multiplies the state by
    states (N, H)         written: state after each step
    final (B, S)          given: `first`; written: state after the last step
    tape (N or 0, K)      written unless empty: what the backward pass needs
    d_states (N or 0, H)  gradient of the loss; empty where only `final` is read
    d_x (P, N, G / P)     written
    d_weights (H, G)      added to, as is d_bias (2, G); a block has its own, summed in the order of the blocks
    d_first (B, S)        given: the gradient of `final`; written

Source: the cells are those of Keras: GRU with `reset_after`; order of the gates z r h, and i f c o.
"""

from __future__ import annotations

import numpy as np

from pipeline.models.recurrent.arithmetic import (
    ONE,
    TERMS,
    F,
    compiled,
    feed,
    fours,
    learn,
    read,
    recur,
    recur_back,
    running,
    settle,
    sigmoid,
    tanh,
    write,
)


@compiled
def simple_forward(rows, starts, counts, x, weights, bias, first, keep, states, final, tape):
    """The simple cell: h = tanh(x + h U + b)."""
    units = weights.shape[0]
    sums, fed = np.zeros((fours(len(rows)), units), F), np.zeros((len(x), fours(len(rows)), units), F)
    for r in range(len(rows)):
        feed(fed, r, first[rows[r]], keep, rows[r])
    for step in range(counts[rows[0]]):
        active = running(rows, counts, step)
        for r in range(active):
            sums[r] = bias[1]
        recur(sums, fed, weights, active)
        for r in range(active):
            n = starts[rows[r]] + step
            inputs, total, hidden = x[0, n], sums[r], final[rows[r]]
            for j in range(units):
                hidden[j] = settle(tanh(inputs[j] + total[j]))
            states[n] = hidden
            feed(fed, r, hidden, keep, rows[r])


@compiled
def simple_backward(
    rows, starts, counts, weights, first, keep, states, tape, d_states, d_x, d_weights, d_bias, d_first
):
    """The gradients of `simple_forward`."""
    units = weights.shape[1]
    d_sums, d_fed = np.zeros((TERMS + 4, units), F), np.zeros((len(keep), fours(len(rows)), units), F)
    fed, used = np.zeros((len(keep), TERMS, units), F), 0
    for step in range(counts[rows[0]] - 1, -1, -1):
        active = running(rows, counts, step)
        if used + active > TERMS:
            learn(d_weights, d_bias[1], fed, d_sums, used)
            used = 0
        for r in range(active):
            row, n = rows[r], starts[rows[r]] + step
            state, d_state, total = states[n], d_first[row], d_sums[used + r]
            if len(d_states):
                d_state += d_states[n]
            for j in range(units):
                total[j] = settle(d_state[j] * (ONE - state[j] * state[j]))
            d_state[:] = 0
            write(d_x, n, total)
            feed(fed, used + r, states[n - 1] if step > 0 else first[row], keep, row)
        recur_back(d_first, d_sums[used:], d_fed, weights, keep, rows, active)
        used += active
    learn(d_weights, d_bias[1], fed, d_sums, used)


@compiled
def lstm_forward(rows, starts, counts, x, weights, bias, first, keep, states, final, tape):
    """The LSTM: c = f * c + i * tanh(..), h = o * tanh(c); the tape holds i, f, the candidate, o and c."""
    units = weights.shape[0]
    sums, fed = np.zeros((fours(len(rows)), 4 * units), F), np.zeros((len(x), fours(len(rows)), units), F)
    inputs, scratch = np.empty(4 * units, F), np.empty(5 * units, F)
    for r in range(len(rows)):
        feed(fed, r, first[rows[r], :units], keep, rows[r])
    for step in range(counts[rows[0]]):
        active = running(rows, counts, step)
        for r in range(active):
            sums[r] = bias[1]
        recur(sums, fed, weights, active)
        for r in range(active):
            n = starts[rows[r]] + step
            total, gate, carry, hidden = sums[r], tape[n] if len(tape) else scratch, final[rows[r], units:], states[n]
            into, forget, candidate, out = gate[:units], gate[units:], gate[2 * units :], gate[3 * units :]
            read(inputs, x, n)
            for j in range(4 * units):
                total[j] += inputs[j]
            for j in range(4 * units):
                gate[j] = sigmoid(total[j])
            total = total[2 * units :]
            for j in range(units):
                candidate[j] = tanh(total[j])
            for j in range(units):
                carry[j] = settle(forget[j] * carry[j] + into[j] * candidate[j])
            for j in range(units):
                hidden[j] = out[j] * tanh(carry[j])
            gate[4 * units :] = carry
            final[rows[r], :units] = hidden
            feed(fed, r, hidden, keep, rows[r])


@compiled
def lstm_backward(rows, starts, counts, weights, first, keep, states, tape, d_states, d_x, d_weights, d_bias, d_first):
    """The gradients of `lstm_forward`."""
    units = weights.shape[1]
    d_sums, d_fed = np.zeros((TERMS + 4, 4 * units), F), np.zeros((len(keep), fours(len(rows)), units), F)
    fed, used = np.zeros((len(keep), TERMS, units), F), 0
    for step in range(counts[rows[0]] - 1, -1, -1):
        active = running(rows, counts, step)
        if used + active > TERMS:
            learn(d_weights, d_bias[1], fed, d_sums, used)
            used = 0
        for r in range(active):
            row, n = rows[r], starts[rows[r]] + step
            gate, d_hidden, d_carry, total = tape[n], d_first[row, :units], d_first[row, units:], d_sums[used + r]
            into, forget, candidate, out = gate[:units], gate[units:], gate[2 * units :], gate[3 * units :]
            carry, before = gate[4 * units :], tape[n - 1, 4 * units :] if step > 0 else first[row, units:]
            d_into, d_forget, d_candidate, d_out = total, total[units:], total[2 * units :], total[3 * units :]
            if len(d_states):
                d_hidden += d_states[n]
            for j in range(units):
                squashed = tanh(carry[j])
                d_carry[j] = settle(d_carry[j] + d_hidden[j] * out[j] * (ONE - squashed * squashed))
                d_out[j] = settle(d_hidden[j] * squashed * out[j] * (ONE - out[j]))
            for j in range(units):
                d_into[j] = settle(d_carry[j] * candidate[j] * into[j] * (ONE - into[j]))
            for j in range(units):
                d_forget[j] = settle(d_carry[j] * before[j] * forget[j] * (ONE - forget[j]))
            for j in range(units):
                d_candidate[j] = settle(d_carry[j] * into[j] * (ONE - candidate[j] * candidate[j]))
                d_carry[j] *= forget[j]
            d_hidden[:] = 0
            write(d_x, n, total)
            feed(fed, used + r, states[n - 1] if step > 0 else first[row, :units], keep, row)
        recur_back(d_first, d_sums[used:], d_fed, weights, keep, rows, active)
        used += active
    learn(d_weights, d_bias[1], fed, d_sums, used)


@compiled
def gru_forward(rows, starts, counts, x, weights, bias, first, keep, states, final, tape):
    """The GRU: h = z * h + (1 - z) * tanh(x + b + r * (h U + b')); the tape holds z, r, the candidate and h U + b'."""
    units = weights.shape[0]
    sums, fed = np.zeros((fours(len(rows)), 3 * units), F), np.zeros((len(x), fours(len(rows)), units), F)
    inputs, scratch = np.empty(3 * units, F), np.empty(4 * units, F)
    for r in range(len(rows)):
        feed(fed, r, first[rows[r]], keep, rows[r])
    for step in range(counts[rows[0]]):
        active = running(rows, counts, step)
        for r in range(active):
            sums[r] = bias[1]
        recur(sums, fed, weights, active)
        for r in range(active):
            n = starts[rows[r]] + step
            total, gate, hidden = sums[r], tape[n] if len(tape) else scratch, final[rows[r]]
            reset, candidate, inner, into = gate[units:], gate[2 * units :], total[2 * units :], inputs[2 * units :]
            read(inputs, x, n)
            for j in range(3 * units):
                inputs[j] += bias[0, j]
            for j in range(2 * units):
                gate[j] = sigmoid(inputs[j] + total[j])
            for j in range(units):
                candidate[j] = tanh(into[j] + reset[j] * inner[j])
            for j in range(units):
                hidden[j] = settle(gate[j] * hidden[j] + (ONE - gate[j]) * candidate[j])
            gate[3 * units :] = inner
            states[n] = hidden
            feed(fed, r, hidden, keep, rows[r])


@compiled
def gru_backward(rows, starts, counts, weights, first, keep, states, tape, d_states, d_x, d_weights, d_bias, d_first):
    """The gradients of `gru_forward`; x and h U + b' differ in the candidate's, which the reset gate multiplies."""
    units = weights.shape[1]
    d_sums, d_fed = np.zeros((TERMS + 4, 3 * units), F), np.zeros((len(keep), fours(len(rows)), units), F)
    fed, used, d_in = np.zeros((len(keep), TERMS, units), F), 0, np.empty(3 * units, F)
    d_update, d_reset, d_candidate = d_in[:units], d_in[units : 2 * units], d_in[2 * units :]
    for step in range(counts[rows[0]] - 1, -1, -1):
        active = running(rows, counts, step)
        if used + active > TERMS:
            learn(d_weights, d_bias[1], fed, d_sums, used)
            used = 0
        for r in range(active):
            row, n = rows[r], starts[rows[r]] + step
            gate, d_hidden, total = tape[n], d_first[row], d_sums[used + r]
            reset, candidate, inner, d_inner = gate[units:], gate[2 * units :], gate[3 * units :], total[2 * units :]
            before = states[n - 1] if step > 0 else first[row]
            if len(d_states):
                d_hidden += d_states[n]
            for j in range(units):
                d_update[j] = settle(d_hidden[j] * (before[j] - candidate[j]) * gate[j] * (ONE - gate[j]))
            for j in range(units):
                d_candidate[j] = settle(d_hidden[j] * (ONE - gate[j]) * (ONE - candidate[j] * candidate[j]))
            for j in range(units):
                d_reset[j] = settle(d_candidate[j] * inner[j] * reset[j] * (ONE - reset[j]))
                d_hidden[j] = settle(d_hidden[j] * gate[j])
            total[: 2 * units] = d_in[: 2 * units]
            for j in range(units):
                d_inner[j] = d_candidate[j] * reset[j]
            d_bias[0] += d_in
            write(d_x, n, d_in)
            feed(fed, used + r, before, keep, row)
        recur_back(d_first, d_sums[used:], d_fed, weights, keep, rows, active)
        used += active
    learn(d_weights, d_bias[1], fed, d_sums, used)
