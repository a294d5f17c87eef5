"""Tables of images give what was written, however they are headed, and errors name line and column."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from image_files import some_images, table_lines, write_table
from pipeline.data.image_tables import is_table, line_of, read_image_table
from pipeline.errors import UserError

IMAGES, LABELS = some_images(4), [3, 1, 2, 1]
LINES = table_lines(IMAGES, LABELS)


def written(path: Path, lines: list[str], end: str = "\n") -> Path:
    path.write_text(end.join([*lines, ""]), encoding="utf-8", newline="")
    return path


def changed(lines: list[str], line: int, column: int, value: str) -> list[str]:
    """With another value in a line and a column, both 1-based."""
    fields = lines[line - 1].split(",")
    fields[column - 1] = value
    return [*lines[: line - 1], ",".join(fields), *lines[line:]]


def label_last(line: str) -> str:
    label, _, rest = line.partition(",")
    return f"{rest},{label}"


@pytest.mark.parametrize(
    "lines",
    [
        LINES,
        LINES[1:],
        [*LINES, ""],
        [LINES[0].upper().replace("LABEL", '"Label"'), *LINES[1:]],
        ["\ufeff" + LINES[0], *LINES[1:]],
        [LINES[0], LINES[1], "", *LINES[2:]],
        list(map(label_last, LINES)),
        [LINES[0].replace("pixel", ""), *LINES[1:]],
        [LINES[0], *(line.replace(",", ".0,") + ".0" for line in LINES[1:])],
        [LINES[0], *('"' + line.replace(",", '","') + '"' for line in LINES[1:])],
    ],
    ids=[
        "header", "none", "blank end", "capitals", "mark", "blank line", "label last", "numbers for names",
        "decimal points", "quotes",
    ],
)  # fmt: skip
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_table_gives_what_was_written(lines: list[str], end: str, tmp_path: Path) -> None:
    pixels, labels = read_image_table(written(tmp_path / "a.csv", lines, end))
    np.testing.assert_array_equal(pixels, IMAGES)
    assert pixels.dtype == np.uint8
    assert labels == ["3", "1", "2", "1"]


def test_packed_tables_and_names_for_labels(tmp_path: Path) -> None:
    names = ["Bag", "T-shirt/top", "Bag", "NA"]
    for header in (True, False):
        pixels, labels = read_image_table(write_table(tmp_path / "a.csv.gz", IMAGES, names, header))
        np.testing.assert_array_equal(pixels, IMAGES)
        assert labels == names


@pytest.mark.parametrize(
    ("lines", "happened", "expected"),
    [
        (changed(LINES, 3, 5, "256"), "line 3, column 5 ('pixel4'): the pixel '256'", "0 to 255"),
        (changed(LINES, 3, 785, "-1"), "line 3, column 785 ('pixel784'): the pixel '-1'", "0 to 255"),
        (changed(LINES, 2, 2, "0.5"), "line 2, column 2 ('pixel1'): the pixel '0.5'", "whole number"),
        (changed(LINES, 5, 9, ""), "line 5, column 9 ('pixel8'): a pixel is missing", "whole number"),
        (changed(LINES, 5, 9, "nan"), "line 5, column 9 ('pixel8'): the pixel 'nan'", "whole number"),
        (changed(LINES, 5, 9, "dark"), "line 5, column 9 ('pixel8'): the pixel 'dark'", "whole number"),
        (changed(LINES[1:], 2, 9, "dark"), "line 2, column 9: the pixel 'dark'", "whole number"),
        (changed(LINES[1:], 1, 9, ""), "line 1, column 9: a pixel is missing", "whole number"),
        (changed([LINES[0], "", *LINES[1:]], 3, 9, "999"), "line 3, column 9 ('pixel8')", "whole number"),
        (changed(LINES, 4, 1, " "), "line 4, column 1 ('label'): the label is missing", "a label"),
        (changed(LINES, 4, 7, "1,2"), "line 4 has 786 columns", "785 as in the first line"),
        ([*LINES[:4], LINES[4][:-40].rpartition(",")[0]], "line 5 has", "785 as in the first line"),
        ([line.rpartition(",")[0] for line in LINES], "has 784 columns, by its first line", "785: a label and 28 x 28"),
        ([f"0,{line}" for line in LINES], "has 786 columns", "785"),
        (["text", "hello"], "has 1 column,", "785"),
        ([LINES[0].replace("label", "class"), *LINES[1:]], "0 columns are called 'label'", "one column called 'label'"),
        (changed(LINES, 1, 4, "label"), "2 columns are called 'label'", "one column called 'label'"),
        (LINES[:1], "holds no image below its header", "one or more"),
        ([], "is empty", "784 pixels"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(lines: list[str], happened: str, expected: str, tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", lines) if lines else tmp_path / "a.csv"
    path.touch()
    with pytest.raises(UserError) as caught:
        read_image_table(path)
    assert str(path) in caught.value.happened
    assert happened in caught.value.happened
    assert expected in caught.value.expected


def test_what_is_no_table_at_all_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(bytes(range(256)) * 1000)
    with pytest.raises(UserError, match=r"by its first line|cannot be read"):
        read_image_table(path)


def test_the_line_of_a_row_counts_header_and_blank_lines(tmp_path: Path) -> None:
    assert line_of(written(tmp_path / "a.csv", [LINES[0], LINES[1], "", *LINES[2:]]), 1) == 4
    assert line_of(written(tmp_path / "b.csv", LINES[1:]), 1) == 2


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("fashion-mnist_train.csv", True),
        ("A.CSV.GZ", True),
        ("a.csv.zip", True),
        ("a.txt", True),
        ("train-images-idx3-ubyte", False),
        ("train-images-idx3-ubyte.gz", False),
        ("train-images.idx3-ubyte", False),
    ],
)
def test_tables_are_known_by_their_names(name: str, expected: bool) -> None:
    assert is_table(name) is expected
