"""Corpora: the same from every format, two classes and no blank message, every change counted."""

from __future__ import annotations

import csv
import gzip
import io
import json
import os
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.artifacts import Corpus, RowChange
from pipeline.data.readers import SAMPLE_CLASSES, SAMPLE_LAYOUT, Classes, read_corpus
from pipeline.data.sources import sample_file
from pipeline.data.tables import Layout
from pipeline.errors import UserError

DATA_DIR = os.environ.get("PIPELINE_DATA_DIR")
LAYOUT = Layout("auto", None, text="text", label="label", encoding="utf-8", separator=None, quoting=True)
CLASSES = Classes("1", None, None, None)

Row = tuple[str, str]
ROWS: list[Row] = [
    ('He said "hi, there"', "0"),
    ("two\nlines\tand a tab", "1"),
    ("  ", "1"),
    ("NA", "0"),
    ("café ☃ 😀", "1"),
    ("no label", ""),
    ("'single', and a \\ backslash", "0"),
]


def corpus_of(path: Path, layout: Layout = LAYOUT, classes: Classes = CLASSES, max_characters: int = 1000) -> Corpus:
    return read_corpus(path, name="mail", layout=layout, classes=classes, max_characters=max_characters, stand_in=False)


def as_csv(rows: list[Row], separator: str = ",") -> bytes:
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=separator, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerows([("text", "label"), *rows])
    return buffer.getvalue().encode()


def as_tsv(rows: list[Row]) -> bytes:
    return as_csv(rows, "\t")


def as_jsonl(rows: list[Row]) -> bytes:
    return "\n".join(json.dumps({"text": text, "label": label}) for text, label in rows).encode()


def as_numbers(rows: list[Row]) -> bytes:
    """JSON Lines with numbers for labels, null for none."""
    return "\n".join(json.dumps({"text": t, "label": float(y) if y else None}) for t, y in rows).encode()


def as_parquet(rows: list[Row]) -> bytes:
    buffer = io.BytesIO()
    pd.DataFrame(rows, columns=["text", "label"]).to_parquet(buffer)
    return buffer.getvalue()


def as_floats(rows: list[Row]) -> bytes:
    """Parquet with numbers for labels, NaN for none."""
    buffer = io.BytesIO()
    pd.DataFrame([(t, float(y or "nan")) for t, y in rows], columns=["text", "label"]).to_parquet(buffer)
    return buffer.getvalue()


