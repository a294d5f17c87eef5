"""What each figure of a run on images draws on its axes."""

from __future__ import annotations

import math
from collections.abc import Iterator

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.axes import Axes
from matplotlib.cbook import is_math_text
from matplotlib.figure import Figure
from numpy.typing import NDArray

from pipeline.reporting import style
from pipeline.reporting.facts import Estimate
from pipeline.reporting.images import (
    distribution_figures,
    picture_figures,
    score_figures,
    training_figures,
)
from pipeline.reporting.images.picture_figures import GAP, WHITE, evenly, mosaic, some_epochs, written
from pipeline.reporting.images.scores import SCORE
from pipeline.reporting.images.training_figures import Guessing
from pipeline.reporting.style import LOOKS

NAN = math.nan


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


@given(st.text(max_size=60))
def test_any_name_is_short_and_no_formula(name: str) -> None:
    text = written(name, 12)
    assert 0 < len(text.replace("\\$", "$").replace("◌", "")) <= 12
    assert not any(character in text for character in "\n\t")
    assert text.count("$") == text.count("\\$")


def test_names_that_a_figure_has_room_for_stay() -> None:
    assert [written(name) for name in ("T-shirt/top", " Ankle  boot", "", "ñandú")] == [
        "T-shirt/top", "Ankle boot", "(no name)", "ñandú",
    ]  # fmt: skip
    assert written("$a$ and $b$", 30).replace("\\", "") == "$a$ and $b$"
    assert is_math_text("$a$ and $b$")
    assert not is_math_text(written("$a$ and $b$", 30))
    assert written("0123456789", 5) == "01…89"


def test_every_image_has_its_place_dark_on_white() -> None:
    images = np.random.default_rng(0).integers(0, 256, (3, 4, 5, 5)).astype(np.uint8)
    picture = mosaic(images)
    assert picture.shape == (3 * 6 + GAP, 4 * 6 + GAP)
    for row, column in np.ndindex(3, 4):
        part = picture[GAP + row * 6 :, GAP + column * 6 :][:5, :5]
        np.testing.assert_array_equal(part, WHITE - images[row, column])


@given(st.integers(1, 400), st.integers(1, 400))
def test_epochs_that_are_shown_hold_first_last_and_kept(number: int, kept: int) -> None:
    kept = min(kept, number)
    chosen = some_epochs(number, kept)
    assert chosen == sorted(set(chosen))
    assert {1, kept, number} <= set(chosen) <= set(range(1, number + 1))
    assert min(number, 6) <= len(chosen) <= 10


@given(st.integers(1, 300), st.integers(2, 60))
def test_places_are_evenly_spread(number: int, most: int) -> None:
    chosen = evenly(number, most)
    assert len(chosen) == len(set(chosen)) == min(number, most)
    assert (chosen[0], chosen[-1]) == (0, number - 1)
    assert np.ptp(np.diff(chosen)) <= 1 if len(chosen) > 1 else True


def test_the_kept_epoch_has_a_frame(axes: Axes) -> None:
    images = np.zeros((2, 3, 4, 4), np.uint8)
    picture_figures.through_epochs(axes, images, ["a", "b"], [1, 4, 9], 4)
    (frame,) = axes.patches
    box = frame.get_extents().transformed(axes.transData.inverted())
    assert (box.x0, box.x1) == pytest.approx((4.5, 10.5))
    assert [label.get_text() for label in axes.get_xticklabels()] == ["1", "4", "9"]


def levels(axes: Axes) -> list[float]:
    """Where the thin lines stand."""
    return [float(np.asarray(line.get_ydata())[0]) for line in axes.lines if line.get_linewidth() < 1]


def history(**columns: list[float]) -> pd.DataFrame:
    losses = {"generator_loss": [0.9, 1.1, 1.0], "discriminator_loss": [1.2, 1.1, 1.3]}
    return pd.DataFrame({"epoch": [1, 2, 3], **losses, **columns})


