"""Filters on streams as a whole, on the embedded sample: the four flows, and a sweep that is compared."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from pipeline.config import conf_dir

Run = Callable[..., subprocess.CompletedProcess[str]]

pytestmark = pytest.mark.slow
NUM_MESSAGES = 600
SMALL = ("dataset=sample", "dataset.path=some.csv", "evaluate.resamples=100", "evaluate.window=200")
NETWORK = (
    *("model.build.units=4", "training.epochs=1", "preprocess.tokenise.max_length=20", "training.batch_size=256"),
)
FLOWS = {
    "filters": ("+experiment=online_filters", "hydra.mode=RUN", *SMALL),
    "drift": ("+experiment=online_drift", *SMALL),
    "memory": ("+experiment=online_memory", *SMALL[:2]),
    "versus_batch": ("+experiment=online_vs_batch", *SMALL, *NETWORK),
}
FILTERS = {
    *("exact_naive_bayes", "naive_bayes_hashing", "naive_bayes_count_min", "perceptron_hashing"),
    *("perceptron_count_min", "averaged_perceptron", "logistic"),
}


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder whose store the runs share, with a part of the sample."""
    folder = tmp_path_factory.mktemp("shared")
    pd.read_csv(conf_dir().parent / "data" / "sample" / "messages.csv")[:NUM_MESSAGES].to_csv(folder / "some.csv")
    return folder


@pytest.fixture(scope="module")
def first(run_in: Run, workshop: Path) -> Callable[[str], Path]:
    """The folder of the first run of a flow; not to be changed."""
    ran: dict[str, Path] = {}

    def folder(kind: str) -> Path:
        if kind not in ran:
            ran[kind] = folder_of(workshop, run_in(workshop, *FLOWS[kind]))
        return ran[kind]

    return folder


def folder_of(workshop: Path, ran: subprocess.CompletedProcess[str]) -> Path:
    """The run folder that a run tells at its end."""
    assert ran.returncode == 0, ran.stderr
    return workshop / ran.stdout.splitlines()[0].removeprefix("run: ")


def read(folder: Path, name: str) -> dict[str, Any]:
    return json.loads((folder / name).read_text(encoding="utf-8"))


