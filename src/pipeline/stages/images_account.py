"""The account of a run on images: `report.json`, `metrics.json`, the tables and the images of the report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.artifacts.images import (
    BINS,
    COLLAPSED,
    PARTIAL,
    REAL,
    TEST,
    Confidence,
    Drawings,
    Gallery,
    Gan,
    Images,
    ImageScores,
    ImageSplit,
    Judge,
    Neighbours,
    Pupil,
    Seen,
)
from pipeline.reporting.images.folder import COLUMNS, Pictures
from pipeline.reporting.images.protocol import published_note
from pipeline.stages.account import opening_facts, opening_metrics, rounded
from pipeline.stages.stream_account import records

MODEL = "images"
GENERATION, REAL_TEST, BASELINE = "generation", "real_test", "baseline"


@dataclass(frozen=True)
class Outcome:
    """All artifacts of a run, and the frame of the run as its manifest has it.

    Attributes:
        drawn: what the generator drew, then the baseline.
        pupils: classifiers of these drawings.
        epochs: that were asked for.
    """

    frame: Mapping[str, Any]
    images: Images
    split: ImageSplit
    judge: Judge
    gan: Gan
    gallery: Gallery
    seen: Seen
    confidence: Confidence
    neighbours: Neighbours
    scores: ImageScores
    drawn: Sequence[Drawings]
    pupils: Sequence[Pupil]
    epochs: int

    @property
    def baseline(self) -> str:
        """Name of what the generator must beat."""
        return next(one.name for one in self.drawn if one.name != self.gan.name)


def images_facts(outcome: Outcome) -> dict[str, Any]:
    """What `report.json` says beside the headline."""
    frame, images, split, gan = outcome.frame, outcome.images, outcome.split, outcome.gan
    stand_ins = [f"scikit-learn's digits stand in for the data set {images.name}"] if images.stand_in else []
    note = published_note(frame["source"], frame["protocol"], frame["overrides"], _ended(gan, outcome.epochs))
    rows = outcome.seen.table.loc[outcome.seen.rows(TEST)]
    return {
        **opening_facts(frame, images.name, stand_ins, family=MODEL, note=note),
        "class_names": images.classes,
        "num_train": len(split.train),
        "num_judge": len(split.judge),
        "num_reference": len(split.reference),
        "num_test": len(images.test),
        "num_compared": len(split.test),
        "num_copies": split.num_copies,
        "gan": gan.name,
        "baseline": outcome.baseline,
        "kind": gan.build.kind,
        "num_params": gan.num_params,
        "num_discriminator_params": gan.num_discriminator_params,
        "epochs": len(gan.history),
        "epochs_wanted": outcome.epochs,
        "kept_epoch": gan.kept_epoch,
        "ending": gan.ending,
        "trouble": gan.trouble,
        "updates": gan.updates,
        "judge_params": outcome.judge.num_params,
        "judge_accuracy": float((rows["called"] == rows["label"]).mean()),
        "pupil_images": min(pupil.num_images for pupil in outcome.pupils),
        "num_neighbours": outcome.scores.num_neighbours,
        "num_resamples": outcome.scores.num_resamples,
    }


def images_metrics(outcome: Outcome) -> dict[str, Any]:
    """Results only, nothing that two equal runs could differ in."""
    images, gan, scores = outcome.images, outcome.gan, outcome.scores
    sets = {GENERATION: gan.name, REAL_TEST: REAL, BASELINE: outcome.baseline}
    found = {part: scores.table[scores.table["name"] == name].set_index("score") for part, name in sets.items()}
    lost = scores.collapse[scores.collapse["name"] == gan.name]
    return {
        **opening_metrics(outcome.frame, images.name, stand_in=images.stand_in, model=MODEL),
        "generator": gan.name,
        "num_params": gan.num_params,
        "num_discriminator_params": gan.num_discriminator_params,
        "num_test": len(outcome.split.test),
        "kept_epoch": gan.kept_epoch,
        "ending": gan.ending,
        **{part: {str(key): rounded(value) for key, value in own["value"].items()} for part, own in found.items()},
        "ci95": {
            part: {str(key): [rounded(row["low"]), rounded(row["high"])] for key, row in own.iterrows()}
            for part, own in found.items()
        },
        "by_class": {part: _by_class(scores.by_class, name, images.classes) for part, name in sets.items()},
        "collapse": _lost(lost[lost["level"] == COLLAPSED], images.classes),
        "partial_collapse": _lost(lost[lost["level"] == PARTIAL], images.classes),
        "copies": records(scores.copies),
        "contests": records(scores.contests),
    }


def images_tables(outcome: Outcome) -> dict[str, pd.DataFrame]:
    """What the figures and tables of the report are made from."""
    scores = outcome.scores
    tables = {
        "history": outcome.gan.history,
        "judge": outcome.judge.history,
        "scores": scores.table,
        "by_class": scores.by_class,
        "confusion": scores.confusion,
        "contests": scores.contests,
        "collapse": scores.collapse,
        "copies": scores.copies,
        "confidence": _binned(outcome.confidence.table),
        "distances": outcome.neighbours.table,
    }
    return {name: table[list(COLUMNS[name])].reset_index(drop=True) for name, table in tables.items()}


def pictures(outcome: Outcome, num_shown: int) -> Pictures:
    """The images that the report shows; `num_shown` are the real ones of each class."""
    images, gallery = outcome.images, outcome.gallery
    chosen = _pairs(outcome.neighbours.table, outcome.gan.name)
    drawn = next(one for one in outcome.drawn if one.name == outcome.gan.name)
    rows, nearest = chosen["row"].to_numpy(np.int64), chosen["train"].to_numpy(np.int64)
    return Pictures(
        grid=gallery.grid,
        between=gallery.between,
        frames=outcome.gan.frames,
        drawn=drawn.pixels[rows],
        drawn_label=chosen["label"].to_numpy(np.int16),
        drawn_row=rows,
        nearest=images.train[nearest],
        nearest_row=nearest,
        nearest_distance=chosen["distance"].to_numpy(np.float64),
        real=_real(images, num_shown),
    )


def _ended(gan: Gan, epochs: int) -> str:
    """That training ended early, and what was kept then."""
    if gan.ending == "finished":
        return ""
    kept = f"the weights after epoch {gan.kept_epoch}, the best, are kept"
    return f"Here training ended after {len(gan.history)} of {epochs} epochs, and {kept}."


def _by_class(table: pd.DataFrame, name: str, classes: Sequence[str]) -> dict[str, dict[str, float | None]]:
    """The scores of a set by the name of the class."""
    found: dict[str, dict[str, float | None]] = {}
    for row in table[table["name"] == name].to_dict("records"):
        found.setdefault(classes[int(row["label"])], {})[row["score"]] = rounded(row["value"])
    return found


def _lost(table: pd.DataFrame, classes: Sequence[str]) -> list[dict[str, str]]:
    """Classes and what is wrong with them."""
    return [{"class": classes[int(row["label"])], "reason": row["reason"]} for row in table.to_dict("records")]


def _binned(table: pd.DataFrame) -> pd.DataFrame:
    """How many images of each set and class have a probability in each twentieth."""
    known = table.dropna(subset=["probability"])
    place = np.minimum(BINS * known["probability"].to_numpy(np.float64), BINS - 1).astype(np.int64)
    counted = known.assign(bin=place).groupby(["set", "label", "bin"], sort=False, observed=True).size()
    return counted.rename("images").reset_index().sort_values(["set", "label", "bin"], kind="stable")


def _pairs(table: pd.DataFrame, name: str) -> pd.DataFrame:
    """Of each class the drawing that is closest to a training image, then one that is as far as half of them."""
    own = table[table["set"] == name].sort_values(["label", "distance", "row"])
    shown = [rows.iloc[sorted({0, len(rows) // 2})] for _, rows in own.groupby("label", sort=True)]
    return pd.concat(shown)


def _real(images: Images, number: int) -> NDArray[np.uint8]:
    """The first test images of each class, as many of each."""
    rows = [np.flatnonzero(images.test_labels == label) for label in range(len(images.classes))]
    shown = min(number, *map(len, rows))
    return np.stack([images.test[own[:shown]] for own in rows])
