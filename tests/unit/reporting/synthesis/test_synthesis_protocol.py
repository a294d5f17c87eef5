"""What a run under the published protocol says of itself."""

from __future__ import annotations

import pytest

from pipeline.reporting.synthesis.protocol import published_note


def test_what_is_repeated_and_what_is_ours_is_said() -> None:
    said = published_note("spam_synthesis", "published", 50, [])
    assert "batches of one message, Adam at 0.003, 50 epochs" in said
    assert "Ours, for the source does not say it: a linear layer after the last LSTM, log-variances bounded" in said
    assert "Word vectors are of 50 numbers, those of the source of 100." in said
    assert said.endswith("Do not compare its figures with clean ones.")
    assert "command line" not in said


def test_vectors_of_the_width_of_the_source_are_no_deviation() -> None:
    assert "Word vectors are of" not in published_note("spam_synthesis", "published", 100, [])


def test_settings_changed_on_the_command_line_are_named() -> None:
    overrides = [
        "+experiment=lstm_vae", "protocol=published", "seed=3", "report.num_samples=3", "embedding.dim=100",
        "~synthesiser.training.patience", "split@other=holdout",
    ]  # fmt: skip
    said = published_note("spam_synthesis", "published", 100, overrides)
    assert (
        "what was set on the command line: embedding.dim=100, ~synthesiser.training.patience, split@other=holdout."
    ) in said


@pytest.mark.parametrize(
    ("source", "protocol"), [("spam_synthesis", "clean"), ("spam_synthesis", "audit"), ("enron_report", "published")]
)
def test_other_runs_have_no_note(source: str, protocol: str) -> None:
    assert published_note(source, protocol, 50, []) == ""
