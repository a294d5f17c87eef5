"""From the bytes of a file to the text and the label of every row, whatever its format."""

from __future__ import annotations

import io
import json
import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Literal

from pipeline.data.decoding import decode
from pipeline.data.delimited import Dialect
from pipeline.data.files import PACKED, open_unpacked
from pipeline.errors import UserError, nearest

Format = Literal["auto", "csv", "tsv", "jsonl", "parquet"]

_FORMATS: dict[str, Format] = {
    "": "csv",
    ".csv": "csv",
    ".tsv": "tsv",
    ".txt": "tsv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".parquet": "parquet",
}
_SEPARATORS = {"csv": ",", "tsv": "\t"}
_WHOLE_NUMBER = re.compile(r"(-?\d+)\.0+")
_SURROGATE = re.compile("[\ud800-\udfff]")
_COLUMNS_SHOWN = 20
_CHARACTERS_SHOWN = 40


@dataclass(frozen=True)
class Layout:
    """How a file holds its table.

    Attributes:
        format: "auto" goes by the suffix below .gz or .zip; a file without one is taken as csv, .txt as tsv.
        columns: names of the columns of a csv or tsv file without a header line.
        text, label: the two columns that are read.
        encoding: of csv, tsv and jsonl files.
        separator: one character; None is the comma in csv, the tab in tsv.
        quoting: whether double quotes enclose fields of csv and tsv files; else they are characters like any other.
    """

    format: Format
    columns: list[str] | None
    text: str
    label: str
    encoding: str
    separator: str | None
    quoting: bool


@dataclass(frozen=True)
class RawTable:
    """The data rows of a file.

    Attributes:
        texts, labels: one a row, as strings; empty where the file has none.
        line_of: from a row to its line in the file, 1-based; None where it cannot be known.
    """

    texts: list[str]
    labels: list[str]
    line_of: Callable[[int], int | None]

    def place(self, row: int) -> str:
        """A row as people look it up."""
        line = self.line_of(row)
        return f"row {row}" if line is None else f"row {row} (line {line})"


def read_table(path: Path, layout: Layout) -> RawTable:
    """Read the text and the label column of a file.

    Raises:
        UserError: the file is damaged, empty, of another format or encoding, lacks a column, or has a malformed row.
    """
    if layout.text == layout.label:
        raise UserError(
            f"dataset.text and dataset.label both name the column {layout.text!r}.",
            expected="two columns",
            remedy="Set each to its own column.",
        )
    with open_unpacked(path) as (name, file):
        content = file.read()
    if not content.strip():
        raise _empty(path, "is empty")
    match _format_of(path, name, layout.format):
        case "parquet":
            return _read_parquet(content, path, layout)
        case "jsonl":
            return _read_jsonl(content, path, layout)
        case kind:
            return _read_delimited(content, path, layout, _SEPARATORS[kind])


def label_text(value: object) -> str:
    """A label as the string that labels are compared by: 1, 1.0, "1" and " 1 " are all "1"; no label is "".

    True, "True" and "TRUE" are all "true": the command line and parquet know booleans, CSV knows only their spellings.
    """
    text = "" if _is_missing(value) else str(value).strip()
    if text.lower() in ("true", "false"):
        return text.lower()
    whole = _WHOLE_NUMBER.fullmatch(text)
    return whole[1] if whole else text


def brief(value: str) -> str:
    """A value as errors show it: cut where it is long."""
    return value if len(value) <= _CHARACTERS_SHOWN else f"{value[: _CHARACTERS_SHOWN - 1]}…"


def _read_delimited(content: bytes, path: Path, layout: Layout, default_separator: str) -> RawTable:
    dialect = Dialect(path, _separator(layout.separator or default_separator), layout.quoting, layout.columns)
    text = decode(content, path, layout.encoding, dialect.place)
    if not text.strip():
        raise _empty(path, "is empty")
    if (position := text.find("\0")) >= 0:
        raise _nul(path, dialect.place(text[:position]))
    frame = dialect.parse(text)
    _check_columns(path, list(frame.columns), layout)
    if frame.empty:
        raise _empty(path, "has a header line and no rows")
    labels = [label_text(label) for label in frame[layout.label]]
    return RawTable(frame[layout.text].tolist(), labels, lambda row: dialect.line_of(row, text))


def _read_jsonl(content: bytes, path: Path, layout: Layout) -> RawTable:
    text = decode(content, path, layout.encoding, _line_place)
    # str.splitlines would also split at characters that JSON strings may hold as they are, such as U+2028
    lines = [(number, line) for number, line in enumerate(text.split("\n"), start=1) if line.strip()]
    if not lines:
        raise _empty(path, "is empty")
    records = [_json_object(line, number, path) for number, line in lines]
    _check_columns(path, list(dict.fromkeys(key for record in records for key in record)), layout)
    texts = [record.get(layout.text) for record in records]
    labels = [record.get(layout.label) for record in records]
    return _checked_table(path, layout, texts, labels, lambda row: lines[row][0])


