"""What filters lose as their memory shrinks: hashing beside count-min sketches of equal size."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import Field

from pipeline.artifacts.streams import MemoryScores, Stream
from pipeline.errors import UserError
from pipeline.evaluation.intervals import bootstrap_weights, percentile_interval
from pipeline.evaluation.metrics import outcomes
from pipeline.evaluation.streams.measures import measure_called, measure_stream
from pipeline.online.blocks import Block, Grams, block_of, read_grams
from pipeline.online.filters import new_filter
from pipeline.online.naive_bayes import ExactNaiveBayes, NaiveBayes
from pipeline.online.settings import Buckets, FilterSettings, Hashes, HashSeed, Learner, Ngrams
from pipeline.ranges import Count, Positive
from pipeline.stages.filter_stream import pass_once

LEARNERS: tuple[Learner, ...] = ("naive_bayes", "perceptron")


@dataclass(frozen=True)
class Judged:
    """How a filter did on all of the stream: metrics, memory in bytes, and F1 on each resample (R,)."""

    metrics: dict[str, float]
    num_bytes: int
    f1_samples: NDArray[np.float64]

    def row(self) -> dict[str, float]:
        """What a table says of it."""
        f1 = percentile_interval(self.metrics["f1"], self.f1_samples)
        others = {name: self.metrics[name] for name in ("fpr", "pr_auc", "accuracy")}
        return {"bytes": self.num_bytes, "f1": f1.value, "f1_low": f1.low, "f1_high": f1.high, **others}

    def less(self, hashing: Judged | None) -> dict[str, float]:
        """Its F1 less that of hashing in as much memory, on the same resamples; NaN where that is not known."""
        if hashing is None or hashing is self:
            return dict.fromkeys(("difference", "difference_low", "difference_high"), np.nan)
        difference = self.metrics["f1"] - hashing.metrics["f1"]
        found = percentile_interval(difference, self.f1_samples - hashing.f1_samples)
        return {"difference": found.value, "difference_low": found.low, "difference_high": found.high}


def measure_memory(
    stream: Stream,
    *,
    log2_cells: Annotated[list[Buckets], Field(min_length=1)],
    num_hashes: Annotated[list[Hashes], Field(min_length=1)],
    rate: Positive,
    likelihood: Literal["ngrams", "messages"],
    ngrams: Ngrams,
    hash_seed: HashSeed,
    period: Count,
    resamples: Annotated[int, Field(ge=100)],
    seed: int,
) -> MemoryScores:
    """Naive Bayes and the perceptron in tables of every size, divided among every number of hash functions.

    A table of 2 ** c cells and k rows has as many buckets a row as fit, a power of two: where k is none, it is smaller
    than that of one row. `rate` is the perceptron's, `likelihood` of naive Bayes.

    Raises:
        UserError: no table has two buckets a row.
    """
    block = block_of(stream.table["text"].tolist())
    labels = stream.table["label"].to_numpy(np.int8)
    weights = bootstrap_weights(stream.table["group"].to_numpy(), resamples, seed)

    def settings(learner: Learner, log2_buckets: int, num_hashes: int) -> FilterSettings:
        return FilterSettings(learner, ngrams, log2_buckets, num_hashes, hash_seed, likelihood, rate)

    def judged(filter_settings: FilterSettings) -> Judged:
        model = new_filter(filter_settings)
        scores = pass_once(model, block, labels, period, 0)
        metrics = {name: float(value[0]) for name, value in measure_stream(labels, scores, scores > 0).items()}
        return Judged(metrics, model.num_bytes, measure_called(weights @ outcomes(labels, scores > 0))["f1"])

    exact = ExactNaiveBayes(settings("exact_naive_bayes", 1, 1))
    exact.learn(exact.read(block), labels)
    tables = {cells: _tables(cells, num_hashes) for cells in log2_cells}
    _refuse_none(tables)
    models = []
    for learner in LEARNERS:
        for of_size in tables.values():
            found = {table: judged(settings(learner, *table)) for table in of_size}
            hashing = next((one for (_, rows), one in found.items() if rows == 1), None)
            models += [
                {"learner": learner, **named(*table), **one.row(), **one.less(hashing)} for table, one in found.items()
            ]
    return MemoryScores(
        models=pd.DataFrame(models),
        counts=pd.DataFrame(
            {**named(*table), **_count_errors(settings("naive_bayes", *table), block, exact)}
            for of_size in tables.values()
            for table in of_size
        ),
        reference=pd.DataFrame([{"learner": "naive_bayes", **judged(exact.settings).row()}]),
        num_ngrams=len(exact.numbers),
        num_counted=int(exact.totals[1].sum()),
    )


def named(log2_buckets: int, num_hashes: int) -> dict[str, Any]:
    """What a table is called."""
    features = "hashing" if num_hashes == 1 else "count-min"
    return {"features": features, "log2_buckets": log2_buckets, "num_hashes": num_hashes}


def _tables(log2_cells: int, num_hashes: list[int]) -> list[tuple[int, int]]:
    """The tables of so many cells that have two buckets a row at least: (log2_buckets, num_hashes) of each."""
    return [(log2_cells - (rows - 1).bit_length(), rows) for rows in num_hashes if 2**log2_cells >= 2 * rows]


def _refuse_none(tables: dict[int, list[tuple[int, int]]]) -> None:
    if not any(tables.values()):
        raise UserError(
            f"No table of 2^{max(tables)} cells can be divided among so many hash functions.",
            expected="tables with two buckets a row at least",
            remedy="Raise memory.log2_cells, or lower memory.num_hashes.",
        )


def _count_errors(settings: FilterSettings, block: Block, exact: ExactNaiveBayes) -> dict[str, float]:
    """How far counts of messages, whatever their class, are above the truth, over the distinct n-grams."""
    model = NaiveBayes(settings)
    grams = model.read(block)
    model.learn(grams, np.zeros(len(grams), np.int8))
    errors = np.concatenate([model.counts(read)[:, 0] - true for read, true in _each_ngram(model, exact)])
    bound = np.e / settings.buckets * model.totals[1].sum()
    return {
        "bytes": model.num_bytes,
        "mean_error": float(errors.mean()),
        "exact_percent": 100 * float((errors == 0).mean()),
        "bound": float(bound),
        "beyond_percent": 100 * float((errors > bound).mean()),
        "promised_percent": 100 * float(np.exp(-settings.num_hashes)),
    }


def _each_ngram(model: NaiveBayes, exact: ExactNaiveBayes) -> Iterator[tuple[Grams, NDArray[np.int64]]]:
    """The distinct n-grams as a model reads them, and in how many messages they are; by their number of words.

    A message that is one n-gram of k words has but one n-gram of k words.
    """
    names = np.array(list(exact.numbers), object)
    true = exact.table[0, : len(names)].sum(axis=1, dtype=np.int64)
    words = np.array([name.count(" ") + 1 for name in names])
    for length in np.unique(words):
        chosen = np.flatnonzero(words == length)
        settings = replace(model.settings, ngrams=(int(length), int(length)))
        yield read_grams(block_of(names[chosen].tolist()), settings), true[chosen]
