"""The folder of a comparison on streams as its report needs it: what is in the files, and what follows from them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from pipeline.reporting.comparison.scene import check_comparison
from pipeline.reporting.facts import Estimate
from pipeline.reporting.folder import COMPARISON, read_json, read_table
from pipeline.reporting.grid import each_once, estimate
from pipeline.reporting.stream.folder import BOUNDS, DIFFERENCE
from pipeline.reporting.stream.metrics import METRICS
from pipeline.reporting.stream_comparison.facts import ComparedStream, StreamComparison, Verdict
from pipeline.reporting.words import NOT_KNOWN

KEYS = ("stream", "seed", "model")
COLUMNS = {
    "totals": (*KEYS, "part", "metric", *BOUNDS, *DIFFERENCE),
    "models": (*KEYS, "bytes", "seconds", "trainings", "messages_per_second"),
    "pairs": (*KEYS, *DIFFERENCE, "p", "p_holm", "verdict"),
}


@dataclass(frozen=True)
class Tables:
    """`tables/*.parquet`; the columns are those of `COLUMNS` at least.

    Attributes:
        totals: a row a run, model, part ("all", "unfamiliar") and metric, as in the runs.
        models: a row a run and model: what it costs.
        pairs: a row a run and model beside the reference, by F1 over all messages, of streams that are not sorted.
    """

    totals: pd.DataFrame
    models: pd.DataFrame
    pairs: pd.DataFrame


@dataclass(frozen=True)
class Summary:
    """A metric of a model on a stream.

    Attributes:
        value: of the one run, or the mean over runs.
        low, high: the run's 95 % interval, or the lowest and highest of the runs.
        deviation: standard deviation over runs; NaN of one run.
    """

    value: float
    low: float
    high: float
    deviation: float

    @property
    def estimate(self) -> Estimate:
        """Without the deviation."""
        return Estimate(self.value, self.low, self.high)


@dataclass(frozen=True)
class Tally:
    """How a model differs from the reference over streams: in how many runs it is detectably better, or worse."""

    better: int
    worse: int
    total: int

    @property
    def detectable(self) -> int:
        """Runs in which it is detectably better or worse."""
        return self.better + self.worse


@dataclass(frozen=True)
class Scene:
    """All that the report of a comparison on streams is drawn from."""

    path: Path
    comparison: StreamComparison
    tables: Tables

    @cached_property
    def streams(self) -> list[ComparedStream]:
        """All streams, those that are sorted last."""
        return self.comparison.streams

    @cached_property
    def telling(self) -> list[ComparedStream]:
        """The streams that are not sorted by class."""
        return [stream for stream in self.streams if not stream.is_sorted]

    @cached_property
    def models(self) -> list[str]:
        """All models, each once."""
        return each_once(model for stream in self.streams for model in stream.models)

    @cached_property
    def num_runs(self) -> int:
        """Runs that are compared."""
        return sum(len(stream.repeats) for stream in self.streams)

    @cached_property
    def is_single(self) -> bool:
        """Whether there is one run of every stream."""
        return all(len(stream.repeats) == 1 for stream in self.streams)

    @cached_property
    def is_repeated(self) -> bool:
        """Whether there are several runs of every stream."""
        return all(len(stream.repeats) > 1 for stream in self.streams)

    def summary(self, stream: ComparedStream, model: str, metric: str, part: str = "all") -> Summary:
        """A metric of a model on a stream; NaN where a run has none."""
        return self._summarise(stream, model, metric, part, "value")

    def gap(self, stream: ComparedStream, model: str, metric: str, part: str = "all") -> Summary:
        """The same of the paired differences from the reference."""
        return self._summarise(stream, model, metric, part, "difference")

    def pairs(self, stream: ComparedStream, model: str) -> list[Verdict]:
        """The verdict of each run on a model beside the reference; none in a sorted stream or of the reference."""
        table = self.tables.pairs
        return table.loc[(table["stream"] == stream.name) & (table["model"] == model), "verdict"].tolist()

    def p_values(self, stream: ComparedStream, model: str) -> list[tuple[float, float]]:
        """p, and p adjusted, of each run."""
        table = self.tables.pairs
        chosen = table[(table["stream"] == stream.name) & (table["model"] == model)]
        return [(float(p), float(adjusted)) for p, adjusted in zip(chosen["p"], chosen["p_holm"], strict=True)]

    def tallies(self) -> Iterator[tuple[str, str, Tally]]:
        """Each model beside its reference, over all runs on streams that are not sorted: model, reference, tally."""
        for reference in each_once(stream.reference for stream in self.telling):
            for model in self.models:
                found = [
                    verdict
                    for stream in self.telling
                    if stream.reference == reference
                    for verdict in self.pairs(stream, model)
                ]
                if found:
                    yield model, reference, Tally(found.count("better"), found.count("worse"), len(found))

    def cost(self, stream: ComparedStream, model: str, column: str) -> float:
        """What a model needs, as a mean over the runs."""
        table = self.tables.models
        return float(table.loc[(table["stream"] == stream.name) & (table["model"] == model), column].mean())

    def best(self, stream: ComparedStream, metric: str) -> str | None:
        """The model with the best value, or mean; None where it is defined of none."""
        sign = 1 if METRICS[metric].metric.higher_is_better else -1
        values = {model: sign * self.summary(stream, model, metric).value for model in stream.models}
        known = {model: value for model, value in values.items() if not math.isnan(value)}
        return max(known, key=known.__getitem__) if known else None

    def _summarise(self, stream: ComparedStream, model: str, metric: str, part: str, column: str) -> Summary:
        table = self.tables.totals
        wanted = {"stream": stream.name, "model": model, "part": part, "metric": metric}
        rows = table[(table[list(wanted)] == list(wanted.values())).all(axis=1)]
        if len(rows) == 1:
            found = estimate(rows.iloc[0], column)
            return Summary(found.value, found.low, found.high, math.nan)
        values = rows[column].to_numpy(np.float64)
        if not len(values) or np.isnan(values).any():
            return Summary(NOT_KNOWN.value, NOT_KNOWN.low, NOT_KNOWN.high, math.nan)
        return Summary(float(values.mean()), float(values.min()), float(values.max()), float(values.std(ddof=1)))


def read_scene(folder: Path) -> Scene:
    """Read the folder of a comparison on streams.

    Raises:
        UserError: it is no folder, or one of its files is missing, damaged or incomplete.
    """
    check_comparison(folder)
    tables = {
        name: read_table(folder / "tables" / f"{name}.parquet", columns, COMPARISON)
        for name, columns in COLUMNS.items()
    }
    return Scene(folder, read_json(folder / "comparison.json", StreamComparison, COMPARISON), Tables(**tables))
