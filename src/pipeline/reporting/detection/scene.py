"""What a detection run came to, looked up by detector: values, paired comparisons, and who is best."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from pipeline.artifacts.detection import Measure
from pipeline.reporting.detection.contests import Contest, Dose, RuleContest
from pipeline.reporting.detection.facts import DetectionReport
from pipeline.reporting.detection.folder import DetectionTables
from pipeline.reporting.detection.names import Detector, Given, read_detectors
from pipeline.reporting.facts import Estimate
from pipeline.reporting.gaps import least_p, number
from pipeline.reporting.grid import estimate, find

CHANCE = 0.5  # the ROC-AUC of guessing


@dataclass(frozen=True)
class Scene:
    """The report and the tables of a run."""

    report: DetectionReport
    tables: DetectionTables

    @cached_property
    def detectors(self) -> list[Detector]:
        """The detectors, in the order of the tables."""
        return read_detectors(self.tables.detectors, self.report.classes)

    @property
    def champion(self) -> Detector | None:
        """The detector without labels that ranks the validation part best."""
        return self._named(self.report.champion)

    @property
    def picked(self) -> Detector | None:
        """The same of those fitted on the negative class."""
        return self._named(self.report.picked)

    def given(self, given: Given) -> list[Detector]:
        """The detectors that are given as much."""
        return [one for one in self.detectors if one.given == given]

    def first(self, model: str, fitted_on: str | None = None) -> Detector | None:
        """The first detector of a kind; those to which every message weighs the same come first."""
        found = [one for one in self.detectors if one.model == model and fitted_on in {None, one.fitted_on}]
        return next(iter(sorted(found, key=lambda one: one.weighting != "message")), None)

    def measure_of(self, one: Detector) -> Measure:
        """Which of its scores stands for the detector."""
        return self.tables.detectors.set_index("detector").loc[one.key, "measure"]  # pyright: ignore[reportReturnType]

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

    def contest(
        self, one: Detector | None, rival: Detector | None, measure: str = "", metric: str = "roc_auc"
    ) -> Contest | None:
        """A detector, by the measure that stands for it or another one, beside a rival; None where it was not held."""
        if one is None or rival is None:
            return None
        wanted = one.key, rival.key, measure or self.measure_of(one)
        found = {(held.detector.key, held.rival.key, held.measure): held for held in self.contests(metric)}
        return found.get(wanted)

    def contests(self, metric: str = "roc_auc") -> list[Contest]:
        """All paired comparisons by one metric."""
        table = self.tables.contests
        by_key = {one.key: one for one in self.detectors}
        least = least_p(table["p"].astype(float), self.report.num_resamples)
        return [
            Contest(*_gap(row, least), by_key[row["detector"]], by_key[row["rival"]], row["measure"])
            for _, row in table[table["metric"] == metric].iterrows()
        ]

    def rule_contests(self, one: Detector) -> dict[tuple[str, str], RuleContest]:
        """The rules of a detector in pairs, either way round."""
        table = self.tables.rule_contests[self.tables.rule_contests["detector"] == one.key]
        least = least_p(table["p"].astype(float), self.report.num_resamples)
        found = [RuleContest(*_gap(row, least), str(row["rule"]), str(row["rival"])) for _, row in table.iterrows()]
        return {(held.rule, held.rival): held for contest in found for held in (contest, contest.turned)}

    def best(self, detectors: Iterable[Detector], metric: str = "roc_auc") -> list[Detector]:
        """Detectors whose value is known, that of the highest on the test part first."""
        values = {one.key: self.value(one, metric).value for one in detectors}
        known = [one for one in self.detectors if not math.isnan(values.get(one.key, math.nan))]
        return sorted(known, key=lambda one: -values[one.key])

    def correlation(self, one: Detector) -> float:
        """Of the cost of a message and its known words."""
        table = self.tables.detectors
        return number(table.loc[table["detector"] == one.key, "length_correlation"].iloc[0])

    def contaminated(self, model: str) -> list[Dose]:
        """ROC-AUC at each share of the positive class, in rising order of the share."""
        table = self.tables.contamination
        least = least_p(table["p"].astype(float), self.report.num_resamples)
        chosen = table[(table["model"] == model) & (table["metric"] == "roc_auc")].sort_values("share")
        return [
            Dose(estimate(row, "difference"), number(row["p"]), least, float(row["share"]), estimate(row))
            for _, row in chosen.iterrows()
        ]

    def _named(self, key: str) -> Detector | None:
        return next((one for one in self.detectors if one.key == key), None)


def _gap(row: pd.Series, least: float) -> tuple[Estimate, float, float]:
    found = Estimate(*(number(row[name]) for name in ("difference", "low", "high")))
    return found, number(row["p"]), least
