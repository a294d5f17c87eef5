"""The detectors of a run: what each is called, and what it is given."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import Literal

import pandas as pd

from pipeline.artifacts.detection import Measure
from pipeline.reporting.facts import Classes

Given = Literal["nothing", "negative", "labels"]
SUPERVISED = "supervised"
# A short name, and one that stands in a sentence.
MODELS = {
    "length": ("length alone", "length alone"),
    "unigram": ("unigram", "the unigram density"),
    "pca": ("PCA", "PCA reconstruction"),
    "isolation_forest": ("isolation forest", "the isolation forest"),
    "local_outlier_factor": ("local outlier factor", "the local outlier factor"),
    "autoencoder": ("autoencoder", "the autoencoder"),
    "gaussian_vae": ("Gaussian VAE", "the Gaussian VAE"),
    "vae": ("VAE", "the VAE"),
    "repetition": ("repetition", "repetition"),
    "mixture": ("mixture", "the mixture"),
    SUPERVISED: ("TF-IDF", "TF-IDF"),
}
BASELINES = frozenset({"length", "unigram", "pca", "isolation_forest", "local_outlier_factor", SUPERVISED})
WITHOUT_FITTING = frozenset({"length"})


@dataclass(frozen=True)
class MeasureName:
    """A measure where there is little room, in a sentence, and as an axis."""

    short: str
    said: str
    axis: str


MEASURES: dict[Measure, MeasureName] = {
    "message": MeasureName("by message", "cost a message", "Cost of the message (nats)"),
    "word": MeasureName("by known word", "cost a known word", "Cost a known word (nats)"),
    "residual": MeasureName(
        "adjusted for length", "cost adjusted for length", "Standard deviations above the usual cost at this length"
    ),
}
RULES = {
    "expected": "expected share",
    "estimated": "share that the mixture estimates",
    "elbow": "elbow of the costs",
    "labels": "highest F1, with labels",
}
BOUNDS = {"cost": "cost", "elbo": "ELBO", "iwae": "importance-weighted bound"}


@dataclass(frozen=True)
class Detector:
    """A detector of the run.

    Attributes:
        key: its name in the files.
        model, fitted_on, weighting: as in `Detection`.
        given: what it is given: nothing, labels that pick the negative class, or all labels.
        short: its name where there is little room.
        said: its name in a sentence.
        fitted: on what it was fitted, as `said` has it; empty where there is nothing to tell apart.
        num_fitted: messages that it was fitted on.
    """

    key: str
    model: str
    fitted_on: str
    weighting: str
    given: Given
    short: str
    said: str
    fitted: str
    num_fitted: int

    @property
    def is_baseline(self) -> bool:
        """Whether it is there for comparison alone."""
        return self.model in BASELINES


def read_detectors(table: pd.DataFrame, classes: Classes) -> list[Detector]:
    """The detectors in the order of the table; two that would have the same name carry their key too."""
    found = [_detector(row, classes) for _, row in table.iterrows()]
    times = Counter(one.short for one in found)
    return [one if times[one.short] == 1 else _told_apart(one) for one in found]


def detector_names(table: pd.DataFrame, classes: Classes) -> dict[str, str]:
    """Key -> short name, "VAE, ham only"."""
    return {one.key: one.short for one in read_detectors(table, classes)}


def model_name(model: str) -> str:
    """A kind of detector for people: a short name."""
    return MODELS.get(model, (model.replace("_", " "), ""))[0]


def model_said(model: str) -> str:
    """A kind of detector in a sentence."""
    return MODELS.get(model, ("", model.replace("_", " ")))[1]


def _detector(row: pd.Series, classes: Classes) -> Detector:
    model, fitted_on, weighting = (str(row[name]) for name in ("model", "fitted_on", "weighting"))
    given: Given = "labels" if model == SUPERVISED else "negative" if row["needs_labels"] else "nothing"
    short, said = MODELS.get(model, (model.replace("_", " "),) * 2)
    on = ""
    if model == SUPERVISED:
        said = f"{said} with all labels"
    elif model not in WITHOUT_FITTING:
        parts = {
            "all": ("all", "fitted on all messages"),
            "negative": (f"{classes.negative} only", f"fitted on {classes.negative} only"),
            "unsuspected": ("unsuspected", "fitted on what the mixture does not suspect"),
        }
        fitted = parts.get(fitted_on, (fitted_on, f"fitted on {fitted_on}"))
        weighed, on = ", copies as one" if weighting == "group" else "", fitted[1]
        alone = model in {"mixture", "repetition"} and fitted_on == "all"  # there is no other kind of these
        short, said = f"{short}{'' if alone else f', {fitted[0]}'}{weighed}", said if alone else f"{said} {on}"
        on, said = (f"{text}, near-duplicates weighed as one" if weighed else text for text in (on, said))
    num_fitted = int(row["fitted_negative"] + row["fitted_positive"])
    return Detector(str(row["detector"]), model, fitted_on, weighting, given, short, said, on, num_fitted)


def _told_apart(one: Detector) -> Detector:
    short, said = (f"{name} ({one.key})" for name in (one.short, one.said))
    return replace(one, short=short, said=said, fitted=one.fitted and f"{one.fitted} ({one.key})")
