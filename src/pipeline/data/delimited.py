"""Files of fields with a separator between: parsed by pandas, with errors that name the row and the line."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from pipeline.errors import UserError


@dataclass(frozen=True)
class Dialect:
    """How one csv or tsv file is written.

    Attributes:
        path: the file, to be named in errors.
        separator: one character.
        quoting: whether double quotes enclose fields.
        columns: names of the columns where the file has no header line.
    """

    path: Path
    separator: str
    quoting: bool
    columns: list[str] | None

    def parse(self, text: str) -> pd.DataFrame:
        """All columns as strings; nothing counts as missing, a field that is not there is the empty string.

        Raises:
            UserError: a row has more fields than there are columns, or a quote is never closed.
        """
        if self.columns is not None and len(set(self.columns)) < len(self.columns):
            raise UserError(
                f"dataset.columns names a column twice: {', '.join(self.columns)}.",
                expected="different names",
                remedy="Give each column a name of its own.",
            )
        try:
            frame = pd.read_csv(
                io.StringIO(text),
                sep=self.separator,
                quoting=csv.QUOTE_MINIMAL if self.quoting else csv.QUOTE_NONE,
                names=self.columns,
                header=None if self.columns else 0,
                dtype=str,
                keep_default_na=False,
                low_memory=False,
            )
        except (pd.errors.ParserError, pd.errors.EmptyDataError) as error:
            raise self._malformed(text, str(error)) from error
        # pandas takes the first fields as row names, without a word, where the first data row has too many
        if not isinstance(frame.index, pd.RangeIndex):
            raise self._malformed(text, "the first row has too many fields")
        return frame

    def place(self, before: str) -> str:
        """The row and the line in which the text after `before` goes on."""
        line = before.count("\n") + 1
        try:
            *_, (row, _, _) = self._records(f"{before}x")
        except csv.Error:
            return f"line {line}"
        return _place(row, line)

    def line_of(self, row: int, text: str) -> int | None:
        """The line that a row starts in."""
        try:
            return next((line for number, line, _ in self._records(text) if number == row), None)
        except csv.Error:
            return None

    def _records(self, text: str) -> Iterator[tuple[int, int, list[str]]]:
        """Row (the header is -1), first line and fields of every row, skipping blank lines as pandas does.

        Raises:
            csv.Error: a field is longer than the csv module's limit. That limit is set for the whole process, which is
                not ours to change; so this serves to name places, not to parse.
        """
        quoting = csv.QUOTE_MINIMAL if self.quoting else csv.QUOTE_NONE
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=self.separator, quoting=quoting)
        row, line = 0 if self.columns else -1, 1
        for fields in reader:
            if len(fields) > 1 or "".join(fields).strip(" \t"):
                yield row, line, fields
                row += 1
            line = reader.line_num + 1

    def _malformed(self, text: str, problem: str) -> UserError:
        try:
            found = self._open_quote(text) if "EOF inside string" in problem else self._too_many_fields(text)
        except csv.Error:
            found = None
        return found or UserError(
            f"{self.path} cannot be parsed: {problem.strip()}.",
            expected=f"rows of fields separated by {self.separator!r}",
            remedy="Mend the file, or set dataset.separator and dataset.quoting to how it is written.",
        )

    def _too_many_fields(self, text: str) -> UserError | None:
        columns = self.columns
        for row, line, fields in self._records(text):
            columns = columns or fields
            if len(fields) > len(columns):
                how = "Enclose texts that hold it in double quotes" if self.quoting else "Take it out of the texts"
                return UserError(
                    f"{self.path}, {_place(row, line)} has {len(fields)} fields, separated by {self.separator!r}.",
                    expected=f"{len(columns)} fields, as there are columns: {', '.join(columns)}",
                    remedy=f"{how}, or set dataset.separator to the right one.",
                )
        return None

    def _open_quote(self, text: str) -> UserError | None:
        *_, last = None, *self._records(text)  # it takes in all that follows the quote
        if last is None:
            return None
        row, line, _ = last
        return UserError(
            f"{self.path}: a double quote opened in {_place(row, line)} is never closed.",
            expected='texts enclosed in double quotes, those inside doubled ("")',
            remedy="Close it, or set dataset.quoting=false if quotes are characters like any other.",
        )


def _place(row: int, line: int) -> str:
    return f"row {row} (line {line})" if row >= 0 else f"the header (line {line})"
