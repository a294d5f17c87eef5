"""The loops of linear filters over a table of weights. All that learn have the same arguments.

Shapes: n messages, M distinct n-grams of all of them, K rows of the table, S numbers in a bucket: the weight, and what
its rule needs beside it.

    buckets (M, K) uint32      the bucket of each n-gram in each row
    firsts (n + 1,)            message m has the n-grams from firsts[m] to firsts[m + 1] - 1
    labels (n,) int8           1 positive, 0 negative
    table (K, buckets, S)      changed by learning
    bias (2,)                  as the bucket of an n-gram that every message has; changed by learning
    rate, learnt               learning rate; messages learnt before these
"""

from __future__ import annotations

import numpy as np

from pipeline.compiling import compiler

compiled = compiler(nogil=True, error_model="numpy")
FIRST_SQUARE = 1.0  # what AdaGrad's sums of squares begin at


@compiled
def median(values):
    """The median of a few numbers, which are put in order."""
    for i in range(1, len(values)):
        value, at = values[i], i
        while at > 0 and values[at - 1] > value:
            values[at] = values[at - 1]
            at -= 1
        values[at] = value
    middle = len(values) // 2
    return values[middle] if len(values) % 2 else (values[middle - 1] + values[middle]) / 2


@compiled
def total(buckets, first, last, table, share, scratch):
    """The sum of the weights of some n-grams.

    The weight of an n-gram is the median over its rows of the weight less `share` times the second number; `share` is 0
    but for averages. Shapes: scratch (K,).
    """
    summed = 0.0
    if buckets.shape[1] == 1 and not share:  # the same, without a function in the way
        for g in range(first, last):
            summed += table[0, buckets[g, 0], 0]
        return summed
    for g in range(first, last):
        for k in range(buckets.shape[1]):
            scratch[k] = table[k, buckets[g, k], 0]
            if share:
                scratch[k] -= share * table[k, buckets[g, k], 1]
        summed += median(scratch)
    return summed


@compiled
def scale_of(first, last):
    """What an n-gram weighs in a message that has those from `first` to `last`."""
    return 1 / np.sqrt(max(1, last - first))


@compiled
def score_all(buckets, firsts, table, bias, share, scores):
    """The score of each message. Shapes: buckets (M, K), firsts (n + 1,), bias (S,); written: scores (n,)."""
    scratch = np.empty(buckets.shape[1])
    for m in range(len(scores)):
        first, last = firsts[m], firsts[m + 1]
        summed = total(buckets, first, last, table, share, scratch)
        scores[m] = summed * scale_of(first, last) + bias[0] - share * bias[1]


@compiled
def room_for(buckets, firsts, table):
    """Room for what the buckets of any of the messages hold, (G, K, S), none for one row; and for weights, (K,)."""
    most, rows = 0, len(table)
    for m in range(len(firsts) - 1):
        most = max(most, firsts[m + 1] - firsts[m])
    return np.empty((most if rows > 1 else 0, rows, table.shape[2])), np.empty(rows)


@compiled
def hold(buckets, first, last, table, held):
    """Copy what the buckets of a message hold, where there is room; whether there is.

    Learning goes out from the copies. So a bucket that two n-grams of a message share in a row moves once: the score
    then moves as far as the rule says, whatever is shared. In one row no two share one: there they are one n-gram.
    """
    if not len(held):
        return False
    for g in range(first, last):
        for k in range(held.shape[1]):
            for s in range(held.shape[2]):
                held[g - first, k, s] = table[k, buckets[g, k], s]
    return True


@compiled
def learn_delta(buckets, firsts, labels, table, bias, rate, learnt):
    """The delta rule: weights move by rate times (label - score) times the message.

    It is the gradient of the squared error of a linear output. Source: Widrow & Hoff 1960, Adaptive switching circuits.
    """
    held, scratch = room_for(buckets, firsts, table)
    for m in range(len(labels)):
        first, last = firsts[m], firsts[m + 1]
        scale = scale_of(first, last)
        score = total(buckets, first, last, table, 0.0, scratch) * scale + bias[0]
        step = rate * (2 * labels[m] - 1 - score)
        bias[0] += step
        copied = hold(buckets, first, last, table, held)
        for g in range(first, last):
            for k in range(buckets.shape[1]):
                weight = held[g - first, k, 0] if copied else table[k, buckets[g, k], 0]
                table[k, buckets[g, k], 0] = weight + step * scale


@compiled
def learn_averaged(buckets, firsts, labels, table, bias, rate, learnt):
    """The averaged perceptron: a message on the wrong side is added, and the mean of all weights there were is used.

    A bucket holds the weight w and the sum of (messages learnt so far) * (change of w): the mean is w less the sum
    divided by all messages. Source: Freund & Schapire 1999, Large margin classification using the perceptron algorithm.
    """
    held, scratch = room_for(buckets, firsts, table)
    for m in range(len(labels)):
        first, last = firsts[m], firsts[m + 1]
        scale, sign = scale_of(first, last), 2 * labels[m] - 1
        if sign * (total(buckets, first, last, table, 0.0, scratch) * scale + bias[0]) <= 0:
            bias[0] += sign
            bias[1] += sign * (learnt + m)
            copied = hold(buckets, first, last, table, held)
            for g in range(first, last):
                for k in range(buckets.shape[1]):
                    weight = held[g - first, k, 0] if copied else table[k, buckets[g, k], 0]
                    changes = held[g - first, k, 1] if copied else table[k, buckets[g, k], 1]
                    table[k, buckets[g, k], 0] = weight + sign * scale
                    table[k, buckets[g, k], 1] = changes + sign * scale * (learnt + m)


@compiled
def learn_logistic(buckets, firsts, labels, table, bias, rate, learnt):
    """Logistic regression by AdaGrad: a weight's step shrinks with the root of the sum of its squared gradients.

    A bucket holds the weight and that sum. Source: Duchi, Hazan & Singer 2011, JMLR 12:2121-2159.
    """
    held, scratch = room_for(buckets, firsts, table)
    for m in range(len(labels)):
        first, last = firsts[m], firsts[m + 1]
        scale = scale_of(first, last)
        score = total(buckets, first, last, table, 0.0, scratch) * scale + bias[0]
        error = labels[m] - 1 / (1 + np.exp(-score))
        bias[1] += error * error
        bias[0] += rate * error / np.sqrt(FIRST_SQUARE + bias[1])
        copied = hold(buckets, first, last, table, held)
        for g in range(first, last):
            for k in range(buckets.shape[1]):
                weight = held[g - first, k, 0] if copied else table[k, buckets[g, k], 0]
                squares = held[g - first, k, 1] if copied else table[k, buckets[g, k], 1]
                squares += error * error * scale * scale
                table[k, buckets[g, k], 0] = weight + rate * error * scale / np.sqrt(FIRST_SQUARE + squares)
                table[k, buckets[g, k], 1] = squares
