"""The tables of `ImageScores`.

Shapes: n images, K classes, R resamples.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.artifacts import Interval
from pipeline.artifacts.images import CLOSE, TEST, Neighbours
from pipeline.evaluation.images.measures import SCORES, Measured
from pipeline.evaluation.images.sets import Samples
from pipeline.evaluation.intervals import percentile_interval, pivotal_interval
from pipeline.shares import wilson

BY_CLASS = ("class_accuracy", "diversity", "precision", "recall", "coverage")


def score_table(measured: Mapping[str, Measured]) -> pd.DataFrame:
    """The table `table`: every score of every set."""
    rows = []
    for name, one in measured.items():
        for score in SCORES:
            found = _share(one.shares[score].holds) if score in one.shares else _interval(score, one.samples[score])
            rows.append((name, score, found.value, found.low, found.high))
    return pd.DataFrame(rows, columns=["name", "score", "value", "low", "high"])


def class_table(measured: Mapping[str, Measured]) -> pd.DataFrame:
    """The table `by_class`; NaN where a set has no image of a class."""
    rows = []
    for name, one in measured.items():
        for label, diversity in enumerate(one.diversity):
            for score in BY_CLASS:
                if score == "diversity":
                    found = _interval(score, diversity)
                else:
                    share = one.shares[score]
                    found = _share(share.holds[share.images.labels == label])
                rows.append((name, label, score, found.value, found.low, found.high))
    return pd.DataFrame(rows, columns=["name", "label", "score", "value", "low", "high"])


def confusion_table(measured: Mapping[str, Measured]) -> pd.DataFrame:
    """The table `confusion`: every pair of classes, also those that never come up."""
    tables = []
    for name, one in measured.items():
        number = len(one.diversity)
        label, called = np.divmod(np.arange(number**2), number)
        images = np.bincount(one.asked.labels.astype(np.int64) * number + one.asked.called, minlength=number**2)
        tables.append(pd.DataFrame({"name": name, "label": label, "called": called, "images": images}))
    return pd.concat(tables, ignore_index=True)


def copy_table(neighbours: Neighbours) -> pd.DataFrame:
    """The table `copies`."""
    by_set = {str(name): one["distance"].to_numpy() for name, one in neighbours.table.groupby("set", sort=False)}
    test = by_set[TEST]
    usual, rows = np.quantile(test, CLOSE), []
    for repeat in neighbours.repeats.to_dict("records"):
        own = by_set[repeat["set"]]
        close = _share(own < usual)
        counts = (repeat["set"], len(own), repeat["exact"], repeat["twins"])
        rows.append((*counts, close.value, close.low, close.high, np.median(own), np.median(test)))
    columns = ["name", "images", "exact", "twins", "close", "low", "high", "distance", "test_distance"]
    return pd.DataFrame(rows, columns=columns)


def _share(holds: NDArray[np.bool_]) -> Interval:
    if not len(holds):
        return Interval(np.nan, np.nan, np.nan)
    value = float(holds.mean())
    low, high = wilson(value, len(holds))
    return Interval(value, float(low), float(high))


def _interval(score: str, samples: Samples) -> Interval:
    value = float(samples[0])
    if score == "frechet":
        return pivotal_interval(value, samples[1:], lowest=0)
    return percentile_interval(value, samples[1:])
