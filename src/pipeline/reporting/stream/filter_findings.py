"""Questions to the filters of a stream: which is best, which loses least, and whether that is more than memory."""

from __future__ import annotations

import math

from pipeline.reporting import words
from pipeline.reporting.grid import Verdict, upper
from pipeline.reporting.stream.answers import Finding, beside_reference, names, told, value_said
from pipeline.reporting.stream.facts import StreamReport
from pipeline.reporting.stream.folder import StreamTables
from pipeline.reporting.stream.metrics import METRICS
from pipeline.reporting.stream.names import model_name
from pipeline.reporting.stream.verdicts import best, gap, tied, total, verdict

TAGS: dict[Verdict, tuple[str, str]] = {
    "better": ("beats the reference", "beats"),
    "level": ("no difference", "level"),
    "worse": ("worse", "loses"),
    "unknown": ("undefined", "unknown"),
}
EQUAL = ("all equal", "level")


def best_said(report: StreamReport, tables: StreamTables) -> str:
    """Which model is best by F1, and whether it can be told from the reference."""
    first = best(tables.totals, names(tables), "f1")
    if first is None:
        return "F1 is undefined for all models"
    same = tied(tables.totals, names(tables), "f1")
    if same is not None:
        return f"all {words.count(len(names(tables)))} models have the same F1, {words.decimal(same)}"
    said = f"best by F1 is {model_name(first)}, {value_said(tables, first)}"
    if first == report.reference:
        others = [model for model in names(tables) if model != first]
        second = best(tables.totals, others, "f1")
        after = (
            f"; next is {model_name(second)}, {value_said(tables, second)}: {told(tables, second)}" if second else ""
        )
        return f"{said}, the reference itself{after}"
    beside = f"{model_name(report.reference)}, {value_said(tables, report.reference)}"
    return f"{said}; {told(tables, first)} from the reference, {beside}"


def which_is_best(report: StreamReport, tables: StreamTables) -> Finding:
    """The best by F1, and all others beside the reference."""
    question = "Which does best?"
    first = best(tables.totals, names(tables), "f1")
    if first is None:
        return Finding(question, *TAGS["unknown"], "F1 is undefined for all models.")
    if tied(tables.totals, names(tables), "f1") is not None:
        return Finding(question, *EQUAL, f"{upper(best_said(report, tables))}.")
    tag, style = TAGS[verdict(tables.totals, first, "f1")]
    if first == report.reference:
        tag, style = "the reference", "level"
    elif style == "unknown" and not math.isnan(gap(tables.totals, first, "f1").value):
        tag = "too few messages"
    beside = beside_reference(tables, report.reference, "f1", "F1")
    return Finding(question, tag, style, f"{upper(best_said(report, tables))}. {beside}")


def which_loses_least(report: StreamReport, tables: StreamTables) -> Finding:
    """The lowest false-positive rate, and what recall goes with it."""
    metric, negative = METRICS["fpr"], report.classes.negative
    question = f"Which loses the fewest {negative} messages?"
    least = best(tables.totals, names(tables), "fpr")
    if least is None:
        return Finding(question, *TAGS["unknown"], f"The stream has no {negative} message.")
    same = tied(tables.totals, names(tables), "fpr")
    if same is not None:
        number = words.count(len(names(tables)))
        return Finding(question, *EQUAL, f"All {number} models flag {metric.written(same)} of them.")
    rate, caught = total(tables.totals, least, "fpr"), total(tables.totals, least, "recall")
    answer = (
        f"{upper(model_name(least))} flags {metric.written(rate.value)} {metric.interval(rate)} of them, and catches "
        f"{words.percent(100 * caught.value)} of the {report.classes.positive}. "
        f"{beside_reference(tables, report.reference, 'fpr', metric.label)}"
    )
    return Finding(question, metric.written(rate.value), "level", answer)


def is_it_memory(report: StreamReport, tables: StreamTables) -> Finding:
    """Which is best where no earlier message is nearly equal."""
    question = "Does it hold for messages without an earlier near-duplicate?"
    first = best(tables.totals, names(tables), "f1")
    there = best(tables.totals, names(tables), "f1", "unfamiliar")
    if first is None or there is None:
        return Finding(question, *TAGS["unknown"], "F1 is undefined there.")
    same = tied(tables.totals, names(tables), "f1", "unfamiliar")
    if same is not None:
        number = words.count(len(names(tables)))
        return Finding(question, *EQUAL, f"All {number} models have the same F1 there, {words.decimal(same)}.")
    is_same, over_all = there == first, total(tables.totals, there, "f1")
    answer = (
        f"{upper(model_name(there))} is best there{' too' if is_same else ''}: F1 "
        f"{value_said(tables, there, 'unfamiliar')}, over all messages {words.decimal(over_all.value)}."
    )
    if there != report.reference:
        answer += f" Beside {model_name(report.reference)}: {told(tables, there, 'unfamiliar')}."
    return Finding(question, "same best" if is_same else "another best", "level", answer)
