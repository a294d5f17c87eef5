"""The models of a run: what each is called, and what is known of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from pipeline.artifacts.characters import NO_CLASS
from pipeline.reporting.characters.folder import CharactersTables
from pipeline.reporting.facts import Classes
from pipeline.reporting.grid import each_once
from pipeline.reporting.words import decimal, quantity

Kind = Literal["network", "ngram", "compressor"]
CELLS = {"simple_rnn": "RNN", "lstm": "LSTM", "gru": "GRU"}


@dataclass(frozen=True)
class Model:
    """A model of the run.

    Attributes:
        key: its name in the files.
        kind: what it is.
        short: its name for people.
        what: its layers, where it has any.
    """

    key: str
    kind: Kind
    short: str
    what: str

    @property
    def said(self) -> str:
        """Its name where a sentence first speaks of it: char_lstm (LSTM, 128 units), the 5-gram model."""
        if self.what:
            return f"{self.short} ({self.what})"
        return f"the {self.short} model" if self.kind == "ngram" else self.short

    @property
    def named(self) -> str:
        """Its name where it is known already: char_lstm, the 5-gram model."""
        return f"the {self.short} model" if self.kind == "ngram" else self.short


@dataclass(frozen=True)
class Network(Model):
    """A network of the run; the other attributes are those of `Writer` and of its layers.

    Attributes:
        seconds: of the whole training.
        messages_per_second: of writing samples.
    """

    cell: str
    units: int
    scheme: str
    conditional: bool
    num_params: int
    epochs: int
    kept_epoch: int
    stopped_early: bool
    seconds: float
    messages_per_second: float


def read_networks(writers: pd.DataFrame) -> list[Network]:
    """The networks in the order of the table."""
    return [_network(row) for _, row in writers.iterrows()]


def read_models(tables: CharactersTables) -> list[Model]:
    """Networks, n-gram models and compressors, each in the order of the tables; those that only wrote samples last."""
    found: list[Model] = [*read_networks(tables.writers)]
    for name, kind in tables.bits[["name", "kind"]].drop_duplicates("name").astype(str).itertuples(index=False):
        if kind in {"ngram", "compressor"}:
            found.append(Model(name, kind, ngram_name(name), ""))
    known = {one.key for one in found}
    written = [name for name in each_once(tables.sample_scores["name"].astype(str)) if name not in known]
    return [*found, *(Model(name, "ngram", ngram_name(name), "") for name in written)]


def ngram_name(name: str) -> str:
    """5-gram; other names as they are."""
    return re.sub(r"^ngram_(\d+)$", r"\1-gram", name)


def class_said(label: int, classes: Classes) -> str:
    """The class that was asked for."""
    return "no class" if label == NO_CLASS else (classes.negative, classes.positive)[label]


def temperature_said(temperature: float) -> str:
    """A temperature with one digit at least: 1.0, 0.75."""
    return decimal(temperature, 1) if round(temperature, 1) == temperature else f"{temperature:g}"


def _network(row: pd.Series) -> Network:
    cell, units = CELLS.get(str(row["cell"]), str(row["cell"])), int(row["units"])
    return Network(
        key=str(row["name"]),
        kind="network",
        short=str(row["name"]),
        what=f"{cell}, {quantity(units, 'unit')}",
        cell=cell,
        units=units,
        scheme=str(row["scheme"]),
        conditional=bool(row["conditional"]),
        num_params=int(row["num_params"]),
        epochs=int(row["epochs"]),
        kept_epoch=int(row["kept_epoch"]),
        stopped_early=bool(row["stopped_early"]),
        seconds=float(row["seconds"]),
        messages_per_second=float(row["messages_per_second"]),
    )
