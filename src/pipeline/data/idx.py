"""Files in the idx format, as MNIST and its successors come: a header with the sizes, then a byte a number.

The header is a magic number, two zero bytes, one for the type (8: bytes) and one for the number of dimensions, and the
size along each dimension, four bytes each, the highest first.

Source: LeCun, Cortes, Burges, The MNIST database of handwritten digits, "The IDX file format".
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from pipeline.artifacts.images import SIDE
from pipeline.data.files import open_unpacked
from pipeline.errors import UserError

_LABELS, _IMAGES = 1, 3  # dimensions
_MAGIC = {_LABELS: 0x00000801, _IMAGES: 0x00000803}
_CONTENT = {_LABELS: "labels", _IMAGES: "images"}
_SETTING = {_LABELS: "dataset.train_labels and dataset.test_labels", _IMAGES: "dataset.train and dataset.test"}
_WORD_BYTES = 4
_PACKED = {b"\x1f\x8b": ".gz", b"PK": ".zip"}  # how packed files begin


def read_idx(path: Path, dimensions: Literal[1, 3]) -> NDArray[np.uint8]:
    """The labels (N,) or the images (N, S, S) of a file, plain or packed.

    Raises:
        UserError: the file is not idx, holds something else, or fewer or more bytes than its header promises.
    """
    with open_unpacked(path) as (_, file):
        content = file.read()
    _check_magic(path, content, dimensions)
    header_bytes = _WORD_BYTES * (1 + dimensions)
    if len(content) < header_bytes:
        raise _cut_off(path, f"{len(content)} bytes", f"a header of {header_bytes}")
    sizes = [int(size) for size in np.frombuffer(content, ">u4", dimensions, _WORD_BYTES)]
    if dimensions == _IMAGES and sizes[1:] != [SIDE, SIDE]:
        raise UserError(
            f"{path} holds images of {sizes[1]} x {sizes[2]} pixels.",
            expected=f"{SIDE} x {SIDE} pixels",
            remedy=f"Scale them to {SIDE} x {SIDE} and write the file again.",
        )
    if sizes[0] == 0:
        raise UserError(
            f"{path} holds no {_CONTENT[dimensions]}: its header says 0.",
            expected="one or more",
            remedy="Fetch or write it again.",
        )
    promised, found = math.prod(sizes), len(content) - header_bytes
    shape = " x ".join(f"{size:,}" for size in sizes)
    if found < promised:
        raise _cut_off(
            path, f"{found:,} bytes of {_CONTENT[dimensions]}", f"{promised:,} ({shape}), as the header says"
        )
    if found > promised:
        raise UserError(
            f"{path} holds {found:,} bytes of {_CONTENT[dimensions]}, "
            f"{found - promised:,} more than its header promises.",
            expected=f"{promised:,} bytes ({shape})",
            remedy="Fetch it again; or mend the header, where the file was put together from several.",
        )
    return np.frombuffer(content, np.uint8, promised, header_bytes).reshape(sizes)


def _check_magic(path: Path, content: bytes, dimensions: int) -> None:
    if not content:
        raise UserError(f"{path} is empty.", expected="an idx file", remedy="Fetch or write it again.")
    if content.startswith(_MAGIC[dimensions].to_bytes(_WORD_BYTES)):
        return
    wanted = _CONTENT[dimensions]
    begins = f"begins with 0x{content[:_WORD_BYTES].hex()}"
    remedy = "Name an idx file; that of a CSV must end in .csv, whether packed or not."
    for other, magic in _MAGIC.items():
        if content.startswith(magic.to_bytes(_WORD_BYTES)):
            begins += f": it holds {_CONTENT[other]}, not {wanted}"
            remedy = f"Swap the files: {wanted} belong into {_SETTING[dimensions]}."
    for start, suffix in _PACKED.items():
        if content.startswith(start):
            begins += f": it is packed, and its name does not end in {suffix}"
            remedy = f"Unpack it, or add {suffix} to its name."
    raise UserError(
        f"{path} {begins}.",
        expected=f"0x{_MAGIC[dimensions]:08x}, with which an idx file of {wanted} begins",
        remedy=remedy,
    )


def _cut_off(path: Path, found: str, promised: str) -> UserError:
    return UserError(
        f"{path} is cut off: it holds {found}.",
        expected=promised,
        remedy="Fetch it again.",
    )
