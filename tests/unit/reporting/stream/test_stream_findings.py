"""What the page says of a stream's results: verdicts come from paired intervals, and no answer fails on gaps."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import pandas as pd
import pytest

from pipeline.reporting.facts import Estimate
from pipeline.reporting.stream.answers import beside_reference
from pipeline.reporting.stream.batch_findings import is_training_anew_better, what_training_costs
from pipeline.reporting.stream.drift_findings import how_soon, is_it_noticed, recovery_said, what_it_costs
from pipeline.reporting.stream.filter_findings import best_said, which_is_best, which_loses_least
from pipeline.reporting.stream.folder import MemoryTables, StreamFolder, StreamTables
from pipeline.reporting.stream.memory_findings import base_of, enough, error_pairs, f1_pairs, findings, headline
from pipeline.reporting.stream.metrics import METRICS
from pipeline.reporting.stream.tables import memory_said, rate_said, seconds_said
from pipeline.reporting.stream.verdicts import best, gap_cell, verdict
from stream_samples import make_memory

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


def test_recovery_is_told_with_those_that_never_recover(told: StreamTables, folders: dict[str, StreamFolder]) -> None:
    recoveries = pd.DataFrame({
        "model": ["gru", "logistic", "exact_naive_bayes"], "recall_before": [0.9, 0.95, NAN],
        "lowest": [0.3, 0.85, NAN], "messages": [NAN, 120.0, NAN], "positives": [NAN, 1.0, NAN],
        "alarm_after": [30.0, NAN, NAN],
    })  # fmt: skip
    alarms = pd.DataFrame({
        "model": ["gru", "gru", "gru"], "position": [4, 9, 1_230], "rate_before": [0.1, 0.1, 0.1],
        "rate_after": [0.3, 0.05, 0.3],
    })  # fmt: skip
    tables, report = replace(told, recoveries=recoveries, alarms=alarms), folders["drift"].report
    assert recovery_said(report, tables).endswith(
        "logistic regression 120, retrained GRU never, exact naive Bayes never"
    )
    assert what_it_costs(report, tables).answer == (
        "Recall over 300 messages falls, least with logistic regression from 0.950 to 0.850 and most with retrained "
        "GRU from 0.900 to 0.300 at its worst."
    )
    soon = how_soon(report, tables)
    assert (soon.tag, soon.style) == ("1 of 3 back", "loses")
    assert "logistic regression after 120 messages (1 spam)" in soon.answer
    assert "Not within the stream: retrained GRU and exact naive Bayes." in soon.answer
    assert is_it_noticed(report, tables).answer == (
        "The change detector rings for a rise in the errors of retrained GRU after 30 messages. It does not ring for "
        "logistic regression or exact naive Bayes. Before the change it rang 1 time for a rise, over all models."
    )


def test_a_recall_that_never_falls_is_not_told_as_recovered(
    told: StreamTables, folders: dict[str, StreamFolder]
) -> None:
    recoveries = pd.DataFrame({"model": ["logistic"], "messages": [0.0], "positives": [0.0], "alarm_after": [NAN]})
    found = how_soon(folders["drift"].report, replace(told, recoveries=recoveries))
    assert found.answer == "It never falls below 95 % of what it was with logistic regression."
    assert found.tag == "1 of 1 back"


@pytest.fixture
def memory_tables() -> MemoryTables:
    made = make_memory()
    return MemoryTables(made.models, made.counts, made.reference)


def test_enough_buckets_are_those_from_which_on_no_table_falls_below(memory_tables: MemoryTables) -> None:
    found = enough(memory_tables, "naive_bayes")
    assert found is not None
    assert found["log2_buckets"] == 16
    dented = memory_tables.models.copy()
    is_larger = (dented["features"] == "hashing") & (dented["log2_buckets"] == 18)
    dented.loc[is_larger, "f1"] = 0.5
    after = enough(replace(memory_tables, models=dented), "naive_bayes")
    assert after is not None
    assert after["log2_buckets"] == 20, "a smaller table that happens to do well does not count"


def test_a_learner_without_an_exact_model_is_held_against_its_largest_table(memory_tables: MemoryTables) -> None:
    exact = memory_tables.reference[memory_tables.reference["learner"] == "naive_bayes"]
    tables = replace(memory_tables, reference=exact)
    base = base_of(tables, "perceptron")
    assert base is not None
    assert not base.is_exact
    assert base.row["log2_buckets"] == 20
    assert "the F1 interval of its own largest table" in headline(tables)


def test_sketches_are_compared_at_equal_memory_alone(memory_tables: MemoryTables) -> None:
    """Tables of 2^b buckets and h hashes have as much memory as one of h 2^b buckets, where that was tried."""
    pairs = f1_pairs(memory_tables.models)
    assert (pairs.higher, pairs.lower, pairs.overlap) == (0, 4, 8), "2 learners, 4 hashes, 6 sizes of which 6 match"
    shifted = memory_tables.models.copy()
    shifted.loc[shifted["features"] == "count-min", "bytes"] *= 1.5
    assert f1_pairs(shifted).total == 0
    assert error_pairs(memory_tables.counts).total == 6


def test_a_broken_promise_is_told(memory_tables: MemoryTables) -> None:
    kept = findings(memory_tables)[-1]
    assert (kept.tag, kept.style) == ("kept", "beats")
    counts = memory_tables.counts.copy()
    counts.loc[3, "beyond_percent"] = 40.0
    broken = findings(replace(memory_tables, counts=counts))[-1]
    assert (broken.tag, broken.style) == ("broken", "loses")
    assert "broken in 1 of 18 tables" in broken.answer
    assert "40.0 % where 36.8 % are allowed" in broken.answer


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
