"""Functions compiled for this machine by Numba, and kept for the next process."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba


def compiler(*files: str, **options: Any) -> Callable[[Any], Any]:
    """A decorator that compiles once for this machine, or once a process where no folder for that can be written.

    A compiled function has a copy of what it calls, and Numba's cache looks at the function's own file alone: name in
    `files` the others, and it looks at these too. `options` are those of `numba.njit`.
    """
    stamp = [hashlib.sha256(Path(file).read_bytes()).hexdigest() for file in files]

    def compiled(function: Any) -> Any:
        try:
            dispatcher: Any = numba.njit(cache=True, **options)(function)
        except RuntimeError:
            return numba.njit(**options)(function)
        file = dispatcher._cache._cache_file
        file._source_stamp = (file._source_stamp, *stamp)
        return dispatcher

    return compiled
