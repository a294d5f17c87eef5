"""The end of a sweep whose jobs stopped before the test part: a table of what they scored on the validation part."""

from __future__ import annotations

import csv
import math
from collections.abc import Sequence
from pathlib import Path

from pipeline.reporting.words import decimal
from pipeline.sweeps.jobs import labels
from pipeline.sweeps.outcome import metrics_of
from pipeline.sweeps.record import finished_in

TABLE = "validation.csv"
_SCORES = ("f1", "pr_auc")
_HEADERS = ("job", "settings", *(f"validation {name}" for name in _SCORES))


def list_scores(folder: Path) -> str:
    """Write `validation.csv` into the folder of a sweep.

    Returns:
        The same table for people, the best F1 first.
    """
    finished = finished_in(folder)
    rows: list[tuple[int, str, list[float | None]]] = []
    for job, label in zip(finished, labels([job.overrides for job in finished]), strict=True):
        measured = metrics_of(folder / str(job.number))["validation"]
        rows.append((job.number, label, [measured[name] for name in _SCORES]))
    rows.sort(key=lambda row: tuple(-math.inf if score is None else score for score in row[2]), reverse=True)
    with (folder / TABLE).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["job", "settings", *_SCORES])
        writer.writerows([number, label, *scores] for number, label, scores in rows)
    told = [(str(number), label, *map(_told, scores)) for number, label, scores in rows]
    return _aligned([_HEADERS, *told])


def _told(score: float | None) -> str:
    return decimal(math.nan if score is None else score)


def _aligned(rows: Sequence[Sequence[str]]) -> str:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join("   ".join(map(str.ljust, row, widths)).rstrip() for row in rows)
