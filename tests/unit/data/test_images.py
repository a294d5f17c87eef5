"""Every image and every label arrives, and labels or classes that will not do are told."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from image_files import some_images, some_labels, write_idx, write_table
from pipeline.artifacts import Located
from pipeline.artifacts.images import ImageFiles
from pipeline.data.images import read_images
from pipeline.errors import UserError

TRAIN, TEST = some_images(20), some_images(6, seed=1)
Values = NDArray[np.uint8]


def located(path: Path) -> Located:
    return Located(path, "0" * 64, "path", verified=None)


def idx_files(folder: Path, train: Values, train_labels: Values, test: Values, test_labels: Values) -> ImageFiles:
    values = {"train": train, "train_labels": train_labels, "test": test, "test_labels": test_labels}
    return ImageFiles(**{name: located(write_idx(folder / name, v)) for name, v in values.items()}, stand_in=False)


def tables(folder: Path, train_labels: Sequence[object], test_labels: Sequence[object]) -> ImageFiles:
    train = write_table(folder / "train.csv", TRAIN, train_labels)
    test = write_table(folder / "test.csv", TEST, test_labels)
    return ImageFiles(located(train), None, located(test), None, stand_in=False)


def test_idx_and_tables_give_the_same(tmp_path: Path) -> None:
    labels, test_labels = some_labels(20), some_labels(6)
    idx = read_images(idx_files(tmp_path, TRAIN, labels, TEST, test_labels), name="mine", classes=None)
    table = read_images(tables(tmp_path, labels.tolist(), test_labels.tolist()), name="mine", classes=None)
    for images in (idx, table):
        np.testing.assert_array_equal(images.train, TRAIN)
        np.testing.assert_array_equal(images.train_labels, labels)
        np.testing.assert_array_equal(images.test, TEST)
        np.testing.assert_array_equal(images.test_labels, test_labels)
        assert images.train_labels.dtype == images.test_labels.dtype == np.int16
        assert images.train.dtype == np.uint8
        assert (images.name, images.classes, images.stand_in) == ("mine", ["0", "1"], False)


def test_one_part_may_be_idx_and_the_other_a_table(tmp_path: Path) -> None:
    idx = idx_files(tmp_path, TRAIN, some_labels(20), TEST, some_labels(6))
    table = tables(tmp_path, [0] * 20, ["0.0", "1.0"] * 3)
    mixed = ImageFiles(idx.train, idx.train_labels, table.test, None, stand_in=False)
    images = read_images(mixed, name="mine", classes=["boot", "bag"])
    assert images.classes == ["boot", "bag"]
    np.testing.assert_array_equal(images.test_labels, some_labels(6))


@pytest.mark.parametrize(
    ("written", "classes"),
    [
        (["10", "9"], ["9", "10"]),
        (["3", "-1"], ["-1", "3"]),
        (["boot", "Bag"], ["Bag", "boot"]),
        ([2, "x"], ["2", "x"]),
    ],
)
def test_labels_name_themselves_in_ascending_order(written: list[str], classes: list[str], tmp_path: Path) -> None:
    images = read_images(tables(tmp_path, written * 10, written * 3), name="mine", classes=None)
    assert images.classes == classes
    assert [images.classes[label] for label in images.train_labels] == list(map(str, written * 10))


def test_numbers_of_images_and_labels_that_differ_are_told(tmp_path: Path) -> None:
    files = idx_files(tmp_path, TRAIN, some_labels(19), TEST, some_labels(6))
    with pytest.raises(UserError, match=r"train holds 20 images, .*train_labels 19 labels"):
        read_images(files, name="mine", classes=None)


@pytest.mark.parametrize(
    ("train", "test", "classes", "happened", "expected"),
    [
        (
            [0, 1] * 10,
            [0, 1, 2, 0, 2, 1],
            None,
            "test.csv, line 4: the label '2' of a test image",
            "file: '0', '1'",
        ),
        (
            [0, 1] * 9 + [0, 7],
            [0, 1] * 3,
            ["a", "b"],
            "train.csv, line 21: the label '7'",
            "dataset.classes names: 0 (a), 1 (b)",
        ),
        ([0, 1] * 10, [0, 1] * 3, ["a", "b", "c"], "The class 'c' has 0 training images", "at least 8"),
        ([0] * 13 + [1] * 7, [0, 1] * 3, None, "The class '1' has 7 training images in", "at least 8"),
        ([0, 1] * 10, [0] * 5 + [1], None, "The class '1' has 1 test image in", "at least 2"),
        ([5] * 20, [5] * 6, None, "train.csv holds one class only: '5'", "two classes or more"),
        ([0, 1] * 10, [0, 1] * 3, ["a"], "dataset.classes = ['a']", "two different names"),
        ([0, 1] * 10, [0, 1] * 3, ["a", "a"], "dataset.classes = ['a', 'a']", "two different names"),
        ([0, 1] * 10, [0, 1] * 3, ["a", " "], "dataset.classes = ['a', ' ']", "none of them blank"),
    ],
)
def test_labels_that_will_not_do_are_told(
    train: list[int], test: list[int], classes: list[str] | None, happened: str, expected: str, tmp_path: Path
) -> None:
    with pytest.raises(UserError) as caught:
        read_images(tables(tmp_path, train, test), name="mine", classes=classes)
    assert happened in caught.value.happened
    assert expected in caught.value.expected


def test_an_unknown_label_of_an_idx_file_is_told_by_its_number(tmp_path: Path) -> None:
    labels = some_labels(6)
    labels[4] = 9
    with pytest.raises(UserError, match="test_labels, label 5: the label '9'"):
        read_images(idx_files(tmp_path, TRAIN, some_labels(20), TEST, labels), name="mine", classes=None)


@pytest.mark.parametrize("stand_in", [True, False])
def test_the_digits_are_all_there_and_look_as_before(stand_in: bool) -> None:
    """Means over the 8 x 8 pixels, 0 to 16, of `load_digits().images[0]` and of all of them: 4.59375, 4.88416."""
    nothing = ImageFiles(None, None, None, None, stand_in=stand_in)
    images = read_images(nothing, name="clothes", classes=["a", "b"])
    assert (images.name, images.stand_in) == ("clothes", stand_in)
    assert images.classes == list("0123456789")
    assert images.train.shape == (1442, 28, 28)
    assert images.test.shape == (355, 28, 28)
    assert (np.bincount(images.test_labels) == np.bincount([*images.train_labels, *images.test_labels]) // 5).all()
    every = np.concatenate([images.train, images.test]) / 255 * 16
    assert every[0].mean() == pytest.approx(4.59375, rel=0.02)
    assert every.mean() == pytest.approx(4.88416, rel=0.01)
    assert every.min() == 0
    assert every.max() == 16
