"""Metrics of a binary classifier, for many weightings of the same rows at once.

A bootstrap resample is a weighting: a row drawn twice weighs 2, a row not drawn 0. Metrics that follow from sums over
the rows are one matrix product for all resamples; metrics that follow from the ranking are cumulative sums along it.

Shapes: n rows, R weightings, K distinct scores.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from pipeline.evaluation.calibration import NUM_BINS, bin_of

BLOCK = 32  # weightings in work at a time: the temporary arrays stay in the processor's cache


@dataclass(frozen=True)
class Metric:
    """What a metric is called, which direction of it is better, and which interval of `intervals` suits it."""

    key: str
    label: str
    better: Literal["higher", "lower"] = "higher"
    interval: Literal["percentile", "pivotal"] = "percentile"


METRICS = (
    Metric("accuracy", "Accuracy"),
    Metric("precision", "Precision"),
    Metric("recall", "Recall"),
    Metric("f1", "F1"),
    Metric("mcc", "MCC"),
    Metric("roc_auc", "ROC-AUC"),
    Metric("pr_auc", "PR-AUC"),
    Metric("brier", "Brier score", better="lower"),
    Metric("ece", "Calibration error", better="lower", interval="pivotal"),
    Metric("recall_at_fpr_1", "Recall at 1 % FPR"),
    Metric("recall_at_fpr_01", "Recall at 0.1 % FPR"),
)


def measure(
    labels: NDArray[np.integer],
    scores: NDArray[np.floating],
    threshold: float,
    weights: NDArray[np.integer] | None = None,
) -> dict[str, NDArray[np.float64]]:
    """Every metric of METRICS, in their order, under each of R weightings of the rows; `None` is one equal weighting.

    A row is called positive when its score is at least `threshold`. `pr_auc` is average precision, `ece` has 15 bins of
    equal width, `recall_at_fpr_1` is the highest recall at which at most 1 % of the negatives are called positive.

    Undefined cases: precision, F1 and MCC are 0 where their denominator is, as in scikit-learn. Recall is NaN without
    positives; whatever follows from the ranking is NaN unless both classes are there.

    Shapes: labels (n,) of 0 and 1, scores (n,) probabilities, weights (R, n); each metric (R,).
    """
    assert labels.shape == scores.shape
    if weights is None:
        weights = np.ones((1, len(labels)), np.int64)
    assert weights.shape[1:] == labels.shape
    by_sums = _summands(labels, scores, threshold)
    ranking = rank(labels, scores)
    blocks = []
    for start in range(0, len(weights), BLOCK):
        block = weights[start : start + BLOCK].astype(np.float64)
        hits = ranking.count(block)
        measured = _from_sums(block @ by_sums) | areas(*hits) | _recalls_at(*hits)
        blocks.append([measured[metric.key] for metric in METRICS])
    return {
        metric.key: np.concatenate(values) for metric, values in zip(METRICS, zip(*blocks, strict=True), strict=True)
    }


def confusion(labels: NDArray[np.integer], scores: NDArray[np.floating], threshold: float) -> dict[str, int]:
    """Counts of true and false negatives and positives: `tn`, `fp`, `fn`, `tp`."""
    called, positive = scores >= threshold, labels == 1
    return {
        "tn": int((~called & ~positive).sum()),
        "fp": int((called & ~positive).sum()),
        "fn": int((~called & positive).sum()),
        "tp": int((called & positive).sum()),
    }


def _summands(labels: NDArray[np.integer], scores: NDArray[np.floating], threshold: float) -> NDArray[np.float64]:
    """What each row adds: to tn, fp, fn, tp, to the squared error, and to the calibration gap of its bin.

    Shapes: (n, 5 + 15).
    """
    error = scores.astype(np.float64) - labels
    gaps = np.zeros((len(labels), NUM_BINS))
    gaps[np.arange(len(labels)), bin_of(scores)] = error
    return np.column_stack([outcomes(labels, scores >= threshold), error**2, gaps])


def outcomes(labels: NDArray[np.integer], called: NDArray[np.bool_]) -> NDArray[np.float64]:
    """A 1 for what each row is: tn, fp, fn or tp.

    Shapes: labels, called (n,); result (n, 4).
    """
    return np.eye(4)[2 * labels.astype(np.intp) + called]


def _from_sums(sums: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
    total = sums[:, :4].sum(axis=1)
    return from_counts(sums[:, :4]) | {
        "brier": sums[:, 4] / total,
        # The mean of |predicted - observed| over the bins, weighted by their counts: the counts cancel.
        "ece": np.abs(sums[:, 5:]).sum(axis=1) / total,
    }


def from_counts(counts: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
    """Metrics of a confusion matrix; precision, F1 and MCC are 0 and the others NaN where their denominator is 0.

    Shapes: counts (R, 4) of tn, fp, fn, tp; each metric (R,).
    """
    tn, fp, fn, tp = counts.T
    return {
        "accuracy": _ratio(tp + tn, tn + fp + fn + tp, undefined=np.nan),
        "precision": _ratio(tp, tp + fp, undefined=0),
        "recall": _ratio(tp, tp + fn, undefined=np.nan),
        "f1": _ratio(2 * tp, 2 * tp + fp + fn, undefined=0),
        "mcc": _ratio(tp * tn - fp * fn, np.sqrt((tp + fp) * (tp + fn) * (tn + fp) * (tn + fn)), undefined=0),
        "fpr": _ratio(fp, tn + fp, undefined=np.nan),
    }


@dataclass(frozen=True)
class Ranking:
    """Rows from the highest score to the lowest.

    Shapes: order (n,), labels (n,) in that order, last (K,) position of the last row of each distinct score.
    """

    order: NDArray[np.intp]
    labels: NDArray[np.integer]
    last: NDArray[np.intp]

    def count(self, weights: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """True and false positives at every threshold; rows of equal score pass it together.

        Shapes: weights (R, n); each (R, K).
        """
        weights = weights[:, self.order]
        called = weights.cumsum(axis=1)[:, self.last]
        tp = (weights * self.labels).cumsum(axis=1)[:, self.last]
        return tp, called - tp


def rank(labels: NDArray[np.integer], scores: NDArray[np.floating]) -> Ranking:
    """Sort rows by score; at least one row, and no score NaN."""
    order = np.argsort(-scores, kind="stable")
    ordered = scores[order]
    last = np.flatnonzero(np.append(ordered[1:] != ordered[:-1], True))
    return Ranking(order, labels[order], last)


def areas(tp: NDArray[np.float64], fp: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
    """Areas under the curves of ROC and of precision over recall; NaN unless both classes are there.

    Shapes: tp, fp (R, K) at every threshold; each metric (R,).
    """
    positives, negatives = _totals(tp, fp)
    new_tp, new_fp = np.diff(tp, prepend=0), np.diff(fp, prepend=0)
    # Pairs of a positive and a negative in the right order; a pair of equal scores counts half.
    ordered = (new_fp * (tp - new_tp / 2)).sum(axis=1)
    precision = _ratio(tp, tp + fp, undefined=0)
    return {
        "roc_auc": ordered / (positives * negatives),
        "pr_auc": (new_tp * precision).sum(axis=1) / positives,
    }


def _recalls_at(tp: NDArray[np.float64], fp: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
    positives, negatives = _totals(tp, fp)
    fpr = fp / negatives[:, None]
    return {
        "recall_at_fpr_1": np.where(fpr <= 0.01, tp, 0).max(axis=1) / positives,
        "recall_at_fpr_01": np.where(fpr <= 0.001, tp, 0).max(axis=1) / positives,
    }


def _totals(tp: NDArray[np.float64], fp: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Positives and negatives, both NaN unless both are there.

    Shapes: each (R,).
    """
    totals = tp[:, -1], fp[:, -1]
    is_defined = (totals[0] > 0) & (totals[1] > 0)
    return np.where(is_defined, totals[0], np.nan), np.where(is_defined, totals[1], np.nan)


def _ratio(part: NDArray[np.float64], whole: NDArray[np.float64], *, undefined: float) -> NDArray[np.float64]:
    return np.divide(part, whole, out=np.full_like(part, undefined), where=whole > 0)
