"""How much of a set of messages is copied from the training messages.

Shapes: n messages of the set, m training messages, T words.
"""

from __future__ import annotations

import numpy as np

from pipeline.evaluation.synthetic.ngrams import NONE, Ids, number_ngrams, stack


def copied_ngrams(ids: Ids, train: Ids, size: int) -> float:
    """Percent of the set's n-grams that a training message holds; NaN where no message is long enough for one.

    Shapes: ids (n, T), train (m, T').
    """
    numbers = number_ngrams(stack(train, ids), size)
    own = numbers[len(train) :]
    own = own[own != NONE]
    return 100 * float(np.isin(own, numbers[: len(train)]).mean()) if len(own) else np.nan


def exact_copies(ids: Ids, train: Ids) -> float:
    """Percent of the set's messages with the same words in the same order as a training message.

    Both as they were cut to the longest length that the model reads.

    Shapes: ids (n, T), train (m, T').
    """
    held = {row[row != 0].tobytes() for row in train}
    return 100 * float(np.mean([row[row != 0].tobytes() in held for row in ids]))
