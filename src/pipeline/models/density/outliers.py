"""Detectors of scikit-learn's, on the same bags as all others; none is given a dense matrix.

Shapes: n messages, V words, C components.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from pipeline.errors import UserError
from pipeline.models.density.material import Costs, Detector, Material
from pipeline.ranges import Count


def pca(material: Material, *, components: Count) -> Pca:
    """What the main directions leave of a message: an autoencoder without a bend."""
    material.refuse_weights("pca")
    return Pca(material, components)


def isolation_forest(material: Material, *, trees: Count) -> Forest:
    """How few random cuts set a message apart.

    Source: F. T. Liu, K. M. Ting, Z.-H. Zhou 2008, "Isolation forest".
    """
    material.refuse_weights("isolation_forest")
    return Forest(material, trees)


def local_outlier_factor(material: Material, *, neighbours: Count) -> OutlierFactor:
    """How much sparser the neighbourhood of a message is than those of its neighbours.

    Source: M. M. Breunig, H.-P. Kriegel, R. T. Ng, J. Sander 2000, "LOF: identifying density-based local outliers".
    """
    material.refuse_weights("local_outlier_factor")
    return OutlierFactor(material, neighbours)


class Pca(Detector):
    """Principal components of binary bags; the cost is the squared error of the reconstruction."""

    kind = "pca"

    def __init__(self, material: Material, components: int) -> None:
        from sklearn.decomposition import PCA

        held = (material.bags > 0).astype(np.float64)
        self.components = min(components, min(held.shape) - 1)
        if not self.components or not (held.sum(axis=0) % len(material.weights)).any():
            raise UserError(
                f"The detector pca has no directions to look along: of the vocabulary of {held.shape[1]} words all are "
                f"in the same ones of the {held.shape[0]} messages that it is fitted on.",
                expected="two words or more, and messages that differ in them",
                remedy="Lower bags.min_messages, or remove the detector with '~detectors.NAME'.",
            )
        self.found = PCA(self.components, svd_solver="arpack", random_state=material.seed).fit(held)
        self.num_params = (self.components + 1) * held.shape[1]

    @property
    def description(self) -> str:
        """One line that says what it is."""
        return f"squared error of a reconstruction from {self.components} principal components"

    def costs(self, bags: Any) -> dict[str, Costs]:
        """Squared errors (n,): the squared distance from the mean, less what the components explain of it."""
        held, mean = (bags > 0).astype(np.float64), self.found.mean_
        distances = held.sum(axis=1) - 2 * (held @ mean) + mean @ mean
        explained = (self.found.transform(held) ** 2).sum(axis=1)
        return {"cost": distances - explained}


class Forest(Detector):
    """An isolation forest on binary bags."""

    kind = "isolation_forest"
    adds_up = False

    def __init__(self, material: Material, trees: int) -> None:
        from sklearn.ensemble import IsolationForest

        self.trees = trees
        self.forest = IsolationForest(n_estimators=trees, random_state=material.seed).fit(material.bags > 0)

    @property
    def description(self) -> str:
        """One line that says what it is."""
        return f"isolation forest of {self.trees} trees"

    def costs(self, bags: Any) -> dict[str, Costs]:
        """Anomaly scores (n,), from 0 to 1."""
        return {"cost": -self.forest.score_samples(bags > 0)}


class OutlierFactor(Detector):
    """The local outlier factor of binary bags, cosine distance."""

    kind = "local_outlier_factor"
    adds_up = False

    def __init__(self, material: Material, neighbours: int) -> None:
        from sklearn.neighbors import LocalOutlierFactor

        self.neighbours = min(neighbours, material.bags.shape[0] - 1)
        self.factor = LocalOutlierFactor(self.neighbours, metric="cosine", algorithm="brute", novelty=True)
        self.factor.fit((material.bags > 0).astype(np.float64))

    @property
    def description(self) -> str:
        """One line that says what it is."""
        return f"local outlier factor, {self.neighbours} neighbours, cosine distance"

    def costs(self, bags: Any) -> dict[str, Costs]:
        """Outlier factors (n,), about 1 for messages like their neighbours."""
        return {"cost": -self.factor.score_samples((bags > 0).astype(np.float64))}
