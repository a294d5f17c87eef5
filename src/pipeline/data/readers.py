"""From a user's file to a checked corpus: two classes, no blank message, and every row that was left out counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import compress
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
import pandas as pd
from annotated_types import Len
from numpy.typing import NDArray

from pipeline.artifacts import Corpus, RowChange
from pipeline.data.tables import Layout, RawTable, brief, label_text, read_table
from pipeline.errors import UserError, nearest

Label = str | int | float | bool  # YAML and the command line read 1 as a number, true as a boolean
TwoLabels = Annotated[list[Label], Len(2, 2)]

_LABELS_SHOWN = 10


@dataclass(frozen=True)
class Classes:
    """Which labels a file holds and what they mean. Labels are compared as strings: 1, 1.0 and "1" are one label.

    Attributes:
        positive: the label of the positive class.
        expected: the two labels that the file must hold; None takes any two.
        positive_name, negative_name: names of the classes for people; None takes the labels themselves.
    """

    positive: Label
    expected: TwoLabels | None
    positive_name: str | None
    negative_name: str | None

    def __post_init__(self) -> None:
        if self.expected is None:
            return
        expected = {label_text(label) for label in self.expected}
        if len(expected) != 2 or label_text(self.positive) not in expected:
            raise UserError(
                f"dataset.expected_labels = {self.expected} and dataset.positive = {self.positive!r} do not fit.",
                expected="two different labels, one of them the positive one",
                remedy="Mend either, or set dataset.expected_labels=null to take any two labels.",
            )


SAMPLE_LAYOUT = Layout("csv", None, text="text", label="label", encoding="utf-8", separator=None, quoting=True)
SAMPLE_CLASSES = Classes("spam", ["ham", "spam"], None, None)


def read_corpus(
    path: Path, *, name: str, layout: Layout, classes: Classes, max_characters: int, stand_in: bool
) -> Corpus:
    """Read the messages of a file with their labels.

    Rows without text or without label are dropped, texts longer than `max_characters` cut; the corpus says how many.

    Raises:
        UserError: the file cannot be read as `layout` says, or does not hold the two `classes`.
    """
    raw = read_table(path, layout)
    blank = np.array([not text.strip() for text in raw.texts])
    unlabelled = ~blank & np.array([not label for label in raw.labels])
    kept = ~blank & ~unlabelled
    if not kept.any():
        raise _nothing_kept(path, layout, blank)
    positive, negative = _two_classes(path, raw, np.flatnonzero(kept), classes, layout)
    cut = kept & np.array([len(text) > max_characters for text in raw.texts])
    table = pd.DataFrame(
        {
            "row": np.flatnonzero(kept).astype(np.int64),
            "text": pd.Series([text[:max_characters] for text in compress(raw.texts, kept)], dtype=str),
            "label": np.array([label == positive for label in compress(raw.labels, kept)], dtype=np.int8),
        }
    )
    changes = [
        *_change("dropped", "no text", blank),
        *_change("dropped", "no label", unlabelled),
        *_change("altered", f"text cut after {max_characters:,} characters", cut),
    ]
    return Corpus(table, name, classes.positive_name or positive, classes.negative_name or negative, stand_in, changes)


def _change(action: Literal["dropped", "altered"], reason: str, rows: NDArray[np.bool_]) -> Iterator[RowChange]:
    if rows.any():
        yield RowChange(action, reason, rows=int(rows.sum()), first_row=int(rows.argmax()))


def _two_classes(
    path: Path, raw: RawTable, rows: NDArray[np.int64], classes: Classes, layout: Layout
) -> tuple[str, str]:
    """The positive and the negative label, once it is sure that `rows` hold these two and no other."""
    counts = Counter(raw.labels[row] for row in rows)
    column = f"{path}, column {layout.label!r}"
    if classes.expected is not None:
        expected = [label_text(label) for label in classes.expected]
        _refuse_others(column, raw, rows, counts, expected, layout)
    elif len(counts) > 2:
        raise UserError(
            f"{column} holds {len(counts)} labels: {_listed(counts)}.",
            expected="two labels",
            remedy="Set dataset.label to the column with the class, or keep the rows of two classes.",
        )
    positive = label_text(classes.positive)
    if len(counts) == 1:
        raise UserError(
            f"{column} holds one class only: {_listed(counts)}.",
            expected="messages of two classes",
            remedy="Add messages of the other class, or set dataset.label to the column with the class.",
        )
    if positive not in counts:
        raise UserError(
            f"{column} holds no label {positive!r}, but {_listed(counts)}.",
            expected="the positive label among those of the file",
            remedy=f"{nearest(positive, counts)}Set dataset.positive to one of them.",
        )
    (negative,) = counts.keys() - {positive}
    return positive, negative


def _refuse_others(
    column: str, raw: RawTable, rows: NDArray[np.int64], counts: Counter[str], expected: list[str], layout: Layout
) -> None:
    row = next((int(row) for row in rows if raw.labels[row] not in expected), None)
    if row is None:
        return
    remedy = "Mend the labels, or set dataset.expected_labels and dataset.positive to those of the file."
    if layout.columns is not None and raw.labels[row] == layout.label:
        remedy = "The file seems to have a header line: set dataset.columns=null."
    raise UserError(
        f"{column}, {raw.place(row)} holds the label {brief(raw.labels[row])!r}; all labels: {_listed(counts)}.",
        expected=f"the labels {' and '.join(map(repr, expected))}",
        remedy=remedy,
    )


def _listed(counts: Counter[str]) -> str:
    shown = ", ".join(
        f"{brief(label)!r} ({rows:,} row{'s' * (rows > 1)})" for label, rows in counts.most_common(_LABELS_SHOWN)
    )
    return f"{shown} and {len(counts) - _LABELS_SHOWN} more" if len(counts) > _LABELS_SHOWN else shown


def _nothing_kept(path: Path, layout: Layout, blank: NDArray[np.bool_]) -> UserError:
    lacking = "text" if blank.all() else "label"
    column = layout.text if blank.all() else layout.label
    return UserError(
        f"{path}, column {column!r}: {'every text' if blank.all() else 'every label beside a text'} is blank, "
        f"in all {len(blank):,} rows.",
        expected=f"a {lacking} in at least one row of each class",
        remedy=f"Set dataset.{lacking} to the column that holds it.",
    )
