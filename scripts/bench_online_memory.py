"""How much memory filters take on a stream that never ends: peaks, as messages go by."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench_online_process import peak_memory_mb, start_process
from bench_online_stream import endless
from bench_online_systems import FILTERS
from pipeline.online.blocks import Block
from pipeline.online.filters import Filter, new_filter

SYSTEMS = ("naive_bayes hashing", "logistic hashing")
SHARES = (0.1, 0.2, 0.5, 1)  # of the stream, at which memory is looked at


@dataclass(frozen=True)
class Sample:
    """What there is to say after some messages.

    Attributes:
        system: the filter.
        messages, megabytes: learnt so far.
        peak_mb: peak resident memory of the process, libraries included.
        model_mb: of it, the model.
        seconds: since the first message, of scoring and learning them; and of making them up, beside.
        right_percent: predictions that were right, so far.
    """

    system: str
    messages: int
    megabytes: float
    peak_mb: float
    model_mb: float
    seconds: float
    making_seconds: float
    right_percent: float


def measure_memory(messages: int, period: int) -> Iterator[Sample]:
    """A stream of so many messages for each system, each in a new process."""
    for system in SYSTEMS:
        with start_process() as process:
            yield from process.submit(follow, system, messages, period).result()


def follow(system: str, messages: int, period: int) -> list[Sample]:
    """Score and learn a made-up stream."""
    model, stream = new_filter(FILTERS[system]), endless(period)
    _learn(new_filter(FILTERS[system]), *next(endless(2)))  # compiled before time is taken
    samples: list[Sample] = []
    learnt, num_bytes, right, spent, making = 0, 0, 0, 0.0, 0.0
    for share in SHARES:
        while learnt < share * messages:
            start = time.perf_counter()
            block, labels = next(stream)
            made = time.perf_counter()
            right += _learn(model, block, labels)
            spent += time.perf_counter() - made
            making += made - start
            learnt += len(block)
            num_bytes += len(block.data)
        facts = (num_bytes / 1e6, peak_memory_mb(), model.num_bytes / 2**20, spent, making, 100 * right / learnt)
        samples.append(Sample(system, learnt, *(round(fact, 1) for fact in facts)))
    return samples


def _learn(model: Filter, block: Block, labels: NDArray[np.int8]) -> int:
    """Score and learn a block; how many scores were right."""
    grams = model.read(block)
    right = int(np.count_nonzero((model.score(grams) > 0) == (labels == 1)))
    model.learn(grams, labels)
    return right
