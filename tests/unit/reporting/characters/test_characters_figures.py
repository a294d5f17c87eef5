"""What the figures of character models draw, and that nothing on them overlaps."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.axes import Axes
from matplotlib.backend_bases import RendererBase
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import findfont, get_font
from matplotlib.text import Text
from numpy.typing import NDArray

from character_samples import BEST, FIVE, FULL, LONE, LSTM, LSTM_WINDOWED, Made, make_tables, write_run
from pipeline.reporting import style
from pipeline.reporting.characters import figures, learning_figures, lines, sample_figures, shown, surprise_figures
from pipeline.reporting.characters.contests import Race
from pipeline.reporting.characters.figures import Asked, Group
from pipeline.reporting.characters.folder import CharactersFolder, read_characters
from pipeline.reporting.characters.lines import FAMILIES, Line, Reference
from pipeline.reporting.characters.names import Model
from pipeline.reporting.characters.plates import character_plates
from pipeline.reporting.characters.surprise_figures import ROWS, WIDTH, Message, Strip
from pipeline.reporting.facts import Estimate
from pipeline.reporting.glyphs import CONTROL, END, FONTS, MISSING, glyph
from pipeline.reporting.style import LOOKS

ALL = ["bits", "learning_epochs", "learning_seconds", "temperatures", "recognition", "surprise"]
NAN = math.nan
EIGHT = (
    *FIVE, replace(BEST, name="a_name_that_is_far_too_long_for_a_figure", units=64, gap=0.1, cell="gru"),
    replace(BEST, name="best_without_dropout", gap=-0.2),
    replace(LSTM_WINDOWED, name="best_windowed", units=448, gap=0.44, epochs=40),
)  # fmt: skip
TEXTS = (
    (0, "مرحبا كيف حالك $x^2$ 100% e\u0301 " + "اهلا وسهلا " * 20), (0, "x"), (0, "third of its class"),
    (1, "你好，恭喜您\t\x07\u200f\ue000ק שלום ☺ 👍🏽 "),
)  # fmt: skip
Change = Callable[[dict[str, pd.DataFrame]], None]


def in_scripts(tables: dict[str, pd.DataFrame]) -> None:
    tables["surprise"] = pd.DataFrame([
        (name, row, label, position, character, 0.1 * position % 9)
        for name in ("char_best", "ngram_5") for row, (label, text) in enumerate(TEXTS)
        for position, character in enumerate([*text, ""])
    ], columns=tables["surprise"].columns)  # fmt: skip


def measured(table: pd.DataFrame) -> list[str]:
    return [str(name) for name in table if table[name].dtype.kind == "f" and name != "temperature"]


def with_holes(tables: dict[str, pd.DataFrame]) -> None:
    random = np.random.default_rng(1)
    for name in ("bits", "race", "sample_scores", "recognition", "surprise", "history"):
        table = tables[name]
        for column in measured(table):
            table.loc[random.random(len(table)) < 0.3, column] = NAN


def all_undefined(tables: dict[str, pd.DataFrame]) -> None:
    for name in ("bits", "race", "recognition", "surprise", "history"):
        table = tables[name]
        table[measured(table)] = NAN
    tables["sample_scores"]["value"] = NAN


def bare(tables: dict[str, pd.DataFrame]) -> None:
    for name in ("history", "race", "sample_scores", "recognition", "surprise"):
        tables[name] = tables[name].iloc[:0]


MADE: dict[str, tuple[Made, Change | None]] = {
    "full": (FULL, None),
    "lone": (LONE, None),
    "eight": (replace(FULL, networks=EIGHT), in_scripts),
    "never": (replace(FULL, never=True, undefined=True, stand_in=True, networks=(LSTM, LSTM_WINDOWED)), None),
    "holes": (FULL, with_holes),
    "undefined": (LONE, all_undefined),
    "bare": (LONE, bare),
    "hot": (replace(LONE, temperatures=(0.2, 0.5, 0.7, 1, 1.2, 1.5, 2, 3)), None),
}


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, CharactersFolder]:
    found = {}
    for name, (made, change) in MADE.items():
        folder = write_run(tmp_path_factory.mktemp(name) / "run", made)
        if change is not None:
            tables = make_tables(made)
            change(tables)
            for table, rows in tables.items():
                rows.to_parquet(folder / "tables" / f"{table}.parquet", index=False)
        found[name] = read_characters(folder)
    return found


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


@pytest.mark.parametrize("name", MADE)
def test_no_text_overlaps_another_or_runs_off_the_sheet(
    name: str, runs: dict[str, CharactersFolder], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Signs of messages stand in cells of their own, a wide one may reach into the next."""
    seen: dict[int, tuple[str, list[float]]] = {}

    def note(text: Text, renderer: RendererBase) -> None:
        if len(text.get_text().strip()) > 1 and text.get_visible() and isinstance(renderer, RendererAgg):
            box = Text.get_window_extent(text, renderer)  # without the leader of a label
            seen[id(text)] = (text.get_text(), [box.x0, box.y0, box.x1, box.y1])

    monkeypatch.setattr(Text, "draw", note)  # what is drawn, and not all ticks that Matplotlib keeps
    for plate in character_plates(runs[name]):
        seen.clear()
        with style.sheet(
            tmp_path / plate.name, style.Caption("", stand_in=False), width=plate.width, height=plate.height
        ) as figure:
            plate.draw(figure)
        texts = [text for text, _ in seen.values()]
        boxes = np.array([box for _, box in seen.values()])
        assert len(boxes) > 3
        assert (boxes[:, :2] >= -1).all(), plate.name
        assert (boxes[:, 2:] <= [figure.bbox.x1 + 1, figure.bbox.y1 + 1]).all(), plate.name
        shared = np.minimum(boxes[:, None, 2:], boxes[None, :, 2:]) - np.maximum(boxes[:, None, :2], boxes[None, :, :2])
        overlaps = np.argwhere(np.triu((shared > 1).all(axis=2), 1))
        assert not len(overlaps), (plate.name, [(texts[one], texts[other]) for one, other in overlaps])


