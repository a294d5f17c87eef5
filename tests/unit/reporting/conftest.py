"""A small synthetic run folder, as the classification flow would leave it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from pipeline.reporting.facts import Report
from pipeline.reporting.folder import read_run
from pipeline.reporting.html import draw_report

METRICS = ("accuracy", "precision", "recall", "f1", "mcc", "roc_auc", "pr_auc", "brier", "ece",
           "recall_at_fpr_1", "recall_at_fpr_01")  # fmt: skip
COMMAND = "python -m pipeline +experiment=gru_glove seed=7"
SKILL = {"model": 4.2, "tfidf": 4.9, "tfidf_all_rows": 5.2, "majority": 0.0}
CONFIG = """\
name: gru_glove
protocol: {protocol}
seed: 7
dataset: {{name: enron_spam, path: null, checksums: []}}
preprocess:
  clean: {{lower: true, contractions: split, stop_words: none}}
  tokenise: {{max_length: 250, padding: post}}
model:
  build:
    _target_: pipeline.models.classifiers.build_gru
    units: 100
    dropout: 0.2
training: {{epochs: 20, learning_rate: 0.001, class_weights: 'off'}}
baselines: {{ngrams: [1, 2], folds: [{{first: 1}}, {{first: 2}}]}}
"""


@dataclass(frozen=True)
class Made:
    """What a synthetic run is made from: the cases that a report must live through."""

    protocol: str = "clean"
    stand_in: bool = False
    negatives: int = 867
    positives: int = 272
    epochs: int = 9
    has_coverage: bool = True
    has_errors: bool = True
    is_undefined: bool = False
    long_tail: int = 9_000
    text: str = "subject: <script>alert('x')</script> cheap & cheerful \u202eoffer\x01"


@pytest.fixture(scope="session")
def clean_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A drawn run like those on the real data; not to be changed."""
    folder = tmp_path_factory.mktemp("clean") / "run"
    write_run(folder, Made())
    draw_report(folder)
    return folder


