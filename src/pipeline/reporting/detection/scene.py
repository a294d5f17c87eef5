"""What a detection run came to, looked up by detector: values, paired comparisons, and who is best."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from pipeline.reporting import words
from pipeline.reporting.detection.facts import DetectionReport
from pipeline.reporting.detection.folder import DetectionTables
from pipeline.reporting.detection.names import Detector, Given, read_detectors
from pipeline.reporting.facts import Estimate
from pipeline.reporting.grid import Verdict, estimate, find
from pipeline.reporting.words import decimal

SIGNIFICANT = 0.05  # of adjusted p-values
CHANCE = 0.5  # the ROC-AUC of guessing


@dataclass(frozen=True)
class Contest:
    """A detector beside its rival by one metric, on the same resamples.

    Attributes:
        detector, rival: who is compared.
        difference: the detector less the rival.
        p: adjusted for the number of comparisons; NaN where undefined.
    """

    detector: Detector
    rival: Detector
    difference: Estimate
    p: float

    @property
    def verdict(self) -> Verdict:
        """Whether the detector is detectably better than its rival."""
        if math.isnan(self.p) or math.isnan(self.difference.value):
            return "unknown"
        if self.p >= SIGNIFICANT:
            return "level"
        return "better" if self.difference.value > 0 else "worse"

    @property
    def shown(self) -> str:
        """+0.041 [0.021, 0.063], p < 0.001."""
        ends = words.interval(self.difference.low, self.difference.high)
        return whole(f"{words.signed(self.difference.value)} {ends}".strip()) + f", {whole(p_said(self.p))}"


@dataclass(frozen=True)
class Scene:
    """The report and the tables of a run."""

    report: DetectionReport
    tables: DetectionTables

    @cached_property
    def detectors(self) -> list[Detector]:
        """The detectors, in the order of the tables."""
        return read_detectors(self.tables.detectors, self.report.classes)

    def given(self, given: Given) -> list[Detector]:
        """The detectors that are given as much."""
        return [one for one in self.detectors if one.given == given]

    def first(self, model: str, fitted_on: str | None = None) -> Detector | None:
        """The first detector of a kind; those to which every message weighs the same come first."""
        found = [one for one in self.detectors if one.model == model and fitted_on in {None, one.fitted_on}]
        return next(iter(sorted(found, key=lambda one: one.weighting != "message")), None)

    def value(self, one: Detector, metric: str = "roc_auc") -> Estimate:
        """By the measure that stands for the detector."""
        is_main = self.tables.measures["is_main"].astype(bool)
        return find(self.tables.measures[is_main], detector=one.key, metric=metric)

    def measured(self, one: Detector, measure: str, metric: str = "roc_auc", bound: str = "") -> Estimate:
        """By some measure, of the bound that stands for the detector or of another."""
        chosen = bound or self.main_bound(one)
        return find(self.tables.measures, detector=one.key, bound=chosen, measure=measure, metric=metric)

    def main_bound(self, one: Detector) -> str:
        """The bound that stands for the detector."""
        measures = self.tables.measures
        main = measures.loc[measures["is_main"].astype(bool) & (measures["detector"] == one.key), "bound"]
        return str(main.iloc[0]) if len(main) else ""

    def ruled(self, one: Detector, rule: str, metric: str = "f1") -> Estimate:
        """By the calls of a threshold rule."""
        return find(self.tables.rules, detector=one.key, rule=rule, metric=metric)

    def called(self, one: Detector, rule: str) -> float:
        """The share of the test messages that a threshold rule calls; NaN where there is none."""
        table = self.tables.thresholds
        chosen = table.loc[(table["detector"] == one.key) & (table["rule"] == rule), "called"]
        return float(chosen.iloc[0]) if len(chosen) else math.nan

    def contest(self, one: Detector, metric: str = "roc_auc") -> Contest | None:
        """The detector beside its rival; None where it has none."""
        return next((found for found in self.contests(metric) if found.detector.key == one.key), None)

    def contests(self, metric: str = "roc_auc") -> list[Contest]:
        """All paired comparisons by one metric."""
        table = self.tables.contests
        by_key = {one.key: one for one in self.detectors}
        return [
            Contest(
                by_key[row["detector"]],
                by_key[row["rival"]],
                Estimate(*(_number(row[name]) for name in ("difference", "low", "high"))),
                _number(row["p"]),
            )
            for _, row in table[table["metric"] == metric].iterrows()
        ]

    def best(self, detectors: Iterable[Detector], metric: str = "roc_auc") -> list[Detector]:
        """Detectors whose value is known, best first."""
        values = {one.key: self.value(one, metric).value for one in detectors}
        known = [one for one in self.detectors if not math.isnan(values.get(one.key, math.nan))]
        return sorted(known, key=lambda one: -values[one.key])

    def correlation(self, one: Detector) -> float:
        """Of the cost of a message and its known words."""
        table = self.tables.detectors
        return _number(table.loc[table["detector"] == one.key, "length_correlation"].iloc[0])

    def contaminated(self, model: str) -> list[tuple[float, Estimate, Estimate]]:
        """Share of the positive class, ROC-AUC, and its difference from none, in rising order of the share."""
        table = self.tables.contamination
        chosen = table[(table["model"] == model) & (table["metric"] == "roc_auc")].sort_values("share")
        return [(float(row["share"]), estimate(row), estimate(row, "difference")) for _, row in chosen.iterrows()]


def said(found: Estimate) -> str:
    """0.951 [0.930, 0.960], kept on one line."""
    return whole(f"{decimal(found.value)} {words.interval(found.low, found.high)}".strip())


def share_said(share: float) -> str:
    """A share as 12.6 %."""
    return whole(words.percent(100 * share))


def p_said(p: float) -> str:
    """A p-value with no more digits than it has."""
    if math.isnan(p):
        return "p undefined"
    return "p < 0.001" if p < 0.001 else f"p = {decimal(p)}"


def whole(text: str) -> str:
    """Kept on one line."""
    return text.replace(" ", "\N{NO-BREAK SPACE}")


def apart(first: Estimate, second: Estimate) -> bool:
    """Whether two intervals do not overlap: a strict test where no paired one was made."""
    return first.is_known and second.is_known and (first.low > second.high or first.high < second.low)


def _number(value: Any) -> float:
    return math.nan if pd.isna(value) else float(value)
