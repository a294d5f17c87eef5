"""The questions that the page of a run of character models answers first, in both directions."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pydantic import TypeAdapter

from character_samples import (
    BEST,
    FIVE,
    FULL,
    LONE,
    LSTM,
    LSTM_WINDOWED,
    RNN,
    Made,
    Network,
    make_config,
    make_facts,
    make_tables,
)
from pipeline.reporting.answers import Finding
from pipeline.reporting.characters.facts import CharactersReport
from pipeline.reporting.characters.findings import findings
from pipeline.reporting.characters.folder import CharactersTables
from pipeline.reporting.characters.recipes import Settings
from pipeline.reporting.characters.scene import Held, Scene
from pipeline.reporting.characters.sentences import headline, lead
from pipeline.reporting.facts import Estimate

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
    packed = "The best compressor on validation, bz2, which is given the training messages first, needs 2.550 "
    assert answer.endswith(f"{packed}(lzma 2.720, zlib 3.450). None needs less than char_best.")


def test_a_compressor_that_needs_less_than_the_network_is_told_plainly() -> None:
    assert "Of these bz2 needs less than the network." in lead(scene_of(LONE))
    assert "bz2 needs less than char_lstm, bz2 less than its whole interval; no test" in (
        answers(scene_of(LONE))[COUNTING].answer
    )
    wide = scene_of(replace(LONE, width=0.2))
    assert "bz2 needs less than char_lstm; no test tells whether that is by chance" in answers(wide)[COUNTING].answer
    assert "Of these bz2 and lzma need less than the network." in lead(scene_of(replace(LONE, worse=0.1)))
    assert "The best compressor on validation, bz2, which is" in lead(scene_of(FULL))
    assert "less than the network" not in lead(scene_of(FULL))


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


def tag_of_words(scene: Scene, factor: float) -> tuple[str, str]:
    """The finding on real words, had the holdout so many times as many."""
    scores, ends = scene.tables.sample_scores, ["holdout", "holdout_low", "holdout_high"]
    turned = scores.assign(**{name: scores[name] * factor for name in ends})
    found = answers(replace(scene, tables=replace(scene.tables, sample_scores=turned)))[READ]
    return found.tag, found.style


def test_ranges_that_touch_are_not_apart() -> None:
    held = Held(Estimate(80, 78, 82), Estimate(84, 82, 86), 3)
    assert not held.is_less
    assert replace(held, holdout=Estimate(84, 82.1, 86)).is_less
    assert replace(held, holdout=Estimate(76, 74, 77.9)).is_more
    assert not replace(held, holdout=Estimate(76, 74, 77.9), num_draws=2).is_more


def test_real_words_are_judged_by_the_range_of_the_draws() -> None:
    assert tag(FULL, READ) == ("fewer real words", "loses")
    for factor, expected in ((0.75, ("cannot be told", "unknown")), (0.5, ("more real words", "level"))):
        assert tag_of_words(scene_of(FULL), factor) == expected
    for draws in (1, 2):
        assert tag(replace(FULL, draws=draws), READ) == ("cannot be told", "unknown")
        assert "It takes 3 sets or more to tell anything." in answers(scene_of(replace(FULL, draws=draws)))[READ].answer
    assert tag(replace(FULL, draws=3), READ) == ("fewer real words", "loses")
    assert tag(Made(undefined=True), READ) == ("cannot be told", "unknown")
    answer = answers(scene_of(FULL))[READ].answer
    words = "65.3 % [61.8, 68.8] are words of training messages; of those of real test messages 87.3 % [85.6, 89.0]."
    assert words in answer
    assert "the highest of 5 sets of 200 messages; ranges are compared, which is no test." in answer
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


def test_a_few_copies_of_short_messages_are_no_fault() -> None:
    scene = scene_of(replace(LONE, runs=0.0))
    found = answers(scene)[COPIED]
    assert (found.tag.replace("\N{NO-BREAK SPACE}", " "), found.style) == ("1.2 %", "level")
    lengths = "half of them are of 4 characters or fewer, the longest of 11."
    assert f"These are 12 of 1,000 samples; {lengths}" in found.answer
    assert "A few copies of very short messages, such as “Ok.”, are no fault." in found.answer
    single = scene.tables.copies.assign(copies=1)
    told = answers(replace(scene, tables=replace(scene.tables, copies=single)))[COPIED].answer
    assert "This is 1 of 1,000 samples, 11 characters long." in told
    leaking = replace(scene.report, duplicates=replace(scene.report.duplicates, leakage_percent=2.0))
    assert "by construction" not in answers(replace(scene, report=leaking))[COPIED].answer
    assert "no fault" not in answers(scene_of(LONE))[COPIED].answer, "where runs of characters are copied too"


def test_where_nothing_is_held_out_the_page_says_so() -> None:
    scene = scene_of(replace(FULL, protocol="published"))
    found = answers(scene)
    assert COPIED not in found
    assert (found[READ].tag, found[READ].style) == ("nothing held out", "unknown")
    assert "On the messages it was trained on, char_best pays" in found[COUNTING].answer
    assert "To write down the 5,574 messages it was trained on, 454,000 characters" in lead(scene)
    said = " ".join([lead(scene), headline(scene.report, scene.tables), *(one.answer for one in found.values())])
    assert "test message" not in said
    assert "test part" not in said
    own = replace(scene.report, train_characters=1)  # a test part that doubles as the validation part alone
    assert "On test messages" in answers(replace(scene, report=own))[COUNTING].answer


def test_others_that_copy_more_than_real_messages_are_named() -> None:
    assert "it is for char_rnn, char_lstm, char_rnn_windowed, char_lstm_windowed and 5-gram too." in (
        answers(scene_of(FULL))[COPIED].answer
    )
    scene = scene_of(LONE)
    is_own = scene.tables.sample_scores["name"] == "char_lstm"
    honest = scene.tables.sample_scores.assign(low=scene.tables.sample_scores["low"].where(~is_own, 0.0))
    answer = answers(Scene(scene.report, replace(scene.tables, sample_scores=honest)))[COPIED].answer
    assert "More than among real messages it is for 5-gram. No real test message" in answer


@pytest.mark.parametrize(
    ("share", "expected"),
    [
        (0.93, ("as real ones are", "beats")),
        (0.8, ("in part, spam and ham not as real", "level")),
        (0.5, ("not recognised", "loses")),
        (0.2, ("not recognised", "loses")),
    ],
)
def test_the_class_is_recognised_where_the_intervals_are_apart(share: float, expected: tuple[str, str]) -> None:
    assert tag(Made(recognised=share), RECOGNISED) == expected


def test_recognition_says_which_class_was_asked_for() -> None:
    answer = answers(scene_of(FULL))[RECOGNISED].answer
    spam = "Of the samples of char_best that spam was asked for, 93.0 % [90.0, 96.0] are called spam; of real test "
    assert f"{spam}messages that are spam, 94.0 % [91.0, 97.0]." in answer
    assert "Of the samples of char_best that ham was asked for, 7.0 % [4.0, 10.0] are called spam;" in answer


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
        (replace(RNN, overfit=1.2, kept=5), "overfitting", "char_rnn knows its training text better than others"),
        (replace(RNN, overfit=1.2, epochs=1), "one epoch alone", "whose curve tells nothing: it pays"),
    ],
)
def test_learning_curves_tell_what_stopped_a_model(network: Network, expected: str, told: str) -> None:
    found = answers(scene_of(Made(networks=(network,))))[STOPPED_ONE]
    assert (found.tag, found.style) == (expected, "unknown")
    assert told in found.answer


def test_a_gap_that_was_there_from_the_start_is_no_overfitting() -> None:
    scene = scene_of(Made(networks=(RNN,)))
    level = scene.tables.history.assign(train_bits=scene.tables.history["val_bits"] - 0.5)
    found = answers(replace(scene, tables=replace(scene.tables, history=level)))[STOPPED_ONE]
    assert found.tag == "no more to learn"


def test_twins_with_other_recipes_are_told() -> None:
    scene = scene_of(FULL)
    settings = TypeAdapter(Settings).validate_python(make_config(FULL))
    answer = answers(replace(scene, settings=settings))[STREAM].answer
    assert "Rates and epochs are those that suit each scheme: see “How the networks were trained”." in answer
    assert "suit each scheme" not in answers(scene)[STREAM].answer


def test_several_models_are_stopped_by_several_things() -> None:
    assert tag(FULL, STOPPED) == ("several things", "unknown")
    assert tag(Made(networks=FIVE[2:4]), STOPPED) == ("not finished", "unknown")
    assert STOPPED_ONE not in answers(scene_of(Made(networks=(BEST,))))
