"""What the figure functions draw on the axes that they are given, and the files that a sheet becomes."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.backend_bases import RendererBase
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import StepPatch
from PIL import Image

from pipeline.reporting import curves, figures, style
from pipeline.reporting.curves import Series
from pipeline.reporting.facts import Classes, Confusion, Estimate, PartCount

CLASSES = Classes(negative="ham", positive="spam")
CONFUSION = Confusion(tn=90, fp=10, fn=5, tp=15)


@pytest.fixture
def axes() -> Iterator[Axes]:
    """Axes of a figure that is drawn at the end of the test, so that what cannot be drawn fails."""
    figure = Figure()
    yield figure.add_subplot()
    figure.draw_without_rendering()


def labels(axes: Axes) -> list[str]:
    """Texts of the legend."""
    legend = axes.get_legend()
    assert legend is not None
    return [text.get_text() for text in legend.get_texts()]


def settings() -> dict[str, Any]:
    """Matplotlib's settings, but for the backend, which Matplotlib finds out by itself."""
    return {name: value for name, value in mpl.rcParams.items() if name != "backend"}


def test_bars_carry_their_numbers(axes: Axes) -> None:
    figures.class_counts(axes, [PartCount("train", 2834, 890), PartCount("test", 0, 0)], CLASSES)
    assert sorted(text.get_text() for text in axes.texts) == ["0", "0", "2,834", "890"]
    assert labels(axes) == ["ham", "spam"]


@pytest.mark.parametrize("longest", [0, 1, 40, 200_000])
def test_lengths_are_shares_of_each_class(axes: Axes, longest: int) -> None:
    table = pd.DataFrame({"words": [0, 3, 3, 7, longest], "label": [0, 0, 0, 1, 1]})
    figures.text_lengths(axes, table, CLASSES, max_length=50)
    for patch in axes.patches[::2]:
        assert isinstance(patch, StepPatch)
        shares, edges, _ = patch.get_data()
        assert shares.sum() == pytest.approx(100)
        assert np.diff(edges).min() >= 1, "a bin that no whole number falls into"
    assert "cut at 50 words" in labels(axes)


def test_lengths_of_one_class_only(axes: Axes) -> None:
    figures.text_lengths(axes, pd.DataFrame({"words": [5], "label": [1]}), CLASSES, max_length=50)
    assert labels(axes)[0] == "ham (median undefined words)"


def test_rows_of_the_confusion_matrix_are_the_truth(axes: Axes) -> None:
    figures.confusion_matrix(axes, CONFUSION, CLASSES)
    placed = {
        (round(text.get_position()[0] - 0.5), int(text.get_position()[1])): text.get_text() for text in axes.texts[::2]
    }
    assert placed == {(0, 0): "90", (1, 0): "10", (0, 1): "5", (1, 1): "15"}
    assert [text.get_text() for text in axes.texts[1::2]] == ["90.0 %", "10.0 %", "25.0 %", "75.0 %"]


def test_a_class_without_messages_has_no_shares(axes: Axes) -> None:
    figures.confusion_matrix(axes, Confusion(tn=3, fp=0, fn=0, tp=0), CLASSES)
    assert [text.get_text() for text in axes.texts[1::2]] == ["100 %", "0 %", "no such message", "no such message"]


def test_a_model_far_below_does_not_squash_the_others(axes: Axes) -> None:
    def known(value: float) -> Estimate:
        return Estimate(value, value - 0.01, value + 0.01)

    nan = float("nan")
    models = {
        "GRU": {"f1": known(0.95)},
        "naive": {"f1": known(0.1)},
        "none": {"f1": Estimate(nan, nan, nan)},
        "bare": {},
    }
    figures.metric_intervals(axes, ["f1", "mcc"], models)
    assert axes.get_xlim()[0] == pytest.approx(0.9)
    assert [text.get_text() for text in axes.texts] == ["◂ 0.10"]
    assert labels(axes) == list(models)


