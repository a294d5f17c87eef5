"""What paired intervals allow to say of a model beside the reference: better, worse, or no detectable difference."""

from __future__ import annotations

import math
from collections.abc import Iterable

import pandas as pd

from pipeline.reporting import words
from pipeline.reporting.facts import Estimate
from pipeline.reporting.grid import Verdict, find, judge
from pipeline.reporting.stream.metrics import METRICS
from pipeline.reporting.stream.names import model_name
from pipeline.reporting.tables import Cell

NO_DIFFERENCE = "no detectable difference"
TOO_FEW = "too few messages to tell"


def total(totals: pd.DataFrame, model: str, metric: str, part: str = "all") -> Estimate:
    """A metric of a model over a part of the stream."""
    return find(totals, part=part, model=model, metric=metric)


def gap(totals: pd.DataFrame, model: str, metric: str, part: str = "all") -> Estimate:
    """The paired difference of a model from the reference."""
    return find(totals, "difference", part=part, model=model, metric=metric)


def verdict(totals: pd.DataFrame, model: str, metric: str, part: str = "all") -> Verdict:
    """Whether a model does better than the reference, as its paired interval has it."""
    found = gap(totals, model, metric, part)
    if METRICS[metric].metric.higher_is_better:
        return judge(found)
    return judge(Estimate(-found.value, -found.high, -found.low))


def best(totals: pd.DataFrame, models: Iterable[str], metric: str, part: str = "all") -> str | None:
    """The model with the best value; None where it is defined of none."""
    sign = 1 if METRICS[metric].metric.higher_is_better else -1
    values = {model: sign * total(totals, model, metric, part).value for model in models}
    known = {model: value for model, value in values.items() if not math.isnan(value)}
    return max(known, key=known.__getitem__) if known else None


def tied(totals: pd.DataFrame, models: Iterable[str], metric: str, part: str = "all") -> float | None:
    """The value that all of several models have; None where they differ."""
    values = [total(totals, model, metric, part).value for model in models]
    return values[0] if len(values) > 1 and len(set(values)) == 1 and not math.isnan(values[0]) else None


def gap_cell(found: Estimate) -> Cell:
    """A difference with its interval, told in words where none is detectable."""
    if math.isnan(found.value):
        return Cell(words.UNDEFINED, "", stands_out=False)
    if not found.is_known:
        return Cell(words.signed(found.value), TOO_FEW, stands_out=False)
    said = f"{words.signed(found.value)}\N{NO-BREAK SPACE}{words.interval(found.low, found.high)}"
    if judge(found) == "level":
        return Cell(NO_DIFFERENCE, said, stands_out=False)
    return Cell(words.signed(found.value), words.interval(found.low, found.high), stands_out=True)


def sorted_by_verdict(
    totals: pd.DataFrame, models: Iterable[str], metric: str, part: str = "all"
) -> dict[Verdict, list[str]]:
    """Names of models by how they do beside the reference; verdicts without a model are left out."""
    found: dict[Verdict, list[str]] = {"better": [], "level": [], "worse": [], "unknown": []}
    for model in models:
        found[verdict(totals, model, metric, part)].append(model_name(model))
    return {key: names for key, names in found.items() if names}
