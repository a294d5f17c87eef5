"""Does depth help, and what are labels worth? Paired comparisons of detectors on the same resamples.

Shapes: R resamples, v validation messages.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.artifacts.detection import Detection, Measure
from pipeline.evaluation.detection.readings import Reading, main_bound, needs_labels
from pipeline.evaluation.metrics import areas, rank
from pipeline.evaluation.paired import Difference, bootstrap_difference, holm

COLUMNS = ("detector", "measure", "rival", "metric", "difference", "low", "high", "p")
UNDEFINED = Difference(np.nan, np.nan, np.nan, np.nan)
NEAREST = ("vae", "unigram", "gaussian_vae", "autoencoder")  # densities, the source's own first
Pair = tuple[str, Measure, str]


def find_champions(
    detections: Sequence[Detection], mains: Mapping[str, Reading], labels: NDArray[np.integer]
) -> tuple[str, str]:
    """The detector without labels, and the one fitted on the negative class, that rank the validation part best.

    Chosen there, so that their figures on the test part are those of any other; empty where there is none.

    Shapes: labels (v,).
    """
    even = np.ones((1, len(labels)))

    def best(names: Iterable[str]) -> str:
        values = {name: float(areas(*rank(labels, mains[name].validation).count(even))["roc_auc"][0]) for name in names}
        known = {name: value for name, value in values.items() if not np.isnan(value)}
        return max(known, key=known.__getitem__, default="")

    free = (one.name for one in detections if not needs_labels(one))
    picked = (one.name for one in detections if needs_labels(one) and one.model != "supervised")
    return best(free), best(picked)


def find_rival(one: Detection, others: Sequence[Detection]) -> Detection | None:
    """The detector to compare `one` with, the first of its kind; None where there is none.

    That is the unigram density fitted on the same messages with the same weighting, else on the same messages, else on
    all; of a unigram density it is the length.
    """
    if one.model in {"supervised", "length"}:
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


def pair_up(detections: Sequence[Detection], mains: Mapping[str, Reading], champion: str, picked: str) -> list[Pair]:
    """Detector, the measure by which it is compared, and rival: each pair once."""
    found: list[Pair] = []
    for one in detections:
        rival = find_rival(one, detections)
        if rival is not None:
            found.append((one.name, mains[one.name].measure, rival.name))
        if champion and (one.model == "supervised" or one.name == picked):
            found.append((one.name, mains[one.name].measure, champion))
    length = next((one for one in detections if one.model == "length"), None)
    stated = _as_stated(detections)
    if length is not None and stated is not None:
        found.append((stated.name, "message", length.name))
    return list(dict.fromkeys(found))


def hold_contests(
    pairs: Sequence[Pair],
    mains: Mapping[str, Reading],
    readings: Sequence[Reading],
    samples: Mapping[str, NDArray[np.float64]],
    groups: NDArray[np.integer],
) -> pd.DataFrame:
    """The table `contests` of `DetectionScores`.

    Args:
        pairs: whose contests to hold.
        mains: the reading that stands for each detector.
        readings: all of them, M.
        samples: of each metric (M, 1 + R): on the messages themselves, then on resamples common to all.
        groups: duplicate group of each message.
    """
    num_groups = len(np.unique(groups))
    by_metric = {metric: main_bound(readings, values) for metric, values in samples.items()}
    rows = []
    for detector, measure, rival in pairs:
        for metric, found in by_metric.items():
            gap = difference(found[detector, measure], found[rival, mains[rival].measure], num_groups)
            rows.append((detector, measure, rival, metric, gap.value, gap.low, gap.high, gap.p))
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    return table.assign(p=holm(table["p"].tolist()))


def difference(first: NDArray[np.float64], second: NDArray[np.float64], num_differing: int) -> Difference:
    """The first less the second; resamples that lack a class are left out, for both alike.

    Shapes: first, second (1 + R,).
    """
    is_defined = ~np.isnan(first - second)
    if not is_defined[0]:
        return UNDEFINED
    return bootstrap_difference(first[is_defined], second[is_defined], num_differing=num_differing)


def _as_stated(detections: Sequence[Detection]) -> Detection | None:
    """The density fitted on all messages that is nearest to the source's; one that weighs all the same goes first."""
    found = [one for one in detections if one.fitted_on == "all" and one.model in NEAREST]
    return min(found, key=lambda one: (NEAREST.index(one.model), one.weighting != "message"), default=None)