@pytest.mark.parametrize(("name", "missing"), [
    ("full", set()), ("lone", set()), ("holes", set()), ("undefined", {"temperatures"}), ("bare", set(ALL[1:])),
])  # fmt: skip
def test_what_has_no_data_is_left_out(name: str, missing: set[str], runs: dict[str, CharactersFolder]) -> None:
    assert [plate.name for plate in character_plates(runs[name])] == [one for one in ALL if one not in missing]


def test_readings_name_the_classes_of_the_run(runs: dict[str, CharactersFolder]) -> None:
    classes = replace(runs["full"].report.classes, negative="mail", positive="junk")
    run = replace(runs["full"], report=replace(runs["full"].report, classes=classes))
    for plate in character_plates(run):
        assert not {"ham", "spam"} & set(f"{plate.title} {plate.reading}".replace(",", " ").split()), plate.name
    assert [group.name for group in shown.asked(run)] == ["Asked for junk", "Asked for mail", "No class asked for"]


def test_twins_have_one_colour_and_marker_and_two_lines(runs: dict[str, CharactersFolder]) -> None:
    for name in ("full", "eight"):
        found = {line.model: line for line in lines.networks(runs[name])}
        for streamed, windowed in (("char_rnn", "char_rnn_windowed"), ("char_lstm", "char_lstm_windowed")):
            one, other = found[streamed], found[windowed]
            assert (one.look.color, one.look.marker) == (other.look.color, other.look.marker)
            assert one.look.line != other.look.line
            assert (one.is_hollow, other.is_hollow) == (False, True)
        assert len({(line.look.marker, line.is_hollow) for line in found.values()}) == len(found)


def test_of_two_windowed_twins_the_second_has_a_colour_of_its_own(runs: dict[str, CharactersFolder]) -> None:
    run = runs["full"]
    race = run.tables.race.assign(streamed="char_rnn")
    writers = run.tables.writers
    found = lines.networks(replace(run, tables=replace(run.tables, race=race, writers=writers)))
    assert len({(line.look.color, line.is_hollow) for line in found}) == len(found)


@given(st.lists(st.text(alphabet="ab_", min_size=1, max_size=60), unique=True, max_size=8))
def test_short_names_are_short_and_differ(wanted: list[str]) -> None:
    found = lines.short_names({name: name for name in wanted})
    assert all(len(name) <= lines.MOST for name in found.values())
    assert all(found[name] == name for name in wanted if len(name) <= lines.MOST and "(" not in found[name])
    assert len(set(found.values())) == len(wanted)


