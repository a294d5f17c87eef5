"""What paired intervals allow to say: better, worse, or no detectable difference."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from pipeline.reporting.facts import Estimate
from pipeline.reporting.grid import Verdict, estimate, judge
from pipeline.reporting.words import count, listed

SAID: dict[Verdict, str] = {
    "better": "better", "level": "no detectable difference", "worse": "worse", "unknown": "undefined",
}  # fmt: skip


@dataclass(frozen=True)
class Against:
    """What an augmentation method is held against: the columns of the paired difference, and its name for people."""

    column: str
    name: str


NOTHING = Against("difference", "doing nothing")
SIMPLER = (
    Against("over_oversampling", "random oversampling"),
    Against("over_word_dropout", "word dropout"),
    Against("over_class_weights", "class weights"),
)
RIVALS = (NOTHING, *SIMPLER)


@dataclass(frozen=True)
class Tag:
    """A verdict in a word or two, and the style that colours it."""

    text: str
    style: str


@dataclass(frozen=True)
class Tally:
    """How several paired differences of a metric came out; for all metrics here higher is better."""

    better: int
    level: int
    worse: int
    unknown: int

    @property
    def total(self) -> int:
        """Comparisons."""
        return self.better + self.level + self.worse + self.unknown

    @property
    def tag(self) -> Tag:
        """All of them in a word or two: "partly" stands for less than half of those that are known."""
        known = self.total - self.unknown
        if not known:
            return Tag("undefined", "unknown")
        if self.better and self.worse:
            return Tag("mixed", "level")
        if self.better:
            return Tag("better", "beats") if 2 * self.better >= known else Tag("partly better", "level")
        if self.worse:
            return Tag("worse", "loses") if 2 * self.worse >= known else Tag("partly worse", "level")
        return Tag("no difference", "level")

    @property
    def said(self) -> str:
        """`better in 2, no detectable difference in 5 and worse in 1 of 8 comparisons`."""
        found = [(SAID[verdict], number) for verdict in SAID if (number := getattr(self, verdict))]
        if not found:
            return "not compared"
        parts = [f"{name} in {'all' if number == self.total > 1 else count(number)}" for name, number in found]
        plural = "s" if self.total > 1 else ""
        if len(found) == 1 and self.total > 1:
            return f"{parts[0]} {self.total} comparison{plural}"
        return f"{listed(parts)} of {self.total} comparison{plural}"

    def beside(self, name: str) -> str:
        """How one thing does beside another with that name: `is worse than oversampling in 3 of 12`.

        What is not told of is a difference that could not be detected.
        """
        known = self.total - self.unknown
        if not known:
            return f"cannot be compared with {name}"
        found = [(word, number) for word, number in (("better", self.better), ("worse", self.worse)) if number]
        if not found:
            return f"cannot be told from {name}"
        word, number = found[0]
        if number == known:
            return f"is {word} than {name}" + (f" in all {count(known)}" if known > 1 else "")
        more = f" and {found[1][0]} in {count(found[1][1])}" if found[1:] else ""
        return f"is {word} than {name} in {count(number)}{more} of {count(known)}"


def tally(differences: Iterable[Estimate]) -> Tally:
    """Count the verdicts."""
    found = Counter(judge(difference) for difference in differences)
    return Tally(found["better"], found["level"], found["worse"], found["unknown"])


def deciding_metrics(table: pd.DataFrame) -> dict[str, str]:
    """The metrics of augmentation that verdicts are drawn from, the first one first: key -> name.

    F1 at a fixed threshold rises with whatever moves a classifier towards the positive class, be it better or not. So
    F1 at the threshold chosen on validation is taken where it was measured.
    """
    first = "f1_validated" if (table["metric"] == "f1_validated").any() else "f1"
    return {first: "F1", "pr_auc": "PR-AUC"}


def simpler_tally(table: pd.DataFrame, metric: str) -> Tally:
    """How synthetic messages do against all simpler means, over all classifiers and shares."""
    rows = table[(table["method"] == "synthetic") & (table["metric"] == metric)]
    return tally(estimate(row, against.column) for against in SIMPLER for _, row in rows.iterrows())


def rivals_said(table: pd.DataFrame, metric: str) -> str:
    """How synthetic messages do beside each rival, over all classifiers and shares; equal verdicts in one."""
    alike: dict[str, list[str]] = {}
    for against in RIVALS:
        verdict = augmentation_tally(table, "synthetic", against, metric).beside("{}")
        alike.setdefault(verdict, []).append(against.name)
    said = []
    for verdict, names in alike.items():
        each = " each" if len(names) > 1 and " in " in verdict else ""
        said.append(verdict.format(listed(names, "or" if verdict.startswith("cannot") else "and")) + each)
    return "; ".join(said)


def is_partly_level(table: pd.DataFrame, metric: str) -> bool:
    """Whether beside some rival synthetic messages differ in some comparisons and not in others."""
    found = [augmentation_tally(table, "synthetic", against, metric) for against in RIVALS]
    return any(one.level and one.better + one.worse for one in found)


def augmentation_tally(table: pd.DataFrame, method: str, against: Against, metric: str) -> Tally:
    """How a method does against another, over all classifiers and shares."""
    rows = table[(table["method"] == method) & (table["metric"] == metric)]
    return tally(estimate(row, against.column) for _, row in rows.iterrows())
