"""What runs on a stream write into their folders."""

from __future__ import annotations

import inspect
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from pipeline.settings import INJECTED, keywords
from pipeline.stages import stream_report as stage
from pipeline.stages.memory_report import memory_report
from pipeline.stages.stream_report import stream_report
from stream_samples import SKILLS, Made, make_memory, make_passes, make_scores, make_stream, write_memory_run, write_run

MADE = Made("drift", num_messages=700, window=150, resamples=20)
CONF = Path(__file__).parents[3] / "conf" / "report" / "stream.yaml"


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A run folder and the headline."""
    folder = tmp_path_factory.mktemp("stage") / "run"
    return folder, write_run(folder, MADE)


@pytest.fixture(scope="module")
def metrics(drawn: tuple[Path, str]) -> dict[str, Any]:
    return json.loads((drawn[0] / "metrics.json").read_text(encoding="utf-8"))


def test_the_config_holds_exactly_the_settings() -> None:
    assert set(yaml.safe_load(CONF.read_text(encoding="utf-8"))) == keywords(stream_report) - INJECTED
    assert keywords(memory_report) == {"folder"}
    assert list(inspect.signature(memory_report).parameters)[:5] == ["corpus", "texts", "pool", "stream", "memory"]


def test_metrics_have_the_layout_that_others_read(metrics: dict[str, Any]) -> None:
    assert list(metrics) == [
        "experiment", "dataset", "protocol", "stand_in", "seed", "model", "stream", "kind", "period", "delay", "window",
        "start", "reference", "changed_at", "models", "recoveries",
    ]  # fmt: skip
    assert (metrics["model"], metrics["kind"], metrics["changed_at"]) == ("stream", "drift", 350)
    assert set(metrics["models"]) == set(SKILLS) - {"gru", "tfidf"}
    parts = metrics["models"]["logistic"]
    assert list(parts) == ["bytes", "alarms", "all", "unfamiliar", "before", "after", "just after"]
    low, high = parts["all"]["ci95"]["f1"]
    assert low < parts["all"]["f1"] < high
    assert parts["all"]["difference"]["f1"] == pytest.approx(
        parts["all"]["f1"] - metrics["models"]["exact_naive_bayes"]["all"]["f1"], abs=2e-6
    )
    assert metrics["models"]["exact_naive_bayes"]["all"]["difference"]["f1"] is None
    assert metrics["stream"]["num_messages"] == 700
    assert len(metrics["recoveries"]) == 7


def test_metrics_tell_nothing_of_time_and_have_six_digits(drawn: tuple[Path, str]) -> None:
    text = (drawn[0] / "metrics.json").read_text(encoding="utf-8")
    assert "seconds" not in text
    assert not re.search(r"\d\.\d{7,}|NaN|Infinity", text)


def test_times_alone_change_nothing_in_the_metrics(drawn: tuple[Path, str], tmp_path: Path) -> None:
    stream = make_stream(MADE)
    passes = make_passes(MADE, stream)
    slower = replace(passes, models=passes.models.assign(seconds=passes.models["seconds"] * 3))
    scores = make_scores(MADE, stream, passes)
    assert stage._metrics(stream, passes, scores) == stage._metrics(stream, slower, scores)
    write_run(tmp_path / "again", MADE)
    for name in ("metrics.json", "report.json", "report.html", "predictions.parquet"):
        assert (tmp_path / "again" / name).read_bytes() == (drawn[0] / name).read_bytes(), name


def test_predictions_carry_row_group_and_label_of_their_message(drawn: tuple[Path, str]) -> None:
    table = pd.read_parquet(drawn[0] / "predictions.parquet")
    assert list(table) == ["model", "position", "score", "called", "row", "group", "label"]
    assert len(table) == 7 * 700
    stream = make_stream(MADE).table.iloc[table["position"]].reset_index(drop=True)
    pd.testing.assert_frame_equal(table[["row", "group", "label"]], stream[["row", "group", "label"]])


def test_models_that_start_late_have_no_prediction_before(tmp_path: Path) -> None:
    made = Made("versus_batch", num_messages=400, window=100, resamples=20)
    write_run(tmp_path / "run", made)
    table = pd.read_parquet(tmp_path / "run" / "predictions.parquet")
    assert table.groupby("model")["position"].min()[["gru", "tfidf", "logistic"]].tolist() == [100, 100, 0]
    report = json.loads((tmp_path / "run" / "report.json").read_text(encoding="utf-8"))
    assert (report["kind"], report["start"]) == ("versus_batch", 100)
    assert report["trained_at"] == {"gru": [100, 200, 300], "tfidf": [100, 200, 300]}


def test_the_headline_is_one_line_with_what_matters(drawn: tuple[Path, str]) -> None:
    assert drawn[1].startswith(
        "sms_spam, 700 messages shuffled by seed: recall over the first 150 messages after the change: hashed naive"
    )
    assert "\n" not in drawn[1]
    report = json.loads((drawn[0] / "report.json").read_text(encoding="utf-8"))
    assert report["headline"] == drawn[1]
    assert report["num_replaced"] == 5
    assert len(pd.read_parquet(drawn[0] / "tables" / "replaced.parquet")) == 4


def test_commonest_words_come_first(drawn: tuple[Path, str]) -> None:
    table = pd.read_parquet(drawn[0] / "tables" / "replaced.parquet")
    assert table["messages"].tolist() == [103, 81, 40, 12]


def test_a_run_on_memory_writes_its_tables(tmp_path: Path) -> None:
    said = write_memory_run(tmp_path / "run", Made(num_messages=300, stand_in=True, is_sorted=True))
    assert said.startswith(
        "STAND-IN DATA, SORTED BY CLASS, sms_spam, 300 messages shuffled by seed: naive Bayes: from "
    )
    metrics = json.loads((tmp_path / "run" / "metrics.json").read_text(encoding="utf-8"))
    made = make_memory()
    assert list(metrics)[-6:] == ["kind", "num_ngrams", "num_counted", "models", "counts", "reference"]
    assert metrics["stand_in"] is True
    assert [len(metrics[name]) for name in ("models", "counts", "reference")] == [36, 18, 2]
    assert metrics["models"][0]["f1"] == round(made.models["f1"][0], 6)
    assert metrics["reference"][0] == {
        "learner": "naive_bayes", "bytes": 7_400_000, "f1": 0.931, "f1_low": 0.912, "f1_high": 0.944, "fpr": 0.011,
        "accuracy": 0.966, "pr_auc": 0.961,
    }  # fmt: skip
    assert (tmp_path / "run" / "report.html").is_file()