def test_every_model_stands_once_among_its_kind(runs: dict[str, CharactersFolder]) -> None:
    found = shown.groups(runs["full"])
    assert [group.name for group in found] == ["Networks", "N-gram models", "Compressors"]
    assert [name for name, _ in found[0].members] == [
        "char_best", "char_lstm", "char_rnn", "char_lstm_windowed", "char_rnn_windowed",
    ]  # fmt: skip
    assert [name for name, _ in found[1].members] == [f"{order}-gram" for order in range(1, 7)]
    assert [name for name, _ in found[2].members] == ["bz2", "lzma", "zlib"]


def test_a_row_has_the_bits_and_the_interval_of_its_model(axes: Axes) -> None:
    group = Group("Networks", LOOKS[0], [
        ("a", Estimate(2.4, 2.3, 2.6)), ("b", Estimate(2.5, NAN, NAN)), ("c", Estimate(NAN, NAN, NAN)),
    ])  # fmt: skip
    figures.bits(axes, [group], Reference("best n-gram (5-gram)", 2.7, {"color": "black"}))
    np.testing.assert_allclose(points(axes, "o")[:2], [[2.4, 1], [2.5, 2]])
    (whisker,) = (bars for container in axes.containers[:2] for bars in container[2])
    np.testing.assert_allclose(np.asarray(whisker.get_segments())[0], [[2.3, 1], [2.6, 1]])
    assert [text.get_text().strip() for text in axes.texts] == ["2.400 [2.300, 2.600]", "2.500", "undefined"]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["Networks", "a", "b", "c"]
    assert np.asarray(axes.lines[0].get_xdata(), float)[0] == pytest.approx(2.7)


def test_references_are_the_picked_ngram_and_the_cheapest_compressor(runs: dict[str, CharactersFolder]) -> None:
    found = lines.references(runs["full"], "validation")
    assert [one.name for one in found] == ["best n-gram (5-gram)", "best compressor (bz2)"]
    assert [one.value for one in found] == pytest.approx([2.69, 2.58])
    assert lines.references(runs["undefined"], "test") == []


def history(**columns: list[float]) -> pd.DataFrame:
    size = len(columns["val_bits"])
    return pd.DataFrame({
        "name": "a", "epoch": range(1, size + 1), "train_bits": columns["val_bits"], "seconds": 2.0, **columns,
    })  # fmt: skip


def test_an_epoch_has_both_curves_and_the_kept_one_a_ring(axes: Axes) -> None:
    table = history(val_bits=[4.0, 3.0, 3.2], train_bits=[4.5, 2.9, 2.5])
    learning_figures.epochs_panel(axes, table, 2, [Reference("best n-gram", 2.7, {"color": "black"})])
    np.testing.assert_allclose(points(axes, LOOKS[1].marker), [[1, 4.5], [2, 2.9], [3, 2.5]])
    np.testing.assert_allclose(points(axes, "o"), [[1, 4], [2, 3], [3, 3.2], [2, 3]])
    assert axes.get_legend_handles_labels()[1] == [*learning_figures.CURVES, "best n-gram"]
    assert 0 < axes.get_xlim()[0] < 1


def test_nats_are_bits_times_the_logarithm_of_2(axes: Axes) -> None:
    axes.set_ylim(2, 4)
    learning_figures.nats_axis(axes)
    figure = axes.get_figure(root=True)
    assert figure is not None
    figure.draw_without_rendering()
    (right,) = axes.child_axes
    assert right.get_ylim() == pytest.approx((2 * math.log(2), 4 * math.log(2)))


def test_an_axis_of_bits_shows_where_all_come_to(runs: dict[str, CharactersFolder]) -> None:
    for name in ("full", "eight", "lone", "holes"):
        run = runs[name]
        references = lines.references(run, "validation")
        low, high = learning_figures.limits(run.tables.history, references)
        ends = run.tables.history.groupby("name")["val_bits"].min()
        assert low < min(ends.min(), *(one.value for one in references))
        assert high > max(ends.max(), *(one.value for one in references))
    assert learning_figures.limits(history(val_bits=[NAN, NAN]), []) == (0, 1)
    low, high = learning_figures.limits(history(val_bits=[60.0, 2.5, 2.4, 2.3, 2.2]), [])
    assert high - low < 2, "one bad epoch does not squash the others"


def race(streamed: float, windowed: float, val_bits: float = 2.5) -> Race:
    return Race(Model("s", "network", "s", ""), Model("w", "network", "w", ""), val_bits, 2, windowed, 2, streamed)


