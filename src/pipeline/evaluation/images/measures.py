"""Every score of every set, on the images as they are and on resamples of them.

Shapes: n images of a set, m test images, K classes, R resamples.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from pipeline.artifacts.images import REAL, REFERENCE, TEST, Labels
from pipeline.evaluation.frechet import frechet_between, resampled_moments
from pipeline.evaluation.images.manifold import Flags, overlap, squared_radii
from pipeline.evaluation.images.pairs import diversity_samples, kernel_samples
from pipeline.evaluation.images.sets import ImageSet, Samples

SCORES = (
    *("class_accuracy", "frechet", "kernel", "precision", "recall", "density", "coverage", "diversity"),
    "learnt_accuracy",
)


@dataclass(frozen=True)
class Share:
    """A score that is the share of some images of which something holds.

    Attributes:
        images: these.
        holds: (n,), whether it holds.
    """

    images: ImageSet
    holds: Flags


@dataclass(frozen=True)
class Measured:
    """The scores of a set.

    Attributes:
        shares: those that are shares of images.
        samples: all of them.
        diversity: (K, 1 + R), by class.
        asked: the images that the judge was shown to see whether it calls them what was asked for.
    """

    shares: dict[str, Share]
    samples: dict[str, Samples]
    diversity: NDArray[np.float64]
    asked: ImageSet


def measure(
    sets: Mapping[str, ImageSet], learnt: Mapping[str, Labels], num_classes: int, num_neighbours: int
) -> dict[str, Measured]:
    """All scores of the drawn sets, and of the reference set by the name "real".

    Args:
        sets: by their names.
        learnt: of each drawn set, what a classifier that has learnt from its source takes the test images for.
    """
    test = sets[TEST]
    compared = {REAL if name == REFERENCE else name: one for name, one in sets.items() if name != TEST}
    radii = squared_radii(test.features, num_neighbours)
    frechet = _frechet_samples(test, list(compared.values()))
    kernel = kernel_samples(test, list(compared.values()))
    found = {}
    for place, (name, one) in enumerate(compared.items()):
        asked = test if name == REAL else one
        laid = overlap(test.features, radii, one.features, num_neighbours)
        shares = {
            "class_accuracy": Share(asked, asked.called == asked.labels),
            "precision": Share(one, laid.precise),
            "recall": Share(test, laid.recalled),
            "coverage": Share(test, laid.covered),
            "learnt_accuracy": Share(test, learnt.get(name, test.called) == test.labels),
        }
        diversity = np.stack([diversity_samples(test, one, label) for label in range(num_classes)])
        samples = {score: share.images.mean(share.holds) for score, share in shares.items()} | {
            "frechet": frechet[place],
            "kernel": kernel[place],
            "density": one.mean(laid.crowd),
            "diversity": mean_of_defined(diversity),
        }
        found[name] = Measured(shares, samples, diversity, asked)
    return found


def mean_of_defined(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """The mean over the rows, without those that are NaN; NaN where all are.

    Shapes: values (K, n), result (n,).
    """
    number = np.isfinite(values).sum(axis=0)
    return np.divide(np.nansum(values, axis=0), number, out=np.full(values.shape[1], np.nan), where=number > 0)


def _frechet_samples(test: ImageSet, sets: Sequence[ImageSet]) -> list[Samples]:
    """The Fréchet distance of sets to the test images, both resampled.

    On one thread: for the roots of many small matrices, threads wait for one another longer than they work.
    """
    with threadpool_limits(limits=1, user_api="blas"):
        real = resampled_moments(test.features, test.weights)
        drawn = [resampled_moments(one.features, one.weights) for one in sets]
        return [np.array([frechet_between(*pair) for pair in zip(real, own, strict=True)]) for own in drawn]
