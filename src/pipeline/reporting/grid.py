"""A table of a report: rows of cells, ready to be written, and the estimates that they are made from."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

from pipeline.reporting import words
from pipeline.reporting.facts import Estimate
from pipeline.reporting.tables import Cell
from pipeline.reporting.words import NOT_KNOWN

Verdict = Literal["better", "worse", "level", "unknown"]
EMPTY = Cell("", "", stands_out=False)


@dataclass(frozen=True)
class Row:
    """A row: what it is of, a smaller line below that, and a cell for each column."""

    head: str
    note: str
    cells: list[Cell]


@dataclass(frozen=True)
class Table:
    """A table: the columns after the first, and bodies that a rule sets apart."""

    corner: str
    columns: list[str]
    bodies: list[list[Row]]
    caption: str


def value_cell(found: Estimate, *, stands_out: bool = False, places: int = 3) -> Cell:
    """A value and its interval."""
    return Cell(words.decimal(found.value, places), words.interval(found.low, found.high), stands_out)


def difference_cell(gap: Estimate) -> Cell:
    """A difference and its interval, which stands out where it leaves 0 out."""
    return Cell(words.signed(gap.value), words.interval(gap.low, gap.high), differs(gap))


def differs(gap: Estimate) -> bool:
    """Whether the interval is known and leaves 0 out."""
    return gap.is_known and not gap.low <= 0 <= gap.high


def upper(text: str) -> str:
    """The text with a capital first."""
    return text[:1].upper() + text[1:]


def each_once(names: Iterable[str]) -> list[str]:
    """Every name once, in the order of its first use."""
    return list(dict.fromkeys(names))


def judge(difference: Estimate) -> Verdict:
    """A paired difference, of a metric of which more is better."""
    if not difference.is_known:
        return "unknown"
    if difference.low > 0:
        return "better"
    return "worse" if difference.high < 0 else "level"


def estimate(row: Any, column: str = "value") -> Estimate:
    """The estimate in a row of a table: the columns are `value`, `low`, `high`, or have the column's name in front."""
    names = ("value", "low", "high") if column == "value" else (column, f"{column}_low", f"{column}_high")
    return Estimate(*(math.nan if pd.isna(row[name]) else float(row[name]) for name in names))


def find(table: pd.DataFrame, column: str = "value", **where: str) -> Estimate:
    """The estimate in the one row with these entries; not known where there is none."""
    chosen = table[(table[list(where)] == list(where.values())).all(axis=1)]
    return estimate(chosen.iloc[0], column) if len(chosen) else NOT_KNOWN
