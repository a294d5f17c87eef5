"""The sweep that this process runs, whatever launcher runs its jobs: where it is kept, and how it ends."""

from __future__ import annotations

import shlex
import sys
import textwrap
import traceback as tracebacks
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import TracebackType

from filelock import BaseFileLock
from omegaconf import DictConfig, OmegaConf, read_write

from pipeline.errors import UserError
from pipeline.reporting.words import quantity
from pipeline.sweeps.identity import identity_of
from pipeline.sweeps.jobs import Job, labels, quoted
from pipeline.sweeps.outcome import LOCK, RECORD, Failure, Made, failure, made_by
from pipeline.sweeps.record import (
    JobRecord,
    Status,
    SweepRecord,
    finished_in,
    hold,
    jobs_in,
    refuse_other,
    unfinished,
)
from pipeline.sweeps.space import is_search
from pipeline.sweeps.validation import list_scores

_DIR = "hydra.sweep.dir"
_NO_SCORE = "ValueError: No trials are completed yet."
_ALONE: dict[Made, str] = {
    "synthesis": "generate messages",
    "memory": "judge filters in ever less memory",
    "detection": "find one class without labels",
    "characters": "model messages character by character",
    "images": "draw images",
}


@dataclass
class Sweep:
    """A sweep under way.

    Attributes:
        folder: where it is kept.
        record: what is written down of it.
        config: composed, without the values that are swept.
        lock: held until this process ends, so that no other goes on with the same folder.
        exit_codes: job number -> exit code, of jobs that ended in processes of ours.
    """

    folder: Path
    record: SweepRecord
    config: DictConfig
    lock: BaseFileLock
    exit_codes: dict[int, int] = field(default_factory=dict)

    def plan(self, jobs: Sequence[Job]) -> None:
        """Write down jobs before they start."""
        planned = {job.number: job for job in self.record.jobs}
        planned |= {job.number: JobRecord(job.number, job.overrides, "waiting", None) for job in jobs}
        self.record = replace(self.record, jobs=tuple(planned[number] for number in sorted(planned)))
        self.record.write(self.folder)

    def close(self, status: Status, jobs: Sequence[JobRecord]) -> None:
        """Write down how it ended."""
        self.record = replace(self.record, status=status, jobs=tuple(jobs))
        self.record.write(self.folder)

    def discard(self) -> None:
        """Remove what was written before any job started; the user may have named a folder that holds other things."""
        for name in (RECORD, LOCK, "multirun.yaml"):
            (self.folder / name).unlink(missing_ok=True)
        if not any(self.folder.iterdir()):
            self.folder.rmdir()


_ongoing: list[Sweep] = []  # at most one: Hydra makes the callback that begins it, and gives nobody the instance


def begin(config: DictConfig) -> None:
    """Choose the folder: that of the latest sweep with this identity that was stopped, else a new one.

    The folder is written into `config`, and into the overrides that every launcher composes its jobs with.

    Raises:
        UserError: the folder that the user named belongs to another sweep.
    """
    identity = identity_of(config)
    folder = Path(config.hydra.sweep.dir)
    if any(item.startswith(f"{_DIR}=") for item in config.hydra.overrides.hydra):
        refuse_other(folder, identity)
        candidates = [folder]
    else:
        candidates = [*unfinished(folder.parent, identity), folder]
    held = next(((path, lock) for path in candidates if (lock := hold(path))), None)
    if held is None:
        raise UserError(
            f"Another process runs the sweep in {folder}.",
            expected="one process for a sweep",
            remedy="Wait for its end, or name another folder.",
        )
    chosen, lock = held
    command = shlex.join(["python", "-m", "pipeline", *sys.argv[1:]])
    record = SweepRecord(config.name, identity, "running", command, jobs_in(chosen))
    if record.jobs:
        num_done = sum(job.status == "finished" for job in record.jobs)
        say(f"going on with {chosen}: {num_done} of {len(record.jobs)} jobs done")
    record.write(chosen)
    _ongoing[:] = [Sweep(chosen, record, config, lock)]
    with read_write(config.hydra):
        OmegaConf.update(config, _DIR, str(chosen))
        config.hydra.overrides.hydra.append(f"{_DIR}={quoted(str(chosen))}")


