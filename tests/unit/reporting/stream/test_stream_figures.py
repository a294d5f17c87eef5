"""What the figures of a run on a stream draw, and that nothing on them overlaps."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.backend_bases import RendererBase
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from pipeline.reporting import style
from pipeline.reporting.stream import figures
from pipeline.reporting.stream.folder import MemoryFolder, StreamFolder
from pipeline.reporting.stream.memory_figures import accuracy_panel, bound_panel, error_panel, memory_plates
from pipeline.reporting.stream.memory_findings import Base
from pipeline.reporting.stream.names import NAMED
from pipeline.reporting.stream.plates import stream_plates
from stream_samples import make_memory


@pytest.fixture
def axes() -> Iterator[Axes]:
    with mpl.rc_context(style.STYLE):
        yield Figure().add_subplot()


@pytest.mark.parametrize("kind", ["filters", "drift", "versus_batch", "odd", "memory"])
def test_no_text_overlaps_another_or_runs_off_the_sheet(
    kind: str,
    folders: dict[str, StreamFolder],
    memory: MemoryFolder,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: dict[int, tuple[str, Bbox]] = {}

    def note(text: Text, renderer: RendererBase) -> None:
        if text.get_text().strip() and text.get_visible() and isinstance(renderer, RendererAgg):
            seen[id(text)] = (text.get_text(), text.get_window_extent(renderer))

    monkeypatch.setattr(Text, "draw", note)  # what is drawn, and not all ticks that Matplotlib keeps
    for plate in memory_plates(memory) if kind == "memory" else stream_plates(folders[kind]):
        seen.clear()
        with style.sheet(
            tmp_path / plate.name, style.Caption("", stand_in=False), width=plate.width, height=plate.height
        ) as figure:
            plate.draw(figure)
        assert len(seen) > 5
        for text, box in seen.values():
            is_inside = min(box.x0, box.y0) >= -1 and box.x1 <= figure.bbox.x1 + 1 and box.y1 <= figure.bbox.y1 + 1
            assert is_inside, (plate.name, text)
        for (one, first), (other, second) in combinations(seen.values(), 2):
            wide, high = (min(a, b) - max(c, d) for a, b, c, d in (
                (first.x1, second.x1, first.x0, second.x0), (first.y1, second.y1, first.y0, second.y0)
            ))  # fmt: skip
            assert not (wide > 1 and high > 1), (plate.name, one, other)


def test_models_are_told_apart_without_colour() -> None:
    looks = [named.look for named in NAMED.values()]
    assert len({look.marker for look in looks}) == len(looks) == 9
    assert len({named.name for named in NAMED.values()}) == 9


def test_sliding_lines_are_thinned_and_nothing_stands_for_what_is_undefined(axes: Axes) -> None:
    windows = pd.DataFrame({"model": "logistic", "position": np.arange(5_000), "f1": np.linspace(0, 1, 5_000)})
    windows.loc[:999, "f1"] = np.nan
    figures.sliding(axes, windows, "f1", ["logistic"])
    drawn = np.asarray(axes.lines[0].get_ydata(), float)
    assert len(drawn) <= figures.MOST_POINTS
    assert np.isnan(drawn).mean() == pytest.approx(0.2, abs=0.01)


@pytest.mark.parametrize(("metric", "ends"), [("f1", (0, 1.01)), ("fpr", (-0.0002, 0.0115))])
def test_axes_of_a_metric_that_is_nowhere_defined_have_ends(axes: Axes, metric: str, ends: tuple[float, float]) -> None:
    figures.set_limits(axes, pd.DataFrame({"model": ["logistic"], metric: [np.nan]}), metric)
    assert axes.get_ylim() == pytest.approx(ends)


def test_a_model_far_below_the_others_still_has_room(axes: Axes) -> None:
    rows = [("logistic", 0.95)] * 400 + [("gru", 0.3)] * 40
    figures.set_limits(axes, pd.DataFrame(rows, columns=["model", "f1"]), "f1")
    assert axes.get_ylim()[0] <= 0.3


def test_alarms_stand_in_the_row_of_their_model(axes: Axes) -> None:
    table = pd.DataFrame({
        "model": ["gru", "tfidf", "gru", "gru"], "position": [10, 20, 30, 40],
        "rate_before": [0.1, 0.1, 0.1, 0.1], "rate_after": [0.2, 0.3, 0.05, np.nan],
    })  # fmt: skip
    figures.alarms(axes, table, ["tfidf", "gru"])
    assert [label.get_text() for label in axes.get_yticklabels()] == ["retrained TF-IDF", "retrained GRU"]
    marks = [np.asarray(line.get_xydata()).tolist() for line in axes.lines]
    assert marks == [[[20, 0]], [], [[10, 1]], [[30, 1], [40, 1]]], "a tick for a rise, a ring for a fall"


def test_a_ring_stands_on_the_line_where_recall_is_back(axes: Axes) -> None:
    windows = pd.DataFrame({"model": "gru", "position": [100, 200], "recall": [0.0, 1.0]})
    recoveries = pd.DataFrame({"model": ["gru", "tfidf", "gru"], "messages": [70.0, np.nan, 0.0]})
    figures.recovered(axes, windows, recoveries, changed_at=80)
    (ring,) = axes.lines
    np.testing.assert_allclose(np.asarray(ring.get_xydata()), [[150, 0.5]])


def test_trec_curve_has_less_of_both_losses_up_and_left(axes: Axes) -> None:
    curves = pd.DataFrame({"model": "gru", "false_positive_rate": [0.0, 0.01, 1.0], "recall": [0.0, 0.9, 1.0]})
    points = pd.DataFrame({"model": ["gru"], "fpr": [0.01], "recall": [0.9]})
    figures.trec_curve(axes, curves, ["gru"], points, (0.001, 0.002))
    assert axes.get_xlim() == (0.001, 0.5)
    assert axes.get_ylim() == (0.5, 0.002), "a share that is let through falls upwards"
    curve, mark = axes.lines
    np.testing.assert_allclose(np.asarray(curve.get_xydata()), [[0.001, 0.998], [0.01, 0.1], [0.999, 0.002]])
    np.testing.assert_allclose(np.asarray(mark.get_xydata()), [[0.01, 0.1]])


def test_what_is_undefined_in_totals_says_so(axes: Axes) -> None:
    columns = ["part", "model", "metric", "value", "low", "high"]
    rows = [("all", "gru", "f1", np.nan, np.nan, np.nan), ("unfamiliar", "gru", "f1", 0.5, 0.4, 0.6)]
    figures.totals(axes, pd.DataFrame(rows, columns=columns), "f1", ["gru"], "gru")
    assert [text.get_text() for text in axes.texts] == ["undefined"]
    assert len(axes.containers) == 1


def test_memory_has_a_line_a_sketch_and_the_exact_model_across(axes: Axes) -> None:
    made = make_memory()
    models = made.models[made.models["learner"] == "naive_bayes"]
    accuracy_panel(axes, models, Base(made.reference.iloc[0], "the model without hashing", is_exact=True))
    assert axes.get_legend_handles_labels()[1] == [
        "no hashing, with interval", "hashing", "count-min, 2 hashes", "count-min, 4 hashes",
    ]  # fmt: skip
    assert axes.get_xscale() == "log"


def test_no_line_across_where_there_is_no_exact_model(axes: Axes) -> None:
    made = make_memory()
    base = Base(made.models.iloc[0], "its own largest table", is_exact=False)
    accuracy_panel(axes, made.models[made.models["learner"] == "perceptron"], base)
    assert "no hashing, with interval" not in axes.get_legend_handles_labels()[1]


def test_counts_without_error_have_no_place_on_a_logarithmic_axis(axes: Axes) -> None:
    counts = make_memory().counts.assign(mean_error=[*[0.0] * 6, *[1.0] * 12])
    error_panel(axes, counts)
    assert [bool(np.isfinite(np.asarray(line.get_ydata(), float)).any()) for line in axes.lines] == [False, True, True]


def test_the_promise_is_drawn_beside_what_was_found(axes: Axes) -> None:
    bound_panel(axes, make_memory().counts)
    assert [text.get_text() for text in axes.texts] == ["36.8 %", "13.5 %", "1.83 %"]
    assert len(axes.lines) == 6
