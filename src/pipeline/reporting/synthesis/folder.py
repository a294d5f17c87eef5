"""Read the folder of a synthesis run: files in, checked dataclasses and tables out."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from pipeline.reporting.facts import Manifest
from pipeline.reporting.folder import read_frame, read_tables
from pipeline.reporting.synthesis.facts import SynthesisReport

BOUNDS = ("value", "low", "high")
COLUMNS = {
    "history": ("model", "epoch", "loss", "squared_error", "kl", "val_loss", "val_squared_error", "val_kl", "beta"),
    "latents": ("part", "label", "pca_1", "pca_2", "tsne_1", "tsne_2"),
    "dimensions": ("dimension", "kl", "variance", "active"),
    "priors": ("prior", "nats", "low", "high", "gain", "gain_low", "gain_high"),
    "reconstructions": ("label", "original", "reconstruction", "given"),
    "interpolations": ("path", "step", "label", "text"),
    "ends": ("path", "first", "second"),
    "samples": ("label", "text", "words", "copy_of"),
    "evaluators": (
        "evaluator", "setting", "metric", *BOUNDS, "difference", "difference_low", "difference_high",
    ),
    "scorecard": ("name", "synthetic", "low", "high", "holdout"),
    "augmentation": (
        "classifier", "percent", "positives", "method", "metric", *BOUNDS,
        "difference", "difference_low", "difference_high",
        "over_oversampling", "over_oversampling_low", "over_oversampling_high",
        "over_word_dropout", "over_word_dropout_low", "over_word_dropout_high",
        "over_class_weights", "over_class_weights_low", "over_class_weights_high",
    ),
    "lengths": ("words", "label", "kind"),
    "coverage": ("group", "tokens_percent", "kinds_percent"),
}  # fmt: skip


@dataclass(frozen=True)
class Tables:
    """`tables/*.parquet`; the columns are those of `COLUMNS` at least.

    `lengths` has one row a message: `kind` is "real" or "synthetic". `samples` are the first generated messages of each
    class. The others are the tables of the artifacts `FittedVae`, `Latents`, `Probes`, `Evaluators`, `Scorecard`,
    `Augmentation` and `Embedding`.
    """

    history: pd.DataFrame
    latents: pd.DataFrame
    dimensions: pd.DataFrame
    priors: pd.DataFrame
    reconstructions: pd.DataFrame
    interpolations: pd.DataFrame
    ends: pd.DataFrame
    samples: pd.DataFrame
    evaluators: pd.DataFrame
    scorecard: pd.DataFrame
    augmentation: pd.DataFrame
    lengths: pd.DataFrame
    coverage: pd.DataFrame


@dataclass(frozen=True)
class SynthesisFolder:
    """All that the report of a synthesis run is drawn from."""

    path: Path
    report: SynthesisReport
    manifest: Manifest
    config: dict[str, Any]
    tables: Tables


def read_synthesis(folder: Path) -> SynthesisFolder:
    """Read the folder of a synthesis run.

    Raises:
        UserError: it is no folder, or one of its files is missing, damaged or incomplete.
    """
    report, manifest, config = read_frame(folder, SynthesisReport)
    return SynthesisFolder(folder, report, manifest, config, Tables(**read_tables(folder, COLUMNS)))
