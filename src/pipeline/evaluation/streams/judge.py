"""The verdict on filters that learn as they go: in total, over time, and around a change of the stream."""

from __future__ import annotations

from pipeline.artifacts.streams import Passes, Stream, StreamScores


def judge(
    stream: Stream,
    passes: Passes,
    *,
    window: int,
    every: int,
    resamples: int,
    seed: int,
    reference: str,
    delta: float,
) -> StreamScores:
    """Measure every model on the messages that all have scored, over sliding windows, and by its alarms.

    Args:
        stream: the messages, with labels and groups.
        passes: what the models said of them.
        window: messages that sliding figures are over; a stream with fewer has no windows.
        every: messages from one window to the next.
        resamples: bootstrap resamples of the duplicate groups.
        seed: seed of the bootstrap.
        reference: the model that all others are compared with.
        delta: chance that the change detector allows for a false alarm, above 0 and below 1.

    Raises:
        UserError: `reference` is none of the models.
    """
    raise NotImplementedError
