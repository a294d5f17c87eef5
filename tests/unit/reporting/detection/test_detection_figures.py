"""What the figures of a detection run draw, and that nothing on them overlaps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from detection_drawn import CLASSES, FEW, MAIL, TINY, Made, make_run
from matplotlib.axes import Axes
from matplotlib.backend_bases import RendererBase
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.figure import Figure
from matplotlib.patches import StepPatch
from matplotlib.text import Annotation, Text
from matplotlib.transforms import Bbox
from numpy.typing import NDArray

from pipeline.reporting import style
from pipeline.reporting.detection import figures, message_figures, shown
from pipeline.reporting.detection.figures import Group, Line
from pipeline.reporting.detection.folder import DetectionFolder
from pipeline.reporting.detection.message_figures import Panel
from pipeline.reporting.detection.plates import detection_plates
from pipeline.reporting.facts import Estimate
from pipeline.reporting.style import LOOKS

ALL = [
    "detectors",
    "length",
    "densities",
    "score_length",
    "precision_recall",
    "latent_plane",
    "contamination",
    "training",
]
NAN = float("nan")
BARE = Made(detectors=(("unigram", "all", 0.5), ("unigram", "negative", 2.0)), shares=())
MADE = {"full": Made(), "few": FEW, "tiny": TINY, "mail": replace(MAIL, negatives=300, positives=280), "bare": BARE}


@pytest.fixture(scope="module")
def runs() -> dict[str, DetectionFolder]:
    return {name: make_run(made) for name, made in MADE.items()}


@pytest.fixture
def axes() -> Iterator[Axes]:
    with mpl.rc_context(style.STYLE):
        figure = Figure()
        yield figure.add_subplot()
        figure.draw_without_rendering()


def points(axes: Axes, marker: str) -> NDArray[np.float64]:
    """Where marks of one shape stand, (n, 2)."""
    found = [np.asarray(line.get_xydata(), float) for line in axes.lines if line.get_marker() == marker]
    return np.concatenate(found) if found else np.empty((0, 2))


def overlap(first: Bbox, second: Bbox) -> bool:
    """Whether two boxes share more than their edges."""
    wide, high = (min(a, b) - max(c, d) for a, b, c, d in (
        (first.x1, second.x1, first.x0, second.x0), (first.y1, second.y1, first.y0, second.y0)
    ))  # fmt: skip
    return wide > 1 and high > 1


@pytest.mark.parametrize("name", MADE)
def test_no_text_overlaps_another_or_runs_off_the_sheet(
    name: str, runs: dict[str, DetectionFolder], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: dict[int, tuple[str, Bbox]] = {}

    def note(text: Text, renderer: RendererBase) -> None:
        if text.get_text().strip() and text.get_visible() and isinstance(renderer, RendererAgg):
            seen[id(text)] = (text.get_text(), text.get_window_extent(renderer))

    monkeypatch.setattr(Text, "draw", note)  # what is drawn, and not all ticks that Matplotlib keeps
    for plate in detection_plates(runs[name]):
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


@pytest.mark.parametrize(("name", "missing"), [
    ("full", set()), ("few", {"contamination"}), ("tiny", set()),
    ("bare", {"densities", "score_length", "latent_plane", "contamination", "training"}),
])  # fmt: skip
def test_what_has_no_data_is_left_out(name: str, missing: set[str], runs: dict[str, DetectionFolder]) -> None:
    assert [plate.name for plate in detection_plates(runs[name])] == [one for one in ALL if one not in missing]


def test_readings_name_the_classes_of_the_run(runs: dict[str, DetectionFolder]) -> None:
    for plate in detection_plates(runs["tiny"]):
        assert not {"ham", "spam"} & set(f"{plate.title} {plate.reading}".replace(",", " ").split()), plate.name


def test_every_detector_stands_once_in_the_group_of_its_labels_the_best_on_top(
    runs: dict[str, DetectionFolder],
) -> None:
    run = runs["full"]
    found = shown.groups(run, shown.detectors_of(run))
    assert [group.name for group in found] == ["No labels", "Labels: ham only", "All labels"]
    assert sorted(line.detector for group in found for line in group.members) == sorted(
        run.tables.detectors["detector"]
    )
    values = shown.main_values(run.tables, "roc_auc")
    for group in found:
        ranked = [values[line.detector].value for line in group.members]
        assert ranked == sorted(ranked, reverse=True)


def test_a_row_has_the_value_and_the_interval_of_its_detector(axes: Axes) -> None:
    group = Group("No labels", LOOKS[0], [Line("a", "A", LOOKS[0]), Line("b", "B", LOOKS[0])])
    values = {"a": Estimate(0.9, 0.8, 0.95), "b": Estimate(NAN, NAN, NAN)}
    figures.forest(axes, [group], values, alone=0.7, chance=0.5)
    np.testing.assert_allclose(points(axes, "o"), [[0.9, 1]])
    (whisker,) = (bars for container in axes.containers for bars in container[2])
    np.testing.assert_allclose(np.asarray(whisker.get_segments())[0], [[0.8, 1], [0.95, 1]])
    assert [text.get_text() for text in axes.texts] == ["undefined"]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["No labels", "A", "B"]
    across = {str(line.get_label()): np.asarray(line.get_xdata(), float)[0] for line in axes.lines[:2]}
    assert across == {"length alone": 0.7, "chance": 0.5}


def test_without_a_detector_of_length_there_is_no_line_for_it(axes: Axes, runs: dict[str, DetectionFolder]) -> None:
    assert np.isnan(shown.alone(runs["bare"], "roc_auc"))
    figures.draw_references(axes, NAN, 0.5)
    assert axes.get_legend_handles_labels()[1] == ["chance"]


def test_the_main_measure_and_bound_stand_for_a_detector(runs: dict[str, DetectionFolder]) -> None:
    rows = shown.main_rows(runs["full"].tables, "roc_auc").set_index("detector")
    assert rows.loc[["vae_all", "length", "tfidf"], "measure"].tolist() == ["residual", "message", "message"]
    by_measure = shown.values_by_measure(runs["full"].tables)
    assert set(by_measure["bound"]) == {"cost"}, "the bound that does not stand for the detector is left out"
    assert not by_measure.duplicated(["detector", "measure"]).any()


def test_three_marks_say_how_a_detector_does_by_each_measure(axes: Axes) -> None:
    table = pd.DataFrame({
        "detector": ["a"] * 3 + ["b"], "measure": ["message", "word", "residual", "message"],
        "value": [0.8, 0.4, 0.6, 0.9],
    })  # fmt: skip
    group = Group("No labels", LOOKS[0], [Line("a", "A", LOOKS[0]), Line("b", "B", LOOKS[0])])
    figures.measures(axes, [group], table, alone=0.83)
    for marker, places in (("o", [[0.8, 1], [0.9, 2]]), ("^", [[0.4, 1]]), ("s", [[0.6, 1]])):
        np.testing.assert_allclose(points(axes, marker), places)
    assert axes.get_legend_handles_labels()[1] == [
        "length alone", "chance", "by message", "by known word", "adjusted for length",
    ]  # fmt: skip
    assert axes.get_xlim()[0] < 0.4


def drawn(axes: Axes, panel: Panel, *others: Panel) -> None:
    """The histogram on an axis that it shares with others."""
    message_figures.densities(axes, panel, CLASSES, message_figures.common_bins([panel, *others]))


def test_each_class_adds_up_to_all_of_it_whatever_lies_beyond_the_axis(axes: Axes) -> None:
    values = np.append(np.linspace(-1, 1, 400), [50.0, NAN])
    drawn(axes, Panel(pd.DataFrame({"label": np.arange(402) % 2, "residual": values}), "residual", {}))
    assert axes.get_xlim()[1] < 2
    for patch in axes.patches[::2]:
        assert isinstance(patch, StepPatch)
        shares, _, _ = patch.get_data()
        assert shares.sum() == pytest.approx(100)
    assert [bool(patch.get_hatch()) for patch in axes.patches[::2]] == [False, True]
    assert axes.get_legend_handles_labels()[1] == ["ham (201)", "spam (200)"]


@pytest.mark.parametrize(
    "places", [(0.1, 0.15, 0.3), (0.7, 0.9, 0.99), (0.01, 0.5, 0.99), (5.0, 0.5, 0.5), (np.inf, 5.0, 0.9)]
)
def test_thresholds_stand_where_they_are_and_their_names_beside_them(
    axes: Axes, places: tuple[float, float, float]
) -> None:
    """One that no message reaches has no line, and is told."""
    scores = pd.DataFrame({"label": [0, 1] * 50, "message": np.linspace(0, 1, 100)})
    marks = dict(zip(("expected share", "elbow", "with labels"), places, strict=True))
    drawn(axes, Panel(scores, "message", marks | {"none": NAN}))
    lines = sorted(float(np.asarray(line.get_xdata(), float)[0]) for line in axes.lines)
    assert lines == sorted(place for place in places if place <= 1)
    found = {text.get_text(): text.xy[0] for text in axes.texts if isinstance(text, Annotation)}
    assert found == {
        name if place <= 1 else f"{name}: above all messages": min(place, 1) for name, place in marks.items()
    }
    figure = axes.get_figure(root=True)
    assert figure is not None
    figure.draw_without_rendering()
    boxes = [text.get_window_extent() for text in axes.texts]
    assert all(box.x0 >= axes.bbox.x0 - 1 and box.x1 <= axes.bbox.x1 + 1 for box in boxes)
    assert not any(overlap(one, other) for one, other in combinations(boxes, 2))


def test_detectors_of_one_measure_share_an_axis(runs: dict[str, DetectionFolder]) -> None:
    (plate,) = (plate for plate in detection_plates(runs["full"]) if plate.name == "densities")
    figure = Figure()
    plate.draw(figure)
    assert len(figure.axes) == 3
    assert len({axes.get_xlim() for axes in figure.axes}) == 1
    assert figure.axes[-1].get_xlabel() == "Standard deviations above the usual cost at this length"


def test_no_spread_at_all_and_no_messages_still_have_an_axis(axes: Axes) -> None:
    drawn(axes, Panel(pd.DataFrame({"label": [0, 1], "word": 3.0}), "word", {"one": 3.0}))
    assert axes.get_xlim() == (2.5, 3.5)
    drawn(Figure().add_subplot(), Panel(pd.DataFrame({"label": [], "word": []}), "word", {"one": 3.0}))


def lengths() -> pd.DataFrame:
    """Scores made up with 4 + known usual, and a deviation of 1 + known."""
    known, residual = np.array([0, 0, 3, 3, 3, 9, 40, 40]), np.array([0.1, -2, -0.2, 0.4, 1, 5, 0.0, -3])
    message = 4 + known + (1 + known) * residual
    return pd.DataFrame({"label": [0, 1] * 4, "known": known, "message": message, "residual": residual})


def test_the_usual_cost_is_what_the_residual_is_measured_from() -> None:
    usual = message_figures.usual_costs(lengths())
    assert usual.to_dict() == pytest.approx({0: 4, 3: 7, 40: 44}), "one message of a length tells nothing"
    assert message_figures.usual_costs(lengths().assign(residual=NAN)).empty


@pytest.mark.parametrize("is_log", [True, False])
def test_every_message_stands_at_its_length_and_cost(axes: Axes, is_log: bool) -> None:
    scores = lengths()
    scores = scores[scores["message"] > 0] if is_log else scores
    message_figures.cost_by_length(axes, scores, pd.Series({0: 4.0, 40: 44.0, 50: -1.0}), CLASSES, is_log=is_log)
    (line,) = axes.lines
    expected = [[1, 4], [41, 44]] if is_log else [[1, 4], [41, 44], [51, -1]]
    np.testing.assert_allclose(np.asarray(line.get_xydata(), float), expected)
    for marks, label in zip(axes.collections, (0, 1), strict=True):
        own = scores[scores["label"] == label]
        np.testing.assert_allclose(
            np.asarray(marks.get_offsets()), np.stack([own["known"] + 1, own["message"]], axis=1)
        )
    assert axes.get_yscale() == ("log" if is_log else "linear")
    ticks = zip(axes.get_xticks(), axes.get_xticklabels(), strict=True)
    assert all(label.get_text() == f"{place - 1:g}" for place, label in ticks), "none has a place on the axis too"


def test_one_cost_that_is_not_above_0_makes_the_axis_of_costs_linear(runs: dict[str, DetectionFolder]) -> None:
    run = runs["full"]
    scores = run.tables.scores.copy()
    scores.loc[scores["detector"] == "vae_all", "message"] -= scores["message"].max()
    for found, scale in ((run, "log"), (replace(run, tables=replace(run.tables, scores=scores)), "linear")):
        (plate,) = (plate for plate in detection_plates(found) if plate.name == "score_length")
        figure = Figure()
        plate.draw(figure)
        assert {axes.get_yscale() for axes in figure.axes} == {scale}
        assert ("logarithmic" in figure.axes[0].get_ylabel()) == (scale == "log")


def test_a_plane_tells_classes_by_shape_and_says_what_its_axes_hold(axes: Axes) -> None:
    latents = pd.DataFrame({"label": [0, 1, 1], "first": [0.5, 1.0, NAN], "second": [0.1, 2.0, 1.0]})
    message_figures.plane(axes, latents, (0.314, NAN), CLASSES)
    ring, triangle = axes.collections
    np.testing.assert_allclose(np.asarray(triangle.get_offsets()), [[1, 2]])
    round_one, angled = (np.asarray(marks.get_paths()[0].vertices) for marks in (ring, triangle))
    assert len(round_one) != len(angled)
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("First direction (31.4 % of the variance)", "Second direction")


def test_a_plane_without_points_says_so(axes: Axes) -> None:
    message_figures.plane(axes, pd.DataFrame({"label": [0], "first": [NAN], "second": [NAN]}), (0.5, 0.2), CLASSES)
    assert [text.get_text() for text in axes.texts] == ["undefined"]


def test_a_curve_has_the_best_precision_at_each_recall(axes: Axes) -> None:
    curve = pd.DataFrame({
        "detector": "a", "recall": [1.0, 1.0, 0.5, 0.5, 0.0, 0.0], "precision": [0.1, 0.3, 0.4, 0.8, 0.0, 1.0],
    })  # fmt: skip
    figures.precision_recall(axes, curve, [Line("a", "A", LOOKS[1])], chance=0.2)
    np.testing.assert_allclose(points(axes, LOOKS[1].marker), [[0, 0.8], [0.5, 0.8], [1, 0.3]])
    assert np.asarray(axes.lines[0].get_ydata(), float) == pytest.approx(0.2)


def test_curves_are_few_and_told_apart_without_colour(runs: dict[str, DetectionFolder]) -> None:
    assert [line.name for line in shown.curve_lines(runs["full"])] == [
        "TF-IDF", "mixture", "VAE, ham only", "VAE, unsuspected", "VAE, all", "unigram, ham only", "length alone",
    ]  # fmt: skip
    for run in runs.values():
        looks = [line.look for line in shown.curve_lines(run)]
        assert len({look.marker for look in looks}) == len(looks)
        assert len({(look.line, look.marker) for look in looks}) == len(looks)


def test_the_champion_has_a_curve_even_where_another_does_better_on_the_test_part(
    runs: dict[str, DetectionFolder],
) -> None:
    run = runs["full"]
    chosen = replace(run, report=replace(run.report, champion="repetition_all"))
    assert shown.curve_lines(chosen)[0].name == "repetition"
    none = replace(run, report=replace(run.report, champion=""))
    assert len(shown.curve_lines(none)) == len(shown.curve_lines(chosen)) - 1


def test_the_vae_to_which_all_messages_weigh_the_same_is_shown(runs: dict[str, DetectionFolder]) -> None:
    table = runs["full"].tables.detectors
    assert set(table.loc[table["weighting"] == "group", "model"]) == {"vae"}
    assert [line.detector for line in shown.vaes(runs["full"])] == ["vae_all", "vae_unsuspected", "vae_negative"]


def test_shares_of_the_positive_class_are_drawn_with_their_intervals(axes: Axes) -> None:
    table = pd.DataFrame({
        "model": "vae", "share": [0.2, 0.0], "value": [0.6, 0.9], "low": [0.5, 0.85], "high": [0.7, 0.95],
    })  # fmt: skip
    figures.contamination(axes, table, [shown.model_line("vae")], chance=0.5, usual=0.13)
    np.testing.assert_allclose(points(axes, "o"), [[0, 0.9], [20, 0.6]])
    band = np.asarray(axes.collections[0].get_paths()[0].vertices)
    assert (band[:, 1].min(), band[:, 1].max()) == (0.5, 0.95)
    assert axes.get_legend_handles_labels()[1] == ["chance", "share in the test part", "VAE"]


def test_a_usual_share_beyond_what_was_tried_is_not_marked(axes: Axes) -> None:
    table = pd.DataFrame({"model": "vae", "share": [0.2], "value": [0.6], "low": [NAN], "high": [NAN]})
    figures.contamination(axes, table, [shown.model_line("vae")], chance=0.5, usual=0.47)
    assert "share in the test part" not in axes.get_legend_handles_labels()[1]


def test_the_kept_epoch_of_each_line_is_ringed(axes: Axes) -> None:
    history = pd.DataFrame({
        "detector": ["a"] * 3 + ["b"] * 2, "epoch": [1, 2, 3, 1, 2], "val_loss": [9.0, 7.0, 8.0, 6.0, 5.0],
    })  # fmt: skip
    lines = [Line("a", "A", LOOKS[1]), Line("b", "B", LOOKS[2])]
    figures.epochs(axes, history, "val_loss", lines, {"a": 2, "b": 2})
    np.testing.assert_allclose(points(axes, "o"), [[2, 7], [2, 5]])
    np.testing.assert_allclose(points(axes, LOOKS[2].marker), [[1, 6], [2, 5]])
    assert axes.get_legend_handles_labels()[1] == ["A", "B", "kept epoch"]


def test_the_axis_of_epochs_ends_with_the_longest_line_that_is_drawn(axes: Axes) -> None:
    history = pd.DataFrame({"detector": ["a"] * 2 + ["other"] * 40, "epoch": [1, 2, *range(1, 41)], "val_loss": 1.0})
    figures.epochs(axes, history, "val_loss", [Line("a", "A", LOOKS[1])], {"a": 2})
    assert axes.get_xlim()[1] < 3


def test_a_history_without_labels_has_no_line_and_no_complaint(axes: Axes) -> None:
    history = pd.DataFrame({"detector": "a", "epoch": [1, 2], "val_roc_auc": [NAN, NAN]})
    figures.epochs(axes, history, "val_roc_auc", [Line("a", "A", LOOKS[0])], {"a": 1})
    assert np.isnan(np.asarray(axes.lines[0].get_ydata(), float)).all()
