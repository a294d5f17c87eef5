"""The models of a run: what each is called, and what is known of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

import pandas as pd

from pipeline.artifacts.characters import NO_CLASS
from pipeline.reporting.characters.folder import CharactersTables
from pipeline.reporting.facts import Classes
from pipeline.reporting.grid import each_once
from pipeline.reporting.words import decimal

Kind = Literal["network", "ngram", "compressor"]
CELLS = {"simple_rnn": "RNN", "lstm": "LSTM", "gru": "GRU"}


@dataclass(frozen=True)
class Model:
    """A model of the run.

    Attributes:
        key: its name in the files.
        kind: what it is.
        short: its name where there is little room.
        said: its name in a sentence.
    """

    key: str
    kind: Kind
    short: str
    said: str


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
    """The networks in the order of the table; two that would have the same name carry their key too."""
    return _told_apart([_network(row) for _, row in writers.iterrows()])


def read_models(tables: CharactersTables) -> list[Model]:
    """Networks, n-gram models and compressors, each in the order of the tables."""
    kinds = tables.bits.drop_duplicates("name").set_index("name")["kind"]
    counted = [_ngram(str(name)) for name, kind in kinds.items() if kind == "ngram"]
    packed = [
        Model(str(name), "compressor", str(name), str(name)) for name, kind in kinds.items() if kind == "compressor"
    ]
    return [*read_networks(tables.writers), *counted, *packed]


def model_names(tables: CharactersTables) -> dict[str, str]:
    """Key -> short name of every model, those that only wrote samples too: "LSTM 128, windowed", "5-gram"."""
    written = (_ngram(key) for key in each_once(tables.sample_scores["name"].astype(str)))
    return {one.key: one.short for one in (*written, *read_models(tables))}


def class_said(label: int, classes: Classes) -> str:
    """The class that was asked for."""
    return "no class" if label == NO_CLASS else (classes.negative, classes.positive)[label]


def temperature_said(temperature: float) -> str:
    """A temperature with one digit at least: 1.0, 0.75."""
    return decimal(temperature, 1) if round(temperature, 1) == temperature else f"{temperature:g}"


def _network(row: pd.Series) -> Network:
    cell, units, scheme = CELLS.get(str(row["cell"]), str(row["cell"])), int(row["units"]), str(row["scheme"])
    is_windowed = scheme == "windowed"
    article = "the windowed" if is_windowed else "the"
    return Network(
        key=str(row["name"]),
        kind="network",
        short=f"{cell} {units}{', windowed' if is_windowed else ''}",
        said=f"{article} {cell} of {units} units",
        cell=cell,
        units=units,
        scheme=scheme,
        conditional=bool(row["conditional"]),
        num_params=int(row["num_params"]),
        epochs=int(row["epochs"]),
        kept_epoch=int(row["kept_epoch"]),
        stopped_early=bool(row["stopped_early"]),
        seconds=float(row["seconds"]),
        messages_per_second=float(row["messages_per_second"]),
    )


def _ngram(key: str) -> Model:
    order = key.removeprefix("ngram_")
    short = f"{order}-gram" if order.isdigit() else key.replace("_", " ")
    return Model(key, "ngram", short, f"the {short} model" if order.isdigit() else short)


def _told_apart(networks: Iterable[Network]) -> list[Network]:
    found = list(networks)
    times = Counter(one.short for one in found)
    return [
        one if times[one.short] == 1 else replace(one, short=f"{one.short} ({one.key})", said=f"{one.said} ({one.key})")
        for one in found
    ]
