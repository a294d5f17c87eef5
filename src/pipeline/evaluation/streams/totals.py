"""Metrics over parts of a stream, with intervals, and each model's paired difference from the reference."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.artifacts import Interval
from pipeline.evaluation.intervals import bootstrap_weights, percentile_interval
from pipeline.evaluation.streams.measures import ASKS_FOR, KEYS, Measured, measure_stream

FEWEST_GROUPS = 6  # all of five favour one model by luck one time in sixteen: at 5 % five can tell nothing
MOST_UNDEFINED = 0.05  # share of resamples that may have no value: what the others say is not of all that chance does
CELLS = 2**24  # of weights drawn at a time: 64 MB, however many messages there are
COLUMNS = ("part", "model", "metric", "value", "low", "high", "difference", "difference_low", "difference_high")


@dataclass(frozen=True)
class Said:
    """What a model said of the messages of a stream.

    Attributes:
        first: the first position that it scored; what stands before that means nothing.
        scores: (n,).
        called: (n,) whether it called the message positive.
    """

    first: int
    scores: NDArray[np.float64]
    called: NDArray[np.bool_]


def measure_part(
    labels: NDArray[np.integer],
    groups: NDArray[np.integer],
    said: Mapping[str, Said],
    inside: NDArray[np.intp],
    *,
    reference: str,
    resamples: int,
    seed: int,
) -> pd.DataFrame:
    """The table `totals` of `StreamScores` without its column `part`, on the messages at the positions `inside`.

    Intervals are the middle 95 % of resamples of the duplicate groups. All models are measured on the same resamples:
    differences are paired. An interval is NaN, though its value may be known, where a class that the metric asks for
    has fewer than FEWEST_GROUPS groups, or the metric is undefined in more than MOST_UNDEFINED of the resamples: there
    a few groups drawn again and again would look like certainty.

    Shapes: labels, groups (n,); inside (m,).
    """
    samples = {model: [] for model in said}
    for weights in _weightings(groups[inside], resamples, seed):
        for model, it in said.items():
            samples[model].append(measure_stream(labels[inside], it.scores[inside], it.called[inside], weights))
    measured = {model: _join(blocks) for model, blocks in samples.items()}
    tells = _tells(labels[inside], groups[inside])
    rows = []
    for model, metrics in measured.items():
        for key, values in metrics.items():
            own, gap = (_interval(one, tells=tells[key]) for one in (values, values - measured[reference][key]))
            if model == reference:
                gap = Interval(np.nan, np.nan, np.nan)
            rows.append((model, key, own.value, own.low, own.high, gap.value, gap.low, gap.high))
    return pd.DataFrame(rows, columns=list(COLUMNS[1:]))


def _weightings(groups: NDArray[np.integer], resamples: int, seed: int) -> Iterator[NDArray[np.int32]]:
    """The messages themselves, then blocks of resamples.

    Shapes: groups (m,); (1, m), then (R of the block, m) each.
    """
    yield np.ones((1, len(groups)), np.int32)
    size = max(1, CELLS // max(1, len(groups)))
    for block, start in enumerate(range(0, resamples, size)):
        yield bootstrap_weights(groups, min(size, resamples - start), seed + block)


def _join(blocks: list[Measured]) -> Measured:
    return {key: np.concatenate([block[key] for block in blocks]) for key in KEYS}


def _tells(labels: NDArray[np.integer], groups: NDArray[np.integer]) -> dict[str, bool]:
    """Whether there are groups enough of the classes that each metric asks for.

    Shapes: labels, groups (m,).
    """
    numbers = [len(np.unique(groups[labels == label])) for label in (0, 1)]
    is_any = len(np.unique(groups)) >= FEWEST_GROUPS
    return {key: is_any and all(numbers[label] >= FEWEST_GROUPS for label in asked) for key, asked in ASKS_FOR.items()}


def _interval(values: NDArray[np.float64], *, tells: bool) -> Interval:
    if not tells or np.isnan(values[1:]).mean() > MOST_UNDEFINED:
        return Interval(float(values[0]), np.nan, np.nan)
    return percentile_interval(float(values[0]), values[1:])
