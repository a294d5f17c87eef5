"""Read the folder of a run on a stream: files in, checked dataclasses and tables out."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from pipeline.reporting.facts import Manifest
from pipeline.reporting.folder import check_folder, read_frame, read_json, read_tables
from pipeline.reporting.stream.facts import Kind, MemoryReport, StreamReport

BOUNDS = ("value", "low", "high")
DIFFERENCE = ("difference", "difference_low", "difference_high")
STREAM_COLUMNS = {
    "totals": ("part", "model", "metric", *BOUNDS, *DIFFERENCE),
    "windows": ("model", "position", "f1", "recall", "fpr"),
    "curves": ("model", "false_positive_rate", "recall"),
    "alarms": ("model", "position", "rate_before", "rate_after"),
    "recoveries": ("model", "recall_before", "lowest", "messages", "positives", "alarm_after"),
    "models": ("model", "learner", "features", "num_hashes", "buckets", "bytes", "seconds", "trainings"),
    "replaced": ("word", "replacement", "messages"),
}
MEMORY_COLUMNS = {
    "models": (
        "learner", "features", "log2_buckets", "num_hashes", "bytes", "f1", "f1_low", "f1_high", "fpr", "accuracy",
        "pr_auc", *DIFFERENCE,
    ),
    "counts": (
        "features", "log2_buckets", "num_hashes", "bytes", "mean_error", "exact_percent", "bound", "beyond_percent",
        "promised_percent",
    ),
    "reference": ("learner", "bytes", "f1", "f1_low", "f1_high", "fpr", "accuracy", "pr_auc"),
}  # fmt: skip


@dataclass(frozen=True)
class StreamTables:
    """`tables/*.parquet`: those of the artifacts `StreamScores` and `Passes`; `replaced` holds the commonest words."""

    totals: pd.DataFrame
    windows: pd.DataFrame
    curves: pd.DataFrame
    alarms: pd.DataFrame
    recoveries: pd.DataFrame
    models: pd.DataFrame
    replaced: pd.DataFrame


@dataclass(frozen=True)
class MemoryTables:
    """`tables/*.parquet`: those of the artifact `MemoryScores`."""

    models: pd.DataFrame
    counts: pd.DataFrame
    reference: pd.DataFrame


@dataclass(frozen=True)
class StreamFolder:
    """All that the report of models on a stream is drawn from."""

    path: Path
    report: StreamReport
    manifest: Manifest
    config: dict[str, Any]
    tables: StreamTables

    @property
    def models(self) -> list[str]:
        """The names of the models, in the order of the tables."""
        return self.tables.models["model"].astype(str).tolist()


@dataclass(frozen=True)
class MemoryFolder:
    """All that the report on hashing and memory is drawn from."""

    path: Path
    report: MemoryReport
    manifest: Manifest
    config: dict[str, Any]
    tables: MemoryTables


def read_kind(folder: Path) -> Kind:
    """What kind of run on a stream a run folder is of.

    Raises:
        UserError: it is no folder, or its `report.json` is missing or damaged.
    """
    check_folder(folder)
    return read_json(folder / "report.json", _Kind).kind


def read_stream(folder: Path) -> StreamFolder:
    """Read the folder of a run of models on a stream.

    Raises:
        UserError: it is no folder, or one of its files is missing, damaged or incomplete.
    """
    report, manifest, config = read_frame(folder, StreamReport)
    return StreamFolder(folder, report, manifest, config, StreamTables(**read_tables(folder, STREAM_COLUMNS)))


def read_memory(folder: Path) -> MemoryFolder:
    """Read the folder of a run on hashing and memory.

    Raises:
        UserError: it is no folder, or one of its files is missing, damaged or incomplete.
    """
    report, manifest, config = read_frame(folder, MemoryReport)
    return MemoryFolder(folder, report, manifest, config, MemoryTables(**read_tables(folder, MEMORY_COLUMNS)))


@dataclass(frozen=True)
class _Kind:
    kind: Kind