def test_a_main_model_far_below_stays_in_sight(axes: Axes) -> None:
    figures.metric_intervals(
        axes, ["f1"], {"GRU": {"f1": Estimate(0.3, 0.2, 0.4)}, "TF-IDF": {"f1": Estimate(0.9, 0.8, 1)}}
    )
    assert axes.get_xlim()[0] <= 0.2
    assert not axes.texts


def test_one_epoch_is_a_point_in_sight(axes: Axes) -> None:
    history = pd.DataFrame({"epoch": [1], "loss": [0.4], "val_loss": [0.5]})
    curves.by_epoch(axes, history, "loss", kept_epoch=1)
    (left, right), (bottom, top) = axes.get_xlim(), axes.get_ylim()
    assert left < 1 < right
    assert bottom < 0.4 < 0.5 < top
    assert axes.get_legend_handles_labels()[1] == ["kept: epoch 1", "training", "validation"]
    assert all(line.get_marker() != "None" for line in axes.lines[1:])


def test_recall_without_false_positives_is_drawn_at_the_left_edge(axes: Axes) -> None:
    table = pd.DataFrame({"false_positive_rate": [0, 0, 0.01, 1], "recall": [0, 0.7, 0.9, 1.0]})
    curves.roc(axes, {"GRU": Series(table, CONFUSION)})
    x, y = (np.asarray(values) for values in axes.lines[1].get_data())
    left = axes.get_xlim()[0]
    assert left == pytest.approx(0.5 / CONFUSION.negatives)
    assert x.min() == left
    assert {0.0, 0.7} <= set(y[x == left])
    assert (np.diff(x) >= 0).all()
    assert (np.diff(y) >= 0).all()


def test_a_straight_roc_segment_is_bent_on_the_logarithmic_axis(axes: Axes) -> None:
    table = pd.DataFrame({"false_positive_rate": [0.0, 1.0], "recall": [0.0, 1.0]})
    curves.roc(axes, {"guess": Series(table, CONFUSION)})
    x, y = (np.asarray(values)[1:] for values in axes.lines[1].get_data())
    np.testing.assert_allclose(x, y)
    assert len(x) > 100


@pytest.mark.parametrize(("precision", "num_insets"), [(0.97, 1), (0.6, 0)])
def test_the_corner_is_enlarged_where_the_model_reaches_it(axes: Axes, precision: float, num_insets: int) -> None:
    table = pd.DataFrame({"recall": [0.0, 0.95, 1.0], "precision": [1.0, precision, 0.2]})
    curves.precision_recall(axes, {"GRU": Series(table, CONFUSION)})
    assert len(axes.child_axes) == num_insets


def test_guessing_reaches_the_share_of_the_positive_class(axes: Axes) -> None:
    table = pd.DataFrame({"recall": [0.0, 1.0], "precision": [0.2, 0.2]})
    curves.precision_recall(axes, {"GRU": Series(table, CONFUSION)})
    assert axes.lines[0].get_ydata() == pytest.approx([20 / 120] * 2)


def test_few_messages_are_hollow_and_intervals_are_wilson_s(axes: Axes) -> None:
    """Golden values: the closed forms for none of 10, [0, z2/(10+z2)], and for 5 of 10, 1/2 ± z/2/sqrt(10+z2)."""
    table = pd.DataFrame({"predicted": [0.1, 0.4, 0.6], "observed": [0.0, 1.0, 0.5], "count": [10, 2, 10]})
    curves.reliability(axes, {"GRU": table})
    _, solid, hollow = axes.lines
    np.testing.assert_array_equal(solid.get_ydata(), [0.0, np.nan, 0.5])
    np.testing.assert_array_equal(hollow.get_ydata(), [np.nan, 1.0, np.nan])
    ends = np.array([np.asarray(path.vertices)[:, 1] for path in axes.collections[0].get_paths()])
    np.testing.assert_allclose(ends[[0, 2]], [[0, 0.27754], [0.23659, 0.76341]], atol=1e-5)
    assert np.isnan(ends[1]).all()


