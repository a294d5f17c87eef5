"""Write down what a classification run came to, then draw its report from those files alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import pandas as pd
from pydantic import Field
from pydantic_core import to_jsonable_python

from pipeline.artifacts import (
    Corpus,
    Embedding,
    Evaluated,
    Fitted,
    Pool,
    Predictions,
    Sample,
    Scores,
    Split,
    Texts,
    Tokens,
)
from pipeline.evaluation.metrics import measure
from pipeline.evaluation.thresholds import highest_f1_threshold
from pipeline.ranges import Count
from pipeline.reporting.html import draw_report

DIGITS = 6  # of every figure in metrics.json


@dataclass(frozen=True)
class Outcome:
    """All artifacts of a run, and the frame of the run as its manifest has it."""

    frame: dict[str, Any]
    corpus: Corpus
    texts: Texts
    pool: Pool
    split: Split
    sample: Sample
    tokens: Tokens
    embedding: Embedding
    fitted: Fitted
    predictions: Predictions
    baselines: Predictions
    scores: Scores

    @property
    def stand_ins(self) -> list[str]:
        """What stands in for what."""
        return stand_ins(self.corpus, self.texts, self.embedding)

    @property
    def headline(self) -> str:
        """The result in one line."""
        main = self.scores.models["model"].metrics
        said = [f"{key} {main[key].value:.3f} [{main[key].low:.3f}, {main[key].high:.3f}]" for key in ("f1", "recall")]
        rivals = {name: model.metrics["f1"].value for name, model in self.scores.models.items() if name != "model"}
        best = max(rivals, key=rivals.__getitem__)
        mark = "STAND-IN DATA, " if self.stand_ins else ""
        return f"{mark}{self.corpus.name}: {', '.join(said)}; best baseline {best}, f1 {rivals[best]:.3f}"


def classification_report(
    corpus: Corpus,
    texts: Texts,
    pool: Pool,
    split: Split,
    sample: Sample,
    tokens: Tokens,
    embedding: Embedding,
    fitted: Fitted,
    predictions: Predictions,
    baselines: Predictions,
    scores: Scores,
    *,
    num_errors: Annotated[int, Field(ge=2)],
    num_missing_words: Count,
    folder: Path,
) -> str:
    """Write `metrics.json`, `predictions.parquet`, `report.json` and `tables/`, draw the report; the headline.

    Reads the frame of the run (experiment, protocol, seed) from the `manifest.json` in `folder`.
    """
    frame = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    outcome = Outcome(
        frame, corpus, texts, pool, split, sample, tokens, embedding, fitted, predictions, baselines, scores
    )
    table = predictions.join(baselines)
    table.insert(2, "group", split.groups[table["row"].to_numpy(np.int64)])
    table.to_parquet(folder / "predictions.parquet", index=False)
    (folder / "tables").mkdir(exist_ok=True)
    for name, content in _tables(outcome).items():
        content.to_parquet(folder / "tables" / f"{name}.parquet", index=False)
    _write_json(folder / "metrics.json", _metrics(outcome))
    facts = _facts(outcome) | {
        "errors": _errors(outcome, table, num_errors),
        "missing_words": embedding.missing.head(num_missing_words).to_dict("records"),
    }
    _write_json(folder / "report.json", facts)
    draw_report(folder)
    return outcome.headline


def validation_report(
    corpus: Corpus, texts: Texts, embedding: Embedding, fitted: Fitted, predictions: Predictions, *, folder: Path
) -> str:
    """Write `metrics.json` and `predictions.parquet` of the validation part; the headline."""
    frame = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    table = predictions.table
    labels, scores = table["label"].to_numpy(), table["model"].to_numpy()
    threshold = highest_f1_threshold(labels, scores)
    measured = {key: _rounded(float(value[0])) for key, value in measure(labels, scores, threshold).items()}
    table.to_parquet(folder / "predictions.parquet", index=False)
    content = {
        "experiment": frame["experiment"],
        "dataset": corpus.name,
        "protocol": frame["protocol"],
        "stand_in": bool(stand_ins(corpus, texts, embedding)),
        "seed": frame["seed"],
        "model": fitted.name,
        "params": fitted.num_params,
        "epoch": fitted.kept_epoch,
        "validation": measured | {"threshold": _rounded(threshold)},
    }
    _write_json(folder / "metrics.json", content)
    said = ", ".join(f"{name} {measured[name]:.3f}" for name in ("f1", "pr_auc"))
    return f"{corpus.name}, validation part alone: {said}"


def stand_ins(corpus: Corpus, texts: Texts, embedding: Embedding) -> list[str]:
    """What stands in for what."""
    said = []
    if corpus.stand_in:
        said.append(f"the embedded sample stands in for the data set {corpus.name}")
    if embedding.stand_in:
        said.append(f"word vectors trained on the training messages stand in for {embedding.source}")
    if texts.stand_in:
        said.append("scikit-learn's English stop words stand in for NLTK's")
    return said


def _metrics(outcome: Outcome) -> dict[str, Any]:
    """Results only, nothing that two equal runs could differ in."""
    models = outcome.scores.models
    main = models["model"].metrics
    return {
        "experiment": outcome.frame["experiment"],
        "dataset": outcome.corpus.name,
        "protocol": outcome.frame["protocol"],
        "stand_in": bool(outcome.stand_ins),
        "seed": outcome.frame["seed"],
        "model": outcome.fitted.name,
        "params": outcome.fitted.num_params,
        "test": _values(models["model"]),
        "ci95": {name: [_rounded(i.low), _rounded(i.high)] for name, i in main.items()},
        "baselines": {name: _values(model) for name, model in models.items() if name != "model"},
    }


def _values(model: Evaluated) -> dict[str, float | None]:
    return {name: _rounded(interval.value) for name, interval in model.metrics.items()}


def _rounded(value: float) -> float | None:
    return round(value, DIGITS) if np.isfinite(value) else None


def _facts(outcome: Outcome) -> dict[str, Any]:
    """What the report says beside metrics, errors and tables."""
    corpus, pool, split, scores = outcome.corpus, outcome.pool, outcome.split, outcome.scores
    return {
        "experiment": outcome.frame["experiment"],
        "protocol": outcome.frame["protocol"],
        "reproduce": outcome.frame["command"],
        "dataset": corpus.name,
        "headline": outcome.headline,
        "stand_in": bool(outcome.stand_ins),
        "stand_ins": outcome.stand_ins,
        "classes": {"negative": corpus.negative, "positive": corpus.positive},
        "rows_kept": len(corpus.table),
        "counts": list(_class_counts(split, outcome.sample)),
        "duplicates": {
            "exact": pool.num_exact,
            "near": pool.num_near,
            "leakage_percent": split.leakage_percent,
            "random_leakage_percent": split.random_leakage_percent,
        },
        "text": _text_facts(split, outcome.tokens),
        "vectors": _vector_facts(outcome.embedding),
        "training": _training_facts(outcome.fitted, outcome.sample),
        "threshold_from": scores.threshold_from,
        "resamples": scores.resamples,
        "validation_is_test": split.validation_is_test,
        "models": {name: asdict(model) for name, model in scores.models.items()},
    }


def _class_counts(split: Split, sample: Sample) -> Iterator[dict[str, Any]]:
    parts = {"train": split.train, "train, fitted on": sample.rows, "validation": split.validation, "test": split.test}
    for name, rows in parts.items():
        positive = int(split.labels[rows].sum())
        yield {"part": name, "negative": len(rows) - positive, "positive": positive}


def _text_facts(split: Split, tokens: Tokens) -> dict[str, Any]:
    max_length = tokens.ids.shape[1]
    return {
        "vocabulary": len(tokens.vocabulary) - tokens.num_reserved,
        "max_length": max_length,
        "truncated_percent": 100 * float((tokens.lengths[split.used] > max_length).mean()),
        "unknown_percent": tokens.unknown_percent,
        "padding": tokens.padding,
    }


def _vector_facts(embedding: Embedding) -> dict[str, Any]:
    names = ("source", "stand_in", "connected", "trainable")
    return {name: getattr(embedding, name) for name in names} | {"dim": embedding.matrix.shape[1]}


def _training_facts(fitted: Fitted, sample: Sample) -> dict[str, Any]:
    return {
        "model": fitted.name,
        "params": fitted.num_params,
        "epochs": len(fitted.history),
        "kept_epoch": fitted.kept_epoch,
        "kept_by": fitted.kept_by,
        "stopped_early": fitted.stopped_early,
        "sampling": {"prior": sample.prior, "sampled_prior": sample.sampled_prior},
    }


def _errors(outcome: Outcome, table: pd.DataFrame, limit: int) -> list[dict[str, Any]]:
    """The test messages that the model is most wrong about, most confident first: half of the list for each kind.

    Of near-duplicates only the first is shown.
    """
    test = table[table["part"] == "test"]
    called = test["model"] >= outcome.scores.models["model"].threshold
    wrong = test[called != (test["label"] == 1)]
    confidence = np.where(wrong["label"] == 1, 1 - wrong["model"], wrong["model"])
    wrong = wrong.assign(confidence=confidence).sort_values(["confidence", "row"], ascending=[False, True])
    worst = wrong.drop_duplicates(["group", "label"]).groupby("label").head(limit // 2)
    source = outcome.corpus.table.iloc[worst["row"]]
    return [
        {"row": int(row), "label": int(label), "score": float(score), "text": text}
        for row, label, score, text in zip(source["row"], worst["label"], worst["model"], source["text"], strict=True)
    ]


def _tables(outcome: Outcome) -> dict[str, pd.DataFrame]:
    """What the figures are drawn from."""
    used, scores = outcome.split.used, outcome.scores
    return {
        "history": outcome.fitted.history,
        "lengths": pd.DataFrame({"words": outcome.tokens.lengths[used], "label": outcome.split.labels[used]}),
        "roc": scores.roc,
        "precision_recall": scores.precision_recall,
        "calibration": scores.calibration,
        "thresholds": scores.thresholds,
        "coverage": outcome.embedding.coverage,
    }


def _write_json(path: Path, content: Any) -> None:
    path.write_text(json.dumps(to_jsonable_python(content, inf_nan_mode="null"), indent=1), encoding="utf-8")
