"""What is written down of a run beside its results: data, versions, stages, times."""

from __future__ import annotations

import json
import os
import platform
import shlex
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from pipeline.artifacts import Located

LIBRARIES = (
    "tensorflow",
    "keras",
    "numba",
    "numpy",
    "pandas",
    "scikit-learn",
    "imbalanced-learn",
    "gensim",
    "nltk",
    "datasketch",
    "hydra-core",
)


@dataclass(frozen=True)
class StageRecord:
    """One carried-out step; `peak_memory_mb` is the peak of the process up to its end."""

    stage: str
    key: str
    status: str
    reason: str
    seconds: float
    peak_memory_mb: int


@dataclass
class Manifest:
    """The account of one run, written to `manifest.json`.

    Attributes:
        experiment, protocol, source: names; the source is the document that the experiment follows.
        seed: of the run.
        overrides: the command line that led to it.
        choices: config group -> name of the file that was composed.
        stand_in: whether the embedded sample or other stand-ins were used.
        data: the files that were read.
        rows: rows that stages dropped or altered.
        stages: what was carried out.
        started: when.
    """

    experiment: str
    protocol: str
    source: str
    seed: int
    overrides: Sequence[str]
    choices: Mapping[str, str]
    stand_in: bool = False
    data: list[dict[str, Any]] = field(default_factory=list)
    rows: list[dict[str, Any]] = field(default_factory=list)
    stages: list[StageRecord] = field(default_factory=list)
    started: datetime = field(default_factory=lambda: datetime.now(UTC))
    _clock: float = field(default_factory=time.perf_counter)

    def add_file(self, name: str, located: Located) -> None:
        """Write down which file was used."""
        self.data.append({"name": name, **asdict(located), "path": str(located.path)})

    def write(self, folder: Path, status: str) -> None:
        """Write `manifest.json` as it stands."""
        commit, dirty = _git_state()
        content = {
            "experiment": self.experiment,
            "protocol": self.protocol,
            "source": self.source,
            "status": status,
            "started": self.started.isoformat(timespec="seconds"),
            "seconds": round(time.perf_counter() - self._clock, 1),
            "seed": self.seed,
            "stand_in": self.stand_in,
            "command": shlex.join(["python", "-m", "pipeline", *self.overrides]),
            "overrides": list(self.overrides),
            "choices": dict(self.choices),
            "git_commit": commit,
            "git_dirty": dirty,
            "python": platform.python_version(),
            "platform": platform.platform(),
            "cpu_count": os.cpu_count(),
            "versions": _versions(),
            "data": self.data,
            "rows": self.rows,
            "stages": [asdict(stage) for stage in self.stages],
        }
        temporary = folder / ".manifest.json"
        temporary.write_text(json.dumps(content, indent=1, ensure_ascii=False), encoding="utf-8")
        temporary.replace(folder / "manifest.json")


@cache
def _versions() -> dict[str, str]:
    return {name: version(name) for name in LIBRARIES}


@cache
def _git_state() -> tuple[str | None, bool | None]:
    """Commit of the checkout that this package runs from, and whether it has changes; None outside a checkout."""
    here = Path(__file__).parent

    def git(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(["git", "-C", here, *arguments], capture_output=True, text=True, check=False)

    try:
        tracked = git("ls-files", "--error-unmatch", __file__)
        if tracked.returncode:
            return None, None
        return git("rev-parse", "HEAD").stdout.strip() or None, bool(git("status", "--porcelain").stdout.strip())
    except OSError:
        return None, None
