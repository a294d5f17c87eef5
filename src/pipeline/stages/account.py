"""What the accounts of all kinds of run share: their data in `report.json`, and how JSON is written."""

from __future__ import annotations

import json
from collections.abc import Hashable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from pydantic_core import to_jsonable_python

from pipeline.artifacts import Corpus, Embedding, Pool, Rows, Split, Texts, Tokens

DIGITS = 6  # of every figure in metrics.json


def write_json(path: Path, content: Any) -> None:
    """Write JSON in which what is not finite is null."""
    path.write_text(json.dumps(to_jsonable_python(content, inf_nan_mode="null"), indent=1), encoding="utf-8")


def rounded(value: float) -> float | None:
    """A figure as `metrics.json` holds it; None where it is undefined."""
    return round(value, DIGITS) if np.isfinite(value) else None


def stand_ins(corpus: Corpus, texts: Texts, embedding: Embedding | None = None) -> list[str]:
    """What stands in for what; a run that reads no word vectors gives no embedding."""
    said = []
    if corpus.stand_in:
        said.append(f"the embedded sample stands in for the data set {corpus.name}")
    if embedding is not None and embedding.stand_in:
        said.append(f"word vectors trained on the training messages stand in for {embedding.source}")
    if texts.stand_in:
        said.append("scikit-learn's English stop words stand in for NLTK's")
    return said


def opening_facts(
    frame: Mapping[str, Any], dataset: str, stand_ins: Sequence[str], *, family: str, note: str
) -> dict[str, Any]:
    """What `report.json` of every run says first.

    Args:
        frame: of the run, as its manifest has it.
        dataset: its name.
        stand_ins: what stands in for what.
        family: the kind of run.
        note: what its protocol repeats of a source.
    """
    return {
        "experiment": frame["experiment"],
        "protocol": frame["protocol"],
        "reproduce": frame["command"],
        "dataset": dataset,
        "family": family,
        "stand_in": bool(stand_ins),
        "stand_ins": list(stand_ins),
        "protocol_note": note,
    }


def opening_metrics(frame: Mapping[str, Any], dataset: str, *, stand_in: bool, model: str) -> dict[str, Any]:
    """What `metrics.json` of every run says first."""
    return {
        "experiment": frame["experiment"],
        "dataset": dataset,
        "protocol": frame["protocol"],
        "stand_in": stand_in,
        "seed": frame["seed"],
        "model": model,
    }


def run_facts(frame: Mapping[str, Any], corpus: Corpus, texts: Texts, *, family: str, note: str) -> dict[str, Any]:
    """What `report.json` of a run on messages says first; the arguments are those of `opening_facts`."""
    return {
        **opening_facts(frame, corpus.name, stand_ins(corpus, texts), family=family, note=note),
        "classes": {"negative": corpus.negative, "positive": corpus.positive},
        "rows_kept": len(corpus.table),
    }


def run_metrics(frame: Mapping[str, Any], corpus: Corpus, texts: Texts, *, model: str) -> dict[str, Any]:
    """What `metrics.json` of a run on messages says first."""
    return opening_metrics(frame, corpus.name, stand_in=bool(stand_ins(corpus, texts)), model=model)


def data_facts(
    frame: Mapping[str, Any],
    corpus: Corpus,
    pool: Pool,
    split: Split,
    tokens: Tokens,
    embedding: Embedding,
    training_parts: Mapping[str, Sequence[int]],
) -> dict[str, Any]:
    """What `report.json` says of the data and the vectors; `training_parts` are counts by name, of each class."""
    return {
        "experiment": frame["experiment"],
        "protocol": frame["protocol"],
        "reproduce": frame["command"],
        "dataset": corpus.name,
        "classes": {"negative": corpus.negative, "positive": corpus.positive},
        "rows_kept": len(corpus.table),
        "counts": list(_part_counts(split, training_parts)),
        "duplicates": duplicate_facts(pool, split),
        "text": _text_facts(split, tokens),
        "vectors": _vector_facts(embedding),
        "validation_is_test": split.validation_is_test,
    }


def duplicate_facts(pool: Pool, split: Split) -> dict[str, Any]:
    """What `report.json` says of copies and near-duplicates."""
    return {
        "exact": pool.num_exact,
        "near": pool.num_near,
        "leakage_percent": split.leakage_percent,
        "random_leakage_percent": split.random_leakage_percent,
    }


def missing_words(embedding: Embedding, limit: int) -> list[dict[Hashable, Any]]:
    """The commonest words without a vector, for `report.json`."""
    return embedding.missing.head(limit).to_dict("records")


def class_counts(split: Split, rows: Rows) -> list[int]:
    """Messages of the negative and of the positive class among some rows."""
    return np.bincount(split.labels[rows], minlength=2).tolist()


def part_counts(split: Split) -> list[dict[str, Any]]:
    """Messages of each class in each part."""
    return list(_part_counts(split, {"train": class_counts(split, split.train)}))


def _part_counts(split: Split, training_parts: Mapping[str, Sequence[int]]) -> Iterator[dict[str, Any]]:
    held = {"validation": class_counts(split, split.validation), "test": class_counts(split, split.test)}
    for name, (negative, positive) in {**training_parts, **held}.items():
        yield {"part": name, "negative": negative, "positive": positive}


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
