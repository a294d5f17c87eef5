"""Classes that have collapsed: a generator draws little but the same of them, or seldom draws them at all.

The first is mode collapse, the second a dropped mode: asked for the class, the generator draws something else. Less
bad is partial collapse: it draws the class, and varied, but leaves out most kinds of image that there are of it.

Shapes: K classes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from pipeline.artifacts.images import COLLAPSED, PARTIAL, REAL, TEST, Neighbours
from pipeline.evaluation.images.manifold import Flags
from pipeline.evaluation.images.measures import Measured
from pipeline.evaluation.images.sets import ImageSet

LEAST_DIVERSITY = 0.5  # of two test images; real images reach about 1
MOST_TWINS = 0.01  # share of a class that repeats, beyond what test images repeat: noise of 100 numbers never does
LEAST_TWINS = 3  # repeats: of few drawings one pair is a large share
LEAST_COVERAGE = 0.1  # of the class's test images
COVERAGE_FACTOR = 3  # by which real images cover more: a class may be hard to cover
LEAST_ACCURACY = 0.5  # of the judge's accuracy on real images of the class, which may be hard to tell
LEAST_RECALL = 0.5  # of the recall of real images: below it most of what can be reached is left out

NONE = np.empty(0, bool)
SHOWN = ["diversity", "coverage", "recall", "class_accuracy"]


def collapse_table(
    measured: Mapping[str, Measured], by_class: pd.DataFrame, neighbours: Neighbours, classes: Sequence[str]
) -> pd.DataFrame:
    """The table `collapse`: every drawn set and class, with what is wrong with it in a clause or several.

    Diversity, accuracy and recall count by the upper ends of their intervals, so that chance alone raises no alarm.
    """
    keys = zip(by_class["name"], by_class["label"], by_class["score"], strict=True)
    found = dict(zip(keys, by_class[["value", "high"]].to_numpy(), strict=True))
    twins = {key: one.to_numpy(bool) for key, one in neighbours.table.groupby(["set", "label"])["twin"]}
    rows = []
    for name in (name for name in measured if name != REAL):
        for label in range(len(classes)):
            own, real = ({score: found[each, label, score][0] for score in SHOWN} for each in (name, REAL))
            reasons = []
            if found[name, label, "diversity"][1] < LEAST_DIVERSITY:
                reasons.append("draws too much alike")
            if _repeats(twins.get((name, label), NONE), twins.get((TEST, label), NONE)):
                reasons.append("draws the same images again")
            if own["coverage"] < LEAST_COVERAGE and COVERAGE_FACTOR * own["coverage"] <= real["coverage"]:
                reasons.append("covers little of the class")
            if found[name, label, "class_accuracy"][1] < LEAST_ACCURACY * real["class_accuracy"]:
                reasons.append(_instead(measured[name].asked, label, classes))
            level = COLLAPSED if reasons else ""
            if not reasons and found[name, label, "recall"][1] < LEAST_RECALL * real["recall"]:
                level, reasons = PARTIAL, ["leaves out most kinds"]
            rows.append((name, label, *own.values(), level, "; ".join(reasons)))
    return pd.DataFrame(rows, columns=["name", "label", *SHOWN, "level", "reason"])


def _repeats(own: Flags, test: Flags) -> bool:
    """Whether drawings of a class repeat more than chance and its test images explain."""
    usual = test.mean() if len(test) else 0
    return own.sum() >= LEAST_TWINS and own.mean() > MOST_TWINS + usual


def _instead(asked: ImageSet, label: int, classes: Sequence[str]) -> str:
    """What drawings of a class that is not drawn are taken for, where one other class outnumbers it."""
    counts = np.bincount(asked.called[asked.labels == label], minlength=len(classes))
    most = int(counts.argmax())
    if counts[most] > counts[label]:
        return f"is more often taken for {classes[most]}"
    return "is seldom taken for what it should be"
