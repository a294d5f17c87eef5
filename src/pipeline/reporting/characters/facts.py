"""What `report.json` of a run of character models holds, as a dataclass that checks what it is read from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pipeline.reporting.facts import SplitFacts


@dataclass(frozen=True, kw_only=True)
class CharactersReport(SplitFacts):
    """`report.json`: what language models of characters came to, beside the tables.

    Attributes:
        num_symbols: symbols that may come next: the end of a message, the characters, and the unknown one if any.
        has_unknown: whether one symbol stands for every character outside of the alphabet.
        num_unknown: symbols of the test messages that it stands for.
        train_characters, validation_characters, test_characters: symbols of each part, the ends included.
        ngram: the n-gram model that pays least on the validation part.
        champion: the network that pays least on the validation part.
        num_resamples: of the bootstrap.
        num_messages: of a set of samples.
        num_draws: sets of each model and temperature.
        temperatures: that samples were written at.
        temperature: the one that the main table of samples shows.
        limit: characters of a sample at most.
    """

    family: Literal["characters"]
    num_symbols: int
    has_unknown: bool
    num_unknown: int
    train_characters: int
    validation_characters: int
    test_characters: int
    ngram: str
    champion: str
    num_resamples: int
    num_messages: int
    num_draws: int
    temperatures: list[float]
    temperature: float
    limit: int

    @property
    def is_trained_on(self) -> bool:
        """Whether models are judged on the very messages that they were trained on, as the source has it."""
        train, test = self.count("train"), self.count("test")
        same = (train.negative, train.positive, self.train_characters) == (
            test.negative, test.positive, self.test_characters,
        )  # fmt: skip
        return self.validation_is_test and same

    @property
    def judged_on(self) -> str:
        """What the messages are called that models are judged on: "test", or "training" where they are these."""
        return "training" if self.is_trained_on else "test"

    @property
    def judged_on_said(self) -> str:
        """The same where a sentence goes on with a model."""
        return "the messages it was trained on," if self.is_trained_on else "test messages"
