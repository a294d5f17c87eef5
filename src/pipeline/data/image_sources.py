"""Where the image files of a data set are, and which of them hold their labels themselves."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.artifacts import Located
from pipeline.artifacts.images import ImageFiles
from pipeline.data.files import open_unpacked
from pipeline.data.image_tables import is_table
from pipeline.data.sources import Library, Source, given_file
from pipeline.errors import UserError

log = logging.getLogger(__name__)

_STAND_IN = ImageFiles(None, None, None, None, stand_in=True)
_DIGITS = "digits"  # the data set that is scikit-learn's digits by choice
_IMAGES_NAME = re.compile(r"images([-.])idx3")  # as MNIST and its successors name their files


@dataclass(frozen=True)
class ImageSources:
    """Where the four published files can be had.

    Those of images may also list tables (see `is_table`) among their files; checksums are of idx files.
    """

    train_images: Source
    train_labels: Source
    test_images: Source
    test_labels: Source


@dataclass(frozen=True)
class Given:
    """The files of a user's own.

    Attributes:
        part: "train" or "test", as the settings are called.
        images, labels: paths, where given.
    """

    part: str
    images: str | None
    labels: str | None

    @property
    def setting(self) -> str:
        """The name of the setting of the images."""
        return f"dataset.{self.part}"


def find_images(library: Library, *, name: str, train: Given, test: Given, sources: ImageSources | None) -> ImageFiles:
    """The files at the paths given, or the published ones, or none where scikit-learn's digits stand in.

    Raises:
        UserError: as `Library.find`; or the data set has no sources and a path is missing; or files are given and
            the others cannot be had.
    """
    parts: dict[Given, tuple[Source | None, Source | None]] = {train: (None, None), test: (None, None)}
    if sources is not None:
        parts[train] = sources.train_images, sources.train_labels
        parts[test] = sources.test_images, sources.test_labels
    elif name == _DIGITS and not any((train.images, train.labels, test.images, test.labels)):
        return replace(_STAND_IN, stand_in=False)
    found: list[Located | None] = []
    for given, (images, labels) in parts.items():
        pair = _find_part(library, name, given, images, labels)
        if pair is None:
            _refuse_to_mix(name, given, [train, test])
            log.warning("Scikit-learn's digits stand in for %s.", name)
            return _STAND_IN
        found += pair
    return ImageFiles(*found, stand_in=False)


def _find_part(
    library: Library, name: str, given: Given, images: Source | None, labels: Source | None
) -> tuple[Located, Located | None] | None:
    """Images and labels of one part; None where either cannot be had."""
    located = _find_images(library, name, given, images)
    if located is None:
        return None
    with open_unpacked(located.path) as (content, _):
        table = is_table(content)
    if table:
        if given.labels is not None:
            raise UserError(
                f"{given.setting}_labels is given, and {located.path} is a table, which holds its labels itself.",
                expected="labels in a file of their own only where the images are an idx file",
                remedy=f"Remove {given.setting}_labels, or set {given.setting} to an idx file.",
            )
        return located, None
    if given.images is not None and given.labels is None:
        return located, _beside(given, located.path)
    if labels is None:
        assert given.labels is not None, "without sources the images are given too"
        return located, given_file(given.labels, ())
    found = library.find(labels, given.labels)
    return (located, found) if found else None


def _find_images(library: Library, name: str, given: Given, source: Source | None) -> Located | None:
    if given.images is not None:
        path = Path(given.images)
        known = () if source is None or is_table(path.name) else source.checksums
        return given_file(given.images, known)
    if source is None:
        raise UserError(
            f"{given.setting} is missing: the data set {name!r} has no sources of its own.",
            expected="the path of a CSV file with a label and 784 pixels a line, or of an idx file of images",
            remedy=f"Name it: {given.setting}=mine_{given.part}.csv",
        )
    idx = [file for file in source.files if not is_table(file)]
    tables = [file for file in source.files if is_table(file)]
    for files, checksums in ((idx, source.checksums), (tables, [])):
        here = Source(source.folder, files, None, list(checksums), None, None, source.page)
        if located := library.on_machine(here):
            return located
    return library.find(source, None)


def _beside(given: Given, images: Path) -> Located:
    """The labels of an idx file of the user's, where the two are named as is usual."""
    labels = images.with_name(_IMAGES_NAME.sub(r"labels\1idx1", images.name))
    if labels == images or not labels.is_file():
        sought = f", and there is no {labels}" if labels != images else ""
        raise UserError(
            f"The labels of {images} are not known{sought}.",
            expected=f"an idx file of labels: {given.setting}_labels, or beside ...images-idx3... one that is named "
            "...labels-idx1...",
            remedy=f"Name it: {given.setting}_labels=...",
        )
    return given_file(str(labels), ())


def _refuse_to_mix(name: str, missing: Given, parts: list[Given]) -> None:
    """A stand-in must not take the place of files that a user names."""
    for given in parts:
        if given.images is not None or given.labels is not None:
            raise UserError(
                f"{given.setting} is given, and {missing.part} images or labels of {name} could not be had.",
                expected="all files of the data set, or none given, so that a stand-in can take its place",
                remedy=f"Set dataset.{missing.part} too, and dataset.{missing.part}_labels where it is an idx file.",
            )
