"""Where a data file is: looked up on this machine, else downloaded; and the embedded sample that can stand in."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Literal

from annotated_types import Gt, Len

from pipeline.artifacts import Located
from pipeline.data.download import DownloadError, fetch
from pipeline.data.files import fits_checksum, sha256_of
from pipeline.errors import UserError

log = logging.getLogger(__name__)

_CHECKSUM = re.compile(r"sha256:[0-9a-f]{64}|md5:[0-9a-f]{32}")
_SAMPLE = Path("sample", "messages.csv")
_NAMES_SHOWN = 10


@dataclass(frozen=True)
class Source:
    """Where a published file can be had, and how to know it.

    Attributes:
        folder: its folder below $PIPELINE_DATA_DIR and below data/raw.
        files: the file names that are looked for there, in order.
        url: the open download; None where a login is asked for.
        checksums: "sha256:<hex>" or "md5:<hex>" of good files, as they lie there or of what they unpack to.
        save_as: name of a download in data/raw/<folder>/, one of `files`.
        member: the one file of a downloaded zip to keep, under `save_as`; the checksums then apply to it.
        page: the page for people: licence, login.
    """

    folder: str
    files: Annotated[list[str], Len(1)]
    url: str | None
    checksums: list[str]
    save_as: str | None
    member: str | None
    page: str

    def __post_init__(self) -> None:
        for checksum in self.checksums:
            if not _CHECKSUM.fullmatch(checksum):
                raise UserError(
                    f"The checksum {checksum!r} of {self.folder} cannot be read.",
                    expected="sha256:<64 hexadecimal digits> or md5:<32 of them>, in lower case",
                    remedy="Mend the entry of source.checksums.",
                )
        if self.url is not None and self.save_as not in self.files:
            raise UserError(
                f"The download of {self.folder} would be saved as {self.save_as!r}, and not be found again.",
                expected=f"one of {', '.join(self.files)}",
                remedy="Set source.save_as to one of source.files.",
            )


@dataclass(frozen=True)
class Library:
    """The places where files are looked for.

    Attributes:
        data_dir: $PIPELINE_DATA_DIR.
        raw: data/raw, which downloads are saved below.
        strict: whether a file that cannot be had is an error.
        download: whether files may be downloaded.
        timeout_seconds: longest silence of a server.
    """

    data_dir: Path | None
    raw: Path
    strict: bool
    download: bool = True
    timeout_seconds: Annotated[float, Gt(0)] = 20

    def find(self, source: Source, path: str | None) -> Located | None:
        """The file at `path`; without one the source's file on this machine, else its download, else None.

        Raises:
            UserError: there is no file at `path`; or none could be had and the library is strict.
        """
        if path is not None:
            return given_file(path, source.checksums)
        if located := self.on_machine(source):
            return located
        try:
            return self._fetched(source)
        except DownloadError as error:
            missing = self._missing(source, str(error))
            if self.strict:
                raise missing from error
            log.warning("%s %s", missing.happened, missing.remedy)
            return None

    def on_machine(self, source: Source) -> Located | None:
        """The source's file on this machine."""
        for origin, folder in self._folders(source):
            for name in source.files:
                if (folder / name).is_file():
                    return _checked(folder / name, origin, source.checksums)
        return None

    def _folders(self, source: Source) -> Iterator[tuple[Literal["data_dir", "raw"], Path]]:
        if self.data_dir is not None:
            if not self.data_dir.is_dir():
                log.warning("PIPELINE_DATA_DIR names a folder that does not exist: %s", self.data_dir)
            yield "data_dir", self.data_dir / source.folder
        yield "raw", self.raw / source.folder

    def _fetched(self, source: Source) -> Located:
        if source.url is None or source.save_as is None:
            raise DownloadError("it has no open download")
        if not self.download:
            raise DownloadError("downloads are switched off (download=false)")
        target = self.raw / source.folder / source.save_as
        fetch(
            source.url,
            target,
            member=source.member,
            checksums=source.checksums,
            timeout_seconds=self.timeout_seconds,
        )
        return _checked(target, "download", source.checksums)

    def _missing(self, source: Source, reason: str) -> UserError:
        names = " or ".join(source.files)
        sums = f" with the checksum {' or '.join(source.checksums)}" if source.checksums else ""
        data_dir = f"$PIPELINE_DATA_DIR/{source.folder}"
        place = f"{data_dir} (which is {self.data_dir / source.folder})" if self.data_dir else f"{data_dir} (not set)"
        origin = " or ".join(filter(None, (source.url, source.page)))
        stand_in = " With strict=false a stand-in takes its place." if self.strict else ""
        return UserError(
            f"{source.folder} was not found on this machine, and {reason}.",
            expected=f"a file named {names}{sums}",
            remedy=f"Get it from {origin} and put it into {place} or {self.raw / source.folder}, or give its path."
            f"{stand_in}",
        )


def find_corpus(library: Library, *, name: str, path: str | None, source: Source | None) -> Located:
    """The file of a data set: the one at `path`, or its published one, or the embedded sample that stands in.

    Raises:
        UserError: as `Library.find`; or the data set has no source and no path is given.
    """
    if source is not None:
        if located := library.find(source, path):
            return located
        log.warning("The embedded sample stands in for %s.", name)
    elif path is not None:
        return given_file(path, ())
    elif name != "sample":
        raise UserError(
            f"dataset.path is missing: the data set {name!r} has no source of its own.",
            expected="the path of a CSV, TSV, JSON Lines or Parquet file with a text and a label column",
            remedy="Name it: dataset.path=messages.csv",
        )
    return _checked(sample_file(), "sample", ())


def sample_file() -> Path:
    """The embedded sample: in a checkout the one below data/, in the installed package the one inside it."""
    checkout = Path(__file__).parents[3] / "data" / _SAMPLE
    return checkout if checkout.is_file() else Path(str(files("pipeline"))) / _SAMPLE


def given_file(path: str, checksums: Sequence[str]) -> Located:
    """The file at a path that the user gave.

    Raises:
        UserError: there is none, or it is a folder.
    """
    file = Path(path).expanduser()
    if file.is_dir():
        names = sorted(entry.name for entry in file.iterdir() if entry.is_file() and not entry.name.startswith("."))
        more = f" and {len(names) - _NAMES_SHOWN} more" if len(names) > _NAMES_SHOWN else ""
        raise UserError(
            f"{path} is a folder.",
            expected="a file",
            remedy=f"Name one of its files: {', '.join(names[:_NAMES_SHOWN])}{more}." if names else "Name a file.",
        )
    if not file.exists():
        raise UserError(
            f"There is no file {path}.",
            expected=f"an existing file; a relative path is taken from {Path.cwd()}",
            remedy="Check the path for misspellings.",
        )
    return _checked(file, "path", checksums)


def _checked(
    file: Path, origin: Literal["path", "data_dir", "raw", "download", "sample"], checksums: Sequence[str]
) -> Located:
    sha256 = sha256_of(file)
    if not checksums:
        return Located(file, sha256, origin, verified=None)
    verified = f"sha256:{sha256}" in checksums or fits_checksum(file, checksums)
    if not verified:
        log.warning("%s differs from the published file: its sha256 is %s.", file, sha256)
    return Located(file, sha256, origin, verified)
