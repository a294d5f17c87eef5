"""What a run on images came to, asked by name: scores, paired comparisons, classes, copies and epochs."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from pipeline.artifacts.images import BINS, COLLAPSED, PARTIAL, REAL
from pipeline.reporting.facts import Estimate
from pipeline.reporting.gaps import Gap, share_said, whole
from pipeline.reporting.grid import Verdict, each_once, find
from pipeline.reporting.images.facts import ImagesReport
from pipeline.reporting.images.folder import ImagesTables
from pipeline.reporting.images.scores import SCORES, Score
from pipeline.reporting.images.settings import Settings
from pipeline.reporting.words import count, decimal, listed
from pipeline.shares import Z

TURNED: dict[Verdict, Verdict] = {"better": "worse", "worse": "better", "level": "level", "unknown": "unknown"}
TWENTIETHS = (np.arange(BINS) + 0.5) / BINS  # the middle of each
LEAST_P = 0.0  # p-values come from standard errors, not from counts of resamples: there is no least one
NAMED = 5  # classes that a sentence names


@dataclass(frozen=True)
class Contest(Gap):
    """What the first set scores less what the second does.

    Attributes:
        from_real: whether distances from what real images score are compared, of which less is better.
    """

    first: str
    second: str
    score: Score
    from_real: bool

    @property
    def verdict(self) -> Verdict:
        """Whether the first is detectably better; beside real images in what is best as they have it, never."""
        found = super().verdict
        if self.score.as_real and not self.from_real and found in {"better", "worse"}:
            return "worse" if self.second == REAL else "better"
        return TURNED[found] if self.from_real or not self.score.higher_is_better else found

    @property
    def shown(self) -> str:
        """+0.041 [0.021, 0.063], p < 0.001."""
        return f"{self.score.gap_said(self.difference)}, {whole(self.p_said)}"

    @property
    def turned(self) -> Contest:
        """The same seen from the second."""
        gap = self.difference
        return Contest(
            Estimate(-gap.value, -gap.high, -gap.low), self.p, self.least_p, self.second, self.first, self.score,
            self.from_real,
        )  # fmt: skip


@dataclass(frozen=True)
class Copies:
    """How near the drawings of a set come to training images; as `ImageScores.copies` has it."""

    images: int
    exact: int
    twins: int
    close: Estimate
    distance: float
    test_distance: float


@dataclass(frozen=True)
class Collapsed:
    """A class whose drawings do not show what the class is like."""

    name: str
    reason: str


@dataclass(frozen=True, eq=False)
class Scene:
    """All that the report of a run on images is told from."""

    report: ImagesReport
    tables: ImagesTables
    settings: Settings = field(default_factory=Settings)

    @property
    def gan(self) -> str:
        """The generator for people."""
        return called(self.report.gan)

    @property
    def baseline(self) -> str:
        """What it must beat, for people."""
        return called(self.report.baseline)

    @property
    def sets(self) -> list[str]:
        """The sets that are scored, real images last."""
        found = self.tables.scores["name"].astype(str).unique()
        known = [name for name in (self.report.gan, self.report.baseline, REAL) if name in found]
        return each_once([*known, *found])

    @property
    def scores(self) -> list[Score]:
        """The scores that there are."""
        keys = set(self.tables.scores["score"])
        return [score for score in SCORES if score.key in keys]

    def value(self, score: Score, name: str | None = None) -> Estimate:
        """A score of a set; of the generator, where none is named."""
        return find(self.tables.scores, name=name or self.report.gan, score=score.key)

    def against(self, second: str) -> list[Contest]:
        """The generator beside another set, by all scores."""
        found = (self.contest(score, second) for score in self.scores)
        return [one for one in found if one is not None]

    def contest(self, score: Score, second: str, first: str | None = None) -> Contest | None:
        """A comparison; of the generator, where none is named first."""
        first = first or self.report.gan
        for one in self.contests:
            if one.score == score and (one.first, one.second) == (first, second):
                return one
            if one.score == score and (one.second, one.first) == (first, second):
                return one.turned
        return None

    @cached_property
    def contests(self) -> list[Contest]:
        """All comparisons by scores that are known here."""
        known = {score.key: score for score in SCORES}
        return [
            Contest(
                _estimate(row, "difference"), float(row["p"]), LEAST_P, row["first"], row["second"], score,
                bool(row["from_real"]),
            )
            for row in self.tables.contests.to_dict("records")
            if (score := known.get(row["score"])) is not None
        ]  # fmt: skip

    def by_class(self, score: Score, label: int, name: str | None = None) -> Estimate:
        """A score of a set's images of one class."""
        table = self.tables.by_class
        return find(table[table["label"] == label], name=name or self.report.gan, score=score.key)

    def taken_for(self, label: int, name: str | None = None) -> tuple[int, float] | None:
        """What images of a class are most often taken for that they should not be, and their share."""
        table = self.tables.confusion
        own = table[(table["name"] == (name or self.report.gan)) & (table["label"] == label)]
        total = own["images"].sum()
        wrong = own[own["called"] != label].sort_values(["images", "called"], ascending=[False, True])
        if not total or wrong.empty or not wrong["images"].iloc[0]:
            return None
        return int(wrong["called"].iloc[0]), float(wrong["images"].iloc[0] / total)

    def collapsed(self, name: str | None = None) -> dict[int, Collapsed]:
        """The classes that have collapsed outright, by label."""
        return self._lost(COLLAPSED, name)

    def collapsed_in_part(self, name: str | None = None) -> dict[int, Collapsed]:
        """The classes of which most kinds of image are left out, by label."""
        return self._lost(PARTIAL, name)

    def _lost(self, level: str, name: str | None) -> dict[int, Collapsed]:
        table = self.tables.collapse
        rows = table[(table["name"] == (name or self.report.gan)) & (table["level"] == level)]
        names = self.report.class_names
        return {
            int(row["label"]): Collapsed(names[int(row["label"])], row["reason"]) for row in rows.to_dict("records")
        }

    def copies(self, name: str | None = None) -> Copies | None:
        """How near the drawings of a set come to training images."""
        table = self.tables.copies
        found = table[table["name"] == (name or self.report.gan)]
        if found.empty:
            return None
        row = found.iloc[0]
        close = Estimate(float(row["close"]), float(row["low"]), float(row["high"]))
        numbers = int(row["images"]), int(row["exact"]), int(row["twins"])
        return Copies(*numbers, close, float(row["distance"]), float(row["test_distance"]))

    def confidence(self, name: str) -> float:
        """Mean probability of being real that the discriminator gives to a set, to a fortieth; NaN where unknown."""
        number = self._bins(name)
        return float(number @ TWENTIETHS / number.sum()) if number.sum() else math.nan

    @cached_property
    def memory(self) -> Estimate:
        """Chance that the discriminator trusts a training image more than a test image; ties count half.

        Source: Hanley and McNeil 1982, Radiology 143:29-36, for the interval.
        """
        train, test = self._bins("train"), self._bins("test")
        first, second = train.sum(), test.sum()
        if not first or not second:
            return Estimate(math.nan, math.nan, math.nan)
        area = float(train @ (np.cumsum(test) - test / 2)) / (first * second)
        own, other = area / (2 - area), 2 * area**2 / (1 + area)
        variance = area * (1 - area) + (first - 1) * (own - area**2) + (second - 1) * (other - area**2)
        half = Z * math.sqrt(max(variance, 0.0) / (first * second))
        return Estimate(area, max(area - half, 0.0), min(area + half, 1.0))

    @property
    def seconds(self) -> float:
        """Of an epoch, the median; NaN where none is known."""
        return float(self.tables.history["seconds"].median())

    @property
    def best_epoch(self) -> int | None:
        """The epoch with the least Fréchet distance to the reference images."""
        known = self.tables.history.dropna(subset=["frechet"])
        return int(known["epoch"].iloc[int(known["frechet"].argmin())]) if len(known) else None

    def _bins(self, name: str) -> np.ndarray[Any, np.dtype[np.float64]]:
        table = self.tables.confidence
        own = table[table["set"] == name]
        return np.bincount(own["bin"].astype(int), weights=own["images"], minlength=BINS)[:BINS].astype(np.float64)


