"""The verdict on detectors: how well their costs rank the test messages, and what rules without labels make of them.

Shapes: N rows of the corpus.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.artifacts import Predictions
from pipeline.artifacts.detection import Contamination, Detection, DetectionScores
from pipeline.errors import UserError
from pipeline.evaluation.curves import precision_recall_curve
from pipeline.evaluation.detection.contamination import judge_contamination
from pipeline.evaluation.detection.contests import hold_contests
from pipeline.evaluation.detection.length import length_correlation
from pipeline.evaluation.detection.readings import Measure, Reading, read_detections, supervised
from pipeline.evaluation.detection.resamples import AREAS, OF_RULES, Samples, area_samples, rule_samples
from pipeline.evaluation.detection.rules import Rule, choose_thresholds
from pipeline.evaluation.intervals import percentile_interval
from pipeline.evaluation.metrics import areas, rank


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

    All are measured on the same resamples of the duplicate groups, so that their differences are paired. Measures that
    a detector does not have are not in the table `measures`.

    Args:
        detections: what the detectors said.
        contamination: what those fitted on ever more of the positive class said.
        baselines: predictions of the same validation and test messages, in whatever order.
        labels, groups, known: (N,) label, duplicate group and number of known words of every row of the corpus.
        measure: which of its scores stands for a detector; "message" for those that do not have it.
        expected_share: of the positive class, as somebody expects it, above 0 and below 1.
        estimated_share: as a mixture estimates it.
        supervised_fitted: negative and positive messages that TF-IDF was fitted on.
        resamples: bootstrap resamples of the test messages.
        seed: seed of the bootstrap.

    Raises:
        UserError: the expected share is not between 0 and 1, two detectors have the same name, or a score is no finite
            number.
    """
    _check_share(expected_share)
    everyone = [*detections, supervised(baselines, supervised_fitted)]
    of_part = baselines.table.groupby("part")["row"]
    validation, test = (of_part.get_group(part).to_numpy() for part in ("validation", "test"))
    readings = read_detections(everyone, validation, test, measure=measure)
    mains = {it.detector: it for it in readings if it.is_main}
    drawn = {"resamples": resamples, "seed": seed}
    samples = area_samples(labels[test], [it.test for it in readings], groups[test], **drawn)
    shares = {"expected_share": expected_share, "estimated_share": estimated_share}
    chosen = {name: choose_thresholds(it.validation, labels[validation], **shares) for name, it in mains.items()}
    rules, thresholds = _rules(mains, chosen, labels[test], groups[test], **drawn)
    champion = _champion(everyone, mains, labels[validation])
    return DetectionScores(
        detectors=_describe(everyone, mains, readings, known[test]),
        measures=_measures(readings, samples),
        rules=rules,
        thresholds=thresholds,
        contests=hold_contests(everyone, _by_detector(readings, samples), champion, len(np.unique(groups[test]))),
        curves=_curves(mains, labels[test]),
        contamination=judge_contamination(contamination, test, labels[test], groups[test], measure=measure, **drawn),
        expected_share=expected_share,
        estimated_share=estimated_share,
        true_share=float((labels[test] == 1).mean()),
        num_wordless=int((known[test] == 0).sum()),
    )


def _champion(
    detections: Sequence[Detection], mains: Mapping[str, Reading], validation_labels: NDArray[np.integer]
) -> str | None:
    """The detector without labels that ranks the validation part best: chosen there, judged on the test part."""
    even = np.ones((1, len(validation_labels)))
    values = {
        one.name: areas(*rank(validation_labels, mains[one.name].validation).count(even))["roc_auc"][0]
        for one in detections
        if not _needs_labels(one)
    }
    known = {name: value for name, value in values.items() if not np.isnan(value)}
    return max(known, key=known.__getitem__) if known else None


def _needs_labels(one: Detection) -> bool:
    return one.fitted_on == "negative" or one.model == "supervised"


def _check_share(share: float) -> None:
    if not 0 < share < 1:
        raise UserError(
            f"The expected share of the positive class is {share}.",
            expected="a share above 0 and below 1: with none or nothing but positives there is nothing to find",
            remedy="Set evaluate.expected_share to what you expect, 0.13 for about one message in eight.",
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
            "needs_labels": _needs_labels(one),
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
        | _interval(samples[metric][place])
        for place, it in enumerate(readings)
        for metric in AREAS
    ]
    return pd.DataFrame(rows)


def _rules(
    mains: Mapping[str, Reading],
    chosen: Mapping[str, Mapping[Rule, float]],
    labels: NDArray[np.integer],
    groups: NDArray[np.integer],
    *,
    resamples: int,
    seed: int,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The tables `rules` and `thresholds`; NaN where a rule found no threshold."""
    places = [(name, rule, threshold) for name, rules in chosen.items() for rule, threshold in rules.items()]
    called = [mains[name].test >= threshold for name, _, threshold in places]
    samples = rule_samples(labels, called, groups, resamples=resamples, seed=seed)
    rules, thresholds = [], []
    for place, (name, rule, threshold) in enumerate(places):
        is_there = 1.0 if np.isfinite(threshold) else np.nan
        which = {"detector": name, "rule": rule}
        thresholds.append(which | {"threshold": threshold, "called": is_there * float(called[place].mean())})
        rules += [which | {"metric": key} | _interval(is_there * samples[key][place]) for key in OF_RULES]
    return pd.DataFrame(rules), pd.DataFrame(thresholds)


def _by_detector(readings: Sequence[Reading], samples: Samples) -> dict[str, dict[str, NDArray[np.float64]]]:
    """The samples of the main measures, by metric and detector."""
    return {
        metric: {it.detector: values[place] for place, it in enumerate(readings) if it.is_main}
        for metric, values in samples.items()
    }


def _curves(mains: Mapping[str, Reading], labels: NDArray[np.integer]) -> pd.DataFrame:
    """Precision over recall of each detector; empty where a class is missing."""
    if not 0 < (labels == 1).sum() < len(labels):
        return pd.DataFrame({"detector": pd.Series(dtype=str), "recall": [], "precision": []})
    tables = [precision_recall_curve(labels, it.test).assign(detector=name) for name, it in mains.items()]
    return pd.concat(tables, ignore_index=True)[["detector", "recall", "precision"]]


def _interval(samples: NDArray[np.float64]) -> dict[str, float]:
    interval = percentile_interval(float(samples[0]), samples[1:])
    return {"value": interval.value, "low": interval.low, "high": interval.high}
