"""Small synthetic run folders that a comparison can be made of; predictions are made up, all else follows from them."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml
from numpy.typing import NDArray
from pydantic_core import to_jsonable_python

from pipeline.comparison.compare import compare_runs
from pipeline.evaluation.judge import judge
from pipeline.reporting.comparison.facts import Comparison, Variant
from pipeline.reporting.folder import COMPARISON, read_json

Compare = Callable[..., Comparison]

NUM_MESSAGES = 600
DESCRIPTIONS = {name: f"what {name} is" for name in ("model", "tfidf", "tfidf_all_rows", "majority")}


@dataclass(frozen=True)
class Sample:
    """A run to be made up."""

    model: str = "gru"
    sampling: str = "undersample"
    units: int = 100
    learning_rate: float = 0.001
    seed: int = 0
    fold: int | None = None
    protocol: str = "clean"
    dataset: str = "enron_spam"
    skill: float = 2.0
    stand_in: bool = False
    status: str = "finished"
    minute: int = 0
    resamples: int = 200
    choices: tuple[tuple[str, str], ...] = ()
    overrides: tuple[str, ...] = ()
    test_share: float = 0.25


def write_run(folder: Path, sample: Sample) -> Path:
    """Write the files of a run folder that a comparison reads; the folder."""
    (folder / "tables").mkdir(parents=True)
    predictions, groups, num_train = _predict(sample)
    scores = judge(
        predictions, DESCRIPTIONS, groups, main="model", threshold="f1", resamples=sample.resamples, seed=sample.seed
    )
    predictions.insert(2, "group", groups)
    predictions.to_parquet(folder / "predictions.parquet", index=False)
    tables = {name: getattr(scores, name) for name in ("roc", "precision_recall", "calibration", "thresholds")}
    tables |= {"history": _history(sample), "lengths": pd.DataFrame({"words": [5], "label": [0]})}
    for name, table in (tables | {"coverage": pd.DataFrame()}).items():
        table.to_parquet(folder / "tables" / f"{name}.parquet", index=False)
    (folder / "config.yaml").write_text(yaml.safe_dump(_config(sample)), encoding="utf-8")
    models = {name: asdict(judged) for name, judged in scores.models.items()}
    write_json(folder / "report.json", _report(sample, predictions, num_train) | {"models": models})
    write_json(folder / "manifest.json", _manifest(sample))
    return folder


def write_json(path: Path, content: Any) -> None:
    path.write_text(json.dumps(to_jsonable_python(content, inf_nan_mode="null"), indent=1), encoding="utf-8")


def stream(*names: object) -> np.random.Generator:
    """Random numbers that depend on the names alone."""
    return np.random.default_rng(zlib.crc32(repr(names).encode()))


def _predict(sample: Sample) -> tuple[pd.DataFrame, NDArray[np.int64], int]:
    """Predictions on validation and test messages, their groups, and the number of training messages."""
    labels = (stream(sample.dataset).random(NUM_MESSAGES) < 0.3).astype(np.int8)
    order = stream(sample.dataset, sample.protocol, sample.seed).permutation(NUM_MESSAGES)
    if sample.fold is None:
        test, rest = np.split(order, [round(NUM_MESSAGES * sample.test_share)])
    else:
        folds = np.array_split(order, 5)
        test = folds[sample.fold]
        rest = np.concatenate([fold for i, fold in enumerate(folds) if i != sample.fold])
    validation, train = np.split(rest, [90])
    rows = np.concatenate([np.sort(validation), np.sort(test)])
    common = ("baseline", sample.dataset, sample.protocol, sample.seed, sample.fold)
    tfidf_all = _scores(labels[rows], 3.0, *common)
    is_undersampled = sample.sampling == "undersample"
    table = pd.DataFrame({
        "part": ["validation"] * len(validation) + ["test"] * len(test), "row": rows, "label": labels[rows],
        "model": _scores(labels[rows], sample.skill, sample.model, sample.units, sample.learning_rate, *common),
        "tfidf": _scores(labels[rows], 2.5, "same rows", *common) if is_undersampled else tfidf_all,
        "tfidf_all_rows": tfidf_all, "majority": 0.3,
    })  # fmt: skip
    return table, rows // 2, len(train)  # every two neighbours are near-duplicates


def _scores(labels: NDArray[np.int8], skill: float, *names: object) -> NDArray[np.float64]:
    noise = stream(*names).logistic(size=len(labels))
    return 1 / (1 + np.exp(-(2 * skill * (labels - 0.5) + noise)))


def _history(sample: Sample) -> pd.DataFrame:
    epochs = np.arange(1, 4)
    loss = 0.7 * 0.6**epochs
    return pd.DataFrame({
        "epoch": epochs, "loss": loss, "recall": 1 - loss, "val_loss": loss + 0.1, "val_recall": 0.9 - loss,
        "val_f1": 0.85 - loss, "val_pr_auc": 0.9 - loss, "learning_rate": sample.learning_rate, "seconds": 4.0,
    })  # fmt: skip


def _config(sample: Sample) -> dict[str, Any]:
    is_fold = sample.fold is not None
    return {
        "name": f"experiment_{sample.model}", "seed": sample.seed, "protocol": sample.protocol, "flow": "classify",
        "source": "enron_report", "outputs": "outputs",
        "dataset": {"name": sample.dataset, "path": None, "source": {"url": "somewhere"}},
        "split": {"test_share": None if is_fold else sample.test_share, "num_folds": 5 if is_fold else None,
                  "fold": sample.fold, "validation": "own"},
        "model": {"build": {"_target_": f"pipeline.models.classifiers.build_{sample.model}", "units": sample.units}},
        "training": {"learning_rate": sample.learning_rate, "layers": [1, 2]},
        "sampling": {"strategy": sample.sampling}, "report": {"num_errors": 20},
    }  # fmt: skip


def _report(sample: Sample, predictions: pd.DataFrame, num_train: int) -> dict[str, Any]:
    positives = predictions.groupby("part")["label"].sum()
    sizes = predictions["part"].value_counts()
    parts = [{"part": part, "negative": int(sizes[part] - positives[part]), "positive": int(positives[part])}
             for part in ("validation", "test")]  # fmt: skip
    return {
        "experiment": f"experiment_{sample.model}", "dataset": sample.dataset, "protocol": sample.protocol,
        "stand_in": sample.stand_in, "stand_ins": [], "classes": {"negative": "ham", "positive": "spam"},
        "counts": [{"part": "train", "negative": num_train - 100, "positive": 100}, *parts],
        "duplicates": {"exact": 0, "near": 0, "leakage_percent": 0, "random_leakage_percent": 0},
        "text": {"vocabulary": 100, "max_length": 20, "truncated_percent": 0, "unknown_percent": {}, "padding": "post"},
        "vectors": {"source": "learned", "stand_in": False, "connected": True, "trainable": True, "dim": 50},
        "training": {"model": sample.model, "params": 1000 + sample.units, "epochs": 3, "kept_epoch": 2,
                     "kept_by": "best", "stopped_early": False, "sampling": {"prior": 0.3, "sampled_prior": 0.5}},
        "threshold_from": "chosen on validation", "resamples": sample.resamples, "validation_is_test": False,
        "errors": [], "missing_words": [], "reproduce": "python -m pipeline", "headline": "a line",
    }  # fmt: skip


def _manifest(sample: Sample) -> dict[str, Any]:
    split = "holdout" if sample.fold is None else "kfold"
    choices = {"dataset": sample.dataset, "model": sample.model, "embedding": "learned", "sampling": sample.sampling,
               "split": split, "training": "tuned", "protocol": sample.protocol, "source": "enron_report",
               "experiment": f"experiment_{sample.model}"}  # fmt: skip
    corpus = {"name": "locate_corpus", "path": "messages.csv", "sha256": f"{zlib.crc32(sample.dataset.encode()):064x}",
              "origin": "data_dir", "verified": True}  # fmt: skip
    return {
        "experiment": f"experiment_{sample.model}", "protocol": sample.protocol, "source": "enron_report",
        "status": sample.status, "started": f"2025-03-04T05:{sample.minute:02d}:07+00:00", "seconds": 30.0,
        "seed": sample.seed, "stand_in": sample.stand_in, "command": f"python -m pipeline seed={sample.seed}",
        "overrides": list(sample.overrides), "choices": choices | dict(sample.choices), "git_commit": None,
        "git_dirty": None, "python": "3.11", "platform": "Linux", "cpu_count": 2, "versions": {}, "data": [corpus],
        "rows": [], "stages": [],
    }  # fmt: skip


def compare_again(folders: list[Path], output: Path) -> Comparison:
    compare_runs(folders, output, "A comparison")
    return read_json(output / "comparison.json", Comparison, COMPARISON)


def models(comparison: Comparison) -> dict[str, Variant]:
    return {variant.name: variant for variant in comparison.variants if not variant.is_baseline}


def baselines(comparison: Comparison) -> list[str]:
    return [variant.name for variant in comparison.variants if variant.is_baseline]


def folds(sample: Sample) -> Iterator[Sample]:
    return (replace(sample, fold=fold) for fold in range(5))


def seeds(sample: Sample, number: int = 5) -> Iterator[Sample]:
    return (replace(sample, seed=seed) for seed in range(number))
