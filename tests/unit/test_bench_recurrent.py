"""The benchmark of the recurrent layers: it runs, what it writes is what was measured, and the figure is drawn."""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def scripts() -> Iterator[Any]:
    """A function that imports a script by its name."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT / "scripts"))
        yield importlib.import_module


@pytest.fixture
def tiny(scripts: Any) -> Any:
    shape = scripts("bench_recurrent_cases").Shape
    return shape("gru", rows=20, width=3, units=4, dropout=0.2, recurrent_dropout=0.2, batch=4, length=6)


@pytest.mark.slow
def test_a_case_is_measured_and_written(scripts: Any, tiny: Any, tmp_path: Path) -> None:
    arguments = ["--cases", "gru_two_chain", "--repeats", "1", "--no-growth", "--output", str(tmp_path)]
    assert scripts("bench_recurrent").main(arguments, published=tiny) == 0
    [row] = json.loads((tmp_path / "recurrent.json").read_text(encoding="utf-8"))
    assert list(row) == ["case", "ours_ms", "stock_ms", "ratio_median", "ratio_min", "ratio_max"]
    [case] = json.loads((tmp_path / "recurrent_turns.json").read_text(encoding="utf-8"))["cases"]
    assert row["case"] == case["case"] == "gru_two_chain"
    assert row["ratio_median"] == pytest.approx(case["turns_ms"]["stock"][0] / case["turns_ms"]["ours"][0], abs=1e-3)
    assert set(case["turns_ms"]) >= {"ours", "ours cpu", "stock", "stock cpu"}


def test_ratios_are_taken_turn_by_turn(scripts: Any) -> None:
    row = scripts("bench_recurrent").row_of("gru", {"ours": [1, 2, 10], "stock": [4, 6, 20]})
    assert (row.ours_ms, row.stock_ms) == (2, 6)
    assert (row.ratio_median, row.ratio_min, row.ratio_max) == (3, 2, 4)


@pytest.mark.parametrize(("name", "length"), [("sms_lstm", 150), ("gru", 250)])
def test_lengths_are_drawn_by_the_stored_quantiles(scripts: Any, name: str, length: int) -> None:
    cases = scripts("bench_recurrent_cases")
    ids, labels, rows = cases._drawn(cases.LENGTHS[name], length)
    words = np.count_nonzero(ids, axis=1)
    assert len(labels) == len(ids)
    assert ids.shape[1] == length
    assert ids.max() < rows
    assert ids[words < length, -1].sum() == 0
    middle = np.asarray(cases.LENGTHS[name].quantiles[2:-2])
    np.testing.assert_allclose(np.quantile(words, np.linspace(0.1, 0.9, 17)), middle, rtol=0.15)


def test_all_words_of_a_step_are_words(scripts: Any, tiny: Any) -> None:
    case = scripts("bench_recurrent_cases").step_case("gru", tiny, steps=3)
    assert case.ids.shape == (12, 6)
    assert case.ids.min() >= 1
    assert case.ids.max() < 20


def test_the_figure_is_drawn_from_the_files(scripts: Any, tmp_path: Path) -> None:
    row = {"case": "gru", "ours_ms": 1.0, "stock_ms": 4.0, "ratio_median": 4.0, "ratio_min": 3.0, "ratio_max": 5.0}
    entries = [
        {"varied": varied, "value": value, **row} for varied in ("length", "units", "batch") for value in (10, 20)
    ]
    contents = {"": [row], "_turns": {"environment": "2 cores", "cases": []}, "_growth": entries}
    for name, content in contents.items():
        (tmp_path / f"recurrent{name}.json").write_text(json.dumps(content), encoding="utf-8")
    figure = tmp_path / "docs" / "figure.png"
    assert scripts("bench_recurrent_figure").main([str(tmp_path), str(figure)]) == 0
    assert figure.read_bytes().startswith(b"\x89PNG")


def test_without_growth_there_is_no_figure(scripts: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "recurrent.json").write_text("[]", encoding="utf-8")
    with pytest.raises(SystemExit):
        scripts("bench_recurrent_figure").main([str(tmp_path), str(tmp_path / "figure.png")])
    assert "without --no-growth" in capsys.readouterr().err
