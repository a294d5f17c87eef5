"""Read a run folder: files in, checked dataclasses and tables out, so that an old run can be drawn again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import pandas as pd
from pydantic import TypeAdapter, ValidationError

from pipeline.errors import UserError
from pipeline.reporting.facts import Manifest, Report

T = TypeVar("T")


@dataclass(frozen=True)
class Home:
    """What kind of folder a file belongs to, for messages.

    Attributes:
        writer: what writes such a folder.
        holds: the files that it holds.
        again: how to have it written again.
    """

    writer: str
    holds: str
    again: str


RUN = Home(
    "run",
    "config.yaml, manifest.json, report.json and tables/*.parquet of a finished run",
    "run the experiment again; reused stages take no time",
)
COMPARISON = Home(
    "comparison",
    "comparison.json and tables/*.parquet as a comparison has written them",
    "compare the runs again, which takes seconds",
)

COLUMNS = {
    "history": ("epoch", "loss", "recall", "val_loss", "val_recall"),
    "lengths": ("words", "label"),
    "roc": ("model", "false_positive_rate", "recall"),
    "precision_recall": ("model", "recall", "precision"),
    "calibration": ("model", "predicted", "observed", "count"),
    "thresholds": ("threshold", "precision", "recall", "f1"),
    "coverage": ("group", "tokens_percent", "kinds_percent"),
}


@dataclass(frozen=True)
class Tables:
    """`tables/*.parquet`; the columns are those of `COLUMNS` at least."""

    history: pd.DataFrame
    lengths: pd.DataFrame
    roc: pd.DataFrame
    precision_recall: pd.DataFrame
    calibration: pd.DataFrame
    thresholds: pd.DataFrame
    coverage: pd.DataFrame


@dataclass(frozen=True)
class RunFolder:
    """All that the report of a classification run is drawn from."""

    path: Path
    report: Report
    manifest: Manifest
    config: dict[str, Any]
    tables: Tables


def read_run(folder: Path) -> RunFolder:
    """Read a run folder.

    Raises:
        UserError: it is no folder, or one of its files is missing, damaged or incomplete.
    """
    report, manifest, config = read_frame(folder, Report)
    if "model" not in report.models:
        raise _damaged(folder / "report.json", f"models: no 'model' among {', '.join(report.models) or 'none'}", RUN)
    return RunFolder(folder, report, manifest, config, Tables(**read_tables(folder, COLUMNS)))


def read_frame(folder: Path, report: type[T]) -> tuple[T, Manifest, dict[str, Any]]:
    """What lies beside the tables of a run folder: the report, the manifest and the config.

    Raises:
        UserError: it is no folder, or one of these is missing or damaged.
    """
    check_folder(folder)
    return (
        read_json(folder / "report.json", report),
        read_json(folder / "manifest.json", Manifest),
        read_yaml(folder / "config.yaml"),
    )


def read_tables(folder: Path, columns: Mapping[str, tuple[str, ...]]) -> dict[str, pd.DataFrame]:
    """The tables of a run folder, by name; `columns` are those that each must have.

    Raises:
        UserError: one of them is missing, damaged or incomplete.
    """
    return {name: read_table(folder / "tables" / f"{name}.parquet", needed) for name, needed in columns.items()}


def check_folder(folder: Path) -> None:
    """Refuse what is no folder.

    Raises:
        UserError: it is none.
    """
    if not folder.is_dir():
        raise UserError(
            f"There is no run folder {folder}.",
            expected="a folder that a run has written: outputs/runs/<experiment>/<time>",
            remedy="List outputs/runs/ and give one of the folders below it.",
        )


def read_family(folder: Path) -> str:
    """What kind of run a run folder is of: "classification" or "synthesis".

    Raises:
        UserError: it is no folder, or its `report.json` is missing or damaged.
    """
    check_folder(folder)
    return read_json(folder / "report.json", _Family).family


@dataclass(frozen=True)
class _Family:
    family: str = "classification"  # which reports of that kind do not say


def read_json(path: Path, kind: type[T], home: Home = RUN) -> T:
    """A JSON file as the dataclass `kind`; entries that it does not know are left alone."""
    try:
        return TypeAdapter(kind).validate_json(_content(path, home))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise _damaged(path, f"{place}: {first['msg']}" if place else first["msg"], home) from error


def read_yaml(path: Path) -> dict[str, Any]:
    """A YAML file that holds one mapping."""
    import yaml

    content = _content(path, RUN)
    try:
        mapping = yaml.safe_load(content)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise _damaged(path, " ".join(str(error).split()), RUN) from error
    if not isinstance(mapping, dict):
        raise _damaged(path, f"a mapping was expected, found {type(mapping).__name__}", RUN)
    return mapping


def read_table(path: Path, columns: tuple[str, ...], home: Home = RUN) -> pd.DataFrame:
    """A parquet file with the given columns at least; a table without rows may lack them."""
    try:
        table = pd.read_parquet(path)
    except FileNotFoundError:
        raise _missing(path, home) from None
    except (OSError, ValueError) as error:  # pyarrow's own errors are subclasses of these
        raise _damaged(path, str(error).splitlines()[0], home) from error
    lacking = [column for column in columns if column not in table]
    if lacking and not table.empty:
        raise _damaged(path, f"no column {', '.join(lacking)}; it has {', '.join(map(str, table.columns))}", home)
    return table.reindex(columns=columns) if lacking else table


def _content(path: Path, home: Home) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise _missing(path, home) from None


def _missing(path: Path, home: Home) -> UserError:
    return UserError(
        f"The {home.writer} folder lacks {_inside(path)}: no file {path}.",
        expected=home.holds,
        remedy=f"Give the folder of a {home.writer} that finished, or {home.again}.",
    )


def _damaged(path: Path, why: str, home: Home) -> UserError:
    return UserError(
        f"{_inside(path)} of the {home.writer} folder cannot be read: {why} ({path}).",
        expected=f"the file as the {home.writer} wrote it",
        remedy=f"Put {_inside(path)} back from a copy, or {home.again}.",
    )


def _inside(path: Path) -> str:
    """The file's name inside its folder, for people."""
    return f"{path.parent.name}/{path.name}" if path.parent.name == "tables" else path.name


def read_settings(config: Mapping[str, Any], kind: type[T], path: Path) -> T:
    """What a report tells of a config that was read from `path`, as the dataclass `kind`.

    Raises:
        UserError: one of the settings is of another kind.
    """
    try:
        return TypeAdapter(kind).validate_python(config)
    except ValidationError as error:
        first = error.errors()[0]
        raise UserError(
            f"config.yaml of the run folder cannot be read: {'.'.join(map(str, first['loc']))}: {first['msg']} "
            f"({path}).",
            expected="the file as the run wrote it",
            remedy=f"Put config.yaml back from a copy, or {RUN.again}.",
        ) from error
