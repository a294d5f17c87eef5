"""Runs that have nothing to be compared by are told beside those that have."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import run_samples

import character_samples
import image_run_samples
from pipeline.comparison import compare
from pipeline.comparison.choice import compare_folders
from pipeline.comparison.runs import families
from pipeline.errors import UserError


@pytest.fixture(params=["characters", "images"])
def family(request: pytest.FixtureRequest) -> str:
    """Of runs that have nothing to be compared by."""
    return request.param


@pytest.fixture
def written(family: str, tmp_path: Path) -> Path:
    """The folder of a finished run of the family."""
    folder = tmp_path / "written"
    if family == "characters":
        character_samples.write_run(folder, character_samples.LONE)
    else:
        image_run_samples.write_run(folder)
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    (folder / "manifest.json").write_text(json.dumps(manifest | {"status": "finished"}), encoding="utf-8")
    return folder


def test_beside_runs_of_classification_those_of_another_family_are_listed(
    family: str, written: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compare, "draw_comparison", lambda folder: folder / "report.html")
    classified = run_samples.write_run(tmp_path / "classified", run_samples.Sample())
    assert families([written, classified]) == {family, "classification"}
    compare_folders([written, classified], tmp_path / "out", "A title")
    content = json.loads((tmp_path / "out" / "comparison.json").read_text(encoding="utf-8"))
    assert {variant["name"] for variant in content["variants"]} >= {"gru"}
    assert content["unfinished"] == [
        {"folder": "../written", "reason": f"it is a run of {family}: only runs of classification are compared"}
    ]


def test_another_family_alone_is_not_compared(family: str, written: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=f"it is a run of {family}") as caught:
        compare_folders([written], tmp_path / "out", "A title")
    assert "no finished run to compare" in caught.value.happened
    assert not (tmp_path / "out").exists()
