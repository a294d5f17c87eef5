"""The profile of a run: what Python says of imports is read, and a real run is taken apart."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
IMPORTS = """import time: self [us] | cumulative | imported package
import time:       100 |        100 |   json
import time:      2000 |       2100 | pandas.core
import time:      3000 |       3000 |   pandas
"""


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(ROOT / "scripts")
    return importlib.import_module("profile_run")


def test_imports_are_summed_by_library_the_longest_first(script: Any) -> None:
    seconds = script.import_seconds(IMPORTS)
    assert list(seconds) == ["pandas", "standard library"]
    assert seconds["pandas"] == pytest.approx(0.005)
    assert seconds["standard library"] == pytest.approx(0.0001)


def test_a_median_is_of_each_part(script: Any) -> None:
    runs = [{"fit": 1.0, "all": 9.0}, {"fit": 3.0, "all": 2.0}, {"fit": 2.0, "all": 4.0}]
    assert script.medians(runs) == {"fit": 2.0, "all": 4.0}


@pytest.mark.slow
def test_the_parts_of_a_run_add_up(script: Any, capsys: pytest.CaptureFixture[str]) -> None:
    tiny = "dataset=sample model.build.units=4 training.epochs=1 preprocess.tokenise.max_length=10"
    assert script.main([tiny, "--repeats", "1"]) == 0
    printed = capsys.readouterr().out
    for part in ("start-up", "fit_classifier", "classification_report", "exit"):
        assert part in printed


def test_settings_that_are_refused_end_with_their_reason(script: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert script.main(["no_such_setting=1", "--repeats", "1"]) == 2
    assert "no_such_setting" in capsys.readouterr().err
