"""Names of classifiers, to begin a line with."""

from __future__ import annotations

from pipeline.reporting.grid import upper
from pipeline.reporting.synthesis.sentences import evaluator_name


def classifier_name(key: str) -> str:
    """The name of a classifier, to begin a line with."""
    return upper(evaluator_name(key))
