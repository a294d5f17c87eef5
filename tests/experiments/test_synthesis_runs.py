"""Synthesis as a whole, with tiny settings on the embedded sample."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from pipeline.config import conf_dir

Run = Callable[..., subprocess.CompletedProcess[str]]

pytestmark = pytest.mark.slow
NUM_MESSAGES = 500
NOT_STORED = {"locate_corpus", "locate_stop_words", "locate_vectors", "synthesis_report"}
TINY = (
    *(
        "dataset=sample",
        "dataset.path=some.csv",
        "preprocess.tokenise.max_length=10",
        "synthesiser.training.batch_size=256",
    ),
    *("synthesiser.build.encoder_units=[4]", "synthesiser.build.decoder_units=[4]", "synthesiser.build.latent=2"),
    *("synthesiser.training.epochs=1", "model.build.units=4", "training.epochs=1", "training.batch_size=256"),
)
SMALL = (*("+experiment=lstm_vae", *TINY, "augmentation.percents=[100]", "evaluate.resamples=100", "evaluate.draws=1"),)


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder whose store the runs share, with a part of the sample."""
    folder = tmp_path_factory.mktemp("shared")
    pd.read_csv(conf_dir().parent / "data" / "sample" / "messages.csv")[:NUM_MESSAGES].to_csv(folder / "some.csv")
    return folder


@pytest.fixture(scope="module")
def first(run_in: Run, workshop: Path) -> Path:
    """The folder of a run of synthesis; not to be changed."""
    return folder_of(run_in(workshop, *SMALL))


def folder_of(ran: subprocess.CompletedProcess[str]) -> Path:
    """The run folder that a run tells at its end."""
    assert ran.returncode == 0, ran.stderr
    return Path(ran.stdout.splitlines()[0].removeprefix("run: "))


def read(folder: Path, name: str) -> dict[str, Any]:
    return json.loads((folder / name).read_text(encoding="utf-8"))


def test_the_metrics_are_where_other_programs_look_for_them(first: Path) -> None:
    metrics = read(first, "metrics.json")
    assert {"kl_nats", "reconstruction_mse", "active_units"} <= metrics["synthesis"].keys()
    assert metrics["synthesis"]["kl_nats"] > 0
    assert set(metrics["evaluators"]) == {"gnb", "mnb", "bnb", "gru"}
    for settings in metrics["evaluators"].values():
        assert set(settings) == {"trtr", "tstr", "trts", "augmented"}
        assert 0 <= settings["tstr"]["accuracy"] <= 1
    assert all({"synthetic", "holdout"} <= score.keys() for score in metrics["scorecard"].values())
    assert {row["method"] for row in metrics["augmentation"]} >= {"none", "oversampling", "synthetic"}


def test_the_messages_are_a_table_and_their_vectors_need_no_pickle(first: Path) -> None:
    table = pd.read_csv(first / "synthetic.csv", keep_default_na=False)
    counts = next(part for part in read(first, "report.json")["counts"] if part["part"] == "train")
    assert {"label", "text", "seed"} <= set(table)
    assert table["label"].value_counts().to_dict() == {"ham": counts["negative"], "spam": counts["positive"]}
    assert (table["text"].str.count(" ") + 1 == table["words"]).all()
    assert table["seed"].is_unique
    with np.load(first / "synthetic.npz", allow_pickle=False) as arrays:
        assert arrays["vectors"].shape == (table["words"].sum(), 50)
        assert len(arrays["labels"]) == len(table)


def test_the_report_is_whole(first: Path) -> None:
    page = (first / "report.html").read_text(encoding="utf-8")
    assert "trained on the training messages stand in for glove" in page
    assert list((first / "figures").glob("*.svg"))
    assert read(first, "manifest.json")["status"] == "finished"


def test_a_second_run_reuses_everything_and_gives_the_same_metrics(run_in: Run, workshop: Path, first: Path) -> None:
    again = folder_of(run_in(workshop, *SMALL))
    stages = read(again, "manifest.json")["stages"]
    assert {stage["status"] for stage in stages if stage["stage"] not in NOT_STORED} == {"reused"}
    for name in ("metrics.json", "synthetic.csv", "synthetic.npz"):
        assert (again / name).read_bytes() == (first / name).read_bytes(), name


def test_a_message_of_unknown_words_is_told_in_one_block(run_in: Run, workshop: Path, first: Path) -> None:
    failed = run_in(workshop, *SMALL, "probe.reconstruct=[qwertz]")
    assert failed.returncode == 2
    assert "Traceback" not in failed.stderr
    block = " ".join(failed.stderr[failed.stderr.index("error:") :].split())
    assert "The message 'qwertz' has no word that the vocabulary knows." in block
    assert "probe.reconstruct" in block


def test_a_classifier_trains_on_classes_that_were_filled_up(run_in: Run, workshop: Path) -> None:
    tiny = [item.replace("synthesiser.", "sampling.synthesiser.") for item in TINY]
    folder = folder_of(run_in(workshop, "sampling=synthetic", "embedding=glove", *tiny))
    counts = next(part for part in read(folder, "report.json")["counts"] if part["part"] == "train")
    assert counts["positive"] < counts["negative"]
    config = read(folder, "manifest.json")
    assert config["choices"]["sampling"] == "synthetic"
    stored = next(workshop.glob("outputs/store/fill_up-*"))
    labels = np.concatenate([np.load(path) for path in stored.glob("*labels*.npy")])
    assert labels.all()
    assert len(labels) == counts["negative"] - counts["positive"]
