"""A filter that was killed, and goes on."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from sessions import LINES, At, Pieces

from pipeline.errors import UserError
from pipeline.filter.lines import Limits
from pipeline.filter.model_file import open_model
from pipeline.filter.progress import Trail
from pipeline.filter.session import Session

ONE = b"spam\twin\nham\tlunch\n\tmore\nspam\tcash\n"
OTHER = b"".join(line + b"\n" for line in LINES)


class KilledError(Exception):
    """In place of a signal that no program hears."""


def killed_at(time: int) -> Callable[[bytes], bool]:
    times = iter(range(1, time + 1))

    def write(_: bytes) -> bool:
        if next(times) == time:
            raise KilledError
        return True

    return write


@pytest.mark.parametrize("killed", [1, 2, 3])
def test_an_input_that_was_killed_at_any_block_is_learnt_once_after_another_one(tmp_path: Path, killed: int) -> None:
    (tmp_path / "whole").mkdir()
    at, whole = At(tmp_path), At(tmp_path / "whole")
    for one in (at, whole):
        one.session().run(Pieces(ONE))
    expected = whole.again(OTHER, resume=False)
    session = Session(open_model(tmp_path / "m", {}, learns=True), "tsv", Limits(2), killed_at(killed), at.told.append)
    with pytest.raises(KilledError):
        session.run(Pieces(OTHER))
    before = (tmp_path / "m").read_bytes()
    for another in (ONE, ONE + ONE, b"spam\twin cash\n" + OTHER, b"ham\tx\n"):
        with pytest.raises(UserError, match=r"another input|lines, fewer") as caught:
            at.again(another)
        assert "Nothing has been learnt" in caught.value.remedy
    assert (tmp_path / "m").read_bytes() == before
    resumed = at.again(OTHER)
    assert at.saved == whole.saved == (3 + 4, 6)
    for name, array in expected.file.model.arrays().items():
        np.testing.assert_array_equal(resumed.file.model.arrays()[name], array)


def test_an_input_that_has_grown_is_gone_on_with(tmp_path: Path) -> None:
    at = At(tmp_path)
    at.session().run(Pieces(ONE))
    at.again(ONE + b"ham\tnoon\n")
    assert at.saved == (4, 5)
    assert at.told == ["the filter knows 4 lines: the first 4 answers hold, and these lines are read past"]


def test_messages_without_labels_leave_the_file_be(tmp_path: Path) -> None:
    at = At(tmp_path)
    at.session().run(Pieces(ONE))
    before = (tmp_path / "m").read_bytes()
    at.again(b"\twin\n\tcash\n", resume=False)
    assert (tmp_path / "m").read_bytes() == before, "the input before can still be gone on with"


def test_lines_behind_the_last_label_are_answered_again(tmp_path: Path) -> None:
    at = At(tmp_path)
    at.session(block=2).run(Pieces(b"spam\twin\nham\tlunch\n\tcash\n\twin\n"))
    assert at.saved == (2, 2)
    assert at.again(b"spam\twin\nham\tlunch\n\tcash\n\twin\n").tally.answered == 2


def test_a_filter_that_was_made_without_an_input_begins_at_the_first_line(tmp_path: Path) -> None:
    at = At(tmp_path)
    at.session().file.save(Trail().known)
    at.again(ONE)
    assert at.saved == (3, 4)


def test_a_bad_line_that_stops_says_how_to_go_on(tmp_path: Path) -> None:
    at = At(tmp_path)
    at.session().run(Pieces(ONE))
    for data, how in ((b"\n", "again: nothing has been learnt yet"), (b"ham\tx\n\n", "with --resume")):
        file = open_model(tmp_path / "m", {}, learns=True)
        session = Session(file, "tsv", Limits(), at.write, at.told.append, stops=True)
        with pytest.raises(UserError) as caught:
            session.run(Pieces(data))
        assert how in caught.value.remedy
    at.again(b"ham\tx\nham\tmended\n")
    assert at.saved == (5, 2)
