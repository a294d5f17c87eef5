"""What paired intervals allow to say, and the gaps to a real holdout."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.reporting.facts import Estimate
from pipeline.reporting.grid import find
from pipeline.reporting.synthesis.scores import SCORE, SCORES
from pipeline.reporting.synthesis.verdicts import (
    NOTHING,
    RIVALS,
    augmentation_tally,
    deciding_metrics,
    judge,
    rivals_said,
    simpler_tally,
    tally,
)
from pipeline.reporting.words import NOT_KNOWN

UP, DOWN, LEVEL = Estimate(0.1, 0.01, 0.2), Estimate(-0.1, -0.2, -0.01), Estimate(0.01, -0.01, 0.03)
LIMITED = st.floats(0, 100)


@pytest.mark.parametrize(
    ("difference", "verdict"),
    [
        (UP, "better"),
        (DOWN, "worse"),
        (LEVEL, "level"),
        (Estimate(0.1, 0.0, 0.2), "level"),
        (Estimate(-0.1, -0.2, 0.0), "level"),
        (NOT_KNOWN, "unknown"),
    ],
)
def test_an_interval_that_holds_0_shows_no_difference(difference: Estimate, verdict: str) -> None:
    assert judge(difference) == verdict


@pytest.mark.parametrize(
    ("differences", "tag", "said"),
    [
        ([UP], "better", "better in 1 of 1 comparison"),
        ([UP, UP], "better", "better in all 2 comparisons"),
        ([UP, LEVEL], "better", "better in 1 and no detectable difference in 1 of 2 comparisons"),
        ([UP, LEVEL, LEVEL], "partly better", "better in 1 and no detectable difference in 2 of 3 comparisons"),
        ([DOWN, LEVEL, LEVEL], "partly worse", "no detectable difference in 2 and worse in 1 of 3 comparisons"),
        ([DOWN, NOT_KNOWN], "worse", "worse in 1 and undefined in 1 of 2 comparisons"),
        ([UP, DOWN], "mixed", "better in 1 and worse in 1 of 2 comparisons"),
        ([LEVEL, LEVEL], "no difference", "no detectable difference in all 2 comparisons"),
        ([NOT_KNOWN], "undefined", "undefined in 1 of 1 comparison"),
        ([], "undefined", "not compared"),
    ],
)
def test_several_verdicts_in_a_word_and_in_a_sentence(differences: list[Estimate], tag: str, said: str) -> None:
    found = tally(differences)
    assert (found.tag.text, found.said) == (tag, said)
    assert found.total == len(differences)


@pytest.mark.parametrize(
    ("differences", "said"),
    [
        ([UP], "is better than repeats"),
        ([UP, UP], "is better than repeats in all 2"),
        ([UP, LEVEL, LEVEL], "is better than repeats in 1 of 3"),
        ([DOWN, NOT_KNOWN], "is worse than repeats"),
        ([UP, DOWN, LEVEL], "is better than repeats in 1 and worse in 1 of 3"),
        ([LEVEL, LEVEL], "cannot be told from repeats"),
        ([NOT_KNOWN], "cannot be compared with repeats"),
        ([], "cannot be compared with repeats"),
    ],
)
def test_several_verdicts_about_one_rival(differences: list[Estimate], said: str) -> None:
    assert tally(differences).beside("repeats") == said


def test_rivals_with_the_same_count_are_said_in_one() -> None:
    row: dict[str, object] = {"method": "synthetic", "metric": "f1"}
    for against in RIVALS:
        row |= {against.column: -0.2, f"{against.column}_low": -0.3, f"{against.column}_high": -0.1}
    level = row | {f"{against.column}_high": 0.1 for against in RIVALS}
    assert rivals_said(pd.DataFrame([row, level]), "f1") == (
        "is worse than doing nothing, random oversampling, word dropout and class weights in 1 of 2 each"
    )


def test_rivals_that_cannot_be_told_apart_are_said_in_one() -> None:
    bounds = {"difference": (0.1, 0.2), "over_oversampling": (-0.1, 0.1), "over_word_dropout": (-0.2, -0.1)}
    row: dict[str, object] = {"method": "synthetic", "metric": "f1"}
    for name, (low, high) in (bounds | {"over_class_weights": (-0.1, 0.1)}).items():
        row |= {name: (low + high) / 2, f"{name}_low": low, f"{name}_high": high}
    table = pd.DataFrame([row, row | {"method": "none"}])
    assert rivals_said(table, "f1") == (
        "is better than doing nothing; cannot be told from random oversampling or class weights; "
        "is worse than word dropout"
    )
    found = simpler_tally(table, "f1")
    assert (found.better, found.level, found.worse) == (0, 2, 1)


def test_verdicts_come_from_the_threshold_chosen_on_validation_where_there_is_one() -> None:
    rows = [
        {"method": "synthetic", "metric": metric, "difference": 0.1, "difference_low": low, "difference_high": 0.2}
        for metric, low in (("f1", 0.05), ("f1_validated", -0.05))
    ]
    table = pd.DataFrame(rows)
    assert list(deciding_metrics(table)) == ["f1_validated", "pr_auc"]
    assert list(deciding_metrics(table[:1])) == ["f1", "pr_auc"]
    assert augmentation_tally(table, "synthetic", NOTHING, "f1_validated").level == 1
    assert augmentation_tally(table, "synthetic", NOTHING, "f1").better == 1


def test_what_is_not_in_a_table_is_not_known() -> None:
    table = pd.DataFrame([{"setting": "trtr", "value": 0.5, "low": 0.4, "high": None}])
    assert not find(table, setting="tstr").is_known
    found = find(table, setting="trtr")
    assert (found.value, found.low) == (0.5, 0.4)
    assert math.isnan(found.high)


@given(LIMITED, LIMITED)
def test_a_gap_is_0_for_what_scores_as_the_holdout_and_never_beyond_1(synthetic: float, holdout: float) -> None:
    for score in SCORES:
        assert score.gap(holdout, holdout, holdout) == 0
        if score.ideal is None:
            gap = score.gap(synthetic, holdout, synthetic)
            assert -1 <= gap <= 1
            assert (gap > 0) == (synthetic > holdout if score.worse == "higher" else synthetic < holdout)


def test_gaps_of_areas_are_shares_of_the_way_from_the_ideal_to_the_end() -> None:
    """Else 0.51 beside a holdout of 0.50 would fill the whole axis."""
    assert SCORE["discriminator_auc"].gap(1.0, 0.5, 1.0) == 1
    assert SCORE["membership_auc"].gap(0.51, 0.5, 0.51) == pytest.approx(0.02)
    assert SCORE["closer_to_train"].gap(45, 50, 45) == pytest.approx(-0.1)


def test_fewer_distinct_words_are_worse() -> None:
    assert SCORE["distinct_1"].gap(0.1, 0.2, 0.1) == pytest.approx(0.5)
    assert math.isnan(SCORE["mmd"].gap(0.1, math.nan, 0.1))
