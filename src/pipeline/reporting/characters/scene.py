"""What a run of character models came to, looked up by model: bits, paired comparisons, samples and their scores."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cached_property

import pandas as pd

from pipeline.reporting.characters.contests import Contest, Race
from pipeline.reporting.characters.facts import CharactersReport
from pipeline.reporting.characters.folder import CharactersTables
from pipeline.reporting.characters.names import Kind, Model, Network, read_models
from pipeline.reporting.characters.recipes import Settings
from pipeline.reporting.facts import Estimate
from pipeline.reporting.gaps import least_p, number
from pipeline.reporting.grid import estimate
from pipeline.reporting.words import NOT_KNOWN

LEAST_DRAWS = 3  # of fewer sets the ranges say nothing


@dataclass(frozen=True)
class Held:
    """A score of samples beside the same of real messages.

    Attributes:
        value: of the samples, with the lowest and the highest draw in place of an interval.
        holdout: of as many real messages, in the same way.
        num_draws: that each range is of.
    """

    value: Estimate
    holdout: Estimate
    num_draws: int

    @property
    def is_more(self) -> bool:
        """Whether all draws of the samples lie above all of the holdout, and there are enough of them to say so."""
        return self._is_told and self.value.low > self.holdout.high

    @property
    def is_less(self) -> bool:
        """The same below."""
        return self._is_told and self.value.high < self.holdout.low

    @property
    def _is_told(self) -> bool:
        return self.num_draws >= LEAST_DRAWS and self.value.is_known and self.holdout.is_known


@dataclass(frozen=True)
class Copies:
    """Samples that are a training message to the letter: how many of how many, and their length in characters.

    Attributes:
        typical: the median length; NaN where there is no copy.
        longest: the same of the longest.
    """

    number: int
    messages: int
    typical: float
    longest: float


@dataclass(frozen=True)
class Recognised:
    """What share of samples a classifier calls positive, and of real messages of the class that was asked for."""

    label: int
    called: Estimate
    holdout: Estimate
    messages: int


@dataclass(frozen=True)
class Scene:
    """The report and the tables of a run, and what is told of its settings."""

    report: CharactersReport
    tables: CharactersTables
    settings: Settings = field(default_factory=Settings)

    @cached_property
    def models(self) -> list[Model]:
        """Networks, n-gram models and compressors."""
        return read_models(self.tables)

    @cached_property
    def networks(self) -> list[Network]:
        """The networks, in the order of the tables."""
        return [one for one in self.models if isinstance(one, Network)]

    @property
    def champion(self) -> Network:
        """The network that pays least on the validation part."""
        return next((one for one in self.networks if one.key == self.report.champion), self.networks[0])

    @property
    def ngram(self) -> Model | None:
        """The n-gram model that pays least on the validation part."""
        return self.named(self.report.ngram)

    def of_kind(self, kind: Kind) -> list[Model]:
        """The models of one kind whose bits are known."""
        paid = set(self.tables.bits["name"].astype(str))
        return [one for one in self.models if one.kind == kind and one.key in paid]

    @cached_property
    def compressors(self) -> list[Model]:
        """Compressors, the one that needs least on the validation part first."""
        return sorted(self.of_kind("compressor"), key=lambda one: self.bits(one, "validation").value)

    def named(self, key: str) -> Model | None:
        """The model of that name in the files."""
        return next((one for one in self.models if one.key == key), None)

    def bits(self, model: Model, part: str = "test") -> Estimate:
        """What a model pays per character."""
        return self._paid(model, part, "bits", "low", "high")

    def perplexity(self, model: Model) -> float:
        """Of a model on the test part."""
        return self._paid(model, "test", *3 * ("perplexity",)).value

    @cached_property
    def contests(self) -> list[Contest]:
        """All paired comparisons, in the order of the table."""
        table, by_key = self.tables.contests, {one.key: one for one in self.models}
        least = least_p(table["p"].astype(float), self.report.num_resamples)
        return [
            Contest(
                Estimate(*(number(row[name]) for name in ("difference", "low", "high"))), number(row["p"]), least,
                by_key[row["first"]], by_key[row["second"]],
            )
            for _, row in table.iterrows() if row["first"] in by_key and row["second"] in by_key
        ]  # fmt: skip

    def contest(self, first: Model | None, second: Model | None) -> Contest | None:
        """One model beside another, either way round; None where they were not held against each other."""
        for found in self.contests:
            for turned in (found, found.turned):
                if (turned.first, turned.second) == (first, second):
                    return turned
        return None

    @cached_property
    def races(self) -> list[Race]:
        """The two ways of training, of every pair of networks with the same layers."""
        columns = ("val_bits", "windowed_epochs", "windowed_seconds", "streamed_epochs", "streamed_seconds")
        found = []
        for _, row in self.tables.race.iterrows():
            streamed, windowed = self.named(str(row["streamed"])), self.named(str(row["windowed"]))
            if streamed is not None and windowed is not None:
                found.append(Race(streamed, windowed, *(number(row[name]) for name in columns)))
        return found

    def learnt(self, network: Network) -> tuple[float, float]:
        """Bits per character of the training and the validation part at the epoch that was kept; NaN: not known."""
        table = self.tables.history
        chosen = table[(table["name"] == network.key) & (table["epoch"] == network.kept_epoch)]
        if chosen.empty:
            return math.nan, math.nan
        return number(chosen["train_bits"].iloc[0]), number(chosen["val_bits"].iloc[0])

    def has_overfitted(self, network: Network) -> bool:
        """Whether validation rose after the epoch that was kept, or its gap to training had grown until then."""
        table = self.tables.history[self.tables.history["name"] == network.key].sort_values("epoch")
        later = table.loc[table["epoch"] > network.kept_epoch, "val_bits"]
        gaps = (table["val_bits"] - table["train_bits"])[table["epoch"] <= network.kept_epoch]
        return bool((later > self.learnt(network)[1]).any()) or bool(len(gaps) > 1 and gaps.iloc[-1] > gaps.iloc[0])

    def last_gain(self, network: Network) -> float:
        """Validation bits per character that the kept epoch saved, beside the one before; NaN: not known."""
        table = self.tables.history[self.tables.history["name"] == network.key].set_index("epoch")["val_bits"]
        kept = network.kept_epoch
        return number(table[kept - 1]) - number(table[kept]) if {kept - 1, kept} <= {*table.index} else math.nan

    @cached_property
    def authors(self) -> list[Model]:
        """The models that wrote samples: the champion first, then the other networks, then n-gram models."""
        wrote = {*self.tables.examples["name"].astype(str), *self.tables.sample_scores["name"].astype(str)}
        return sorted((one for one in self.models if one.key in wrote), key=lambda one: one != self.champion)

    @property
    def temperatures(self) -> list[float]:
        """All that samples were written at, rising."""
        return sorted({*self.report.temperatures})

    def score(self, model: Model, score: str, temperature: float | None = None) -> Held:
        """A score of a model's samples; at the main temperature unless another is named."""
        table = self._at(self.tables.sample_scores, model, temperature)
        chosen = table[table["score"] == score]
        if chosen.empty:
            return Held(NOT_KNOWN, NOT_KNOWN, self.report.num_draws)
        row = chosen.iloc[0]
        return Held(estimate(row), estimate(row, "holdout"), self.report.num_draws)

    def copies(self, model: Model) -> Copies | None:
        """The copies among a model's samples of the main temperature."""
        found = self._at(self.tables.copies, model, None)
        if found.empty:
            return None
        row = found.iloc[0]
        return Copies(int(row["copies"]), int(row["messages"]), number(row["typical"]), number(row["longest"]))

    def recognised(self, model: Model, temperature: float | None = None) -> dict[int, Recognised]:
        """What a classifier makes of a model's samples, by the class asked for."""
        found = {}
        for _, row in self._at(self.tables.recognition, model, temperature).iterrows():
            called = Estimate(*(number(row[name]) for name in ("called", "low", "high")))
            found[int(row["label"])] = Recognised(
                int(row["label"]), called, estimate(row, "holdout"), int(row["messages"]),
            )  # fmt: skip
        return found

    def _at(self, table: pd.DataFrame, model: Model, temperature: float | None) -> pd.DataFrame:
        chosen = self.report.temperature if temperature is None else temperature
        return table[(table["name"] == model.key) & (table["temperature"].astype(float).sub(chosen).abs() < 1e-9)]

    def _paid(self, model: Model, part: str, *columns: str) -> Estimate:
        table = self.tables.bits
        chosen = table[(table["name"] == model.key) & (table["part"] == part)]
        return Estimate(*(number(chosen[name].iloc[0]) for name in columns)) if len(chosen) else NOT_KNOWN
