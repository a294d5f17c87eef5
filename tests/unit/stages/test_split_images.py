"""Image sets are located, loaded and split; who sees which images is decided by the seed alone."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from omegaconf import OmegaConf
from pydantic import TypeAdapter

from image_files import some_images, some_labels, write_table
from pipeline.artifacts import RowChange
from pipeline.artifacts.images import Images
from pipeline.data.image_sources import ImageSources
from pipeline.data.sources import Library
from pipeline.errors import UserError
from pipeline.stages.load_images import load_images, locate_images
from pipeline.stages.split_images import split_images

DATA_DIR = os.environ.get("PIPELINE_DATA_DIR")
CONF = Path(__file__).parents[3] / "conf" / "dataset"


def config_of(name: str) -> tuple[dict[str, Any], list[str] | None]:
    """The settings of `locate_images`, and the classes."""
    config = cast("dict[str, Any]", OmegaConf.to_container(OmegaConf.load(CONF / f"{name}.yaml")))
    config["sources"] = TypeAdapter(ImageSources | None).validate_python(config["sources"])
    return config, config.pop("classes")


@pytest.fixture
def images() -> Images:
    """3 classes, 40 training images of each, and 8, 9 and 12 test images."""
    test_labels = np.repeat(np.arange(3), [8, 9, 12]).astype(np.int16)
    return Images(
        name="mine",
        classes=["a", "b", "c"],
        train=some_images(120),
        train_labels=some_labels(120, 3).astype(np.int16),
        test=some_images(29, seed=1),
        test_labels=test_labels,
        stand_in=False,
    )


def with_copies(images: Images, rows: list[int]) -> Images:
    """The first test images also stand in these rows of the training file."""
    train = images.train.copy()
    train[rows] = images.test[: len(rows)]
    return replace(images, train=train)


@pytest.mark.skipif(DATA_DIR is None, reason="needs the published files")
def test_fashion_mnist_is_as_published() -> None:
    """Mean and standard deviation of the training pixels: 0.2860 and 0.3530, as commonly used to scale them."""
    assert DATA_DIR
    config, classes = config_of("fashion_mnist")
    files = locate_images(Library(Path(DATA_DIR), Path("none"), strict=True, download=False), **config)
    assert [located.verified for located in files.files.values()] == [True] * 4
    images = load_images(files, name="fashion_mnist", classes=classes)
    assert images.train.mean() / 255 == pytest.approx(0.2860, abs=5e-5)
    assert images.train.std() / 255 == pytest.approx(0.3530, abs=5e-5)
    assert [images.classes[label] for label in images.train_labels[:3]] == ["Ankle boot", "T-shirt/top", "T-shirt/top"]
    assert np.bincount(images.train_labels).tolist() == [6000] * 10
    split = split_images(images, copies="drop", reference_share=0.25, seed=0)
    assert list(map(len, (split.train, split.judge, split.reference, split.test))) == [60000, 50000, 10000, 10000]
    assert split.num_copies == 0


def test_files_of_ones_own_go_all_the_way(tmp_path: Path) -> None:
    config, classes = config_of("images")
    train = write_table(tmp_path / "mine_train.csv", some_images(16), ["cat", "dog"] * 8)
    test = write_table(tmp_path / "mine_test.csv", some_images(4, seed=1), ["cat", "dog"] * 2)
    library = Library(None, tmp_path / "raw", strict=True, download=False)
    config |= {"train": str(train), "test": str(test)}
    files = locate_images(library, **config)
    images = load_images(files, name="mine", classes=classes)
    assert images.classes == ["cat", "dog"]
    split = split_images(images, copies="drop", reference_share=0.25, seed=0)
    assert list(map(len, (split.judge, split.reference, split.test))) == [12, 4, 4]


def test_judge_and_reference_part_the_training_images(images: Images) -> None:
    split = split_images(images, copies="drop", reference_share=0.25, seed=0)
    assert not set(split.judge) & set(split.reference)
    np.testing.assert_array_equal(np.sort(np.concatenate([split.judge, split.reference])), split.train)
    np.testing.assert_array_equal(split.train, np.arange(120))


def test_reference_and_test_have_one_class_mix_and_no_more_than_the_share(images: Images) -> None:
    split = split_images(images, copies="drop", reference_share=0.25, seed=0)
    assert np.bincount(images.train_labels[split.reference]).tolist() == [8, 9, 10]
    assert np.bincount(images.test_labels[split.test]).tolist() == [8, 9, 10]
    assert (np.diff(split.test) > 0).all()
    assert (np.diff(split.reference) > 0).all()
    assert set(np.flatnonzero(images.test_labels < 2)) < set(split.test), "all where they fit"


def test_the_seed_alone_decides(images: Images) -> None:
    first, second, third = (split_images(images, copies="drop", reference_share=0.25, seed=s) for s in (0, 0, 1))
    for part in ("judge", "reference", "test"):
        np.testing.assert_array_equal(getattr(first, part), getattr(second, part))
        assert not np.array_equal(getattr(first, part), getattr(third, part))


def test_copies_of_test_images_are_left_out_and_counted(images: Images) -> None:
    rows = [5, 6, 70]
    copied = with_copies(images, rows)
    split = split_images(copied, copies="drop", reference_share=0.25, seed=0)
    assert split.num_copies == 3
    assert split.changes == [RowChange("dropped", "equals a test image", rows=3, first_row=5)]
    np.testing.assert_array_equal(split.train, np.setdiff1d(np.arange(120), rows))
    test = {image.tobytes() for image in copied.test}
    assert not any(image.tobytes() in test for image in copied.train[split.train])
    kept = split_images(copied, copies="keep", reference_share=0.25, seed=0)
    assert (len(kept.train), kept.num_copies, kept.changes) == (120, 3, [])


def test_a_class_of_which_too_few_are_left_is_told(images: Images) -> None:
    with pytest.raises(UserError, match=r"'a' has 40 training images: a share of 0\.04 holds 1 of them back") as caught:
        split_images(images, copies="drop", reference_share=0.04, seed=0)
    assert caught.value.remedy.endswith("split.reference_share.")
    all_copied = replace(images, test=images.train[:29], test_labels=np.zeros(29, np.int16) + np.arange(29) % 3)
    short = replace(all_copied, train=images.train[:36], train_labels=images.train_labels[:36])
    with pytest.raises(UserError, match="after 29 that equal a test image were left out") as caught:
        split_images(short, copies="drop", reference_share=0.25, seed=0)
    assert "split.copies=keep" in caught.value.remedy


@pytest.mark.parametrize("share", [0.25, 0.5])
def test_one_file_for_training_and_test_is_told_as_such(images: Images, share: float) -> None:
    """More of the class to hold back would not help."""
    same = replace(images, test=images.train, test_labels=images.train_labels)
    with pytest.raises(UserError, match="Every training image of the class 'a' equals a test image") as caught:
        split_images(same, copies="drop", reference_share=share, seed=0)
    assert "hold the same images: have dataset.test name another file" in caught.value.remedy
    assert "reference_share" not in caught.value.remedy
