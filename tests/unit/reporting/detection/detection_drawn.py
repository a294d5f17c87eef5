"""Runs of detectors made up for their figures: as on real data, with few detectors, with next to no messages."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score, precision_recall_curve, roc_auc_score

from pipeline.reporting.detection.facts import DetectionReport
from pipeline.reporting.detection.folder import COLUMNS, DetectionFolder, DetectionTables
from pipeline.reporting.facts import Classes, Duplicates, Manifest, PartCount

# model, fitted on, how far the residual costs of the two classes lie apart, in deviations
DETECTORS = (
    ("length", "all", 0.0), ("unigram", "all", 0.7), ("pca", "all", 0.3), ("isolation_forest", "all", 0.1),
    ("local_outlier_factor", "all", -0.6), ("autoencoder", "all", 0.2), ("gaussian_vae", "all", 0.1),
    ("vae", "all", 0.0), ("vae_weighted", "all", 0.4), ("repetition", "all", 1.4), ("mixture", "all", 3.0),
    ("unigram", "unsuspected", 2.0), ("vae", "unsuspected", 2.4), ("unigram", "negative", 1.9),
    ("pca", "negative", 1.6), ("isolation_forest", "negative", -0.9), ("local_outlier_factor", "negative", 0.9),
    ("autoencoder", "negative", 1.5), ("gaussian_vae", "negative", 1.2), ("vae", "negative", 2.4),
    ("supervised", "negative", 4.5),
)  # fmt: skip
WITHOUT_WORDS = {"length", "repetition", "mixture", "supervised", "isolation_forest", "local_outlier_factor"}
RULES = ("expected", "estimated", "elbow", "labels")
CLASSES = Classes(negative="ham", positive="spam")
USUAL = (2.5, 0.9)  # logarithm of the usual cost of an empty message, and how it grows with that of 1 + known words
SPREAD = 0.2  # standard deviation of costs, as a share of the usual cost


@dataclass(frozen=True)
class Made:
    """What a run is made up from."""

    negatives: int = 965
    positives: int = 140
    detectors: tuple[tuple[str, str, float], ...] = DETECTORS
    classes: Classes = CLASSES
    measure: str = "residual"
    epochs: int = 20
    shares: tuple[float, ...] = (0, 0.01, 0.02, 0.05, 0.1, 0.2)
    words: float = 2.2  # logarithm of the words of a usual message
    champion: str = "mixture_all"


FEW = Made(
    detectors=(("length", "all", 0.0), ("vae", "all", 0.2), ("unigram", "all", 0.5)), measure="message", epochs=1,
    shares=(), classes=Classes("wanted mail", "unsolicited mail"),
)  # fmt: skip
TINY = Made(negatives=17, positives=3, epochs=2, shares=(0, 0.2), classes=Classes("personal", "advertisement"))
MAIL = Made(words=4.6, negatives=3_300, positives=3_000)


def make_run(made: Made) -> DetectionFolder:
    """The folder of such a run, without files."""
    rng = np.random.default_rng(5)
    labels = np.repeat([0, 1], [made.negatives, made.positives])
    known = np.maximum(rng.lognormal(made.words + 0.6 * labels, 0.7), 0).astype(int)
    known[0] = 0
    names = [(_key(model, fitted), model, fitted, skill) for model, fitted, skill in made.detectors]
    scores = pd.concat([
        _scores(rng, labels, known, model, skill).assign(detector=key) for key, model, _, skill in names
    ], ignore_index=True)  # fmt: skip
    tables = {name: pd.DataFrame(columns=list(columns)) for name, columns in COLUMNS.items()}
    tables |= {
        "scores": scores, "detectors": pd.DataFrame([_detector(made, *name[:3]) for name in names]),
        "measures": pd.DataFrame(_measures(made, scores, names)), "curves": _curves(made, scores, names),
        "thresholds": pd.DataFrame(_thresholds(made, scores, names)),
        "contamination": _contamination(made, tables["contamination"]),
    }  # fmt: skip
    trained = [key for key, model, _, _ in names if model.startswith("vae")]
    if trained:
        tables["history"] = pd.concat([_history(rng, key, made.epochs) for key in trained], ignore_index=True)
        tables["latents"] = pd.concat([_latents(rng, key, labels) for key in trained], ignore_index=True)
        tables["latent_axes"] = pd.DataFrame({"detector": trained, "first_share": 0.312, "second_share": 0.14})
    return DetectionFolder(Path(), _report(made), _manifest(), {}, DetectionTables(**tables))


def _key(model: str, fitted: str) -> str:
    return "tfidf" if model == "supervised" else "length" if model == "length" else f"{model}_{fitted}"


def _measure(made: Made, model: str) -> str:
    return "message" if model in WITHOUT_WORDS else made.measure


def _detector(made: Made, key: str, model: str, fitted: str) -> dict[str, Any]:
    weighted = model == "vae_weighted"
    return {
        "detector": key, "model": "vae" if weighted else model, "fitted_on": fitted,
        "weighting": "group" if weighted else "message", "description": "", "measure": _measure(made, model),
        "needs_labels": fitted == "negative", "fitted_negative": 9, "fitted_positive": 1, "num_params": 0,
        "kept_epoch": min(7, made.epochs) if model.startswith("vae") else 0, "active_units": np.nan,
        "num_latent": np.nan, "length_correlation": 0.5,
    }  # fmt: skip


def _scores(
    rng: np.random.Generator, labels: NDArray[np.int64], known: NDArray[np.int64], model: str, skill: float
) -> pd.DataFrame:
    residual = rng.standard_normal(len(labels)) + skill * labels
    usual = np.exp(USUAL[0] + USUAL[1] * np.log1p(known))
    message = usual * (1 + SPREAD * residual)
    if model in WITHOUT_WORDS:
        message, residual = known.astype(float) if model == "length" else residual, np.full(len(labels), np.nan)
    return pd.DataFrame({
        "part": "test", "row": np.arange(len(labels)), "label": labels, "known": known, "message": message,
        "word": np.where(np.isnan(residual), np.nan, message / np.maximum(known, 1)), "residual": residual,
    })  # fmt: skip


def _measures(made: Made, scores: pd.DataFrame, names: list[Any]) -> list[dict[str, Any]]:
    rows = []
    for key, model, _, _ in names:
        table = scores[scores["detector"] == key]
        for measure in ("message", "word", "residual"):
            for metric, of in (("roc_auc", roc_auc_score), ("pr_auc", average_precision_score)):
                is_known = bool(table[measure].notna().all())
                value = float(of(table["label"], table[measure])) if is_known else np.nan
                half = 0.25 / np.sqrt(made.positives)
                rows += [{
                    "detector": key, "bound": bound, "measure": measure, "metric": metric, "value": value - less,
                    "is_main": less == 0 and measure == _measure(made, model), "low": value - half,
                    "high": min(value + half, 1) if is_known else np.nan,
                } for bound, less in (("elbo", 0.05), ("cost", 0.0))]  # fmt: skip
    return rows


def _curves(made: Made, scores: pd.DataFrame, names: list[Any]) -> pd.DataFrame:
    found = []
    for key, model, _, _ in names:
        table = scores[scores["detector"] == key]
        precision, recall, _ = precision_recall_curve(table["label"], table[_measure(made, model)])
        found.append(pd.DataFrame({"detector": key, "recall": recall, "precision": precision}))
    return pd.concat(found, ignore_index=True)


def _thresholds(made: Made, scores: pd.DataFrame, names: list[Any]) -> list[dict[str, Any]]:
    share = made.positives / (made.positives + made.negatives)
    return [
        {
            "detector": key, "rule": rule, "called": called,
            "threshold": scores.loc[scores["detector"] == key, _measure(made, model)].quantile(1 - called),
        }
        for key, model, _, _ in names
        for rule, called in zip(RULES, (share, share * 1.1, share / 3, share * 0.9), strict=True)
    ]  # fmt: skip


def _contamination(made: Made, empty: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for model, start, slope in (("vae", 0.95, 2.0), ("unigram", 0.91, 1.1)):
        for share in made.shares:
            for metric, less in (("roc_auc", 0.0), ("pr_auc", 0.15)):
                value = start - less - slope * share**0.9
                half = 0.25 / np.sqrt(made.positives)
                rows.append((model, share, metric, value, value - half, min(value + half, 1), 0.0, 0.0, 0.0, 1.0))
    return pd.DataFrame(rows, columns=empty.columns) if rows else empty


def _history(rng: np.random.Generator, key: str, epochs: int) -> pd.DataFrame:
    number = np.arange(1, epochs + 1)
    ranked = 0.9 - 0.25 * (1 - 0.8**number) if key == "vae_all" else 0.94 - 0.1 * 0.5**number
    start = {"vae_all": 68.0, "vae_negative": 61.0}.get(key, 63.0)
    loss = start + 30 * 0.6**number + 0.02 * (number - 7) ** 2
    noise = rng.standard_normal(epochs)
    return pd.DataFrame({
        "detector": key, "epoch": number, "loss": loss - 2, "reconstruction": loss - 9, "kl": 7.0,
        "val_loss": loss + 0.1 * noise, "val_roc_auc": ranked + 0.004 * noise, "seconds": 2.0,
    })  # fmt: skip


def _latents(rng: np.random.Generator, key: str, labels: NDArray[np.int64]) -> pd.DataFrame:
    first, second = rng.standard_normal((2, len(labels)))
    apart = 2.5 if key == "vae_all" else 0.6
    return pd.DataFrame({
        "detector": key, "row": np.arange(len(labels)), "label": labels, "first": first + apart * labels,
        "second": 0.6 * second,
    })  # fmt: skip


def _report(made: Made) -> DetectionReport:
    share = made.positives / (made.positives + made.negatives)
    given: dict[str, Any] = {
        "experiment": "vae_density", "dataset": "sms_spam", "protocol": "clean", "stand_in": False, "stand_ins": [],
        "classes": made.classes, "counts": [PartCount("test", made.negatives, made.positives)], "reproduce": "",
        "headline": "", "family": "detection", "duplicates": Duplicates(0, 0, 0.0, 0.0), "validation_is_test": False,
        "measure": made.measure, "true_share": share, "num_contaminated": 2_400,
        "champion": made.champion, "picked": "",
    }  # fmt: skip
    return DetectionReport(**_filled(DetectionReport, given, 0))


def _manifest() -> Manifest:
    return Manifest(**_filled(Manifest, {"started": datetime(2024, 1, 1, tzinfo=UTC)}, ""))


def _filled(kind: type[Any], given: dict[str, Any], rest: Any) -> dict[str, Any]:
    """Values for all fields: what no figure reads is the same for all."""
    return {field.name: given.get(field.name, rest) for field in fields(kind)}
