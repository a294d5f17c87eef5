"""What the page says of a stream's results: verdicts come from paired intervals, and no answer fails on gaps."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import pandas as pd
import pytest

from pipeline.reporting.facts import Estimate
from pipeline.reporting.stream import findings
from pipeline.reporting.stream.answers import beside_reference, nothing_learnt
from pipeline.reporting.stream.batch_findings import batch_said, is_training_anew_better, what_training_costs
from pipeline.reporting.stream.filter_findings import best_said, is_it_memory, which_is_best, which_loses_least
from pipeline.reporting.stream.folder import StreamFolder, StreamTables
from pipeline.reporting.stream.metrics import METRICS
from pipeline.reporting.stream.sentences import notices
from pipeline.reporting.stream.tables import memory_said, rate_said, seconds_said
from pipeline.reporting.stream.verdicts import best, gap_cell, verdict

TOTALS = ["part", "model", "metric", "value", "low", "high", "difference", "difference_low", "difference_high"]
NAN = math.nan


def tables_of(rows: Sequence[tuple[object, ...]], trainings: dict[str, int], seconds: dict[str, float]) -> StreamTables:
    """Tables with these totals of all messages; models in the order of `trainings`."""
    empty = pd.DataFrame({"model": pd.Series(dtype=str), "position": pd.Series(dtype=int)})
    models = pd.DataFrame({"model": list(trainings), "trainings": list(trainings.values())})
    return StreamTables(
        totals=pd.DataFrame([("all", *row) for row in rows], columns=TOTALS),
        windows=empty,
        curves=empty,
        alarms=empty,
        recoveries=empty,
        models=models.assign(seconds=[seconds[model] for model in trainings]),
        replaced=empty,
    )


@pytest.fixture
def told() -> StreamTables:
    """GRU behind, logistic ahead, hashing level with the exact model."""
    rows = [
        ("exact_naive_bayes", "f1", 0.90, 0.88, 0.92, NAN, NAN, NAN),
        ("naive_bayes_hashing", "f1", 0.89, 0.87, 0.91, -0.01, -0.02, 0.01),
        ("logistic", "f1", 0.94, 0.92, 0.95, 0.04, 0.02, 0.06),
        ("gru", "f1", 0.80, 0.78, 0.82, -0.10, -0.12, -0.08),
        ("exact_naive_bayes", "fpr", 0.010, 0.008, 0.012, NAN, NAN, NAN),
        ("naive_bayes_hashing", "fpr", 0.020, 0.015, 0.025, 0.010, 0.005, 0.015),
        ("logistic", "fpr", 0.002, 0.001, 0.003, -0.008, -0.010, -0.006),
        ("gru", "fpr", 0.011, 0.009, 0.013, 0.001, -0.001, 0.003),
        ("logistic", "recall", 0.93, 0.91, 0.94, 0.0, -0.1, 0.1),
    ]
    trainings = {"exact_naive_bayes": 0, "naive_bayes_hashing": 0, "logistic": 0, "gru": 4}
    return tables_of(rows, trainings, {name: 600.0 if name == "gru" else 0.1 for name in trainings})


def test_a_lower_rate_is_better(told: StreamTables) -> None:
    assert verdict(told.totals, "logistic", "fpr") == "better"
    assert verdict(told.totals, "naive_bayes_hashing", "fpr") == "worse"
    assert verdict(told.totals, "gru", "fpr") == "level"
    assert verdict(told.totals, "logistic", "f1") == "better"
    assert verdict(told.totals, "exact_naive_bayes", "f1") == "unknown"
    assert best(told.totals, ["gru", "logistic"], "fpr") == "logistic"
    assert best(told.totals, ["gru"], "mcc") is None


def test_models_are_sorted_by_their_paired_interval(told: StreamTables) -> None:
    assert beside_reference(told, "exact_naive_bayes", "f1", "F1") == (
        "By F1, logistic regression does detectably better than exact naive Bayes; between exact naive Bayes and "
        "hashed naive Bayes no difference is detectable; retrained GRU does detectably worse than exact naive Bayes."
    )


def test_no_detectable_difference_is_said_where_the_interval_holds_0() -> None:
    level = gap_cell(Estimate(0.01, -0.01, 0.03))
    assert (level.value, level.stands_out) == ("no detectable difference", False)
    ahead = gap_cell(Estimate(0.02, 0.01, 0.03))
    assert (ahead.value, ahead.interval, ahead.stands_out) == ("+0.020", "[0.010, 0.030]", True)
    assert gap_cell(Estimate(NAN, NAN, NAN)).value == "undefined"


def test_the_best_filter_and_the_one_that_loses_least(told: StreamTables, folders: dict[str, StreamFolder]) -> None:
    report = folders["filters"].report
    found = which_is_best(report, told)
    assert (found.tag, found.style) == ("beats the reference", "beats")
    least = which_loses_least(report, told)
    assert "Logistic regression flags 0.20" in least.answer
    assert "[0.10, 0.30" in least.answer
    assert "catches 93.0 % of the spam" in least.answer


def test_where_the_reference_is_best_the_next_is_named(told: StreamTables, folders: dict[str, StreamFolder]) -> None:
    kept = told.totals[told.totals["model"] != "logistic"]
    said = best_said(folders["filters"].report, replace(told, totals=kept)).replace("\N{NO-BREAK SPACE}", " ")
    assert said == (
        "best by F1 is exact naive Bayes, 0.900 [0.880, 0.920], the reference itself; next is hashed naive Bayes, "
        "0.890 [0.870, 0.910]: no detectable difference (−0.010 [−0.020, 0.010])"
    )


@pytest.mark.parametrize(("reference", "tag"), [("exact_naive_bayes", "no"), ("gru", "mixed")])
def test_training_anew_is_held_against_the_reference_whichever_it_is(
    told: StreamTables, folders: dict[str, StreamFolder], reference: str, tag: str
) -> None:
    """With the GRU as the reference a filter that is worse than it speaks for training anew."""
    report = replace(folders["versus_batch"].report, reference=reference)
    rows = told.totals.copy()
    rows.loc[rows["model"] == "naive_bayes_hashing", "difference_high"] = -0.001
    tables = told if reference == "exact_naive_bayes" else replace(told, totals=rows)
    assert is_training_anew_better(report, tables).tag == tag


def test_training_takes_so_many_times_as_long(told: StreamTables, folders: dict[str, StreamFolder]) -> None:
    found = what_training_costs(folders["versus_batch"].report, told)
    assert found.tag == "× 6,000"
    assert "Retrained GRU takes 6,000 times as long as logistic regression." in found.answer
    assert "in 10 min 00 s" in found.answer.replace("\N{NO-BREAK SPACE}", " ")


def test_where_groups_are_too_few_nothing_is_called_detectable(
    told: StreamTables, folders: dict[str, StreamFolder]
) -> None:
    rows = told.totals.copy()
    rows[["low", "high", "difference_low", "difference_high"]] = NAN
    tables, report = replace(told, totals=rows), folders["filters"].report
    assert gap_cell(Estimate(0.133, NAN, NAN)).interval == "too few messages to tell"
    assert beside_reference(tables, "exact_naive_bayes", "f1", "F1") == (
        "By F1, there are too few messages to tell hashed naive Bayes, logistic regression or retrained GRU from exact "
        "naive Bayes."
    )
    found = which_is_best(report, tables)
    assert (found.tag, found.style) == ("too few messages", "unknown")
    assert best_said(report, tables) == (
        "best by F1 is logistic regression, 0.940; "
        "too few messages to tell from the reference, exact naive Bayes, 0.900"
    )
    assert "retrained GRU: too few messages to tell it from exact naive Bayes by F1" in batch_said(report, tables)


def test_models_that_are_all_equal_have_no_best(told: StreamTables, folders: dict[str, StreamFolder]) -> None:
    rows = told.totals.assign(value=0.0)
    tables = replace(told, totals=pd.concat([rows, rows.assign(part="unfamiliar")]))
    report = folders["filters"].report
    assert best_said(report, tables) == "all 4 models have the same F1, 0.000"
    assert which_is_best(report, tables).tag == which_loses_least(report, tables).tag == "all equal"
    assert "All 4 models flag 0.00" in which_loses_least(report, tables).answer
    assert is_it_memory(report, tables).answer == "All 4 models have the same F1 there, 0.000."


@pytest.mark.parametrize(
    ("period", "delay", "is_idle"),
    [(10, 0, False), (10, 2_389, False), (10, 2_390, True), (10, 10**6, True), (2_399, 0, False), (2_400, 0, True)],
)
def test_nothing_is_learnt_where_no_label_comes_in_time(
    folders: dict[str, StreamFolder], period: int, delay: int, is_idle: bool
) -> None:
    """Of 2,400 messages in tens the last ten are scored once 2,390 have come, and these less the delay are learnt."""
    folder = folders["drift"]
    report = replace(folder.report, period=period, delay=delay)
    assert bool(nothing_learnt(report)) == is_idle
    assert findings.headline(report, folder.tables).startswith("nothing is learnt") == is_idle
    assert any(notice.title == "Nothing was learnt" for notice in notices(report)) == is_idle
    assert ({one.style for one in findings.findings(report, folder.tables)} == {"level"}) == is_idle


def test_memory_and_speed_are_written_with_few_digits() -> None:
    assert [memory_said(number) for number in (12, 8_200, 131_072, 1_048_640, 8_388_656, 2.5e9, NAN)] == [
        "12 bytes", "8.2 KB", "131 KB", "1 MB", "8.4 MB", "2.5 GB", "undefined",
    ]  # fmt: skip
    assert [rate_said(rate) for rate in (198_765.0, 19_047.6, 8.3, 0.25, NAN)] == [
        "200,000", "19,000", "8", "0.25", "undefined",
    ]  # fmt: skip
    assert [seconds_said(seconds) for seconds in (0.0843, 3.94, 512.0)] == ["0.084 s", "3.9 s", "8 min 32 s"]


def test_rates_are_written_in_percent_with_their_interval() -> None:
    found = METRICS["fpr"].cell(Estimate(0.0123, 0.004, 0.02))
    assert found.value.replace("\N{NO-BREAK SPACE}", " ") == "1.23 %"
    assert found.interval.replace("\N{NO-BREAK SPACE}", " ") == "[0.40, 2.00 %]"
    assert METRICS["one_minus_auc_percent"].written(1.5).replace("\N{NO-BREAK SPACE}", " ") == "1.500 %"
    assert METRICS["fpr"].cell(Estimate(NAN, NAN, NAN)).interval == ""
