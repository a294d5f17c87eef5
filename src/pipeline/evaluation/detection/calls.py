"""What threshold rules make of the detectors, and which rules are detectably better than others.

Shapes: v validation messages, n test messages.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.evaluation.detection.contests import difference
from pipeline.evaluation.detection.readings import Reading
from pipeline.evaluation.detection.resamples import OF_RULES, interval_of, rule_samples
from pipeline.evaluation.detection.rules import Rule
from pipeline.evaluation.paired import differing_groups, holm

COLUMNS = ("detector", "rule", "rival", "difference", "low", "high", "p")


@dataclass(frozen=True)
class Calls:
    """The tables `rules`, `thresholds` and `rule_contests` of `DetectionScores`; NaN where a rule has no threshold."""

    rules: pd.DataFrame
    thresholds: pd.DataFrame
    contests: pd.DataFrame


def judge_calls(
    mains: Mapping[str, Reading],
    chosen: Mapping[str, Mapping[Rule, float]],
    labels: NDArray[np.integer],
    groups: NDArray[np.integer],
    *,
    resamples: int,
    seed: int,
) -> Calls:
    """Call the test messages by the thresholds that were chosen for each detector.

    Shapes: labels, groups (n,).
    """
    places = [(name, rule, threshold) for name, rules in chosen.items() for rule, threshold in rules.items()]
    called = [mains[name].test >= threshold for name, _, threshold in places]
    samples = rule_samples(labels, called, groups, resamples=resamples, seed=seed)
    rules, thresholds = [], []
    f1_of: dict[str, dict[str, tuple[NDArray[np.float64], NDArray[np.bool_]]]] = {name: {} for name in chosen}
    for place, (name, rule, threshold) in enumerate(places):
        is_there = 1.0 if np.isfinite(threshold) else np.nan
        which = {"detector": name, "rule": rule}
        thresholds.append(which | {"threshold": threshold, "called": is_there * float(called[place].mean())})
        for key in OF_RULES:
            values = is_there * samples[key][place]
            rules.append(which | {"metric": key} | asdict(interval_of(values)))
        f1_of[name][rule] = is_there * samples["f1"][place], called[place]
    found = [(name, *row) for name, of_rules in f1_of.items() for row in _contests(of_rules, groups)]
    return Calls(pd.DataFrame(rules), pd.DataFrame(thresholds), pd.DataFrame(found, columns=list(COLUMNS)))


def _contests(
    of_rules: Mapping[str, tuple[NDArray[np.float64], NDArray[np.bool_]]], groups: NDArray[np.integer]
) -> list[tuple[str, str, float, float, float, float]]:
    """Every pair of rules of one detector: rule, rival, difference of F1, its interval, adjusted p."""
    pairs = list(combinations(of_rules, 2))
    gaps = []
    for pair in pairs:
        (first, first_called), (second, second_called) = (of_rules[rule] for rule in pair)
        gaps.append(difference(first, second, differing_groups(first_called, second_called, groups)))
    adjusted = holm([gap.p for gap in gaps])
    return [
        (rule, rival, gap.value, gap.low, gap.high, p)
        for (rule, rival), gap, p in zip(pairs, gaps, adjusted, strict=True)
    ]
