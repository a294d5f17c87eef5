"""Jobs of a sweep: what each is called, the command that runs it, and its share of the cores."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

THREAD_VARIABLES = (
    "OMP_NUM_THREADS",
    "TF_NUM_INTRAOP_THREADS",
    "TF_NUM_INTEROP_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
)


@dataclass(frozen=True)
class Job:
    """One run of a sweep.

    Attributes:
        number: 0-based, the name of its folder in the sweep's folder.
        overrides: settings that it is run with.
        folder: its run folder.
        command: what a person could type to run it.
    """

    number: int
    overrides: tuple[str, ...]
    folder: Path
    command: tuple[str, ...]


def job_command(
    overrides: Sequence[str], folder: Path, *, flags: Sequence[str] = (), hydra_overrides: Sequence[str] = ()
) -> tuple[str, ...]:
    """The command of one job; flags and overrides of Hydra are those of the sweep that concern its jobs."""
    where = ("hydra.mode=RUN", f"hydra.run.dir={quoted(str(folder))}")
    return (sys.executable, "-m", "pipeline", *flags, *overrides, *hydra_overrides, *where)


def quoted(text: str) -> str:
    """Text as an override's value, whatever characters it holds: quotes, commas, blanks, dollar signs."""
    from hydra.core.override_parser.types import Quote, QuotedString

    return QuotedString(text.replace("${", "\\${"), Quote.single).with_quotes()


def labels(overrides: Sequence[Sequence[str]]) -> list[str]:
    """What sets each job apart: its overrides without those that all jobs share; all of them where nothing differs."""
    shared = set.intersection(*map(set, overrides)) if overrides else set()
    if len(set(map(tuple, overrides))) == 1:
        shared = set()
    return [" ".join(item for item in job if item not in shared) or "no overrides" for job in overrides]


def cores() -> int:
    """Cores that this process may use, which can be fewer than the machine has."""
    affinity = getattr(os, "sched_getaffinity", None)  # not on macOS
    return len(affinity(0)) if affinity else os.cpu_count() or 1


def threads_each(num_cores: int, at_once: int) -> int:
    """Threads of each job, so that jobs running at once do not fight for the cores."""
    return max(1, num_cores // at_once)


def thread_environment(threads: int) -> dict[str, str]:
    """The variables that hold the numeric libraries of a process to a number of threads."""
    return dict.fromkeys(THREAD_VARIABLES, str(threads))
