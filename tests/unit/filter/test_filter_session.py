"""A filter at work, within this process; as a program it is tested in tests/experiments/test_filter.py."""

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sessions import LINES, SMALL, At, Pieces

from pipeline.errors import UserError
from pipeline.filter.answers import certainty, write_answers
from pipeline.filter.messages import Labels, Messages
from pipeline.filter.model_file import open_model
from pipeline.filter.progress import Known
from pipeline.filter.stopping import Interrupted
from pipeline.online.files import save_filter
from pipeline.online.filters import new_filter


@given(st.lists(st.integers(0, 80), max_size=6), st.integers(1, 4), st.sampled_from(["naive_bayes", "perceptron"]))
def test_answers_and_filter_are_the_same_wherever_blocks_end(
    tmp_path_factory: pytest.TempPathFactory, cuts: list[int], block: int, learner: str
) -> None:
    settings = dataclasses.replace(SMALL, learner=learner)
    text = b"\n".join(LINES)
    folder = tmp_path_factory.mktemp("cut")
    whole, other = At(folder, settings), At(folder, settings)
    whole_session, session = whole.session(), other.session(block=block)
    whole_session.run(Pieces(text))
    pieces: list[bytes | None] = []
    for low, high in zip([0, *sorted(cuts)], [*sorted(cuts), len(text)], strict=True):
        pieces += [text[low:high], None]
    session.run(Pieces(*pieces))
    assert b"".join(other.written) == b"".join(whole.written)
    for name, array in whole_session.file.model.arrays().items():
        np.testing.assert_array_equal(session.file.model.arrays()[name], array)


def test_a_message_is_scored_before_it_is_learnt(tmp_path: Path) -> None:
    at = At(tmp_path)
    at.session().run(Pieces(b"spam\twin\nspam\twin\n"))
    first, second = b"".join(at.written).decode().splitlines()
    assert first.split("\t") == ["ham", "0.5000", ""]
    # after one spam message of one n-gram: (1 + 1) / (1 + 1) of spam, and win is likelier in spam
    assert second.startswith("spam\t")
    assert "win (+" in second


def test_every_line_has_its_answer_and_a_bad_one_says_why(tmp_path: Path) -> None:
    at = At(tmp_path)
    at.session(block=2).run(Pieces(b"\n".join(LINES)))
    answers = b"".join(at.written).decode().splitlines()
    assert len(answers) == len(LINES)
    assert answers[3] == "error\t\tthe label 'hm' is neither 'spam' nor 'ham'"
    assert at.told == ["line 4: the label 'hm' is neither 'spam' nor 'ham'"]
    assert at.saved == (4, 6)


@pytest.mark.parametrize("quiet", [True, False])
def test_a_bad_line_can_stop_the_stream_after_all_before_it(tmp_path: Path, quiet: bool) -> None:
    at = At(tmp_path)
    session = at.session(quiet=quiet, stops=True)
    with pytest.raises(UserError, match="Standard input, line 4: the label 'hm'"):
        session.run(Pieces(b"\n".join(LINES)))
    assert at.saved == (2, 3)
    assert b"".join(at.written).count(b"\n") == (0 if quiet else 3)
    assert session.tally.lines == 3


def test_a_block_of_bad_lines_alone_is_answered(tmp_path: Path) -> None:
    for form in ("text", "tsv", "jsonl"):
        at = At(tmp_path)
        at.session(form).run(Pieces(b"\n\n"))
        assert b"".join(at.written).count(b"\n") == 2
    assert not (tmp_path / "m").exists(), "where nothing was learnt nothing is saved"


def test_labelled_and_unlabelled_messages_are_learnt_apart_in_quiet(tmp_path: Path) -> None:
    quiet, loud = At(tmp_path).session(quiet=True), At(tmp_path).session()
    quiet.run(Pieces(b"\n".join(LINES)))
    loud.run(Pieces(b"\n".join(LINES)))
    assert quiet.tally.learnt == loud.tally.learnt == 4
    np.testing.assert_array_equal(quiet.file.model.arrays()["table"], loud.file.model.arrays()["table"])


def test_without_learning_the_file_is_left_be(tmp_path: Path) -> None:
    at = At(tmp_path)
    session = at.session()
    session.learns = False
    session.run(Pieces(b"\n".join(LINES)))
    assert not (tmp_path / "m").exists()
    assert session.file.model.num_learnt == 0
    assert session.tally.answered == 5


def test_the_filter_is_saved_when_nobody_reads_its_answers_any_more(tmp_path: Path) -> None:
    at = At(tmp_path)
    session = at.session()
    session.write = lambda _: False
    with pytest.raises(BrokenPipeError):
        session.run(Pieces(b"\n".join(LINES)))
    assert at.saved == (4, 6)


def test_the_filter_is_saved_after_its_answers_are_written(tmp_path: Path) -> None:
    """Killed in between, it knows no line that was not answered."""
    at = At(tmp_path)
    session = at.session(block=2)
    session.write = fails_at(3)
    with pytest.raises(UserError, match="full"):
        session.run(Pieces(b"\n".join(LINES)))
    assert at.saved == (2, 2), "the second block taught nothing"


