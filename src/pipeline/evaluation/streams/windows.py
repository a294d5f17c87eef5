"""Metrics over the last so many messages, as a stream goes on."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.evaluation.metrics import outcomes, rank
from pipeline.evaluation.streams.measures import KEYS, measure_called, measure_ranked


def slide(
    labels: NDArray[np.integer],
    scores: NDArray[np.floating],
    called: NDArray[np.bool_],
    *,
    first: int,
    window: int,
    every: int,
) -> pd.DataFrame:
    """Every metric over the last `window` messages after `window`, `window + every`, ... messages of the stream.

    The points are the same for all models of a stream. Before the first full window there is none: figures over fewer
    messages would swing for no other reason than that. Where a window holds a message that the model has not scored,
    all metrics are NaN; otherwise they are undefined as in `measure_stream`. Columns: `position`, the messages seen,
    and the metrics.

    Shapes: labels, scores, called (n,); those before position `first` are not scored, whatever they hold.
    """
    points = np.arange(window, len(labels) + 1, every)
    table = pd.DataFrame({"position": points} | {key: np.full(len(points), np.nan) for key in KEYS})
    ends = points[points - window >= first]
    if not len(ends):
        return table
    sums = _running(outcomes(labels, called))
    one = np.ones((1, window))
    ranked = [_rank_one(labels[end - window : end], scores[end - window : end], one) for end in ends]
    measured = measure_called(sums[ends] - sums[ends - window])
    measured |= {key: np.concatenate([metrics[key] for metrics in ranked]) for key in ranked[0]}
    for key in KEYS:
        table.loc[len(points) - len(ends) :, key] = measured[key]
    return table


def slide_recall(
    labels: NDArray[np.integer], called: NDArray[np.bool_], *, first: int, window: int
) -> NDArray[np.float64]:
    """Recall over the last `window` messages after each number of messages; NaN where unscored or without positives.

    Shapes: labels, called (n,); result (1 + n,), by messages seen.
    """
    sums = _running(np.column_stack([labels == 1, called & (labels == 1)]).astype(np.float64))
    recall = np.full(len(sums), np.nan)
    ends = np.arange(first + window, len(sums))
    positives, caught = (sums[ends] - sums[ends - window]).T
    np.divide(caught, positives, out=recall[first + window :], where=positives > 0)
    return recall


def _rank_one(
    labels: NDArray[np.integer], scores: NDArray[np.floating], one: NDArray[np.float64]
) -> dict[str, NDArray[np.float64]]:
    return measure_ranked(rank(labels, scores), one)


def _running(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sums of the rows before each position: one row more than `values`."""
    return np.concatenate([np.zeros((1, values.shape[1])), values.cumsum(axis=0)])
