"""Paired differences of any family: what each allows to say, with its interval and its p-value, in words."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from pipeline.reporting import words
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


def said(found: Estimate) -> str:
    """0.951 [0.930, 0.960], kept on one line."""
    return whole(f"{decimal(found.value)} {words.interval(found.low, found.high)}".strip())


def share_said(share: float) -> str:
    """A share as 12.6 %."""
    return whole(words.percent(100 * share))


def apart(first: Estimate, second: Estimate) -> bool:
    """Whether two intervals do not overlap: a strict test where no paired one was made."""
    return first.is_known and second.is_known and (first.low > second.high or first.high < second.low)
