import pytest

from pipeline.filter.lines import Limits, read_lines
from pipeline.filter.messages import Format, Labels, parse
from pipeline.filter.tally import Tally
from pipeline.filter.wrong_format import all_bad


class Whole:
    """A source that gives all at once."""

    def __init__(self, data: bytes) -> None:
        self.rest = [data]

    def read(self, timeout: float | None) -> bytes | None:
        """All, then the end."""
        assert timeout is None or not self.rest
        return self.rest.pop() if self.rest else b""


@pytest.mark.parametrize(
    ("form", "data", "remedy"),
    [
        ("jsonl", b"spam\twin\n", "look like --format tsv"),
        ("jsonl", b"\nhello you\n", "look like --format text"),
        ("jsonl", b'{"text": 5}\n', "Check that this is the input"),
        ("jsonl", b'{"text": "a", "label": "x"}\n', "--positive LABEL --negative LABEL"),
        ("tsv", b'{"text": "a"}\n', "look like --format jsonl"),
        ("tsv", b"hello you\n", "look like --format text"),
        ("tsv", b"1\thello\n", "--positive LABEL --negative LABEL"),
        ("tsv", b"\n\n", "Check that this is the input"),
    ],
)
def test_an_input_without_messages_is_told_what_it_looks_like(form: Format, data: bytes, remedy: str) -> None:
    tally = Tally()
    for lines in read_lines(Whole(data), Limits()):
        tally.lines += len(lines)
        tally.complain(parse(lines, form, Labels(), 1000).faults, lines, lambda _: None)
    assert tally.lines == tally.faults.total()
    error = all_bad(tally, form, Labels())
    assert f"--format {form}" in error.happened
    assert remedy in error.remedy
