"""Images as a table: a line an image, its label and its pixels row by row, as the CSV files of Fashion-MNIST are."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path, PurePath

import numpy as np

from pipeline.artifacts.images import SIDE, WHITE, Pixels
from pipeline.data.files import PACKED, open_unpacked
from pipeline.data.tables import brief, label_text
from pipeline.errors import UserError

_SUFFIXES = (".csv", ".txt")
_LABEL = "label"  # name of the column
_NUM_PIXELS = SIDE * SIDE
_WRITTEN = frozenset(map(str, range(WHITE + 1)))  # pixels as they are commonly written
_EXPECTED = f"a label and {SIDE} x {SIDE} = {_NUM_PIXELS} pixels in every line, separated by commas"


@dataclass(frozen=True)
class _Columns:
    """What the first line says: names of the columns where it is a header, and where the label is."""

    names: list[str] | None
    number: int
    label: int

    def named(self, position: int) -> str:
        return f"column {position + 1}" + (f" ({brief(self.names[position])!r})" if self.names else "")


def is_table(name: str) -> bool:
    """Whether a file of this name, packed or not, is a table."""
    path = PurePath(name.lower())
    return PurePath(path.stem if path.suffix in PACKED else path).suffix in _SUFFIXES


def read_image_table(path: Path) -> tuple[Pixels, list[str]]:
    """The images (N, S, S) of a table with their N labels, as `label_text` writes them.

    Where there is a header the label is the column `label`, else the first one; all others are pixels, in order.

    Raises:
        UserError: a line has too few or too many columns, no label, or a pixel that is no whole number from 0 to 255.
    """
    with open_unpacked(path) as (_, file):
        content = file.read()
    columns = _columns(path, content)
    try:
        read = _read(content, columns)
    except ValueError as error:  # pyarrow's own are subclasses of it
        raise _fault(path, content, columns, str(error)) from None
    if read is None:
        raise _fault(path, content, columns, "a value is missing")
    pixels, written = read
    if not len(pixels):
        raise UserError(
            f"{path} holds no image below its header.",
            expected="one or more",
            remedy="Fetch or write it again.",
        )
    texts = {label: label_text(label) for label in set(written)}
    return pixels.reshape(-1, SIDE, SIDE), [texts[label] for label in written]


def line_of(path: Path, row: int) -> int:
    """The line (1-based) of a row (0-based) of a table that can be read."""
    with open_unpacked(path) as (_, file):
        content = file.read()
    return next(islice(_lines(content, _columns(path, content)), row, None))[0]


def _read(content: bytes, columns: _Columns) -> tuple[Pixels, list[str]] | None:
    """Pixels (N, S * S) and labels; None where one is missing, or a pixel is not whole or out of range."""
    import pyarrow as pa
    from pyarrow import csv as arrow

    names = [str(position) for position in range(columns.number)]
    label = names.pop(columns.label)
    reading = arrow.ReadOptions(
        column_names=[*map(str, range(columns.number))], skip_rows=int(columns.names is not None)
    )

    def read(kind: pa.DataType) -> pa.Table:
        types = {label: pa.string()} | dict.fromkeys(names, kind)
        options = arrow.ConvertOptions(column_types=types)
        return arrow.read_csv(pa.BufferReader(content), reading, convert_options=options)

    try:
        table = read(pa.uint8())
    except pa.ArrowInvalid:  # perhaps whole numbers with a decimal point; takes eight times the memory
        table = read(pa.float64())
    labels = table[label].to_pylist()
    pixels = np.empty((len(labels), _NUM_PIXELS), np.uint8)
    for position, name in enumerate(names):
        column = table[name]
        values = column.to_numpy()
        if column.null_count or (values.dtype != np.uint8 and not np.isin(values, np.arange(WHITE + 1)).all()):
            return None
        pixels[:, position] = values
    return (pixels, labels) if all(map(str.strip, labels)) else None


def _columns(path: Path, content: bytes) -> _Columns:
    try:
        _, first = next(_records(content), (1, []))
    except csv.Error as error:
        raise UserError(f"{path}, line 1 cannot be read: {error}.", expected=_EXPECTED, remedy=_remedy()) from None
    if not first:
        raise UserError(
            f"{path} is empty, or begins with a blank line.", expected=_EXPECTED, remedy="Fetch or write it again."
        )
    names = [name.strip().lower() for name in first]
    header = names[0] == _LABEL or any(map(_is_text, names[1:]))
    if len(first) != _NUM_PIXELS + 1:
        raise UserError(
            f"{path} has {len(first):,} column{'s' * (len(first) > 1)}, by its first line.",
            expected=f"{_NUM_PIXELS + 1}: {_EXPECTED}",
            remedy=_remedy(),
        )
    if header and names.count(_LABEL) != 1:
        raise UserError(
            f"{path}: {names.count(_LABEL)} columns are called {_LABEL!r} in its first line, which has words and is "
            f"taken for a header: {', '.join(brief(name) for name in first[:4])}, ...",
            expected=f"one column called {_LABEL!r}; or no header, the label first and then numbers alone",
            remedy="Mend the first line.",
        )
    return _Columns(first if header else None, len(first), names.index(_LABEL) if header else 0)


def _records(content: bytes) -> Iterator[tuple[int, list[str]]]:
    """Every line with its number, 1-based."""
    reader = csv.reader(io.TextIOWrapper(io.BytesIO(content), "utf-8-sig", errors="replace", newline=""))
    for fields in reader:
        yield reader.line_num, fields


def _lines(content: bytes, columns: _Columns) -> Iterator[tuple[int, list[str]]]:
    """Every line with an image."""
    return (
        (line, fields) for line, fields in islice(_records(content), int(columns.names is not None), None) if fields
    )


def _fault(path: Path, content: bytes, columns: _Columns, problem: str) -> UserError:
    """What is wrong in the first line that something is wrong in."""
    try:
        for line, fields in _lines(content, columns):
            if len(fields) != columns.number:
                return UserError(
                    f"{path}, line {line} has {len(fields):,} columns.",
                    expected=f"{columns.number} as in the first line: {_EXPECTED}",
                    remedy="Mend or remove that line; where it is the last one, the file is cut off: fetch it again.",
                )
            if not fields[columns.label].strip():
                return UserError(
                    f"{path}, line {line}, {columns.named(columns.label)}: the label is missing.",
                    expected="a label in every line",
                    remedy="Add it, or remove the line.",
                )
            for position, value in enumerate(fields):
                if position != columns.label and value not in _WRITTEN and not _is_pixel(value):
                    return _bad_pixel(f"{path}, line {line}, {columns.named(position)}", value)
    except csv.Error as error:
        problem = str(error)
    return UserError(f"{path} cannot be read: {brief(problem)}", expected=_EXPECTED, remedy=_remedy())


def _bad_pixel(place: str, value: str) -> UserError:
    what = f"the pixel {brief(value)!r}" if value.strip() else "a pixel is missing"
    return UserError(
        f"{place}: {what}.",
        expected=f"a whole number from 0 to {WHITE}",
        remedy="Mend it or remove the line; shares of white must be multiplied by 255 and rounded first.",
    )


def _is_pixel(text: str) -> bool:
    try:
        value = float(text)
    except ValueError:
        return False
    return value.is_integer() and 0 <= value <= WHITE


def _is_text(field: str) -> bool:
    """Whether a field is neither blank nor a number."""
    try:
        float(field or "0")
    except ValueError:
        return True
    return False


def _remedy() -> str:
    return (
        "Write it as CSV with a label first and then the pixels, without a column of row numbers (pandas: index=False)."
    )