def as_zip(rows: list[Row]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("mail.csv", as_csv(rows))
    return buffer.getvalue()


FORMATS: dict[str, Callable[[list[Row]], bytes]] = {
    "mail.csv": as_csv,
    "mail": as_csv,
    "mail.CSV": as_csv,
    "mail.csv.gz": lambda rows: gzip.compress(as_csv(rows)),
    "mail.zip": as_zip,
    "mail.tsv": as_tsv,
    "mail.txt": as_tsv,
    "mail.jsonl": as_jsonl,
    "mail.ndjson": as_numbers,
    "mail.jsonl.gz": lambda rows: gzip.compress(as_jsonl(rows)),
    "mail.parquet": as_parquet,
    "floats.parquet": as_floats,
}


def assert_equal(one: Corpus, other: Corpus) -> None:
    pd.testing.assert_frame_equal(one.table, other.table)
    assert replace(one, table=other.table) == replace(other, table=other.table)


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_gives_the_same_corpus(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(FORMATS[name](ROWS))
    corpus = corpus_of(path)
    expected = pd.DataFrame(
        {
            "row": np.array([0, 1, 3, 4, 6], dtype=np.int64),
            "text": pd.Series([ROWS[row][0] for row in (0, 1, 3, 4, 6)], dtype=str),
            "label": np.array([0, 1, 0, 1, 0], dtype=np.int8),
        }
    )
    changes = [RowChange("dropped", "no text", 1, 2), RowChange("dropped", "no label", 1, 5)]
    assert_equal(corpus, Corpus(expected, "mail", "1", "0", stand_in=False, changes=changes))


text_of_any_kind = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)


@settings(max_examples=40)
@given(rows=st.lists(st.tuples(text_of_any_kind, st.sampled_from(["0", "1"])), max_size=8))
def test_any_texts_come_back_from_every_format(tmp_path_factory: pytest.TempPathFactory, rows: list[Row]) -> None:
    rows = [("first", "0"), *rows, ("last", "1")]
    folder = tmp_path_factory.mktemp("formats")
    kept = [(row, text, int(label)) for row, (text, label) in enumerate(rows) if text.strip()]
    for name in ("mail.csv", "mail.tsv", "mail.jsonl", "mail.parquet"):
        (folder / name).write_bytes(FORMATS[name](rows))
        corpus = corpus_of(folder / name)
        assert list(corpus.table.itertuples(index=False, name=None)) == kept, name
        assert sum(change.rows for change in corpus.changes) == len(rows) - len(kept)


def written(path: Path, rows: list[Row]) -> Path:
    path.write_bytes(as_csv(rows))
    return path


def test_long_texts_are_cut_and_counted(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", [("x" * 10, "0"), ("y" * 11, "1"), ("z" * 200_000, "1"), (" " * 50, "1")])
    corpus = corpus_of(path, max_characters=10)
    assert corpus.table["text"].tolist() == ["x" * 10, "y" * 10, "z" * 10]
    assert corpus.changes == [
        RowChange("dropped", "no text", 1, 3),
        RowChange("altered", "text cut after 10 characters", 2, 1),
    ]


def test_a_row_without_both_is_counted_once(tmp_path: Path) -> None:
    corpus = corpus_of(written(tmp_path / "a.csv", [("a", "0"), ("", ""), ("b", "1")]))
    assert corpus.changes == [RowChange("dropped", "no text", 1, 1)]


@pytest.mark.parametrize("positive", [1, 1.0, "1", "1.0", " 1"])
def test_the_positive_label_may_be_a_number(tmp_path: Path, positive: Any) -> None:
    path = written(tmp_path / "a.csv", [("a", "0"), ("b", "1")])
    corpus = corpus_of(path, classes=Classes(positive, [0, positive], None, None))
    assert corpus.table["label"].tolist() == [0, 1]
    assert (corpus.positive, corpus.negative) == ("1", "0")


def test_booleans_are_labels(tmp_path: Path) -> None:
    pd.DataFrame({"text": ["a", "b"], "label": [True, False]}).to_parquet(tmp_path / "a.parquet")
    corpus = corpus_of(tmp_path / "a.parquet", classes=Classes(True, None, None, None))
    assert corpus.table["label"].tolist() == [1, 0]


def test_names_of_the_classes_are_the_labels_unless_given(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", [("a", "0"), ("b", "1")])
    named = corpus_of(path, classes=Classes("1", None, "spam", "ham"))
    assert (named.positive, named.negative) == ("spam", "ham")
    swapped = corpus_of(path, classes=Classes("0", None, None, None))
    assert (swapped.positive, swapped.negative) == ("0", "1")
    assert swapped.table["label"].tolist() == [1, 0]


HAM, SPAM = ("a", "ham"), ("b", "spam")
EXPECTED = Classes("spam", ["ham", "spam"], None, None)
ANY = Classes("spam", None, None, None)


@pytest.mark.parametrize(
    ("rows", "classes", "happened", "help"),
    [
        ([HAM] * 3, EXPECTED, "column 'label' holds one class only: 'ham' (3 rows).", "two classes"),
        ([SPAM, SPAM], ANY, "holds one class only: 'spam' (2 rows).", "the other class"),
        ([HAM, ("", "spam")], EXPECTED, "holds one class only: 'ham' (1 row).", "two classes"),
        (
            [HAM, HAM, SPAM, ("c", "Spam"), SPAM, SPAM],
            EXPECTED,
            "row 3 (line 5) holds the label 'Spam'; all labels: 'spam' (3 rows), 'ham' (2 rows), 'Spam' (1 row).",
            "'ham' and 'spam'",
        ),
        ([HAM, SPAM, ("c", "x")], ANY, "holds 3 labels: 'ham' (1 row), 'spam' (1 row), 'x' (1 row).", "two labels"),
        ([("a", str(i)) for i in range(12)], ANY, "'9' (1 row) and 2 more", "two classes"),
        ([HAM, ("b", "x" * 99)], EXPECTED, f"row 1 (line 3) holds the label '{'x' * 39}…'", "expected_labels"),
        ([("a", "0"), ("b", "1")], ANY, "no label 'spam', but '0' (1 row), '1' (1 row).", "Set dataset.positive"),
        ([HAM, ("b", "Spam")], ANY, "no label 'spam', but", "Did you mean 'Spam'?"),
        ([("", "ham"), ("\u00a0\t", "spam")], EXPECTED, "column 'text': every text is blank", "dataset.text"),
        ([("a", ""), ("b", " "), ("", "ham")], EXPECTED, "every label beside a text is blank", "dataset.label"),
    ],
)  # fmt: skip
def test_labels_that_are_not_two_classes_are_told(
    tmp_path: Path,
    rows: list[Row],
    classes: Classes,
    happened: str,
    help: str,  # noqa: A002
) -> None:
    with pytest.raises(UserError) as caught:
        corpus_of(written(tmp_path / "a.csv", rows), classes=classes)
    assert happened in caught.value.happened
    assert "a.csv" in caught.value.happened
    assert help in f"{caught.value.expected} {caught.value.remedy}"


def test_a_header_taken_for_a_row_is_recognised(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", [HAM, SPAM])
    with pytest.raises(UserError, match=r"row 0 \(line 1\) holds the label 'label'") as caught:
        corpus_of(path, replace(LAYOUT, columns=["text", "label"]), EXPECTED)
    assert "dataset.columns=null" in caught.value.remedy


@pytest.mark.parametrize(("positive", "expected"), [("2", ["0", "1"]), ("1", ["1", "1.0"]), ("spam", ["Spam", "ham"])])
def test_classes_that_contradict_themselves_are_refused(positive: str, expected: list[Any]) -> None:
    with pytest.raises(UserError, match="do not fit"):
        Classes(positive, expected, None, None)


def test_the_sample_is_read_as_a_stand_in(tmp_path: Path) -> None:
    path = tmp_path / "messages.csv"
    path.write_text('label,text\nham,"see you, soon"\nspam,WIN now\n', encoding="utf-8")
    corpus = read_corpus(
        path, name="enron_spam", layout=SAMPLE_LAYOUT, classes=SAMPLE_CLASSES, max_characters=100, stand_in=True
    )
    assert corpus.stand_in
    assert (corpus.name, corpus.positive, corpus.negative) == ("enron_spam", "spam", "ham")
    assert corpus.table["label"].tolist() == [0, 1]


real_data = pytest.mark.skipif(DATA_DIR is None, reason="PIPELINE_DATA_DIR is not set")


def real(*parts: str) -> Path:
    assert DATA_DIR is not None
    return Path(DATA_DIR, *parts)


SMS_LAYOUT = replace(LAYOUT, format="tsv", columns=["label", "text"], quoting=False)
SORTED_LAYOUT = replace(LAYOUT, text="email")
NUMBERED = Classes("1", ["0", "1"], "spam", "ham")


# Counts: the data sets' own pages and PROVENANCE notes, counted there with other tools.
@pytest.mark.real_data
@real_data
@pytest.mark.parametrize(
    ("parts", "layout", "classes", "rows", "spam", "repeats", "longest"),
    [
        (("sms_spam", "SMSSpamCollection"), SMS_LAYOUT, EXPECTED, 5574, 747, 403, 910),
        (("enron_spam", "emails.csv.zip"), replace(LAYOUT, label="spam"), NUMBERED, 5728, 1368, 33, 43_952),
        (("spam_or_not_spam", "spam_or_not_spam.csv"), SORTED_LAYOUT, NUMBERED, 2997, 497, None, 200_408),
    ],
    ids=["sms", "enron", "spam_or_not_spam"],
)  # fmt: skip
def test_real_files_hold_the_published_counts(
    parts: tuple[str, ...], layout: Layout, classes: Classes, rows: int, spam: int, repeats: int | None, longest: int
) -> None:
    corpus = corpus_of(real(*parts), layout, classes, max_characters=300_000)
    assert (corpus.positive, corpus.negative) == ("spam", "ham")
    assert (len(corpus.table), corpus.table["label"].sum()) == (rows, spam)
    assert repeats is None or corpus.table["text"].duplicated().sum() == repeats
    assert corpus.table["text"].str.len().max() == longest


@pytest.mark.real_data
@real_data
def test_sms_read_with_quotes_merges_rows() -> None:
    quoted = corpus_of(real("sms_spam", "SMSSpamCollection"), replace(SMS_LAYOUT, quoting=True), EXPECTED)
    assert len(quoted.table) == 5572


@pytest.mark.real_data
@real_data
def test_the_blank_rows_of_spam_or_not_spam_are_all_spam_and_one_text_is_cut() -> None:
    path = real("spam_or_not_spam", "spam_or_not_spam.csv")
    corpus = corpus_of(path, SORTED_LAYOUT, NUMBERED, max_characters=100_000)
    dropped, cut = corpus.changes
    assert (dropped.action, dropped.reason, dropped.rows) == ("dropped", "no text", 3)
    assert (cut.action, cut.rows) == ("altered", 1)
    gone = set(range(3000)) - set(corpus.table["row"])
    assert min(gone) == dropped.first_row
    assert gone <= set(range(2500, 3000)), "the file is sorted by class, 2,500 ham first"
    assert (corpus.table["label"] == (corpus.table["row"] >= 2500)).all()


@pytest.mark.real_data
@real_data
def test_enron_is_the_same_packed_and_unpacked(tmp_path: Path) -> None:
    packed = real("enron_spam", "emails.csv.zip")
    with zipfile.ZipFile(packed) as archive:
        archive.extract("emails.csv", tmp_path)
    layout = replace(LAYOUT, label="spam")
    assert_equal(corpus_of(packed, layout, NUMBERED), corpus_of(tmp_path / "emails.csv", layout, NUMBERED))


def test_the_sample_holds_what_its_config_says() -> None:
    corpus = read_corpus(
        sample_file(), name="sample", layout=SAMPLE_LAYOUT, classes=SAMPLE_CLASSES, max_characters=9999, stand_in=False
    )
    assert (len(corpus.table), corpus.table["label"].sum(), corpus.changes) == (2000, 260, [])
