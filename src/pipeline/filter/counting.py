"""Naive Bayes counted from many files at once: parts are counted apart and merged into exactly the model of all.

The other filters learn message after message, so that their parts cannot be put together again.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.errors import UserError
from pipeline.filter.lines import Descriptor, Limits, read_lines
from pipeline.filter.messages import UNLABELLED, Format, Labels, parse
from pipeline.filter.tally import Tally, stopped_by
from pipeline.online.blocks import block_of
from pipeline.online.filters import Filter, new_filter
from pipeline.online.naive_bayes import NaiveBayes
from pipeline.online.settings import FilterSettings

TASKS_PER_JOB = 4  # so that jobs end at about the same time, whatever their files hold


@dataclass(frozen=True)
class Task:
    """Files to be counted one after the other; a bad line stops it where `stops`."""

    files: tuple[Path, ...]
    settings: FilterSettings
    form: Format
    labels: Labels
    limits: Limits
    stops: bool


@dataclass
class Counted:
    """What came of a task: the model of its files or, in `failed`, why there is none: errors of ours do not travel."""

    model: Filter
    tally: Tally = field(default_factory=Tally)
    told: list[str] = field(default_factory=list)
    failed: str = ""


def count_files(task: Task, model: Filter, jobs: int, ray_address: str | None, tell: Callable[[str], None]) -> Tally:
    """Let a filter learn files, a few at a time.

    Args:
        model: learns; it holds nothing of them where one of them fails.
        jobs: how many threads.
        ray_address: not None: tasks of Ray instead, on this machine ("local") or on a cluster.

    Raises:
        UserError: the filter cannot be merged from parts, a file cannot be read, a line is bad and stops it, or Ray is
            not installed.
    """
    if not isinstance(model, NaiveBayes):
        raise UserError(
            f"--count cannot be used with --learner {model.settings.learner}.",
            expected="naive Bayes: its counts over parts of a stream add up to the counts of all; what the other "
            "filters learn depends on the order of the messages",
            remedy="Leave --count out and give the messages on standard input: cat FILE... | python -m pipeline.filter",
        )
    _check_files(task.files)
    if ray_address is not None:  # its tasks run in folders of their own
        task = replace(task, files=tuple(path.resolve() for path in task.files))
    whole, tally = new_filter(task.settings), Tally()
    parts = _by_threads(task, jobs) if ray_address is None else _by_ray(task, ray_address)
    for part in parts:
        for line in part.told:
            tell(line)
        if part.failed:
            raise UserError(
                part.failed,
                expected="files of labelled messages, one a line, as --format says",
                remedy="Mend it and give the same command again: nothing has been learnt. Or leave bad lines out by "
                "--on-bad skip.",
            )
        whole.merge(part.model)
        tally.add(part.tally)
    model.merge(whole)
    return tally


def count_task(task: Task) -> Counted:
    """Count the files of a task."""
    counted = Counted(new_filter(task.settings))
    try:
        for path in task.files:
            _count_file(path, task, counted)
    except (UserError, OSError) as error:
        counted.failed = str(error)
    return counted


def _count_file(path: Path, task: Task, counted: Counted) -> None:
    tally = Tally()
    with path.open("rb", buffering=0) as file:
        for lines in read_lines(Descriptor(file.fileno(), str(path)), task.limits):
            messages = parse(lines, task.form, task.labels, task.limits.line_bytes)
            if messages.faults and task.stops:
                raise stopped_by(messages.faults[0], lines.first, str(path), resume=False)
            tally.complain(messages.faults, lines, counted.told.append, str(path))
            known = np.flatnonzero(messages.labels != UNLABELLED)
            grams = counted.model.read(block_of([messages.texts[k] for k in known]))
            counted.model.learn(grams, messages.labels[known])
            tally.lines += len(lines)
            tally.learnt += len(grams)
            tally.replaced += messages.replaced + int(grams.invalid.sum())
    counted.tally.add(tally)


def dealt(task: Task, num: int) -> list[Task]:
    """The files in at most `num` tasks with about as many bytes each."""
    hands: list[list[Path]] = [[] for _ in range(min(num, len(task.files)))]
    sizes = [0] * len(hands)
    for path in sorted(task.files, key=lambda path: -path.stat().st_size):
        least = sizes.index(min(sizes))
        hands[least].append(path)
        sizes[least] += path.stat().st_size + 1
    return [replace(task, files=tuple(hand)) for hand in hands]


def _by_threads(task: Task, jobs: int) -> Iterator[Counted]:
    """Compiled code runs beside other threads, so these are enough."""
    tasks = iter(dealt(task, TASKS_PER_JOB * jobs))
    with ThreadPoolExecutor(jobs) as pool:
        running: set[Future[Counted]] = {pool.submit(count_task, one) for one in islice(tasks, jobs)}
        while running:
            ended, running = wait(running, return_when=FIRST_COMPLETED)
            running |= {pool.submit(count_task, one) for one in islice(tasks, len(ended))}
            yield from (one.result() for one in ended)


def _by_ray(task: Task, address: str) -> Iterator[Counted]:
    """Tasks of Ray, which reads the files where it runs: on disks that all machines share."""
    try:
        import ray
    except ModuleNotFoundError:
        raise UserError(
            "--jobs ray: Ray is not installed.",
            expected="the extra `ray`",
            remedy="pip install 'text-experiment-pipeline[ray]', or give a number of threads: --jobs 4.",
        ) from None
    options: dict[str, Any] = {"include_dashboard": False} if address == "local" else {}
    host, _, port = address.removeprefix("ray://").rpartition(":")
    try:
        if port.isdecimal():  # Ray itself goes on trying for minutes
            socket.create_connection((host, int(port)), timeout=10).close()
        ray.init(address=address, log_to_driver=False, logging_level=40, **options)
    except (OSError, ValueError, OverflowError):  # no answer, no address, no port
        raise UserError(
            f"--ray-address {address}: there is no Ray that answers.",
            expected="the address of a cluster that runs, HOST:PORT or ray://HOST:PORT; `auto` for one on this machine",
            remedy="Start one (ray start --head), or leave --ray-address out: Ray then runs on this machine alone.",
        ) from None
    try:
        cores = int(ray.cluster_resources().get("CPU", 1))
        tasks = iter(dealt(task, TASKS_PER_JOB * cores))
        start = ray.remote(count_task).remote
        running = [start(one) for one in islice(tasks, cores)]
        while running:
            ended, running = ray.wait(running, num_returns=1)
            running += [start(one) for one in islice(tasks, len(ended))]
            yield from ray.get(ended)
    finally:
        ray.shutdown()


def _check_files(files: Sequence[Path]) -> None:
    seen = set[Path]()
    for path in files:
        if path.resolve() in seen:
            raise UserError(
                f"{path} is given to --count twice.",
                expected="each file once: what is given twice is learnt twice",
                remedy="Name it once. To learn it twice on purpose, give the command twice.",
            )
        seen.add(path.resolve())
        if not path.is_file() or not os.access(path, os.R_OK):
            raise UserError(
                f"{path} cannot be read.",
                expected="a file of labelled messages",
                remedy="Check the name.",
            )
