"""The scores of drawn images: what each means, which way is better, and how it is written."""

from __future__ import annotations

import math
from dataclasses import dataclass

from pipeline.artifacts.images import AS_REAL
from pipeline.reporting.facts import Estimate
from pipeline.reporting.gaps import whole
from pipeline.reporting.words import decimal, signed


@dataclass(frozen=True)
class Score:
    """One score.

    Attributes:
        key: its name in the files.
        label: its name for people.
        meaning: what it measures.
        places: digits after the point, or all digits but leading zeros where they are significant.
        is_significant: whether these are; of a score that may be of any size.
        higher_is_better: whether more is better, unless real images are to be matched.
    """

    key: str
    label: str
    meaning: str
    places: int = 3
    higher_is_better: bool = True
    is_significant: bool = False

    @property
    def within(self) -> str:
        """Its name inside a sentence."""
        return self.label if self.label.startswith("Fréchet") else self.label[:1].lower() + self.label[1:]

    @property
    def as_real(self) -> bool:
        """Whether as much as real images have is best, and more no better than less."""
        return self.key in AS_REAL

    @property
    def arrow(self) -> str:
        """Which way is better, as a sign."""
        return "→" if self.as_real else "↑" if self.higher_is_better else "↓"

    @property
    def better(self) -> str:
        """Which way is better."""
        if self.as_real:
            return "the nearer to real images the better, from either side"
        return "more is better" if self.higher_is_better else "less is better"

    def written(self, value: float) -> str:
        """A value."""
        return decimal(value, self._places(value))

    def bounds(self, found: Estimate) -> str:
        """The interval of a value; empty where it is undefined."""
        return f"[{self.written(found.low)}, {self.written(found.high)}]" if found.is_known else ""

    def said(self, found: Estimate) -> str:
        """A value and its interval, kept on one line."""
        return whole(f"{self.written(found.value)} {self.bounds(found)}".strip())

    def gap_said(self, gap: Estimate) -> str:
        """A difference and its interval, kept on one line."""
        return whole(f"{signed(gap.value, self._places(gap.value))} {self.bounds(gap)}".strip())

    def _places(self, value: float) -> int:
        """Digits after the point."""
        if not self.is_significant or not math.isfinite(value):
            return self.places
        rounded = float(f"{value:.{self.places}g}")
        return max(self.places - 1 - math.floor(math.log10(abs(rounded))), 0) if rounded else 0


SCORES = (
    Score(
        "class_accuracy",
        "Class accuracy",
        "share of the drawings that the judge, a classifier trained on real images alone, takes for the class that was "
        "asked for. More than real images reach means that drawings are plainer than these",
    ),
    Score(
        "frechet",
        "Fréchet distance",
        "distance of the drawings to the test images by the mean and the covariance of what the judge’s last hidden "
        "layer makes of them: the formula of the Fréchet inception distance (FID), but on the features of this judge, "
        "so that it cannot be set beside any FID that is published",
        higher_is_better=False,
        is_significant=True,
    ),
    Score(
        "kernel",
        "Kernel distance",
        "the same by a cubic kernel, which looks further than mean and covariance: the formula of the kernel inception "
        "distance (KID; Bińkowski et al. 2018), again on the judge’s features; about 0 where the two sets are of one "
        "kind, so that chance may put it below",
        places=4,
        higher_is_better=False,
    ),
    Score(
        "precision",
        "Precision",
        "share of the drawings that lie where test images lie: closer to some test image than that image’s own "
        "neighbours (Kynkäänniemi et al. 2019). Low where drawings are unlike anything real; more than real images "
        "have means that drawings keep to the middle of what there is",
    ),
    Score(
        "recall",
        "Recall",
        "the same the other way round: share of the test images that lie where drawings lie. Low where whole kinds of "
        "image are never drawn (Kynkäänniemi et al. 2019)",
    ),
    Score(
        "density",
        "Density",
        "around how many test images a drawing lies, as a share of what is usual; steadier than precision where single "
        "test images lie far out (Naeem et al. 2020). About 1 for real images; more means that drawings crowd where "
        "test images are densest",
    ),
    Score(
        "coverage",
        "Coverage",
        "share of the test images that have a drawing within reach of their own neighbours; steadier than recall where "
        "single drawings lie far out (Naeem et al. 2020)",
    ),
    Score(
        "diversity",
        "Diversity",
        "mean distance of two drawings of a class, as a share of that of two test images of it: 1 is as varied as real "
        "images, 0 the same image again and again, and more than 1 is noise, or odd images among the others",
    ),
    Score(
        "learnt_accuracy",
        "Trained on drawings",
        "share of the test images that a classifier calls right which has the judge’s layers and was trained on "
        "drawings alone: the classification accuracy score (CAS; Ravuri and Vinyals 2019)",
    ),
)
SCORE = {score.key: score for score in SCORES}
MAIN = ("class_accuracy", "frechet", "precision", "recall", "density", "coverage")
