"""Numbers and verdicts in words."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.reporting import words
from pipeline.reporting.facts import Classes, Estimate
from pipeline.reporting.words import METRIC, METRICS, Verdict, summary, verdict

BASELINE = words.long_name("tfidf")
finite = st.floats(-1, 1).map(lambda value: round(value, 4))


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.93512, "0.935"), (-0.021, "−0.021"), (-0.0001, "0.000"), (1234.5, "1,234.500"), (math.nan, "undefined")],
)
def test_decimals_have_a_real_minus_and_no_negative_zero(value: float, text: str) -> None:
    assert words.decimal(value) == text


@pytest.mark.parametrize(("value", "text"), [(0.0214, "+0.021"), (-0.0214, "−0.021"), (math.nan, "undefined")])
def test_differences_carry_their_sign(value: float, text: str) -> None:
    assert words.signed(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0 %"), (100, "100 %"), (12.34, "12.3 %"), (0.004, "< 0.1 %"), (99.97, "> 99.9 %"), (math.nan, "undefined")],
)
def test_only_none_and_all_are_written_as_0_and_100_percent(value: float, text: str) -> None:
    assert words.percent(value) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.01, "< 0.1 s"), (0.42, "0.4 s"), (9.97, "10 s"), (59.4, "59 s"), (59.7, "1 min 00 s"), (200, "3 min 20 s"),
        (3599.8, "1 h 00 min"), (7500, "2 h 05 min"),
    ],
)  # fmt: skip
def test_durations_carry_over(seconds: float, text: str) -> None:
    assert words.duration(seconds) == text


def test_counts_are_grouped_and_nouns_agree() -> None:
    assert words.count(1_110_701) == "1,110,701"
    assert words.count(math.nan) == "undefined"
    assert [words.quantity(number, "message") for number in (0, 1, 5574)] == [
        "0 messages",
        "1 message",
        "5,574 messages",
    ]
    assert words.share(7, 867) == "7 of 867 (0.8 %)"
    assert words.share(0, 0) == "0 of 0"
    assert [words.listed(list(parts)) for parts in ("", "a", "ab", "abc")] == ["", "a", "a and b", "a, b and c"]


def test_an_interval_without_bounds_is_empty() -> None:
    assert words.interval(-0.1, 0.25) == "[−0.100, 0.250]"
    assert words.interval(math.nan, 0.25) == ""


def test_a_better_baseline_is_told_as_such() -> None:
    told = verdict(METRIC["f1"], BASELINE, Estimate(0.021, 0.008, 0.035))
    assert told == Verdict(
        "loses",
        "TF-IDF on the same rows has a higher F1 by 0.021 [0.008, 0.035]: the model does not beat this baseline.",
    )


def test_a_worse_baseline_is_told_without_minus_signs() -> None:
    told = verdict(METRIC["f1"], BASELINE, Estimate(-0.104, -0.13, -0.08))
    assert told.outcome == "beats"
    assert "has a lower F1 by 0.104 [0.080, 0.130]: the model beats this baseline" in told.sentence


def test_lower_is_better_turns_the_verdict_but_not_the_words() -> None:
    told = verdict(METRIC["brier"], BASELINE, Estimate(-0.02, -0.03, -0.01))
    assert told.outcome == "loses"
    assert "has a lower Brier score by 0.020 [0.010, 0.030]" in told.sentence


@pytest.mark.parametrize(("low", "high"), [(-0.02, 0.01), (0.0, 0.03), (-0.03, 0.0)])
def test_an_interval_that_contains_0_decides_nothing(low: float, high: float) -> None:
    told = verdict(METRIC["f1"], BASELINE, Estimate((low + high) / 2, low, high))
    assert told.outcome == "level"
    assert "no detectable difference" in told.sentence


def test_an_undefined_difference_decides_nothing() -> None:
    assert verdict(METRIC["f1"], BASELINE, words.NOT_KNOWN).outcome == "unknown"


@given(st.sampled_from(METRICS), finite, finite)
def test_swapping_the_models_swaps_the_verdict(metric: words.Metric, one: float, other: float) -> None:
    low, high = sorted((one, other))
    there = verdict(metric, BASELINE, Estimate((low + high) / 2, low, high)).outcome
    back = verdict(metric, BASELINE, Estimate(-(low + high) / 2, -high, -low)).outcome
    assert {"beats": "loses", "loses": "beats", "level": "level"}[there] == back


def test_a_summary_counts_the_verdicts_and_takes_the_worst() -> None:
    beats, level, loses = (Verdict(outcome, "") for outcome in ("beats", "level", "loses"))
    f1 = METRIC["f1"]
    assert summary(f1, [level, loses, beats]) == Verdict(
        "loses", "By F1, of 3 baselines, the model beats 1, cannot be told from 1 and loses to 1."
    )
    assert summary(f1, [beats, beats]) == Verdict("beats", "By F1 the model beats all 2 baselines.")
    assert summary(f1, [level]) == Verdict("level", "By F1 the model cannot be told from its one baseline.")
    assert summary(f1, []).outcome == "unknown"


def test_the_glossary_speaks_of_the_classes_at_hand() -> None:
    classes = Classes(negative="ham", positive="spam")
    assert METRIC["recall"].explained(classes) == "of the spam messages, the share that is caught"
    assert not any("{" in metric.explained(classes) for metric in METRICS)


def test_models_without_a_name_of_their_own_keep_their_key() -> None:
    assert words.short_name("model", "gru") == "GRU"
    assert words.short_name("model", "conv_lstm") == "conv lstm"
    assert words.short_name("naive_bayes", "gru") == words.long_name("naive_bayes") == "naive bayes"
