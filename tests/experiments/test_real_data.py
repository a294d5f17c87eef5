"""The whole program on the real data sets: no stand-in, results that make sense, sizes as published."""

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hydra import compose, initialize_config_dir
from omegaconf import OmegaConf

from pipeline.config import conf_dir
from pipeline.data.sources import Library
from pipeline.settings import Node, bind
from pipeline.stages.fit_judge import fit_judge
from pipeline.stages.load_images import load_images, locate_images
from pipeline.stages.split_images import split_images

Run = Callable[..., subprocess.CompletedProcess[str]]

ROOT = Path(__file__).parents[2]

pytestmark = [pytest.mark.slow, pytest.mark.real_data]


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder whose store the runs of this file share, so that what two of them need is computed once."""
    return tmp_path_factory.mktemp("real")


@pytest.fixture
def run_real(run_in: Run, workshop: Path, data_dir: str) -> Callable[..., Path]:
    """Run an experiment for an epoch on short messages; the folder of the run."""

    def run(*arguments: str) -> Path:
        settings = (*arguments, "strict=true", "training.epochs=1", "preprocess.tokenise.max_length=20")
        ran = run_in(workshop, *settings, PIPELINE_DATA_DIR=data_dir)
        assert ran.returncode == 0, ran.stderr
        return Path(ran.stdout.splitlines()[0].removeprefix("run: "))

    return run


def read(folder: Path, name: str) -> dict[str, Any]:
    return json.loads((folder / name).read_text(encoding="utf-8"))


def counts(folder: Path) -> dict[str, tuple[int, int]]:
    """Negative and positive messages of each part."""
    return {part["part"]: (part["negative"], part["positive"]) for part in read(folder, "report.json")["counts"]}


@pytest.mark.parametrize("dataset", ["sms_spam", "spam_or_not_spam", "enron_spam"])
def test_real_data_run_without_a_stand_in(run_real: Callable[..., Path], tmp_path: Path, dataset: str) -> None:
    folder = run_real("+experiment=gru_glove", f"dataset={dataset}", "model.build.units=16")
    metrics = read(folder, "metrics.json")
    assert metrics["stand_in"] is False
    assert metrics["baselines"]["tfidf_all_rows"]["f1"] > 0.93
    assert read(folder, "report.json")["duplicates"]["leakage_percent"] == 0
    script = [sys.executable, ROOT / "scripts" / "make_results.py", folder, "--output", tmp_path / "docs"]
    assert subprocess.run(script, capture_output=True, check=False).returncode == 0
    page = (tmp_path / "docs" / "RESULTS.md").read_text(encoding="utf-8")
    assert f"| **gru** | {metrics['test']['f1']:.3f} [" in page
    assert all((tmp_path / "docs" / name).exists() for name in re.findall(r"\((figures/\S+)\)", page))


def test_the_published_protocol_has_the_published_size(run_real: Callable[..., Path]) -> None:
    folder = run_real("+experiment=gru_glove", "protocol=published", "shared_embedding.rows=none")
    # golden: the Enron report: 37,353 words, 1,913,351 weights, 2,188 training and 548 test messages
    assert read(folder, "metrics.json")["params"] == 1_913_351
    assert read(folder, "report.json")["text"]["vocabulary"] == 37_353
    found = {part: sum(of_class) for part, of_class in counts(folder).items()}
    assert (found["train"], found["test"]) == (2188, 548)


@pytest.mark.parametrize(("experiment", "params"), [("sms_rnn", 261_361), ("sms_lstm", 260_657)])
def test_the_published_sms_runs_have_the_published_size(
    run_real: Callable[..., Path], experiment: str, params: int
) -> None:
    folder = run_real(f"+experiment={experiment}", "protocol=published")
    # golden: the SMS assignment: the weights that follow from its top 5,000 words and its layers
    assert read(folder, "metrics.json")["params"] == params
    # It prints 5,574 messages and 80/20, but no sizes of the parts. These follow from the share, which is rounded for
    # each class: 0.2 * 4,827 ham = 965.4 and 0.2 * 747 spam = 149.4 are tested.
    assert counts(folder)["test"] == (965, 149)
    assert counts(folder)["train"] == (4827 - 965, 747 - 149)


def test_the_published_character_models_have_the_published_size(run_in: Run, workshop: Path, data_dir: str) -> None:
    left = [f"~writers.{name}" for name in ("char_rnn_windowed", "char_lstm_windowed", "char_best")]
    small = [
        f"recipes.{name}.{item}" for name in ("rnn", "lstm") for item in ("epochs=1", "steps=2", "batch_size=16384")
    ]
    small += ["samples.num_messages=10", "samples.num_draws=1", "samples.limit=20", "evaluate.resamples=100"]
    given = ("+experiment=char_comparison", "protocol=published", "strict=true", *left, *small)
    ran = run_in(workshop, *given, PIPELINE_DATA_DIR=data_dir)
    assert ran.returncode == 0, ran.stderr
    folder = Path(ran.stdout.splitlines()[0].removeprefix("run: "))
    metrics = read(workshop / folder, "metrics.json")
    # golden: the SMS assignment: 116 characters and the end; the weights follow from its layers
    assert metrics["num_symbols"] == 117
    assert metrics["num_params"] == {"char_rnn": 142_731, "char_lstm": 141_045}
    assert counts(workshop / folder) == dict.fromkeys(("train", "validation", "test"), (4827, 747))


def detected(run_in: Run, workshop: Path, data_dir: str, kept: set[str], *overrides: str) -> dict[str, Any]:
    """The metrics of a run of some detectors, with little beside them."""
    left = [f"~detectors.{name}" for name in choices_of_detectors() - kept]
    cheap = ("contamination.deep=${density.pca}", "contamination.shares=[0]", "evaluate.resamples=1000", "strict=true")
    ran = run_in(
        workshop, "+experiment=vae_density", *sorted(left), *cheap, *overrides, PIPELINE_DATA_DIR=data_dir
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    return read(Path(ran.stdout.splitlines()[0].removeprefix("run: ")), "metrics.json")


def test_detectors_find_spam_where_they_are_said_to(run_in: Run, workshop: Path, data_dir: str) -> None:
    """On the SMS set: without labels the mixture; a VAE where it is kept from spam, and not where it is not."""
    kept = {"length", "unigram_all", "vae_all", "unigram_ham", "vae_ham"}
    metrics = detected(run_in, workshop, data_dir, kept)
    value = {name: found["roc_auc"] for name, found in metrics["detectors"].items()}
    assert value["mixture"] > 0.859, "more than the best density that first tries fitted without labels"
    assert value["vae_ham"] >= 0.94 > value["unigram_ham"] > value["unigram_all"] > 0.5 > value["vae_all"]
    assert value["tfidf"] > 0.99
    assert abs(metrics["estimated_share"] - metrics["true_share"]) < 0.03


@pytest.mark.parametrize("dataset", ["spam_or_not_spam", "enron_spam"])
def test_the_mixture_finds_spam_among_e_mails_too(run_in: Run, workshop: Path, data_dir: str, dataset: str) -> None:
    metrics = detected(run_in, workshop, data_dir, {"length"}, f"dataset={dataset}")
    value = {name: found["roc_auc"] for name, found in metrics["detectors"].items()}
    assert value["mixture"] > 0.859 > value["length"]


def choices_of_detectors() -> set[str]:
    """The detectors of the config."""
    lines = (conf_dir() / "detectors" / "standard.yaml").read_text(encoding="utf-8").splitlines()
    return {line.partition(":")[0] for line in lines if not line.startswith("#")}


def test_fashion_mnist_is_what_its_authors_say_and_a_judge_learns_it(data_dir: str, tmp_path: Path) -> None:
    """In place of a run of a GAN, which would take minutes at this size however small the networks."""
    with initialize_config_dir(str(conf_dir()), version_base="1.3"):
        composed = compose("config", overrides=["+experiment=fashion_cgan", "judge.epochs=1", "judge.channels=16"])
    groups: Any = {group: OmegaConf.to_container(composed[group]) for group in ("dataset", "split", "judge")}

    def settings(stage: Callable[..., Any], group: str) -> dict[str, Any]:
        return bind(stage, Node(group, groups[group])).settings

    library = Library(Path(data_dir), tmp_path, strict=True, download=False)
    files = locate_images(library, **settings(locate_images, "dataset"))
    images = load_images(files, **settings(load_images, "dataset"))
    assert not images.stand_in
    assert len(images.classes) == 10
    assert np.bincount(images.train_labels).tolist() == [6000] * 10
    assert np.bincount(images.test_labels).tolist() == [1000] * 10
    # golden: data/README.md: shares of white of the training pixels, as they are widely given
    assert (images.train.mean() / 255, images.train.std() / 255) == pytest.approx((0.2860, 0.3530), abs=5e-5)
    split = split_images(images, **settings(split_images, "split"), seed=0)
    assert (len(split.train), len(split.judge), len(split.reference), split.num_copies) == (60_000, 50_000, 10_000, 0)
    judge = fit_judge(images, split, **settings(fit_judge, "judge"), seed=0)
    assert judge.history["val_accuracy"].iloc[-1] > 0.85
