"""A sweep whose jobs were judged on the validation part alone, from job folders to the end of the command."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from omegaconf import DictConfig

from pipeline.sweeps.record import read_record
from pipeline.sweeps.session import SweepEnd, begin, ongoing
from pipeline.sweeps.validation import list_scores

Compose = Callable[..., DictConfig]


def job(sweep: Path, number: int, metrics: dict[str, object], status: str = "finished") -> None:
    folder = sweep / str(number)
    folder.mkdir()
    manifest = {"status": status, "overrides": ["flow=classify_validation", f"seed={number}"], "seconds": 1.0}
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    (folder / "metrics.json").write_text(json.dumps(metrics), encoding="utf-8")


def scores(f1: float | None, pr_auc: float | None) -> dict[str, object]:
    return {"validation": {"f1": f1, "pr_auc": pr_auc}}


def test_the_sweep_finishes_with_a_table_the_best_first(
    composed: Compose, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    begin(composed("flow=classify_validation"))
    folder = ongoing().folder
    for number, (f1, pr_auc) in enumerate([(0.5, 0.9), (None, None), (0.875, 0.75), (0.5, 0.95)]):
        job(folder, number, scores(f1, pr_auc))
    SweepEnd().__exit__(None, None, None)  # raises SystemExit where the exit code is not 0
    record = read_record(folder)
    assert record
    assert record.status == "finished"
    assert capsys.readouterr().out.splitlines() == [
        f"sweep: {folder}",
        "job   settings   validation f1   validation pr_auc",
        "2     seed=2     0.875           0.750",
        "3     seed=3     0.500           0.950",
        "0     seed=0     0.500           0.900",
        "1     seed=1     undefined       undefined",
    ]
    assert (folder / "validation.csv").read_text(encoding="utf-8") == (
        "job,settings,f1,pr_auc\n2,seed=2,0.875,0.75\n3,seed=3,0.5,0.95\n0,seed=0,0.5,0.9\n1,seed=1,,\n"
    )


def test_a_job_that_failed_has_no_row(tmp_path: Path) -> None:
    job(tmp_path, 0, scores(0.5, 0.5))
    job(tmp_path, 1, {}, "failed")
    assert len(list_scores(tmp_path).splitlines()) == 2
