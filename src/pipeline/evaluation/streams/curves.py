"""ROC curves as TREC draws them, on axes that stretch where good filters differ."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import logit

from pipeline.evaluation.curves import roc_curve

POINTS = 200


def thin_roc_curve(labels: NDArray[np.integer], scores: NDArray[np.floating]) -> pd.DataFrame:
    """At most POINTS corners of the ROC curve, both ends among them, evenly far from one another on logit axes.

    Empty where a class is missing. Columns: `false_positive_rate`, `recall`.

    Shapes: labels, scores (n,).
    Source: Cormack & Lynam 2005, TREC 2005 spam track overview (logit axes).
    """
    totals = np.array([(labels == 0).sum(), (labels == 1).sum()])
    if not totals.all():
        return pd.DataFrame({"false_positive_rate": np.empty(0), "recall": np.empty(0)})
    curve = roc_curve(labels, scores)
    ends = 0.5 / totals  # logits of 0 and 1 are infinite: half a message away from them is as far as rates can tell
    path = logit(np.clip(curve[["false_positive_rate", "recall"]].to_numpy(), ends, 1 - ends))
    length = np.append(0, np.abs(np.diff(path, axis=0)).sum(axis=1).cumsum())
    steps = np.searchsorted(length, np.linspace(0, length[-1], POINTS))
    kept = np.unique(np.append(steps[:-1], len(curve) - 1))
    return curve.iloc[kept].reset_index(drop=True)
