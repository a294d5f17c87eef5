"""What tests of the comparison share."""

from __future__ import annotations

from itertools import count
from pathlib import Path

import pytest
from run_samples import Compare, Sample, compare_again, write_run

from pipeline.comparison import compare
from pipeline.reporting.comparison.facts import Comparison


@pytest.fixture
def compared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Compare:
    """Write runs and compare them; the figures are left out, which have tests of their own."""
    monkeypatch.setattr(compare, "draw_comparison", lambda folder: folder / "report.html")
    tries = count()

    def run(*samples: Sample) -> Comparison:
        home = tmp_path / str(next(tries))
        folders = [write_run(home / f"run_{i}", sample) for i, sample in enumerate(samples)]
        return compare_again(folders, home / "comparison")

    return run
