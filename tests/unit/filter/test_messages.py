import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.filter.lines import Limits, Lines, read_lines
from pipeline.filter.messages import Format, Labels, Messages, parse

LONGEST = 200
SPAM_HAM = Labels()


class Whole:
    """A source that gives all at once."""

    def __init__(self, data: bytes) -> None:
        self.rest = [data] if data else []

    def read(self, timeout: float | None) -> bytes | None:
        """All, then the end."""
        assert timeout is None or not self.rest
        return self.rest.pop() if self.rest else b""


def lines_of(*lines: bytes) -> Lines:
    (block,) = read_lines(Whole(b"".join(line + b"\n" for line in lines)), Limits(line_bytes=LONGEST))
    return block


def parsed(form: Format, *lines: bytes, labels: Labels = SPAM_HAM) -> Messages:
    return parse(lines_of(*lines), form, labels, LONGEST)


def test_text_is_never_labelled() -> None:
    messages = parsed("text", b"spam\tx", b"", b" \t ", b"a\0b\xff", b"x" * 201)
    assert messages.texts == [b"spam\tx", b"a\0b\xff"]
    assert messages.labels.tolist() == [-1, -1]
    assert messages.places.tolist() == [0, 3]
    assert [(fault.place, fault.kind) for fault in messages.faults] == [(1, "empty"), (2, "empty"), (4, "too long")]
    assert messages.faults[2].told == "it has 201 bytes, more than the 200 of --max-bytes"


def test_tab_separated_labels_and_texts() -> None:
    messages = parsed("tsv", b"spam\twin\tcash", b"ham\t lunch", b"\tperhaps", b"spam\tx\r")
    assert messages.texts == [b"win\tcash", b" lunch", b"perhaps", b"x"]
    assert messages.labels.tolist() == [1, 0, -1, 1]
    assert messages.labels.dtype == np.int8
    assert not messages.faults


@pytest.mark.parametrize(
    ("line", "kind", "told"),
    [
        (b"spm\tx", "with another label", "the label 'spm' is neither 'spam' nor 'ham'"),
        (b"spam \tx", "with another label", "the label 'spam ' is"),
        (b"\xff\tx", "with another label", "the label '\ufffd' is"),
        (b"no tab", "without a tab", "no tab between label and text: 'no tab'"),
        (b"y" * 99, "without a tab", repr("y" * 40 + "...")),
        (b"ham\t", "empty", "the message is empty"),
        (b"ham\t \t ", "empty", "the message is empty"),
        (b"\t", "empty", "the message is empty"),
        (b"", "empty", "the message is empty"),
        (b"ham\t" + b"x" * 200, "too long", "it has 204 bytes, more than the 200"),
        (b"x" * 201, "too long", "it has 201 bytes"),
    ],
)
def test_a_bad_line_of_tsv_is_told_and_the_others_stay(line: bytes, kind: str, told: str) -> None:
    messages = parsed("tsv", b"ham\tbefore", line, b"spam\tafter")
    assert messages.texts == [b"before", b"after"]
    assert messages.places.tolist() == [0, 2]
    (fault,) = messages.faults
    assert (fault.place, fault.kind) == (1, kind)
    assert told in fault.told


FIELD = st.text(st.sampled_from("spamhx1 é\r\t"), max_size=5).map(str.encode)


@given(st.lists(st.tuples(FIELD, st.booleans(), FIELD), min_size=1, max_size=8))
def test_whole_arrays_find_what_a_loop_over_lines_finds(fields: list[tuple[bytes, bool, bytes]]) -> None:
    lines = [label + (b"\t" if has_tab else b"") + text for label, has_tab, text in fields]
    labels = Labels("spam", "h")
    expected = []
    for place, line in enumerate(lines):
        label, tab, text = line.removesuffix(b"\r").partition(b"\t")
        if tab and text.strip() and label in (b"spam", b"h", b""):
            expected.append((place, {b"spam": 1, b"h": 0, b"": -1}[label], text))
    messages = parsed("tsv", *lines, labels=labels)
    found = zip(messages.places.tolist(), messages.labels.tolist(), messages.texts, strict=True)
    assert list(found) == expected
    assert sorted([*messages.places.tolist(), *(fault.place for fault in messages.faults)]) == list(range(len(lines)))


