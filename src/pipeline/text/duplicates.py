"""Near-duplicates by MinHash, confirmed exactly, and how far they leak from a test part into a training part."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.scripts import part_unspaced

# Templates differ in phone numbers, prices and dates: every run of digits counts as the same one.
_DIGITS = re.compile(r"\d+")
# The golden ratio in 64 bits: odd, so that no bit of a word is lost, whatever its place in the shingle.
_PLACE = np.uint64(0x9E3779B97F4A7C15)
_LEAST_RECALL = 0.99


def group_near_duplicates(
    texts: Sequence[str], *, similarity: float, shingle_words: int, num_permutations: int, seed: int
) -> NDArray[np.int64]:
    """Give one number to texts that are near-duplicates of each other, directly or through others.

    Near-duplicates share at least `similarity` of their word shingles (Jaccard), a number counting as any other number.
    MinHash with locality-sensitive hashing proposes pairs, and exact counting confirms them: no pair is wrong, and a
    pair right at the threshold is missed at most 1 time in 100, one above it less often. A text shorter than a shingle
    is compared as a whole; of a script without blanks each letter is a word. A blank text is near nothing.

    Args:
        texts: words separated by single blanks.
        similarity: least Jaccard similarity of two near-duplicates, in (0, 1].
        shingle_words: consecutive words that make a shingle.
        num_permutations: MinHash permutations; with more, fewer pairs have to be counted. At least 16 for the promise
            on missed pairs to hold from a similarity of 0.25 up.
        seed: of the permutations.

    Shapes:
        returns: (n,) group of each text, numbered from 0 in order of appearance.

    Source: A. Broder, "On the resemblance and containment of documents", 1997; J. Leskovec, A. Rajaraman, J. Ullman,
        "Mining of Massive Datasets", chapter 3.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    blank = np.array([not text for text in texts], dtype=bool)
    # A template sent a thousand times with other numbers is one kind here, not half a million pairs.
    kind_of, kinds = pd.factorize(np.array([_DIGITS.sub("0", text) for text in texts if text], dtype=object))
    shingles = list(_shingle_sets(kinds.tolist(), shingle_words))
    pairs = _candidate_pairs(shingles, similarity, num_permutations, seed)
    near = [(a, b) for a, b in pairs if _jaccard(shingles[a], shingles[b]) >= similarity]
    first, second = np.array(near, dtype=np.int64).reshape(-1, 2).T
    graph = coo_array((np.ones(len(near)), (first, second)), shape=(len(kinds), len(kinds)))
    groups = np.empty(len(texts), dtype=np.int64)
    groups[~blank] = connected_components(graph, directed=False)[1][kind_of]
    groups[blank] = len(kinds) + np.arange(blank.sum())
    return pd.factorize(groups)[0].astype(np.int64)


def leaked_percent(groups: NDArray[np.int64], train_rows: NDArray[np.int64], test_rows: NDArray[np.int64]) -> float:
    """Share of test rows that have a near-duplicate in the training part, in percent.

    Shapes:
        groups: (N,) group of each row; -1 for rows that belong to neither part.
    """
    assert len(test_rows) > 0, "no test rows"
    assert min(groups[train_rows].min(initial=0), groups[test_rows].min()) >= 0, "a row without a group is in a part"
    return 100.0 * float(np.isin(groups[test_rows], groups[train_rows]).mean())


def random_leakage_percent(
    labels: NDArray[np.int8],
    groups: NDArray[np.int64],
    *,
    test_share: float,
    train_share: float,
    repeats: int,
    seed: int,
) -> float:
    """Mean of `leaked_percent` over random stratified splits that ignore groups: what grouping spares the figures.

    Shapes:
        labels, groups: (n,) of the rows that are split.
    """
    from sklearn.model_selection import StratifiedShuffleSplit

    test_size = round(test_share * len(labels))
    train_size = min(round(train_share * len(labels)), len(labels) - test_size)
    splitter = StratifiedShuffleSplit(repeats, test_size=test_size, train_size=train_size, random_state=seed)
    splits = splitter.split(labels, labels)
    return float(np.mean([leaked_percent(groups, train, test) for train, test in splits]))


def _shingle_sets(texts: list[str], shingle_words: int) -> Iterator[NDArray[np.uint64]]:
    """The hashes of the distinct shingles of each text, ascending; pandas' hash is the same in every process."""
    words = [[word for word in text.split(" ") if word] for text in part_unspaced(texts)]
    hashes = pd.util.hash_array(np.array([word for text in words for word in text], dtype=object))
    start = 0
    for text in words:
        width = min(shingle_words, len(text))
        num_shingles = len(text) - width + 1
        shingles = np.zeros(num_shingles, dtype=np.uint64)
        for place in range(width):
            shingles = shingles * _PLACE + hashes[start + place : start + place + num_shingles]
        yield np.unique(shingles)
        start += len(text)


def _candidate_pairs(
    shingles: list[NDArray[np.uint64]], similarity: float, num_permutations: int, seed: int
) -> set[tuple[int, int]]:
    """The pairs of texts, the earlier one first, that agree in all rows of at least one band."""
    from datasketch import MinHash

    sketches = MinHash.bulk(
        ((hashes >> np.uint64(32)).tolist() for hashes in shingles),
        num_perm=num_permutations,
        seed=seed,
        hashfunc=int,  # the shingles are hashes already
    )
    num_bands, num_rows = _bands(similarity, num_permutations)
    pairs: set[tuple[int, int]] = set()
    for start in range(0, num_bands * num_rows, num_rows):
        alike: defaultdict[bytes, list[int]] = defaultdict(list)
        for text, sketch in enumerate(sketches):
            alike[sketch.hashvalues[start : start + num_rows].tobytes()].append(text)
        for group in alike.values():
            pairs.update(combinations(group, 2))
    return pairs


def _bands(similarity: float, num_permutations: int) -> tuple[int, int]:
    """Number of bands and rows in each: the most rows with which a pair at the threshold is still found.

    A pair of Jaccard similarity s shares one of b bands of r rows with probability 1 - (1 - s^r)^b. datasketch's own
    choice weighs missed pairs against needless ones; these cost nothing but time here, as each is confirmed.
    """
    assert num_permutations >= 2, "locality-sensitive hashing needs two bands"
    shapes = [(num_permutations // rows, rows) for rows in range(1, num_permutations // 2 + 1)]
    found = [(b, r) for b, r in shapes if 1 - (1 - similarity**r) ** b >= _LEAST_RECALL]
    return max(found, key=lambda shape: shape[1], default=shapes[0])


def _jaccard(a: NDArray[np.uint64], b: NDArray[np.uint64]) -> float:
    shared = len(np.intersect1d(a, b, assume_unique=True))
    return shared / (len(a) + len(b) - shared)