def ongoing() -> Sweep:
    """The sweep that this process runs."""
    assert _ongoing, "the callback of conf/config.yaml has begun a sweep"
    return _ongoing[0]


def say(text: str) -> None:
    """Tell the person at the terminal how the sweep goes."""
    print(text, file=sys.stderr, flush=True)


class SweepEnd(AbstractContextManager[None]):
    """Ends the sweep that was begun inside, if any, however it came out."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Write the account, compare the jobs that finished, tell the failures.

        Raises:
            SystemExit: jobs failed; 1, or 2 where all failed by mistakes of the user's.
        """
        if not _ongoing:
            return
        sweep = _ongoing.pop()
        code, failures = _end(sweep, error)
        sweep.lock.release()
        if code and (error is None or _is_told(error, failures)):
            raise SystemExit(code) from error


def _end(sweep: Sweep, error: BaseException | None) -> tuple[int, dict[int, Failure]]:
    """The exit code, and why jobs failed: job number -> reason."""
    jobs = jobs_in(sweep.folder)
    if not any((sweep.folder / str(job.number)).exists() for job in jobs):
        sweep.discard()
        return 0, {}
    if isinstance(error, KeyboardInterrupt):
        sweep.close("interrupted", jobs)
        say(f"{sum(job.status == 'finished' for job in jobs)} of {len(jobs)} jobs are done, in {sweep.folder}")
        return 130, {}
    ended = [job if job.status == "finished" else replace(job, status="failed") for job in jobs]
    failures = {
        job.number: failure(sweep.folder / str(job.number), sweep.exit_codes.get(job.number))
        for job in ended
        if job.status == "failed"
    }
    code = _tell(failures, ended) if failures else 0
    print(f"sweep: {sweep.folder}", flush=True)
    compared = len(failures) == len(ended) or _compare(sweep)
    sweep.close("finished" if compared and not failures and error is None else "failed", ended)
    return code or int(not compared), failures


def _compare(sweep: Sweep) -> bool:
    """Tell how the jobs that finished compare, or what a search has found; whether that could be done."""
    try:
        print(_outcome(sweep))
    except UserError as error:
        say(error.block())
        return False
    return True


def _outcome(sweep: Sweep) -> str:
    """What the jobs that finished came to together."""
    if is_search(sweep.config):
        from pipeline.sweeps.search import finish_search

        return finish_search(sweep.folder, sweep.config)
    made = {made_by(sweep.folder / str(job.number)) for job in finished_in(sweep.folder)}
    if made == {"validation"}:
        return list_scores(sweep.folder)
    if made <= _ALONE.keys():
        what = " and ".join(said for one, said in _ALONE.items() if one in made)
        return f"The jobs {what}; they are not compared: each has a report of its own."
    from pipeline.comparison.choice import compare_folders

    return compare_folders([sweep.folder], sweep.folder, sweep.record.name)


def _tell(failures: Mapping[int, Failure], jobs: Sequence[JobRecord]) -> int:
    """Print what failed and why; the exit code."""
    all_mistaken = len(failures) == len(jobs) and all(reason.is_mistake for reason in failures.values())
    if all_mistaken and len({reason.reason for reason in failures.values()}) == 1:
        say(next(iter(failures.values())).reason)
        return 2
    say(f"{len(failures)} of {quantity(len(jobs), 'job')} failed; the same command tries again:")
    for job, name in zip(jobs, labels([job.overrides for job in jobs]), strict=True):
        if job.number in failures:
            reason = failures[job.number]
            say(f"  job {job.number}, {name}: {reason.log}\n{textwrap.indent(reason.reason, '    ')}")
    return 2 if all_mistaken else 1


def _is_told(error: BaseException, failures: Mapping[int, Failure]) -> bool:
    """Whether an exception is that of a job which another launcher has handed on, and which is told already.

    So is the complaint of Optuna that no trial has a score, which comes only after all have failed.
    """
    last = tracebacks.format_exception_only(error)[-1].strip()
    return last == _NO_SCORE or any(last in reason.reason for reason in failures.values())
