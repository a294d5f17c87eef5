"""From image files to a checked data set: every label known, enough images of every class, nothing lost."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from pipeline.artifacts.images import SIDE, WHITE, ImageFiles, Images, Labels, Pixels
from pipeline.data.idx import read_idx
from pipeline.data.image_tables import line_of, read_image_table
from pipeline.data.tables import brief
from pipeline.errors import UserError

MIN_TRAIN, MIN_TEST = 8, 2  # images of a class
_EVERY = 5  # of the digits of a class, one of so many is a test image
_DARKEST = 16  # of scikit-learn's digits
_SHOWN = 10


@dataclass(frozen=True)
class _RawImages:
    """What the files of one part hold.

    Attributes:
        part: "training" or "test".
        pixels: (N, S, S).
        labels: N labels as strings.
        labels_path: the file that these are in.
        is_table: whether that is a table.
    """

    part: str
    pixels: Pixels
    labels: list[str]
    labels_path: Path
    is_table: bool

    def place(self, row: int) -> str:
        """Where the label of an image is."""
        place = f"line {line_of(self.labels_path, row)}" if self.is_table else f"label {row + 1:,}"
        return f"{self.labels_path}, {place}"


def read_images(files: ImageFiles, *, name: str, classes: list[str] | None) -> Images:
    """The images of a data set with their labels, and names for these.

    The label i means `classes[i]`; where those are None, the labels of the training file name themselves.

    Raises:
        UserError: a file is not as it should be, a label not known, or a class has too few images.
    """
    if files.train is None or files.test is None:
        return _digits(name, stand_in=files.stand_in)
    _check_names(classes)
    train, test = _read_part(files, "training"), _read_part(files, "test")
    known = _in_order(set(train.labels)) if classes is None else [str(label) for label in range(len(classes))]
    names = known if classes is None else classes
    if len(known) < 2:
        raise UserError(
            f"{train.labels_path} holds one class only: {_listed(known)}.",
            expected="images of two classes or more",
            remedy="Add images of another class.",
        )
    train_labels, test_labels = _encoded(train, known, names), _encoded(test, known, names)
    _check_class_sizes(train, train_labels, names, MIN_TRAIN)
    _check_class_sizes(test, test_labels, names, MIN_TEST)
    return Images(name, list(names), train.pixels, train_labels, test.pixels, test_labels, stand_in=False)


def _read_part(files: ImageFiles, part: str) -> _RawImages:
    images, labels = (files.train, files.train_labels) if part == "training" else (files.test, files.test_labels)
    assert images is not None
    if labels is None:
        pixels, texts = read_image_table(images.path)
        return _RawImages(part, pixels, texts, images.path, is_table=True)
    pixels, numbers = read_idx(images.path, 3), read_idx(labels.path, 1)
    if len(pixels) != len(numbers):
        raise UserError(
            f"{images.path} holds {len(pixels):,} images, {labels.path} {len(numbers):,} labels.",
            expected="a label for every image",
            remedy="Name the two files that belong together, or fetch both again.",
        )
    return _RawImages(part, pixels, list(map(str, numbers.tolist())), labels.path, is_table=False)


def _check_names(classes: list[str] | None) -> None:
    if classes is None:
        return
    if len(classes) < 2 or len(set(classes)) < len(classes) or not all(map(str.strip, classes)):
        raise UserError(
            f"dataset.classes = {classes} cannot name the classes.",
            expected="two different names or more, none of them blank: that of label 0 first",
            remedy="Mend them, or set dataset.classes=null to have the labels name themselves.",
        )


def _in_order(labels: set[str]) -> list[str]:
    """Labels ascending: as numbers where all of them are, else as texts."""
    if all(label.removeprefix("-").isdecimal() for label in labels):
        return sorted(labels, key=int)
    return sorted(labels)


def _encoded(raw: _RawImages, known: list[str], names: list[str]) -> Labels:
    """The labels as places in `known`."""
    codes = pd.Index(known).get_indexer(pd.Index(raw.labels))
    unknown = np.flatnonzero(codes < 0)
    if len(unknown):
        label = brief(raw.labels[unknown[0]])
        others = f" ({len(unknown):,} images have a label that is not known)" if len(unknown) > 1 else ""
        expected = f"a label of the training file: {_listed(known)}"
        remedy = "Mend the labels, or add images of that class to the training file."
        if names is not known:
            named = [f"{place} ({brief(name)})" for place, name in enumerate(names)]
            expected = f"a label that dataset.classes names: {_few(named)}"
            remedy = "Mend the labels, or dataset.classes: null takes those of the training file."
        raise UserError(
            f"{raw.place(int(unknown[0]))}: the label {label!r} of a {raw.part} image is not known{others}.",
            expected=expected,
            remedy=remedy,
        )
    return codes.astype(np.int16)


def _check_class_sizes(raw: _RawImages, labels: Labels, names: list[str], needed: int) -> None:
    for name, count in zip(names, np.bincount(labels, minlength=len(names)).tolist(), strict=True):
        if count < needed:
            raise UserError(
                f"The class {brief(name)!r} has {count} {raw.part} image{'s' * (count != 1)} in {raw.labels_path}.",
                expected=f"at least {needed} in each class: the judge is trained on some and measures compare others",
                remedy="Add images of that class, or leave it out of both files.",
            )


def _listed(labels: list[str]) -> str:
    return _few([repr(brief(label)) for label in labels])


def _few(written: list[str]) -> str:
    more = f" and {len(written) - _SHOWN} more" if len(written) > _SHOWN else ""
    return ", ".join(written[:_SHOWN]) + more


def _digits(name: str, *, stand_in: bool) -> Images:
    """Scikit-learn's digits, 8 x 8 pixels, scaled up linearly; every fifth image of a class is a test image.

    Source: Alpaydin, Kaynak 1998, Optical Recognition of Handwritten Digits, UCI Machine Learning Repository.
    """
    from scipy import ndimage
    from sklearn.datasets import load_digits

    flat, target = cast("tuple[ArrayLike, ArrayLike]", load_digits(return_X_y=True))
    flat, labels = np.asarray(flat, np.float64), np.asarray(target, np.int16)
    side = math.isqrt(flat.shape[1])
    scale = SIDE / side
    shares = flat.reshape(-1, side, side) / _DARKEST
    scaled = cast(
        "NDArray[np.float64]", ndimage.zoom(shares, (1, scale, scale), order=1, mode="nearest", grid_mode=True)
    )
    pixels = np.rint(scaled * WHITE).astype(np.uint8)
    earlier = pd.Series(labels).groupby(labels).cumcount().to_numpy()  # images of the class before each
    test = earlier % _EVERY == _EVERY - 1
    classes = [str(label) for label in np.unique(labels)]
    return Images(name, classes, pixels[~test], labels[~test], pixels[test], labels[test], stand_in=stand_in)
