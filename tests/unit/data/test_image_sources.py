"""Image files are found like any other data set; one that cannot be had makes the whole set a stand-in."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from image_files import some_images, some_labels, write_idx, write_table
from pipeline.artifacts.images import ImageFiles
from pipeline.data.image_sources import Given, ImageSources, find_images
from pipeline.data.sources import Library, Source
from pipeline.errors import UserError

IMAGES, LABELS = some_images(2), some_labels(2)
NAMES = {
    "train-images-idx3-ubyte.gz": IMAGES,
    "train-labels-idx1-ubyte.gz": LABELS,
    "t10k-images-idx3-ubyte.gz": IMAGES,
    "t10k-labels-idx1-ubyte.gz": LABELS,
}
NOTHING = Given("train", None, None), Given("test", None, None)


def source(*files: str) -> Source:
    return Source("clothes", list(files), None, ["sha256:" + "0" * 64], None, None, "https://clothes.example")


SOURCES = ImageSources(
    source("train-images-idx3-ubyte.gz", "train.csv"),
    source("train-labels-idx1-ubyte.gz"),
    source("t10k-images-idx3-ubyte.gz", "test.csv"),
    source("t10k-labels-idx1-ubyte.gz"),
)


@pytest.fixture
def library(tmp_path: Path) -> Library:
    """A library of empty folders that must not reach for the network."""
    return Library(data_dir=None, raw=tmp_path / "raw", strict=False, download=False)


def find(
    library: Library,
    given: tuple[Given, Given] = NOTHING,
    *,
    name: str = "clothes",
    sources: ImageSources | None = SOURCES,
) -> ImageFiles:
    return find_images(library, name=name, train=given[0], test=given[1], sources=sources)


def put_all(folder: Path) -> None:
    for name, values in NAMES.items():
        write_idx(folder / name, values)


def names(files: ImageFiles) -> dict[str, str]:
    return {part: located.path.name for part, located in files.files.items()}


def test_four_files_are_found_and_checked(library: Library, caplog: pytest.LogCaptureFixture) -> None:
    put_all(library.raw / "clothes")
    files = find(library)
    assert not files.stand_in
    assert list(names(files).values()) == list(NAMES)
    assert [located.verified for located in files.files.values()] == [False] * 4
    assert caplog.text.count("differs from the published file") == 4


def test_a_file_of_good_bytes_is_verified(library: Library) -> None:
    put_all(library.raw / "clothes")
    good = hashlib.sha256((library.raw / "clothes" / "t10k-labels-idx1-ubyte.gz").read_bytes()).hexdigest()
    files = find(
        library, sources=replace(SOURCES, test_labels=replace(SOURCES.test_labels, checksums=[f"sha256:{good}"]))
    )
    assert [located.verified for located in files.files.values()] == [False, False, False, True]


def test_a_table_holds_its_labels_and_has_no_known_checksum(library: Library, caplog: pytest.LogCaptureFixture) -> None:
    folder = library.raw / "clothes"
    put_all(folder)
    write_table(folder / "test.csv", IMAGES, [0, 1])
    assert names(find(library))["test images"] == "t10k-images-idx3-ubyte.gz", "idx comes first"
    (folder / "t10k-images-idx3-ubyte.gz").unlink()
    caplog.clear()
    files = find(library)
    assert names(files) == {
        "train images": "train-images-idx3-ubyte.gz",
        "train labels": "train-labels-idx1-ubyte.gz",
        "test images": "test.csv",
    }
    assert files.files["test images"].verified is None
    assert "test.csv differs" not in caplog.text


@pytest.mark.parametrize("missing", NAMES)
def test_where_one_file_is_missing_the_digits_stand_in_for_all(
    missing: str, library: Library, caplog: pytest.LogCaptureFixture
) -> None:
    put_all(library.raw / "clothes")
    (library.raw / "clothes" / missing).unlink()
    assert find(library) == ImageFiles(None, None, None, None, stand_in=True)
    assert "digits stand in for clothes" in caplog.text
    with pytest.raises(UserError, match="clothes was not found") as caught:
        find(replace(library, strict=True))
    assert missing in caught.value.expected


def test_a_stand_in_never_takes_the_place_of_files_that_are_given(library: Library, tmp_path: Path) -> None:
    mine = write_table(tmp_path / "mine.csv", IMAGES, [0, 1])
    for given in (Given("train", str(mine), None), NOTHING[1]), (NOTHING[0], Given("test", str(mine), None)):
        with pytest.raises(UserError, match=r"dataset\.\w+ is given, and \w+ images or labels of clothes could not"):
            find(library, given)


def test_digits_by_choice_are_no_stand_in(library: Library) -> None:
    files = find(library, name="digits", sources=None)
    assert files == ImageFiles(None, None, None, None, stand_in=False)
    assert files.key != replace(files, stand_in=True).key


def test_without_sources_paths_are_asked_for(library: Library, tmp_path: Path) -> None:
    mine = str(write_table(tmp_path / "mine.csv", IMAGES, [0, 1]))
    with pytest.raises(UserError, match=r"dataset\.train is missing: the data set 'mine'"):
        find(library, name="mine", sources=None)
    with pytest.raises(UserError, match=r"dataset\.test is missing") as caught:
        find(library, (Given("train", mine, None), NOTHING[1]), name="mine", sources=None)
    assert caught.value.remedy == "Name it: dataset.test=mine_test.csv"
    files = find(library, (Given("train", mine, None), Given("test", mine, None)), name="mine", sources=None)
    assert names(files) == {"train images": "mine.csv", "test images": "mine.csv"}
    with pytest.raises(UserError, match="There is no file"):
        find(library, (Given("train", f"{mine}x", None), Given("test", mine, None)), name="mine", sources=None)


@pytest.mark.parametrize(
    ("images", "labels"),
    [
        ("train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz"),
        ("emnist-letters-train-images-idx3-ubyte", "emnist-letters-train-labels-idx1-ubyte"),
        ("train-images.idx3-ubyte", "train-labels.idx1-ubyte"),
    ],
)
def test_labels_are_found_beside_images_of_the_usual_name(
    images: str, labels: str, library: Library, tmp_path: Path
) -> None:
    write_idx(tmp_path / images, IMAGES)
    given = Given("train", str(tmp_path / images), None), Given("test", str(tmp_path / images), None)
    with pytest.raises(UserError, match=f"are not known, and there is no .*{labels}"):
        find(library, given)
    write_idx(tmp_path / labels, LABELS)
    assert names(find(library, given)) == {
        "train images": images,
        "train labels": labels,
        "test images": images,
        "test labels": labels,
    }


def test_labels_of_images_of_another_name_are_asked_for(library: Library, tmp_path: Path) -> None:
    images, labels = write_idx(tmp_path / "pictures", IMAGES), write_idx(tmp_path / "classes", LABELS)
    table = write_table(tmp_path / "mine.csv", IMAGES, [0, 1])
    test = Given("test", str(table), None)
    with pytest.raises(UserError, match=r"labels of .*pictures are not known\.") as caught:
        find(library, (Given("train", str(images), None), test))
    assert caught.value.remedy == "Name it: dataset.train_labels=..."
    for sources in (SOURCES, None):
        files = find(library, (Given("train", str(images), str(labels)), test), sources=sources)
        assert names(files) == {"train images": "pictures", "train labels": "classes", "test images": "mine.csv"}
    with pytest.raises(UserError, match=r"test_labels is given, and .*mine\.csv is a table"):
        find(library, (Given("train", str(images), str(labels)), Given("test", str(table), str(labels))))
