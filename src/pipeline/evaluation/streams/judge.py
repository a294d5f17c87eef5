"""The verdict on filters that learn as they go: in total, over time, and around a change of the stream."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.artifacts.streams import Passes, Stream, StreamScores
from pipeline.errors import UserError
from pipeline.evaluation.streams.curves import thin_roc_curve
from pipeline.evaluation.streams.drift import Recovery, find_alarms, recovery
from pipeline.evaluation.streams.totals import Said, measure_part
from pipeline.evaluation.streams.windows import slide


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

    Totals, and the curves, are of the messages from the first position that all models have scored. Windows, alarms
    and recoveries are of all that a model has scored. Whatever is undefined is NaN, as in `measure_stream`: a part
    without messages has rows of NaN.

    Args:
        stream: the messages, with labels and groups.
        passes: what the models said of them.
        window: messages that sliding figures are over, and those just after a change; a stream with fewer has no
            windows.
        every: messages from one window to the next.
        resamples: bootstrap resamples of the duplicate groups.
        seed: seed of the bootstrap.
        reference: the model that all others are compared with.
        delta: ADWIN's confidence, above 0 and below 1: the lower, the rarer are false alarms.

    Raises:
        UserError: `reference` is none of the models, or scores of a model are not finite.
    """
    labels = stream.table["label"].to_numpy()
    said = _read(passes, len(labels))
    if reference not in said:
        raise UserError(
            f"The model {reference!r}, which the others are to be compared with, has scored no message.",
            expected=f"one of {', '.join(said) or 'some models, but there are none'}",
            remedy="Name another reference, or add this model to the filters.",
        )
    start = max(it.first for it in said.values())
    windows, curves, alarms = {}, {}, {}
    for model, it in said.items():
        windows[model] = slide(labels, it.scores, it.called, first=it.first, window=window, every=every)
        curves[model] = thin_roc_curve(labels[start:], it.scores[start:])
        wrong = it.called != (labels == 1)
        alarms[model] = find_alarms(wrong[it.first :], first=it.first, delta=delta)
    return StreamScores(
        totals=_totals(stream, said, start, window, reference=reference, resamples=resamples, seed=seed),
        windows=_below(windows, "model"),
        curves=_below(curves, "model"),
        alarms=_below(alarms, "model"),
        recoveries=_recoveries(labels, said, alarms, window, stream.changed_at),
        reference=reference,
        window=window,
        start=start,
    )


def _read(passes: Passes, num_messages: int) -> dict[str, Said]:
    """What each model said, by its name, in the order of the predictions."""
    said = {}
    for model, table in passes.predictions.groupby("model", sort=False):
        positions = table["position"].to_numpy()
        first = int(positions[0])
        assert np.array_equal(positions, np.arange(first, num_messages)), f"{model} skips a message or goes back"
        scores, called = np.zeros(num_messages), np.zeros(num_messages, bool)
        scores[first:], called[first:] = table["score"], table["called"]
        is_finite = np.isfinite(scores)
        if not is_finite.all():
            raise UserError(
                f"The model {model!r} diverges: its score at position {is_finite.argmin()} is no finite number.",
                expected="scores that are finite numbers; with steps that are too large they grow without end",
                remedy="Lower its rate, or leave it out of the models.",
            )
        said[str(model)] = Said(first, scores, called)
    return said


def _totals(
    stream: Stream, said: Mapping[str, Said], start: int, window: int, *, reference: str, resamples: int, seed: int
) -> pd.DataFrame:
    table = stream.table
    positions = np.arange(len(table))
    parts = {"all": positions >= start, "unfamiliar": (positions >= start) & ~table["familiar"].to_numpy(bool)}
    if stream.changed_at is not None:
        is_after = (positions >= start) & (positions >= stream.changed_at)
        parts["before"] = (positions >= start) & (positions < stream.changed_at)
        parts["after"] = is_after
        parts["just after"] = is_after & (positions < stream.changed_at + window)
    labels, groups = table["label"].to_numpy(), table["group"].to_numpy()
    measured = {
        part: measure_part(
            labels, groups, said, np.flatnonzero(is_in), reference=reference, resamples=resamples, seed=seed
        )
        for part, is_in in parts.items()
    }
    return _below(measured, "part")


def _recoveries(
    labels: NDArray[np.integer],
    said: Mapping[str, Said],
    alarms: Mapping[str, pd.DataFrame],
    window: int,
    changed_at: int | None,
) -> pd.DataFrame:
    """One row a model; none where the stream never changes."""
    columns = ["model", *(field.name for field in fields(Recovery))]
    if changed_at is None:
        return pd.DataFrame({name: pd.Series(dtype=str if name == "model" else float) for name in columns})
    rows = [
        {"model": model}
        | asdict(recovery(labels, it.called, alarms[model], first=it.first, window=window, changed_at=changed_at))
        for model, it in said.items()
    ]
    return pd.DataFrame(rows, columns=columns)


def _below(tables: Mapping[str, pd.DataFrame], name: str) -> pd.DataFrame:
    """The tables below one another, with what they are of in the column `name` in front."""
    return pd.concat(tables, names=[name]).reset_index(level=name).reset_index(drop=True)
