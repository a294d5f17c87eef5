"""What the figures of a comparison show on the axes that they are given."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from comparison_samples import PLANS, Kind, Plan, model, write_comparison
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from pipeline.reporting.comparison import curves, figures
from pipeline.reporting.comparison.contrasts import contrasts
from pipeline.reporting.comparison.facts import Pair, PairTest, Variant
from pipeline.reporting.comparison.plates import plates
from pipeline.reporting.comparison.scene import BASELINES, MODELS, Scene, label, read_comparison
from pipeline.reporting.facts import Estimate


@pytest.fixture
def axes() -> Iterator[Axes]:
    """Axes of a figure that is drawn at the end of the test, so that what cannot be drawn fails."""
    figure = Figure()
    yield figure.add_subplot()
    figure.draw_without_rendering()


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return read_comparison(write_comparison(tmp_path / "seeds", PLANS["seeds"]))


def texts(axes: Axes) -> list[str]:
    return [text.get_text() for text in axes.texts]


def names_of(variants: list[Variant]) -> list[str]:
    return [variant.name for variant in variants]


def test_each_run_is_beside_its_mean_and_what_is_far_below_is_written(axes: Axes, scene: Scene) -> None:
    figures.metric_panel(axes, scene.comparison.variants, "recall", scene.looks)
    first = scene.models[0]
    drawn = [np.asarray(line.get_xdata()) for line in axes.lines]
    assert any(np.array_equal(x, [first.summary["recall"].mean]) for x in drawn)
    assert any(np.array_equal(x, [run.metrics["recall"].value for run in first.repeats]) for x in drawn)
    assert any(np.array_equal(x, [0.94]) for x in drawn), "the published figure"
    assert texts(axes) == ["◂ 0.00"]
    left, right = axes.get_xlim()
    assert all(left <= value <= right for x in drawn if len(x) != 2 for value in x)


def test_models_stay_in_sight_however_good_the_baseline_is(axes: Axes, tmp_path: Path) -> None:
    plan = Plan((model("weak", 1.0), model("weaker", 0.9)))
    made = read_comparison(write_comparison(tmp_path / "weak", plan))
    figures.metric_panel(axes, made.comparison.variants, "f1", made.looks)
    values = [variant.summary["f1"].mean for variant in made.models]
    assert max(values) < 0.75 * made.baselines[0].summary["f1"].mean
    assert axes.get_xlim()[0] < min(values)


def test_an_undefined_metric_is_said_to_be(axes: Axes, scene: Scene) -> None:
    figures.metric_panel(axes, scene.comparison.variants, "precision", scene.looks)
    assert texts(axes) == ["undefined"]


@pytest.mark.parametrize(("verdict", "face"), [("first", "#0072b2"), ("none", "white")])
def test_only_detectable_differences_are_filled(axes: Axes, verdict: str, face: str) -> None:
    test = PairTest("bootstrap", 0.0001, 0.0002, "")
    pair = Pair("gru", "lstm", "f1", Estimate(0.03, 0.01, 0.05), [test], "none", 1)
    figures.differences(axes, [replace(pair, verdict=verdict)])
    assert axes.lines[-1].get_markerfacecolor() == face
    assert texts(axes) == ["p < 0.001"]
    left, right = axes.get_xlim()
    assert left == -right < -0.05


def test_bars_carry_their_times(axes: Axes, scene: Scene) -> None:
    figures.train_times(axes, scene.models[:1], scene.looks)
    assert texts(axes) == ["1 min 13 s"]
    assert sorted(np.asarray(axes.lines[0].get_xdata())) == sorted(
        run.train_seconds for run in scene.models[0].repeats if run.train_seconds is not None
    )


def test_the_mean_reaches_as_far_as_all_runs_do(axes: Axes) -> None:
    runs = {"a": [1.0, 0.5, 0.2], "b": [3.0, 1.5]}
    history = pd.DataFrame([
        {"variant": "gru", "repeat": name, "epoch": epoch, "val_loss": loss}
        for name, losses in runs.items() for epoch, loss in enumerate(losses, start=1)
    ])  # fmt: skip
    curves.by_epoch(axes, history, "val_loss", {"gru": MODELS[0]})
    np.testing.assert_array_equal(axes.lines[-1].get_ydata(), [2.0, 1.0, np.nan])
    assert len(axes.lines) == 3


def test_mean_curves_are_means_at_each_point(axes: Axes) -> None:
    """Two precision curves that are constant, 0.6 and 0.8: their mean is 0.7 everywhere."""
    table = pd.DataFrame([
        {"variant": "gru", "repeat": str(precision), "recall": recall, "precision": precision}
        for precision in (0.6, 0.8) for recall in (0.0, 0.3, 1.0)
    ])  # fmt: skip
    curves.precision_recall(axes, table, {"gru": MODELS[0]})
    np.testing.assert_allclose(np.asarray(axes.lines[-1].get_ydata(), dtype=float), 0.7)


def test_guessing_scores_lie_on_the_line_of_guessing(axes: Axes) -> None:
    table = pd.DataFrame({"variant": "a", "repeat": "r", "false_positive_rate": [0, 0.01, 1], "recall": [0, 0.01, 1]})
    curves.roc(axes, table, {"a": MODELS[0]})
    guess, drawn = axes.lines
    np.testing.assert_allclose(np.asarray(drawn.get_ydata()), np.asarray(guess.get_ydata()), atol=1e-12)


def test_constant_scores_have_no_curve(scene: Scene) -> None:
    has = [curves.has_curve(scene.tables.roc, variant.name) for variant in scene.comparison.variants]
    assert has == [True] * 6 + [False]


def test_looks_differ_in_grey_too() -> None:
    assert len({look.marker for look in MODELS + BASELINES}) == len(MODELS) + len(BASELINES)
    assert len({str(look.line) for look in MODELS}) == len(MODELS) >= 10


def test_short_names_leave_out_what_all_share(tmp_path: Path) -> None:
    scene = read_comparison(write_comparison(tmp_path / "many", PLANS["many"]))
    assert scene.short["model=gru_two_chain, embedding=glove, training.learning_rate=0.1"] == (
        "embedding=glove, training.learning_rate=0.1"
    )
    assert scene.short["TF-IDF, all rows"] == "TF-IDF, all rows"
    assert len(set(scene.short.values())) == len(scene.short)


def test_long_names_become_few_lines() -> None:
    lines = label("training.learning_rate=0.001, " * 9).splitlines()
    assert len(lines) == 3
    assert all(len(line) <= 30 for line in lines)


def test_more_variants_than_curves_can_show_are_cut_to_the_best(tmp_path: Path) -> None:
    kinds = tuple(Kind(f"trial {number}", 2 + 0.4 * number) for number in range(12))
    scene = read_comparison(write_comparison(tmp_path / "trials", Plan(kinds, epochs=2)))
    assert len(scene.drawn) == 10
    left_out = [variant for variant in scene.models if variant not in scene.drawn]
    worst = min(variant.summary["f1"].mean for variant in scene.drawn)
    assert all(variant.summary["f1"].mean <= worst for variant in left_out)
    readings = {plate.name: plate.reading for plate in plates(scene)}
    assert "the 10 variants with the best F1 of 12" in readings["roc"]
    assert "the table has 55 more" in readings["differences"]  # 66 + 12 pairs, less 11 + 11 + 1 of best and baseline


def variants_of(tmp_path: Path, *kinds: Kind) -> list[Variant]:
    return read_comparison(write_comparison(tmp_path / "made", Plan(kinds, baselines=False, epochs=1))).models


def test_contrasts_hold_all_else_equal(tmp_path: Path) -> None:
    found = contrasts(
        variants_of(
            tmp_path, model("gru"), model("gru, no undersampling", sampling="none"), model("lstm"),
            model("gru, published", sampling="none", protocol="published"),
        ),
        "sampling",
    )  # fmt: skip
    assert [contrast.name for contrast in found] == ["gru"]
    assert {kind: variant.name for kind, variant in found[0].kinds.items()} == {
        "undersample": "gru", "none": "gru, no undersampling",
    }  # fmt: skip


def test_what_else_differs_is_said(tmp_path: Path) -> None:
    variants = variants_of(
        tmp_path, model("lstm"), model("lstm, all", sampling="none", settings=(("training.batch_size", 8),))
    )
    assert [contrast.name for contrast in contrasts(variants, "sampling")] == [
        "lstm (also differs: training.batch_size)"
    ]


def test_settings_of_the_factor_itself_are_no_other_difference(tmp_path: Path) -> None:
    variants = variants_of(
        tmp_path, model("gru"), model("gru, folds", split="kfold", settings=(("split.num_folds", 5),))
    )
    assert [contrast.name for contrast in contrasts(variants, "split")] == ["gru"]


def test_sets_are_told_apart_by_what_differs(tmp_path: Path) -> None:
    variants = variants_of(
        tmp_path, model("gru"), model("gru, all", sampling="none"), model("lstm"), model("lstm, all", sampling="none")
    )
    assert [contrast.name for contrast in contrasts(variants, "sampling")] == ["gru", "lstm"]


def test_folds_beside_one_split_are_drawn(tmp_path: Path) -> None:
    plan = Plan((model("gru"), model("gru, folds", split="kfold")), epochs=1)
    scene = read_comparison(write_comparison(tmp_path / "made", plan))
    assert "with_without_split" in {plate.name for plate in plates(scene)}
