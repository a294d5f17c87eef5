"""Reading the folder of a run on a stream, and what is said of one that is not whole."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from stream_pages import Drawn

from pipeline.errors import UserError
from pipeline.reporting.redraw import redraw
from pipeline.reporting.stream.folder import MEMORY_COLUMNS, STREAM_COLUMNS, StreamFolder, read_kind

FILES = ("config.yaml", "manifest.json", "report.json")
WHOLE = [
    *(("filters", name) for name in (*FILES, *(f"tables/{name}.parquet" for name in STREAM_COLUMNS))),
    *(("memory", name) for name in (*FILES, *(f"tables/{name}.parquet" for name in MEMORY_COLUMNS))),
]


def copied(folder: Path, to: Path) -> Path:
    """A copy of a run, to be changed."""
    return Path(shutil.copytree(folder, to, ignore=shutil.ignore_patterns("figures", "report.html")))


@pytest.mark.parametrize(("kind", "name"), WHOLE)
def test_a_missing_or_damaged_file_is_named(kind: str, name: str, runs: dict[str, Drawn], tmp_path: Path) -> None:
    copy = copied(runs[kind].folder, tmp_path / "run")
    (copy / name).write_bytes(b"{ \xff\x00 cut")
    with pytest.raises(UserError, match=f"{name} of the run folder cannot be read"):
        redraw(copy)
    (copy / name).unlink()
    with pytest.raises(UserError, match=f"lacks {name}"):
        redraw(copy)


@pytest.mark.parametrize("kind", ["filters", "drift", "versus_batch", "memory"])
def test_the_kind_of_run_is_that_of_its_report(kind: str, runs: dict[str, Drawn]) -> None:
    assert read_kind(runs[kind].folder) == kind


def test_a_kind_that_is_not_known_is_refused(runs: dict[str, Drawn], tmp_path: Path) -> None:
    copy = copied(runs["filters"].folder, tmp_path / "run")
    content = json.loads((copy / "report.json").read_text(encoding="utf-8"))
    (copy / "report.json").write_text(json.dumps(content | {"kind": "tide"}), encoding="utf-8")
    with pytest.raises(UserError, match="kind: Input should be"):
        redraw(copy)


def test_counts_are_of_the_parts_that_the_page_tells_of(folders: dict[str, StreamFolder]) -> None:
    parts = [count.part for count in folders["drift"].report.counts]
    assert parts == [
        "stream", "without an earlier near-duplicate", "before the change", "after the change", "just after the change",
    ]  # fmt: skip
    assert folders["drift"].report.count("just after the change").total == 300
    report = folders["versus_batch"].report
    assert report.count("judged: scored by all models").total == report.stream.total - report.start == 1_500
    assert report.num_familiar == report.stream.total - report.count("without an earlier near-duplicate").total > 0
