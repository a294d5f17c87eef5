"""Questions to filters beside models that are trained anew: whether these do better, and what they take."""

from __future__ import annotations

import math

from pipeline.reporting.grid import upper
from pipeline.reporting.stream.answers import (
    Finding,
    batch,
    beside_reference,
    filters,
    kept_whole,
    stands_said,
    told,
    value_said,
)
from pipeline.reporting.stream.facts import StreamReport
from pipeline.reporting.stream.folder import StreamTables
from pipeline.reporting.stream.names import model_name
from pipeline.reporting.stream.tables import seconds_said
from pipeline.reporting.stream.verdicts import best, verdict
from pipeline.reporting.words import count, listed

LEAST_RATIO = 1.5  # from which on one time is called longer than another


def batch_said(report: StreamReport, tables: StreamTables) -> str:
    """Models that are trained anew and the best filter: F1, time, and how they do beside the reference."""
    return "; ".join([_f1_and_time(tables), *_verdicts_said(report, tables)])


def is_training_anew_better(report: StreamReport, tables: StreamTables) -> Finding:
    """Whether a network or TF-IDF that is trained anew does better than filters that learn as they go."""
    question = "Do models that are trained anew beat the filters?"
    if report.reference in batch(tables):
        found = {verdict(tables.totals, model, "f1") for model in filters(tables)}
        is_ahead, is_behind = "worse" in found, "better" in found
        answer = beside_reference(tables, report.reference, "f1", "F1")
    else:
        found = {verdict(tables.totals, model, "f1") for model in batch(tables)}
        is_ahead, is_behind = "better" in found, "worse" in found
        answer = " ".join(f"{upper(said)}." for said in _verdicts_said(report, tables))
    first = best(tables.totals, filters(tables), "f1")
    if first is not None and first != report.reference:
        answer += (
            f" The best filter is {model_name(first)}, F1 {value_said(tables, first)}; beside "
            f"{model_name(report.reference)}: {told(tables, first)}."
        )
    tag = "mixed" if is_ahead and is_behind else "yes" if is_ahead else "no" if is_behind else "no difference"
    return Finding(question, tag, "level", answer)


def what_training_costs(_: StreamReport, tables: StreamTables) -> Finding:
    """How much longer training anew takes than learning as one goes."""
    question = "What does training anew cost?"
    first = best(tables.totals, filters(tables), "f1")
    seconds = tables.models.set_index("model")["seconds"]
    answer, most = f"{_f1_and_time(tables)}.", math.nan
    for model in batch(tables):
        ratio = float(seconds[model] / seconds[first]) if first is not None and seconds[first] > 0 else math.nan
        if ratio >= LEAST_RATIO:
            answer += f" {upper(model_name(model))} takes {_times(ratio)} as long as {model_name(first or '')}."
            most = ratio if math.isnan(most) else max(most, ratio)
    return Finding(
        question, "level" if math.isnan(most) else f"× {_times(most).removesuffix(' times')}", "level", answer
    )


def _f1_and_time(tables: StreamTables) -> str:
    """F1 and the time that all of the stream took, of what is trained anew and of the best filter."""
    first = best(tables.totals, filters(tables), "f1")
    seconds = tables.models.set_index("model")["seconds"]
    said = [
        f"{model_name(model)} {value_said(tables, model)} in {kept_whole(seconds_said(float(seconds[model])))}"
        for model in [*batch(tables), *([first] if first else [])]
    ]
    return f"F1, and time for all of the stream: {listed(said)}"


def _verdicts_said(report: StreamReport, tables: StreamTables) -> list[str]:
    return [
        f"{model_name(model)}: {stands_said(tables, model, report.reference)} by F1"
        for model in batch(tables)
        if model != report.reference
    ]


def _times(ratio: float) -> str:
    """A ratio with two digits: times are not measured better."""
    return f"{count(float(f'{ratio:.2g}')) if ratio >= 10 else f'{ratio:.2g}'} times"
