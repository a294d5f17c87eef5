"""Who pays less: paired comparisons of models, and the race of the two ways of training."""

from __future__ import annotations

import math
from dataclasses import dataclass

from pipeline.reporting.characters.names import Model
from pipeline.reporting.facts import Estimate
from pipeline.reporting.gaps import Gap
from pipeline.reporting.grid import Verdict
from pipeline.reporting.words import count, decimal

PLAIN = 20  # times as fast: from there on told without a decimal
TURNED: dict[Verdict, Verdict] = {"better": "worse", "worse": "better", "level": "level", "unknown": "unknown"}


@dataclass(frozen=True)
class Contest(Gap):
    """What the first model pays less what the second does, on the same resamples: below 0 the first is better."""

    first: Model
    second: Model

    @property
    def verdict(self) -> Verdict:
        """Whether the first pays detectably less."""
        return TURNED[super().verdict]

    @property
    def turned(self) -> Contest:
        """The same seen from the second."""
        found = self.difference
        return Contest(
            Estimate(-found.value, -found.high, -found.low), self.p, self.least_p, self.second, self.first
        )  # fmt: skip


@dataclass(frozen=True)
class Race:
    """Two networks of the same layers, one trained on a stream and one on windows.

    Attributes:
        streamed, windowed: who ran.
        val_bits: the least that the windowed one came to on the validation part.
        windowed_epochs, windowed_seconds: until it did.
        streamed_epochs, streamed_seconds: until the streamed one first paid no more; NaN: it never did.
    """

    streamed: Model
    windowed: Model
    val_bits: float
    windowed_epochs: float
    windowed_seconds: float
    streamed_epochs: float
    streamed_seconds: float

    @property
    def is_reached(self) -> bool:
        """Whether the streamed one came as far."""
        return not math.isnan(self.streamed_seconds)

    @property
    def share(self) -> float:
        """The streamed one's time as a share of the windowed one's; NaN where it did not come as far."""
        return self.streamed_seconds / self.windowed_seconds if self.windowed_seconds else math.nan

    @property
    def share_said(self) -> str:
        """1/57 of, 1/8.4 of, 1.20 of: to be followed by the time."""
        if math.isnan(self.share):
            return "–"
        if self.share > 0.5:
            return f"{decimal(self.share, 2)} of"
        times = 1 / max(self.share, 1e-9)
        return f"1/{decimal(times, 1) if times < PLAIN else count(times)} of"
