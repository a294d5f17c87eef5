"""Filters as files: written whole or not at all, and refused where they are not what they were."""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter

from pipeline.errors import UserError
from pipeline.online.characters import table_checksum
from pipeline.online.filters import Filter, new_filter
from pipeline.online.settings import FilterSettings

FORMAT = "text-experiment-pipeline filter"
VERSION = 1  # of the file, and of how n-grams are read and hashed
HEADER = "header"
_UNFINISHED = ".unfinished"
Notes = dict[str, str | int]


def save_filter(path: Path, model: Filter, notes: Notes) -> None:
    """Write a filter and facts of the caller's own. Whatever happens, `path` is the old file or the new one, whole.

    Raises:
        UserError: the file cannot be written.
    """
    header = {
        "format": FORMAT,
        "version": VERSION,
        "characters": table_checksum(),
        "settings": TypeAdapter(FilterSettings).dump_python(model.settings, mode="json"),
        "notes": notes,
    }
    written = np.frombuffer(json.dumps(header).encode(), np.uint8)
    temporary = None
    try:
        with tempfile.NamedTemporaryFile(
            dir=path.parent, prefix=f".{path.name}-", suffix=_UNFINISHED, delete=False
        ) as file:
            temporary = Path(file.name)
            np.savez(file, allow_pickle=False, **{HEADER: written}, **model.arrays())
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(0o666 & ~_umask())  # as any file that one writes: temporary ones are one's own alone
        temporary.replace(path)
        _sync(path.parent)
    except OSError as error:
        raise UserError(
            f"The filter cannot be written to {path}: {error.strerror or error}.",
            expected="a folder that can be written, with room for the filter",
            remedy="Name another file, or make room.",
        ) from None
    finally:
        if temporary:
            temporary.unlink(missing_ok=True)


def remove_leftovers(path: Path) -> None:
    """Remove what is left of saves to `path` that were killed. Nobody may be saving to it meanwhile."""
    ours = re.compile(re.escape(f".{path.name}-") + r"[a-z0-9_]{8}" + re.escape(_UNFINISHED))
    with contextlib.suppress(OSError):  # a folder that does not let us: they only take room
        for other in path.parent.iterdir():
            if ours.fullmatch(other.name):
                other.unlink(missing_ok=True)


def _sync(folder: Path) -> None:
    """Let the new name of a file outlast a loss of power, where folders can be written to disk by themselves."""
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError:  # Windows opens no folders, and no reading is allowed in some
        return
    try:
        with contextlib.suppress(OSError):  # some network drives know no such wish; the file itself is in its place
            os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _umask() -> int:
    """What is taken from the rights of new files; it can only be read by setting it."""
    mask = os.umask(0)
    os.umask(mask)
    return mask


def load_filter(path: Path) -> tuple[Filter, Notes]:
    """A filter and the notes that were saved with it.

    Raises:
        UserError: there is no such file, or it is no filter, of another version, cut short or damaged.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UserError(
            f"The filter {path} cannot be read: {error.strerror or error}.",
            expected="a file that a filter was saved in",
            remedy="Check the name.",
        ) from None
    try:
        arrays = _read_arrays(content)
        header = json.loads(arrays.pop(HEADER).tobytes())
        if header["format"] != FORMAT:
            raise _refusal(path, f"it is a file of {header['format']!r}")
        if (header["version"], header["characters"]) != (VERSION, table_checksum()):
            raise _refusal(path, f"it is of version {header['version']}, this program reads version {VERSION}")
        model = new_filter(TypeAdapter(FilterSettings).validate_python(header["settings"]))
        model.restore(arrays)
        return model, TypeAdapter(Notes).validate_python(header["notes"], strict=True)
    except (zipfile.BadZipFile, EOFError, OSError, ValueError, KeyError, TypeError, RuntimeError, MemoryError) as error:
        if isinstance(error, UserError):
            raise
        raise _refusal(path, f"it is no filter, or was cut short or damaged ({error})") from None


def _read_arrays(content: bytes) -> dict[str, NDArray[Any]]:
    """The arrays of a file, none of which is looked at before the checksums of all are right."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if any(entry.compress_type != zipfile.ZIP_STORED for entry in archive.infolist()) or archive.testzip():
            raise zipfile.BadZipFile("checksums differ")
    with np.load(io.BytesIO(content), allow_pickle=False) as archive:
        return {name: np.asarray(archive[name]) for name in archive.files}  # other files in it are bytes


def _refusal(path: Path, reason: str) -> UserError:
    return UserError(
        f"The filter {path} cannot be read: {reason}.",
        expected=f"a filter that this version of the program has saved (version {VERSION})",
        remedy="Put the file back from a copy, or name a new file and learn the messages again.",
    )
