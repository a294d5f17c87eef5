"""Made-up messages whose classes prefer other words, for tests of what is trained on them."""

from itertools import pairwise

import numpy as np

from pipeline.artifacts import Split
from pipeline.artifacts.synthesis import Messages
from pipeline.evaluation.synthetic.messages import mean_vectors

NUM_WORDS, LENGTH, DIM = 60, 12, 4


def word_table(seed: int = 0) -> np.ndarray:
    """Vectors of the words; that of padding is zero."""
    table = np.random.default_rng(seed).normal(size=(NUM_WORDS, DIM)).astype(np.float32)
    table[0] = 0
    return table


def messages(n: int, share: float, seed: int, *, telling: float = 0.3) -> Messages:
    """`n` messages, `share` of them positive; a word betrays its message's class with probability `telling`."""
    random = np.random.default_rng(seed)
    labels = (np.arange(n) < round(share * n)).astype(np.int8)
    random.shuffle(labels)
    common = random.integers(1, NUM_WORDS, (n, LENGTH))
    own = random.integers(1, NUM_WORDS // 2, (n, LENGTH)) + NUM_WORDS // 2 * labels[:, None]
    ids = np.where(random.random((n, LENGTH)) < telling, own, common).astype(np.int32)
    ids[np.arange(LENGTH) >= random.integers(4, LENGTH + 1, n)[:, None]] = 0
    return Messages(ids, labels, mean_vectors(ids, word_table()), np.arange(n, dtype=np.int64) + 1000 * seed)


def split_of(*parts: Messages) -> Split:
    """The split of a corpus that holds the train, validation and test messages one after the other."""
    edges = np.cumsum([0, *(len(part.labels) for part in parts)])
    train, validation, test = (np.arange(low, high) for low, high in pairwise(edges))
    labels, groups = (np.concatenate([getattr(part, name) for part in parts]) for name in ("labels", "groups"))
    return Split(train, validation, test, labels, groups, 0.0, 0.0, validation_is_test=False)
