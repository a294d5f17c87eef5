"""What a run did and found, in sentences."""

from __future__ import annotations

from dataclasses import replace

from pipeline.reporting import sentences
from pipeline.reporting.facts import PartCount, Report


def test_the_lead_tells_what_was_run_and_found(report: Report) -> None:
    confusion = report.model.confusion
    lead = sentences.lead(report)
    assert "(GRU, 1,110,701 weights) was fitted on 1,780 messages of enron_spam (890 spam, 890 ham)" in lead
    assert f"It caught {confusion.tp} of 272 (" in lead
    assert "judged on 1,139 test messages" in lead


def test_without_resampling_the_whole_training_part_was_fitted_on(report: Report) -> None:
    counts = [count for count in report.counts if count.part != "train, fitted on"]
    assert sentences.fitted_on(replace(report, counts=counts)) == PartCount("train", 2834, 890)


def test_a_clean_run_on_real_data_needs_no_notice(report: Report) -> None:
    assert sentences.notices(report) == []


def test_what_limits_the_figures_is_noticed(report: Report) -> None:
    odd = replace(
        report, stand_in=True, stand_ins=["a sample stands in for x"], protocol="published", validation_is_test=True
    )
    alarm, protocol, doubled = sentences.notices(odd)
    assert (alarm.kind, protocol.kind, doubled.kind) == ("alarm", "caution", "caution")
    assert alarm.text.startswith("A sample stands in for x.")
    assert "faults included" in protocol.text
    assert sentences.notices(replace(report, protocol="published", protocol_note="Own words."))[0].text == "Own words."


def test_leakage_is_told_with_that_of_a_random_split(report: Report) -> None:
    assert "0 % of the test messages" in sentences.leakage_sentence(report)
    assert "5.8 % on average" in sentences.leakage_sentence(report)
    assert "flatters" not in sentences.leakage_sentence(report)
    leaky = replace(report, duplicates=replace(report.duplicates, leakage_percent=5.8))
    assert "flatters" in sentences.leakage_sentence(leaky)


def test_vectors_that_were_never_connected_are_told(report: Report) -> None:
    assert "GloVe vectors of 50 numbers a word, which training may change" in sentences.vectors_sentence(report)
    unused = replace(report, vectors=replace(report.vectors, connected=False))
    assert "never connected" in sentences.vectors_sentence(unused)
    learned = replace(report, vectors=replace(report.vectors, source="learned"))
    assert "started at random" in sentences.vectors_sentence(learned)
