"""How detectors fare as ever more of the messages that they were fitted on are of the class that they are to find."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.artifacts.detection import Contamination, Measure
from pipeline.evaluation.detection.contests import UNDEFINED, difference
from pipeline.evaluation.detection.readings import align, measured_by
from pipeline.evaluation.detection.resamples import AREAS, area_samples, interval_of
from pipeline.evaluation.paired import holm

COLUMNS = ("model", "share", "metric", "value", "low", "high", "difference", "difference_low", "difference_high", "p")


def judge_contamination(
    contamination: Contamination,
    rows: NDArray[np.integer],
    labels: NDArray[np.integer],
    groups: NDArray[np.integer],
    *,
    measure: Measure,
    resamples: int,
    seed: int,
) -> pd.DataFrame:
    """The table `contamination` of `DetectionScores`.

    Shapes: rows, labels, groups (n,) of the test messages.

    Raises:
        UserError: a score is not finite.
    """
    scores: dict[tuple[str, float], NDArray[np.float64]] = {}
    for model, of_model in contamination.scores.groupby("model", sort=False):
        main = measured_by(of_model, measure)
        for share, table in of_model.groupby("share"):
            who = f"The detector {model!r} fitted with a share of {share} of the positive class"
            scores[str(model), float(str(share))] = align(table, main, rows, who)
    if not scores:
        return pd.DataFrame({name: pd.Series(dtype=str if name in {"model", "metric"} else float) for name in COLUMNS})
    samples = area_samples(labels, list(scores.values()), groups, resamples=resamples, seed=seed)
    places, num_groups = {which: place for place, which in enumerate(scores)}, len(np.unique(groups))
    found = []
    for (model, share), place in places.items():
        for metric in AREAS:
            own, gap = samples[metric][place], UNDEFINED
            if share and (model, 0.0) in places:
                gap = difference(own, samples[metric][places[model, 0.0]], num_groups)
            value = interval_of(own)
            figures = (value.value, value.low, value.high, gap.value, gap.low, gap.high, gap.p)
            found.append((model, share, metric, *figures))
    table = pd.DataFrame(found, columns=list(COLUMNS))
    return table.assign(p=holm(table["p"].tolist()))
