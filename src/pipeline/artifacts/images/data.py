"""Labelled images, and who sees which.

Images are grey, `SIDE` pixels high and wide, a byte a pixel as the file has them: 0 is the background.

Shapes: N images of the training file, M of the test file, K classes, S pixels a side.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.artifacts.files import Located
from pipeline.artifacts.messages import RowChange, Rows

SIDE = 28  # pixels
WHITE = 255  # the brightest that a pixel can be

Pixels = NDArray[np.uint8]
Labels = NDArray[np.int16]


@dataclass(frozen=True)
class ImageFiles:
    """Where the images of a data set lie; None for label files of a CSV, and throughout where a stand-in is used.

    Attributes:
        train, train_labels, test, test_labels: the files; a CSV holds its labels itself.
        stand_in: whether scikit-learn's digits stand in for a data set that could not be had.
    """

    train: Located | None
    train_labels: Located | None
    test: Located | None
    test_labels: Located | None
    stand_in: bool

    @property
    def files(self) -> dict[str, Located]:
        """What was found, by what it is."""
        parts = {
            "train images": self.train,
            "train labels": self.train_labels,
            "test images": self.test,
            "test labels": self.test_labels,
        }
        return {part: located for part, located in parts.items() if located is not None}

    @property
    def key(self) -> str:
        """What identifies them in the keys of artifacts made from them: content, and suffixes that tell the format."""
        content = [f"{part}:{file.sha256}{''.join(file.path.suffixes[-2:])}" for part, file in self.files.items()]
        return ("stand-in " if self.stand_in else "") + (" ".join(content).lower() or "nothing")

    def describe(self) -> str:
        """One line for the log."""
        found = self.files
        where = ", ".join(str(located.path) for located in found.values())
        return where or ("STAND-IN scikit-learn's digits" if self.stand_in else "scikit-learn's digits")


@dataclass(frozen=True)
class Images:
    """A data set of labelled images.

    Attributes:
        name: of the data set.
        classes: names of the K classes; a label is a place in this list.
        train, test: (N, S, S) and (M, S, S).
        train_labels, test_labels: (N,) and (M,).
        stand_in: whether scikit-learn's digits stand in for a data set that could not be had.
    """

    name: str
    classes: list[str]
    train: Pixels
    train_labels: Labels
    test: Pixels
    test_labels: Labels
    stand_in: bool


@dataclass(frozen=True)
class ImageSplit:
    """Who sees which images.

    Attributes:
        train: rows of the training file that generators learn from.
        judge: those of them that the judge learns from.
        reference: those of them that the judge does not learn from, ascending; as many of each class as in `test`.
        test: rows of the test file that sets are compared with: all of them, or fewer of a class of which there are
            too few for the reference.
        num_copies: images of the training file that equal one of the test file.
        changes: those of them that were left out.
    """

    train: Rows
    judge: Rows
    reference: Rows
    test: Rows
    num_copies: int
    changes: list[RowChange]
