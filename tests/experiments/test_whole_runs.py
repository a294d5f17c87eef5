"""The whole program on the embedded sample and on real data: bytes repeat, kills are survived, results make sense."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]


ROOT = Path(__file__).parents[2]
SMALL = ("model.build.units=8", "training.epochs=2", "preprocess.tokenise.max_length=30")


def run_folder(folder: Path, which: int = -1) -> Path:
    return sorted(folder.glob("outputs/runs/*/*"))[which]


def read(folder: Path, name: str) -> dict[str, Any]:
    return json.loads((folder / name).read_text(encoding="utf-8"))


def statuses(folder: Path) -> dict[str, str]:
    return {stage["stage"]: stage["status"] for stage in read(folder, "manifest.json")["stages"]}


@pytest.mark.slow
def test_two_runs_give_the_same_bytes_and_the_second_trains_nothing(run_pipeline: Run, tmp_path: Path) -> None:
    first = run_pipeline("dataset=sample", *SMALL)
    assert first.returncode == 0, first.stderr
    assert first.stdout.startswith("run: ")
    again = run_pipeline("dataset=sample", *SMALL)
    assert again.returncode == 0, again.stderr
    one, two = run_folder(tmp_path, 0), run_folder(tmp_path, 1)
    assert set(statuses(two).values()) == {"found", "reused", "computed"}
    assert [stage for stage, status in statuses(two).items() if status == "computed"] == ["classification_report"]
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    assert run_pipeline("dataset=sample", *SMALL, folder=elsewhere).returncode == 0
    three = run_folder(elsewhere)
    for name in ("metrics.json", "figures/roc.svg", "figures/learning_curves.svg"):
        assert (one / name).read_bytes() == (two / name).read_bytes() == (three / name).read_bytes(), name


@pytest.mark.slow
def test_the_run_folder_holds_what_is_promised(run_pipeline: Run, tmp_path: Path) -> None:
    assert run_pipeline("dataset=enron_spam", "embedding=glove", "download=false", *SMALL).returncode == 0
    folder = run_folder(tmp_path)
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
def test_a_run_that_was_killed_while_training_ends_as_if_it_was_not(run_pipeline: Run, tmp_path: Path) -> None:
    settings = ("dataset=sample", *SMALL, "training.epochs=6", "training.patience=null", "training.keep=last")
    variables = {name: value for name, value in os.environ.items() if name != "PIPELINE_DATA_DIR"}
    process = subprocess.Popen([sys.executable, "-m", "pipeline", *settings], cwd=tmp_path, env=variables)
    deadline = time.monotonic() + 120
    while not list(tmp_path.glob("outputs/store/.scratch/fit_classifier-*/epoch.npz")):
        assert process.poll() is None, "ended before it could be killed"
        assert time.monotonic() < deadline, "no epoch was ever written"
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert run_pipeline(*settings).returncode == 0
    resumed = run_folder(tmp_path)
    assert "training goes on after epoch" in (resumed / "run.log").read_text()
    assert statuses(resumed)["tokenise"] == "reused"
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    assert run_pipeline(*settings, folder=elsewhere).returncode == 0
    whole = run_folder(elsewhere)
    assert (whole / "metrics.json").read_bytes() == (resumed / "metrics.json").read_bytes()
    weights = [next(path.glob("outputs/store/fit_classifier-*/model.keras")) for path in (tmp_path, elsewhere)]
    assert same_weights(*weights)


def same_weights(one: Path, two: Path) -> bool:
    from pipeline.artifacts import KerasFile
    from pipeline.models.fitting import from_file

    pairs = zip(*(from_file(KerasFile(path.read_bytes())).get_weights() for path in (one, two)), strict=True)
    return all((a == b).all() for a, b in pairs)


@pytest.mark.slow
@pytest.mark.parametrize("protocol", ["published", "audit"])
def test_the_other_protocols_run(run_pipeline: Run, tmp_path: Path, protocol: str) -> None:
    ran = run_pipeline("dataset=sample", f"protocol={protocol}", *SMALL, "shared_embedding.epochs=1")
    assert ran.returncode == 0, ran.stderr
    folder = run_folder(tmp_path)
    assert read(folder, "metrics.json")["protocol"] == protocol
    test = next(part for part in read(folder, "report.json")["counts"] if part["part"] == "test")
    assert (test["negative"] == test["positive"]) == (protocol == "published")


@pytest.mark.slow
def test_the_audit_with_every_fault_off_equals_the_clean_protocol(run_pipeline: Run, tmp_path: Path) -> None:
    for protocol in ("clean", "audit"):
        assert run_pipeline("dataset=sample", f"protocol={protocol}", *SMALL).returncode == 0
    clean, audit = (read(run_folder(tmp_path, i), "metrics.json") for i in (0, 1))
    assert clean | {"protocol": ""} == audit | {"protocol": ""}


@pytest.mark.slow
def test_choosing_on_validation_never_looks_at_the_test_part(run_pipeline: Run, tmp_path: Path) -> None:
    chosen = run_pipeline("flow=classify_validation", "dataset=sample", *SMALL)
    assert chosen.returncode == 0, chosen.stderr
    looked = run_folder(tmp_path)
    metrics = read(looked, "metrics.json")
    assert 0 <= metrics["validation"]["f1"] <= 1
    assert {"test", "ci95", "baselines"}.isdisjoint(metrics)
    assert set(pd.read_parquet(looked / "predictions.parquet")["part"]) == {"validation"}
    assert {"predict", "fit_baselines", "judge_predictions"}.isdisjoint(statuses(looked))
    whole = run_pipeline("dataset=sample", *SMALL)
    assert whole.returncode == 0, whole.stderr
    judged = run_folder(tmp_path)
    assert statuses(judged)["fit_classifier"] == "reused"
    table = pd.read_parquet(judged / "predictions.parquet")
    held = table[table["part"] == "validation"]["model"].to_numpy()
    assert (held == pd.read_parquet(looked / "predictions.parquet")["model"].to_numpy()).all()


@pytest.mark.slow
def test_the_folds_test_every_message_once(run_pipeline: Run, tmp_path: Path) -> None:
    tested = []
    for fold in (0, 1):
        ran = run_pipeline("dataset=sample", "split=kfold", "split.num_folds=2", f"split.fold={fold}", *SMALL)
        assert ran.returncode == 0, ran.stderr
        table = pd.read_parquet(run_folder(tmp_path) / "predictions.parquet")
        tested += table[table["part"] == "test"]["row"].tolist()
    assert statuses(run_folder(tmp_path))["pool_messages"] == "reused"
    assert len(tested) == len(set(tested))
    changes = read(run_folder(tmp_path), "manifest.json")["rows"]
    dropped = sum(change["rows"] for change in changes if change["action"] == "dropped")
    assert len(tested) + dropped == read(run_folder(tmp_path), "report.json")["rows_kept"]


@pytest.mark.slow
@pytest.mark.real_data
@pytest.mark.parametrize("dataset", ["sms_spam", "spam_or_not_spam", "enron_spam"])
def test_real_data_run_without_a_stand_in(run_pipeline: Run, tmp_path: Path, data_dir: str, dataset: str) -> None:
    settings = ("strict=true", "training.epochs=1", "preprocess.tokenise.max_length=30", "model.build.units=16")
    ran = run_pipeline("+experiment=gru_glove", f"dataset={dataset}", *settings, PIPELINE_DATA_DIR=data_dir)
    assert ran.returncode == 0, ran.stderr
    metrics = read(run_folder(tmp_path), "metrics.json")
    assert metrics["stand_in"] is False
    assert metrics["baselines"]["tfidf_all_rows"]["f1"] > 0.93
    assert read(run_folder(tmp_path), "report.json")["duplicates"]["leakage_percent"] == 0
    script = [sys.executable, ROOT / "scripts" / "make_results.py", run_folder(tmp_path), "--output", tmp_path / "docs"]
    assert subprocess.run(script, capture_output=True, check=False).returncode == 0
    page = (tmp_path / "docs" / "RESULTS.md").read_text(encoding="utf-8")
    assert f"| **gru** | {metrics['test']['f1']:.3f} [" in page
    assert all((tmp_path / "docs" / name).exists() for name in re.findall(r"\((figures/\S+)\)", page))


@pytest.mark.slow
@pytest.mark.real_data
def test_the_published_protocol_has_the_published_size(run_pipeline: Run, tmp_path: Path, data_dir: str) -> None:
    settings = ("training.epochs=1", "shared_embedding.rows=none", "preprocess.tokenise.max_length=20")
    ran = run_pipeline("+experiment=gru_glove", "protocol=published", *settings, PIPELINE_DATA_DIR=data_dir)
    assert ran.returncode == 0, ran.stderr
    folder = run_folder(tmp_path)
    # golden: the Enron report: 37,353 words, 1,913,351 weights, 2,188 training and 548 test messages
    assert read(folder, "metrics.json")["params"] == 1_913_351
    assert read(folder, "report.json")["text"]["vocabulary"] == 37_353
    counts = {part["part"]: part["negative"] + part["positive"] for part in read(folder, "report.json")["counts"]}
    assert (counts["train"], counts["test"]) == (2188, 548)


@pytest.mark.slow
@pytest.mark.real_data
@pytest.mark.parametrize(("experiment", "params"), [("sms_rnn", 261_361), ("sms_lstm", 260_657)])
def test_the_published_sms_runs_have_the_published_size(
    run_pipeline: Run, tmp_path: Path, data_dir: str, experiment: str, params: int
) -> None:
    settings = ("training.epochs=1", "preprocess.tokenise.max_length=20")
    ran = run_pipeline(f"+experiment={experiment}", "protocol=published", *settings, PIPELINE_DATA_DIR=data_dir)
    assert ran.returncode == 0, ran.stderr
    folder = run_folder(tmp_path)
    # golden: the SMS assignment: 5,574 messages, 80/20, top 5,000 words
    assert read(folder, "metrics.json")["params"] == params
    counts = {part["part"]: part["negative"] + part["positive"] for part in read(folder, "report.json")["counts"]}
    assert (counts["train"], counts["test"]) == (4459, 1115)
