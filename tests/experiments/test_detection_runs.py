"""Spam without labels as a whole, with tiny settings on the embedded sample and on a file of the user's."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from pipeline.config import conf_dir

Run = Callable[..., subprocess.CompletedProcess[str]]

pytestmark = pytest.mark.slow
NUM_MESSAGES = 600
NOT_STORED = {"locate_corpus", "locate_stop_words", "detection_report"}
VAES = {"vae_all", "vae_weighted", "vae_ham"}
LEFT_OUT = {
    *("pca_ham", "isolation_forest_ham", "local_outlier_factor_ham", "autoencoder_ham", "gaussian_vae_ham"),
    "vae_unsuspected",
}
SMALL = (
    "evaluate.resamples=100",
    "contamination.shares=[0,0.1]",
    *(f"density.{model}.training.{item}" for model in ("vae", "gaussian_vae", "autoencoder")
      for item in ("epochs=2", "batch_size=256")),
    *(f"density.{model}.{item}" for model in ("vae", "gaussian_vae") for item in ("hidden=8", "latent=2", "samples=2")),
    *(f"~detectors.{name}" for name in sorted(LEFT_OUT)),
)  # fmt: skip
EXPERIMENT = ("+experiment=vae_density", "dataset=sample", "dataset.path=some.csv", *SMALL)
WORDLESS = "Qwertz zyxwvu"  # of words that no other message has


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder whose store the runs share, with a part of the sample."""
    folder = tmp_path_factory.mktemp("shared")
    messages = pd.read_csv(conf_dir().parent / "data" / "sample" / "messages.csv")[:NUM_MESSAGES]
    messages.to_csv(folder / "some.csv", index=False)
    junk = messages["label"].map({"spam": "junk", "ham": "wanted"})
    mine = pd.DataFrame({"class": [*junk, "junk"], "mail": [*messages["text"], WORDLESS]})
    mine.to_csv(folder / "mine.csv", index=False)
    return folder


@pytest.fixture(scope="module")
def first(run_in: Run, workshop: Path) -> Path:
    """The folder of a run; not to be changed."""
    return folder_of(workshop, run_in(workshop, *EXPERIMENT))


def folder_of(workshop: Path, ran: subprocess.CompletedProcess[str]) -> Path:
    """The run folder that a run tells at its end."""
    assert ran.returncode == 0, ran.stderr
    return workshop / ran.stdout.splitlines()[0].removeprefix("run: ")


def read(folder: Path, name: str) -> dict[str, Any]:
    return json.loads((folder / name).read_text(encoding="utf-8"))


def reasons(folder: Path, *, status: str) -> list[tuple[str, str]]:
    """Stage and reason of the stages of a run with this status."""
    stages = read(folder, "manifest.json")["stages"]
    return [(stage["stage"], stage["reason"]) for stage in stages if stage["status"] == status]


def test_the_metrics_are_where_other_programs_look_for_them(first: Path) -> None:
    metrics = read(first, "metrics.json")
    found = metrics["detectors"]
    assert {"vae_all", "vae_ham", "unigram_all", "unigram_ham", "length", "mixture", "tfidf"} <= set(found)
    assert not LEFT_OUT & set(found)
    for detector in found.values():
        assert all(0 <= detector[metric] <= 1 for metric in ("roc_auc", "pr_auc", "f1"))
    fitted = {name: detector["fitted"] for name, detector in found.items()}
    assert fitted["vae_all"] == fitted["unigram_all"]
    assert fitted["vae_ham"] == fitted["unigram_ham"] == [fitted["vae_all"][0], 0]
    assert {row["share"] for row in metrics["contamination"]} == {0, 0.1}
    assert "seconds" not in (first / "metrics.json").read_text(encoding="utf-8"), "results only, no times"


