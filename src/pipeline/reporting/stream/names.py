"""The models of a stream: what each is called, and the look by which figures tell it from the others."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.reporting.style import INK, LOOKS, Look

HASHING, COUNT_MIN = "hashing", "count-min"


@dataclass(frozen=True)
class Named:
    """A model: its name for people, and its look."""

    name: str
    look: Look


# A learner has a colour; hashing is drawn through and round, count-min broken and square. The rest carry a mark each.
NAMED = {
    "naive_bayes_hashing": Named("hashed naive Bayes", LOOKS[0]),
    "naive_bayes_count_min": Named("count-min naive Bayes", Look("#56b4e9", (0, (5, 1.6)), "s")),
    "perceptron_hashing": Named("hashed perceptron", Look("#d55e00", "-", "^")),
    "perceptron_count_min": Named("count-min perceptron", Look("#e69f00", (0, (5, 1.6)), "v")),
    "averaged_perceptron": Named("averaged perceptron", Look("#cc79a7", (0, (8, 1.5, 1, 1.5, 1, 1.5)), "P")),
    "logistic": Named("logistic regression", Look("#009e73", (0, (5, 1.4, 1, 1.4)), "D")),
    "exact_naive_bayes": Named("exact naive Bayes", Look(INK, (0, (1, 1.3)), "X")),
    "gru": Named("retrained GRU", Look("#6a3d9a", "-", "*")),
    "tfidf": Named("retrained TF-IDF", Look("#8c6d31", (0, (2.5, 1.2)), "h")),
}
LEARNERS = {
    "naive_bayes": "naive Bayes",
    "perceptron": "perceptron",
    "averaged_perceptron": "averaged perceptron",
    "logistic": "logistic regression",
    "exact_naive_bayes": "exact naive Bayes",
}
ORDERS = {"file": "in the order of the source", "shuffled": "shuffled by seed"}


def model_name(model: str) -> str:
    """A model for people."""
    return NAMED[model].name if model in NAMED else model.replace("_", " ")


def model_look(model: str) -> Look:
    """The look of a model, the same in all figures; grey where the model is not known here."""
    return NAMED[model].look if model in NAMED else LOOKS[3]


def learner_name(learner: str) -> str:
    """A learner for people."""
    return LEARNERS.get(learner, learner.replace("_", " "))
