"""What a run on images writes into its folder."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml

from image_run_samples import FULL, SIDE, make_pictures, make_tables
from pipeline.artifacts.images import (
    Confidence,
    DenseShape,
    Drawings,
    Gallery,
    Gan,
    Images,
    ImageScores,
    ImageSplit,
    Judge,
    Neighbours,
    Pupil,
    Seen,
)
from pipeline.reporting.folder import read_json, read_tables
from pipeline.reporting.images.facts import ImagesReport
from pipeline.reporting.images.folder import ARRAYS, COLUMNS, read_pictures
from pipeline.settings import INJECTED, keywords
from pipeline.stages import images_report as stage
from pipeline.stages.draw_images import draw_gallery
from pipeline.stages.images_account import _binned, _pairs
from pipeline.stages.images_report import images_report

CONF = Path(__file__).parents[3] / "conf"
FRAME = {
    "experiment": "fashion_cgan",
    "protocol": "published",
    "source": "image_generation",
    "seed": 7,
    "command": "run me",
    "overrides": ["+experiment=fashion_cgan", "protocol=published", "training.batch_size=3"],
}
CLASSES, EACH = len(FULL.classes), 6
SHAPE = DenseShape("dense", 3, 2, [4], [4], 0.1, 0.2)
SCORES = {
    "class_accuracy",
    "frechet",
    "kernel",
    "precision",
    "recall",
    "density",
    "coverage",
    "diversity",
    "learnt_accuracy",
}


def write_run(folder: Path, *, seconds: float = 1.0, saved: list[Any] | None = None) -> tuple[Path, str]:
    """A run whose artifacts are made up, without its model and its page; the headline."""
    folder.mkdir()
    (folder / "manifest.json").write_text(json.dumps(FRAME), encoding="utf-8")
    rng, tables, shown = np.random.default_rng(3), make_tables(FULL), make_pictures(FULL)
    labels = np.tile(np.arange(CLASSES, dtype=np.int16), EACH)
    pixels = rng.integers(0, 255, (len(labels), SIDE, SIDE)).astype(np.uint8)
    rows = np.arange(len(labels))
    images = Images("fashion_mnist", list(FULL.classes), pixels, labels, pixels[::-1], labels, stand_in=True)
    split = ImageSplit(rows, rows[CLASSES:], rows[:CLASSES], rows, 2, [])
    gan = Gan(
        "cgan", SHAPE, np.zeros(5, np.float32), np.zeros(4, np.float32), 5, 4,
        tables["history"].assign(seconds=seconds), shown["frames"], 5, "saturated", "It was sure.", 30,
    )  # fmt: skip
    judge = Judge(4, 2, np.zeros(7, np.float32), 7, tables["judge"].assign(seconds=seconds))
    drawn = [Drawings(name, pixels, labels, seconds) for name in ("cgan", "gaussian")]
    called = np.where(rows < 3, (labels + 1) % CLASSES, labels)
    seen = pd.DataFrame({"set": "test", "label": labels, "called": called, "probability": 0.9})
    found = [
        pd.DataFrame(
            {"set": name, "row": rows, "label": labels, "train": rows[::-1], "distance": rng.random(len(rows))}
        )
        for name in ("cgan", "gaussian", "test")
    ]
    confidence = pd.DataFrame({"set": "train", "label": labels, "probability": np.linspace(0, 1, len(labels))})
    scores = ImageScores(
        tables["scores"], tables["by_class"], tables["confusion"], tables["contests"], tables["collapse"],
        tables["copies"], len(labels), 5, 500,
    )  # fmt: skip
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stage, "draw_images", lambda _: None)
        patch.setattr(stage, "save", lambda *given: (saved if saved is not None else []).append(given))
        said = images_report(
            images, split, judge, gan, Gallery(shown["grid"], shown["between"]),
            Seen(["test"], seen, np.zeros((len(seen), 2), np.float32)), Confidence(confidence),
            Neighbours(pd.concat(found, ignore_index=True), pd.DataFrame()), scores, *drawn,
            Pupil("cgan", labels, 40), Pupil("gaussian", labels, 40), num_shown=4, epochs=30, noise_std=0.9,
            folder=folder,
        )  # fmt: skip
    return folder, said


@pytest.fixture(scope="module")
def saved() -> list[Any]:
    """What was given to be saved as the model."""
    return []


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory, saved: list[Any]) -> tuple[Path, str]:
    return write_run(tmp_path_factory.mktemp("stage") / "run", saved=saved)


@pytest.fixture(scope="module")
def metrics(run: tuple[Path, str]) -> dict[str, Any]:
    return strict_json(run[0] / "metrics.json")


def strict_json(path: Path) -> dict[str, Any]:
    """JSON as its standard has it: without NaN and infinity."""

    def refuse(name: str) -> None:
        raise AssertionError(f"{path.name} holds {name}")

    return json.loads(path.read_text(encoding="utf-8"), parse_constant=refuse)


def keys_of(value: Any) -> set[str]:
    inner = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []
    return (set(value) if isinstance(value, dict) else set()).union(*map(keys_of, inner))


def test_the_config_holds_exactly_the_settings() -> None:
    report = yaml.safe_load((CONF / "report" / "images.yaml").read_text(encoding="utf-8"))
    needed = (keywords(images_report) | keywords(draw_gallery)) - INJECTED
    assert set(report) | {"epochs", "noise_std"} == needed


def test_metrics_have_the_layout_that_others_read(metrics: dict[str, Any]) -> None:
    assert list(metrics) == [
        "experiment", "dataset", "protocol", "stand_in", "seed", "model", "generator", "num_params",
        "num_discriminator_params", "num_test", "kept_epoch", "ending", "generation", "real_test", "baseline", "ci95",
        "by_class", "collapse", "partial_collapse", "copies", "contests",
    ]  # fmt: skip
    for part in ("generation", "real_test", "baseline"):
        assert set(metrics[part]) == set(metrics["ci95"][part]) == SCORES
        for score, (low, high) in metrics["ci95"][part].items():
            assert low < metrics[part][score] < high
        assert set(metrics["by_class"][part]) == set(FULL.classes)
    assert metrics["generation"]["class_accuracy"] == 0.881
    assert metrics["real_test"]["class_accuracy"] == 0.924
    assert (metrics["model"], metrics["stand_in"], metrics["ending"]) == ("images", True, "saturated")


def test_metrics_hold_nothing_that_two_equal_runs_could_differ_in(metrics: dict[str, Any], tmp_path: Path) -> None:
    assert not {key for key in keys_of(metrics) if re.search("seconds|time|started|path", key)}
    again, _ = write_run(tmp_path / "run", seconds=99.0)
    assert strict_json(again / "metrics.json") == metrics


def test_the_report_is_read_as_such(run: tuple[Path, str]) -> None:
    folder, said = run
    strict_json(folder / "report.json")
    report = read_json(folder / "report.json", ImagesReport)
    assert report.headline == said
    assert said.startswith("The players stopped learning")
    assert "STAND-IN DATA, fashion_mnist" in said
    assert report.class_names == list(FULL.classes)
    assert "command line: training.batch_size=3. Here training ended after 6 of 30 epochs" in report.protocol_note
    assert (report.epochs, report.epochs_wanted, report.kept_epoch, report.pupil_images) == (6, 30, 5, 40)
    assert (report.num_train, report.num_judge, report.num_reference, report.num_compared) == (18, 15, 3, 18)
    assert report.judge_accuracy == pytest.approx(15 / 18)
    assert (report.gan, report.baseline, report.kind) == ("cgan", "gaussian", "dense")


def test_the_model_is_saved_with_the_names_of_the_classes(run: tuple[Path, str], saved: list[Any]) -> None:
    [(path, gan, classes, noise_std)] = saved
    assert path == run[0] / "models" / "cgan.npz"
    assert path.parent.is_dir()
    assert (gan.name, classes, noise_std) == ("cgan", list(FULL.classes), 0.9)


def test_tables_and_images_are_read_as_such(run: tuple[Path, str]) -> None:
    folder, _ = run
    for name, table in read_tables(folder / ".", COLUMNS).items():
        assert list(table) == list(COLUMNS[name]), name
        assert len(table), name
    held = read_pictures(folder / ARRAYS)
    assert held.real.shape == (CLASSES, 4, SIDE, SIDE)
    assert held.drawn.shape == held.nearest.shape == (2 * CLASSES, SIDE, SIDE)
    labels = np.tile(np.arange(CLASSES), EACH)
    np.testing.assert_array_equal(labels[held.drawn_row], held.drawn_label)
    np.testing.assert_array_equal(held.nearest_row, len(labels) - 1 - held.drawn_row)


def test_pairs_are_the_closest_and_the_median_of_each_class() -> None:
    table = pd.DataFrame({
        "set": ["mine"] * 6 + ["other"], "row": [*range(6), 0], "label": [1, 1, 1, 1, 1, 0, 0],
        "train": 0, "distance": [5.0, 1.0, 4.0, 2.0, 3.0, 9.0, 0.0],
    })  # fmt: skip
    found = _pairs(table, "mine")
    assert found["distance"].tolist() == [9.0, 1.0, 3.0]
    assert found["label"].tolist() == [0, 1, 1]


def test_probabilities_are_counted_in_twentieths() -> None:
    table = pd.DataFrame({"set": "test", "label": 0, "probability": [0.0, 0.049, 0.05, 0.999, 1.0, np.nan]})
    found = _binned(table)
    assert dict(zip(found["bin"], found["images"], strict=True)) == {0: 2, 1: 1, 19: 2}