@pytest.mark.parametrize("smoothing", [0.0, 0.1, 0.4])
def test_guessing_is_where_the_discriminator_loses_least(smoothing: float) -> None:
    """It cannot tell real images from drawings, so that it gives both one probability: which costs it least?"""
    guessing = Guessing(smoothing)
    chances = np.linspace(0.001, 0.999, 9_981)
    costs = -(1 - smoothing) * np.log(chances) - smoothing * np.log(1 - chances) - np.log(1 - chances)
    assert guessing.probability == pytest.approx(chances[costs.argmin()], abs=2e-4)
    assert guessing.discriminator == pytest.approx(costs.min(), abs=1e-6)
    assert guessing.generator == pytest.approx(-math.log(guessing.probability))


def test_guessing_without_smoothing_costs_what_the_literature_has() -> None:
    """Goodfellow et al. 2014, section 4.1: the discriminator loses ln 4 in equilibrium, and gives every image 1/2."""
    guessing = Guessing(0.0)
    assert guessing.discriminator == pytest.approx(math.log(4))
    assert (guessing.probability, guessing.sure) == (0.5, 1.0)


def test_confidence_stands_beside_that_of_guessing_and_of_being_sure(axes: Axes) -> None:
    shown = history(real_confidence=[0.5, 0.7, 0.8], fake_confidence=[0.4, 0.2, 0.1])
    training_figures.confidence(axes, shown, 2, Guessing(0.1))
    assert levels(axes) == pytest.approx([0.45, 0.9])
    assert [text.get_text() for text in axes.texts] == ["0.45 guessing", "0.90 sure"]


def test_losses_stand_beside_those_of_guessing(axes: Axes) -> None:
    training_figures.losses(axes, history(generator_loss=[0.9, 1.1, math.inf]), 2, Guessing(0.0))
    np.testing.assert_allclose(points(axes, LOOKS[0].marker), [[1, 0.9], [2, 1.1], [3, NAN]])
    np.testing.assert_allclose(points(axes, LOOKS[1].marker), [[1, 1.2], [2, 1.1], [3, 1.3]])
    assert levels(axes) == pytest.approx([2 * math.log(2), math.log(2)])
    assert [text.get_text() for text in axes.texts] == ["1.39 guessing", "0.69 guessing"]
    assert axes.get_ylim()[0] == 0
    assert axes.get_ylim()[1] > 2 * math.log(2)
    assert "kept: epoch 2" in axes.get_legend_handles_labels()[1]


@pytest.mark.parametrize(("values", "scale"), [([400.0, 90.0, 12.0], "log"), ([40.0, 20.0, 12.0], "linear")])
def test_a_distance_over_a_decade_has_a_logarithmic_axis(axes: Axes, values: list[float], scale: str) -> None:
    training_figures.measure(axes, history(frechet=values), "frechet", 3, NAN)
    assert axes.get_yscale() == scale
    assert "real images" not in axes.get_legend_handles_labels()[1]


def test_a_measure_stands_beside_that_of_real_images(axes: Axes) -> None:
    training_figures.measure(axes, history(diversity=[0.5, 0.7, 0.8]), "diversity", 3, 1.0)
    level = next(line for line in axes.lines if line.get_label() == "real images")
    assert np.asarray(level.get_ydata(), float) == pytest.approx([1, 1])
    assert axes.get_ylim()[0] < 0.5
    assert axes.get_ylim()[1] > 1


def test_a_score_is_a_dot_and_says_which_way_is_better(axes: Axes) -> None:
    found = [
        ("a", Estimate(12.0, 11.0, 13.0), LOOKS[0]), ("b", Estimate(90.0, NAN, NAN), LOOKS[1]),
        ("real", Estimate(0.5, 0.4, 0.6), score_figures.REAL_LOOK), ("none", Estimate(NAN, NAN, NAN), LOOKS[2]),
    ]  # fmt: skip
    score_figures.score_panel(axes, found, SCORE["frechet"])
    np.testing.assert_allclose(points(axes, "o"), [[12, 0]])
    np.testing.assert_allclose(points(axes, "s"), [[90, 1]])
    np.testing.assert_allclose(points(axes, "D"), [[0.5, 2]])
    assert axes.get_title(loc="left") == "Fréchet distance ↓"
    assert [text.get_text() for text in axes.texts] == ["12.0", "90.0", "0.500", "undefined"]
    assert axes.get_xscale() == "log"
    assert score_figures.better(SCORE["diversity"]) == "as real is best"


