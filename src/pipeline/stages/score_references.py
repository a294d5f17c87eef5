"""Say what n-gram models and compressors pay for the validation and test messages."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from pipeline.artifacts import Corpus, Split
from pipeline.artifacts.characters import Characters, References
from pipeline.evaluation.characters.references import refer


def score_references(
    corpus: Corpus, split: Split, characters: Characters, *, orders: Annotated[int, Field(ge=1, le=8)]
) -> References:
    """Fit n-gram models of the orders 1 to `orders` to the training part, and let compressors read it first."""
    return refer(corpus.table["text"].tolist(), characters, split, orders=orders)
