"""The cost from which on a message is called positive, where no labels choose it and where they do.

A rule looks at the costs of validation messages and gives a threshold between two of them, in the middle of the gap; a
message is called when its cost is at least the threshold.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from pipeline.evaluation.thresholds import highest_f1_threshold

Rule = Literal["expected", "estimated", "elbow", "labels"]
NO_BEND = 1e-9  # a distance from the chord that is only rounding


def choose_thresholds(
    scores: NDArray[np.floating], labels: NDArray[np.integer], *, expected_share: float, estimated_share: float
) -> dict[Rule, float]:
    """The threshold of each rule; only the last one sees the labels.

    Shapes: scores, labels (n,).
    """
    return {
        "expected": share_threshold(scores, expected_share),
        "estimated": share_threshold(scores, estimated_share),
        "elbow": elbow_threshold(scores),
        "labels": labels_threshold(scores, labels),
    }


def share_threshold(scores: NDArray[np.floating], share: float) -> float:
    """The threshold from which on the highest `share` of the scores are called.

    Equal scores are called together or not at all, whichever comes nearer to the share (of two as near the fewer); the
    highest are always called, for a share is given because there is something to find.

    Shapes: scores (n,), at least one.
    """
    assert 0 <= share <= 1, share
    falling = _falling(scores)
    counts = np.flatnonzero(np.append(falling[1:] != falling[:-1], True)) + 1
    return _calling(falling, int(counts[np.argmin(np.abs(counts - share * len(falling)))]))


def elbow_threshold(scores: NDArray[np.floating]) -> float:
    """The threshold above the elbow of the sorted scores, where their steep fall levels off.

    The scores are sorted from high to low, and both their places and they themselves scaled to 0..1; the elbow is the
    point farthest below the chord from the first to the last. Those before it are called; it is itself the first of
    the many. Without a bend, where there are fewer than 3 scores, or all are equal, or none is below the chord, nothing
    stands out and none is called. One score far from all others makes an elbow of its own.

    Shapes: scores (n,), at least one.
    Source: Satopaa, Albrecht, Irwin & Raghavan 2011, Finding a "Kneedle" in a haystack (the difference curve).
    Deviation: no spline smooths the curve, for sorted scores do not go up and down; and the farthest point is taken,
        not each that a sensitivity lets pass.
    """
    falling = _falling(scores)
    if len(falling) < 3 or falling[0] == falling[-1]:
        return _calling(falling, 0)
    heights = (falling - falling[-1]) / (falling[0] - falling[-1])
    below_chord = 1 - np.linspace(0, 1, len(falling)) - heights
    elbow = int(np.argmax(below_chord))
    return _calling(falling, elbow if below_chord[elbow] > NO_BEND else 0)


def labels_threshold(scores: NDArray[np.floating], labels: NDArray[np.integer]) -> float:
    """The threshold of the highest F1, NaN without positives; equal scores are all called.

    Shapes: scores, labels (n,), at least one.
    """
    if not (labels == 1).any():
        return np.nan
    if scores.min() == scores.max():
        return float(scores[0])
    return highest_f1_threshold(labels, scores)


def _falling(scores: NDArray[np.floating]) -> NDArray[np.float64]:
    assert len(scores) > 0
    return np.sort(scores.astype(np.float64))[::-1]


def _calling(falling: NDArray[np.float64], count: int) -> float:
    """The threshold that calls the first `count` scores; the next one differs from the last of them."""
    if count == 0:
        return float(np.nextafter(falling[0], np.inf))
    if count == len(falling):
        return float(falling[-1])
    above, below = falling[count - 1], falling[count]
    middle = (above + below) / 2
    return float(middle if middle > below else above)  # neighbouring floats have no middle
