"""The questions that the page of a run of character models answers first, in both directions."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pydantic import TypeAdapter

from character_samples import BEST, FIVE, FULL, LONE, LSTM, LSTM_WINDOWED, RNN, Made, Network, make_facts, make_tables
from pipeline.reporting.answers import Finding
from pipeline.reporting.characters.facts import CharactersReport
from pipeline.reporting.characters.findings import findings
from pipeline.reporting.characters.folder import CharactersTables
from pipeline.reporting.characters.scene import Scene
from pipeline.reporting.characters.sentences import headline, lead

COUNTING, CELLS = "Does a network beat counting?", "Does the LSTM beat the RNN?"
STREAM, READ = "What does training on a stream save?", "Do the samples read like messages?"
COPIED, RECOGNISED = "Is anything copied from training?", "Does a classifier recognise the class asked for?"
STOPPED, STOPPED_ONE = "What stopped the models that lost to counting?", "What stopped the model that lost?"


def scene_of(made: Made) -> Scene:
    report = TypeAdapter(CharactersReport).validate_python(make_facts(made))
    return Scene(report, CharactersTables(**make_tables(made)))


def answers(scene: Scene) -> dict[str, Finding]:
    told = [replace(one, answer=one.answer.replace("\N{NO-BREAK SPACE}", " ")) for one in findings(scene)]
    return {one.question: one for one in told}


def tag(made: Made, question: str) -> tuple[str, str]:
    found = answers(scene_of(made))[question]
    return found.tag.replace("\N{NO-BREAK SPACE}", " "), found.style


def test_what_a_run_cannot_answer_is_left_out() -> None:
    assert list(answers(scene_of(FULL))) == [COUNTING, CELLS, STREAM, READ, COPIED, RECOGNISED, STOPPED]
    assert list(answers(scene_of(LONE))) == [COUNTING, READ, COPIED]
    lacking = replace(scene_of(LONE).tables, sample_scores=scene_of(LONE).tables.sample_scores[:0])
    assert list(answers(Scene(scene_of(LONE).report, lacking))) == [COUNTING]


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (LONE, ("0.030 bits less", "beats")),
        (Made(networks=(LSTM,), worse=0.03), ("no detectable difference", "level")),
        (Made(networks=(LSTM,), worse=0.5), ("0.470 bits more", "loses")),
        (Made(networks=(LSTM,), undefined=True), ("cannot be told", "unknown")),
        (Made(networks=(LSTM,), resamples=30), ("cannot be told", "unknown")),
    ],
)
def test_a_network_beats_counting_by_the_paired_test_alone(made: Made, expected: tuple[str, str]) -> None:
    assert tag(made, COUNTING) == expected


def test_a_network_that_loses_is_told_plainly() -> None:
    scene = scene_of(Made(networks=(LSTM,), worse=0.5))
    assert "The network is worse than counting." in lead(scene)
    assert answers(scene)[COUNTING].answer.startswith("No: counting is better.")
    assert "p ≤ 0.002: counting is better" in headline(scene.report, scene.tables)
    assert "worse" not in lead(scene_of(LONE))
    level = scene_of(Made(networks=(LSTM,), worse=0.03))
    assert "The network shows no detectable difference from counting." in lead(level)


def test_the_other_networks_and_the_compressors_are_named() -> None:
    answer = answers(scene_of(FULL))[COUNTING].answer
    assert "detectably better than counting: char_lstm; detectably worse: char_rnn, char_rnn_windowed and" in answer
    assert answer.endswith("bz2 2.550, lzma 2.720, zlib 3.450.")
    told = "that of bz2 is less than the network’s whole interval."
    assert answers(scene_of(LONE))[COUNTING].answer.endswith(told)


@pytest.mark.parametrize(
    ("gap", "expected"),
    [(-0.03, ("LSTM better", "beats")), (0.32, ("no detectable difference", "level")), (0.6, ("RNN better", "loses"))],
)
def test_the_lstm_is_held_against_the_rnn(gap: float, expected: tuple[str, str]) -> None:
    assert tag(Made(networks=(RNN, replace(LSTM, gap=gap))), CELLS) == expected


def test_the_lstm_stands_beside_the_rnn_of_its_size_and_of_its_training() -> None:
    answer = answers(scene_of(FULL))[CELLS].answer
    assert "Streamed, in bits per character: char_lstm (141,045 weights) 2.630 [2.580, 2.680] and char_rnn" in answer
    assert "The paired difference is −0.350 [−0.367, −0.333], p ≤ 0.030." in answer
    assert "Windowed, in bits per character: char_lstm_windowed" in answer
    assert "char_best" not in answer
    assert CELLS not in answers(scene_of(Made(networks=(RNN, LSTM_WINDOWED))))


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (FULL, ("1/53 of the time", "beats")),
        (Made(networks=(replace(LSTM, epoch_seconds=60.0), LSTM_WINDOWED)), ("1/4.8 of the time", "beats")),
        (Made(networks=(replace(LSTM, epoch_seconds=200.0), LSTM_WINDOWED)), ("0.70 of the time", "beats")),
        (Made(networks=(replace(LSTM, epoch_seconds=400.0), LSTM_WINDOWED)), ("no time", "loses")),
        (Made(never=True), ("did not reach it", "loses")),
    ],
)
def test_the_slowest_race_tells_what_streaming_saves(made: Made, expected: tuple[str, str]) -> None:
    assert tag(made, STREAM) == expected


def test_a_race_is_told_with_what_came_of_it() -> None:
    answer = answers(scene_of(FULL))[STREAM].answer
    assert "after 3 epochs (9 min 30 s), char_lstm after 2 epochs (10 s): in 1/57 of the time." in answer
    assert "streamed less windowed is −0.400 [−0.417, −0.383] (char_rnn) and −0.480" in answer
    assert "char_lstm never did." in answers(scene_of(Made(never=True)))[STREAM].answer


def test_real_words_are_judged_by_the_range_of_the_draws() -> None:
    assert tag(FULL, READ) == ("fewer real words", "loses")
    for factor, expected in ((0.75, ("as many real words", "beats")), (0.5, ("more real words", "level"))):
        tables = scene_of(FULL).tables
        turned = tables.sample_scores.assign(holdout=tables.sample_scores["holdout"] * factor)
        found = answers(Scene(scene_of(FULL).report, replace(tables, sample_scores=turned)))[READ]
        assert (found.tag, found.style) == expected
    assert tag(Made(undefined=True), READ) == ("cannot be told", "unknown")
    answer = answers(scene_of(FULL))[READ].answer
    assert "65.3 % [61.8, 68.8] are words of training messages; of those of real test messages 87.3 %." in answer
    assert "Nearest to that is temperature 0.5, with 73.0 % [69.5, 76.5]." in answer


@pytest.mark.parametrize(
    ("copies", "expected"),
    [
        (0.4, ("1.2 %, more than real", "loses")),
        (0.0, ("0.8 %", "level")),
        (-0.8, ("none", "beats")),
    ],
)
def test_copies_are_told_beside_those_of_real_messages(copies: float, expected: tuple[str, str]) -> None:
    assert tag(Made(copies=copies), COPIED) == expected


def test_others_that_copy_more_than_real_messages_are_named() -> None:
    assert "it is for char_rnn, char_lstm, char_rnn_windowed, char_lstm_windowed and 5-gram too." in (
        answers(scene_of(FULL))[COPIED].answer
    )
    scene = scene_of(LONE)
    is_own = scene.tables.sample_scores["name"] == "char_lstm"
    honest = scene.tables.sample_scores.assign(low=scene.tables.sample_scores["low"].where(~is_own, 0.0))
    answer = answers(Scene(scene.report, replace(scene.tables, sample_scores=honest)))[COPIED].answer
    assert answer.endswith("More than among real messages it is for 5-gram.")


@pytest.mark.parametrize(
    ("share", "expected"),
    [
        (0.93, ("as real ones are", "beats")),
        (0.8, ("mostly, not as real ones", "level")),
        (0.5, ("not recognised", "loses")),
        (0.2, ("not recognised", "loses")),
    ],
)
def test_the_class_is_recognised_where_the_intervals_are_apart(share: float, expected: tuple[str, str]) -> None:
    assert tag(Made(recognised=share), RECOGNISED) == expected


def test_undefined_intervals_give_no_verdict() -> None:
    tags = {question: found.style for question, found in answers(scene_of(Made(undefined=True))).items()}
    assert tags[RECOGNISED] == tags[CELLS] == tags[COUNTING] == "unknown"
    assert STOPPED not in tags


@pytest.mark.parametrize(
    ("network", "expected", "told"),
    [
        (replace(RNN, epochs=3), "not finished", "the last of 3 epochs was its best and brought 0.215 bits more"),
        (RNN, "no more to learn", "the last of 20 epochs was its best, but brought no more than 0.003 bits"),
        (replace(RNN, kept=5), "no more to learn", "epoch 15 of 20 was its best"),
        (replace(RNN, overfit=1.2), "overfitting", "char_rnn knows its training text better than others"),
    ],
)
def test_learning_curves_tell_what_stopped_a_model(network: Network, expected: str, told: str) -> None:
    found = answers(scene_of(Made(networks=(network,))))[STOPPED_ONE]
    assert (found.tag, found.style) == (expected, "unknown")
    assert told in found.answer


def test_several_models_are_stopped_by_several_things() -> None:
    assert tag(FULL, STOPPED) == ("several things", "unknown")
    assert tag(Made(networks=FIVE[2:4]), STOPPED) == ("not finished", "unknown")
    assert STOPPED_ONE not in answers(scene_of(Made(networks=(BEST,))))
