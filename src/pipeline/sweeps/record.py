"""`sweep.json`: the account of a sweep, by which a later command finds it again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from filelock import FileLock, Timeout

from pipeline.errors import UserError
from pipeline.sweeps.outcome import LOCK, RECORD, manifest_of

Status = Literal["running", "finished", "failed", "interrupted"]


@dataclass(frozen=True)
class JobRecord:
    """A job of a sweep; `status` as its manifest has it, "waiting" before it has one; `seconds` of its last run."""

    number: int
    overrides: tuple[str, ...]
    status: str
    seconds: float | None


@dataclass(frozen=True)
class SweepRecord:
    """The account of a sweep.

    Attributes:
        name: of the experiment.
        identity: of all that its jobs depend on.
        status: "finished" means that every job has finished; anything else is gone on with by the same command.
        command: what led to it.
        jobs: by number.
    """

    name: str
    identity: str
    status: Status
    command: str
    jobs: tuple[JobRecord, ...] = ()

    def write(self, folder: Path) -> None:
        """Write `sweep.json`, whole or not at all."""
        folder.mkdir(parents=True, exist_ok=True)
        temporary = folder / f".{RECORD}"
        temporary.write_text(json.dumps(asdict(self), indent=1, ensure_ascii=False), encoding="utf-8")
        temporary.replace(folder / RECORD)


def read_record(folder: Path) -> SweepRecord | None:
    """The record of a sweep folder; None where there is none."""
    try:
        content = json.loads((folder / RECORD).read_text(encoding="utf-8"))
        jobs = (JobRecord(**{**job, "overrides": tuple(job["overrides"])}) for job in content.pop("jobs"))
        return SweepRecord(**content, jobs=tuple(jobs))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def jobs_in(folder: Path) -> tuple[JobRecord, ...]:
    """The jobs of a sweep as their folders have them, with those that are only planned."""
    record = read_record(folder)
    jobs = {job.number: JobRecord(job.number, job.overrides, "waiting", None) for job in record.jobs} if record else {}
    for path in folder.glob("[0-9]*/"):
        if path.name.isdecimal():
            manifest, number = manifest_of(path), int(path.name)
            planned = jobs[number].overrides if number in jobs else ()
            overrides = tuple(manifest.get("overrides", planned))
            jobs[number] = JobRecord(number, overrides, manifest.get("status", "failed"), manifest.get("seconds"))
    return tuple(jobs[number] for number in sorted(jobs))


def finished_in(folder: Path) -> list[JobRecord]:
    """The jobs of a sweep that finished."""
    return [job for job in jobs_in(folder) if job.status == "finished"]


def hold(folder: Path) -> FileLock | None:
    """A lock that this process holds on a sweep until it ends, however it ends; None where another one holds it."""
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / LOCK)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return None
    return lock


def unfinished(parent: Path, identity: str) -> Iterator[Path]:
    """Folders of sweeps with this identity that did not finish, the latest first."""
    for path in sorted(parent.glob(f"*/{RECORD}"), reverse=True):
        record = read_record(path.parent)
        if record and record.identity == identity and record.status != "finished":
            yield path.parent


def refuse_other(folder: Path, identity: str) -> None:
    """Raise a `UserError` where a folder that the user named holds another sweep, or this one, finished."""
    record = read_record(folder)
    if record and (record.identity != identity or record.status == "finished"):
        raise UserError(
            f"{folder} holds {'a finished' if record.identity == identity else 'another'} sweep: {record.command}",
            expected="a new folder, or one with this sweep, not finished; settings, code, libraries, data all the same",
            remedy="Name another folder, or leave hydra.sweep.dir out.",
        )
