"""Answers as lines: what a message is taken for, how surely, and which n-grams decided.

Shapes: m messages of a block, n lines of it.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.filter.messages import Format, Labels, Messages

ERROR = "error"
Reasons = list[list[tuple[str, float]]]


def certainty(scores: NDArray[np.float64], *, is_probabilistic: bool) -> NDArray[np.float64]:
    """(m,) probability of the positive class, of a model that knows one; else the margin as it is."""
    return 0.5 * (1 + np.tanh(scores / 2)) if is_probabilistic else scores


@dataclass(frozen=True)
class _Answer:
    label: str
    score: float | None
    reasons: list[tuple[str, float]]
    error: str
    given: dict[str, Any]  # what is passed through


def write_answers(
    messages: Messages,
    scores: NDArray[np.float64],
    told: NDArray[np.float64],
    reasons: Reasons,
    form: Format,
    labels: Labels,
) -> bytes:
    """A line for each line of the block, bad ones included, in order.

    Args:
        scores: (m,) above 0 for the positive class.
        told: (m,) what is told of them, as `certainty`.
        reasons: (m,) n-grams with their weights; those that weigh nothing are not told.
    """
    given = {place: {"id": value} for place, value in messages.ids.items()}
    answers = {
        fault.place: _Answer(ERROR, None, [], fault.told, given.get(fault.place, {})) for fault in messages.faults
    }
    names = (labels.negative, labels.positive)
    found = zip(messages.places.tolist(), (scores > 0).tolist(), told.tolist(), reasons, strict=True)
    for place, positive, score, why in found:
        answers[place] = _Answer(names[positive], score, why, "", given.get(place, {}))
    write = _json_line if form == "jsonl" else _line
    return "".join([write(answers[place]) for place in sorted(answers)]).encode()


def _line(answer: _Answer) -> str:
    told = answer.error or ", ".join([f"{ngram} ({weight:+.2f})" for ngram, weight in answer.reasons if weight])
    return f"{answer.label}\t{'' if answer.score is None else f'{answer.score:.4f}'}\t{told}\n"


def _rounded(number: float, digits: int) -> float | None:
    """None where it is not finite: JSON has no name for that."""
    return round(number, digits) if math.isfinite(number) else None


def _json_line(answer: _Answer) -> str:
    if answer.score is None:
        return json.dumps({**answer.given, "error": answer.error}) + "\n"
    because = [[ngram, _rounded(weight, 4)] for ngram, weight in answer.reasons if weight]
    told = {"label": answer.label, "score": _rounded(answer.score, 6), "because": because}
    return json.dumps(answer.given | told) + "\n"
