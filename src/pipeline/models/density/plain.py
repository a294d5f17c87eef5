"""Detectors without depth: the length of a message, the density of its words, and how often its like occurs.

Shapes: n messages, V words.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.models.density.material import Costs, Detector, Material, Priced
from pipeline.ranges import Count, Positive


def length(material: Material) -> Length:  # noqa: ARG001 - all builders are given what they could be fitted on
    """Longer messages cost more: what any score that adds up over words must beat."""
    return Length()


def unigram(material: Material, *, smoothing: Positive) -> Unigram:
    """Each word is there or not, whatever the others: the density of a Bernoulli VAE without a code.

    The probability of a word is the share of messages that hold it, with `smoothing` messages more of either kind.
    """
    weights = material.weights.astype(np.float64)
    held, total = weights @ (material.bags > 0), weights.sum()
    missed = np.maximum(total - held, 0)
    return Unigram(*(np.log(total + 2 * smoothing) - np.log(count + smoothing) for count in (held, missed)))


def repetition(material: Material, *, neighbours: Count) -> Repetition:
    """How near a message is to the nearest of those that are scored with it: who sends to many repeats himself.

    Those scored with it, not those fitted on: a split that keeps near-duplicates on one side leaves none of them there.
    """
    material.refuse_weights("repetition")
    return Repetition(material, neighbours)


class Length(Detector):
    """The number of known words."""

    kind = "length"
    is_length_adjusted = adds_up = False

    @property
    def description(self) -> str:
        """One line that says what it is."""
        return "number of known words, nothing else"

    def costs(self, bags: Any) -> dict[str, Costs]:
        """Distinct known words (n,)."""
        return {"cost": np.diff(bags.indptr).astype(np.float64)}


class Unigram(Detector, Priced):
    """Independent Bernoulli words.

    Shapes: present, absent (V,), what a word costs that is there, and one that is not.
    """

    kind = "unigram"

    def __init__(self, present: NDArray[np.float64], absent: NDArray[np.float64]) -> None:
        self.present, self.absent, self.num_params = present, absent, len(present)

    @property
    def description(self) -> str:
        """One line that says what it is."""
        return "each word on its own, by the share of messages that hold it"

    def costs(self, bags: Any) -> dict[str, Costs]:
        """Negative log-probabilities (n,) in nats."""
        return {"cost": (bags > 0) @ (self.present - self.absent) + self.absent.sum()}

    def word_costs(self, bags: Any) -> Any:
        """-log p of each word that is there."""
        priced = bags.copy()
        priced.data = self.present[bags.indices]
        return priced


class Repetition(Detector):
    """Mean similarity to the nearest messages: cosine of binary bags, words that are rare among those fitted on first.

    Unlike with any other detector, what a message costs depends on the messages that are scored with it.
    """

    kind = "repetition"
    is_length_adjusted = adds_up = False

    def __init__(self, material: Material, neighbours: int) -> None:
        from sklearn.feature_extraction.text import TfidfTransformer

        self.rarity, self.neighbours = TfidfTransformer().fit(material.bags > 0), neighbours

    @property
    def description(self) -> str:
        """One line that says what it is."""
        return f"mean similarity to the {self.neighbours} nearest of the messages scored with it (TF-IDF, cosine)"

    def costs(self, bags: Any) -> dict[str, Costs]:
        """Similarities (n,), from 0 to 1."""
        from sklearn.neighbors import NearestNeighbors

        if bags.shape[0] < 2:
            return {"cost": np.zeros(bags.shape[0])}
        weighted = self.rarity.transform(bags > 0)
        number = min(self.neighbours, bags.shape[0] - 1)
        nearest = NearestNeighbors(n_neighbors=number + 1, metric="cosine", algorithm="brute").fit(weighted)
        distances, _ = nearest.kneighbors(weighted)
        return {"cost": 1 - distances[:, 1:].mean(axis=1)}  # the nearest of all is the message itself, or its copy
