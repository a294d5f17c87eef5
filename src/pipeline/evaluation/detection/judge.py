"""The verdict on detectors: how well their costs rank the test messages, and what rules without labels make of them.

Shapes: N rows of the corpus.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.artifacts import Predictions
from pipeline.artifacts.detection import Contamination, Detection, DetectionScores, Measure
from pipeline.evaluation.curves import precision_recall_curve
from pipeline.evaluation.detection.calls import judge_calls
from pipeline.evaluation.detection.contamination import judge_contamination
from pipeline.evaluation.detection.contests import find_champions, hold_contests, pair_up
from pipeline.evaluation.detection.length import length_correlation
from pipeline.evaluation.detection.readings import Reading, needs_labels, read_detections, supervised
from pipeline.evaluation.detection.resamples import AREAS, Samples, area_samples, interval_of
from pipeline.evaluation.detection.rules import choose_thresholds


def judge(
    detections: Sequence[Detection],
    contamination: Contamination,
    baselines: Predictions,
    labels: NDArray[np.integer],
    groups: NDArray[np.integer],
    known: NDArray[np.integer],
    *,
    measure: Measure,
    expected_share: float,
    estimated_share: float,
    supervised_fitted: tuple[int, int],
    resamples: int,
    seed: int,
) -> DetectionScores:
    """Measure every detector, and beside them TF-IDF with all training labels, on the test messages of `baselines`.

    All are measured on the same resamples of the duplicate groups: their differences are paired. What is no measure of
    a detector is not in the table `measures`.

    Args:
        detections: what the detectors said.
        contamination: what those fitted on ever more of the positive class said.
        baselines: predictions of the same validation and test messages, in whatever order.
        labels, groups, known: (N,) label, duplicate group and number of known words of every row of the corpus.
        measure: which of its scores stands for a detector; "message" for those that do not have it.
        expected_share, estimated_share: of the positive class, as told and by a mixture; the first above 0, below 1.
        supervised_fitted: negative and positive messages that TF-IDF was fitted on.
        resamples: bootstrap resamples of the test messages.
        seed: seed of the bootstrap.

    Raises:
        UserError: two detectors have the same name, or a score is no finite number.
    """
    everyone = [*detections, supervised(baselines, supervised_fitted)]
    of_part = baselines.table.groupby("part")["row"]
    validation, test = (of_part.get_group(part).to_numpy() for part in ("validation", "test"))
    readings = read_detections(everyone, validation, test, measure=measure)
    mains = {it.detector: it for it in readings if it.is_main}
    drawn = {"resamples": resamples, "seed": seed}
    samples = area_samples(labels[test], [it.test for it in readings], groups[test], **drawn)
    shares = {"expected_share": expected_share, "estimated_share": estimated_share}
    chosen = {name: choose_thresholds(it.validation, labels[validation], **shares) for name, it in mains.items()}
    calls = judge_calls(mains, chosen, labels[test], groups[test], **drawn)
    champion, picked = find_champions(everyone, mains, labels[validation])
    return DetectionScores(
        detectors=_describe(everyone, mains, readings, known[test]),
        measures=_measures(readings, samples),
        rules=calls.rules,
        thresholds=calls.thresholds,
        rule_contests=calls.contests,
        contests=hold_contests(pair_up(everyone, mains, champion, picked), mains, readings, samples, groups[test]),
        curves=_curves(mains, labels[test]),
        contamination=judge_contamination(contamination, test, labels[test], groups[test], measure=measure, **drawn),
        champion=champion,
        picked=picked,
        **shares,
        true_share=float((labels[test] == 1).mean()),
        num_wordless=int((known[test] == 0).sum()),
        num_resamples=resamples,
    )


def _describe(
    detections: Sequence[Detection],
    mains: Mapping[str, Reading],
    readings: Sequence[Reading],
    known: NDArray[np.integer],
) -> pd.DataFrame:
    costs = {(it.detector, it.bound): it.test for it in readings if it.measure == "message"}
    rows = [
        {
            "detector": one.name,
            "model": one.model,
            "fitted_on": one.fitted_on,
            "weighting": one.weighting,
            "description": one.description,
            "measure": mains[one.name].measure,
            "needs_labels": needs_labels(one),
            "fitted_negative": one.fitted[0],
            "fitted_positive": one.fitted[1],
            "num_params": one.num_params,
            "kept_epoch": one.kept_epoch,
            "active_units": np.nan if one.active_units is None else float(one.active_units),
            "num_latent": np.nan if one.num_latent is None else float(one.num_latent),
            "length_correlation": length_correlation(costs[one.name, one.main], known),
        }
        for one in detections
    ]
    return pd.DataFrame(rows)


def _measures(readings: Sequence[Reading], samples: Samples) -> pd.DataFrame:
    rows = [
        {"detector": it.detector, "bound": it.bound, "measure": it.measure, "is_main": it.is_main, "metric": metric}
        | asdict(interval_of(samples[metric][place]))
        for place, it in enumerate(readings)
        for metric in AREAS
    ]
    return pd.DataFrame(rows)


def _curves(mains: Mapping[str, Reading], labels: NDArray[np.integer]) -> pd.DataFrame:
    """Precision over recall of each detector; empty where a class is missing."""
    if not 0 < (labels == 1).sum() < len(labels):
        return pd.DataFrame({"detector": pd.Series(dtype=str), "recall": [], "precision": []})
    tables = [precision_recall_curve(labels, it.test).assign(detector=name) for name, it in mains.items()]
    return pd.concat(tables, ignore_index=True)[["detector", "recall", "precision"]]
