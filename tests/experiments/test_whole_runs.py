"""The whole program on the embedded sample: bytes repeat, kills are survived, protocols differ where they should."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]

SMALL = (
    *("dataset=sample", "model.build.units=8", "preprocess.tokenise.max_length=30"),
    *("training.epochs=6", "training.patience=null", "training.keep=last"),  # all of them, so that it can be killed
)


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder whose store runs share that are not about the store."""
    return tmp_path_factory.mktemp("shared")


@pytest.fixture(scope="module")
def clean(run_in: Run, workshop: Path) -> Path:
    """The folder of a plain run in the workshop; not to be changed."""
    return folder_of(run_in(workshop, *SMALL))


@pytest.fixture(scope="module")
def audit(run_in: Run, workshop: Path, clean: Path) -> Path:
    """The folder of a run in the published order with every fault off; not to be changed."""
    return folder_of(run_in(workshop, "protocol=audit", *SMALL))


@pytest.fixture(scope="module")
def published(run_in: Run, workshop: Path) -> Path:
    """The folder of a run in the published order with the faults; not to be changed."""
    return folder_of(run_in(workshop, "protocol=published", *SMALL, "shared_embedding.epochs=1"))


def folder_of(ran: subprocess.CompletedProcess[str]) -> Path:
    """The run folder that a run tells at its end."""
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.startswith("run: ")
    return Path(ran.stdout.splitlines()[0].removeprefix("run: "))


def read(folder: Path, name: str) -> dict[str, Any]:
    return json.loads((folder / name).read_text(encoding="utf-8"))


def statuses(folder: Path) -> dict[str, str]:
    return {stage["stage"]: stage["status"] for stage in read(folder, "manifest.json")["stages"]}


def assert_same_bytes(one: Path, two: Path) -> None:
    for name in ("metrics.json", "figures/roc.svg", "figures/learning_curves.svg"):
        assert (one / name).read_bytes() == (two / name).read_bytes(), name


@pytest.mark.slow
def test_a_second_run_gives_the_same_bytes_and_trains_nothing(run_in: Run, workshop: Path, clean: Path) -> None:
    again = folder_of(run_in(workshop, *SMALL))
    assert again != clean
    assert set(statuses(again).values()) == {"found", "reused", "computed"}
    assert [stage for stage, status in statuses(again).items() if status == "computed"] == ["classification_report"]
    assert_same_bytes(clean, again)


@pytest.mark.slow
def test_the_run_folder_holds_what_is_promised(run_pipeline: Run) -> None:
    folder = folder_of(run_pipeline(*SMALL, "dataset=enron_spam", "embedding=glove", "download=false"))
    metrics, manifest = read(folder, "metrics.json"), read(folder, "manifest.json")
    assert list(metrics) == [
        *("experiment", "dataset", "protocol", "stand_in", "seed", "model", "params", "test", "ci95", "baselines")
    ]
    assert metrics["stand_in"] is manifest["stand_in"] is True
    assert metrics["test"].keys() == metrics["ci95"].keys()
    assert metrics["baselines"].keys() == {"tfidf", "tfidf_all_rows", "majority"}
    assert all(low <= metrics["test"][name] <= high for name, (low, high) in metrics["ci95"].items())
    assert "second" not in json.dumps(metrics)
    assert manifest["status"] == "finished"
    assert manifest["data"][0]["origin"] == "sample"
    assert {"tensorflow", "keras", "numpy"} <= manifest["versions"].keys()
    assert (folder / "config.yaml").read_text().startswith("flow: classify")
    predictions = pd.read_parquet(folder / "predictions.parquet")
    assert predictions["model"].between(0, 1).all()
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert "The embedded sample stands in for the data set enron_spam" in page
    assert "word vectors trained on the training messages stand in for glove" in page
    drawn = {path.name for path in (folder / "figures").iterdir()}
    for figure in ("class_counts", "text_lengths", "learning_curves", "roc", "precision_recall", "calibration"):
        assert {f"{figure}.png", f"{figure}.svg"} <= drawn
    before = (folder / "figures" / "roc.svg").read_bytes()
    (folder / "figures" / "roc.svg").unlink()
    redrawn = subprocess.run(
        [sys.executable, "-m", "pipeline.report", folder], capture_output=True, text=True, check=False
    )
    assert redrawn.returncode == 0, redrawn.stderr
    assert (folder / "figures" / "roc.svg").read_bytes() == before
    assert (folder / "report.html").read_text(encoding="utf-8") == page


