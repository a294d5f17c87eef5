"""Does depth help, and what are labels worth? Paired comparisons of detectors on the same resamples.

Shapes: R resamples.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.artifacts.detection import Detection
from pipeline.evaluation.paired import Difference, bootstrap_difference, holm

COLUMNS = ("detector", "rival", "metric", "difference", "low", "high", "p")
UNDEFINED = Difference(np.nan, np.nan, np.nan, np.nan)


def find_rival(one: Detection, others: Sequence[Detection], champion: str | None) -> Detection | None:
    """The detector to compare `one` with, the first of its kind; None where there is none.

    That is the unigram density fitted on the same messages with the same weighting, else on the same messages, else on
    all; of a unigram density it is the length; of the classifier with all labels it is the `champion`, the detector
    without labels that does best on the validation part.
    """
    if one.model == "supervised":
        return next((other for other in others if other.name == champion), None)
    if one.model == "length":
        return None
    if one.model == "unigram":
        return next((other for other in others if other.model == "length"), None)
    unigrams = [other for other in others if other.model == "unigram"]
    for fitted_on, weightings in (
        (one.fitted_on, (one.weighting,)),
        (one.fitted_on, ("message", "group")),
        ("all", (one.weighting,)),
        ("all", ("message", "group")),
    ):
        for other in unigrams:
            if other.fitted_on == fitted_on and other.weighting in weightings:
                return other
    return None


def hold_contests(
    detections: Sequence[Detection],
    samples: Mapping[str, Mapping[str, NDArray[np.float64]]],
    champion: str | None,
    num_groups: int,
) -> pd.DataFrame:
    """The table `contests` of `DetectionScores`.

    Args:
        detections: whose contests to hold.
        samples: by metric and detector (1 + R,): on the messages themselves, then on resamples common to all.
        champion: the rival of the classifier with all labels; None where there is none.
        num_groups: duplicate groups of the messages.
    """
    rows = []
    for one in detections:
        rival = find_rival(one, detections, champion)
        if rival is None:
            continue
        for metric, of_detectors in samples.items():
            found = _difference(of_detectors[one.name], of_detectors[rival.name], num_groups)
            rows.append((one.name, rival.name, metric, found.value, found.low, found.high, found.p))
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    return table.assign(p=holm(table["p"].tolist()))


def _difference(first: NDArray[np.float64], second: NDArray[np.float64], num_groups: int) -> Difference:
    """Resamples that lack a class are left out, for both alike."""
    is_defined = ~np.isnan(first - second)
    if not is_defined[0]:
        return UNDEFINED
    return bootstrap_difference(first[is_defined], second[is_defined], num_differing=num_groups)