def test_a_class_that_has_collapsed_stands_out_with_the_reason(axes: Axes) -> None:
    rows = [{"a": Estimate(0.9, 0.8, 1.0), "real": Estimate(0.95, 0.9, 1.0)}, {"a": Estimate(0.2, 0.1, 0.3)}]
    looks = {"a": ("a", LOOKS[0]), "real": ("real images", score_figures.REAL_LOOK)}
    score_figures.class_panel(axes, rows, looks)
    score_figures.name_classes(axes, ["one", "two"], [1])
    score_figures.write_reasons(axes, {0: "leaves out most kinds", 1: "covers little of the class"}, [1])
    marks = points(axes, "o")
    np.testing.assert_allclose(marks[:, 0], [0.9, 0.2])
    np.testing.assert_allclose(marks[:, 1].round(), [0, 1])
    assert [label.get_text() for label in axes.get_yticklabels()] == ["one", "× two"]
    assert [label.get_color() for label in axes.get_yticklabels()] == [style.INK, style.ALARM]
    partial, reason = axes.texts
    assert [text.get_color() for text in axes.texts] == [style.INK, style.ALARM]
    assert partial.get_text() == "leaves out most kinds"
    assert (reason.get_text(), reason.xy[1]) == ("covers little of the class", 1)  # pyright: ignore[reportAttributeAccessIssue]


@pytest.mark.parametrize(("size", "numbers"), [(3, ["5", "2", "7"]), (21, [])])
def test_numbers_stand_where_they_are_not_0_and_can_be_read(axes: Axes, size: int, numbers: list[str]) -> None:
    counts = np.zeros((size, size), np.int64)
    counts[0, :2], counts[2, 2] = (5, 2), 7
    score_figures.confusion(axes, counts, [f"c{place}" for place in range(size)])
    assert [text.get_text() for text in axes.texts] == numbers
    shades = np.asarray(axes.collections[0].get_array(), float).reshape(size, size)
    np.testing.assert_allclose(shades[0, :2] ** 2, [5 / 7, 2 / 7])
    assert len(axes.get_yticklabels()) == size


def test_a_line_climbs_to_all_of_its_set(axes: Axes) -> None:
    values = {"gan": np.array([3.0, 1.0, 2.0]), "test": np.arange(1.0, 201)}
    distribution_figures.distances(axes, values, {"gan": ("a", LOOKS[0]), "test": ("test", LOOKS[1])})
    first, second, mark = axes.lines
    np.testing.assert_allclose(np.asarray(first.get_xydata()), [[1, 100 / 3], [2, 200 / 3], [3, 100]])
    assert np.asarray(second.get_ydata(), float)[-1] == 100
    assert np.asarray(mark.get_xdata(), float)[0] == pytest.approx(np.quantile(values["test"], 0.01))


def test_shares_of_a_set_add_up(axes: Axes) -> None:
    table = pd.DataFrame({
        "set": ["train", "train", "test"], "label": [0, 1, 0], "bin": [3, 3, 19], "images": [1, 2, 4]
    })  # fmt: skip
    looks = {"train": ("t", LOOKS[0]), "test": ("u", LOOKS[1]), "generated": ("g", LOOKS[2])}
    distribution_figures.confidence(axes, table, looks)
    train, test = points(axes, LOOKS[0].marker), points(axes, LOOKS[1].marker)
    assert len(points(axes, LOOKS[2].marker)) == 0
    assert (train[:, 1].sum(), test[:, 1].sum()) == pytest.approx((100, 100))
    assert train[train[:, 1] > 0].tolist() == [[0.175, 100]]
    assert test[-1].tolist() == [0.975, 100]
