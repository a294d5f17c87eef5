"""What `comparison.json` of a comparison on streams holds, as dataclasses: written by the comparison, read by its page.

A *stream* is the messages of a data set in one order, read with one choice of settings; runs that differ in nothing
but the seed are its repeats. Beside `comparison.json` there are `tables/totals.parquet`, `tables/models.parquet` and
`tables/pairs.parquet`; see `COLUMNS` in `scene.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pipeline.reporting.comparison.facts import Unfinished
from pipeline.reporting.facts import Classes

Verdict = Literal["better", "worse", "none"]


@dataclass(frozen=True)
class Repeat:
    """One run on a stream: its seed, its folder as seen from the comparison's, and what runs it again."""

    seed: int
    folder: str
    command: str


@dataclass(frozen=True)
class ComparedStream:
    """A stream, and the runs on it.

    Attributes:
        name: short and unique.
        panel: the name without the order: streams that differ in their order alone share it.
        dataset, protocol: of its messages.
        kind: what its runs are about.
        order, is_sorted: of the messages; sorted by class, they are in no count and no verdict.
        messages, unfamiliar: messages that figures are over, all and those without an earlier near-duplicate.
        classes: names of the two classes.
        reference: the model that the others are compared with.
        period, delay: messages that are scored before they are learnt, and by which labels come later.
        models: names of the models, in the order of the tables.
        repeats: by seed.
        stand_in: whether the data stand in for the real ones.
    """

    name: str
    panel: str
    dataset: str
    protocol: str
    kind: Literal["filters", "drift", "versus_batch"]
    order: Literal["file", "shuffled"]
    is_sorted: bool
    messages: int
    unfamiliar: int
    classes: Classes
    reference: str
    period: int
    delay: int
    models: list[str]
    repeats: list[Repeat]
    stand_in: bool


@dataclass(frozen=True)
class StreamComparison:
    """`comparison.json`.

    Attributes:
        family: tells it from the comparison of other runs.
        title: for people.
        datasets, protocols: of all runs, each once.
        streams: those that are sorted by class last.
        unfinished: runs left out.
        notices: what limits the comparison, in sentences.
        headline: the result in one line.
        command: what makes the comparison again.
        resamples: bootstrap resamples behind the p of pairs.
    """

    family: Literal["stream"]
    title: str
    datasets: list[str]
    protocols: list[str]
    streams: list[ComparedStream]
    unfinished: list[Unfinished]
    notices: list[str]
    headline: str
    command: str
    resamples: int
