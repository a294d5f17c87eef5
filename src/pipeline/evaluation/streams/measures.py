"""Metrics of a spam filter, for many weightings of the same messages at once.

Why these. A legitimate message that is lost costs more than a spam message that comes through, so what a filter calls
is judged from both sides: *recall* is the share of spam that it catches, the *false-positive rate* the share of
legitimate mail that it would lose, *precision* the share of what it calls spam that is. F1 sums up recall and
precision, and *MCC* all four outcomes. The classes are rarely balanced: where one message in eight is spam, a filter
that never calls any is right seven times in eight. *Accuracy* rewards that; MCC is 0 and F1 too. It is there because
it is what people compare first.

All of these hang on where the filter draws its line, which its user may want to move. Two do not: *PR-AUC*, the mean
precision as the line goes down, and TREC's *1-AUC* in percent, the chance that a spam message is scored below a
legitimate one. Good filters differ in its second digit, which is why it is counted from the perfect end.

Shapes: n messages, R weightings.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.evaluation.metrics import METRICS, Metric, Ranking, areas, from_counts, outcomes, rank

_BY_KEY = {metric.key: metric for metric in METRICS}
STREAM_METRICS = (
    *(_BY_KEY[key] for key in ("accuracy", "precision", "recall", "f1", "mcc")),
    Metric("fpr", "False-positive rate", better="lower"),
    _BY_KEY["pr_auc"],
    Metric("one_minus_auc_percent", "1-AUC (%)", better="lower"),
)
KEYS = tuple(metric.key for metric in STREAM_METRICS)
ASKS_FOR: dict[str, tuple[int, ...]] = {  # labels of the classes that must be there
    "accuracy": (), "precision": (1,), "recall": (1,), "f1": (1,), "mcc": (0, 1), "fpr": (0,), "pr_auc": (0, 1),
    "one_minus_auc_percent": (0, 1),
}  # fmt: skip

CELLS = 2**15  # of weights in work at a time: the temporary arrays stay in the processor's cache
Measured = dict[str, NDArray[np.float64]]


def measure_stream(
    labels: NDArray[np.integer],
    scores: NDArray[np.floating],
    called: NDArray[np.bool_],
    weights: NDArray[np.integer] | None = None,
) -> Measured:
    """Every metric of STREAM_METRICS, in their order, under each of R weightings; `None` is one equal weighting.

    What is called positive is given, not derived: `scores` serve the ranking alone, and messages of equal score pass
    it together. `pr_auc` is average precision. `one_minus_auc_percent` is 100 (1 - ROC-AUC), a tie counting half.

    Undefined cases are NaN: whatever asks for a class that is not there. False-positive rate asks for negatives,
    precision, recall and F1 for positives, MCC and the rankings for both; accuracy for any message. Where positives
    are there and none is called, precision, F1 and MCC are 0, as in scikit-learn.

    Shapes: labels (n,) of 0 and 1, scores and called (n,), weights (R, n); each metric (R,).
    Source: Cormack & Lynam 2005, TREC 2005 spam track overview (1-AUC in percent).
    """
    assert labels.shape == scores.shape == called.shape
    if weights is None:
        weights = np.ones((1, len(labels)), np.int64)
    assert weights.shape[1:] == labels.shape
    if not len(labels):
        return {key: np.full(len(weights), np.nan) for key in KEYS}
    by_outcome, ranking = outcomes(labels, called), rank(labels, scores)
    blocks = []
    size = max(1, CELLS // len(labels))
    for start in range(0, len(weights), size):
        block = weights[start : start + size].astype(np.float64)
        blocks.append(measure_called(block @ by_outcome) | measure_ranked(ranking, block))
    return {key: np.concatenate([block[key] for block in blocks]) for key in KEYS}


def measure_called(counts: NDArray[np.float64]) -> Measured:
    """Those of the metrics that follow from counts of outcomes; undefined as in `measure_stream`.

    Shapes: counts (R, 4) of tn, fp, fn, tp; each metric (R,).
    """
    metrics = from_counts(counts)
    tn, fp, fn, tp = counts.T
    has_positives, has_negatives = fn + tp > 0, tn + fp > 0
    for key in ("precision", "recall", "f1"):
        metrics[key][~has_positives] = np.nan
    metrics["mcc"][~(has_positives & has_negatives)] = np.nan
    return metrics


def measure_ranked(ranking: Ranking, weights: NDArray[np.float64]) -> Measured:
    """Those of the metrics that follow from the ranking.

    Shapes: weights (R, n); each metric (R,).
    """
    area = areas(*ranking.count(weights))
    return {"pr_auc": area["pr_auc"], "one_minus_auc_percent": 100 * (1 - area["roc_auc"])}
