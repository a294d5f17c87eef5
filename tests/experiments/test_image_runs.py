"""A GAN as a whole, with tiny settings on scikit-learn's digits: one run, killed once, and what it leaves behind."""

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
from PIL import Image

from pipeline.generate import main as generate
from pipeline.reporting.images.folder import COLUMNS, read_images

Run = Callable[..., subprocess.CompletedProcess[str]]

pytestmark = pytest.mark.slow
NOT_STORED = {"locate_images", "images_report"}
SETS = {"generation": "cgan", "real_test": "real", "baseline": "gaussian"}
ASKED = {"class_accuracy", "frechet", "precision", "recall", "density", "coverage"}
SMALL = (
    *("judge.epochs=2", "judge.channels=4", "judge.units=16", "training.monitored=100", "evaluate.resamples=100"),
    *("gaussian.components=8", "report.num_shown=3", "report.num_between=4"),
)
DENSE = ("model.build.generator_units=[32]", "model.build.discriminator_units=[32]")
EXPERIMENT = ("+experiment=fashion_cgan", "dataset=digits", "training.epochs=12", "seed=3", *SMALL, *DENSE)
CONVOLUTIONAL = (
    *("+experiment=fashion_cgan_conv", "dataset=digits", "training.epochs=6", "seed=3", *SMALL),
    *("model.build.channels=2", "model.build.units=8", "training.saturated_epochs=1", "training.generator_rate=1e-30"),
    *("training.discriminator_rate=0.02", "training.smoothing=0", "training.keep=last"),
)


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder whose store the runs share."""
    return tmp_path_factory.mktemp("shared")


@pytest.fixture(scope="module")
def told(run_in: Run, workshop: Path) -> subprocess.CompletedProcess[str]:
    """What a run says that was killed while its players trained, then started again."""
    variables = {name: value for name, value in os.environ.items() if name != "PIPELINE_DATA_DIR"}
    process = subprocess.Popen([sys.executable, "-m", "pipeline", *EXPERIMENT], cwd=workshop, env=variables)
    deadline = time.monotonic() + 180
    while not list(workshop.glob("outputs/store/.scratch/fit_gan-*/training.npz")):
        assert process.poll() is None, "ended before it could be killed"
        assert time.monotonic() < deadline, "no epoch was ever written"
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    return run_in(workshop, *EXPERIMENT)


@pytest.fixture(scope="module")
def first(told: subprocess.CompletedProcess[str], workshop: Path) -> Path:
    """Its folder; not to be changed."""
    return folder_of(workshop, told)


def folder_of(workshop: Path, ran: subprocess.CompletedProcess[str]) -> Path:
    """The run folder that a run tells at its end."""
    assert ran.returncode == 0, ran.stderr
    return workshop / ran.stdout.splitlines()[0].removeprefix("run: ")


def read(folder: Path, name: str) -> dict[str, Any]:
    return json.loads((folder / name).read_text(encoding="utf-8"))


def arrays(folder: Path) -> dict[str, Any]:
    with np.load(folder / "images.npz", allow_pickle=False) as held:
        return {name: held[name] for name in held.files}


def test_a_run_that_was_killed_while_training_goes_on(told: subprocess.CompletedProcess[str], first: Path) -> None:
    assert "training of cgan goes on after epoch" in (first / "run.log").read_text(encoding="utf-8")
    stages = [(stage["stage"], stage["status"]) for stage in read(first, "manifest.json")["stages"]]
    assert ("fit_judge", "reused") in stages
    assert ("fit_gan", "computed") in stages
    assert pd.read_parquet(first / "tables" / "history.parquet")["epoch"].tolist() == list(range(1, 13))
    assert "WARNING" not in told.stderr, "of TensorFlow, for one"
    assert "STAND-IN" not in told.stdout, "digits were asked for"


def test_the_run_folder_holds_what_is_promised(first: Path) -> None:
    report, manifest = read(first, "report.json"), read(first, "manifest.json")
    assert (report["family"], manifest["status"]) == ("images", "finished")
    assert (report["num_train"], report["num_test"]) == (1442, 355)
    assert report["num_judge"] + report["num_reference"] == report["num_train"]
    assert (report["epochs"], report["epochs_wanted"], report["updates"]) == (12, 12, 23)
    assert (report["ending"], report["trouble"]) == ("finished", "")
    assert [path.name for path in (first / "models").iterdir()] == ["cgan.npz"]
    for name, columns in COLUMNS.items():
        assert set(columns) <= set(pd.read_parquet(first / "tables" / f"{name}.parquet")), name
    names = {path.name for path in (first / "figures").iterdir()}
    assert {"grid.png", "grid.svg", "training.gif", "losses.png", "between.png", "neighbours.png"} <= names
    assert {"config.yaml", "run.log", "report.html"} <= {path.name for path in first.iterdir()}
    assert read_images(first).report.gan == "cgan"


def test_the_metrics_are_where_other_programs_look_for_them(first: Path) -> None:
    metrics, tables = read(first, "metrics.json"), read_images(first).tables
    scores = tables.scores.set_index(["name", "score"])
    for part, name in SETS.items():
        assert set(metrics[part]) >= ASKED
        assert set(metrics[part]) == set(metrics["real_test"]) == set(metrics["ci95"][part])
        for score, value in metrics[part].items():
            assert value == pytest.approx(scores.loc[(name, score), "value"], abs=1e-6)
            low, high = metrics["ci95"][part][score]
            assert low <= high
    assert metrics["real_test"]["frechet"] < metrics["generation"]["frechet"]
    assert (metrics["kept_epoch"], metrics["ending"]) == (tables.history["frechet"].argmin() + 1, "finished")
    assert "seconds" not in (first / "metrics.json").read_text(encoding="utf-8"), "results only, no times"


def test_the_grid_is_the_frame_of_the_kept_epoch(first: Path) -> None:
    """From one noise: the gallery draws with what was kept, after training."""
    held, kept = arrays(first), read(first, "report.json")["kept_epoch"]
    assert held["frames"].shape == (12, 10, 10, 28, 28)
    assert held["between"].shape == (10, 4, 28, 28)
    assert held["real"].shape == (10, 3, 28, 28)
    same = [bool((held["grid"] == frame).all()) for frame in held["frames"]]
    assert same == [epoch == kept for epoch in range(1, 13)]
    np.testing.assert_array_equal(held["between"][:, 0], held["grid"][:, 0])


def test_a_second_run_reuses_everything_and_gives_the_same_bytes(run_in: Run, workshop: Path, first: Path) -> None:
    again = folder_of(workshop, run_in(workshop, *EXPERIMENT))
    stages = [(stage["stage"], stage["status"]) for stage in read(again, "manifest.json")["stages"]]
    assert {stage for stage, status in stages if status == "computed"} <= NOT_STORED
    for name in ("metrics.json", "models/cgan.npz", "images.npz", "figures/training.gif"):
        assert (again / name).read_bytes() == (first / name).read_bytes(), name


def test_a_finished_run_draws_a_class(workshop: Path, first: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    command = [sys.executable, "-m", "pipeline.generate", f"run={first.relative_to(workshop)}", "label=7", "n=16"]
    ran = subprocess.run(command, cwd=workshop, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout) == (0, "7.png\n"), ran.stderr
    assert ran.stderr == "cgan, 16 of 7, seed 0\n", "and nothing of TensorFlow's before it"
    with Image.open(workshop / "7.png") as image:
        assert image.size == (4 * (4 * 30 + 2), 4 * (4 * 30 + 2))
        drawn = np.asarray(image)
    monkeypatch.chdir(workshop)
    assert generate([f"run={first}", "label=7", "n=16"]) == 0
    assert (workshop / "7-2.png").read_bytes() == (workshop / "7.png").read_bytes(), "the same seed, the same images"
    assert generate([f"run={first}", "seed=2", "n=10", "scale=1", "output=grid.png"]) == 0
    with Image.open(workshop / "grid.png") as image:
        sheet = np.asarray(image)
    grid = arrays(first)["grid"]
    for row in range(10):
        for column in range(10):
            top, left = 2 + 30 * row, 2 + 30 * column
            np.testing.assert_allclose(
                sheet[top : top + 28, left : left + 28].astype(int), grid[row, column].astype(int), atol=1
            )
    assert np.unique(drawn).size > 10


def test_a_generator_that_learns_nothing_ends_early_and_it_is_said(run_in: Run, workshop: Path) -> None:
    """A convolutional generator at rest against a discriminator in a hurry; the best epoch is kept, not the last."""
    ran = run_in(workshop, *CONVOLUTIONAL)
    folder = folder_of(workshop, ran)
    report, metrics = read(folder, "report.json"), read(folder, "metrics.json")
    assert report["ending"] == metrics["ending"] == "saturated"
    assert report["kind"] == "convolutional"
    assert report["epochs"] < report["epochs_wanted"] == 6
    assert "the discriminator was all but sure of every image" in report["trouble"]
    assert f"Training of cgan_conv ends early: {report['trouble']}" in ran.stderr
    assert "WARNING" in (folder / "run.log").read_text(encoding="utf-8")
    history = pd.read_parquet(folder / "tables" / "history.parquet")
    assert len(history) == report["epochs"] == len(arrays(folder)["frames"])
    assert report["kept_epoch"] == metrics["kept_epoch"] == history["frechet"].argmin() + 1
    assert f"training was stopped after {report['epochs']} of 6 epochs" in report["headline"]
    assert report["headline"].splitlines()[0] in ran.stdout
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert "all but sure of every image" in page
