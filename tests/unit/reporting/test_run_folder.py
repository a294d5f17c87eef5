"""Reading a run folder, and what it says of one that is not whole."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pandas as pd
import pytest

from pipeline.errors import UserError
from pipeline.reporting.facts import Report
from pipeline.reporting.folder import COLUMNS, read_run

FILES = ("config.yaml", "manifest.json", "report.json", *(f"tables/{name}.parquet" for name in COLUMNS))


def test_undefined_metrics_are_read_as_nan(edge_run: Path) -> None:
    report = read_run(edge_run).report
    assert math.isnan(report.model.metrics["f1"].value)
    assert not report.model.metrics["f1"].is_known
    assert report.model.metrics["recall"].is_known


def test_a_coverage_table_without_rows_needs_no_columns(run_copy: Path) -> None:
    pd.DataFrame().to_parquet(run_copy / "tables" / "coverage.parquet")
    assert read_run(run_copy).tables.coverage.empty


def test_a_part_that_the_run_lacks_has_no_messages(report: Report) -> None:
    assert report.count("calibration").total == 0


def test_no_folder(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no run folder"):
        read_run(tmp_path / "nothing")


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_named(run_copy: Path, name: str) -> None:
    (run_copy / name).unlink()
    with pytest.raises(UserError, match=f"lacks {name}") as caught:
        read_run(run_copy)
    assert "run the experiment again" in caught.value.remedy


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("content", [b"", b"{ \xff\x00 cut", b"- 1\n- 2\n"])
def test_a_damaged_file_is_named(run_copy: Path, name: str, content: bytes) -> None:
    (run_copy / name).write_bytes(content)
    with pytest.raises(UserError, match=f"{name} of the run folder cannot be read"):
        read_run(run_copy)


def test_an_entry_of_the_wrong_type_is_named(run_copy: Path) -> None:
    content = json.loads((run_copy / "report.json").read_text(encoding="utf-8"))
    content["training"]["kept_epoch"] = "sixth"
    (run_copy / "report.json").write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(UserError, match=r"training\.kept_epoch"):
        read_run(run_copy)


def test_a_report_without_the_main_model_is_refused(run_copy: Path) -> None:
    content = json.loads((run_copy / "report.json").read_text(encoding="utf-8"))
    del content["models"]["model"]
    (run_copy / "report.json").write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(UserError, match="no 'model' among tfidf"):
        read_run(run_copy)


def test_a_table_without_a_column_is_refused(run_copy: Path) -> None:
    path = run_copy / "tables" / "roc.parquet"
    pd.read_parquet(path).drop(columns="recall").to_parquet(path)
    with pytest.raises(UserError, match=r"tables/roc\.parquet.*no column recall; it has false_positive_rate, model"):
        read_run(run_copy)
