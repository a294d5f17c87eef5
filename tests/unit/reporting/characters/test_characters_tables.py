"""The tables of the page of a run of character models."""

from __future__ import annotations

import math
from dataclasses import replace

from pydantic import TypeAdapter

from character_samples import FULL, LONE, SCORES, Made, make_config, make_facts, make_tables
from pipeline.reporting.characters import sample_tables, tables
from pipeline.reporting.characters.facts import CharactersReport
from pipeline.reporting.characters.folder import CharactersTables
from pipeline.reporting.characters.names import ngram_name, temperature_said
from pipeline.reporting.characters.recipes import Settings
from pipeline.reporting.characters.scene import Scene
from pipeline.reporting.characters.scores import CHARACTER_SCORE, GROUPS
from pipeline.reporting.grid import Table


def scene_of(made: Made) -> Scene:
    report = TypeAdapter(CharactersReport).validate_python(make_facts(made))
    return Scene(report, CharactersTables(**make_tables(made)))


def is_whole(table: Table) -> bool:
    """Whether every row has a cell for every column, and none is made of NaN."""
    rows = [row for body in table.bodies for row in body]
    texts = [text for row in rows for cell in row.cells for text in (cell.value, cell.interval)]
    return all(len(row.cells) == len(table.columns) for row in rows) and "nan" not in " ".join(texts)


def all_tables(scene: Scene) -> list[Table]:
    return [
        tables.bits_table(scene), tables.contest_table(scene), tables.race_table(scene), tables.network_table(scene),
        sample_tables.score_table(scene), sample_tables.recognition_table(scene),
    ]  # fmt: skip


def test_tables_are_whole_whatever_is_missing() -> None:
    for made in (FULL, LONE, Made(undefined=True, never=True)):
        assert all(map(is_whole, all_tables(scene_of(made))))


def test_models_stand_by_kind_and_the_best_on_validation_stand_out() -> None:
    table = tables.bits_table(scene_of(FULL))
    assert [len(body) for body in table.bodies] == [5, 6, 3]
    assert [row.head for body in table.bodies for row in body if row.cells[0].stands_out] == [
        "char_best", "5-gram", "bz2",
    ]  # fmt: skip
    best = table.bodies[0][4]
    assert best.note == "LSTM, 448 units, streamed"
    assert [cell.value for cell in best.cells] == [
        "2.390", "−0.270", "5.24", "2.420", "961,205", "8 min 00 s", "22 of 24",
    ]  # fmt: skip
    assert best.cells[-1].interval == "stopped early"
    assert best.cells[0].interval == "[2.340, 2.440]"
    assert not any(row.cells[0].interval for row in table.bodies[2])
    assert [row.cells[1].value for body in table.bodies[1:] for row in body] == ["–"] * 9


def test_comparisons_with_counting_come_first() -> None:
    table = tables.contest_table(scene_of(FULL))
    assert [len(body) for body in table.bodies] == [5, 10]
    assert {row.cells[0].value for row in table.bodies[0]} == {"5-gram"}
    assert all(cell.stands_out for row in table.bodies[0] for cell in row.cells[1:])
    level = tables.contest_table(scene_of(replace(LONE, worse=0.03)))
    assert [(cell.value, cell.stands_out) for cell in level.bodies[0][0].cells[1:]] == [
        ("+0.000", False),
        ("0.300", False),
    ]


def test_either_way_round_a_comparison_is_the_same() -> None:
    scene = scene_of(FULL)
    rnn, lstm = scene.networks[:2]
    there, back = scene.contest(rnn, lstm), scene.contest(lstm, rnn)
    assert there is not None
    assert back is not None
    assert (there.verdict, back.verdict) == ("worse", "better")
    assert there.difference.low == -back.difference.high
    assert there.turned == back
    assert scene.contest(rnn, rnn) is None


