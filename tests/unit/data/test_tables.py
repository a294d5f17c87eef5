"""What a malformed file is answered with: the file, the row, the line, the column, what was seen, what to do."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.data.tables import Layout, label_text, read_table
from pipeline.errors import UserError

LAYOUT = Layout("auto", None, text="text", label="label", encoding="utf-8", separator=None, quoting=True)
HEADLESS = replace(LAYOUT, columns=["label", "text"])
PLAIN = replace(LAYOUT, quoting=False)


def written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def parquet(**columns: list[object]) -> bytes:
    buffer = io.BytesIO()
    pd.DataFrame(columns).to_parquet(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "layout", "happened", "help"),
    [
        # no rows
        ("a.csv", b"", LAYOUT, "a.csv is empty", "written whole"),
        ("a.csv", b" \n\n", LAYOUT, "a.csv is empty", "written whole"),
        ("a.csv", b"\xef\xbb\xbf\n", LAYOUT, "a.csv is empty", "written whole"),
        ("a.jsonl", b"\n", LAYOUT, "a.jsonl is empty", "written whole"),
        ("a.csv", b"text,label\n", LAYOUT, "has a header line and no rows", "written whole"),
        ("a.parquet", parquet(text=[], label=[]), LAYOUT, "has no rows", "written whole"),
        # columns
        ("a.csv", b"txt,label\nhi,1\n", LAYOUT, "no column 'text'", "one of 'txt', 'label' Did you mean 'txt'?"),
        ("a.csv", b"text,Label\nhi,1\n", LAYOUT, "no column 'label'", "Did you mean 'Label'? Set dataset.label"),
        ("a.csv", b"text;label\nhi;1\n", LAYOUT, "no column 'text'", "separated by ';': set dataset.separator"),
        ("a.csv", b"ham,hi there\n", LAYOUT, "no column 'text'", "no header line, name its columns: dataset.columns"),
        ("a.csv", b"x" * 99 + b",y\nhi,1\n", LAYOUT, "no column 'text'", "one of '" + "x" * 39 + "…', 'y'"),
        ("a.csv", b"hi,1\n", replace(LAYOUT, columns=["text", "class"]), "no column 'label'", "one of 'text', 'class'"),
        ("a.csv", b"hi,1\n", replace(LAYOUT, columns=["text", "text"]), "names a column twice", "a name of its own"),
        ("a.jsonl", b'{"text": "hi", "lable": 1}\n', LAYOUT, "no column 'label'", "Did you mean 'lable'?"),
        ("a.parquet", parquet(text=["hi"], y=[1]), LAYOUT, "no column 'label'", "one of 'text', 'y'"),
        ("a.csv", b"text\nhi\n", replace(LAYOUT, label="text"), "both name the column 'text'", "its own column"),
        # encoding
        (
            "a.csv",
            "text,label\n\"hi\n\",1\n\ncafé,1\n".encode("cp1252"),
            LAYOUT,
            "is not utf-8: byte 23 (0xe9) of its content, in row 1 (line 5): invalid continuation byte",
            "these can read it: cp1252, latin-1",
        ),
        ("a.csv", b"t\xe9xt,label\nhi,1\n", LAYOUT, "byte 1 (0xe9) of its content, in the header (line 1)", "cp1252"),
        ("a.csv", "text,label\nhi,1\n".encode("utf-16"), LAYOUT, "is not utf-8: byte 0 (0xff)", "read it: utf-16."),
        ("a.csv", "text\nß\n".encode(), replace(LAYOUT, encoding="ascii"), "is not ascii", "utf-8, cp1252, latin-1"),
        ("a.csv", b"text\n", replace(LAYOUT, encoding="utf8-bmo"), "'utf8-bmo' is not known", "utf-16"),
        ("a.csv", b"text\n", replace(LAYOUT, encoding="base64"), "'base64' is not known", "utf-16"),
        ("a.jsonl", b'{"text": "a", "label": 1}\n\n\xff', LAYOUT, "of its content, in row 1 (line 3)", "latin-1"),
        # NUL
        ("a.csv", b"text,label\nhi,1\nh\0i,1\n", LAYOUT, "row 1 (line 3): there is a NUL", "dataset.encoding=utf-16"),
        ("a.csv", "text,label\nhi,1\n".encode("utf-16-le"), LAYOUT, "the header (line 1): there is a NUL", "utf-16"),
        ("a.jsonl", b'{"text": "h\\u0000i", "label": 1}\n', LAYOUT, "row 0 (line 1): there is a NUL", "Take them out"),
        ("a.parquet", parquet(text=["a", "\0"], label=[1, 0]), LAYOUT, "row 1: there is a NUL", "Take them out"),
        # fields
        ("a.csv", b"text,label\nhi,1\nhi, there,1\n", LAYOUT, "row 1 (line 3) has 3 fields, separated by ','", "quote"),
        ("a.csv", b"text,label\nhi, there,1\nhi,1\n", LAYOUT, "row 0 (line 2) has 3 fields", "2 fields, as there are"),
        ("a.csv", b"text,label\nhi, there,1\nho, there,1\n", LAYOUT, "row 0 (line 2) has 3 fields", "text, label"),
        ("a.csv", b'text,label\n"hi\n\nho",1\n\nhi, there,1\n', LAYOUT, "row 1 (line 6) has 3 fields", "double quotes"),
        ("a.tsv", b"ham\thi\nham\thi\tho\n", HEADLESS, r"row 1 (line 2) has 3 fields, separated by '\t'", "text"),
        ("a.tsv", b"ham\thi\tho\nham\thi\n", HEADLESS, "row 0 (line 1) has 3 fields", "2 fields"),
        ("a.csv", b"text,label\n\"hi\",\"there\",1\n", PLAIN, "row 0 (line 2) has 3 fields", "Take it out"),
        ("a.csv", b'text,label\nhi,1\n"hi,1\nho,1\n', LAYOUT, "row 1 (line 3) is never closed", "dataset.quoting"),
        (
            "a.csv",  # the csv module, which would know the line, refuses fields of this length
            b"text,label\n" + b"x" * 200_000 + b",1\nhi, there,1\n",
            LAYOUT,
            "cannot be parsed: Error tokenizing data. C error: Expected 2 fields in line 3, saw 3",
            "dataset.separator and dataset.quoting",
        ),
        ("a.csv", b"text,label\n", replace(LAYOUT, separator="::"), "'::' cannot separate fields", "Set it to"),
        ("a.csv", b"text,label\n", replace(LAYOUT, separator="§"), "'§' cannot separate fields", "Set it to"),
        # JSON Lines
        ("a.jsonl", b'{"text": "a", "label": 1}\n{"text":', LAYOUT, "line 2 is not JSON: Expecting", "Mend the line"),
        ("a.ndjson", b"text,label\n", LAYOUT, "line 1 is not JSON", "set dataset.format"),
        ("a.jsonl", b"\n[1, 2]\n", LAYOUT, "line 2 holds a list, not an object", '{"text": "hello", "label": "ham"}'),
        ("a.jsonl", b'{"text": ["a"], "label": 1}', LAYOUT, "(line 1): 'text' is a list, not a text", "dataset.text"),
        ("a.jsonl", b'{"text": "\\ud83d", "label": 1}', LAYOUT, "(line 1): 'text' holds half of a", "cut in two"),
        # Parquet
        ("a.parquet", b"text,label\nhi,1\n", LAYOUT, "cannot be read as Parquet", "set dataset.format"),
        ("a.parquet", parquet(text=["a"], label=[1])[:-20], LAYOUT, "cannot be read as Parquet", "whole Parquet file"),
        ("a.parquet", parquet(text=[b"a"], label=[1]), LAYOUT, "row 0: 'text' is a bytes, not a text", "as strings"),
        # format
        ("a.xlsx", b"PK", LAYOUT, "'.xlsx' is not known", "Set dataset.format to csv, tsv, jsonl or parquet"),
    ],
)  # fmt: skip
def test_bad_input_is_answered_with_place_and_remedy(
    tmp_path: Path,
    name: str,
    content: bytes,
    layout: Layout,
    happened: str,
    help: str,  # noqa: A002
) -> None:
    with pytest.raises(UserError) as caught:
        read_table(written(tmp_path / name, content), layout)
    assert happened in caught.value.happened
    assert help in f"{caught.value.expected} {caught.value.remedy}"


def test_a_damaged_parquet_body_is_a_user_error(tmp_path: Path) -> None:
    content = bytearray(parquet(text=["a" * 500] * 9, label=[1] * 9))
    content[4:40] = b"\xff" * 36
    with pytest.raises(UserError, match="cannot be read as Parquet"):
        read_table(written(tmp_path / "a.parquet", bytes(content)), LAYOUT)


@pytest.mark.parametrize(
    ("value", "label"),
    [
        *[(value, "1") for value in (1, 1.0, "1", " 1 ", "1.0", "1.00")],
        *[(value, "-1") for value in (-1, -1.0, "-1.0")],
        *[(value, "") for value in (None, float("nan"), "", "  ")],
        *[
            (True, "true"),
            (False, "false"),
            (0.5, "0.5"),
            ("10", "10"),
            ("1.05", "1.05"),
            ("NA", "NA"),
            ("1.0.0", "1.0.0"),
        ],
    ],
)
def test_labels_that_mean_the_same_are_the_same_string(value: object, label: str) -> None:
    assert label_text(value) == label


def test_words_for_missing_values_are_texts(tmp_path: Path) -> None:
    words = ["NA", "null", "None", "nan", "N/A", "-", "#N/A", "", "1.50", "007"]
    content = "text,label\n" + "".join(f"{word},1\n" for word in words)
    assert read_table(written(tmp_path / "a.csv", content.encode()), LAYOUT).texts == words


def test_without_quoting_a_quote_is_a_character(tmp_path: Path) -> None:
    path = written(tmp_path / "a.tsv", b'ham\t"hi\nspam\tho" he said\n')
    assert read_table(path, replace(HEADLESS, quoting=False)).texts == ['"hi', 'ho" he said']


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("last", [True, False])
def test_line_ends_and_a_missing_last_one_make_no_difference(tmp_path: Path, ending: str, *, last: bool) -> None:
    content = ending.join(["text,label", "hi,1", "", "ho,0"]) + ending * last
    table = read_table(written(tmp_path / "a.csv", content.encode()), LAYOUT)
    assert (table.texts, table.labels) == (["hi", "ho"], ["1", "0"])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_encodings_and_byte_order_marks(tmp_path: Path, encoding: str) -> None:
    content = "text,label\ncafé,1\n".encode(encoding)
    declared = "utf-8" if encoding == "utf-8-sig" else encoding
    table = read_table(written(tmp_path / "a.csv", content), replace(LAYOUT, encoding=declared))
    assert table.texts == ["café"]


def test_a_short_row_lacks_its_last_fields(tmp_path: Path) -> None:
    table = read_table(written(tmp_path / "a.csv", b"text,label\nhi\nho,0\n"), LAYOUT)
    assert (table.texts, table.labels) == (["hi", "ho"], ["", "0"])


def test_a_separator_may_be_given_as_backslash_t(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", b"text\tlabel\nhi\t1\n")
    assert read_table(path, replace(LAYOUT, separator=r"\t")).texts == ["hi"]


def test_every_row_knows_its_line(tmp_path: Path) -> None:
    """Rows start where a reader of physical lines, told to skip blank ones and to follow quotes, finds them."""
    path = written(tmp_path / "a.csv", b'text,label\n"one\ntwo",1\n\nthree,0\n"four ""4""\n\n",1\nfive,0\n')
    table = read_table(path, LAYOUT)
    assert [table.line_of(row) for row in range(4)] == [2, 5, 6, 9]
    assert table.line_of(4) is None
    lines = read_table(written(tmp_path / "a.jsonl", b'{"text":"a","label":1}\n\n{"text":"b","label":0}'), LAYOUT)
    assert [lines.line_of(row) for row in range(2)] == [1, 3]


def test_columns_of_any_type_are_read(tmp_path: Path) -> None:
    frame = pd.DataFrame({"text": pd.Series(["a", None, "b"], dtype="category"), "label": [1.0, float("nan"), 0.0]})
    frame.to_parquet(tmp_path / "a.parquet")
    table = read_table(tmp_path / "a.parquet", LAYOUT)
    assert (table.texts, table.labels) == (["a", "", "b"], ["1", "", "0"])


def test_json_values_and_missing_keys(tmp_path: Path) -> None:
    rows = [{"text": "a\u2028b", "label": True}, {"label": False}, {"text": 7, "label": None}, {"text": None, "x": 1}]
    content = "\r\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    table = read_table(written(tmp_path / "a.jsonl", content.encode()), LAYOUT)
    assert (table.texts, table.labels) == (["a\u2028b", "", "7", ""], ["true", "false", "", ""])


def test_a_long_text_is_read_and_the_limit_of_the_csv_module_left_alone(tmp_path: Path) -> None:
    limit = csv.field_size_limit()
    long = "word " * 40_000
    for name, content in (
        ("a.csv", f'text,label\n"{long}",1\n'),
        ("a.tsv", f"text\tlabel\n{long}\t1\n"),
        ("a.jsonl", json.dumps({"text": long, "label": 1})),
    ):
        assert read_table(written(tmp_path / name, content.encode()), LAYOUT).texts == [long]
    assert csv.field_size_limit() == limit


broken_table = st.lists(
    st.sampled_from(
        [*'ab1,\t\n\r"{}[]: ', "text", "label", "text,label\n", '{"text":"a","label":1}\n', "\0", "é", "\\"]
    )
).map("".join)


@settings(max_examples=300)
@given(
    content=st.binary() | broken_table.map(str.encode), name=st.sampled_from(["csv", "tsv", "jsonl", "csv.gz", "zip"])
)
@example(content=b"PAR1" * 3, name="parquet")
def test_any_bytes_are_read_or_refused_with_reason(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, name: str
) -> None:
    path = written(tmp_path_factory.getbasetemp() / f"any.{name}", content)
    for layout in (LAYOUT, HEADLESS, PLAIN):
        try:
            table = read_table(path, layout)
        except UserError:
            continue
        assert len(table.texts) == len(table.labels) > 0
