"""Idx files give what was written, and anything else is told with what was found and what was promised."""

from __future__ import annotations

import gzip
import zipfile
from pathlib import Path

import numpy as np
import pytest

from image_files import idx_bytes, some_images, some_labels, write_idx
from pipeline.data.idx import read_idx
from pipeline.errors import UserError

IMAGES, LABELS = some_images(3), some_labels(3)


def written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def test_plain_and_packed_files_give_what_was_written(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "images.zip", "w") as archive:
        archive.writestr("train-images-idx3-ubyte", idx_bytes(IMAGES))
    for file in (write_idx(tmp_path / "a", IMAGES), write_idx(tmp_path / "a.gz", IMAGES), tmp_path / "images.zip"):
        np.testing.assert_array_equal(read_idx(file, 3), IMAGES)
    np.testing.assert_array_equal(read_idx(write_idx(tmp_path / "b.gz", LABELS), 1), LABELS)


def test_the_header_is_that_of_the_published_files(tmp_path: Path) -> None:
    """The first 16 bytes of Fashion-MNIST's t10k-images-idx3-ubyte, unpacked."""
    header = bytes.fromhex("00000803 00002710 0000001c 0000001c")
    with pytest.raises(UserError, match=r"holds 784 bytes of images") as caught:
        read_idx(written(tmp_path / "a", header + bytes(784)), 3)
    assert "7,840,000 (10,000 x 28 x 28)" in caught.value.expected


@pytest.mark.parametrize(
    ("content", "dimensions", "happened", "expected", "remedy"),
    [
        (b"", 3, "is empty", "an idx file", "Fetch"),
        (idx_bytes(IMAGES)[:-1], 3, "holds 2,351 bytes of images", "2,352 (3 x 28 x 28)", "Fetch"),
        (idx_bytes(LABELS)[:-2], 1, "holds 1 bytes of labels", "3 (3)", "Fetch"),
        (idx_bytes(IMAGES)[:9], 3, "cut off: it holds 9 bytes", "a header of 16", "Fetch"),
        (idx_bytes(IMAGES) + b"\0\0", 3, "2,354 bytes of images, 2 more than", "2,352 bytes (3 x 28 x 28)", "Fetch"),
        (idx_bytes(LABELS), 3, "0x00000801: it holds labels, not images", "0x00000803", "dataset.train and"),
        (idx_bytes(IMAGES), 1, "0x00000803: it holds images, not labels", "0x00000801", "dataset.train_labels"),
        (idx_bytes(IMAGES, magic=0x0D03), 3, "begins with 0x00000d03", "0x00000803", ".csv"),
        (b"label,pixel1\n", 3, "begins with 0x6c616265", "0x00000803", ".csv"),
        (gzip.compress(idx_bytes(IMAGES)), 3, "it is packed", "0x00000803", "add .gz to its name"),
        (idx_bytes(np.zeros((2, 32, 30), np.uint8)), 3, "32 x 30 pixels", "28 x 28 pixels", "28 x 28"),
        (idx_bytes(IMAGES[:0]), 3, "holds no images", "one or more", "Fetch"),
        (idx_bytes(LABELS, sizes=[4_000_000_000]), 1, "holds 3 bytes", "4,000,000,000", "Fetch"),
    ],
)
def test_what_is_wrong_is_told_with_both_numbers(
    content: bytes, dimensions: int, happened: str, expected: str, remedy: str, tmp_path: Path
) -> None:
    path = written(tmp_path / "train-images-idx3-ubyte", content)
    with pytest.raises(UserError) as caught:
        read_idx(path, 3 if dimensions == 3 else 1)
    assert str(path) in caught.value.happened
    assert happened in caught.value.happened
    assert expected in caught.value.expected
    assert remedy in caught.value.remedy


def test_a_packed_file_that_is_cut_off_is_told(tmp_path: Path) -> None:
    path = written(tmp_path / "images.gz", gzip.compress(idx_bytes(IMAGES))[:-100])
    with pytest.raises(UserError, match="cannot be unpacked"):
        read_idx(path, 3)
