"""A file as it lies on disk: opened whether packed or plain, and its checksum."""

from __future__ import annotations

import gzip
import hashlib
import zipfile
import zlib
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from pipeline.errors import UserError

PACKED = (".gz", ".zip")
DAMAGE = (zipfile.BadZipFile, gzip.BadGzipFile, zlib.error, EOFError, NotImplementedError)

_CHUNK_BYTES = 1 << 20
_ENCRYPTED = 0x1  # bit 0 of a zip member's general purpose flag


@contextmanager
def open_unpacked(path: Path) -> Iterator[tuple[str, BinaryIO]]:
    """Open the content of a plain, .gz or .zip file, with the file name that it has unpacked.

    What goes wrong while the caller reads is told as a `UserError` too.

    Raises:
        UserError: the file cannot be read, is damaged or cut off, or the archive does not hold one data file.
    """
    try:
        match path.suffix.lower():
            case ".gz":
                with gzip.open(path) as content:
                    yield path.stem, cast("BinaryIO", content)
            case ".zip":
                with zipfile.ZipFile(path) as archive:
                    member = _only_member(archive, path)
                    with archive.open(member) as content:
                        # a member without suffix takes that of `messages.tsv.zip`
                        name = member.filename if Path(member.filename).suffix else path.stem
                        yield name, cast("BinaryIO", content)
            case _:
                with path.open("rb") as content:
                    yield path.name, content
    except DAMAGE as error:
        raise UserError(
            f"{path} cannot be unpacked: {str(error) or type(error).__name__}.",
            expected=f"a whole {path.suffix.lower()} file",
            remedy="Fetch or pack it again: it is damaged, cut off, or not what its suffix says.",
        ) from error
    except OSError as error:
        raise _unreadable(path, error) from error


def sha256_of(path: Path) -> str:
    """Hexadecimal sha256 of the bytes of a file.

    Raises:
        UserError: the file cannot be read.
    """
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise _unreadable(path, error) from error


def fits_checksum(path: Path, checksums: Collection[str]) -> bool:
    """Whether the bytes of a file, or what they unpack to, have one of the checksums ("sha256:<hex>", "md5:<hex>")."""
    with path.open("rb") as file:
        if _has_checksum(file, checksums):
            return True
    if path.suffix.lower() not in PACKED:
        return False
    try:
        with open_unpacked(path) as (_, content):
            return _has_checksum(content, checksums)
    except UserError:  # damaged, or several members: whoever reads the file says so
        return False


def _has_checksum(file: BinaryIO, checksums: Collection[str]) -> bool:
    algorithms = {checksum.partition(":")[0] for checksum in checksums}
    hashes = {name: hashlib.new(name, usedforsecurity=False) for name in algorithms}
    while chunk := file.read(_CHUNK_BYTES):
        for running in hashes.values():
            running.update(chunk)
    return any(f"{name}:{running.hexdigest()}" in checksums for name, running in hashes.items())


def _only_member(archive: zipfile.ZipFile, path: Path) -> zipfile.ZipInfo:
    members = [info for info in archive.infolist() if not _is_clutter(info)]
    if len(members) != 1:
        held = ", ".join(info.filename for info in members[:10]) or "none"
        raise UserError(
            f"{path} holds {len(members)} files: {held}.",
            expected="an archive with one data file",
            remedy="Unpack it and give the path of the file that is wanted.",
        )
    if members[0].flag_bits & _ENCRYPTED:
        raise UserError(
            f"{members[0].filename} in {path} is encrypted.",
            expected="an archive without a password",
            remedy="Unpack it and give the path of the file.",
        )
    return members[0]


def _is_clutter(info: zipfile.ZipInfo) -> bool:
    """Whether a member is a folder, or one of the hidden files that file managers add."""
    return info.is_dir() or any(part == "__MACOSX" or part.startswith(".") for part in Path(info.filename).parts)


def _unreadable(path: Path, error: OSError) -> UserError:
    return UserError(
        f"{path} cannot be read: {error.strerror or error}.",
        expected="a file that this user may read",
        remedy="Check its permissions, or name another file.",
    )
