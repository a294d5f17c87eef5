"""What the page says of a change of words: what it cost in a way to compare, and no "never" where nothing was seen."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from stream_pages import drawn

from pipeline.reporting.stream.drift_findings import change_said, how_soon, is_it_noticed, what_it_costs
from pipeline.reporting.stream.facts import StreamReport
from pipeline.reporting.stream.folder import StreamFolder, StreamTables
from pipeline.reporting.stream.tables import just_after_table, recovery_table
from stream_samples import Made, write_run

NAN = math.nan
TOTALS = ["model", "value", "low", "high", "difference", "difference_low", "difference_high"]
RECOVERIES = ["model", "recall_before", "lowest", "messages", "positives", "alarm_after"]


@pytest.fixture
def report(folders: dict[str, StreamFolder]) -> StreamReport:
    """Windows of 300 messages, and a change after 1,200 of 2,400."""
    return folders["drift"].report


@pytest.fixture
def told(folders: dict[str, StreamFolder]) -> StreamTables:
    """Exact naive Bayes loses much and is back late; the GRU, poor from the start, is back at once."""
    rows = [
        ("exact_naive_bayes", 0.80, 0.75, 0.85, NAN, NAN, NAN),
        ("logistic", 0.90, 0.86, 0.93, 0.10, 0.05, 0.15),
        ("gru", 0.60, 0.50, 0.70, -0.20, -0.30, -0.10),
    ]
    recoveries = [
        ("exact_naive_bayes", 0.95, 0.70, 400.0, 60.0, NAN),
        ("logistic", 0.95, 0.85, NAN, NAN, 30.0),
        ("gru", 0.62, 0.55, 12.0, 2.0, NAN),
    ]
    alarms = pd.DataFrame({
        "model": ["logistic", "logistic", "logistic"], "position": [4, 9, 1_230], "rate_before": [0.1, 0.1, 0.1],
        "rate_after": [0.3, 0.05, 0.3],
    })  # fmt: skip
    return replace(
        folders["drift"].tables,
        totals=pd.DataFrame(rows, columns=TOTALS).assign(part="just after", metric="recall"),
        recoveries=pd.DataFrame(recoveries, columns=RECOVERIES),
        alarms=alarms,
        models=pd.DataFrame({"model": [row[0] for row in rows], "trainings": 0}),
    )


def plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


def with_recoveries(tables: StreamTables, **columns: Any) -> StreamTables:
    return replace(tables, recoveries=tables.recoveries.assign(**columns))


def test_the_headline_ranks_by_recall_just_after_and_not_by_time_until_recovery(
    report: StreamReport, told: StreamTables
) -> None:
    assert plain(change_said(report, told)) == (
        "recall over the first 300 messages after the change: exact naive Bayes 0.800 [0.750, 0.850], logistic "
        "regression 0.900 [0.860, 0.930] and retrained GRU 0.600 [0.500, 0.700]; detectably better than exact naive "
        "Bayes: logistic regression; detectably worse than exact naive Bayes: retrained GRU"
    )


def test_the_cost_is_that_of_the_same_messages_for_all(report: StreamReport, told: StreamTables) -> None:
    found = what_it_costs(report, told)
    answer = plain(found.answer)
    assert answer.startswith(
        "Recall over the first 300 messages after the change, "
        f"{report.count('just after the change').positive} of them spam: exact naive Bayes 0.800 [0.750, 0.850], "
    )
    assert "By recall there, logistic regression does detectably better than exact naive Bayes" in answer
    assert answer.endswith("Over the 300 messages before, it was 0.620 to 0.950.")
    assert (found.tag, found.style) == ("−0.05 recall", "loses")


def test_equal_recall_is_told_once(report: StreamReport, told: StreamTables) -> None:
    tables = replace(
        told, totals=told.totals.assign(value=0.0, difference=0.0, difference_low=0.0, difference_high=0.0)
    )
    said = "recall over the first 300 messages after the change: 0.000 with all 3 models"
    assert change_said(report, tables) == said
    assert what_it_costs(report, tables).answer.count("0.000") == 1


def test_recovery_is_told_in_the_order_of_the_models_with_its_caveat(report: StreamReport, told: StreamTables) -> None:
    soon = how_soon(report, told)
    assert (soon.tag, soon.style) == ("2 of 3 back", "loses")
    assert soon.answer.startswith(
        "Recall is back to 95 % of what it was: exact naive Bayes after 400 messages (60 spam) and retrained GRU after "
        "12 messages (2 spam). Not within the stream: logistic regression. Each is measured against its own recall "
        "before, over windows with about "
    )
    assert soon.answer.endswith("without interval: a model that did worse before has less to regain.")


def test_a_recall_that_never_falls_is_not_told_as_recovered(report: StreamReport, told: StreamTables) -> None:
    found = how_soon(report, with_recoveries(told, messages=0.0, positives=0.0))
    assert found.answer.startswith(
        "It never falls below 95 % of what it was with exact naive Bayes, logistic regression"
    )
    assert (found.tag, found.style) == ("3 of 3 back", "beats")


@pytest.mark.parametrize(
    ("changed_at", "recall_before", "why"),
    [
        (20, NAN, "Undefined, for there are fewer than 300 messages before the change: "),
        (
            1_200,
            NAN,
            "Undefined, for there is no full window of 300 messages with spam in it before the change or after",
        ),
        (1_200, 0.0, "Nothing to regain, for no spam was caught before the change: "),
    ],
)
def test_what_was_not_measured_is_not_told_as_never(
    report: StreamReport, told: StreamTables, changed_at: int, recall_before: float, why: str
) -> None:
    tables = with_recoveries(told, recall_before=recall_before, lowest=NAN, messages=NAN, positives=NAN)
    found = how_soon(replace(report, changed_at=changed_at), tables)
    assert (found.tag, found.style) == ("undefined", "unknown")
    assert found.answer.startswith(why)
    assert "Not within the stream" not in found.answer


def test_one_model_that_was_not_measured_does_not_count(report: StreamReport, told: StreamTables) -> None:
    tables = with_recoveries(told, lowest=[0.7, NAN, 0.55])
    found = how_soon(report, tables)
    assert (found.tag, found.style) == ("2 of 2 back", "level")
    assert "before the change or after it: logistic regression." in found.answer


@pytest.mark.parametrize("made", [Made("drift", num_messages=30), Made("drift", num_messages=240, window=5_000)])
def test_a_stream_shorter_than_a_window_tells_nothing_of_recovery(made: Made, tmp_path: Path) -> None:
    page = drawn(tmp_path / "run", write_run(tmp_path / "run", made))
    assert "never" not in page.headline
    assert f"Undefined, for there are fewer than {made.window:,} messages before the change: hashed naive" in page.text
    assert "Not within the stream" not in page.text
    assert "not in the stream" not in page.text
    assert "0 of 7 back" not in page.text


def test_thirty_messages_are_too_few_to_tell_models_apart(tmp_path: Path) -> None:
    page = drawn(tmp_path / "run", write_run(tmp_path / "run", Made("drift", num_messages=30)))
    assert "too few messages to tell" in page.headline
    assert "detectably" not in page.headline
    assert "Without an interval: a class has fewer than six groups" in page.text


def test_without_spam_after_the_change_its_cost_is_undefined(folders: dict[str, StreamFolder]) -> None:
    folder = folders["odd"]
    found = what_it_costs(folder.report, folder.tables)
    assert (found.tag, found.style) == ("undefined", "unknown")
    assert found.answer == (
        "Recall just after it is undefined: there is no spam among the first 30 messages after the change."
    )
    assert change_said(folder.report, folder.tables).startswith("recall just after the change is undefined: there is")


def test_tables_of_the_change(folders: dict[str, StreamFolder]) -> None:
    table = just_after_table(folders["drift"])
    assert table.columns == ["Recall", "Recall less that of exact naive Bayes", "FPR"]
    assert "Over the first 300 messages after the change" in table.caption
    undefined = recovery_table(folders["odd"]).bodies[0]
    assert {row.cells[2].value for row in undefined} == {"undefined"}


def test_only_alarms_of_rising_errors_notice_the_change(report: StreamReport, told: StreamTables) -> None:
    assert is_it_noticed(report, told).answer == (
        "The change detector rings for a rise in the errors of logistic regression after 30 messages. It does not ring "
        "for exact naive Bayes or retrained GRU. Before the change it rang 1 time for a rise, over all models."
    )
