"""From image files to a checked data set."""

from __future__ import annotations

from pipeline.artifacts.images import ImageFiles, Images
from pipeline.data.image_sources import Given, ImageSources, find_images
from pipeline.data.images import read_images
from pipeline.data.sources import Library


def locate_images(
    library: Library,
    *,
    name: str,
    train: str | None,
    train_labels: str | None,
    test: str | None,
    test_labels: str | None,
    sources: ImageSources | None,
) -> ImageFiles:
    """Find the files of the data set, or have scikit-learn's digits stand in for it.

    Raises:
        UserError: as `find_images`.
    """
    return find_images(
        library,
        name=name,
        train=Given("train", train, train_labels),
        test=Given("test", test, test_labels),
        sources=sources,
    )


def load_images(files: ImageFiles, *, name: str, classes: list[str] | None) -> Images:
    """Read the images with their labels; see `read_images`.

    Raises:
        UserError: the files are not as they should be.
    """
    return read_images(files, name=name, classes=classes)
