"""Paired comparisons of a detection run: of detectors, of threshold rules, of shares of the unwanted class."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.artifacts.detection import Measure
from pipeline.reporting.detection.names import Detector
from pipeline.reporting.facts import Estimate
from pipeline.reporting.gaps import Gap


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
