"""Judge what detectors found."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import Field

from pipeline.artifacts import Predictions, Split
from pipeline.artifacts.detection import Bags, Contamination, Detection, DetectionScores, Measure, Suspicion
from pipeline.evaluation.detection.judge import judge
from pipeline.ranges import Share


def judge_detections(
    split: Split,
    bags: Bags,
    suspicion: Suspicion,
    contamination: Contamination,
    supervised: Predictions,
    *detections: Detection,
    measure: Measure,
    expected_share: Share,
    resamples: Annotated[int, Field(ge=100)],
    seed: int,
) -> DetectionScores:
    """Metrics on the test part with 95 % intervals, thresholds with labels and without, and paired comparisons.

    `measure`: the score that stands for a detector: the cost of a "message", of a "word" of it, or the "residual", how
    much more the message costs than is usual at its length. `expected_share`: the share of the positive class that
    someone without labels would expect.
    """
    fitted = np.bincount(split.labels[split.train], minlength=2).tolist()
    return judge(
        detections,
        contamination,
        supervised,
        split.labels,
        split.groups,
        bags.known,
        measure=measure,
        expected_share=expected_share,
        estimated_share=suspicion.share,
        supervised_fitted=(fitted[0], fitted[1]),
        resamples=resamples,
        seed=seed,
    )
