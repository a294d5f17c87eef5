"""The messages and words that a detection report shows. All of them are untrusted."""

from __future__ import annotations

import math
from dataclasses import dataclass

import pandas as pd

from pipeline.reporting.detection.folder import DetectionTables
from pipeline.reporting.detection.model_findings import density
from pipeline.reporting.detection.names import Detector
from pipeline.reporting.detection.scene import Scene
from pipeline.reporting.gaps import whole
from pipeline.reporting.words import count, decimal, quantity, signed

MOST_TIMES = 100  # as often as in the other kinds: told as a number up to there


@dataclass(frozen=True)
class Example:
    """A message, what is said of its score, and the words that cost most with their nats."""

    text: str
    said: str
    words: list[tuple[str, str]]


@dataclass(frozen=True)
class Telling:
    """A word by which the mixture tells the rarest kind, and how well it does."""

    word: str
    said: str


def shown(scene: Scene) -> list[Detector]:
    """The detectors whose messages are shown: a VAE fitted on all messages and one on the negative class."""
    there = set(scene.tables.examples["detector"])
    found = [scene.first("vae", fitted_on) or density(scene, fitted_on) for fitted_on in ("all", "negative")]
    chosen = [one for one in found if one is not None and one.key in there]
    return chosen or [one for one in scene.detectors if one.key in there][:2]


def examples(scene: Scene, detector: Detector, kind: str) -> list[Example]:
    """The messages of a kind, the most striking first."""
    table, costs = scene.tables.examples, scene.tables.costs
    chosen = table[(table["detector"] == detector.key) & (table["kind"] == kind)].sort_values("rank")
    own = costs[costs["detector"] == detector.key]
    measure = scene.measure_of(detector)
    return [_example(row, own[own["row"] == row["row"]], measure) for _, row in chosen.iterrows()]


def telling(tables: DetectionTables) -> list[Telling]:
    """The words of the mixture, the most telling first."""
    return [
        Telling(str(row["word"]), whole(f"{_times(row['log_ratio'])}, {quantity(int(row['seen']), 'message')}"))
        for _, row in tables.mixture_words.iterrows()
    ]


def _example(row: pd.Series, costs: pd.DataFrame, measure: str) -> Example:
    scores = {
        "residual": f"{signed(row['score'], 1)} standard deviations from the usual cost at its length · ",
        "word": f"{decimal(row['score'], 2)} nats a known word · ",
    }
    said = (
        f"{scores.get(measure, '')}{decimal(row['message'], 1)} nats · {quantity(int(row['length']), 'word')}, "
        f"{count(row['known'])} known and distinct"
    )
    return Example(str(row["text"]), said, [(str(one["word"]), decimal(one["cost"], 1)) for _, one in costs.iterrows()])


def _times(log_ratio: float) -> str:
    """How many times as often; a ratio beyond measure tells more of the smoothing than of the words."""
    if log_ratio > math.log(MOST_TIMES):
        return "hardly in the others"
    ratio = math.exp(log_ratio)
    return f"×{count(ratio)}" if ratio >= 10 else f"×{decimal(ratio, 1)}"
