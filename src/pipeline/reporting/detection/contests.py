"""Paired comparisons of a detection run: of detectors, of threshold rules, of shares of the unwanted class."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from pipeline.artifacts.detection import Measure
from pipeline.reporting import words
from pipeline.reporting.detection.names import Detector
from pipeline.reporting.facts import Estimate
from pipeline.reporting.grid import Verdict
from pipeline.reporting.words import decimal

SIGNIFICANT = 0.05  # of adjusted p-values
ROUNDING = 1e-9


@dataclass(frozen=True)
class Gap:
    """A paired difference.

    Attributes:
        difference: of the first less the second.
        p: adjusted for the number of comparisons; NaN where undefined.
        least_p: the least that so many resamples can show of so many comparisons.
    """

    difference: Estimate
    p: float
    least_p: float

    @property
    def verdict(self) -> Verdict:
        """Whether the first is detectably better than the second."""
        if math.isnan(self.p) or math.isnan(self.difference.value) or self.is_undecided:
            return "unknown"
        if self.p >= SIGNIFICANT:
            return "level"
        return "better" if self.difference.value > 0 else "worse"

    @property
    def is_undecided(self) -> bool:
        """Whether more resamples would be needed to tell a difference, however clear it is."""
        return self._is_least and self.p >= SIGNIFICANT

    @property
    def _is_least(self) -> bool:
        return self.p <= self.least_p * (1 + ROUNDING)

    @property
    def p_said(self) -> str:
        """The p-value with no more digits than it has, and ≤ where it is the least that can be shown."""
        if math.isnan(self.p):
            return "p undefined"
        if self.p < 0.001:
            return "p < 0.001"
        return f"p {'≤' if self._is_least else '='} {decimal(self.p)}"

    @property
    def shown(self) -> str:
        """+0.041 [0.021, 0.063], p < 0.001."""
        few = ", too few resamples to tell" if self.is_undecided else ""
        return f"{difference_said(self.difference)}, {whole(self.p_said)}{few}"


@dataclass(frozen=True)
class Contest(Gap):
    """A detector beside its rival by one metric, on the same resamples.

    Attributes:
        detector, rival: who is compared.
        measure: by which of its scores the detector is; the rival is by the one that stands for it.
    """

    detector: Detector
    rival: Detector
    measure: Measure


@dataclass(frozen=True)
class RuleContest(Gap):
    """F1 of a threshold rule less that of another one."""

    rule: str
    rival: str

    @property
    def turned(self) -> RuleContest:
        """The same seen from the rival."""
        found = self.difference
        return RuleContest(Estimate(-found.value, -found.high, -found.low), self.p, self.least_p, self.rival, self.rule)


@dataclass(frozen=True)
class Dose(Gap):
    """A model fitted with a share of the unwanted class: its metric, and how far that is from the one without."""

    share: float
    value: Estimate


def least_p(p_values: Iterable[float], num_resamples: int) -> float:
    """The least p-value that resampling can show, by Holm's method for the number of those that are defined."""
    number = sum(not math.isnan(p) for p in p_values)
    return min(1.0, number * 2 / (num_resamples + 1))


def difference_said(found: Estimate) -> str:
    """+0.041 [0.021, 0.063], kept on one line."""
    return whole(f"{words.signed(found.value)} {words.interval(found.low, found.high)}".strip())


def whole(text: str) -> str:
    """Kept on one line."""
    return text.replace(" ", "\N{NO-BREAK SPACE}")


def number(value: object) -> float:
    """A float, NaN where the table has nothing."""
    return math.nan if pd.isna(value) else float(value)  # pyright: ignore[reportArgumentType,reportCallIssue,reportGeneralTypeIssues]
