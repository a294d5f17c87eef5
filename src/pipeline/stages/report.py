"""Write down what a classification run came to, then draw its report from those files alone."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import pandas as pd
from pydantic import Field

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
from pipeline.stages.account import class_counts, data_facts, missing_words, rounded, stand_ins, write_json


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
    write_json(folder / "metrics.json", _metrics(outcome))
    facts = _facts(outcome) | {
        "errors": _errors(outcome, table, num_errors),
        "missing_words": missing_words(embedding, num_missing_words),
    }
    write_json(folder / "report.json", facts)
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
    measured = {key: rounded(float(value[0])) for key, value in measure(labels, scores, threshold).items()}
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
        "validation": measured | {"threshold": rounded(threshold)},
    }
    write_json(folder / "metrics.json", content)
    said = ", ".join(f"{name} {measured[name]:.3f}" for name in ("f1", "pr_auc"))
    return f"{corpus.name}, validation part alone: {said}"


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
        "ci95": {name: [rounded(i.low), rounded(i.high)] for name, i in main.items()},
        "baselines": {name: _values(model) for name, model in models.items() if name != "model"},
    }


def _values(model: Evaluated) -> dict[str, float | None]:
    return {name: rounded(interval.value) for name, interval in model.metrics.items()}


def _facts(outcome: Outcome) -> dict[str, Any]:
    """What the report says beside metrics, errors and tables."""
    split, scores = outcome.split, outcome.scores
    parts = {"train": class_counts(split, split.train), "train, fitted on": outcome.fitted.fitted_on}
    return {
        **data_facts(outcome.frame, outcome.corpus, outcome.pool, split, outcome.tokens, outcome.embedding, parts),
        "headline": outcome.headline,
        "stand_in": bool(outcome.stand_ins),
        "stand_ins": outcome.stand_ins,
        "training": _training_facts(outcome.fitted, outcome.sample),
        "threshold_from": scores.threshold_from,
        "resamples": scores.resamples,
        "models": {name: asdict(model) for name, model in scores.models.items()},
    }


def _training_facts(fitted: Fitted, sample: Sample) -> dict[str, Any]:
    return {
        "model": fitted.name,
        "params": fitted.num_params,
        "epochs": len(fitted.history),
        "kept_epoch": fitted.kept_epoch,
        "kept_by": fitted.kept_by,
        "stopped_early": fitted.stopped_early,
        "num_synthetic": fitted.num_synthetic,
        "sampling": {"prior": sample.prior, "sampled_prior": fitted.positive_share},
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
