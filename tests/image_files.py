"""Small image files for tests: idx and CSV, as they should be."""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

SIDE = 28


def some_images(number: int, seed: int = 0) -> NDArray[np.uint8]:
    """(number, 28, 28), no two equal."""
    return np.random.default_rng(seed).integers(0, 256, (number, SIDE, SIDE)).astype(np.uint8)


def some_labels(number: int, classes: int = 2) -> NDArray[np.uint8]:
    """0, 1, ... in turn."""
    return (np.arange(number) % classes).astype(np.uint8)


def idx_bytes(values: NDArray[np.uint8], magic: int | None = None, sizes: Sequence[int] | None = None) -> bytes:
    """The content of an idx file; `magic` and `sizes` override what would be right."""
    words = [0x0800 + values.ndim if magic is None else magic, *(values.shape if sizes is None else sizes)]
    return np.array(words, ">u4").tobytes() + values.tobytes()


def write_idx(path: Path, values: NDArray[np.uint8]) -> Path:
    """An idx file, packed where its name ends in .gz."""
    content = idx_bytes(values)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(content, 1) if path.suffix == ".gz" else content)
    return path


def table_lines(images: NDArray[np.uint8], labels: Sequence[object], header: bool = True) -> list[str]:
    """The lines of a CSV file."""
    names = ",".join(["label", *(f"pixel{number}" for number in range(1, SIDE * SIDE + 1))])
    lines = [f"{label},{','.join(map(str, image.ravel()))}" for image, label in zip(images, labels, strict=True)]
    return [names, *lines] if header else lines


def write_table(path: Path, images: NDArray[np.uint8], labels: Sequence[object], header: bool = True) -> Path:
    """A CSV file, packed where its name ends in .gz."""
    content = "\n".join([*table_lines(images, labels, header), ""]).encode()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(content, 1) if path.suffix == ".gz" else content)
    return path
