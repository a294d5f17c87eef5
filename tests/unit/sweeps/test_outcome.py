import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from pipeline.errors import UserError
from pipeline.sweeps import outcome
from pipeline.sweeps.processes import LOG

BLOCK = UserError("Two\nlines " + "long " * 30, expected="x", remedy="y").block()
TRACEBACK = """\
Traceback (most recent call last):
  File "x.py", line 1, in <module>
    1 / 0
pipeline.store.DamagedError: a b
and a second line
"""


def folder_with(folder: Path, **files: Any) -> Path:
    folder.mkdir(exist_ok=True)
    for name, content in files.items():
        (folder / f"{name}.json").write_text(json.dumps(content), encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("status", "overrides", "expected"),
    [
        ("finished", ["a=1"], True),
        ("finished", ["a=2"], False),
        ("running", ["a=1"], False),
        ("failed", ["a=1"], False),
    ],
)
def test_done_is_finished_with_the_same_overrides(
    tmp_path: Path, status: str, overrides: list[str], expected: bool
) -> None:
    folder_with(tmp_path, manifest={"status": status, "overrides": overrides})
    assert outcome.is_done(tmp_path, ("a=1",)) is expected


def test_a_folder_without_a_whole_manifest_is_not_done(tmp_path: Path) -> None:
    assert not outcome.is_done(tmp_path / "nothing", [])
    (tmp_path / "manifest.json").write_text('{"status": "fini', encoding="utf-8")
    assert not outcome.is_done(tmp_path, [])


def test_what_a_job_with_other_overrides_left_is_moved_aside_and_kept(tmp_path: Path) -> None:
    for number in (1, 2):
        job = folder_with(tmp_path / "0", manifest={"status": "finished", "overrides": [f"a={number}"]})
        outcome.make_way(job, [f"a={number}"])
        assert job.exists()
        outcome.make_way(job, ["a=9"])
        assert not job.exists()
        assert outcome.is_done(tmp_path / f"0.earlier-{number}", [f"a={number}"])


def test_an_account_does_not_replace_the_manifest_of_a_run(tmp_path: Path) -> None:
    outcome.account(tmp_path, ["a=1"])
    assert outcome.manifest_of(tmp_path) == {"status": "failed", "overrides": ["a=1"]}
    outcome.account(tmp_path, ["a=2"])
    assert outcome.manifest_of(tmp_path)["overrides"] == ["a=1"]


def test_the_objective_is_the_validation_f1_and_never_the_test_f1(tmp_path: Path) -> None:
    folder_with(tmp_path, metrics={"validation": {"f1": 0.75}, "test": {"f1": 0.5}})
    assert outcome.objective(tmp_path) == 0.75
    folder_with(tmp_path, metrics={"test": {"f1": 0.5}, "ci95": {"f1": [0.4, 0.6]}})
    assert outcome.objective(tmp_path) is None


def test_the_score_says_which_part_it_is_from(tmp_path: Path) -> None:
    folder_with(tmp_path, metrics={"validation": {"f1": 0.75}})
    assert outcome.score(tmp_path) == "validation f1 0.750"
    folder_with(tmp_path, metrics={"test": {"f1": 0.9349}, "ci95": {"f1": [0.902, 0.958]}})
    assert outcome.score(tmp_path) == "f1 0.935 [0.902, 0.958]"


@pytest.mark.parametrize(
    ("log", "exit_code", "reason", "is_mistake"),
    [
        (f"a line\n{BLOCK}\nanother\n", 2, BLOCK, True),
        (f"2026-01-01 ERROR   pipeline: {BLOCK}\n2026-01-01 INFO more", 2, BLOCK, True),
        (f"{TRACEBACK}{BLOCK}\n", 2, BLOCK, True),
        (f"{BLOCK}\n{TRACEBACK}", 1, "error:    pipeline.store.DamagedError: a b", False),
        ("a line\nSegmentation fault\n", 1, "error:    Segmentation fault", False),
        (f"{BLOCK}\n", -9, "error:    killed by SIGKILL, as happens when memory runs out", False),
        ("", -11, "error:    killed by SIGSEGV", False),
        ("", 1, "error:    it ended without a word", False),
    ],
)
def test_why_a_job_failed(tmp_path: Path, log: str, exit_code: int, reason: str, is_mistake: bool) -> None:
    (tmp_path / LOG).write_text(log, encoding="utf-8")
    (tmp_path / "run.log").write_text("of another attempt", encoding="utf-8")
    assert outcome.failure(tmp_path, exit_code) == outcome.Failure(reason, is_mistake, tmp_path / LOG)