def test_json_lines() -> None:
    values = [
        {"text": "win", "label": "spam", "id": 7},
        {"text": "tab\there", "label": "ham", "id": [1, None], "more": 1},
        {"text": "perhaps", "label": None},
        {"text": "caf\u00e9", "label": "", "id": None},
    ]
    messages = parsed("jsonl", *[json.dumps(value).encode() for value in values])
    assert messages.texts == [b"win", b"tab\there", b"perhaps", "café".encode()]
    assert messages.labels.tolist() == [1, 0, -1, -1]
    assert messages.ids == {0: 7, 1: [1, None], 3: None}


def test_numbers_can_be_labels() -> None:
    messages = parsed("jsonl", b'{"text": "a", "label": 1}', b'{"text": "b", "label": "0"}', labels=Labels("1", "0"))
    assert messages.labels.tolist() == [1, 0]


@pytest.mark.parametrize(
    ("line", "kind", "told"),
    [
        (b"nojson", "not JSON", "not JSON: Expecting value at character 1"),
        (b"[" * 199, "not JSON", "not JSON"),
        (b'{"text": NaN}', "not JSON", "NaN is no JSON"),
        (b'{"text": "a", "n": 1e999}', "not JSON", "'1e999' is too large a number"),
        (b'["text"]', "without a text", 'not an object with a string "text"'),
        (b'{"id": "i"}', "without a text", "not an object"),
        (b'{"text": 5, "id": "i"}', "without a text", "not an object"),
        (b'{"text": " \\n", "id": "i"}', "empty", "the message is empty"),
        (b'{"text": "a", "label": "eggs", "id": "i"}', "with another label", "'eggs' is neither 'spam' nor 'ham'"),
        (b'{"text": "a", "label": {"x": 1}}', "with another label", "neither"),
        (b'{"text": "' + b"x" * 200 + b'"}', "too long", "it has 212 bytes"),
        (b"", "not JSON", "Expecting value"),
    ],
)
def test_a_bad_line_of_json_is_told_with_its_id(line: bytes, kind: str, told: str) -> None:
    messages = parsed("jsonl", b'{"text": "before"}', line, b'{"text": "after"}')
    assert messages.texts == [b"before", b"after"]
    (fault,) = messages.faults
    assert (fault.place, fault.kind) == (1, kind)
    assert told in fault.told
    assert messages.ids == ({1: "i"} if b'"id"' in line else {})


def test_brackets_without_end_are_no_crash() -> None:
    (block,) = read_lines(Whole(b"[" * 500_000 + b"\n"), Limits())
    (fault,) = parse(block, "jsonl", Labels(), 1_000_000).faults
    assert fault.kind == "not JSON"


def test_undecodable_bytes_in_json_are_replaced_and_counted() -> None:
    messages = parsed("jsonl", '{"text": "a\ufffd"}'.encode(), b'{"text": "\xff b \xe2\x82 c"}')
    assert messages.replaced == 2
    assert messages.texts[1].decode() == "\ufffd b \ufffd c"


def test_half_a_character_in_json_is_one_undecodable_sequence() -> None:
    messages = parsed("jsonl", b'{"text": "a \\ud800 b \\udfff\\udfff \\ud83d\\ude00"}')
    assert messages.texts[0].decode() == "a \ufffd b \ufffd\ufffd \U0001f600"
    assert messages.replaced == 3


def test_what_comes_before_a_line_has_no_fault() -> None:
    messages = parsed("tsv", b"ham\ta", b"spam\tb", b"x", b"ham\tc").before(2)
    assert messages.texts == [b"a", b"b"]
    assert messages.labels.tolist() == [0, 1]
    assert not messages.faults
