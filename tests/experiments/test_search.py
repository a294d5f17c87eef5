"""A search for settings as a user meets it: tiny, but really run by Optuna."""

import csv
import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import UserError
from pipeline.reporting.search import draw_search, read_search

Run = Callable[..., subprocess.CompletedProcess[str]]

SMALL = ("dataset=sample", "training.epochs=1", "preprocess.tokenise.max_length=20")
SEARCH = ("hparams=gru_optuna", "hydra.sweeper.n_trials=3", "model.build.units=range(4,8)")


def read(folder: Path, name: str) -> dict[str, Any]:
    return json.loads((folder / name).read_text(encoding="utf-8"))


@pytest.mark.slow
def test_the_winner_alone_is_judged_on_the_test_part(run_pipeline: Run, tmp_path: Path) -> None:
    done = run_pipeline(*SEARCH, *SMALL)
    assert done.returncode == 0, done.stderr
    assert "Warning" not in done.stderr
    (sweep,) = tmp_path.glob("outputs/sweeps/custom/*")
    trials = [read(sweep / str(number), "metrics.json") for number in range(3)]
    assert all("test" not in trial for trial in trials)
    scores = [trial["validation"]["f1"] for trial in trials]
    best = scores.index(max(scores))
    assert read(sweep, "search.json")["best"] == best
    winner = read(sweep / "winner", "manifest.json")
    tried = set(read(sweep / str(best), "manifest.json")["overrides"])
    assert tried - set(winner["overrides"]) == {"hparams=gru_optuna"}
    assert set(winner["overrides"]) < tried
    assert "test" in read(sweep / "winner", "metrics.json")
    stages = {stage["stage"]: stage["status"] for stage in winner["stages"]}
    assert stages["fit_classifier"] == "reused"  # the very model that the trial has fitted
    with (sweep / "trials.csv").open(encoding="utf-8") as file:
        assert [float(row["f1"]) for row in csv.DictReader(file)] == scores
    page = (sweep / "report.html").read_text(encoding="utf-8")
    assert f"The best, trial {best}," in page
    found = read_search(sweep)
    assert [(entry.name, entry.kind) for entry in found.search.parameters] == [
        ("model.build.units", "number"),
        ("model.build.dropout", "number"),
        ("training.learning_rate", "logarithmic"),
        ("training.batch_size", "choice"),
    ]
    _is_drawn_with_a_failed_trial(sweep, best)


def _is_drawn_with_a_failed_trial(sweep: Path, best: int) -> None:
    trials = (sweep / "trials.csv").read_text(encoding="utf-8").splitlines()
    failed = 1 + (best + 1) % 3
    number, _, *settings = trials[failed].split(",")
    trials[failed] = ",".join([number, "failed", *settings[:4], *[""] * 5, "1.0"])
    (sweep / "trials.csv").write_text("\n".join(trials) + "\n", encoding="utf-8")
    shutil.rmtree(sweep / "figures")
    assert draw_search(sweep).startswith(f"best of 2 trials: {best}, ")
    assert (sweep / "figures" / "search.png").is_file()
    assert "3 trials of GRU on sample, of which 1 failed" in (sweep / "report.html").read_text(encoding="utf-8")
    (sweep / "trials.csv").unlink()
    with pytest.raises(UserError, match=r"trials\.csv"):
        read_search(sweep)


@pytest.mark.slow
def test_a_search_in_which_all_trials_fail_tells_why_once(run_pipeline: Run) -> None:
    failed = run_pipeline(*SEARCH, "dataset=csv", "dataset.path=nothing.csv")
    assert failed.returncode == 2
    assert failed.stderr.count("error:") == 1
    assert "There is no file nothing.csv" in failed.stderr
    assert "Traceback" not in failed.stderr
