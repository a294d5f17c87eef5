"""Classifiers that are fitted in a fraction of a second, so that a study can fit hundreds.

Shapes: n messages, V words of the vocabulary, D vector width.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.evaluation.bags import count_words, squash
from pipeline.evaluation.naive_bayes import positive_scores

CLASSIFIERS = {
    "mnb": "multinomial naive Bayes on word counts",
    "gnb": "Gaussian naive Bayes on the mean of a message's word vectors",
    "logistic": "logistic regression on the TF-IDF of words, C = 10",
}
INVERSE_PENALTY = 10  # at 1, scikit-learn's default, 26 positives of Spam or Not Spam are too few to call one positive
MAX_ITERATIONS = 1000


@dataclass(frozen=True)
class Features:
    """What the classifiers read of messages.

    Attributes:
        bags: (n, V - 1) sparse word counts (SciPy's types do not say so: Any).
        vectors: (n, D) float64.
    """

    bags: Any
    vectors: NDArray[np.float64]


@dataclass(frozen=True)
class Training:
    """What the classifiers are fitted on.

    Attributes:
        ids: (n, V) word indices, 0 = no word.
        labels: (n,).
        vectors: (n, D) mean of each message's word vectors.
        weights: (n,) how many messages each counts for.
    """

    ids: NDArray[np.int32]
    labels: NDArray[np.int8]
    vectors: NDArray[np.float32]
    weights: NDArray[np.float64]


def read(ids: NDArray[np.int32], vectors: NDArray[np.float32], num_words: int) -> Features:
    """The features of messages, from their words and the mean of their words' vectors."""
    return Features(count_words(ids, num_words), vectors.astype(np.float64))


def fit_rarity(bags: Any) -> Any:
    """How rare each word is: scikit-learn's TF-IDF fitted on word counts, logarithmic in the count."""
    from sklearn.feature_extraction.text import TfidfTransformer

    return TfidfTransformer(sublinear_tf=True).fit(bags)


def fit_and_score(train: Training, rarity: Any, on: Features) -> dict[str, NDArray[np.float64]]:
    """Fit every one of CLASSIFIERS and score messages: from 0 to 1, positive from 0.5 on; see `bags.squash`.

    Args:
        train: what they are fitted on.
        rarity: what `fit_rarity` gives.
        on: n messages to score; each result is (n,).
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.naive_bayes import GaussianNB, MultinomialNB

    features = read(train.ids, train.vectors, on.bags.shape[1] + 1)
    mnb = MultinomialNB().fit(features.bags, train.labels, sample_weight=train.weights)
    gnb = GaussianNB().fit(features.vectors, train.labels, sample_weight=train.weights)
    logistic = LogisticRegression(C=INVERSE_PENALTY, max_iter=MAX_ITERATIONS)
    logistic.fit(rarity.transform(features.bags), train.labels, sample_weight=train.weights)
    return {
        "mnb": positive_scores(mnb, on.bags),
        "gnb": positive_scores(gnb, on.vectors),
        "logistic": squash(logistic.decision_function(rarity.transform(on.bags))),
    }
