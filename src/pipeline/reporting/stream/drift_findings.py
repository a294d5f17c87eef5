"""Questions to filters on a stream that changes: what it costs, how soon it is made good, whether it is noticed."""

from __future__ import annotations

import pandas as pd

from pipeline.reporting.stream.answers import Finding
from pipeline.reporting.stream.facts import StreamReport
from pipeline.reporting.stream.folder import StreamTables
from pipeline.reporting.stream.names import model_name
from pipeline.reporting.words import count, decimal, listed, quantity


def recovery_said(_: StreamReport, tables: StreamTables) -> str:
    """How many messages each model needs after the change."""
    said = [
        f"{model_name(row['model'])} {'never' if pd.isna(row['messages']) else count(row['messages'])}"
        for _, row in tables.recoveries.sort_values("messages", kind="stable").iterrows()
    ]
    return f"messages after the change until recall is back to 95 % of what it was: {', '.join(said) or 'not measured'}"


def what_it_costs(report: StreamReport, tables: StreamTables) -> Finding:
    """How far recall falls."""
    table = tables.recoveries.assign(lost=tables.recoveries["recall_before"] - tables.recoveries["lowest"])
    known = table.dropna(subset=["lost"]).sort_values("lost", kind="stable")
    question = "What does the change cost?"
    if known.empty:
        return Finding(question, "undefined", "unknown", "Recall is undefined before the change or after it.")
    ends = [known.iloc[0], known.iloc[-1]] if len(known) > 1 else [known.iloc[0]]
    said = [
        f"{model_name(row['model'])} from {decimal(row['recall_before'])} to {decimal(row['lowest'])}" for row in ends
    ]
    which = ["least with ", "most with "] if len(ends) > 1 else ["with "]
    parts = [start + one for start, one in zip(which, said, strict=True)]
    answer = f"Recall over {quantity(report.window, 'message')} falls, {listed(parts)} at its worst."
    return Finding(question, f"−{decimal(known['lost'].median(), 2)} recall", "loses", answer)


def how_soon(report: StreamReport, tables: StreamTables) -> Finding:
    """How many messages it takes."""
    table = tables.recoveries.sort_values("messages", kind="stable")
    said = [
        f"{model_name(row['model'])} after {quantity(int(row['messages']), 'message')} "
        f"({count(row['positives'])} {report.classes.positive})"
        for _, row in table[table["messages"] > 0].iterrows()
    ]
    held = [model_name(model) for model in table.loc[table["messages"] == 0, "model"]]
    lost = [model_name(model) for model in table.loc[table["messages"].isna(), "model"]]
    parts = [f"Recall is back to 95 % of what it was: {listed(said)}."] if said else []
    parts += [f"It never falls below 95 % of what it was with {listed(held)}."] if held else []
    parts += [f"Not within the stream: {listed(lost)}."] if lost else []
    tag = f"{len(table) - len(lost)} of {len(table)} back"
    return Finding("How soon is it made good?", tag, "loses" if lost else "beats", " ".join(parts))


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
