"""What a detection run writes into its folder."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from detection_samples_page import DETECTORS, Made, make_outcome, write_run
from pipeline.artifacts import Predictions
from pipeline.reporting.detection.folder import COLUMNS
from pipeline.settings import INJECTED, keywords
from pipeline.stages.detection_account import detection_tables, main_scores, predictions
from pipeline.stages.detection_report import detection_report

MADE = Made(num_messages=400, resamples=100)
CONF = Path(__file__).parents[3] / "conf" / "report" / "detection.yaml"


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A run folder and the headline."""
    folder = tmp_path_factory.mktemp("stage") / "run"
    return folder, write_run(folder, MADE)


@pytest.fixture(scope="module")
def metrics(drawn: tuple[Path, str]) -> dict[str, Any]:
    return json.loads((drawn[0] / "metrics.json").read_text(encoding="utf-8"))


def test_the_config_holds_exactly_the_settings() -> None:
    assert set(yaml.safe_load(CONF.read_text(encoding="utf-8"))) == keywords(detection_report) - INJECTED


def test_metrics_have_the_layout_that_others_read(metrics: dict[str, Any]) -> None:
    assert list(metrics) == [
        "experiment", "dataset", "protocol", "stand_in", "seed", "model", "vocabulary", "num_test", "num_positive",
        "num_wordless", "expected_share", "estimated_share", "true_share", "champion", "picked", "detectors",
        "rule_contests", "contests", "contamination",
    ]  # fmt: skip
    assert (metrics["num_test"], metrics["num_wordless"], metrics["estimated_share"]) == (100, 1, 0.152)
    assert (metrics["champion"], metrics["picked"]) == ("mixture", "vae_ham")
    assert list(metrics["detectors"]) == [*DETECTORS, "tfidf"]
    vae = metrics["detectors"]["vae_ham"]
    assert list(vae)[:6] == ["roc_auc", "pr_auc", "f1", "precision", "recall", "ci95"]
    assert (vae["fitted_on"], vae["needs_labels"], vae["measure"]) == ("negative", True, "residual")
    assert vae["roc_auc"] == vae["measures"]["iwae_residual"]["roc_auc"] != vae["measures"]["elbo_residual"]["roc_auc"]
    assert vae["f1"] == vae["rules"]["expected"]["f1"]
    assert set(vae["rules"]) == {"expected", "estimated", "elbow", "labels"}
    low, high = vae["ci95"]["roc_auc"]
    assert low < vae["roc_auc"] < high


def test_metrics_tell_nothing_of_time_and_have_six_digits(drawn: tuple[Path, str]) -> None:
    text = (drawn[0] / "metrics.json").read_text(encoding="utf-8")
    assert "seconds" not in text
    assert not re.search(r"\d\.\d{7,}|NaN|Infinity", text)


def test_a_run_repeated_writes_the_same(drawn: tuple[Path, str], tmp_path: Path) -> None:
    write_run(tmp_path / "again", MADE)
    for name in ("metrics.json", "report.json", "report.html", "predictions.parquet"):
        assert (tmp_path / "again" / name).read_bytes() == (drawn[0] / name).read_bytes(), name


def test_predictions_hold_the_main_measure_of_every_detector(drawn: tuple[Path, str]) -> None:
    table = pd.read_parquet(drawn[0] / "predictions.parquet")
    assert list(table) == ["part", "row", "label", "group", "known", *DETECTORS, "tfidf"]
    outcome = make_outcome(MADE, {})
    assert table["row"].tolist() == [*outcome.split.validation, *outcome.split.test]
    for detection in outcome.detections:
        measure = "residual" if detection.name not in {"length", "repetition", "mixture"} else "message"
        expected = main_scores(detection)[measure].to_numpy()
        assert table[detection.name].to_numpy() == pytest.approx(expected), detection.name
    assert table["tfidf"].tolist() == outcome.supervised.table["tfidf_all_rows"].tolist()


def test_tables_have_the_columns_that_are_read(drawn: tuple[Path, str]) -> None:
    for name, columns in COLUMNS.items():
        table = pd.read_parquet(drawn[0] / "tables" / f"{name}.parquet")
        assert set(columns) <= set(table), name
        assert len(table), name
    costs = pd.read_parquet(drawn[0] / "tables" / "costs.parquet")
    assert costs.groupby(["detector", "row"]).size().max() == 2
    assert len(pd.read_parquet(drawn[0] / "tables" / "examples.parquet").query("detector == 'vae_all'")) == 6


def test_a_long_text_is_cut() -> None:
    outcome = make_outcome(MADE, {})
    outcome.corpus.table["text"] = "long " * 200
    assert detection_tables(outcome, 3, 2)["examples"]["text"].str.len().eq(400).all()


def test_no_detector_with_words_leaves_the_tables_of_words_empty() -> None:
    found = detection_tables(make_outcome(Made(names=("length",), num_messages=200, resamples=100), {}), 3, 2)
    for name in ("examples", "costs", "history", "latents", "latent_axes"):
        assert found[name].empty, name
        assert set(found[name]) >= set(COLUMNS[name]), name


def test_a_test_part_that_doubles_as_validation_part_is_predicted_for_both() -> None:
    outcome = make_outcome(MADE, {})
    split = replace(outcome.split, validation=outcome.split.test, validation_is_test=True)
    doubled = replace(
        outcome,
        split=split,
        supervised=Predictions(_twice(outcome.supervised.table), outcome.supervised.descriptions),
        detections=[replace(one, scores=_twice(one.scores)) for one in outcome.detections],
    )
    found = predictions(doubled)
    assert found["row"].tolist() == [*split.test, *split.test]
    assert found.notna().all(axis=None)


def _twice(table: pd.DataFrame) -> pd.DataFrame:
    test = table[table["part"] == "test"]
    return pd.concat([test.assign(part="validation"), test], ignore_index=True)


def test_the_headline_says_what_matters(drawn: tuple[Path, str]) -> None:
    lines = drawn[1].splitlines()
    assert lines[0] == "sms_spam, clean protocol: 100 test messages, 14.0 % spam; scored by cost adjusted for length"
    assert lines[1].startswith("best without labels: mixture, ROC-AUC 0.9")
    assert lines[1].endswith("at an expected share of 13.0 %; chosen by the labels of the validation part")
    assert [part.split(" 0.")[0] for part in lines[2].removeprefix("by ROC-AUC: ").split("; ")] == [
        "VAE, all", "VAE, all, copies as one", "VAE, unsuspected", "VAE, ham only",
    ]  # fmt: skip
    assert lines[3].startswith("with all labels: TF-IDF, ROC-AUC ")
    assert lines[4].startswith("length alone: ROC-AUC 0.")
    assert json.loads((drawn[0] / "report.json").read_text(encoding="utf-8"))["headline"] == drawn[1]
