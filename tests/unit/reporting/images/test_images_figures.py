"""What the figures of a run on images draw, and that nothing on them overlaps."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib.backend_bases import RendererBase
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

from image_run_samples import BAD, FULL, TEN, Made, make_tables, write_run
from pipeline.reporting import style
from pipeline.reporting.images import (
    score_plates,
)
from pipeline.reporting.images.folder import ImagesFolder, read_images
from pipeline.reporting.images.plates import image_plates
from pipeline.reporting.images.settings import Drawing

ALL = [
    "grid", "epochs", "between", "neighbours", "distances", "losses", "confidence", "measures", "scores", "classes",
    "confusion",
]  # fmt: skip
PICTURES = ALL[:4]
NAN = math.nan
ODD = ("$x^2$ of $y$", "a class that has a far too long name", "你好 ☺", "", "\\$", "% & _ #\n\x07", "<b>e\u0301</b>")
LONG = "a_generator_$that$_has_a_far_too_long_name_for_any_figure"
Change = Callable[[dict[str, pd.DataFrame]], None]


def without_rows(tables: dict[str, pd.DataFrame]) -> None:
    for name, table in tables.items():
        tables[name] = table.iloc[: 1 if name == "history" else 0]


def undefined(tables: dict[str, pd.DataFrame]) -> None:
    for name in ("scores", "by_class"):
        tables[name][["value", "low", "high"]] = NAN
    measured = ["class_accuracy", "frechet", "diversity", "generator_loss"]
    tables["history"] = tables["history"].astype(dict.fromkeys(measured, float)).assign(**dict.fromkeys(measured, NAN))


def exploded(tables: dict[str, pd.DataFrame]) -> None:
    losses = tables["history"]["generator_loss"].to_numpy(float).copy()
    losses[-2:] = 4_000, np.inf
    tables["history"]["generator_loss"] = losses


def with_reasons(tables: dict[str, pd.DataFrame]) -> None:
    collapse = tables["collapse"]
    collapse["reason"] = "is taken for 你 $x$; drawings differ $0.21$ as much as test images; covers little of it"


MADE: dict[str, tuple[Made, Change | None]] = {
    "full": (FULL, None),
    "ten": (TEN, None),
    "bad": (BAD, exploded),
    "odd": (replace(TEN, classes=ODD, gan=LONG, baseline="b" * 80, epochs=4), with_reasons),
    "many": (replace(FULL, classes=tuple(f"a long class name {n}" for n in range(47)), epochs=2, columns=3), None),
    "two": (replace(FULL, classes=("a", "b"), epochs=1, columns=2), None),
    "undefined": (FULL, undefined),
    "bare": (replace(FULL, epochs=1), without_rows),
}


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, ImagesFolder]:
    found = {}
    for name, (made, change) in MADE.items():
        folder = write_run(tmp_path_factory.mktemp(name) / "run", made)
        if change is not None:
            tables = make_tables(made)
            change(tables)
            for table, rows in tables.items():
                rows.to_parquet(folder / "tables" / f"{table}.parquet", index=False)
        found[name] = read_images(folder)
    return found


@pytest.mark.parametrize("name", [name for name in MADE if name not in {"full", "undefined"}])
def test_no_text_overlaps_another_or_runs_off_the_sheet(
    name: str, runs: dict[str, ImagesFolder], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: dict[int, tuple[str, list[float]]] = {}

    def note(text: Text, renderer: RendererBase) -> None:
        if text.get_text().strip() and text.get_visible() and isinstance(renderer, RendererAgg):
            box = Text.get_window_extent(text, renderer)
            seen[id(text)] = (text.get_text(), [box.x0, box.y0, box.x1, box.y1])

    def save(figure: Figure, path: Path, **_: object) -> None:
        if path.suffix == ".png":
            figure.canvas.draw()

    monkeypatch.setattr(Text, "draw", note)  # what is drawn, and not all ticks that Matplotlib keeps
    monkeypatch.setattr(Figure, "savefig", save)
    for plate in image_plates(runs[name]):
        seen.clear()
        caption = style.Caption("", stand_in=False)
        with style.sheet(tmp_path / plate.name, caption, width=plate.width, height=plate.height) as figure:
            plate.draw(figure)
        texts, boxes = [text for text, _ in seen.values()], np.array([box for _, box in seen.values()])
        assert len(boxes) > 3
        assert (boxes[:, :2] >= -1).all(), plate.name
        assert (boxes[:, 2:] <= [figure.bbox.x1 + 1, figure.bbox.y1 + 1]).all(), plate.name
        shared = np.minimum(boxes[:, None, 2:], boxes[None, :, 2:]) - np.maximum(boxes[:, None, :2], boxes[None, :, :2])
        overlaps = np.argwhere(np.triu((shared > 1).all(axis=2), 1))
        assert not len(overlaps), (plate.name, [(texts[one], texts[other]) for one, other in overlaps])


@pytest.mark.parametrize(("name", "present"), [
    ("full", ALL), ("two", ALL), ("bare", [*PICTURES, "losses", "measures"]),
    ("undefined", [one for one in ALL if one not in {"measures", "scores", "classes"}]),
])  # fmt: skip
def test_what_has_no_data_is_left_out(name: str, present: list[str], runs: dict[str, ImagesFolder]) -> None:
    assert [plate.name for plate in image_plates(runs[name])] == present


def test_a_figure_of_some_classes_says_so(runs: dict[str, ImagesFolder]) -> None:
    said = {plate.name: plate.reading for plate in image_plates(runs["many"])}
    for name in ("grid", "between", "neighbours"):
        assert "Shown are 20 of 47 classes." in said[name]
    assert "Shown are 5 of 47 classes." in said["epochs"]
    ten = {plate.name: plate.reading for plate in image_plates(runs["ten"])}
    assert [name for name, reading in ten.items() if "Shown are" in reading] == ["epochs"]
    assert "Shown are 5 of 10 classes." in ten["epochs"]


def test_noise_that_is_not_that_of_training_is_told(runs: dict[str, ImagesFolder]) -> None:
    run = runs["full"]
    plain = {plate.name: plate.reading for plate in image_plates(run)}
    less = replace(run, settings=replace(run.settings, drawing=Drawing(0.9)))
    said = {plate.name: plate.reading for plate in image_plates(less)}
    assert "standard deviation of 0.9, where training has 1" in said["grid"]
    assert "standard deviation of 1 here, as in training; other drawings are made with 0.9" in said["epochs"]
    assert [name for name, reading in plain.items() if "standard deviation" in reading] == []


def test_a_figure_drawn_twice_is_the_same(runs: dict[str, ImagesFolder], tmp_path: Path) -> None:
    chosen = [plate for plate in image_plates(runs["full"]) if plate.name in {"grid", "classes"}]
    for plate in chosen:
        files = []
        for turn in ("one", "other"):
            path = tmp_path / turn
            caption = style.Caption("", stand_in=False)
            with style.sheet(path, caption, width=plate.width, height=plate.height) as figure:
                plate.draw(figure)
            files.append([path.with_suffix(suffix).read_bytes() for suffix in (".png", ".svg")])
        assert files[0] == files[1], plate.name


def test_pairs_begin_with_the_closest_of_all(runs: dict[str, ImagesFolder]) -> None:
    run = runs["full"]
    pictures = replace(run.pictures, nearest_distance=np.array([3.0, 5, 1, 7, 2, 4]))
    plate = next(one for one in image_plates(replace(run, pictures=pictures)) if one.name == "neighbours")
    with mpl.rc_context(style.STYLE):
        figure = Figure()
        plate.draw(figure)
    distances = [text.get_text() for panel in figure.axes for text in panel.texts]
    assert distances == ["1.00", "7.00", "2.00", "4.00", "3.00", "5.00"]


def test_of_many_classes_the_drawings_alone_are_shown(runs: dict[str, ImagesFolder]) -> None:
    for name, panels in (("full", 2), ("many", 1)):
        plate = next(one for one in score_plates.score_plates(runs[name]) if one.name == "confusion")
        figure = Figure()
        plate.draw(figure)
        assert len(figure.axes) == panels
