"""Changes of a stream: alarms on a model's errors, and how long it takes to recover from a change that is known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.evaluation.streams.windows import slide_recall

RECOVERED = 0.95  # of the recall before the change


def find_alarms(errors: NDArray[np.bool_], *, first: int, delta: float) -> pd.DataFrame:
    """Where a model's rate of errors changed, as ADWIN finds it in the errors one after the other.

    ADWIN keeps a window of the latest errors, and rings when an older and a newer part of it differ by more than chance
    would have it. `position` counts the messages seen then; labels are taken to come at once, whatever the delay with
    which a model learns them. `rate_before` is the share of errors since the alarm before it (or the first message),
    `rate_after` until the one after it (or the last message; NaN where there is none left). ADWIN's own estimates
    would say less: when it rings, most of what it keeps is still from before the change. A rate that falls rings as
    well, as when a model has learnt enough: the two rates tell which.

    Shapes: errors (n,) from position `first` on.
    Source: Bifet & Gavaldà 2007, Learning from time-changing data with adaptive windowing; river's implementation,
        which looks for a change every 32 messages.
    """
    from river.drift import ADWIN

    detector = ADWIN(delta=delta)
    rung = []
    for seen, error in enumerate(errors.astype(int).tolist(), start=1):
        detector.update(error)
        if detector.drift_detected:
            rung.append(seen)
    between = np.split(errors, rung)
    rates = np.array([part.mean() if len(part) else np.nan for part in between])
    positions = first + np.array(rung, np.int64)
    return pd.DataFrame({"position": positions, "rate_before": rates[:-1], "rate_after": rates[1:]})


@dataclass(frozen=True)
class Recovery:
    """What a change did to a model; NaN where there is nothing to tell.

    Attributes:
        recall_before: over the last window before the change; NaN without a full one with positives in it.
        lowest: recall of the worst window from the change until the recall is back; NaN, and all that follows from it
            undefined, where `recall_before` is NaN or 0 or no window after the change has positives in it.
        messages: after the change, until the recall is back; 0 where it never went, NaN where it is not back within
            the stream.
        positives: how many of these were of the positive class.
        alarm_after: messages from the change to the first alarm of errors that rose.
    """

    recall_before: float
    lowest: float
    messages: float
    positives: float
    alarm_after: float


def recovery(
    labels: NDArray[np.integer],
    called: NDArray[np.bool_],
    alarms: pd.DataFrame,
    *,
    first: int,
    window: int,
    changed_at: int,
) -> Recovery:
    """How far the recall over the last `window` messages falls after a change, and when it is back to 95 %.

    It is back at the first window that reaches 95 % of the recall before, counted from the worst of those that end
    within `window` messages of the change: what the change does at once is in those. An earlier count would take a
    recall that trembles on its way down for one that has recovered; a later one would mind what came long after.

    Shapes: labels, called (n,), not scored before `first`; `alarms` as `find_alarms` gives them.
    """
    recall = slide_recall(labels, called, first=first, window=window)
    rose = alarms[(alarms["position"] > changed_at) & (alarms["rate_after"] > alarms["rate_before"])]
    alarm_after = float(rose["position"].min() - changed_at)
    before, after = float(recall[changed_at]), recall[changed_at + 1 :]
    if not before > 0 or np.isnan(after[:window]).all():
        return Recovery(before, np.nan, np.nan, np.nan, alarm_after)
    worst = int(np.nanargmin(after[:window]))
    if after[worst] >= RECOVERED * before:
        return Recovery(before, float(after[worst]), 0.0, 0.0, alarm_after)
    back = np.flatnonzero(after[worst:] >= RECOVERED * before)
    if not len(back):
        return Recovery(before, float(np.nanmin(after)), np.nan, np.nan, alarm_after)
    messages = worst + int(back[0]) + 1
    positives = int((labels[changed_at : changed_at + messages] == 1).sum())
    return Recovery(before, float(np.nanmin(after[:messages])), float(messages), float(positives), alarm_after)
