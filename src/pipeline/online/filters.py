"""The filters by name."""

from __future__ import annotations

from pipeline.errors import UserError
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
    """A filter that has learnt nothing yet.

    Raises:
        UserError: n-grams have more words at least than at most.
    """
    low, high = settings.ngrams
    if low > high:
        raise UserError(
            f"N-grams cannot have {low} words at least and {high} at most.",
            expected="fewest and most words of an n-gram, say 1 and 2",
            remedy=f"Turn them round: {high} and {low}.",
        )
    return CLASSES[settings.learner](settings)
