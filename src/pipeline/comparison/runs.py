"""The runs that a comparison is made of, read from their folders; what cannot be compared is told, not lost."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from pipeline.errors import UserError
from pipeline.reporting.comparison.facts import Unfinished
from pipeline.reporting.facts import Judged, Manifest, Report
from pipeline.reporting.folder import RunFolder, read_family, read_json, read_run, read_table

T = TypeVar("T")
Setting = str | int | float | bool | None
MAIN = "model"  # what a run calls the model that it is about
# Settings that are names, places or looks, or that tell repeats of one variant apart. Files count by their checksums.
NO_DIFFERENCE = re.compile(
    r"name|seed|strict|download|outputs|raw|split\.fold|report\..*|evaluate\.resamples"
    r"|(.*\.)?(source|stop_words_source|path)(\..*)?"
)
STATES = {
    "failed": "it failed: see its run.log",
    "interrupted": "it was interrupted: the same command goes on",
    "running": "it is still running, or was killed: the same command goes on",
}


@dataclass(frozen=True)
class Account:
    """What a comparison reads from `manifest.json` beside `facts.Manifest`."""

    status: str
    overrides: list[str]
    choices: dict[str, str]


@dataclass(frozen=True, eq=False)
class Run:
    """A finished run.

    Attributes:
        folder: where it is, as given.
        account, content: what is written there.
        test: predictions for its test part by row: `row`, `group`, `label` and one column a model.
        settings: dotted setting -> value of all that can change a result, and the checksum of each file that was read.
        test_part: digest of data, protocol and test messages; equal for runs that can be paired.
    """

    folder: Path
    account: Account
    content: RunFolder
    test: pd.DataFrame
    settings: dict[str, Setting]
    test_part: str

    @property
    def report(self) -> Report:
        """What the run came to."""
        return self.content.report

    @property
    def judged(self) -> Judged:
        """Test results of its model."""
        return self.report.model

    @property
    def seed(self) -> int:
        """Seed of the run."""
        return self.content.manifest.seed

    @property
    def fold(self) -> int | None:
        """0-based fold that was tested on; None without folds."""
        return self.content.config["split"]["fold"] if self.num_folds else None

    @property
    def num_folds(self) -> int | None:
        """Into how many folds the data were split; None without folds."""
        return self.content.config["split"]["num_folds"]

    @property
    def repeat(self) -> tuple[int, int | None]:
        """What tells it from the other repeats of its variant."""
        return self.seed, self.fold

    @property
    def train_seconds(self) -> float:
        """Of all epochs, when they were computed, be it in this run or in one that it reused."""
        return float(self.content.tables.history["seconds"].sum())

    @property
    def test_per_train(self) -> float:
        """Test messages for each one that could be learnt from; validation messages are among those."""
        if self.num_folds:
            return 1 / (self.num_folds - 1)
        parts = ("train",) if self.report.validation_is_test else ("train", "validation")
        return self.report.count("test").total / sum(self.report.count(part).total for part in parts)


def read_runs(folders: Sequence[Path]) -> tuple[list[Run], list[Unfinished]]:
    """The finished runs of classification in run folders and sweep folders, and those that cannot be compared.

    Raises:
        UserError: a folder is neither, or none of the runs can be compared.
    """
    return read_finished(folders, _refuse, _read)


def read_finished(
    folders: Sequence[Path], refuse: Callable[[Path], str], read: Callable[[Path], T]
) -> tuple[list[T], list[Unfinished]]:
    """What `read` makes of finished runs, and those that are not finished, damaged, or that `refuse` has a reason for.

    Raises:
        UserError: a folder is neither of a run nor of a sweep, or none of the runs can be compared.
    """
    runs, unfinished = [], []
    for folder in _all_jobs(folders):
        try:
            reason = _unfinished(folder) or refuse(folder)
            if not reason:
                runs.append(read(folder))
        except UserError as error:
            reason = error.happened
        if reason:
            unfinished.append(Unfinished(str(folder), reason))
    if not runs:
        raise UserError(
            "There is no finished run to compare." + "".join(f"\n{job.folder}: {job.reason}" for job in unfinished[:5]),
            expected='at least one run folder with "status": "finished" in its manifest.json',
            remedy="Finish the runs with the command that started them, or give other folders.",
        )
    return runs, unfinished


def families(folders: Sequence[Path]) -> set[str]:
    """The families of the finished runs in run folders and sweep folders; damaged ones are left out.

    Raises:
        UserError: a folder is neither of a run nor of a sweep.
    """
    found = set()
    for folder in _all_jobs(folders):
        with suppress(UserError):  # the comparison says what is wrong with it
            if not _unfinished(folder):
                found.add(read_family(folder))
    return found


def _all_jobs(folders: Sequence[Path]) -> list[Path]:
    return list(dict.fromkeys(job for given in folders for job in _jobs(given)))


def _jobs(folder: Path) -> Iterator[Path]:
    """The folder itself, or the job folders 0, 1, ... of a sweep."""
    jobs = [child for child in folder.iterdir() if child.name.isdecimal()] if folder.is_dir() else []
    if (folder / "manifest.json").is_file():
        yield folder
    elif jobs:
        yield from sorted(jobs, key=lambda job: int(job.name))
    else:
        raise UserError(
            f"{folder} holds no run." if folder.is_dir() else f"There is no folder {folder}.",
            expected="a run folder, outputs/runs/<experiment>/<time>, or a sweep folder, outputs/sweeps/<name>/<time>",
            remedy="List outputs/runs/ and outputs/sweeps/ and give folders below them.",
        )


def _unfinished(folder: Path) -> str:
    """Why the run in a folder is not finished; empty where it is."""
    if not (folder / "manifest.json").is_file():
        return "it did not begin, or stopped before anything was written"
    status = read_json(folder / "manifest.json", _Status).status
    return "" if status == "finished" else STATES.get(status, f"its status is {status!r}")


def _refuse(folder: Path) -> str:
    family = read_family(folder)
    return "" if family == "classification" else f"it is a run of {family}: only runs of classification are compared"


@dataclass(frozen=True)
class _Status:
    status: str


def _read(folder: Path) -> Run:
    content = read_run(folder)
    models = tuple(content.report.models)
    table = read_table(folder / "predictions.parquet", ("part", "row", "group", "label", *models))
    test = table[table["part"] == "test"].sort_values("row", ignore_index=True)
    data = next((file.sha256 for file in content.manifest.data if file.name == "locate_corpus"), "")
    digest = hashlib.sha256(f"{data} {content.report.protocol}".encode())
    digest.update(test[["row", "group", "label"]].to_numpy(np.int64).tobytes())
    settings = settings_of(content.config, content.manifest)
    return Run(folder, read_account(folder), content, test, settings, digest.hexdigest())


def read_account(folder: Path) -> Account:
    """What the manifest of a run says beside `facts.Manifest`."""
    return read_json(folder / "manifest.json", Account)


def settings_of(config: dict[str, Any], manifest: Manifest) -> dict[str, Setting]:
    """Dotted setting -> value of all that can change a result, and the checksum of each file that was read."""
    settings = {key: value for key, value in _flat(config) if not NO_DIFFERENCE.fullmatch(key)}
    return settings | {f"{file.name}.file": file.sha256[:12] for file in manifest.data}


def _flat(node: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, Setting]]:
    """Dotted setting and value; a list counts as the text of it."""
    for name, value in node.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", str(value) if isinstance(value, list) else value
