"""What a filter is made by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import AfterValidator, ConfigDict, Field

from pipeline.ranges import Positive

Learner = Literal["naive_bayes", "perceptron", "averaged_perceptron", "logistic", "exact_naive_bayes"]
BOUNDED: tuple[Learner, ...] = ("naive_bayes", "perceptron", "averaged_perceptron", "logistic")  # in their memory
Words = Annotated[int, Field(ge=1, le=16)]


def _ascending(ngrams: tuple[int, int]) -> tuple[int, int]:
    if ngrams[0] > ngrams[1]:
        raise ValueError(f"the fewest words of an n-gram first, then the most: [{ngrams[1]}, {ngrams[0]}]")
    return ngrams


Ngrams = Annotated[tuple[Words, Words], AfterValidator(_ascending)]
Buckets = Annotated[int, Field(ge=1, le=28)]
Hashes = Annotated[int, Field(ge=1, le=16)]
HashSeed = Annotated[int, Field(ge=0, lt=2**32)]


@dataclass(frozen=True)
class FilterSettings:
    """A filter that learns as it goes.

    Attributes:
        learner: naive Bayes; the perceptron by the delta rule; the averaged perceptron; logistic regression by AdaGrad;
            naive Bayes that counts each n-gram by itself, without hashing, in memory that grows with the stream.
        ngrams: fewest and most words of an n-gram.
        log2_buckets: base-2 logarithm of the buckets in a row of the table.
        num_hashes: rows of the table, each with a hash function of its own: 1 is feature hashing, more a count-min
            sketch (the minimum of counts, the median of weights).
        hash_seed: seed of the first row's hash function; the rows after it have the seeds that follow.
        likelihood: of naive Bayes, what Pr(w | class) is a share of: the n-grams of the class, or its messages.
        rate: learning rate; not read by naive Bayes and the averaged perceptron, whose weights it would only scale.
    """

    __pydantic_config__ = ConfigDict(extra="forbid")

    learner: Learner
    ngrams: Ngrams
    log2_buckets: Buckets
    num_hashes: Hashes
    hash_seed: HashSeed
    likelihood: Literal["ngrams", "messages"]
    rate: Positive

    @property
    def buckets(self) -> int:
        """Buckets in a row."""
        return 2**self.log2_buckets
