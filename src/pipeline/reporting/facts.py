"""What `report.json` and `manifest.json` of a run folder hold, as dataclasses that check what they are read from."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from pydantic import BeforeValidator

Number = Annotated[float, BeforeValidator(lambda value: math.nan if value is None else value)]
"""A float that JSON writes as null where it is undefined; NaN here, so that figures leave it out by themselves."""


@dataclass(frozen=True)
class Estimate:
    """A value with its 95 % interval; NaN where it is undefined."""

    value: Number
    low: Number
    high: Number

    @property
    def is_known(self) -> bool:
        """Whether value and both bounds are defined."""
        return not any(map(math.isnan, (self.value, self.low, self.high)))


@dataclass(frozen=True)
class Classes:
    """Names of the two classes, for people."""

    negative: str
    positive: str


@dataclass(frozen=True)
class PartCount:
    """Messages of each class in one part of the data."""

    part: str
    negative: int
    positive: int

    @property
    def total(self) -> int:
        """Messages of both classes."""
        return self.negative + self.positive


@dataclass(frozen=True)
class Duplicates:
    """Copies in the data, and the share of test messages with a near-duplicate in the training part."""

    exact: int
    near: int
    leakage_percent: Number
    random_leakage_percent: Number


@dataclass(frozen=True)
class TextFacts:
    """What became of the words on their way to indices."""

    vocabulary: int
    max_length: int
    truncated_percent: Number
    unknown_percent: dict[str, Number]
    padding: str


@dataclass(frozen=True)
class Vectors:
    """The word vectors that the model started from."""

    source: str
    stand_in: bool
    connected: bool
    trainable: bool
    dim: int


@dataclass(frozen=True)
class Sampling:
    """Share of the positive class before and after resampling."""

    prior: Number
    sampled_prior: Number


@dataclass(frozen=True)
class Training:
    """How the model was fitted."""

    model: str
    params: int
    epochs: int
    kept_epoch: int
    kept_by: Literal["best", "last"]
    stopped_early: bool
    sampling: Sampling
    num_synthetic: int = 0  # runs of before there were generated messages do not say


@dataclass(frozen=True)
class Confusion:
    """Test messages by true and predicted class."""

    tn: int
    fp: int
    fn: int
    tp: int

    @property
    def negatives(self) -> int:
        """Messages of the negative class."""
        return self.tn + self.fp

    @property
    def positives(self) -> int:
        """Messages of the positive class."""
        return self.tp + self.fn


@dataclass(frozen=True)
class Judged:
    """Test results of one model; `difference` is this model minus the main one."""

    description: str
    threshold: Number
    metrics: dict[str, Estimate]
    confusion: Confusion
    difference: dict[str, Estimate]


@dataclass(frozen=True)
class Mistake:
    """A test message that the model got wrong; its text is untrusted."""

    row: int
    label: int
    score: float
    text: str


@dataclass(frozen=True)
class MissingWord:
    """A word without a vector, and how often it occurs."""

    word: str
    count: int


@dataclass(frozen=True, kw_only=True)
class Opening:
    """What `report.json` of every run holds, whatever the run was for."""

    experiment: str
    dataset: str
    protocol: str
    stand_in: bool
    stand_ins: list[str]
    reproduce: str
    headline: str
    rows_kept: int | None = None
    protocol_note: str = ""


@dataclass(frozen=True, kw_only=True)
class Frame(Opening):
    """What `report.json` of every run on messages holds."""

    classes: Classes
    counts: list[PartCount]

    def count(self, part: str) -> PartCount:
        """Messages in a part; none where the run has no such part."""
        return next((count for count in self.counts if count.part == part), PartCount(part, 0, 0))


@dataclass(frozen=True, kw_only=True)
class SplitFacts(Frame):
    """What `report.json` holds of a run that splits its messages."""

    duplicates: Duplicates
    validation_is_test: bool


@dataclass(frozen=True, kw_only=True)
class RunFacts(SplitFacts):
    """What `report.json` holds of a run that splits its messages and reads them with word vectors."""

    text: TextFacts
    vectors: Vectors
    missing_words: list[MissingWord]


@dataclass(frozen=True, kw_only=True)
class Report(RunFacts):
    """`report.json`: what a classification run came to. The main model is called "model"."""

    training: Training
    threshold_from: str
    resamples: int
    models: dict[str, Judged]
    errors: list[Mistake]

    @property
    def model(self) -> Judged:
        """The main model."""
        return self.models["model"]

    @property
    def baselines(self) -> dict[str, Judged]:
        """All models but the main one."""
        return {name: judged for name, judged in self.models.items() if name != "model"}


@dataclass(frozen=True)
class DataFile:
    """A file that the run read; `verified` is None where no checksum is published for it."""

    name: str
    path: str
    sha256: str
    origin: str
    verified: bool | None


@dataclass(frozen=True)
class Change:
    """Rows that a stage dropped or altered for one reason."""

    stage: str
    action: str
    reason: str
    rows: int
    first_row: int


@dataclass(frozen=True)
class Stage:
    """One carried-out step of the run."""

    stage: str
    key: str
    status: str
    reason: str
    seconds: float
    peak_memory_mb: float


@dataclass(frozen=True)
class Manifest:
    """`manifest.json`: where, when and from what the run was made."""

    experiment: str
    protocol: str
    started: datetime
    seed: int
    stand_in: bool
    command: str
    git_commit: str | None
    git_dirty: bool | None
    python: str
    platform: str
    cpu_count: int | None
    versions: dict[str, str]
    data: list[DataFile]
    rows: list[Change]
    stages: list[Stage]
