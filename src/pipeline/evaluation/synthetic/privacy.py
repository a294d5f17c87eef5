"""Whether a published set of messages gives away those that its maker was trained on.

Shapes: n messages of the set, m of the others, D vector width.
"""

from __future__ import annotations

import numpy as np

from pipeline.evaluation.frechet import Vectors
from pipeline.evaluation.synthetic.distances import closest


def distance_to_closest(vectors: Vectors, train: Vectors) -> float:
    """The median over the set of the Euclidean distance to the closest training message.

    Shapes: vectors (n, D), train (m, D).
    """
    return float(np.median(closest(vectors, train)))


def closer_to_train(vectors: Vectors, train: Vectors, other: Vectors) -> float:
    """Percent of the set's messages that are at least as close to a training message as to one of another real set.

    50 is ideal. Messages as close to both count as closer to the training ones, against the maker. The two real sets
    must be of one size, for the closest of many is closer than the closest of few.

    Shapes: vectors (n, D), train and other (m, D).
    """
    assert len(train) == len(other)
    return 100 * float((closest(vectors, train) <= closest(vectors, other)).mean())


def membership_auc(published: Vectors, members: Vectors, non_members: Vectors) -> float:
    """How well closeness to a published message tells training messages from ones never trained on: the area under ROC.

    0.5 gives nothing away, 1 all.

    Shapes: published (n, D), members (m, D), non_members (any number, D).
    Source: the distance attack of Chen et al. 2020, GAN-Leaks, ACM CCS, section 4.2 (full black box).
    """
    from sklearn.metrics import roc_auc_score

    real = np.concatenate([members, non_members])
    is_member = np.arange(len(real)) < len(members)
    return float(roc_auc_score(is_member, -closest(real, published)))
