"""What some drawings came to, as far as it can be seen while a generator is trained.

Shapes: n drawings, m reference images, F features.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.artifacts.images import Labels
from pipeline.evaluation.frechet import frechet_distance
from pipeline.evaluation.images.pairs import distances

Features = NDArray[np.float32]


@dataclass(frozen=True)
class Reference:
    """The images that drawings are held against: features (m, F), labels (m,)."""

    features: Features
    labels: Labels

    def frechet(self, features: Features) -> float:
        """The Fréchet distance of drawings (n, F); of few it comes out too large, and always by about as much."""
        return frechet_distance(features, self.features)

    def diversity(self, features: Features, labels: Labels) -> float:
        """The mean distance of two drawings of a class as a share of that of two of these, the mean over classes.

        Classes that have no two drawings, or no two of these that differ, are left out; NaN where none is left.
        """
        shares = [
            _apart(features[labels == label]) / real
            for label in np.unique(labels)
            if (labels == label).sum() > 1 and (real := _apart(self.features[self.labels == label])) > 0
        ]
        return float(np.mean(shares)) if shares else float("nan")


def _apart(features: Features) -> float:
    """The mean distance of two different rows; 0 where there are no two."""
    if len(features) < 2:
        return 0.0
    vectors = features.astype(np.float64)
    return float(distances(vectors, vectors).sum() / (len(vectors) * (len(vectors) - 1)))
