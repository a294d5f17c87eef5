"""Which words a set of messages uses, how long its messages are, and how much they repeat each other.

Shapes: n messages of the set, m training messages, T words.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.evaluation.synthetic.ngrams import NONE, Ids, number_ngrams

BLEU_SIZES = (1, 2, 3, 4)
EPSILON = 0.1  # put in place of no match at all, so that one size without a match does not make the whole 0


def word_distribution(ids: Ids, train: Ids) -> float:
    """The Jensen-Shannon distance, base 2, between the shares of words: 0 = equal, 1 = no word in common.

    Shapes: ids (n, T), train (m, T').
    Source: Endres & Schindelin 2003, IEEE Transactions on Information Theory 49:1858-1860.
    """
    from scipy.spatial.distance import jensenshannon

    size = 1 + max(int(ids.max()), int(train.max()))
    counts = [np.bincount(words[words != 0], minlength=size) for words in (ids, train)]
    return float(jensenshannon(*counts, base=2))


def length_distance(ids: Ids, train: Ids) -> float:
    """The Wasserstein distance between the lengths of messages: words to add or take, on average, to make them equal.

    Shapes: ids (n, T), train (m, T').
    """
    from scipy.stats import wasserstein_distance

    return float(wasserstein_distance(*(np.count_nonzero(words, axis=1) for words in (ids, train))))


def distinct(ids: Ids, size: int) -> float:
    """Distinct n-grams of the set per n-gram; NaN where no message is long enough for one.

    It falls with the number of n-grams: compare only sets of one size.

    Shapes: (n, T).
    Source: Li et al. 2016, A diversity-promoting objective function for neural conversation models, NAACL.
    """
    numbers = number_ngrams(ids, size)
    numbers = numbers[numbers != NONE]
    return len(np.unique(numbers)) / len(numbers) if len(numbers) else np.nan


def self_bleu(ids: Ids) -> float:
    """The mean BLEU-4 of each message with all others of the set as references: 1 = they say all the same.

    Sizes without a match are smoothed by a small number, `SmoothingFunction.method1` of nltk; a message that shares no
    word with the others has 0. The length that brevity is measured by is the closest one among the others.

    Shapes: (n, T).
    Source: Zhu et al. 2018, Texygen, SIGIR; Papineni et al. 2002, ACL; Chen & Cherry 2014, WMT, method 1.
    """
    assert len(ids) > 1
    lengths = np.count_nonzero(ids, axis=1)
    matches = np.stack([_matches(number_ngrams(ids, size)) for size in BLEU_SIZES])
    ngrams = np.stack([np.maximum(lengths - size + 1, 1) for size in BLEU_SIZES])
    precision = np.where(matches == 0, EPSILON, matches) / ngrams
    brevity = np.minimum(1 - _closest_length(lengths) / np.maximum(lengths, 1), 0)
    scores = np.exp(np.log(precision).mean(axis=0) + brevity)
    return float(np.where(matches[0] > 0, scores, 0).mean())


def _matches(numbers: NDArray[np.int64]) -> NDArray[np.int64]:
    """How many of each message's n-grams another holds, each counted at most as often as the other that has it most.

    Every n-gram needs only the two messages that have it most: the first is the reference of all but itself.

    Shapes: numbers (n, T), result (n,).
    """
    row, column = np.nonzero(numbers != NONE)
    pairs, counts = np.unique(numbers[row, column] * len(numbers) + row, return_counts=True)
    ngram, row = np.divmod(pairs, len(numbers))
    order = np.lexsort((-counts, ngram))
    ngram, row, counts = ngram[order], row[order], counts[order]
    opens = np.flatnonzero(np.diff(ngram, prepend=-1))  # the message that has an n-gram most
    last = np.append(opens[1:], len(ngram)) - 1
    most = np.repeat(counts[opens], last - opens + 1)
    second = np.where(last > opens, counts[np.minimum(opens + 1, len(counts) - 1)], 0) if len(opens) else opens
    most[opens] = second
    return np.bincount(row, weights=np.minimum(counts, most), minlength=len(numbers)).astype(np.int64)


def _closest_length(lengths: NDArray[np.intp]) -> NDArray[np.intp]:
    """Of each message the length of the other that is closest to its own, the shorter of two as close."""
    kinds, kind, counts = np.unique(lengths, return_inverse=True, return_counts=True)
    gaps = np.abs(kinds - lengths[:, None]).astype(np.float64)
    alone = counts[kind] == 1
    gaps[alone, kind[alone]] = np.inf
    return kinds[gaps.argmin(axis=1)]