def called(name: str) -> str:
    """A set for people: what draws by its name."""
    return {REAL: "real images", "gaussian": "Gaussian"}.get(name, name)


def some(names: Sequence[str]) -> str:
    """Names of classes, the first few where they are many."""
    more = [f"{count(len(names) - NAMED)} more"] if len(names) > NAMED + 1 else []
    return listed([*names[:NAMED], *more] if more else list(names))


def classes_said(names: Sequence[str]) -> str:
    """The class 1; the classes 1 and 6: a name alone may read as a number of them."""
    return f"the class{'' if len(names) == 1 else 'es'} {some(names)}"


def bounded(share: Estimate) -> tuple[str, str]:
    """A share of drawings and its interval, in percent; of none its upper end: 0 %, (below 0.1 %)."""
    if not share.is_known:
        return share_said(share.value), ""
    if not share.value:
        return share_said(0.0), f"(below {decimal(max(math.ceil(1000 * share.high) / 10, 0.1), 1)} %)"
    return share_said(share.value), f"[{decimal(100 * share.low, 1)}, {decimal(100 * share.high, 1)}]"


def tallied(contests: Iterable[Contest]) -> dict[Verdict, list[Contest]]:
    """Comparisons by their outcome."""
    found: dict[Verdict, list[Contest]] = {"better": [], "worse": [], "level": [], "unknown": []}
    for one in contests:
        found[one.verdict].append(one)
    return found


def _estimate(row: dict[Any, Any], column: str) -> Estimate:
    return Estimate(*(math.nan if pd.isna(row[name]) else float(row[name]) for name in (column, "low", "high")))
