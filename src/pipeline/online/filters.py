"""The filters by name."""

from __future__ import annotations

from pipeline.online.linear import Linear
from pipeline.online.naive_bayes import ExactNaiveBayes, NaiveBayes
from pipeline.online.protocol import Filter
from pipeline.online.settings import FilterSettings

__all__ = ["Filter", "new_filter"]

CLASSES: dict[str, type[Filter]] = {
    "naive_bayes": NaiveBayes,
    "exact_naive_bayes": ExactNaiveBayes,
    "perceptron": Linear,
    "averaged_perceptron": Linear,
    "logistic": Linear,
}


def new_filter(settings: FilterSettings) -> Filter:
    """A filter that has learnt nothing yet."""
    return CLASSES[settings.learner](settings)