def test_seconds_add_up_and_a_race_is_told_at_the_edge(axes: Axes) -> None:
    table = pd.concat([
        history(val_bits=[4.0, 3.0, 2.5]).assign(name="s"),
        history(val_bits=[3.5, 3.0], seconds=[40.0, 44.0]).assign(name="w"),
    ])  # fmt: skip
    looks = (Line("s", "S", FAMILIES[0], is_hollow=False), Line("w", "W", FAMILIES[0], is_hollow=True))
    axes.set_ylim(2, 4)
    learning_figures.seconds_panel(axes, table, looks, [race(4.0, 84.0, 3.0)])
    np.testing.assert_allclose(points(axes, "o"), [[2, 4], [4, 3], [6, 2.5], [40, 3.5], [84, 3]])
    np.testing.assert_allclose(points(axes, "|"), [[4, 3], [84, 3]])
    assert [text.get_text() for text in axes.texts] == ["S\n21× sooner\n4.0 s against 1 min 24 s"]
    assert axes.get_xscale() == "log"
    (low, high) = axes.get_xlim()
    assert low < 2
    assert high > 84


@pytest.mark.parametrize(("streamed", "windowed", "said"), [
    (10.0, 32.0, "3.2× sooner"), (32.0, 16.0, "2.0× later"), (NAN, 9.0, "never got there"), (0.0, 0.0, "1.0× sooner"),
])  # fmt: skip
def test_a_race_says_who_was_how_much_sooner(streamed: float, windowed: float, said: str) -> None:
    assert learning_figures.outcome(race(streamed, windowed)).split("\n")[0] == said


def test_what_took_no_time_has_a_place_on_the_axis(axes: Axes) -> None:
    learning_figures.seconds_panel(
        axes, history(val_bits=[3.0], seconds=[0.0]), [Line("a", "A", FAMILIES[0], is_hollow=False)], []
    )
    assert axes.get_xlim()[0] < points(axes, "o")[0, 0] < axes.get_xlim()[1]


@given(st.lists(st.floats(-0.5, 1.5), max_size=9), st.floats(0.01, 0.4))
def test_places_that_are_spread_keep_their_order_and_distance(places: list[float], gap: float) -> None:
    found = np.array(learning_figures.spread(places, gap))
    assert found.shape == (len(places),)
    if not places:
        return
    least = min(gap, 1 / max(len(places) - 1, 1))
    ordered = found[np.argsort(places, kind="stable")]
    assert (np.diff(ordered) >= least - 1e-9).all()
    assert ordered[0] >= -1e-9
    assert ordered[-1] <= 1 + 1e-9
    inside = sorted(places)
    if inside[0] >= 0 and inside[-1] <= 1 and (np.diff(inside) >= gap).all():
        np.testing.assert_allclose(ordered, inside, atol=1e-9)


def test_scores_stand_at_their_temperature_beside_real_messages(axes: Axes) -> None:
    table = pd.DataFrame({
        "name": ["a", "a", "b", "b"], "temperature": [1.0, 0.5, 0.5, 1.0], "value": [60.0, 80.0, 70.0, NAN],
        "low": 50.0, "high": 90.0, "holdout": 88.5, "holdout_low": 87.0, "holdout_high": 90.0,
    })  # fmt: skip
    looks = [Line("a", "A", FAMILIES[0], is_hollow=False), Line("b", "B", FAMILIES[1], is_hollow=False)]
    sample_figures.score_panel(axes, table, looks, sample_figures.SCORES[0], "real test messages")
    found = points(axes, "o")
    np.testing.assert_allclose(found, [[0.5, 80], [1, 60]], atol=0.02)
    assert (points(axes, "s")[:, 0] > found[:, 0]).all(), "whiskers stand beside each other"
    level = next(line for line in axes.lines if line.get_label() == "real test messages")
    assert np.asarray(level.get_ydata(), float) == pytest.approx(88.5)
    (band,) = axes.patches
    ends = band.get_window_extent().transformed(axes.transData.inverted())
    assert (ends.y0, ends.y1) == pytest.approx((87, 90))
    assert [label.get_text() for label in axes.get_xticklabels()] == ["0.5", "1.0"]


