"""One file from the open web: fetched once even by runs that start together, checked, and whole or not there at all."""

from __future__ import annotations

import logging
import shutil
import zipfile
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from pipeline.data.files import DAMAGE, fits_checksum

log = logging.getLogger(__name__)

# A host has up to eight addresses, tried in turn: the time for one must be short where packets are swallowed.
_CONNECT_SECONDS = 3.05
_CHUNK_BYTES = 1 << 16


class DownloadError(Exception):
    """A file that did not arrive whole; the message is the reason, in one line."""


def fetch(url: str, target: Path, *, member: str | None, checksums: Sequence[str], timeout_seconds: float) -> None:
    """Download `url` to `target`, unless another run has put it there meanwhile.

    Args:
        member: the one file of a downloaded zip to keep; `checksums` then apply to it.
        checksums: those of good files; one must fit, where there are any.
        timeout_seconds: longest silence of the server.

    Raises:
        DownloadError: the file could not be had, or is not the expected one. Nothing of it is left then.
    """
    from filelock import FileLock

    part = target.with_name(f".{target.name}.part")  # one name only: what a killed run leaves, the next one overwrites
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(target.with_name(f".{target.name}.lock")):
            if target.is_file():
                return
            try:
                _receive(url, part, timeout_seconds)
                if member is not None:
                    _keep_member(part, member)
                if checksums and not fits_checksum(part, checksums):
                    raise DownloadError(f"what {url} sent has none of the known checksums")
                part.replace(target)
            finally:
                part.unlink(missing_ok=True)
    except DAMAGE as error:
        raise DownloadError(f"what {url} sent is not a whole zip file") from error
    except (OSError, ValueError) as error:  # those of requests are OSError or, for a malformed URL, ValueError
        raise DownloadError(_reason(error, url, timeout_seconds)) from error


def _receive(url: str, part: Path, timeout_seconds: float) -> None:
    import requests
    from tqdm import tqdm

    log.info("Fetching %s", url)
    timeout = (min(_CONNECT_SECONDS, timeout_seconds), timeout_seconds)
    with requests.get(url, stream=True, timeout=timeout) as response:
        response.raise_for_status()
        total = int(response.headers.get("content-length", 0)) or None
        with part.open("wb") as file, tqdm(total=total, unit="B", unit_scale=True, disable=None) as bar:
            for chunk in response.iter_content(_CHUNK_BYTES):
                file.write(chunk)
                bar.update(len(chunk))


def _keep_member(part: Path, member: str) -> None:
    """Replace a zip file by one of its members."""
    unpacked = part.with_name(f"{part.name}.member")
    try:
        with zipfile.ZipFile(part) as archive:
            if member not in archive.namelist():
                raise DownloadError(f"the zip file holds {', '.join(archive.namelist()[:10])}, but no {member}")
            with archive.open(member) as source, unpacked.open("wb") as copy:
                shutil.copyfileobj(source, copy)
        unpacked.replace(part)
    finally:
        unpacked.unlink(missing_ok=True)


def _reason(error: OSError | ValueError, url: str, timeout_seconds: float) -> str:
    from requests import exceptions

    host = urlsplit(url).hostname
    match error:
        case exceptions.HTTPError(response=response) if response is not None:
            return f"{host} answered {response.status_code} {response.reason}"
        case exceptions.ChunkedEncodingError():
            return f"{host} cut the connection"
        case exceptions.ReadTimeout():
            return f"{host} was silent for {timeout_seconds:g} s"
        case exceptions.ConnectionError() if "Read timed out" in str(error):  # silence after the first bytes
            return f"{host} was silent for {timeout_seconds:g} s"
        case exceptions.ConnectionError():
            return f"no connection to {host}"
        case _:
            return " ".join(str(error).split())