@pytest.mark.slow
def test_a_run_that_was_killed_while_training_ends_as_one_elsewhere_that_was_not(
    run_pipeline: Run, tmp_path: Path, workshop: Path, clean: Path
) -> None:
    variables = {name: value for name, value in os.environ.items() if name != "PIPELINE_DATA_DIR"}
    process = subprocess.Popen([sys.executable, "-m", "pipeline", *SMALL], cwd=tmp_path, env=variables)
    deadline = time.monotonic() + 120
    while not list(tmp_path.glob("outputs/store/.scratch/fit_classifier-*/epoch.npz")):
        assert process.poll() is None, "ended before it could be killed"
        assert time.monotonic() < deadline, "no epoch was ever written"
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    resumed = folder_of(run_pipeline(*SMALL))
    assert "training goes on after epoch" in (resumed / "run.log").read_text()
    assert statuses(resumed)["tokenise"] == "reused"
    assert_same_bytes(clean, resumed)
    (key,) = (stage["key"] for stage in read(clean, "manifest.json")["stages"] if stage["stage"] == "fit_classifier")
    weights = [next(path.glob(f"outputs/store/fit_classifier-{key[:8]}*/model.keras")) for path in (tmp_path, workshop)]
    assert same_weights(*weights)


def same_weights(one: Path, two: Path) -> bool:
    from pipeline.artifacts import KerasFile
    from pipeline.models.fitting import from_file

    pairs = zip(*(from_file(KerasFile(path.read_bytes())).get_weights() for path in (one, two)), strict=True)
    return all((a == b).all() for a, b in pairs)


@pytest.mark.slow
@pytest.mark.parametrize("protocol", ["published", "audit"])
def test_the_other_protocols_run(request: pytest.FixtureRequest, protocol: str) -> None:
    folder: Path = request.getfixturevalue(protocol)
    assert read(folder, "metrics.json")["protocol"] == protocol
    test = next(part for part in read(folder, "report.json")["counts"] if part["part"] == "test")
    assert (test["negative"] == test["positive"]) == (protocol == "published")


@pytest.mark.slow
def test_the_audit_with_every_fault_off_equals_the_clean_protocol(clean: Path, audit: Path) -> None:
    one, other = read(clean, "metrics.json"), read(audit, "metrics.json")
    assert one | {"protocol": ""} == other | {"protocol": ""}


@pytest.mark.slow
def test_choosing_on_validation_never_looks_at_the_test_part(run_in: Run, workshop: Path, clean: Path) -> None:
    looked = folder_of(run_in(workshop, "flow=classify_validation", *SMALL))
    metrics = read(looked, "metrics.json")
    assert 0 <= metrics["validation"]["f1"] <= 1
    assert {"test", "ci95", "baselines"}.isdisjoint(metrics)
    assert set(pd.read_parquet(looked / "predictions.parquet")["part"]) == {"validation"}
    assert {"predict", "fit_baselines", "judge_predictions"}.isdisjoint(statuses(looked))
    assert statuses(looked)["fit_classifier"] == "reused"  # the very model of the run that is judged
    table = pd.read_parquet(clean / "predictions.parquet")
    held = table[table["part"] == "validation"]["model"].to_numpy()
    # there the last batch holds test messages too, and is added up in another order
    np.testing.assert_allclose(pd.read_parquet(looked / "predictions.parquet")["model"], held, rtol=1e-5)


@pytest.mark.slow
def test_the_folds_test_every_message_once(run_in: Run, workshop: Path) -> None:
    folds = ("split=kfold", "split.num_folds=2")
    runs = [folder_of(run_in(workshop, *SMALL, *folds, f"split.fold={fold}")) for fold in (0, 1)]
    tested = []
    for run in runs:
        table = pd.read_parquet(run / "predictions.parquet")
        tested += table[table["part"] == "test"]["row"].tolist()
    assert statuses(runs[1])["pool_messages"] == "reused"
    assert len(tested) == len(set(tested))
    dropped = sum(change["rows"] for change in read(runs[1], "manifest.json")["rows"] if change["action"] == "dropped")
    assert len(tested) + dropped == read(runs[1], "report.json")["rows_kept"]
