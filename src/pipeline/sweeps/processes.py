"""Run jobs as processes of their own, a few at a time; stop every one of them when this process is told to stop."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from types import FrameType

from pipeline.sweeps.jobs import Job

LOG = "output.log"
_POLL_SECONDS = 0.1
_GRACE_SECONDS = 30.0  # for a job to write down that it was interrupted
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True)
class Ended:
    """A job that has ended.

    Attributes:
        job: which.
        exit_code: of its process; negative: the signal that killed it.
        seconds: from start to end.
    """

    job: Job
    exit_code: int
    seconds: float


@dataclass(frozen=True)
class _Running:
    job: Job
    process: subprocess.Popen[bytes]
    start: float


def run_jobs(
    jobs: Sequence[Job], at_once: int, environment: Mapping[str, str], tell: Callable[[Ended], None]
) -> list[Ended]:
    """Run every job, at most `at_once` at a time, each with its output in a file of its folder.

    Args:
        environment: variables set for the jobs, beside those of this process.
        tell: called as each job ends.

    Raises:
        KeyboardInterrupt: this process got Ctrl-C, SIGTERM or SIGHUP; no job is running any more.
    """
    waiting, running, ended = deque(jobs), list[_Running](), list[Ended]()
    variables = {**os.environ, **environment}
    with _signals_noted() as received:
        try:
            while (waiting or running) and not received:
                while waiting and len(running) < at_once:
                    running.append(_start(waiting.popleft(), variables))
                time.sleep(_POLL_SECONDS)
                for one in [one for one in running if one.process.poll() is not None]:
                    running.remove(one)
                    ended.append(Ended(one.job, one.process.returncode, time.monotonic() - one.start))
                    tell(ended[-1])
        finally:
            _stop(running, received)
    if received:
        raise KeyboardInterrupt
    return ended


def _start(job: Job, variables: Mapping[str, str]) -> _Running:
    job.folder.mkdir(parents=True, exist_ok=True)
    with (job.folder / LOG).open("wb") as log:
        # A session of its own: Ctrl-C in the terminal reaches this process alone, which then stops the jobs in order.
        process = subprocess.Popen(
            job.command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            env=variables,
            start_new_session=True,
        )
    return _Running(job, process, time.monotonic())


def _stop(running: Sequence[_Running], received: Sequence[int]) -> None:
    """Interrupt the jobs, wait a little, kill what is left; a second signal ends the waiting."""
    _signal_groups(running, signal.SIGINT)
    deadline = time.monotonic() + _GRACE_SECONDS
    while any(one.process.poll() is None for one in running) and time.monotonic() < deadline and len(received) < 2:
        time.sleep(_POLL_SECONDS)
    _signal_groups(running, signal.SIGKILL)
    for one in running:
        one.process.wait()


def _signal_groups(running: Sequence[_Running], number: signal.Signals) -> None:
    for one in running:
        if one.process.poll() is None:
            with suppress(ProcessLookupError):
                os.killpg(one.process.pid, number)


@contextmanager
def _signals_noted() -> Iterator[list[int]]:
    """Signals that ask this process to stop, noted instead of acted on: between two lines a job could be lost.

    What was to be ignored (`nohup`, a background job of a script) still is. It gets a handler nevertheless, since jobs
    inherit what is ignored, and could then not be interrupted.
    """
    received: list[int] = []

    def note(number: int, _: FrameType | None) -> None:
        received.append(number)

    def ignore(number: int, _: FrameType | None) -> None:
        pass

    before = {number: signal.getsignal(number) for number in _SIGNALS}
    for number, handler in before.items():
        signal.signal(number, ignore if handler is signal.SIG_IGN else note)
    try:
        yield received
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
