"""How a sweep ends is chosen by what its jobs came to."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from omegaconf import DictConfig

from pipeline.comparison import choice
from pipeline.sweeps.outcome import made_by
from pipeline.sweeps.record import read_record
from pipeline.sweeps.session import SweepEnd, begin, ongoing

Compose = Callable[..., DictConfig]
ALONE = "they are not compared: each has a report of its own."
VALIDATION = {"validation": {"f1": 0.5, "pr_auc": 0.5}}
TEST = {"test": {"f1": 0.5}}
SYNTHESIS = {"synthesis": {"kl_nats": 5.0}, "evaluators": {}}
MEMORY = {"stream": {}, "kind": "memory"}
STREAM = {"stream": {}, "kind": "drift"}
DETECTION = {"detectors": {}}
CHARACTERS = {"bits_per_char": {}}


@pytest.fixture
def ended(
    composed: Compose, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., str]:
    """The last line that a sweep of such jobs tells; a comparison is left out."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(choice, "compare_folders", lambda *_: "compared")

    def end(*jobs: dict[str, object]) -> str:
        begin(composed("dataset=sample"))
        sweep = ongoing().folder
        for number, metrics in enumerate(jobs):
            folder = sweep / str(number)
            folder.mkdir()
            manifest = {"status": "finished", "overrides": [f"seed={number}"], "seconds": 1.0}
            (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
            (folder / "metrics.json").write_text(json.dumps(metrics), encoding="utf-8")
        SweepEnd().__exit__(None, None, None)  # raises SystemExit where the exit code is not 0
        record = read_record(sweep)
        assert record
        assert record.status == "finished"
        return capsys.readouterr().out.splitlines()[-1]

    return end


@pytest.mark.parametrize(
    ("jobs", "said"),
    [
        ((TEST, TEST), "compared"),
        ((VALIDATION, TEST), "compared"),
        ((SYNTHESIS, TEST), "compared"),
        ((STREAM, MEMORY), "compared"),
        ((VALIDATION, VALIDATION), "1     seed=1     0.500           0.500"),
        ((SYNTHESIS,), f"The jobs generate messages; {ALONE}"),
        ((MEMORY,), f"The jobs judge filters in ever less memory; {ALONE}"),
        ((DETECTION, DETECTION), f"The jobs find one class without labels; {ALONE}"),
        ((DETECTION, TEST), "compared"),
        ((CHARACTERS, CHARACTERS), f"The jobs model messages character by character; {ALONE}"),
        ((MEMORY, SYNTHESIS), f"The jobs generate messages and judge filters in ever less memory; {ALONE}"),
    ],
)
def test_jobs_are_compared_where_they_can_be(
    ended: Callable[..., str], jobs: tuple[dict[str, object], ...], said: str
) -> None:
    assert ended(*jobs) == said


@pytest.mark.parametrize(
    ("metrics", "made"),
    [
        (VALIDATION, "validation"),
        (TEST, "test"),
        (SYNTHESIS, "synthesis"),
        (MEMORY, "memory"),
        (STREAM, "stream"),
        (DETECTION, "detection"),
        (CHARACTERS, "characters"),
    ],
)
def test_what_a_job_came_to(tmp_path: Path, metrics: dict[str, object], made: str) -> None:
    (tmp_path / "metrics.json").write_text(json.dumps(metrics), encoding="utf-8")
    assert made_by(tmp_path) == made
