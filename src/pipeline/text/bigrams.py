"""Which word follows which: a smoothed bigram model of messages.

Shapes: n messages, T words, V words of the vocabulary, B distinct pairs of words, m contexts, k words asked for.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

START = 0  # what stands before the first word of a message; the index of padding is no word's


@dataclass(frozen=True)
class Bigrams:
    """The chance of each word after each word: the counted pairs, interpolated with how common words are.

    p(w | u) = (c(u, w) + d(u) p(w)) / (c(u) + d(u)), where c counts and d(u) is the number of distinct words seen after
    u: the more kinds of words follow u, the likelier is a new one. p(w) is made in the same way from the counts of
    words and the uniform distribution, so no word is impossible.

    Attributes:
        keys: (B,) int64, u * V + w of every pair that was seen, ascending.
        counts: (B,) how often.
        followers: (V,) c(u), words seen after u.
        kinds: (V,) d(u), at least 1: after a word that nothing ever followed, words are as common as they are overall.
        unigrams: (V,) p(w); 0 for the reserved entries, which are no words.
        first_word: entries of the vocabulary below it are reserved.

    Source: Witten & Bell 1991, IEEE Transactions on Information Theory 37:1085-1094, method C; interpolated as in Chen
        & Goodman 1999, Computer Speech & Language 13:359-394, section 2.4.
    """

    keys: NDArray[np.int64]
    counts: NDArray[np.float64]
    followers: NDArray[np.float64]
    kinds: NDArray[np.float64]
    unigrams: NDArray[np.float64]
    first_word: int

    def log_chances(self, previous: NDArray[np.integer], words: NDArray[np.integer]) -> NDArray[np.float32]:
        """Natural log of the chance of each of some words after each of some others, `START` being before the first.

        Only pairs that were seen are looked up; all others are a product of two factors.

        Shapes: previous (m,), words (k,) of `first_word` or above, each once; result (m, k).
        """
        assert not words.size or words.min() >= self.first_word
        new = self.kinds[previous] / (self.followers[previous] + self.kinds[previous])
        chances = (np.log(new)[:, None] + np.log(self.unigrams[words])).astype(np.float32)
        column = np.full(len(self.unigrams), -1)
        column[words] = np.arange(len(words))
        start, end = np.searchsorted(self.keys, np.stack([previous, previous + 1]).astype(np.int64) * len(column))
        row = np.repeat(np.arange(len(previous)), end - start)
        seen = np.arange(len(row)) + np.repeat(start - np.cumsum(end - start) + (end - start), end - start)
        word = self.keys[seen] % len(column)
        wanted = column[word] >= 0
        row, seen, word = row[wanted], seen[wanted], word[wanted]
        context = previous[row]
        held = self.counts[seen] + self.kinds[context] * self.unigrams[word]
        chances[row, column[word]] = np.log(held / (self.followers[context] + self.kinds[context]))
        return chances


def fit_bigrams(ids: NDArray[np.int32], num_words: int, first_word: int) -> Bigrams:
    """Count the words, and the pairs of words, of some messages.

    Reserved entries other than padding, such as the unknown word, are a context but never what follows one.

    Args:
        ids: indices of words, 0 = padding at the end or in front.
        num_words: entries V of the vocabulary, the reserved ones included.
        first_word: the first of them that is a word.

    Shapes: ids (n, T).
    """
    assert 1 <= first_word < num_words
    held = ids != 0
    words = ids[held].astype(np.int64)
    assert (words >= first_word).any(), "there is no word to count"
    opens = np.cumsum(held, axis=1)[held] == 1
    contexts = np.where(opens, START, np.concatenate([[START], words[:-1]]))
    known = words >= first_word
    words, contexts = words[known], contexts[known]

    keys, counts = np.unique(contexts * num_words + words, return_counts=True)
    occurrences = np.bincount(words, minlength=num_words)
    distinct = np.count_nonzero(occurrences)
    uniform = np.where(np.arange(num_words) >= first_word, 1 / (num_words - first_word), 0.0)
    return Bigrams(
        keys=keys,
        counts=counts.astype(np.float64),
        followers=np.bincount(contexts, minlength=num_words).astype(np.float64),
        kinds=np.maximum(1.0, np.bincount(keys // num_words, minlength=num_words)),
        unigrams=(occurrences + distinct * uniform) / (len(words) + distinct),
        first_word=first_word,
    )
