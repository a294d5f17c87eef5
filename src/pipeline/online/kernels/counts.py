"""The loops of naive Bayes over a table of counts.

Shapes: n messages, M distinct n-grams of all of them, K rows of the table.

    buckets (M, K) uint32      the bucket of each n-gram in each row
    firsts (n + 1,)            message m has the n-grams from firsts[m] to firsts[m + 1] - 1
    table (K, buckets, 2)      uint32, counts of negative and of positive messages
    totals (2, 2)              int64, messages of each class, and their n-grams
"""

from __future__ import annotations

import numpy as np

from pipeline.compiling import compiler

compiled = compiler(nogil=True, error_model="numpy")
FULL = np.uint32(2**32 - 1)  # a count that cannot grow
FACTORS = 24  # counts up to 2 ** 32, of which so many multiply to a number that is far from too large


@compiled
def count(buckets, firsts, labels, table, totals):
    """Count each n-gram of each message once, for the class of the message; labels (n,) are 1 or 0.

    Returns how many buckets of the first row were empty before.
    """
    filled = 0
    for m in range(len(labels)):
        label = np.uint64(labels[m])
        totals[0, label] += 1
        totals[1, label] += firsts[m + 1] - firsts[m]
        for k in range(buckets.shape[1]):
            row = table[k]
            for g in range(firsts[m], firsts[m + 1]):
                bucket = row[buckets[g, k]]
                filled += k == 0 and (bucket[0] | bucket[1]) == 0
                bucket[label] += np.uint32(bucket[label] != FULL)
    return filled


@compiled
def estimate(buckets, table, label, most):
    """How many messages of a class hold an n-gram: the least of its counts, and never more than there are messages."""
    least = min(np.int64(table[0, buckets[0], label]), most)
    for k in range(1, len(buckets)):
        least = min(least, np.int64(table[k, buckets[k], label]))
    return least


@compiled
def log_odds(buckets, firsts, table, totals, sizes, unseen, scores):
    """Log-odds of each message. A logarithm costs more than many products: one is taken of FACTORS at a time.

    `sizes` (2,) are what the counts of each class are shares of. Where not `unseen`, n-grams of neither class say
    nothing. Written: scores (n,).
    """
    ham, spam = totals[0]
    prior, share = np.log(spam + 1.0) - np.log(ham + 1.0), np.log(sizes[1]) - np.log(sizes[0])
    for m in range(len(scores)):
        total, speaking = prior, 0
        for first in range(firsts[m], firsts[m + 1], FACTORS):
            above, below = 1.0, 1.0
            for g in range(first, min(first + FACTORS, firsts[m + 1])):
                of_spam, of_ham = estimate(buckets[g], table, 1, spam), estimate(buckets[g], table, 0, ham)
                speaking += (of_spam | of_ham) > 0
                above *= np.float64(of_spam + 1)
                below *= np.float64(of_ham + 1)
            total += np.log(above / below)
        scores[m] = total - share * (firsts[m + 1] - firsts[m] if unseen else speaking)


@compiled
def gram_log_odds(buckets, table, totals, sizes, unseen, weights):
    """What each n-gram adds to the log-odds. Written: weights (M,)."""
    ham, spam = totals[0]
    share = np.log(sizes[1]) - np.log(sizes[0])
    for g in range(len(buckets)):
        of_spam, of_ham = estimate(buckets[g], table, 1, spam), estimate(buckets[g], table, 0, ham)
        speaks = unseen or of_spam > 0 or of_ham > 0
        weights[g] = np.log(of_spam + 1.0) - np.log(of_ham + 1.0) - share if speaks else 0.0


@compiled
def estimate_all(buckets, table, totals, counts):
    """How many messages of each class hold each n-gram. Written: counts (M, 2)."""
    for g in range(len(buckets)):
        for label in range(2):
            counts[g, label] = estimate(buckets[g], table, label, totals[0, label])
