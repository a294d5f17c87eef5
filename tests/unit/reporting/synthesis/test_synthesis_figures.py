"""What the figures of a synthesis run draw, and that nothing on them overlaps."""

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
from pipeline.reporting.facts import Classes
from pipeline.reporting.synthesis import figures, judged_figures
from pipeline.reporting.synthesis.folder import SynthesisFolder
from pipeline.reporting.synthesis.plates import plates
from pipeline.reporting.synthesis.verdicts import RIVALS

CLASSES = Classes(negative="ham", positive="spam")


@pytest.fixture
def axes() -> Iterator[Axes]:
    with mpl.rc_context(style.STYLE):
        yield Figure().add_subplot()


@pytest.mark.parametrize("name", ["plain", "odd"])
def test_no_text_overlaps_another_or_runs_off_the_sheet(
    name: str, request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run: SynthesisFolder = request.getfixturevalue(name)
    seen: dict[int, tuple[str, Bbox]] = {}

    def note(text: Text, renderer: RendererBase) -> None:
        if text.get_text().strip() and text.get_visible() and isinstance(renderer, RendererAgg):
            seen[id(text)] = (text.get_text(), text.get_window_extent(renderer))

    monkeypatch.setattr(Text, "draw", note)  # what is drawn, and not all ticks that Matplotlib keeps
    for plate in plates(run):
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
            assert not overlap(first, second), (plate.name, one, other)


def overlap(first: Bbox, second: Bbox) -> bool:
    """Whether two boxes share more than their edges."""
    wide, high = (min(a, b) - max(c, d) for a, b, c, d in (
        (first.x1, second.x1, first.x0, second.x0), (first.y1, second.y1, first.y0, second.y0)
    ))  # fmt: skip
    return wide > 1 and high > 1


def test_active_dimensions_are_hatched_and_the_largest_comes_first(axes: Axes) -> None:
    table = pd.DataFrame({"dimension": [1, 2, 3], "kl": [0.1, 2.0, 0.5], "active": [False, True, True]})
    figures.kl_by_dimension(axes, table)
    assert [label.get_text() for label in axes.get_xticklabels()] == ["2", "3", "1"]
    assert axes.get_legend_handles_labels()[1] == ["active (2)", "not active (1)"]
    assert [bool(bar.get_hatch()) for bar in axes.patches] == [True, True, False]


def test_many_dimensions_are_not_all_named(axes: Axes) -> None:
    number = 64
    table = pd.DataFrame({"dimension": np.arange(1, number + 1), "kl": 1.0, "active": True})
    figures.kl_by_dimension(axes, table)
    assert len(axes.get_xticks()) <= figures.MOST_BARS


def test_classes_on_a_plane_differ_in_shape_too(axes: Axes) -> None:
    table = pd.DataFrame({"label": [0, 0, 1], "pca_1": [0.0, np.nan, 1.0], "pca_2": [0.0, 1.0, 1.0]})
    figures.plane(axes, table, "pca", CLASSES)
    assert axes.get_legend_handles_labels()[1] == ["ham (1)", "spam (1)"]
    round_one, angled = (np.asarray(points.get_paths()[0].vertices) for points in axes.collections)
    assert len(round_one) != len(angled)


def test_a_plane_without_points_says_so(axes: Axes) -> None:
    figures.plane(axes, pd.DataFrame({"label": [0], "tsne_1": [np.nan], "tsne_2": [np.nan]}), "tsne", CLASSES)
    assert [text.get_text() for text in axes.texts] == ["undefined"]


def test_worse_than_the_holdout_lies_to_the_right(axes: Axes) -> None:
    table = pd.DataFrame({
        "name": ["mmd", "distinct_1", "membership_auc"], "synthetic": [0.2, 0.4, np.nan], "low": [0.1, 0.3, np.nan],
        "high": [9.0, 0.5, np.nan], "holdout": [0.1, 0.2, np.nan],
    })  # fmt: skip
    judged_figures.scorecard(axes, table)
    marks = [
        np.concatenate([np.atleast_1d(values) for values in line.get_data()])
        for line in axes.lines
        if line.get_marker() in {"o", "s"}
    ]
    np.testing.assert_allclose(marks, [(0.5, 0), (-0.5, 1)])
    reach = [np.abs(line.get_xdata()).max() for line in axes.lines]
    assert max(reach) <= 1, "a range beyond the axis is drawn at its end"
    assert [text.get_text() for text in axes.texts] == ["0.2000 | 0.1000", "0.400 | 0.200", "undefined | undefined"]


def test_every_method_has_a_point_at_every_share_it_was_tried_at(axes: Axes, plain: SynthesisFolder) -> None:
    table = plain.tables.augmentation
    part = table[(table["classifier"] == "mnb") & (table["metric"] == "pr_auc")]
    part = part[~((part["method"] == "synthetic") & (part["percent"] == 10))]
    judged_figures.augmentation_panel(axes, part, {"none": "nothing added", "synthetic": "synthetic messages"})
    assert [label.get_text() for label in axes.get_xticklabels()] == [
        "10 %\n(26)",
        "25 %\n(64)",
        "50 %\n(129)",
        "100 %\n(257)",
    ]
    drawn = [
        np.isfinite(np.asarray(line.get_ydata(), float)).sum() for line in axes.lines if line.get_marker() == "None"
    ]
    assert drawn == [4, 3]


def test_next_to_nothing_looks_like_it_and_planes_of_two_models_are_not_compared(odd: SynthesisFolder) -> None:
    drawn = {plate.name: plate for plate in plates(odd)}
    figure = Figure()
    drawn["losses"].draw(figure)
    assert all(axes.get_ylim()[1] >= 0.1 for axes in figure.axes[1::3]), "of the KL"
    assert "Each class has a model of its own" in drawn["latent_planes"].reading
    assert "collapsed" in drawn["latent_planes"].reading


def test_a_single_share_has_points_with_intervals_for_every_rival(plain: SynthesisFolder, axes: Axes) -> None:
    """Under the published protocol the study is run with all real messages alone."""
    table = plain.tables.augmentation
    part = table[(table["classifier"] == "mnb") & (table["metric"] == "pr_auc") & (table["percent"] == 100)]
    judged_figures.difference_panel(axes, part, {one.column: one.name for one in RIVALS})
    assert [label.get_text() for label in axes.get_xticklabels()] == ["100 %\n(257)"]
    names = axes.get_legend_handles_labels()[1]
    assert names == ["doing nothing", "random oversampling", "word dropout", "class weights"]
    marks = [
        float(np.asarray(line.get_xdata(), float)[0])
        for line in axes.lines
        if line.get_marker() in {"o", "s", "^", "D"}
    ]
    assert len(set(marks)) == 4