def test_held_out_messages_are_scored_by_every_detector(first: Path) -> None:
    said, metrics = pd.read_parquet(first / "predictions.parquet"), read(first, "metrics.json")
    counts = {part["part"]: part["negative"] + part["positive"] for part in read(first, "report.json")["counts"]}
    assert said["part"].value_counts().to_dict() == {part: counts[part] for part in ("validation", "test")}
    assert np.isfinite(said[list(metrics["detectors"])].to_numpy(float)).all()


def test_the_run_is_whole(first: Path) -> None:
    report, page = read(first, "report.json"), (first / "report.html").read_text(encoding="utf-8")
    assert report["family"] == "detection"
    assert all(line.replace("&", "&amp;") in page for line in report["headline"].splitlines())
    assert list((first / "figures").glob("*.svg"))
    assert read(first, "manifest.json")["status"] == "finished"


def test_a_second_run_reuses_everything_and_gives_the_same_metrics(run_in: Run, workshop: Path, first: Path) -> None:
    again = folder_of(workshop, run_in(workshop, *EXPERIMENT))
    assert {stage for stage, _ in reasons(again, status="computed")} <= NOT_STORED
    assert len(reasons(again, status="reused")) > len(read(again, "metrics.json")["detectors"])
    assert (again / "metrics.json").read_bytes() == (first / "metrics.json").read_bytes()


def test_the_page_is_drawn_again_from_the_files(workshop: Path, first: Path) -> None:
    page, figures = first / "report.html", sorted((first / "figures").iterdir())
    drawn = [path.read_bytes() for path in (page, *figures)]
    for path in (page, *figures):
        path.unlink()
    command = [sys.executable, "-m", "pipeline.report", str(first)]
    redrawn = subprocess.run(command, cwd=workshop, capture_output=True, text=True, check=False)
    assert redrawn.returncode == 0, redrawn.stderr
    assert [path.read_bytes() for path in (page, *figures)] == drawn


def test_another_setting_of_the_vae_recomputes_what_depends_on_it(run_in: Run, workshop: Path, first: Path) -> None:
    before = {name: found["roc_auc"] for name, found in read(first, "metrics.json")["detectors"].items()}
    wider = [item.replace("density.vae.hidden=8", "density.vae.hidden=9") for item in EXPERIMENT]
    folder = folder_of(workshop, run_in(workshop, *wider))
    computed = reasons(folder, status="computed")
    fitted = [f"{name}: detectors.{name}.model.hidden 8 -> 9" for name in ("vae_all", "vae_weighted", "vae_ham")]
    assert [reason for stage, reason in computed if stage == "detect_messages"] == fitted
    assert ("contaminate", "contamination.deep.hidden 8 -> 9") in computed
    stages = {stage for stage, _ in computed} - NOT_STORED
    assert stages == {"detect_messages", "contaminate", "judge_detections"}
    after = {name: found["roc_auc"] for name, found in read(folder, "metrics.json")["detectors"].items()}
    assert {name for name, value in after.items() if value != before[name]} <= VAES


def test_published_scores_what_was_fitted_and_a_message_without_known_words(run_in: Run, workshop: Path) -> None:
    """In a file of the user's; words need two messages to be known."""
    mine = ("dataset=csv", "dataset.path=mine.csv", "dataset.text=mail", "dataset.label=class", "dataset.positive=junk")
    bags = "bags.min_messages=2"
    ran = run_in(workshop, "+experiment=vae_density", "protocol=published", *mine, bags, *SMALL)
    folder = folder_of(workshop, ran)
    metrics, report = read(folder, "metrics.json"), read(folder, "report.json")
    sizes = {part["part"]: (part["negative"], part["positive"]) for part in report["counts"]}
    assert sizes["train"] == sizes["validation"] == sizes["test"]
    assert report["validation_is_test"]
    assert report["classes"] == {"negative": "wanted", "positive": "junk"}
    assert metrics["detectors"]["vae_all"]["measure"] == "message"
    said = pd.read_parquet(folder / "predictions.parquet")
    test = said[said["part"] == "test"]
    assert metrics["num_wordless"] == (test["known"] == 0).sum() >= 1
    last = test[test["row"] == NUM_MESSAGES]
    assert last["known"].tolist() == [0]
    assert np.isfinite(last[list(metrics["detectors"])].to_numpy(float)).all()
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert "junk" in page
    assert "published protocol" in page