def fails_at(time: int) -> Callable[[bytes], bool]:
    times = iter(range(1, time + 1))

    def write(_: bytes) -> bool:
        if next(times) == time:
            raise UserError("full", expected="", remedy="")
        return True

    return write


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"positive": None}, "positive of its notes"),
        ({"positive": 5}, "positive of its notes"),
        ({"negative": "spam"}, "the labels of its notes"),
        ({"lines": "x"}, "lines of its notes"),
        ({"lines": -1}, "lines of its notes"),
        ({"lines": True}, "lines of its notes|no filter"),
        ({"digest": None}, "digest of its notes"),
    ],
)
def test_notes_that_are_not_ours_are_refused(tmp_path: Path, changes: dict[str, Any], told: str) -> None:
    notes = {"positive": "spam", "negative": "ham", "lines": 0, "digest": ""} | changes
    kept = {name: value for name, value in notes.items() if value is not None}
    save_filter(tmp_path / "m", new_filter(SMALL), kept)
    with pytest.raises(UserError, match=told):
        open_model(tmp_path / "m", {}, learns=True)


def test_scores_that_are_not_finite_are_null_in_json() -> None:
    messages = Messages([b"a"], np.array([-1], np.int8), np.array([0]))
    bad = np.array([np.nan])
    answer = write_answers(messages, bad, bad, [[("a", np.inf), ("b", 1.5)]], "jsonl", Labels())
    assert answer == b'{"label": "ham", "score": null, "because": [["a", null], ["b", 1.5]]}\n'


def test_undecodable_bytes_are_replaced_and_counted(tmp_path: Path) -> None:
    session = At(tmp_path).session()
    session.run(Pieces(b"spam\twin \xff\xfe cash\nham\t\xe2\x82 lunch\n"))
    assert (session.tally.replaced, session.tally.learnt) == (3, 2)


def test_a_wish_to_stop_is_heard_between_blocks(tmp_path: Path) -> None:
    at = At(tmp_path)
    session = at.session(block=1)

    def check() -> None:
        if session.tally.lines == 2:
            raise Interrupted(15)

    session.check = check
    with pytest.raises(Interrupted):
        session.run(Pieces(b"\n".join(LINES)))
    assert at.saved == (2, 2)


def test_probabilities_of_log_odds() -> None:
    scores = np.array([-1e6, -800.0, -1.0, 0.0, 3.0, 800.0])
    np.testing.assert_allclose(
        certainty(scores, is_probabilistic=True), [0, 0, 1 / (1 + np.e), 0.5, 1 / (1 + np.exp(-3)), 1], atol=1e-12
    )
    assert certainty(scores, is_probabilistic=False) is scores


def test_a_filter_knows_what_it_was_made_with(tmp_path: Path) -> None:
    path = tmp_path / "m"
    file = open_model(path, {"log2_buckets": 8, "positive": "junk", "ngrams": (1, 3)}, learns=True)
    file.save(Known(9, "digest"))
    again = open_model(path, {"positive": "junk", "ngrams": (1, 3)}, learns=True)
    assert (again.labels, again.known) == (Labels("junk", "ham"), Known(9, "digest"))
    assert again.model.settings == file.model.settings
    for name, value, told in (
        ("ngrams", (1, 2), "--ngrams 1-3, and --ngrams 1-2"),
        ("positive", "spam", "--positive junk, and --positive spam"),
        ("log2_buckets", 20, "--log2-buckets 8, and --log2-buckets 20"),
    ):
        with pytest.raises(UserError, match=told):
            open_model(path, {name: value}, learns=False)


def test_a_learner_has_the_rate_of_the_experiments_where_none_is_given(tmp_path: Path) -> None:
    def rate(**given: object) -> float:
        return open_model(tmp_path / "m", {"log2_buckets": 4, **given}, learns=True).model.settings.rate

    assert (rate(), rate(learner="logistic"), rate(learner="perceptron", rate=2.0)) == (1.0, 8.0, 2.0)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"log2_buckets": 99}, "--log2-buckets 99 is not allowed"),
        ({"ngrams": (0, 2)}, "--ngrams 0-2 is not allowed"),
        ({"ngrams": (3, 2)}, "--ngrams 3-2 is not allowed"),
        ({"rate": -1.0}, "--rate -1.0 is not allowed"),
        ({"positive": "ham"}, "'ham' and 'ham' cannot be the labels"),
        ({"negative": "error"}, "cannot be the labels"),
        ({"negative": ""}, "cannot be the labels"),
        ({"positive": "a\tb"}, "cannot be the labels"),
    ],
)
def test_a_filter_that_cannot_be_made_is_refused(tmp_path: Path, given: dict[str, object], told: str) -> None:
    with pytest.raises(UserError, match=told):
        open_model(tmp_path / "m", given, learns=True)


def test_without_learning_there_must_be_a_filter(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="There is no filter"):
        open_model(tmp_path / "m", {}, learns=False)