def _line_place(before: str) -> str:
    """The row and the line in which the text after `before` goes on, a row being a line that is not blank."""
    *whole, _ = before.split("\n")
    return f"row {sum(1 for line in whole if line.strip())} (line {len(whole) + 1})"


def _read_parquet(content: bytes, path: Path, layout: Layout) -> RawTable:
    import pyarrow as pa
    from pyarrow import parquet

    try:
        file = parquet.ParquetFile(io.BytesIO(content))
        names = file.schema_arrow.names
        _check_columns(path, names, layout)
        table = file.read(columns=[layout.text, layout.label])
        columns = [table.column(table.schema.get_all_field_indices(c)[0]) for c in (layout.text, layout.label)]
        texts, labels = (column.to_pylist() for column in columns)
    except (pa.ArrowException, OSError) as error:
        raise UserError(
            f"{path} cannot be read as Parquet: {str(error).splitlines()[0]}",
            expected="a whole Parquet file",
            remedy="Fetch or write it again, or set dataset.format to what it is.",
        ) from error
    if not texts:
        raise _empty(path, "has no rows")
    return _checked_table(path, layout, texts, labels, lambda _: None)


def _checked_table(
    path: Path,
    layout: Layout,
    texts: Sequence[object],
    labels: Sequence[object],
    line_of: Callable[[int], int | None],
) -> RawTable:
    """Values of any type as strings."""
    table = RawTable(["" if _is_missing(text) else str(text) for text in texts], [*map(label_text, labels)], line_of)
    for row, (value, text) in enumerate(zip(texts, table.texts, strict=True)):
        if isinstance(value, list | dict | bytes):
            raise UserError(
                f"{path}, {table.place(row)}: {layout.text!r} is a {type(value).__name__}, not a text.",
                expected="a string in every row",
                remedy="Set dataset.text to the column that holds the messages, or write them as strings.",
            )
        if "\0" in text:
            raise _nul(path, table.place(row))
        if _SURROGATE.search(text):
            raise UserError(
                f"{path}, {table.place(row)}: {layout.text!r} holds half of a surrogate pair, which is no character.",
                expected=r"pairs, as in \ud83d\ude00, or the character itself",
                remedy="Write the file again with whole characters; one was probably cut in two.",
            )
    return table


def _json_object(line: str, number: int, path: Path) -> dict[str, object]:
    try:
        record = json.loads(line)
    except ValueError as error:
        problem = f"is not JSON: {error}"
    else:
        if isinstance(record, dict):
            return record
        problem = f"holds a {type(record).__name__}, not an object"
    raise UserError(
        f"{path}, line {number} {problem}.",
        expected="one JSON object a line, as in " + '{"text": "hello", "label": "ham"}',
        remedy="Mend the line, or set dataset.format to what the file is.",
    )


def _is_missing(value: object) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value))


def _format_of(path: Path, name: str, declared: Format) -> Format:
    if declared != "auto":
        return declared
    suffix = PurePath(name).suffix.lower()
    if suffix not in _FORMATS:
        raise UserError(
            f"The format of {path} cannot be told from its name: {suffix!r} is not known.",
            expected=f"a name that ends in {', '.join(filter(None, _FORMATS))}, packed as {' or '.join(PACKED)} or not",
            remedy="Set dataset.format to csv, tsv, jsonl or parquet; save a spreadsheet as csv first.",
        )
    return _FORMATS[suffix]


def _separator(separator: str) -> str:
    separator = "\t" if separator == r"\t" else separator
    if len(separator) != 1 or not separator.isascii() or separator in '"\r\n\0':
        raise UserError(
            f"dataset.separator = {separator!r} cannot separate fields.",
            expected="one ASCII character other than a double quote or a line end",
            remedy=r"Set it to ',', ';', '|' or '\t'.",
        )
    return separator


def _check_columns(path: Path, names: Sequence[str], layout: Layout) -> None:
    for role, wanted in (("text", layout.text), ("label", layout.label)):
        if wanted in names:
            continue
        shown = ", ".join(repr(brief(name)) for name in names[:_COLUMNS_SHOWN])
        more = f" and {len(names) - _COLUMNS_SHOWN} more" if len(names) > _COLUMNS_SHOWN else ""
        remedy = f"{nearest(wanted, names)}Set dataset.{role} to one of these columns."
        if len(names) == 1 and (found := next((s for s in ";\t|," if s in names[0]), None)):
            remedy = f"The columns seem to be separated by {found!r}: set dataset.separator to it."
        elif layout.columns is None:
            remedy += " If the file has no header line, name its columns: dataset.columns=[label,text]."
        raise UserError(f"{path} has no column {wanted!r}.", expected=f"one of {shown}{more}", remedy=remedy)


def _empty(path: Path, what: str) -> UserError:
    return UserError(
        f"{path} {what}.",
        expected="a file with at least one message of each class",
        remedy="Check that the file was written whole, or name another.",
    )


def _nul(path: Path, place: str) -> UserError:
    return UserError(
        f"{path}, {place}: there is a NUL character.",
        expected="text without NUL characters",
        remedy="Take them out, or set dataset.encoding=utf-16 if that is what the file is in.",
    )
