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
def learn_delta(buckets, firsts, labels, table, bias, rate, learnt):
    """The delta rule: weights move by rate times (label - score) times the message.

    It is the gradient of the squared error of a linear output. Source: Widrow & Hoff 1960, Adaptive switching circuits.
    """
    scratch = np.empty(buckets.shape[1])
    for m in range(len(labels)):
        first, last = firsts[m], firsts[m + 1]
        scale = scale_of(first, last)
        score = total(buckets, first, last, table, 0.0, scratch) * scale + bias[0]
        step = rate * (2 * labels[m] - 1 - score)
        bias[0] += step
        for g in range(first, last):
            for k in range(buckets.shape[1]):
                table[k, buckets[g, k], 0] += step * scale


@compiled
def learn_averaged(buckets, firsts, labels, table, bias, rate, learnt):
    """The averaged perceptron: a message on the wrong side is added, and the mean of all weights there were is used.

    A bucket holds the weight w and the sum of (messages learnt so far) * (change of w): the mean is w less the sum
    divided by all messages. Source: Freund & Schapire 1999, Large margin classification using the perceptron algorithm.
    """
    scratch = np.empty(buckets.shape[1])
    for m in range(len(labels)):
        first, last = firsts[m], firsts[m + 1]
        scale, sign = scale_of(first, last), 2 * labels[m] - 1
        if sign * (total(buckets, first, last, table, 0.0, scratch) * scale + bias[0]) <= 0:
            bias[0] += sign
            bias[1] += sign * (learnt + m)
            for g in range(first, last):
                for k in range(buckets.shape[1]):
                    table[k, buckets[g, k], 0] += sign * scale
                    table[k, buckets[g, k], 1] += sign * scale * (learnt + m)


@compiled
def learn_logistic(buckets, firsts, labels, table, bias, rate, learnt):
    """Logistic regression by AdaGrad: a weight's step shrinks with the root of the sum of its squared gradients.

    A bucket holds the weight and that sum. Source: Duchi, Hazan & Singer 2011, JMLR 12:2121-2159.
    """
    scratch = np.empty(buckets.shape[1])
    for m in range(len(labels)):
        first, last = firsts[m], firsts[m + 1]
        scale = scale_of(first, last)
        score = total(buckets, first, last, table, 0.0, scratch) * scale + bias[0]
        error = labels[m] - 1 / (1 + np.exp(-score))
        bias[1] += error * error
        bias[0] += rate * error / np.sqrt(FIRST_SQUARE + bias[1])
        for g in range(first, last):
            for k in range(buckets.shape[1]):
                bucket = table[k, buckets[g, k]]
                bucket[1] += error * error * scale * scale
                bucket[0] += rate * error * scale / np.sqrt(FIRST_SQUARE + bucket[1])
