"""The folder that a comparison is written to, and how it is made again."""

from __future__ import annotations

import os
import shlex
from collections.abc import Sequence
from pathlib import Path

from pipeline.errors import UserError


def check_output(output: Path) -> None:
    """Nothing but an earlier comparison may be written over: a sweep's folder holds one beside its jobs.

    Raises:
        UserError: it holds something else.
    """
    nearest = next(path for path in (output, *output.parents) if path.exists())
    if not nearest.is_dir():
        reason = f"{nearest} is no folder"
    elif nearest != output or any((output / name).is_file() for name in ("comparison.json", "sweep.json")):
        reason = ""
    else:
        reason = "there are other files in it" if any(not one.name.isdecimal() for one in output.iterdir()) else ""
    if (output / "manifest.json").exists():
        reason = "it is the folder of a run, whose report would be lost"
    if reason:
        raise UserError(
            f"The comparison cannot be written to {output}: {reason}.",
            expected="a new or empty folder, a sweep folder, or the folder of an earlier comparison",
            remedy="Give another --output, or none for a new folder in outputs/comparisons.",
        )


def relative(folder: Path, output: Path) -> str:
    """A folder as seen from the comparison's, with forward slashes: a link that holds while both are moved together."""
    return Path(os.path.relpath(folder.resolve(), output.resolve())).as_posix()


def command_of(folders: Sequence[Path], output: Path) -> str:
    """What makes the comparison again."""
    return shlex.join(["python", "-m", "pipeline.compare", *map(str, folders), "--output", str(output)])
