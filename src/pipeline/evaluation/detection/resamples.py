"""Metrics of many detectors on the same resamples of the test messages, so that their differences are paired.

Shapes: n test messages, M rows of scores (a detector may have several), R resamples.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from pipeline.artifacts import Interval
from pipeline.evaluation.intervals import bootstrap_weights, percentile_interval
from pipeline.evaluation.metrics import areas, from_counts, outcomes, rank

Samples = dict[str, NDArray[np.float64]]
AREAS = ("roc_auc", "pr_auc")
OF_RULES = ("f1", "precision", "recall")
DRAWN = 2**22  # weights drawn at a time: 16 MB, however many messages there are
IN_WORK = 2**15  # weights in work at a time: their sums along a ranking stay in the processor's cache


def area_samples(
    labels: NDArray[np.integer],
    scores: Sequence[NDArray[np.floating]],
    groups: NDArray[np.integer],
    *,
    resamples: int,
    seed: int,
) -> Samples:
    """ROC-AUC and PR-AUC of each row of scores on the messages themselves, then on each resample of their groups.

    NaN where a class is missing.

    Shapes: labels, groups (n,); scores M of (n,); each metric (M, 1 + R).
    """
    rankings = [rank(labels, one) for one in scores]
    found: dict[str, list[NDArray[np.float64]]] = {key: [] for key in AREAS}
    for weights in _weightings(groups, resamples, seed):
        measured = [areas(*ranking.count(weights)) for ranking in rankings]
        for key in AREAS:
            found[key].append(np.array([one[key] for one in measured]).reshape(len(scores), len(weights)))
    return {key: np.concatenate(blocks, axis=1) for key, blocks in found.items()}


def interval_of(samples: NDArray[np.float64]) -> Interval:
    """The value on the messages themselves, which comes first, and its interval over the resamples.

    Shapes: (1 + R,).
    """
    return percentile_interval(float(samples[0]), samples[1:])


def rule_samples(
    labels: NDArray[np.integer],
    called: Sequence[NDArray[np.bool_]],
    groups: NDArray[np.integer],
    *,
    resamples: int,
    seed: int,
) -> Samples:
    """F1, precision and recall of each row of calls, on the same resamples as `area_samples`; NaN likewise.

    Shapes: labels, groups (n,); called M of (n,); each metric (M, 1 + R).
    """
    summands = [outcomes(labels, one) for one in called]
    found: dict[str, list[NDArray[np.float64]]] = {key: [] for key in OF_RULES}
    for weights in _weightings(groups, resamples, seed):
        positives = weights @ (labels == 1)
        is_defined = (positives > 0) & (positives < weights.sum(axis=1))
        measured = [from_counts(weights @ one) for one in summands]
        for key in OF_RULES:
            found[key].append(np.array([np.where(is_defined, one[key], np.nan) for one in measured]))
    return {key: np.concatenate(blocks, axis=1) for key, blocks in found.items()}


def _weightings(groups: NDArray[np.integer], resamples: int, seed: int) -> Iterator[NDArray[np.float64]]:
    """The messages as they are, then blocks of resamples.

    Shapes: groups (n,); (1, n), then (R of the block, n) each.
    """
    yield np.ones((1, len(groups)))
    at_once, size = (max(1, cells // len(groups)) for cells in (DRAWN, IN_WORK))
    for block, start in enumerate(range(0, resamples, at_once)):
        weights = bootstrap_weights(groups, min(at_once, resamples - start), seed + block)
        for first in range(0, len(weights), size):
            yield weights[first : first + size].astype(np.float64)
