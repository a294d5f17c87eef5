"""Curves over all thresholds, as tables for figures."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray


def roc_curve(labels: NDArray[np.integer], scores: NDArray[np.floating]) -> pd.DataFrame:
    """Corners of the ROC curve from (0, 0) to (1, 1): columns `false_positive_rate`, `recall`."""
    from sklearn import metrics

    false_positive_rate, recall, _ = metrics.roc_curve(labels, scores)
    return pd.DataFrame({"false_positive_rate": false_positive_rate, "recall": recall})


def precision_recall_curve(labels: NDArray[np.integer], scores: NDArray[np.floating]) -> pd.DataFrame:
    """Precision over rising recall: columns `recall`, `precision`.

    Deviation: at recall 0 the precision is that of the highest threshold. scikit-learn puts a 1 there, which nobody
    measured and which turns the curve of a constant model into a slope.
    """
    from sklearn import metrics

    precision, recall, _ = metrics.precision_recall_curve(labels, scores, drop_intermediate=True)
    precision[-1] = precision[-2]
    return pd.DataFrame({"recall": recall[::-1], "precision": precision[::-1]})
