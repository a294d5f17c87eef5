"""What `comparison.json` holds, as dataclasses: written by the comparison of runs, read by its report.

A *variant* is one thing that is compared: runs that differ in nothing but seed and fold are its repeats. Beside
`comparison.json` there are tables, each with the columns `variant` and `repeat` in front: `tables/history.parquet`
(as in a run folder), `tables/roc.parquet`, `tables/precision_recall.parquet`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pipeline.reporting.facts import Classes, Estimate, Number


@dataclass(frozen=True)
class Repeat:
    """One run of a variant.

    Attributes:
        name: "seed 0", "fold 3", "seed 0, fold 3"; unique within the variant.
        folder: run folder, as seen from the comparison's folder.
        seed: of the run.
        fold: 0-based, or None without folds.
        metrics: metric name -> value on its test part with the run's own bootstrap interval.
        train_seconds: of all epochs; None for a baseline.
        command: what runs it again.
    """

    name: str
    folder: str
    seed: int
    fold: int | None
    metrics: dict[str, Estimate]
    train_seconds: Number | None
    command: str


@dataclass(frozen=True)
class Summary:
    """A metric over the repeats of a variant.

    Attributes:
        mean: over the repeats; the value itself where there is one.
        deviation: standard deviation over the repeats; NaN where there is one.
        low, high: 95 % interval: the run's bootstrap interval with one repeat, else of the mean over repeats with the
            variance corrected for overlapping training parts.
    """

    mean: Number
    deviation: Number
    low: Number
    high: Number


@dataclass(frozen=True)
class PublishedFigure:
    """What a source document reports for this variant.

    Attributes:
        metric: name of the metric, "recall".
        value: the figure; with folds the mean.
        is_approximate: whether the source says "about".
        source: the document.
        values: of each fold, where the source gives them; else empty.
    """

    metric: str
    value: float
    is_approximate: bool
    source: str
    values: list[float]


@dataclass(frozen=True)
class Variant:
    """One row of the comparison.

    Attributes:
        name: short, unique, for people: "gru", "gru, no undersampling"; baselines "TF-IDF, all rows".
        is_baseline: whether it is a baseline of the runs, no variant of theirs.
        dataset, protocol: of its runs.
        choices: config group -> chosen file; empty for a baseline.
        settings: dotted settings in which the variants differ -> value.
        params: weights; None for a baseline.
        repeats: its runs, at least one.
        summary: metric name -> summary.
        train_seconds: mean over the repeats; None for a baseline.
        published: what a source reports for it.
        stand_in: whether any of its runs used stand-in data.
    """

    name: str
    is_baseline: bool
    dataset: str
    protocol: str
    choices: dict[str, str]
    settings: dict[str, str | int | float | bool | None]
    params: int | None
    repeats: list[Repeat]
    summary: dict[str, Summary]
    train_seconds: Number | None
    published: list[PublishedFigure]
    stand_in: bool


@dataclass(frozen=True)
class PairTest:
    """A test of one pair.

    Attributes:
        test: "mcnemar", "bootstrap" or "corrected_t".
        p: two-sided.
        p_holm: adjusted over all pairs of the comparison with this test.
        detail: one line for people: counts, degrees of freedom.
    """

    test: Literal["mcnemar", "bootstrap", "corrected_t"]
    p: Number
    p_holm: Number
    detail: str


@dataclass(frozen=True)
class Pair:
    """Two variants that were judged on the same test rows.

    Attributes:
        first, second: names of the variants.
        metric: what is compared, "f1".
        difference: first minus second, with its 95 % interval (not adjusted).
        tests: the tests that the data allow, the one behind the verdict first.
        verdict: "first", "second" or "none" (no detectable difference) at 5 % after Holm's adjustment, by the bootstrap
            with one repeat and by the corrected t-test with several; the interval must leave 0 out too.
        num_repeats: repeats that both have.
    """

    first: str
    second: str
    metric: str
    difference: Estimate
    tests: list[PairTest]
    verdict: Literal["first", "second", "none"]
    num_repeats: int

    def standing(self, name: str) -> Literal["better", "worse", "level"]:
        """How one of the two stands to the other."""
        if self.verdict == "none":
            return "level"
        return "better" if name == (self.first if self.verdict == "first" else self.second) else "worse"


@dataclass(frozen=True)
class Unfinished:
    """A run that could not be compared."""

    folder: str
    reason: str


@dataclass(frozen=True)
class Comparison:
    """`comparison.json`.

    Attributes:
        title: for people.
        datasets, protocols: of all runs, each once.
        repeats_are: what the repeats of the variants are.
        classes: names of the two classes of the first run.
        variants: models first, then baselines.
        pairs: all that share test rows.
        unfinished: runs left out.
        notices: what limits the comparison, in sentences.
        headline: the result in one line.
        command: what makes the comparison again.
        resamples: bootstrap resamples behind the intervals and p-values of pairs judged in one run.
    """

    title: str
    datasets: list[str]
    protocols: list[str]
    repeats_are: Literal["single", "folds", "seeds", "seeds and folds"]
    classes: Classes
    variants: list[Variant]
    pairs: list[Pair]
    unfinished: list[Unfinished]
    notices: list[str]
    headline: str
    command: str
    resamples: int
