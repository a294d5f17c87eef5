"""Reading the folder of a synthesis run, what it says of one that is not whole, and which report is drawn again."""

from __future__ import annotations

import json
import math
import shutil
from pathlib import Path

import pytest

from pipeline import report as command
from pipeline.errors import UserError
from pipeline.reporting.folder import read_family
from pipeline.reporting.redraw import redraw
from pipeline.reporting.synthesis.folder import COLUMNS, SynthesisFolder, read_synthesis

FILES = ("config.yaml", "manifest.json", "report.json", *(f"tables/{name}.parquet" for name in COLUMNS))


@pytest.fixture
def copy(plain_folder: Path, tmp_path: Path) -> Path:
    """A copy of the plain run, to be changed."""
    return Path(
        shutil.copytree(plain_folder, tmp_path / "run", ignore=shutil.ignore_patterns("figures", "report.html"))
    )


def test_undefined_values_are_read_as_nan(odd: SynthesisFolder) -> None:
    assert odd.tables.evaluators.query("metric == 'f1'")["value"].isna().all()
    assert math.isnan(odd.tables.priors["gain"].iloc[1])
    assert odd.report.has_model_per_class


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_named(copy: Path, name: str) -> None:
    (copy / name).unlink()
    with pytest.raises(UserError, match=f"lacks {name}"):
        redraw(copy)


@pytest.mark.parametrize("name", FILES)
def test_a_damaged_file_is_named(copy: Path, name: str) -> None:
    (copy / name).write_bytes(b"{ \xff\x00 cut")
    with pytest.raises(UserError, match=f"{name} of the run folder cannot be read"):
        redraw(copy)


def test_the_kind_of_run_is_that_of_its_report(copy: Path, tmp_path: Path) -> None:
    assert read_family(copy) == "synthesis"
    (tmp_path / "report.json").write_text('{"models": {}}', encoding="utf-8")
    assert read_family(tmp_path) == "classification"


def test_a_kind_that_is_not_known_is_refused(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    content = json.loads((copy / "report.json").read_text(encoding="utf-8"))
    (copy / "report.json").write_text(json.dumps(content | {"family": "sketch"}), encoding="utf-8")
    assert command.main([str(copy)]) == 2
    assert "'sketch', whose report cannot be drawn" in " ".join(capsys.readouterr().err.split())
    with pytest.raises(UserError, match="family"):
        read_synthesis(copy)


def test_no_folder(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no run folder"):
        redraw(tmp_path / "nothing")
