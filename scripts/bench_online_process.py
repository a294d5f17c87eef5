"""The processes that `bench_online.py` measures in: each on the same core, with a thread of its own and no more."""

from __future__ import annotations

import os
import resource
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path

THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")
_STATUS = Path("/proc/self/status")


@contextmanager
def one_thread() -> Iterator[None]:
    """Processes that are started within have libraries that use one thread."""
    before = {name: os.environ.get(name) for name in THREADS}
    os.environ.update(dict.fromkeys(THREADS, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name)
            if value is not None:
                os.environ[name] = value


def core() -> int | None:
    """The core that all of it runs on; None where the system lets nobody choose."""
    return max(os.sched_getaffinity(0)) if sys.platform == "linux" else None


def start_process() -> ProcessPoolExecutor:
    """A process that does one thing after the other on the core."""
    return ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=_stay, initargs=(core(),))


def _stay(number: int | None) -> None:
    if sys.platform == "linux" and number is not None:
        os.sched_setaffinity(0, {number})


def peak_memory_mb() -> float:
    """Peak resident memory of this process. Where there is no better source, that of its parent may be in it."""
    if _STATUS.exists():
        [line] = [line for line in _STATUS.read_text(encoding="ascii").splitlines() if line.startswith("VmHWM")]
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)
