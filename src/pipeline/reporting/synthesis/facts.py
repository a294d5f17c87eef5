"""What `report.json` of a synthesis run holds, as dataclasses that check what they are read from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pipeline.reporting.facts import Number, RunFacts

ModelName = Literal["all", "negative", "positive"]


@dataclass(frozen=True)
class TrainedVae:
    """How one autoencoder was trained: the one for all messages, or that of a class.

    Attributes:
        model: "all", or the class whose messages it has learnt: "negative" or "positive".
        epochs: that were trained.
        kept_epoch: whose weights were kept.
        stopped_early: whether training ended before the last epoch allowed.
    """

    model: ModelName
    epochs: int
    kept_epoch: int
    stopped_early: bool


@dataclass(frozen=True)
class Latent:
    """Whether the latent is alive; all on the validation part, which may be the test part.

    Attributes:
        kl_nats: from posterior to N(0, I), a message.
        reconstruction_mse: of a vector entry.
        baseline_mse: the same with the mean vector of the class in place of the reconstruction.
        mutual_information_nats: estimate of what the code tells of the message.
        active_units, dimensions: dimensions in use, and all.
        collapsed: whether the latent says next to nothing.
    """

    kl_nats: Number
    reconstruction_mse: Number
    baseline_mse: Number
    mutual_information_nats: Number
    active_units: int
    dimensions: int
    collapsed: bool


@dataclass(frozen=True)
class Generated:
    """How many messages were generated, of each class, and how many of them repeat a training message word for word."""

    negative: int
    positive: int
    copies: int

    @property
    def total(self) -> int:
        """Messages of both classes."""
        return self.negative + self.positive


@dataclass(frozen=True)
class EvaluatorFacts:
    """What the evaluators are, and what each setting trains and tests on."""

    descriptions: dict[str, str]
    settings: dict[str, str]


@dataclass(frozen=True)
class ScorecardFacts:
    """Messages of each set, and draws of synthetic ones, behind every score."""

    num_messages: int
    num_draws: int


@dataclass(frozen=True)
class AugmentationFacts:
    """Draws behind every figure, and what each method and classifier is."""

    repeats: int
    descriptions: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class SynthesisReport(RunFacts):
    """`report.json`: what a synthesis run came to, beside its tables."""

    family: Literal["synthesis"]
    model: str
    params: int
    training: list[TrainedVae]
    latent: Latent
    generated: Generated
    evaluators: EvaluatorFacts
    scorecard: ScorecardFacts
    augmentation: AugmentationFacts

    @property
    def has_model_per_class(self) -> bool:
        """Whether each class has an autoencoder of its own."""
        return len(self.training) > 1

    def class_name(self, label: int) -> str:
        """The class with that label, for people."""
        return self.classes.positive if label else self.classes.negative

    def model_name(self, model: str) -> str:
        """An autoencoder by the messages that it has learnt."""
        return {"all": "all messages", "negative": self.classes.negative, "positive": self.classes.positive}[model]
