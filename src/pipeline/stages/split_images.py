"""From labelled images to those that generators learn from, those that the judge does, and those that are compared."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from pipeline.artifacts import RowChange, Rows
from pipeline.artifacts.images import Images, ImageSplit, Labels
from pipeline.errors import UserError

MIN_REFERENCE = 2  # images of a class: fewer have no distance from one another


def split_images(
    images: Images,
    *,
    copies: Literal["drop", "keep"],
    reference_share: Annotated[float, Field(gt=0, le=0.5)],
    seed: int,
) -> ImageSplit:
    """Hold as many training images of each class back from the judge as there are test images, in a random order.

    No more than `reference_share` of a class are held back; where the test file has more, fewer of those are compared.
    Training images that equal a test image are left out under `copies="drop"`; they are counted in either case.

    Raises:
        UserError: a class has too few images to hold some back.
    """
    known = {image.tobytes() for image in images.test}
    equal = np.array([image.tobytes() in known for image in images.train], bool)
    left_out = np.flatnonzero(equal) if copies == "drop" else np.empty(0, np.int64)
    train = np.setdiff1d(np.arange(len(images.train)), left_out)
    labels = images.train_labels[train]
    classes = np.arange(len(images.classes))
    sizes = np.bincount(labels, minlength=len(classes))
    held_back = np.minimum(
        (sizes * reference_share).astype(int), np.bincount(images.test_labels, minlength=len(classes))
    )
    _check_held_back(images, sizes, held_back, len(left_out), reference_share)
    random = np.random.default_rng(seed)
    reference = train[_some_of_each(labels, held_back, random)]
    changes = []
    if len(left_out):
        changes.append(RowChange("dropped", "equals a test image", len(left_out), int(left_out[0])))
    return ImageSplit(
        train=train,
        judge=np.setdiff1d(train, reference),
        reference=reference,
        test=_some_of_each(images.test_labels, held_back, random),
        num_copies=int(equal.sum()),
        changes=changes,
    )


def _some_of_each(labels: Labels, numbers: NDArray[np.integer], random: np.random.Generator) -> Rows:
    """Random places of so many labels of each class, ascending."""
    chosen = [
        random.permutation(np.flatnonzero(labels == label))[:number] for label, number in enumerate(numbers.tolist())
    ]
    return np.sort(np.concatenate(chosen)).astype(np.int64)


def _check_held_back(
    images: Images, sizes: NDArray[np.integer], held_back: NDArray[np.integer], left_out: int, share: float
) -> None:
    scarce = np.flatnonzero(held_back < MIN_REFERENCE)
    if not len(scarce):
        return
    label = int(scarce[0])
    if not sizes[label]:
        raise UserError(
            f"Every training image of the class {images.classes[label]!r} equals a test image: none is left.",
            expected="test images that are not in the training file",
            remedy="dataset.train and dataset.test hold the same images: have dataset.test name another file.",
        )
    copies = f", after {left_out:,} that equal a test image were left out" if left_out else ""
    raise UserError(
        f"The class {images.classes[label]!r} has {sizes[label]:,} training images{copies}: a share of {share:g} holds "
        f"{held_back[label]} of them back from the judge.",
        expected=f"at least {MIN_REFERENCE} of each class",
        remedy="Add images of that class, or raise split.reference_share"
        + ("; split.copies=keep keeps the copies." if left_out else "."),
    )