def call(workshop: Path, module: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run another of the commands."""
    command = [sys.executable, "-m", f"pipeline.{module}", *arguments]
    return subprocess.run(command, cwd=workshop, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("kind", FLOWS)
def test_a_run_is_whole(first: Callable[[str], Path], kind: str) -> None:
    folder = first(kind)
    report, metrics = read(folder, "report.json"), read(folder, "metrics.json")
    assert (report["family"], report["kind"], metrics["kind"]) == ("stream", kind, kind)
    assert metrics["stream"]["num_messages"] > 0
    assert read(folder, "manifest.json")["status"] == "finished"
    assert list((folder / "figures").glob("*.svg"))
    assert report["headline"].replace("&", "&amp;") in (folder / "report.html").read_text(encoding="utf-8")
    assert "seconds" not in (folder / "metrics.json").read_text(encoding="utf-8"), "results only, no times"


@pytest.mark.parametrize("kind", ["drift", "memory"])  # drift runs all that filters does; test_fitting repeats networks
def test_a_second_run_that_computes_all_anew_gives_the_same_metrics(
    run_in: Run, workshop: Path, tmp_path: Path, first: Callable[[str], Path], kind: str
) -> None:
    before = first(kind)
    shutil.copy(workshop / "some.csv", tmp_path)
    again = folder_of(tmp_path, run_in(tmp_path, *FLOWS[kind]))
    assert (again / "metrics.json").read_bytes() == (before / "metrics.json").read_bytes()


def test_a_second_run_reuses_every_round_of_training(run_in: Run, workshop: Path, first: Callable[[str], Path]) -> None:
    before = first("versus_batch")
    again = folder_of(workshop, run_in(workshop, *FLOWS["versus_batch"]))
    stages = read(again, "manifest.json")["stages"]
    assert sum(stage["stage"] == "fit_classifier" for stage in stages) == 4
    assert {stage["status"] for stage in stages if stage["stage"] == "fit_classifier"} == {"reused"}
    assert (again / "metrics.json").read_bytes() == (before / "metrics.json").read_bytes()


@pytest.mark.parametrize("kind", ["versus_batch", "memory"])  # the two templates
def test_the_page_is_drawn_again_from_the_files(workshop: Path, first: Callable[[str], Path], kind: str) -> None:
    folder = first(kind)
    page, figures = folder / "report.html", sorted((folder / "figures").iterdir())
    drawn = [path.read_bytes() for path in (page, *figures)]
    for path in (page, *figures):
        path.unlink()
    assert call(workshop, "report", str(folder)).returncode == 0
    assert [path.read_bytes() for path in (page, *figures)] == drawn


def test_every_filter_says_something_of_every_message(first: Callable[[str], Path]) -> None:
    folder = first("filters")
    metrics, said = read(folder, "metrics.json"), pd.read_parquet(folder / "predictions.parquet")
    number = metrics["stream"]["num_messages"]
    assert set(metrics["models"]) == FILTERS == set(said["model"])
    assert (said.groupby("model")["position"].nunique() == number).all()
    assert (said["called"] == (said["score"] > 0)).all()
    assert metrics["changed_at"] is None
    assert metrics["recoveries"] == []


def test_recall_falls_where_words_change(first: Callable[[str], Path]) -> None:
    metrics = read(first("drift"), "metrics.json")
    assert 0 < metrics["changed_at"] < metrics["stream"]["num_messages"]
    assert {row["model"] for row in metrics["recoveries"]} == FILTERS
    assert any(row["lowest"] < row["recall_before"] for row in metrics["recoveries"])
    assert len(pd.read_parquet(first("drift") / "tables" / "replaced.parquet"))


def test_sketches_hold_what_they_promise(first: Callable[[str], Path]) -> None:
    counts = pd.read_parquet(first("memory") / "tables" / "counts.parquet")
    assert (counts["mean_error"] >= 0).all(), "a count is never too low"
    sketches = counts[counts["features"] == "count-min"]
    assert (sketches["beyond_percent"] <= sketches["promised_percent"]).all()


def test_models_that_are_trained_anew_stand_beside_the_filters(first: Callable[[str], Path]) -> None:
    folder = first("versus_batch")
    metrics, report = read(folder, "metrics.json"), read(folder, "report.json")
    assert set(metrics["models"]) == FILTERS | {"gru", "tfidf"}
    assert metrics["start"] > 0, "totals are of what all have scored"
    assert len(report["trained_at"]["gru"]) == 4
    said = pd.read_parquet(folder / "predictions.parquet").groupby("model")["position"].min()
    assert said["gru"] == said["tfidf"] == metrics["start"]
    assert said["logistic"] == 0


def test_a_sweep_ends_with_a_comparison(run_in: Run, workshop: Path, first: Callable[[str], Path]) -> None:
    alone = first("filters")
    swept = run_in(
        workshop, "+experiment=online_filters", *SMALL, "stream.order=shuffled,file", "seed=0,1", "name=streams"
    )
    assert swept.returncode == 0, swept.stderr
    assert "Traceback" not in swept.stderr
    assert "[1/4] " in swept.stderr
    (sweep,) = workshop.glob("outputs/sweeps/streams/*")
    comparison = read(sweep, "comparison.json")
    assert comparison["family"] == "stream"
    assert [len(stream["repeats"]) for stream in comparison["streams"]] == [2, 1], (
        "in file order a seed changes nothing"
    )
    assert comparison["headline"] in swept.stdout
    assert "Comparison of filters on streams" in (sweep / "report.html").read_text(encoding="utf-8")
    table = pd.read_csv(sweep / "tables" / "results.csv")
    assert set(table["order"]) == {"shuffled", "file"}
    assert set(table["model"]) == FILTERS
    jobs = [read(sweep / str(number), "metrics.json") for number in range(4)]
    same = [job["models"] for job in jobs if (job["stream"]["order"], job["seed"]) == ("shuffled", 0)]
    assert same == [read(alone, "metrics.json")["models"]], "a job of a sweep comes to what it comes to alone"


def test_by_hand_other_kinds_of_run_are_listed(workshop: Path, first: Callable[[str], Path]) -> None:
    kinds = [str(first(kind)) for kind in FLOWS]
    told = call(workshop, "compare", *kinds, "--output", "compared")
    assert told.returncode == 0, told.stderr
    comparison = read(workshop / "compared", "comparison.json")
    assert [stream["kind"] for stream in comparison["streams"]] == ["filters", "drift", "versus_batch"]
    assert [run["reason"] for run in comparison["unfinished"]] == [
        "it judges filters in ever less memory, which is not compared"
    ]
    alone = call(workshop, "compare", str(first("memory")), "--output", "nothing")
    assert alone.returncode == 2
    assert "Traceback" not in alone.stderr