@pytest.fixture(scope="session")
def edge_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A drawn run in which all is unusual at once; not to be changed."""
    folder = tmp_path_factory.mktemp("edge") / "run"
    odd = Made("published", stand_in=True, negatives=14, positives=3, epochs=1, has_coverage=False, has_errors=False,
               is_undefined=True, long_tail=200_000)  # fmt: skip
    write_run(folder, odd)
    draw_report(folder)
    return folder


@pytest.fixture(scope="session")
def report(clean_run: Path) -> Report:
    """What the clean run came to."""
    return read_run(clean_run).report


@pytest.fixture
def run_copy(clean_run: Path, tmp_path: Path) -> Path:
    """A copy of the clean run, to be changed."""
    return Path(shutil.copytree(clean_run, tmp_path / "run", ignore=shutil.ignore_patterns("figures", "report.html")))


def write_run(folder: Path, made: Made) -> None:
    """Write every file of a run folder that a report reads."""
    rng = np.random.default_rng(11)
    (folder / "tables").mkdir(parents=True)
    labels = np.repeat(np.array([0, 1], dtype=np.int8), [made.negatives, made.positives])
    scores = {name: _scores(rng, labels, skill) for name, skill in SKILL.items()}
    for name, table in _tables(rng, labels, scores, made).items():
        table.to_parquet(folder / "tables" / f"{name}.parquet", index=False)
    (folder / "config.yaml").write_text(CONFIG.format(protocol=made.protocol), encoding="utf-8")
    write_json(folder / "manifest.json", _manifest(made))
    write_json(folder / "report.json", _report(labels, scores, made))


def write_json(path: Path, content: Any) -> None:
    path.write_text(json.dumps(content, indent=1), encoding="utf-8")


def _scores(rng: np.random.Generator, labels: NDArray[np.int8], skill: float) -> NDArray[np.float64]:
    noise = rng.logistic(size=len(labels)) if skill else np.zeros(len(labels))
    return 1 / (1 + np.exp(-(2 * skill * (labels - 0.55) + 1.1 * noise)))


def _tables(
    rng: np.random.Generator, labels: NDArray[np.int8], scores: dict[str, NDArray[np.float64]], made: Made
) -> dict[str, pd.DataFrame]:
    epochs = np.arange(1, made.epochs + 1)
    groups = ["all", "negative", "positive"] if made.has_coverage else []
    lengths = np.concatenate([rng.lognormal(np.where(labels, 4.6, 5.0), 0.9).astype(int), [0, made.long_tail]])
    grid = np.linspace(0, 1, 201)
    called = [_confusion(labels, scores["model"], float(threshold)) for threshold in grid]
    precision, recall = (np.array([_ratio(c["tp"], c["tp"] + c[other]) for c in called]) for other in ("fp", "fn"))
    return {
        "history": pd.DataFrame({
            "epoch": epochs, "loss": 0.7 * 0.6**epochs + 0.02, "recall": 1 - 0.5 * 0.6**epochs,
            "val_loss": 0.6 * 0.6**epochs + 0.03 + 0.012 * epochs, "val_recall": 0.95 - 0.45 * 0.55**epochs,
            "val_f1": 0.94 - 0.4 * 0.55**epochs, "learning_rate": 1e-3, "seconds": 4.0,
        }),
        "lengths": pd.DataFrame({"words": lengths, "label": np.append(labels, [0, 0])}),
        "roc": _by_model(labels, scores, _roc),
        "precision_recall": _by_model(labels, scores, _precision_recall),
        "calibration": _by_model(labels, scores, _calibration),
        "thresholds": pd.DataFrame({
            "threshold": grid, "precision": precision, "recall": recall,
            "f1": 2 * precision * recall / np.maximum(precision + recall, 1e-9),
        }),
        "coverage": pd.DataFrame({
            "group": groups, "tokens_percent": [97.43, 97.9, 95.02][: len(groups)],
            "kinds_percent": [70.72, 74.1, 61.3][: len(groups)],
        }),
    }  # fmt: skip


def _by_model(
    labels: NDArray[np.int8],
    scores: dict[str, NDArray[np.float64]],
    table: Callable[[NDArray[np.int8], NDArray[np.float64]], pd.DataFrame],
) -> pd.DataFrame:
    return pd.concat([table(labels, values).assign(model=name) for name, values in scores.items()], ignore_index=True)


def _steps(labels: NDArray[np.int8], scores: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """True and false positives above each distinct score, highest first."""
    order = np.argsort(-scores, kind="stable")
    last = np.append(np.diff(scores[order]) != 0, True)
    hits = np.cumsum(labels[order], dtype=np.int64)[last]
    return hits, np.flatnonzero(last) + 1 - hits


def _roc(labels: NDArray[np.int8], scores: NDArray[np.float64]) -> pd.DataFrame:
    hits, false = _steps(labels, scores)
    negatives, positives = int((labels == 0).sum()), int(labels.sum())
    return pd.DataFrame({
        "false_positive_rate": np.append(0, false) / max(negatives, 1),
        "recall": np.append(0, hits) / max(positives, 1),
    })  # fmt: skip


def _precision_recall(labels: NDArray[np.int8], scores: NDArray[np.float64]) -> pd.DataFrame:
    hits, false = _steps(labels, scores)
    return pd.DataFrame({
        "recall": np.append(0, hits / max(int(labels.sum()), 1)),
        "precision": np.append(1, hits / (hits + false)),
    })  # fmt: skip


def _calibration(labels: NDArray[np.int8], scores: NDArray[np.float64]) -> pd.DataFrame:
    bins = pd.DataFrame({"predicted": scores, "observed": labels, "bin": np.minimum((10 * scores).astype(int), 9)})
    grouped = bins.groupby("bin").agg(
        predicted=("predicted", "mean"), observed=("observed", "mean"), count=("bin", "size")
    )
    return grouped.reset_index(drop=True)


def _confusion(labels: NDArray[np.int8], scores: NDArray[np.float64], threshold: float) -> dict[str, int]:
    called, truth = scores >= threshold, labels == 1
    return {
        "tn": int((~called & ~truth).sum()), "fp": int((called & ~truth).sum()),
        "fn": int((~called & truth).sum()), "tp": int((called & truth).sum()),
    }  # fmt: skip


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole else 0.0


def _metrics(labels: NDArray[np.int8], scores: NDArray[np.float64], threshold: float) -> dict[str, float]:
    c = _confusion(labels, scores, threshold)
    precision, recall = _ratio(c["tp"], c["tp"] + c["fp"]), _ratio(c["tp"], c["tp"] + c["fn"])
    roc = _roc(labels, scores)
    rate, caught = roc["false_positive_rate"].to_numpy(), roc["recall"].to_numpy()
    curve = _precision_recall(labels, scores)
    f1 = _ratio(2 * precision * recall, precision + recall)
    values = (
        _ratio(c["tp"] + c["tn"], len(labels)), precision, recall, f1, max(1.05 * f1 - 0.08, 0),
        float(np.trapezoid(caught, rate)), float(np.sum(np.diff(curve["recall"]) * curve["precision"].to_numpy()[1:])),
        float(np.mean((scores - labels) ** 2)), 0.021,
        float(np.interp(0.01, rate, caught)), float(np.interp(0.001, rate, caught)),
    )  # fmt: skip
    return dict(zip(METRICS, values, strict=True))


def _report(labels: NDArray[np.int8], scores: dict[str, NDArray[np.float64]], made: Made) -> dict[str, Any]:
    main = _metrics(labels, scores["model"], 0.43)
    models = {name: _judged(labels, values, name, main, made) for name, values in scores.items()}
    long_text = " ".join(["limited time offer: click the link below to claim your prize"] * 400)
    errors = [
        {"row": 12, "label": 0, "score": 0.9987, "text": made.text},
        {"row": 4071, "label": 1, "score": 0.0021, "text": long_text},
        {"row": 77, "label": 1, "score": 0.13, "text": "re: meeting at ten, please bring the figures"},
    ]  # fmt: skip
    return {
        "experiment": "gru_glove", "dataset": "enron_spam", "protocol": made.protocol, "stand_in": made.stand_in,
        "stand_ins": ["the embedded sample stands in for the data set enron_spam"] if made.stand_in else [],
        "headline": "enron_spam: F1 0.951", "classes": {"negative": "ham", "positive": "spam"}, "rows_kept": 5695,
        "counts": [
            {"part": "train", "negative": 2834, "positive": 890},
            {"part": "train, fitted on", "negative": 890, "positive": 890},
            {"part": "validation", "negative": 626, "positive": 206},
            {"part": "test", "negative": made.negatives, "positive": made.positives},
        ],
        "duplicates": {"exact": 33, "near": 412, "leakage_percent": 0.0, "random_leakage_percent": 5.83},
        "text": {
            "vocabulary": 21_304, "max_length": 250, "truncated_percent": 22.4, "padding": "post",
            "unknown_percent": {"train": 0.0, "validation": 3.1, "test": 3.3},
        },
        "vectors": {"source": "glove", "stand_in": made.stand_in, "connected": True, "trainable": True, "dim": 50},
        "training": {
            "model": "gru", "params": 1_110_701, "epochs": made.epochs, "kept_epoch": min(6, made.epochs),
            "kept_by": "best", "stopped_early": made.epochs > 1,
            "sampling": {"prior": 0.239, "sampled_prior": 0.5},
        },
        "threshold_from": "highest F1 on the validation part", "resamples": 2000,
        "validation_is_test": made.protocol == "published", "models": models,
        "errors": errors if made.has_errors else [],
        "missing_words": [{"word": f"word{n}'s", "count": 900 // n} for n in range(1, 25)] if made.has_coverage else [],
        "reproduce": COMMAND,
    }  # fmt: skip


def _judged(
    labels: NDArray[np.int8], scores: NDArray[np.float64], name: str, main: dict[str, float], made: Made
) -> dict[str, Any]:
    threshold = 0.6 if name == "majority" else 0.43
    values = _metrics(labels, scores, threshold)
    undefined = {"precision", "mcc"} if name == "majority" else set()
    undefined |= {"roc_auc", "recall_at_fpr_1", "f1"} if made.is_undefined else set()
    width = 1.2 / np.sqrt(len(labels))

    def estimate(key: str, value: float, margin: float) -> dict[str, float | None]:
        if key in undefined:
            return {"value": None, "low": None, "high": None}
        low, high = (-1, 1) if name != "model" and margin == width / 2 else (0, 1)
        return {"value": value, "low": max(value - margin, low), "high": min(value + margin, high)}

    return {
        "description": f"what {name} is and which rows it was fitted on", "threshold": threshold,
        "metrics": {key: estimate(key, value, width * (0.2 + 1 - value)) for key, value in values.items()},
        "confusion": _confusion(labels, scores, threshold),
        "difference": {} if name == "model" else {
            key: estimate(key, value - main[key], width / 2) for key, value in values.items()
        },
    }  # fmt: skip


def _manifest(made: Made) -> dict[str, Any]:
    files = (
        ("locate_corpus", "enron_spam/emails.csv.zip", "data_dir", True),
        ("locate_vectors", "glove.6B.50d.txt.gz", "path", None),
    )
    changes = (
        ("clean_corpus", "altered", "control characters removed", 412, 3),
        ("pool_messages", "dropped", "same text as an earlier message", 33, 1402),
    )
    stages = (
        ("locate_corpus", "found", "enron_spam/emails.csv.zip", 0.01, 120.0),
        ("load_corpus", "reused", "same settings, inputs and code", 0.3, 310),
        ("fit_classifier", "computed", "model.build.units 50 -> 100", 214.7, 1250),
    )
    return {
        "experiment": "gru_glove",
        "protocol": made.protocol,
        "status": "reporting",
        "started": "2025-03-04T05:06:07+00:00",
        "seconds": 301.2,
        "seed": 7,
        "stand_in": made.stand_in,
        "command": COMMAND,
        "git_commit": "5db857e6f7df11eabb5e5665836db9ec8df07e28",
        "git_dirty": True,
        "python": "3.11.9",
        "platform": "Linux-6.1-x86_64",
        "cpu_count": 2,
        "versions": {"keras": "3.15.0", "numpy": "2.4.6", "pandas": "3.1.1"},
        "data": [
            {"name": name, "path": path, "sha256": "0883a4c4" * 8, "origin": origin, "verified": verified}
            for name, path, origin, verified in files
        ],
        "rows": [dict(zip(("stage", "action", "reason", "rows", "first_row"), row, strict=True)) for row in changes],
        "stages": [
            {"stage": stage, "key": "5f" * 32, "status": status, "reason": why, "seconds": time, "peak_memory_mb": peak}
            for stage, status, why, time, peak in stages
        ],
    }