def test_recognition_is_in_percent_with_real_messages_behind(axes: Axes) -> None:
    asked = [
        Asked(
            "Asked for spam", "real test messages", Estimate(0.9, 0.85, 0.95), [("a", {0.5: Estimate(0.7, 0.6, 0.8)})]
        )
    ]
    looks = {0.5: ("0.5", FAMILIES[0]), 1.0: ("1.0", FAMILIES[1])}
    figures.recognition(axes, asked, looks)
    (mark,) = points(axes, "o")
    (real,) = points(axes, "D")
    assert (mark[0], real[0]) == pytest.approx((70, 90))
    assert mark[1] > real[1], "real messages stand above the samples"
    band = np.asarray(axes.collections[0].get_paths()[0].vertices)
    assert (band[:, 0].min(), band[:, 0].max()) == pytest.approx((85, 95))
    assert [label.get_text() for label in axes.get_yticklabels()] == ["Asked for spam", "real test messages", "a"]
    assert axes.get_legend_handles_labels()[1] == ["temperature 0.5", "temperature 1.0"]
    assert axes.get_ylim() == (figures.recognition_height(asked, looks), 0)


def test_every_character_has_a_sign_that_its_font_can_draw() -> None:
    known = {font: set(get_font(findfont(font)).get_charmap()) for font in FONTS}
    for code in [
        *range(0x3100),
        *range(0x4E00, 0x4E20),
        *range(0xD7F0, 0xE010),
        *range(0x1F5F0, 0x1F650),
        sys.maxunicode,
    ]:
        found = glyph(chr(code))
        assert {ord(character) for character in found.text} <= known[found.font], hex(code)
    for character, sign in (
        ("a", "a"), ("م", "م"), ("ק", "ק"), ("", END), ("\n", "↵"), ("\x07", CONTROL), ("\u200f", CONTROL),
        ("你", MISSING), ("\u00a0", " "), ("\u0301", "◌\u0301"), ("\ud800", CONTROL),
    ):  # fmt: skip
        assert glyph(character).text == sign


def message(size: int) -> Message:
    characters = [*("$x^2$ " * size)[:size], ""]
    return Message("ham", characters, [Strip("a", np.full(size + 1, 2.0)), Strip("b", np.arange(size + 1.0))])


@pytest.mark.parametrize("size", [0, 5, WIDTH - 1, WIDTH, ROWS * WIDTH - 1, ROWS * WIDTH, 1_000])
def test_cells_are_shaded_by_bits_in_rows_that_end(axes: Axes, size: int) -> None:
    one = message(size)
    surprise_figures.strips(axes, [one], most=10)
    shades = [np.asarray(mesh.get_array(), float).ravel() for mesh in axes.collections]
    is_cut = size + 1 > ROWS * WIDTH
    expected = ROWS * WIDTH - 1 if is_cut else size + 1
    np.testing.assert_allclose(np.concatenate(shades[::2]), np.full(expected, 2.0))
    np.testing.assert_allclose(np.concatenate(shades[1::2]), np.arange(float(expected)))
    texts = [text.get_text() for text in axes.texts]
    assert texts.count("…") == 2 * is_cut
    assert texts.count(END) == 2 * (not is_cut)
    assert texts[1 : 1 + min(expected, WIDTH)] == [character or END for character in one.characters[:WIDTH]][:expected]
    assert (f"first {expected} of {size + 1} characters" in texts[0]) == is_cut
    assert axes.get_ylim()[0] == pytest.approx(one.height)


def test_each_class_has_a_message_and_the_network_stands_above(runs: dict[str, CharactersFolder]) -> None:
    found = shown.messages(runs["eight"])
    assert [one.name for one in found] == ["ham", "ham", "spam"]
    assert ["".join(one.characters) for one in found] == [TEXTS[0][1], "x", TEXTS[3][1]]
    assert {tuple(strip.model for strip in one.strips) for one in found} == {("char_best", "5-gram")}


def test_a_character_that_a_model_lacks_has_no_bits(runs: dict[str, CharactersFolder]) -> None:
    run = runs["lone"]
    table = run.tables.surprise
    table = table[(table["name"] != "ngram_5") | (table["position"] != 1)]
    (first, *_) = shown.messages(replace(run, tables=replace(run.tables, surprise=table)))
    assert np.isfinite(first.strips[0].bits).all()
    assert np.flatnonzero(np.isnan(first.strips[1].bits)).tolist() == [1]


def test_the_darkest_shade_is_near_what_cells_hold() -> None:
    assert surprise_figures.scale_end([Message("ham", ["a"] * 3, [Strip("a", np.array([1.0, 6.2, NAN]))])]) == 7
    assert surprise_figures.scale_end([Message("ham", ["a"], [Strip("a", np.array([NAN]))])]) == 12
    assert surprise_figures.scale_end([Message("ham", ["a"], [Strip("a", np.array([40.0]))])]) == 12
