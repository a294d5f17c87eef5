"""Filters that score each message of a stream before they learn it."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass
from typing import Annotated, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import ConfigDict, Field

from pipeline.artifacts.streams import Passes, Stream
from pipeline.online.blocks import Block, block_of
from pipeline.online.filters import Filter, new_filter
from pipeline.online.settings import Buckets, FilterSettings, Hashes, HashSeed, Learner, Ngrams
from pipeline.ranges import Count, Positive


@dataclass(frozen=True)
class Model:
    """What filters of one run differ in; see `FilterSettings`."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    learner: Learner
    log2_buckets: Buckets
    num_hashes: Hashes
    rate: Positive


def filter_stream(
    stream: Stream,
    *,
    models: Annotated[dict[str, Model], Field(min_length=1)],
    ngrams: Ngrams,
    hash_seed: HashSeed,
    likelihood: Literal["ngrams", "messages"],
    period: Count,
    delay: Annotated[int, Field(ge=0)],
) -> Passes:
    """Run each filter over the stream: score the next `period` messages, then learn them.

    With a `delay` labels come so many messages later. `models` are the filters by name.

    Source: the report on online filters (its reporting period).
    """
    block = block_of(stream.table["text"].tolist())
    labels = stream.table["label"].to_numpy(np.int8)
    predictions, rows = [], []
    for name, model in models.items():
        settings = FilterSettings(ngrams=ngrams, hash_seed=hash_seed, likelihood=likelihood, **asdict(model))
        pass_once(new_filter(settings), block.take(0, 2), labels[:2], period, delay)  # compiled before time is taken
        filter_ = new_filter(settings)
        start = time.perf_counter()
        scores = pass_once(filter_, block, labels, period, delay)
        rows.append(_row(name, filter_, time.perf_counter() - start))
        predictions.append(
            pd.DataFrame(
                {"model": name, "position": np.arange(len(labels)), "score": scores, "called": scores > 0},
            )
        )
    return Passes(
        predictions=pd.concat(predictions, ignore_index=True),
        models=pd.DataFrame(rows),
        trainings=pd.DataFrame(columns=["model", "position", "seconds"]),
        period=period,
        delay=delay,
    )


def pass_once(model: Filter, block: Block, labels: NDArray[np.int8], period: int, delay: int) -> NDArray[np.float64]:
    """(n,) scores, each of a filter that has not learnt the message yet."""
    grams = model.read(block)
    scores = np.empty(len(labels))
    learnt = 0
    for begin in range(0, len(labels), period):
        end = min(begin + period, len(labels))
        scores[begin:end] = model.score(grams.take(begin, end))
        known = max(learnt, end - delay)
        model.learn(grams.take(learnt, known), labels[learnt:known])
        learnt = known
    return scores


def _row(name: str, model: Filter, seconds: float) -> dict[str, str | int | float]:
    settings = model.settings
    is_exact = settings.learner == "exact_naive_bayes"
    return {
        "model": name,
        "learner": "naive_bayes" if is_exact else settings.learner,
        "features": "exact" if is_exact else "hashing" if settings.num_hashes == 1 else "count-min",
        "num_hashes": 0 if is_exact else settings.num_hashes,
        "buckets": 0 if is_exact else settings.buckets,
        "bytes": model.num_bytes,
        "seconds": seconds,
        "trainings": 0,
    }