def test_a_job_of_another_launcher_tells_in_its_own_log(tmp_path: Path) -> None:
    (tmp_path / "run.log").write_text(BLOCK, encoding="utf-8")
    assert outcome.failure(tmp_path, None) == outcome.Failure(BLOCK, is_mistake=True, log=tmp_path / "run.log")
    (tmp_path / "run.log").unlink()
    assert not outcome.failure(tmp_path, None).is_mistake


def test_only_jobs_of_sweeps_are_locked(tmp_path: Path) -> None:
    (tmp_path / "0").mkdir()
    with outcome.job_lock(tmp_path / "0"):
        assert not list((tmp_path / "0").iterdir())
    (tmp_path / "sweep.json").touch()
    with outcome.job_lock(tmp_path / "0") as lock:
        assert isinstance(lock, FileLock)
        assert lock.is_locked


def test_the_score_of_synthesis_tells_what_its_messages_teach(tmp_path: Path) -> None:
    made = {"kl_nats": 5.234}
    folder_with(tmp_path, metrics={"synthesis": made, "evaluators": {"gnb": {"tstr": {"f1": 0.7134}}}})
    assert outcome.score(tmp_path) == "gnb tstr f1 0.713, kl 5.23 nats"
    assert outcome.objective(tmp_path) is None
    folder_with(tmp_path, metrics={"synthesis": {"kl_nats": None}, "evaluators": {"gnb": {"tstr": {"f1": None}}}})
    assert outcome.score(tmp_path) == "gnb tstr f1 undefined, kl undefined"


def stream_metrics(**f1: float | None) -> dict[str, Any]:
    models = {name: {"all": {"f1": value, "ci95": {"f1": [0.9, 0.95]}}} for name, value in f1.items()}
    return {"stream": {"is_sorted": False}, "kind": "filters", "reference": "exact", "models": models}


@pytest.mark.parametrize(
    ("metrics", "said"),
    [
        (stream_metrics(exact=0.91, logistic=0.9249), "f1 0.925 [0.900, 0.950] logistic; exact 0.910"),
        (stream_metrics(exact=0.93, logistic=0.9249), "f1 0.930 [0.900, 0.950] exact"),
        (stream_metrics(exact=None, logistic=0.9249), "f1 0.925 [0.900, 0.950] logistic; exact undefined"),
        (stream_metrics(exact=None), "f1 undefined"),
        (
            stream_metrics(exact=0.93) | {"stream": {"is_sorted": True}},
            "sorted by class, f1 0.930 [0.900, 0.950] exact",
        ),
    ],
)
def test_the_score_of_a_stream_is_the_best_model_beside_the_reference(
    tmp_path: Path, metrics: dict[str, Any], said: str
) -> None:
    folder_with(tmp_path, metrics=metrics)
    assert outcome.score(tmp_path) == said
    assert outcome.objective(tmp_path) is None


def test_the_score_in_ever_less_memory_is_the_best_filter_beside_its_learner_without_hashing(tmp_path: Path) -> None:
    filters = [
        {
            "learner": learner,
            "features": "hashing",
            "log2_buckets": 12,
            "num_hashes": 1,
            "f1": f1,
            "f1_low": 0.8,
            "f1_high": 0.9,
        }
        for learner, f1 in (("naive_bayes", 0.85), ("perceptron", None))
    ]
    reference = [{"learner": "perceptron", "f1": 0.7}, {"learner": "naive_bayes", "f1": 0.9}]
    metrics = {"stream": {"is_sorted": False}, "kind": "memory", "models": filters, "reference": reference}
    folder_with(tmp_path, metrics=metrics)
    assert outcome.score(tmp_path) == "f1 0.850 [0.800, 0.900] naive_bayes hashing 1x2^12; exact 0.900"
    folder_with(tmp_path, metrics=metrics | {"models": filters[1:]})
    assert outcome.score(tmp_path) == "f1 undefined"