def test_races_tell_time_and_share() -> None:
    table = tables.race_table(scene_of(FULL))
    assert [[cell.value for cell in row.cells] for row in table.bodies[0]] == [
        ["3.410", "3", "7 min 30 s", "2", "8.5 s", "1/53 of the time"],
        ["3.140", "3", "9 min 30 s", "2", "10 s", "1/57 of the time"],
    ]
    never = tables.race_table(scene_of(Made(never=True)))
    assert [cell.value for cell in never.bodies[0][0].cells][3:] == ["not reached", "–", "–"]


def test_how_networks_were_trained_is_a_table() -> None:
    scene = scene_of(FULL)
    assert tables.recipe_table(scene) is None, "settings that are not known are not told"
    config = make_config(replace(FULL, recipes={"char_rnn": {"ema_decay": None}}))
    settings = TypeAdapter(Settings).validate_python(config)
    table = tables.recipe_table(replace(scene, settings=settings))
    assert table is not None
    assert is_whole(table)
    cells = {row.head: [cell.value for cell in row.cells] for row in table.bodies[0]}
    assert list(cells) == [one.name for one in FULL.networks]
    assert cells["char_rnn"] == ["streamed", "8 streams", "64", "20", "Adam", "0.004", "cosine", "–", "best"]
    assert cells["char_lstm_windowed"][:4] == ["windowed", "128 windows", "100", "3"]


def test_scores_stand_beside_the_holdout_and_the_nearest_stands_out() -> None:
    scene = scene_of(FULL)
    far = scene.tables.sample_scores["name"] != "char_lstm"
    moved = scene.tables.sample_scores.assign(
        value=scene.tables.sample_scores["value"].where(~far, scene.tables.sample_scores["value"] * 0.5)
    )
    table = sample_tables.score_table(Scene(scene.report, replace(scene.tables, sample_scores=moved)))
    assert table.columns[:3] == ["real messages", "char_best", "char_rnn"]
    words = table.bodies[0][0]
    assert (words.head, words.cells[0].value) == ("Real words", "87.3\N{NO-BREAK SPACE}%")
    assert [name for name, cell in zip(table.columns, words.cells, strict=True) if cell.stands_out] == ["char_lstm"]
    assert words.cells[0].interval == "85.6 to 89.0", "of real messages too"
    assert words.cells[3].interval == "61.8 to 68.8"
    assert sum(map(len, table.bodies)) == len(SCORES)


def test_other_temperatures_have_tables_of_their_own() -> None:
    scene = scene_of(FULL)
    assert sample_tables.other_temperatures(scene) == [0.5, 0.7, 1.2]
    assert not sample_tables.other_temperatures(scene_of(LONE))
    main, cold = sample_tables.score_table(scene), sample_tables.score_table(scene, 0.5)
    assert (main.caption[:18], cold.caption[:18]) == ("At temperature 1.0", "At temperature 0.5")
    assert main.bodies[0][0].cells[1] != cold.bodies[0][0].cells[1]


def test_classes_that_were_asked_for_stand_apart() -> None:
    table = sample_tables.recognition_table(scene_of(FULL))
    assert [(row.head, row.cells[0].value) for row in table.bodies[0]] == [("char_best", "spam"), ("char_best", "ham")]
    assert {row.cells[0].value for row in table.bodies[1]} == {"no class"}
    assert table.bodies[0][0].cells[1].value == "94.0\N{NO-BREAK SPACE}%"
    assert len(sample_tables.recognition_table(scene_of(LONE)).bodies) == 1


def test_all_scores_have_a_name_and_a_group() -> None:
    assert set(CHARACTER_SCORE) == set(SCORES)
    assert {score.group for score in CHARACTER_SCORE.values()} == set(GROUPS)


def test_names_for_people() -> None:
    assert ngram_name("ngram_5") == "5-gram"
    assert [temperature_said(value) for value in (1.0, 0.75, 0, 0.7)] == ["1.0", "0.75", "0.0", "0.7"]
    scene = scene_of(FULL)
    assert scene.champion.said == "char_best (LSTM, 448 units)"
    assert scene.authors[0] == scene.champion
    assert math.isnan(scene.learnt(replace(scene.champion, kept_epoch=99))[0])
