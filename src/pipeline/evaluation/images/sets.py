"""The sets that are judged, with one draw of resamples for all that is measured on them.

Shapes: n images of a set, F features, R resamples.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.artifacts import Rows
from pipeline.artifacts.images import REFERENCE, TEST, ImageSplit, Labels, Seen
from pipeline.errors import UserError
from pipeline.evaluation.intervals import bootstrap_weights

Samples = NDArray[np.float64]  # (1 + R,): a score of the sets as they are, then of each resample


@dataclass(frozen=True)
class ImageSet:
    """A set of images as the judge sees it.

    Attributes:
        name: of the set.
        features: (n, F).
        labels, called: (n,), what was asked for or is true, and what the judge takes it for.
        weights: (1 + R, n), how often each image is in a resample: first once each, the set itself.
    """

    name: str
    features: NDArray[np.float64]
    labels: Labels
    called: Labels
    weights: NDArray[np.float64]

    def mean(self, values: NDArray[np.generic]) -> Samples:
        """The mean of something that each image has."""
        return self.weights @ values.astype(np.float64) / len(self.labels)

    def of_class(self, label: int) -> ImageSet:
        """The images of one class; the resamples stay those of the whole set, so they differ in size."""
        rows = np.flatnonzero(self.labels == label)
        return self.take(rows)

    def take(self, rows: Rows) -> ImageSet:
        """Some of the images."""
        return ImageSet(self.name, self.features[rows], self.labels[rows], self.called[rows], self.weights[:, rows])


def gather(seen: Seen, split: ImageSplit, num_neighbours: int, resamples: int, seed: int) -> dict[str, ImageSet]:
    """Every set by its name, "test" first: those of its images that sets are compared with.

    Each set is resampled by itself, image by image. What is measured against the test images meets the same resample
    of these whatever the set, so two sets are compared on the same images. What is measured on a set's own images
    alone (class accuracy, precision, density) is not paired with that of another set.

    Raises:
        UserError: two sets of one name, features that are not finite, or a set with too few images.
    """
    assert seen.sets[:2] == [TEST, REFERENCE], seen.sets
    _refuse(seen, split, num_neighbours)
    called, labels = (seen.table[column].to_numpy(np.int16) for column in ("called", "label"))
    found = {}
    for place, name in enumerate(seen.sets):
        rows = seen.rows(name)
        rows = rows[split.test] if name == TEST else rows
        drawn = bootstrap_weights(np.arange(len(rows)), resamples, seed + place)
        weights = np.vstack([np.ones(len(rows)), drawn]).astype(np.float64)
        found[name] = ImageSet(name, seen.features[rows].astype(np.float64), labels[rows], called[rows], weights)
    return found


def _refuse(seen: Seen, split: ImageSplit, num_neighbours: int) -> None:
    for name in seen.sets:
        rows = seen.rows(name)
        if seen.sets.count(name) > 1:
            raise UserError(
                f"Two sets of images are called {name}.",
                expected="a name of its own for each model",
                remedy="Rename one of them.",
            )
        if not np.isfinite(seen.features[rows]).all():
            raise UserError(
                f"The judge's features of the images of {name} are not all finite.",
                expected="a judge that gives every image finite numbers",
                remedy="Lower the judge's learning rate and train it again.",
            )
        number = len(split.test) if name == TEST else len(rows)
        if number <= num_neighbours:
            raise UserError(
                f"The set {name} has {number} images, too few for the {num_neighbours} nearest of each.",
                expected="more images in each set than evaluate.num_neighbours",
                remedy="Lower evaluate.num_neighbours, or use a larger data set.",
            )