@pytest.mark.parametrize("chosen", [0.03, 0.0004, 0.9999, 0.0, 1.0])
def test_the_chosen_threshold_is_in_sight(axes: Axes, chosen: float) -> None:
    grid = np.linspace(0, 1, 5)
    curves.thresholds(
        axes, pd.DataFrame({"threshold": grid, "precision": grid, "recall": 1 - grid, "f1": grid}), chosen, "spam"
    )
    left, right = axes.get_xlim()
    assert 0 < left <= max(chosen, left) <= right < 1 or chosen in {0.0, 1.0}
    assert labels(axes)[0].startswith("chosen: ")


def test_looks_differ_in_grey_too() -> None:
    assert len({item.marker for item in style.LOOKS}) == len({item.line for item in style.LOOKS}) == len(style.LOOKS)
    for light, dark in ((style.NEGATIVE, style.POSITIVE), (style.LIGHT, style.HATCHED)):
        assert not light.hatch
        assert dark.hatch
    assert style.look(len(style.LOOKS)) == style.look(0)


def test_a_sheet_is_the_same_file_twice_and_leaves_no_setting_behind(tmp_path: Path) -> None:
    before = settings()
    for name in ("one", "two"):
        with style.sheet(tmp_path / name, style.Caption("what it is", stand_in=True), width=3, height=2) as figure:
            figures.class_counts(figure.add_subplot(), [PartCount("test", 3, 4)], CLASSES)
    assert settings() == before
    one, two = ((tmp_path / f"{name}.svg").read_bytes() for name in ("one", "two"))
    assert one == two
    assert b"<dc:date>" not in one
    assert ET.fromstring(one).tag.endswith("svg")  # noqa: S314 - our own file
    with Image.open(tmp_path / "one.png") as image:
        assert image.size == (3 * style.DPI, 2 * style.DPI)
        assert min(image.info["dpi"]) >= 150


def test_labels_keep_clear_of_each_other(tmp_path: Path) -> None:
    with style.sheet(tmp_path / "bars", style.Caption("what it is", stand_in=False), width=5.2, height=3.2) as figure:
        axes = figure.add_subplot()
        figures.class_counts(
            axes, [PartCount(name, 9_999, 9_999) for name in ("train", "train, fitted on", "test")], CLASSES
        )
    boxes = [tick.label1.get_window_extent() for tick in axes.xaxis.get_major_ticks()]
    assert not any(left.overlaps(right) for left, right in pairwise(boxes))
    caption = figure.texts[0].get_window_extent()
    assert not any(caption.overlaps(box) for box in boxes)


@pytest.mark.parametrize("stand_in", [False, True])
def test_a_long_caption_is_cut_where_the_banner_or_the_edge_begins(tmp_path: Path, *, stand_in: bool) -> None:
    caption = style.Caption("clean protocol  ·  " + "a_very_long_name_" * 8, stand_in)
    with style.sheet(tmp_path / "sheet", caption, width=4.2, height=3.2) as figure:
        figure.add_subplot()
    boxes = [text.get_window_extent() for text in figure.texts]
    assert boxes[0].x1 < (boxes[1].x0 if stand_in else figure.bbox.x1)


def test_a_sheet_is_laid_out_once_and_drawn_once_for_each_format(tmp_path: Path) -> None:
    drawn: list[str] = []

    class Noted(Line2D):
        def draw(self, renderer: RendererBase) -> None:
            drawn.append(type(renderer).__name__)
            super().draw(renderer)

    with style.sheet(tmp_path / "line", style.Caption("", stand_in=False), width=3, height=2) as figure:
        figure.add_subplot().add_line(Noted([0, 1], [0, 1]))
    assert drawn == ["RendererAgg", "MixedModeRenderer"]
