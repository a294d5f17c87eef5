"""Naive Bayes on message vectors and on bags of words, trained and tested on real and on synthetic messages.

Shapes: n messages, T words, V words of the vocabulary, D vector width, K = D or T * D.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.artifacts.synthesis import Messages
from pipeline.evaluation.bags import count_words, squash, words_first
from pipeline.evaluation.transfer import Scored, compare_settings

Name = Literal["gnb", "mnb", "bnb"]
NAMES: tuple[Name, ...] = ("gnb", "mnb", "bnb")
VECTORS = {
    "mean": "the mean of a message's word vectors",
    "flattened": "a message's word vectors in a row, padded with zeros at the end",
}


@dataclass(frozen=True)
class Views:
    """What naive Bayes reads of messages.

    Attributes:
        vectors: (n, K), for Gaussian naive Bayes.
        bags: (n, V - 1) sparse word counts, for the other two (SciPy's types do not say so: Any).
        labels: (n,).
        groups: (n,) duplicate group.
    """

    vectors: NDArray[np.float32]
    bags: Any
    labels: NDArray[np.int8]
    groups: NDArray[np.int64]

    def of(self, name: Name) -> Any:
        """The view that an evaluator reads."""
        return self.vectors if name == "gnb" else self.bags

    def beside(self, other: Views) -> Views:
        """These messages and others."""
        from scipy import sparse

        return Views(
            np.concatenate([self.vectors, other.vectors]),
            sparse.vstack([self.bags, other.bags], format="csr"),
            np.concatenate([self.labels, other.labels]),
            np.concatenate([self.groups, other.groups]),
        )


def view(messages: Messages, num_words: int, vectors: NDArray[np.float32] | None = None) -> Views:
    """Messages as naive Bayes reads them; `vectors` takes the place of the mean vectors."""
    bags = count_words(messages.ids, num_words)
    return Views(messages.vectors if vectors is None else vectors, bags, messages.labels, messages.groups)


def flatten_words(ids: NDArray[np.int32], table: NDArray[np.float32]) -> NDArray[np.float32]:
    """The vectors of each message's words in a row, from its first word on, zeros behind the last.

    Shapes: ids (n, T), table (V, D), result (n, T * D).
    """
    ids = words_first(ids)
    flat = table[ids]
    flat[ids == 0] = 0
    return flat.reshape(len(ids), -1)


def flatten_vectors(ids: NDArray[np.int32], vectors: NDArray[np.floating]) -> NDArray[np.float32]:
    """The same of messages whose vectors are stored word after word, padding left out.

    Shapes: ids (n, T), vectors (W, D) for the W words of all messages, result (n, T * D).
    """
    held = words_first(ids) != 0
    assert held.sum() == len(vectors), (held.sum(), len(vectors))
    flat = np.zeros((*ids.shape, vectors.shape[1]), np.float32)
    flat[held] = vectors
    return flat.reshape(len(ids), -1)


def evaluate(real: Views, synthetic: Views, test: Views, *, resamples: int, seed: int) -> pd.DataFrame:
    """The rows of `artifacts.Evaluators.table` for the three evaluators.

    Each has the class shares of the set that it is trained on for prior, and calls a message positive where that is
    the likelier class.

    Args:
        real: the training part.
        synthetic: generated messages, never from the test part.
        test: the test part; nothing is fitted on it.
        resamples: bootstrap resamples.
        seed: seed of the bootstrap.
    """
    both = real.beside(synthetic)
    tables = []
    for name in NAMES:
        of_real, of_synthetic, of_both = (_fit(name, train) for train in (real, synthetic, both))
        scored = {
            "trtr": _score(of_real, name, test),
            "tstr": _score(of_synthetic, name, test),
            "trts": _score(of_real, name, synthetic),
            "augmented": _score(of_both, name, test),
        }
        tables.append(compare_settings(name, scored, resamples=resamples, seed=seed))
    return pd.concat(tables, ignore_index=True)


def describe(vectors: Literal["mean", "flattened"]) -> dict[str, str]:
    """One line on each evaluator."""
    return {
        "gnb": f"Gaussian naive Bayes on {VECTORS[vectors]}",
        "mnb": "multinomial naive Bayes on word counts",
        "bnb": "Bernoulli naive Bayes on the words that a message holds",
    }


def positive_scores(model: Any, features: Any) -> NDArray[np.float64]:
    """What a fitted naive Bayes of scikit-learn makes of messages, (n,): see `squash`."""
    assert model.classes_.tolist() == [0, 1]
    negative, positive = model.predict_joint_log_proba(features).T
    return squash(positive - negative)


def _fit(name: Name, train: Views) -> Any:
    from sklearn.naive_bayes import BernoulliNB, GaussianNB, MultinomialNB

    model = {"gnb": GaussianNB, "mnb": MultinomialNB, "bnb": BernoulliNB}[name]()
    return model.fit(train.of(name), train.labels)


def _score(model: Any, name: Name, test: Views) -> Scored:
    return Scored(test.labels, positive_scores(model, test.of(name)), test.groups)
