"""Rows of the report's tables, and untrusted texts made fit for a page."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from pipeline.reporting import tables
from pipeline.reporting.facts import Estimate, Report
from pipeline.reporting.folder import read_run

plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(["word", "a_b", "x.y"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "b"]), inner, max_size=2),
)


def with_metric(report: Report, key: str, **values: float) -> Report:
    """The report with other values of one metric."""
    models = {
        name: replace(judged, metrics=judged.metrics | {key: Estimate(values[name], values[name], values[name])})
        for name, judged in report.models.items()
    }
    return replace(report, models=models)


def best(report: Report, key: str) -> list[str]:
    """Models that stand out in the row of a metric."""
    row = next(row for row in tables.metric_rows(report) if row.metric.key == key)
    return [name for name, cell in zip(report.models, row.cells, strict=True) if cell.stands_out]


@pytest.mark.parametrize(("key", "winner"), [("f1", "tfidf"), ("brier", "majority")])
def test_the_best_of_a_row_heeds_the_direction(report: Report, key: str, winner: str) -> None:
    assert best(with_metric(report, key, model=0.4, tfidf=0.9, tfidf_all_rows=0.5, majority=0.1), key) == [winner]


def test_models_equal_to_the_digits_shown_share_the_first_place(report: Report) -> None:
    level = with_metric(report, "f1", model=0.9701, tfidf=0.9704, tfidf_all_rows=0.96, majority=0.0)
    assert best(level, "f1") == ["model", "tfidf"]


def test_what_is_undefined_never_stands_out(report: Report) -> None:
    nan = float("nan")
    assert best(with_metric(report, "f1", model=nan, tfidf=nan, tfidf_all_rows=nan, majority=nan), "f1") == []
    assert best(with_metric(report, "f1", model=nan, tfidf=0.5, tfidf_all_rows=nan, majority=nan), "f1") == ["tfidf"]


def test_every_baseline_gets_a_verdict_by_every_metric_that_matters(report: Report) -> None:
    for judgement in tables.judgements(report):
        assert len(judgement.verdicts) == len(report.baselines)


def test_differences_are_of_the_baselines_only(report: Report) -> None:
    rows = tables.difference_rows(report)
    assert {len(row.cells) for row in rows} == {len(report.baselines)}
    assert all(row.cells[0].value[0] in "+−0u" for row in rows)


def test_mistakes_are_told_from_truth_to_call(report: Report) -> None:
    assert [tables.mistake_kind(report, mistake) for mistake in report.errors[:2]] == [
        "ham called spam",
        "spam called ham",
    ]


@given(st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cf", "Cs")), max_size=2 * tables.LONGEST))
def test_a_text_is_split_and_cut_but_not_changed(text: str) -> None:
    shown = tables.shown(text)
    assert shown.start + shown.rest == text[: tables.LONGEST]
    assert shown.omitted == max(len(text) - tables.LONGEST, 0)
    assert len(shown.start) <= tables.PREVIEW


@given(st.text(max_size=100))
def test_no_character_that_acts_on_the_page_is_left(text: str) -> None:
    shown = tables.shown(text + "\x00\x1b\x7f\x93\u202e\u2066")
    assert not set(shown.start + shown.rest) & {
        chr(code) for code in (*range(9), *range(11, 32), *range(127, 160), 0x202E, 0x2066)
    }


def test_a_long_text_without_blanks_is_split_too() -> None:
    assert len(tables.shown("x" * 1000).start) == tables.PREVIEW


@given(plain)
def test_a_setting_reads_back_as_yaml(value: object) -> None:
    assert yaml.safe_load(tables.setting(value)) == value


def test_the_report_leaves_out_the_stage_that_draws_it(clean_run: Path) -> None:
    manifest = read_run(clean_run).manifest
    late = replace(manifest, stages=[*manifest.stages, replace(manifest.stages[0], stage="classification_report")])
    assert tables.stages(late) == manifest.stages
