"""What a synthesis run writes into its folder."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from pipeline.artifacts.synthesis import Evaluators
from pipeline.stages import synthesis_report as stage
from synthesis_samples import HOSTILE, SCORES, Made, make, write_run


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A run folder and the headline."""
    folder = tmp_path_factory.mktemp("stage") / "run"
    return folder, write_run(folder, Made())


@pytest.fixture(scope="module")
def metrics(drawn: tuple[Path, str]) -> dict[str, Any]:
    return json.loads((drawn[0] / "metrics.json").read_text(encoding="utf-8"))


def test_metrics_have_the_layout_that_others_read(metrics: dict[str, Any]) -> None:
    assert list(metrics) == [
        "experiment", "dataset", "protocol", "stand_in", "seed", "model", "params", "synthesis", "priors", "evaluators",
        "scorecard", "augmentation",
    ]  # fmt: skip
    assert metrics["model"] == "lstm_vae"
    assert metrics["synthesis"] == {
        "kl_nats": pytest.approx(2.1 * (1 - 0.72**16) / 0.28, abs=1e-6), "reconstruction_mse": 0.0912,
        "active_units": 12, "mutual_information_nats": 4.87, "collapsed": False, "num_messages": 1_020, "copies": 3,
    }  # fmt: skip
    assert metrics["priors"]["realnvp"]["gain"] == 0.41
    assert metrics["priors"]["realnvp"]["gain_ci95"] == [0.21, 0.6]
    assert list(metrics["evaluators"]) == ["gnb", "mnb", "bnb", "gru"]
    assert set(metrics["evaluators"]["gnb"]) == {"trtr", "tstr", "trts", "augmented"}
    assert metrics["evaluators"]["gnb"]["tstr"]["f1"] == 0.713
    low, high = metrics["evaluators"]["gnb"]["tstr"]["ci95"]["f1"]
    assert low < 0.713 < high
    assert metrics["scorecard"]["frechet_distance"] == {
        "synthetic": 0.412, "holdout": 0.083, "range": [0.388, 0.437],
    }  # fmt: skip
    assert list(metrics["scorecard"]) == list(SCORES)
    assert metrics["augmentation"][0]["classifier"] == "mnb"
    assert metrics["augmentation"][0]["positives"] == 26
    for rival in ("oversampling", "word_dropout", "class_weights"):
        assert {f"over_{rival}", f"over_{rival}_low", f"over_{rival}_high"} <= set(metrics["augmentation"][0])


def test_what_is_undefined_is_null_and_figures_have_six_digits(drawn: tuple[Path, str]) -> None:
    text = (drawn[0] / "metrics.json").read_text(encoding="utf-8")
    assert "NaN" not in text
    assert "Infinity" not in text
    assert json.loads(text)["evaluators"]["bnb"]["trts"]["f1"] is None
    assert json.loads(text)["augmentation"][0]["difference"] is None
    assert not re.search(r"\d\.\d{7,}", text)


def test_equal_runs_give_equal_bytes(drawn: tuple[Path, str], tmp_path: Path) -> None:
    write_run(tmp_path / "again", Made())
    for name in ("metrics.json", "report.json", "synthetic.csv", "synthetic.npz", "report.html"):
        assert (tmp_path / "again" / name).read_bytes() == (drawn[0] / name).read_bytes(), name


def test_the_headline_is_one_line_with_what_matters(drawn: tuple[Path, str]) -> None:
    assert drawn[1] == (
        "spam_or_not_spam: KL 7.46 nats, 12 of 16 units active; gnb trained on synthetic messages: accuracy 0.902, "
        "f1 0.713 (on real ones: accuracy 0.951, f1 0.842); added to real ones, by f1: cannot be told from doing "
        "nothing or class weights; is worse than random oversampling and word dropout in 3 of 12 each"
    )


def test_generated_messages_are_written_with_what_they_copy(drawn: tuple[Path, str]) -> None:
    table = pd.read_csv(drawn[0] / "synthetic.csv", keep_default_na=False)
    assert list(table) == ["label", "text", "seed", "words", "copy_of"]
    assert set(table["label"]) == {"ham", "spam"}
    assert table["text"][0] == HOSTILE
    assert table["copy_of"].tolist()[:4] == ["1234", "1234", "1234", ""]
    assert len(table) == 1_020


def test_vectors_are_written_message_after_message_without_pickle(drawn: tuple[Path, str]) -> None:
    made = make(Made()).synthetic
    with np.load(drawn[0] / "synthetic.npz", allow_pickle=False) as arrays:
        assert sorted(arrays) == ["ids", "labels", "means", "offsets", "vectors"]
        assert arrays["vectors"].dtype == np.float16
        np.testing.assert_array_equal(np.diff(arrays["offsets"]), made.table["words"])
        second = slice(*arrays["offsets"][1:3])
        np.testing.assert_array_equal(arrays["vectors"][second], made.vectors[second])
        np.testing.assert_array_equal(arrays["labels"], made.table["label"])


def test_vectors_that_do_not_match_the_words_are_a_mistake_of_ours(tmp_path: Path) -> None:
    artifacts = make(Made())
    short = replace(artifacts.synthetic, vectors=artifacts.synthetic.vectors[:-1])
    outcome = stage.Outcome(
        {}, artifacts.corpus, artifacts.texts, artifacts.pool, artifacts.split, artifacts.tokens, artifacts.embedding,
        artifacts.fitted, artifacts.latents, short, artifacts.probes, artifacts.naive_bayes, artifacts.scorecard,
        artifacts.augmentation,
    )  # fmt: skip
    with pytest.raises(AssertionError, match="each word has its vector"):
        stage._write_messages(tmp_path, outcome)


def test_evaluators_are_joined_in_order_and_the_first_say_what_settings_are() -> None:
    def evaluators(name: str, said: str) -> Evaluators:
        return Evaluators(pd.DataFrame({"evaluator": [name]}), {name: f"what {name} is"}, {"trtr": said})

    joined = stage._joined(evaluators("gnb", "first"), evaluators("gru", "second"))
    assert joined.table["evaluator"].tolist() == ["gnb", "gru"]
    assert list(joined.descriptions) == ["gnb", "gru"]
    assert joined.settings == {"trtr": "first"}


def test_a_collapse_is_said_first_and_a_published_run_names_what_is_ours(tmp_path: Path) -> None:
    said = write_run(tmp_path / "run", Made(protocol="published", collapsed=True, stand_in=True, num_messages=80))
    assert said.startswith("STAND-IN DATA, LATENT COLLAPSED, spam_or_not_spam: KL 0.03 nats, 0 of 16 units active")
    report = json.loads((tmp_path / "run" / "report.json").read_text(encoding="utf-8"))
    assert "log-variances bounded to ±8" in report["protocol_note"]


def test_stand_in_data_are_marked_everywhere(tmp_path: Path) -> None:
    said = write_run(tmp_path / "run", Made(stand_in=True, per_class=True, num_messages=80))
    assert said.startswith("STAND-IN DATA, spam_or_not_spam: ")
    metrics = json.loads((tmp_path / "run" / "metrics.json").read_text(encoding="utf-8"))
    assert metrics["stand_in"] is True
    report = json.loads((tmp_path / "run" / "report.json").read_text(encoding="utf-8"))
    assert report["family"] == "synthesis"
    assert [one["model"] for one in report["training"]] == ["negative", "positive"]
    assert [one["stopped_early"] for one in report["training"]] == [True, False]
