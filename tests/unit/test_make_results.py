"""The page of results, from run folders."""

from __future__ import annotations

import importlib
import json
import re
from pathlib import Path
from typing import Any

import pytest

from synthesis_samples import Made, write_run

ROOT = Path(__file__).parents[2]


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(ROOT / "scripts")
    return importlib.import_module("make_results")


def finish(folder: Path) -> None:
    """Have the manifest say that the run has ended."""
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    (folder / "manifest.json").write_text(json.dumps(manifest | {"status": "finished"}), encoding="utf-8")


def test_a_run_of_synthesis_has_a_section_of_its_own(script: Any, tmp_path: Path) -> None:
    write_run(tmp_path / "run", Made(undefined=True))
    finish(tmp_path / "run")
    assert script.main([str(tmp_path / "run"), "--output", str(tmp_path / "docs")]) == 0
    page = (tmp_path / "docs" / "RESULTS.md").read_text(encoding="utf-8")
    assert "## lstm_vae on spam_or_not_spam, protocol clean, seed 7" in page
    assert "The latent is alive: KL 7.461 nats a message" in page
    assert "| gnb | published; not said on what | 0.926 | 0.846 |  | 0.814 |  |" in page
    assert "| gnb | synthetic → real | 0.902 [0.875, 0.923] |" in page
    assert "| mmd | 0.0213 [0.0187, 0.0244] | undefined |" in page
    assert "By F1, adding synthetic messages cannot be told from doing nothing, random oversampling" in page
    assert "| classifier | real positive messages | metric | over doing nothing | over random oversampling |" in page
    assert "| mnb | 10 % | F1 | undefined | undefined | undefined | undefined |" in page
    assert "| mnb | 25 % | F1 | +0.010 [−0.011, 0.031] |" in page
    assert "| experiment | data set |" not in page, "no table of classifiers"
    shown = re.findall(r"\((figures/\S+)\)", page)
    assert len(shown) == 5
    assert all((tmp_path / "docs" / name).exists() for name in shown)


def test_a_published_run_of_synthesis_says_what_limits_its_figures(script: Any, tmp_path: Path) -> None:
    write_run(tmp_path / "run", Made(protocol="published", collapsed=True, undefined=True, repeats=1))
    finish(tmp_path / "run")
    assert script.main([str(tmp_path / "run"), "--output", str(tmp_path / "docs")]) == 0
    page = (tmp_path / "docs" / "RESULTS.md").read_text(encoding="utf-8")
    assert "\nLATENT COLLAPSED, spam_or_not_spam: KL 0.03 nats" in page
    assert "| membership_auc | undefined [undefined, undefined] | undefined (needs a third real part) |" in page
    assert "intervals cover the luck of the test messages alone, not which spam was drawn" in page


def test_runs_on_stand_in_data_are_no_results(script: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_run(tmp_path / "run", Made(stand_in=True, num_messages=80))
    finish(tmp_path / "run")
    assert script.main([str(tmp_path / "run"), "--output", str(tmp_path / "docs")]) == 2
    assert "None of these folders" in capsys.readouterr().err
