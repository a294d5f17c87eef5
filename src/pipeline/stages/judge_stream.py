"""Judge what filters said of a stream."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from pipeline.artifacts.streams import Passes, Stream, StreamScores
from pipeline.evaluation.streams.judge import judge
from pipeline.ranges import Count, Share


def judge_stream(
    stream: Stream,
    passes: Passes,
    *,
    window: Count,
    every: Count,
    reference: str,
    delta: Share,
    resamples: Annotated[int, Field(ge=100)],
    seed: int,
) -> StreamScores:
    """Metrics in total with 95 % intervals, each model's paired difference from the reference, and metrics over time.

    `window`: messages that sliding figures are over; `every`: messages from one to the next; `delta`: how easily the
    change detector is alarmed by chance.
    """
    return judge(
        stream,
        passes,
        window=window,
        every=every,
        resamples=resamples,
        seed=seed,
        reference=reference,
        delta=delta,
    )
