"""Content-addressed artifacts on disk: written atomically, verified when read, shared by runs at the same time.

Each artifact has a folder `<stage>-<key>` with one file a field (see `artifacts`) and a `manifest.json` that holds the
ingredients of its key and the sha256 of every file. A folder appears whole, by a rename, or not at all.
"""

from __future__ import annotations

import dataclasses
import hashlib
import itertools
import json
import logging
import os
import shutil
import tempfile
import time
import typing
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pandas as pd
from filelock import FileLock, Timeout
from pydantic import TypeAdapter
from pydantic_core import to_jsonable_python

from pipeline.artifacts import KerasFile

log = logging.getLogger(__name__)
T = TypeVar("T")
KEY_LENGTH = 16
WRITING_SECONDS = 3600  # a folder that is not whole after this long was left by a killed run


class DamagedError(Exception):
    """A stored artifact that does not match its checksums; it has been set aside."""


@dataclass(frozen=True)
class Entry:
    """A stored artifact: its folder, what its key was made of, and when it was written."""

    folder: Path
    stage: str
    key: str
    ingredients: dict[str, Any]
    created: datetime

    @property
    def size_bytes(self) -> int:
        """Bytes of all its files."""
        return sum(file.stat().st_size for file in self.folder.iterdir())


@dataclass(frozen=True)
class Store:
    """The artifacts below one folder."""

    root: Path

    def folder(self, stage: str, key: str) -> Path:
        """Where the artifact of a stage with this key is kept."""
        return self.root / f"{stage}-{key[:KEY_LENGTH]}"

    def has(self, stage: str, key: str) -> bool:
        """Whether the artifact is there; its files are verified only when they are read."""
        return (self.folder(stage, key) / "manifest.json").exists()

    def save(self, stage: str, key: str, artifact: Any, ingredients: dict[str, Any]) -> None:
        """Write an artifact under its key; where another run was faster, its artifact stays."""
        self.root.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(prefix=".new-", dir=self.root))
        write_fields(artifact, temporary)
        manifest = {
            "stage": stage,
            "key": key,
            "created": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "ingredients": ingredients,
            "sha256": {file.name: _sha256(file) for file in sorted(temporary.iterdir())},
        }
        (temporary / "manifest.json").write_text(json.dumps(manifest, indent=1), encoding="utf-8")
        for file in temporary.iterdir():
            _sync(file)
        _sync(temporary)
        try:
            temporary.replace(self.folder(stage, key))
        except OSError:
            if not self.has(stage, key):
                raise
            shutil.rmtree(temporary)
        _sync(self.root)
        shutil.rmtree(self._scratch(stage, key), ignore_errors=True)

    def load(self, stage: str, key: str, kind: type[T]) -> T:
        """Read and verify an artifact.

        Raises:
            DamagedError: a file is missing or has other bytes than were written; the artifact has been set aside.
        """
        folder = self.folder(stage, key)
        try:
            sums = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["sha256"]
            damaged = [name for name, expected in sums.items() if _sha256(folder / name) != expected]
        except (OSError, ValueError, KeyError) as error:
            damaged = [str(error)]
        if damaged:
            aside = next(
                p for n in itertools.count(1) if not (p := folder.with_name(f"{folder.name}.damaged-{n}")).exists()
            )
            with suppress(FileNotFoundError):  # gone altogether, or set aside by another run
                folder.rename(aside)
            raise DamagedError(f"{folder.name}: {', '.join(damaged)} (set aside as {aside.name})")
        return read_fields(kind, folder)

    def lock(self, stage: str, key: str) -> FileLock:
        """A lock under which one run computes while others wait; released when its process ends, however it ends."""
        folder = self.root / ".locks"
        folder.mkdir(parents=True, exist_ok=True)
        return FileLock(folder / f"{stage}-{key[:KEY_LENGTH]}")

    def scratch(self, stage: str, key: str) -> Path:
        """A folder for the half-done work of a stage, kept until its artifact is saved."""
        folder = self._scratch(stage, key)
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def entries(self) -> Iterator[Entry]:
        """All artifacts, in no particular order; folders without a readable manifest are passed over."""
        for path in self.root.glob("*/manifest.json"):
            try:
                manifest = json.loads(path.read_text(encoding="utf-8"))
                created = datetime.fromisoformat(manifest["created"])
                entry = Entry(path.parent, manifest["stage"], manifest["key"], manifest["ingredients"], created)
            except (OSError, ValueError, KeyError):
                continue
            if entry.folder == self.folder(entry.stage, entry.key):
                yield entry

    def leftovers(self) -> list[Path]:
        """What killed runs left half-written or half-done, and set-aside folders; nothing that a run is working on."""
        old = time.time() - WRITING_SECONDS
        half_written = [path for path in self.root.glob(".new-*") if path.stat().st_mtime < old]
        half_done = [path for path in self.root.glob(".scratch/*") if not self._is_locked(path.name)]
        return [*half_written, *half_done, *self.root.glob("*.damaged-*")]

    def remove(self, folder: Path) -> None:
        """Remove one folder of this store; it vanishes at once, so that no reader sees half of it."""
        assert self.root in folder.parents, f"{folder} is not below {self.root}"
        doomed = Path(tempfile.mkdtemp(prefix=".new-", dir=self.root))
        folder.replace(doomed / folder.name)
        shutil.rmtree(doomed)

    def _is_locked(self, name: str) -> bool:
        lock = FileLock(self.root / ".locks" / name)
        try:
            with lock.acquire(timeout=0):
                return False
        except Timeout:
            return True

    def _scratch(self, stage: str, key: str) -> Path:
        return self.root / ".scratch" / f"{stage}-{key[:KEY_LENGTH]}"


def write_fields(artifact: Any, folder: Path) -> None:
    """Write each field of a dataclass as a file of the form that suits its type."""
    rest = {}
    for field in dataclasses.fields(artifact):
        value = getattr(artifact, field.name)
        if isinstance(value, np.ndarray):
            np.save(folder / f"{field.name}.npy", value, allow_pickle=False)
        elif isinstance(value, pd.DataFrame):
            value.to_parquet(folder / f"{field.name}.parquet", index=False)
        elif isinstance(value, KerasFile):
            (folder / f"{field.name}.keras").write_bytes(value.content)
        else:
            rest[field.name] = to_jsonable_python(value)
    (folder / "fields.json").write_text(json.dumps(rest), encoding="utf-8")


def read_fields(kind: type[T], folder: Path) -> T:
    """The dataclass whose fields `write_fields` wrote."""
    hints = typing.get_type_hints(kind)
    fields: dict[str, Any] = {}
    for name, value in json.loads((folder / "fields.json").read_text(encoding="utf-8")).items():
        fields[name] = TypeAdapter(hints[name]).validate_python(value)
    for file in folder.iterdir():
        match file.suffix:
            case ".npy":
                fields[file.stem] = np.load(file, allow_pickle=False)
            case ".parquet":
                fields[file.stem] = pd.read_parquet(file)
            case ".keras":
                fields[file.stem] = KerasFile(file.read_bytes())
    return kind(**fields)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