def detector(roc_auc: float | None, fitted_on: str = "all", *, needs_labels: bool = False) -> dict[str, Any]:
    return {
        "roc_auc": roc_auc, "ci95": {"roc_auc": [0.9, 0.97]}, "fitted_on": fitted_on, "needs_labels": needs_labels
    }  # fmt: skip


@pytest.mark.parametrize(
    ("champion", "picked", "said"),
    [
        ("mixture", "vae_ham", "roc-auc 0.952 [0.900, 0.970] mixture; vae_ham 0.954"),
        ("length", "unigram_ham", "roc-auc 0.830 [0.900, 0.970] length; unigram_ham 0.930"),  # not the best here
        ("wide", "", "roc-auc 0.700 wide"),
        ("undefined", "vae_ham", "roc-auc without labels undefined"),
        ("", "", "roc-auc without labels undefined"),
    ],
)
def test_the_score_of_detection_is_the_best_without_labels_beside_the_best_with_one_class(
    tmp_path: Path, champion: str, picked: str, said: str
) -> None:
    known = {
        "length": detector(0.83),
        "mixture": detector(0.952),
        "undefined": detector(None),
        "wide": detector(0.7) | {"ci95": {"roc_auc": [None, None]}},
        "unigram_ham": detector(0.93, "negative", needs_labels=True),
        "vae_ham": detector(0.954, "negative", needs_labels=True),
        "tfidf": detector(0.998, needs_labels=True),
    }
    folder_with(tmp_path, metrics={"detectors": known, "champion": champion, "picked": picked})
    assert outcome.score(tmp_path) == said
    assert outcome.objective(tmp_path) is None


@pytest.mark.parametrize(
    ("ci95", "said"),
    [
        ({"char_best": [2.3585, 2.4206]}, "bits/char 2.388 [2.358, 2.421] char_best; ngram_5 2.661"),
        ({}, "bits/char 2.388 char_best; ngram_5 2.661"),
    ],
)
def test_the_score_of_characters_is_the_network_and_the_n_grams_that_are_best_on_validation(
    tmp_path: Path, ci95: dict[str, list[float]], said: str
) -> None:
    bits = {"char_lstm": 2.2, "char_best": 2.3881, "ngram_4": 2.6, "ngram_5": 2.661, "bz2": 2.55}
    folder_with(tmp_path, metrics={"bits_per_char": bits, "ci95": ci95, "champion": "char_best", "ngram": "ngram_5"})
    assert outcome.score(tmp_path) == said
    assert outcome.objective(tmp_path) is None


def image_metrics(
    accuracy: float | None, ends: list[float | None], ending: str = "finished", *gone: str, partly: Sequence[str] = ()
) -> dict[str, Any]:
    return {
        "generation": {"class_accuracy": accuracy, "frechet": 4.354}, "real_test": {"class_accuracy": 0.9244},
        "ci95": {"generation": {"class_accuracy": ends, "frechet": [4.2, 4.5]}}, "ending": ending,
        "collapse": [{"class": name, "reason": "draws too much alike"} for name in gone],
        "partial_collapse": [{"class": name, "reason": "leaves out most kinds"} for name in partly],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("metrics", "said"),
    [
        (
            image_metrics(0.8812, [0.875, 0.887]),
            "class accuracy 0.881 [0.875, 0.887], frechet 4.35 [4.20, 4.50]; real 0.924",
        ),
        (
            image_metrics(0.5, [None, None], "diverged", "Bag", "Coat", partly=["Shirt"]),
            "diverged, 2 collapsed, 1 partly collapsed, class accuracy 0.500, frechet 4.35 [4.20, 4.50]; real 0.924",
        ),
        (image_metrics(None, [None, None]), "class accuracy undefined, frechet 4.35 [4.20, 4.50]; real 0.924"),
    ],
)
def test_the_score_of_drawings_is_how_many_show_their_class_beside_real_images(
    tmp_path: Path, metrics: dict[str, Any], said: str
) -> None:
    folder_with(tmp_path, metrics=metrics)
    assert outcome.made_by(tmp_path) == "images"
    assert outcome.score(tmp_path) == said
    assert outcome.objective(tmp_path) is None
