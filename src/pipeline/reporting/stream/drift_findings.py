"""Questions to filters on a stream that changes: what it costs, how soon it is made good, whether it is noticed.

What it costs is told by recall just after the change: the same messages for all models, with intervals and paired
differences. How soon a model is back is told of each by itself, for each is measured against its own recall before.
"""

from __future__ import annotations

import math

import pandas as pd

from pipeline.reporting.stream.answers import Finding, beside_reference, names, value_said
from pipeline.reporting.stream.facts import JUST_AFTER, StreamReport
from pipeline.reporting.stream.folder import StreamTables
from pipeline.reporting.stream.names import model_name
from pipeline.reporting.stream.verdicts import NO_DIFFERENCE, TOO_FEW, sorted_by_verdict, tied, total
from pipeline.reporting.words import count, decimal, listed, quantity, signed

PART = "just after"


def change_said(report: StreamReport, tables: StreamTables) -> str:
    """Recall of every model just after the change, and how each does beside the reference."""
    if math.isnan(total(tables.totals, report.reference, "recall", PART).value):
        return f"recall just after the change is undefined: {_why_none(report)}"
    others = [model for model in names(tables) if model != report.reference]
    beside = model_name(report.reference)
    leads = {
        "better": f"detectably better than {beside}",
        "worse": f"detectably worse than {beside}",
        "level": f"{NO_DIFFERENCE} from {beside}",
        "unknown": f"{TOO_FEW} from {beside}",
    }
    is_tied = tied(tables.totals, names(tables), "recall", PART) is not None
    told = {} if is_tied else sorted_by_verdict(tables.totals, others, "recall", PART)
    parts = [
        f"{_where(report)}: {_recalls(tables)}",
        *(f"{leads[key]}: {listed(found)}" for key, found in told.items()),
    ]
    return f"recall over {'; '.join(parts)}"


def what_it_costs(report: StreamReport, tables: StreamTables) -> Finding:
    """Recall just after the change, beside the reference, and what it was before."""
    question = "What does the change cost?"
    if math.isnan(total(tables.totals, report.reference, "recall", PART).value):
        return Finding(question, "undefined", "unknown", f"Recall just after it is undefined: {_why_none(report)}.")
    answer = (
        f"Recall over {_where(report)}, {count(report.count(JUST_AFTER).positive)} of them {report.classes.positive}: "
        f"{_recalls(tables)}."
    )
    if tied(tables.totals, names(tables), "recall", PART) is None:
        answer += f" {beside_reference(tables, report.reference, 'recall', 'recall there', PART)}"
    before = tables.recoveries.set_index("model")["recall_before"].dropna()
    if before.empty:
        return Finding(question, "before: undefined", "unknown", answer)
    ends = [decimal(before.min()), decimal(before.max())]
    after = pd.Series({model: total(tables.totals, str(model), "recall", PART).value for model in before.index})
    lost = float((after - before).median())
    answer += f" Over the {quantity(report.window, 'message')} before, it was {' to '.join(dict.fromkeys(ends))}."
    return Finding(question, f"{signed(lost, 2)} recall", "loses" if lost < 0 else "level", answer)


def how_soon(report: StreamReport, tables: StreamTables) -> Finding:
    """How many messages it takes each model, in the order of the tables: no ranking, for each has a goal of its own."""
    question, table = "How soon is it made good?", tables.recoveries
    known = table[table["lowest"].notna()]
    vague = [f"{why}: {listed(found)}." for why, found in _undefined(report, table).items()]
    if known.empty:
        return Finding(question, "undefined", "unknown", " ".join(vague) or "Not measured.")
    said = [
        f"{model_name(row['model'])} after {quantity(int(row['messages']), 'message')} "
        f"({count(row['positives'])} {report.classes.positive})"
        for _, row in known[known["messages"] > 0].iterrows()
    ]
    held = [model_name(model) for model in known.loc[known["messages"] == 0, "model"]]
    lost = [model_name(model) for model in known.loc[known["messages"].isna(), "model"]]
    parts = [f"Recall is back to 95 % of what it was: {listed(said)}."] if said else []
    parts += [f"It never falls below 95 % of what it was with {listed(held)}."] if held else []
    parts += [f"Not within the stream: {listed(lost)}."] if lost else []
    tag = f"{len(known) - len(lost)} of {len(known)} back"
    style = "loses" if lost else "level" if vague else "beats"
    return Finding(question, tag, style, " ".join([*parts, *vague, recovery_caveat(report)]))


def recovery_caveat(report: StreamReport) -> str:
    """Why the numbers of messages until recovery rank nothing."""
    about = round(report.window * report.stream.positive / report.stream.total)
    return (
        f"Each is measured against its own recall before, over windows with about {count(about)} "
        f"{report.classes.positive}, without interval: a model that did worse before has less to regain."
    )


def is_it_noticed(report: StreamReport, tables: StreamTables) -> Finding:
    """Alarms after the change, and false ones before it; of errors that rose alone."""
    table = tables.recoveries
    heard = table.dropna(subset=["alarm_after"]).sort_values("alarm_after", kind="stable")
    said = [
        f"{model_name(row['model'])} after {quantity(int(row['alarm_after']), 'message')}"
        for _, row in heard.iterrows()
    ]
    silent = [model_name(model) for model in table.loc[table["alarm_after"].isna(), "model"]]
    rises = tables.alarms[tables.alarms["rate_after"] > tables.alarms["rate_before"]]
    early = int((rises["position"] < (report.changed_at or 0)).sum())
    if said:
        parts = [f"The change detector rings for a rise in the errors of {listed(said)}."]
        parts += [f"It does not ring for {listed(silent, 'or')}."] if silent else []
    else:
        parts = ["The change detector rings for a rise in the errors of no model after the change."]
    parts.append(f"Before the change it rang {quantity(early, 'time')} for a rise, over all models.")
    style = "beats" if len(heard) == len(table) else "level"
    return Finding("Is it noticed?", f"{len(heard)} of {len(table)}", style, " ".join(parts))


def _recalls(tables: StreamTables) -> str:
    same = tied(tables.totals, names(tables), "recall", PART)
    if same is not None:
        return f"{decimal(same)} with all {count(len(names(tables)))} models"
    return listed([f"{model_name(model)} {value_said(tables, model, PART, 'recall')}" for model in names(tables)])


def _where(report: StreamReport) -> str:
    return f"the first {quantity(report.count(JUST_AFTER).total, 'message')} after the change"


def _why_none(report: StreamReport) -> str:
    return f"there is no {report.classes.positive} among {_where(report)}"


def _undefined(report: StreamReport, table: pd.DataFrame) -> dict[str, list[str]]:
    """Models of which nothing can be told, by the reason why."""
    found: dict[str, list[str]] = {}
    for _, row in table[table["lowest"].isna()].iterrows():
        if row["recall_before"] == 0:
            why = f"Nothing to regain, for no {report.classes.positive} was caught before the change"
        elif (report.changed_at or 0) < report.window:
            why = f"Undefined, for there are fewer than {quantity(report.window, 'message')} before the change"
        else:
            full = f"no full window of {quantity(report.window, 'message')} with {report.classes.positive} in it"
            why = f"Undefined, for there is {full} before the change or after it"
        found.setdefault(why, []).append(model_name(str(row["model"])))
    return found
