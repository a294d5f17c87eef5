"""How like real images those are that something drew.

A *set* is a collection of images that is judged as a whole: "test", "reference" or what something drew.

Shapes: M images of the test file, F features.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.artifacts.images.data import Labels
from pipeline.artifacts.messages import Rows

TEST, REFERENCE = "test", "reference"  # the real sets
REAL = "real"  # the row of the reference set where sets are scored against the test set
CLOSE = 0.01  # share of the test images that are closer to a training image than all others: a drawing may be so close
BINS = 20  # of equal width, of the discriminator's probability
AS_REAL = (
    "class_accuracy",
    "precision",
    "density",
    "diversity",
)  # best at what real images have, neither less nor more
COLLAPSED, PARTIAL = "collapsed", "partial"  # how much of a class is lost


@dataclass(frozen=True)
class Seen:
    """What the judge makes of every set.

    Attributes:
        sets: names of the sets in the order of the rows: "test" (all test images), "reference", then those drawn.
        table: one row an image: `set`, `label` (asked for, or true), `called` (what the judge takes it for),
            `probability` (that the judge gives to `label`).
        features: (rows of the table, F) float32.
    """

    sets: list[str]
    table: pd.DataFrame
    features: NDArray[np.float32]

    def rows(self, name: str) -> Rows:
        """The rows of a set."""
        return np.flatnonzero((self.table["set"] == name).to_numpy())


@dataclass(frozen=True)
class Pupil:
    """A classifier like the judge, trained on drawings alone.

    Attributes:
        name: of what drew them.
        called: (M,), what it takes each test image for.
        num_images: that it was trained on.
    """

    name: str
    called: Labels
    num_images: int


@dataclass(frozen=True)
class Confidence:
    """What the discriminator, dropout off, takes for real.

    Attributes:
        table: one row an image: `set` ("train": images that it was trained on, "test", "generated"), `label`,
            `probability` (of being real).
    """

    table: pd.DataFrame


@dataclass(frozen=True)
class Neighbours:
    """The training images that are closest to drawings, by Euclidean distance of pixels as shares of white.

    Attributes:
        table: one row an image: `set` (a drawn set, or "test"), `row` (0-based within the set), `label`, `train` (row
            of the training file), `distance`, `twin` (whether it equals an earlier image of the set).
        repeats: one row a drawn set: `set`, `exact` (drawings that equal a training image), `twins` (drawings that
            equal an earlier one of the set).
    """

    table: pd.DataFrame
    repeats: pd.DataFrame


@dataclass(frozen=True)
class ImageScores:
    """How like the test images the sets are.

    Rows named "real" are of the reference set: real images that stand where a generator's would. Its `class_accuracy`
    and `learnt_accuracy` are the judge's on the test images themselves.

    Attributes:
        table: one row a set and score: `name` (of what drew it, or "real"), `score`, `value`, `low`, `high` (95 %
            interval). Scores: "class_accuracy" (share that the judge calls what was asked for), "frechet", "kernel"
            (distances to the test images in the judge's features), "precision" (share of the set among the test
            images), "recall" (share of the test images among the set), "density", "coverage", "diversity" (mean
            distance of two images of a class, as a share of that of two test images of it), "learnt_accuracy" (on the
            test images, of a classifier trained on the set's source alone).
        by_class: one row a set, class and score: `name`, `label`, `score` ("class_accuracy", "diversity", "precision",
            "recall", "coverage"), `value`, `low`, `high`.
        confusion: one row a set and pair of classes: `name` ("real": test images), `label` (asked for), `called`,
            `images`.
        contests: one row a pair of sets and score: `first`, `second`, `score`, `from_real` (whether distances from the
            value of "real" are compared: between drawn sets, in the scores `AS_REAL`), `difference` (first less
            second), `low`, `high`, `p` (adjusted for the number of pairs and scores).
        collapse: one row a drawn set and class: `name`, `label`, `diversity`, `coverage`, `recall` (of the class's test
            images), `class_accuracy`, `level` ("collapsed", "partial": most kinds are left out, or ""), `reason` ("" at
            no level).
        copies: one row a drawn set: `name`, `images`, `exact`, `twins`, `close` (share closer to a training image than
            all but 1 % of the test images are), `low`, `high`, `distance` (median to the closest training image),
            `test_distance` (the same of the test images).
        num_images: of a set.
        num_neighbours: that span the manifold of a set.
        num_resamples: of the bootstrap.
    """

    table: pd.DataFrame
    by_class: pd.DataFrame
    confusion: pd.DataFrame
    contests: pd.DataFrame
    collapse: pd.DataFrame
    copies: pd.DataFrame
    num_images: int
    num_neighbours: int
    num_resamples: int
