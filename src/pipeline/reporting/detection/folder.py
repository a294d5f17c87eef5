"""Read the folder of a detection run: files in, checked dataclasses and tables out."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from pipeline.reporting.detection.facts import DetectionReport
from pipeline.reporting.facts import Manifest
from pipeline.reporting.folder import read_frame, read_tables

BOUNDS = ("value", "low", "high")
COLUMNS = {
    "detectors": (
        "detector", "model", "fitted_on", "weighting", "description", "measure", "needs_labels", "fitted_negative",
        "fitted_positive", "num_params", "kept_epoch", "active_units", "num_latent", "length_correlation",
    ),
    "measures": ("detector", "bound", "measure", "is_main", "metric", *BOUNDS),
    "rules": ("detector", "rule", "metric", *BOUNDS),
    "thresholds": ("detector", "rule", "threshold", "called"),
    "rule_contests": ("detector", "rule", "rival", "difference", "low", "high", "p"),
    "contests": ("detector", "measure", "rival", "metric", "difference", "low", "high", "p"),
    "curves": ("detector", "recall", "precision"),
    "contamination": (
        "model", "share", "metric", *BOUNDS, "difference", "difference_low", "difference_high", "p",
    ),
    "scores": ("detector", "part", "row", "label", "known", "message", "word", "residual"),
    "history": (
        "detector", "epoch", "loss", "reconstruction", "kl", "val_loss", "val_roc_auc", "seconds",
    ),
    "latents": ("detector", "row", "label", "first", "second"),
    "latent_axes": ("detector", "first_share", "second_share"),
    "examples": ("detector", "kind", "rank", "row", "label", "score", "message", "known", "length", "text"),
    "costs": ("detector", "row", "word", "cost"),
    "mixture_words": ("word", "log_ratio", "seen"),
}  # fmt: skip


@dataclass(frozen=True)
class DetectionTables:
    """`tables/*.parquet`: those of `DetectionScores`, and what the messages themselves came to.

    Attributes:
        detectors, measures, rules, thresholds, rule_contests, contests, curves, contamination: as in `DetectionScores`.
        scores: of every detector, by its main bound, all validation and test messages; `known` distinct words.
        history: one row a detector and epoch, of those that learn by epochs.
        latents: test messages in the plane of the latent means' two main directions.
        latent_axes: share of the variance of the latent means along each of the two.
        examples: by `kind` ("least_likely_negative", "most_likely_positive") and `rank` (1 first); `text` is untrusted.
        costs: what words of these examples cost, in nats, dearest first.
        mixture_words: the words by which the mixture tells the rarest kind, the most telling first.
    """

    detectors: pd.DataFrame
    measures: pd.DataFrame
    rules: pd.DataFrame
    thresholds: pd.DataFrame
    rule_contests: pd.DataFrame
    contests: pd.DataFrame
    curves: pd.DataFrame
    contamination: pd.DataFrame
    scores: pd.DataFrame
    history: pd.DataFrame
    latents: pd.DataFrame
    latent_axes: pd.DataFrame
    examples: pd.DataFrame
    costs: pd.DataFrame
    mixture_words: pd.DataFrame


@dataclass(frozen=True)
class DetectionFolder:
    """All that the report of a detection run is drawn from."""

    path: Path
    report: DetectionReport
    manifest: Manifest
    config: dict[str, Any]
    tables: DetectionTables


def read_detection(folder: Path) -> DetectionFolder:
    """Read the folder of a detection run.

    Raises:
        UserError: it is no folder, or one of its files is missing, damaged or incomplete.
    """
    report, manifest, config = read_frame(folder, DetectionReport)
    return DetectionFolder(folder, report, manifest, config, DetectionTables(**read_tables(folder, COLUMNS)))
