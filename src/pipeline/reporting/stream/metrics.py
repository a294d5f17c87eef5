"""The metrics of a stream: what each is called, what it means and how its values are written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pipeline.reporting import words
from pipeline.reporting.facts import Estimate
from pipeline.reporting.tables import Cell
from pipeline.reporting.words import METRIC, Metric

UNIT = "\N{NO-BREAK SPACE}%"
PERCENT_PLACES = 2


@dataclass(frozen=True)
class StreamMetric:
    """A metric, and how its values and its differences are written."""

    metric: Metric
    written: Callable[[float], str] = words.decimal

    @property
    def label(self) -> str:
        """Its name for people."""
        return self.metric.label

    def interval(self, found: Estimate) -> str:
        """[0.912, 0.958]; empty where it is undefined."""
        if not found.is_known:
            return ""
        low, high = (self.written(end) for end in (found.low, found.high))
        return f"[{low.removesuffix(UNIT)}, {high}]"

    def cell(self, found: Estimate, *, stands_out: bool = False) -> Cell:
        """A value and its interval."""
        return Cell(self.written(found.value), self.interval(found), stands_out)


def as_percent(value: float) -> str:
    """A share as 0.41 %: rates of a filter are small."""
    text = words.decimal(100 * value, PERCENT_PLACES)
    return text if text == words.UNDEFINED else f"{text}{UNIT}"


def in_percent(value: float) -> str:
    """What is given in percent already, as 0.412 %."""
    text = words.decimal(value)
    return text if text == words.UNDEFINED else f"{text}{UNIT}"


METRICS = {
    key: StreamMetric(METRIC[key]) for key in ("f1", "recall", "precision", "mcc", "pr_auc", "accuracy")
} | {
    "fpr": StreamMetric(
        Metric("fpr", "FPR", "of the {negative} messages, the share that is flagged wrongly", higher_is_better=False),
        as_percent,
    ),
    "one_minus_auc_percent": StreamMetric(
        Metric(
            "one_minus_auc_percent",
            "1−AUC %",
            "how often, in percent, a {negative} message scores above a {positive} one: TREC's figure",
            higher_is_better=False,
        ),
        in_percent,
    ),
}  # fmt: skip
WELL = ("f1", "recall", "precision", "fpr")
RANKED = ("mcc", "pr_auc", "one_minus_auc_percent", "accuracy")
