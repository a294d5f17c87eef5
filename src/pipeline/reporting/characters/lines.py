"""Models as lines of a figure: what each is called there, and its look; the references that they are held against."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from pipeline.reporting.characters.facts import CharactersReport
from pipeline.reporting.characters.folder import CharactersFolder, CharactersTables
from pipeline.reporting.characters.names import Kind, read_models
from pipeline.reporting.grid import each_once
from pipeline.reporting.style import INK, MUTED, Look

MOST = 30  # characters of a name in a figure
DASHED = (0, (5, 1.6))
# Colour and marker are of the layers, the line of the way they were trained.
FAMILIES = (
    Look("#0072b2", "-", "o"),
    Look("#d55e00", "-", "s"),
    Look("#009e73", "-", "^"),
    Look("#cc79a7", "-", "D"),
    Look("#56b4e9", "-", "v"),
    Look("#e69f00", "-", "P"),
    Look("#8c510a", "-", "*"),
    Look("#777777", "-", "X"),
)
NGRAM = Look(INK, (0, (1, 1.3)), "X")


@dataclass(frozen=True)
class Line:
    """A model in a figure.

    Attributes:
        model: its name in the tables.
        name: for people.
        look: its colour and marker are those of its twin, the line is not.
        is_hollow: whether its markers are.
    """

    model: str
    name: str
    look: Look
    is_hollow: bool

    @property
    def dots(self) -> dict[str, Any]:
        """Matplotlib's keywords for the line with its markers."""
        return {**self.look.dots, **self.face}

    @property
    def face(self) -> dict[str, Any]:
        """Matplotlib's keywords for the inside of its markers."""
        return {"markerfacecolor": "white" if self.is_hollow else self.look.color}


@dataclass(frozen=True)
class Reference:
    """A level that the networks are held against, and its line."""

    name: str
    value: float
    pen: dict[str, Any]


def real_name(report: CharactersReport) -> str:
    """What the real messages are called that samples are held against."""
    return f"real {report.judged_on} messages"


def names(run: CharactersFolder) -> dict[str, str]:
    """What each model of the tables is called in figures."""
    return short_names({one.key: one.short for one in read_models(run.tables)})


def short_names(wanted: dict[str, str]) -> dict[str, str]:
    """Names cut in the middle where they are long; those that are then the same carry a number."""
    cut = {key: _cut(name, MOST) for key, name in wanted.items()}
    times = Counter(cut.values())
    numbers = {key: number for number, key in enumerate(wanted, 1)}
    return {
        key: name if times[name] == 1 else f"{_cut(wanted[key], MOST - 5)} ({numbers[key]})"
        for key, name in cut.items()
    }  # fmt: skip


def networks(run: CharactersFolder) -> list[Line]:
    """All networks in the order of their table; twins, of the same layers, have the same colour and marker."""
    table, called = run.tables.writers.drop_duplicates("name"), names(run)
    windowed = set(table.loc[table["scheme"] == "windowed", "name"].astype(str))
    twin_of: dict[str, str] = {}
    for streamed, other in run.tables.race[["streamed", "windowed"]].astype(str).itertuples(index=False):
        if streamed not in twin_of.values():  # of two windowed twins the second could not be told from the first
            twin_of.setdefault(other, streamed)
    heads = each_once(twin_of.get(name, name) for name in table["name"].astype(str))
    found = []
    for name in table["name"].astype(str):
        family = FAMILIES[heads.index(twin_of.get(name, name)) % len(FAMILIES)]
        is_windowed = name in windowed
        look = replace(family, line=DASHED) if is_windowed else family
        found.append(Line(name, called[name], look, is_windowed))
    return found


def trained(run: CharactersFolder) -> list[Line]:
    """The networks with a history."""
    there = set(run.tables.history["name"].astype(str))
    return [line for line in networks(run) if line.model in there]


def authors(run: CharactersFolder, table: pd.DataFrame) -> list[Line]:
    """The models of a table of samples: networks in their order, then the others in the order of the table."""
    there, called = each_once(table["name"].astype(str)), names(run)
    known = [line for line in networks(run) if line.model in there]
    shown = {line.model for line in known}
    return known + [Line(name, called.get(name, name), NGRAM, is_hollow=False) for name in there if name not in shown]


def of_part(tables: CharactersTables, part: str) -> pd.DataFrame:
    """Bits of all models on one part."""
    return tables.bits[tables.bits["part"] == part].drop_duplicates("name")


def references(run: CharactersFolder, part: str, kinds: Sequence[Kind] = ("ngram", "compressor")) -> list[Reference]:
    """The n-gram model that was picked on validation, and the best compressor, of those that the run has."""
    table = of_part(run.tables, part)
    rows = table[table["bits"].notna()]
    called, found = names(run), []
    ngram = rows[(rows["kind"] == "ngram") & (rows["name"] == run.report.ngram)]
    if len(ngram) and "ngram" in kinds:
        pen = {"color": INK, "linewidth": 1.2, "linestyle": (0, (1, 1.3))}
        found.append(Reference(f"best n-gram ({called[run.report.ngram]})", float(ngram["bits"].iloc[0]), pen))
    packed = rows[rows["kind"] == "compressor"].sort_values("bits", kind="stable")
    if len(packed) and "compressor" in kinds:
        name, value = packed[["name", "bits"]].iloc[0]
        pen = {"color": MUTED, "linewidth": 1.2, "linestyle": (0, (6, 1.6, 1, 1.6))}
        found.append(Reference(f"best compressor ({called[str(name)]})", float(value), pen))
    return found


def _cut(name: str, most: int) -> str:
    if len(name) <= most:
        return name
    head = (most - 1) // 2
    return f"{name[:head]}…{name[head + 1 - most :]}"