@pytest.mark.parametrize(
    ("overrides", "said", "remedy"),
    [
        (["bags.min_messages=100000"], "The vocabulary of sample is empty", "bags.min_messages"),
        (["evaluate.expected_share=1.5"], "evaluate.expected_share = 1.5 is not allowed", "evaluate.expected_share"),
        (["evaluate.expected_share=0"], "evaluate.expected_share = 0 is not allowed", "evaluate.expected_share"),
        (["contamination.shares=[-0.1]"], "contamination.shares.0 = -0.1 is not allowed", "contamination.shares"),
        (["contamination.shares=[0.1,0]"], "contamination.shares", "contamination.shares"),
        (["contamination.shares=[0.1,0.99999]"], "0.99999 of them are of the positive class", "contamination.shares"),
        (
            ["density.vae.training.learning_rate=1e9", "density.vae.training.optimiser=sgd"],
            "Training a detector diverged",
            "learning_rate",
        ),
        (["+detectors.mine={name: vae_all}"], "detectors.mine", "detectors.mine"),
        (
            ["+detectors.mine={name: length, fitted_on: negative, weighting: message, model: '${density.unigram}'}"],
            "Several detectors are called 'length'",
            "Rename one of them",
        ),
        (
            ["+detectors.mine={name: own, fitted_on: all, weighting: group, model: '${density.pca}'}"],
            "cannot weigh messages",
            "weighting=message",
        ),
        (
            ["+detectors.mine={name: own, fitted_on: spam, weighting: message, model: '${density.pca}'}"],
            "detectors.mine.fitted_on",
            "detectors.mine.fitted_on",
        ),
        (
            ["detectors.length.model=pipeline.models.density.plain.length"],
            "detectors.length.model",
            "detectors.length.model",
        ),
    ],
)
def test_mistakes_are_told_in_one_block(
    run_in: Run, workshop: Path, first: Path, overrides: list[str], said: str, remedy: str
) -> None:
    """Where what comes before is in the store."""
    changed = {item.partition("=")[0] for item in overrides}
    failed = run_in(workshop, *(item for item in EXPERIMENT if item.partition("=")[0] not in changed), *overrides)
    assert failed.returncode == 2
    assert "Traceback" not in failed.stderr
    assert failed.stderr.count("error:") == 1
    block = " ".join(failed.stderr[failed.stderr.index("error:") :].split())
    assert said in block
    assert remedy in block.partition("to do:")[2]


def test_by_hand_runs_are_refused_as_they_are_not_compared(workshop: Path, first: Path) -> None:
    command = [sys.executable, "-m", "pipeline.compare", str(first), "--output", "compared"]
    told = subprocess.run(command, cwd=workshop, capture_output=True, text=True, check=False)
    assert told.returncode == 2
    assert "it is a run of detection" in " ".join(told.stderr.split())
    assert "Traceback" not in told.stderr


def test_a_sweep_computes_anew_what_a_run_alone_does_and_compares_nothing(
    run_in: Run, tmp_path: Path, workshop: Path, first: Path
) -> None:
    shutil.copy(workshop / "some.csv", tmp_path)
    swept = run_in(tmp_path, "-m", *EXPERIMENT, "seed=0,1")
    assert swept.returncode == 0, swept.stderr
    assert "Traceback" not in swept.stderr
    assert "The jobs find one class without labels; they are not compared: each has a report of its own" in swept.stdout
    assert "roc-auc 0." in swept.stderr, "each job says what it came to"
    (sweep,) = tmp_path.glob("outputs/sweeps/vae_density/*")
    jobs = [(sweep / str(number) / "metrics.json").read_bytes() for number in range(2)]
    assert jobs[0] == (first / "metrics.json").read_bytes()
    assert jobs[0] != jobs[1]
