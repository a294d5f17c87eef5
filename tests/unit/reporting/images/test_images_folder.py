"""The folder of a run on images: what is read from it, and what is refused."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from image_run_samples import BAD, FULL, Made, write_run
from pipeline.errors import UserError
from pipeline.reporting.images.folder import ARRAYS, COLUMNS, read_images


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run folder; not to be changed."""
    return write_run(tmp_path_factory.mktemp("images") / "run")


@pytest.fixture
def folder(whole: Path, tmp_path: Path) -> Path:
    """A copy, to be damaged."""
    return Path(shutil.copytree(whole, tmp_path / "run"))


@pytest.mark.parametrize("made", [FULL, BAD], ids=["full", "bad"])
def test_what_is_written_is_read(made: Made, tmp_path: Path) -> None:
    run = read_images(write_run(tmp_path / "run", made))
    classes = len(made.classes)
    assert run.report.class_names == list(made.classes)
    assert run.pictures.frames.shape == (made.epochs, classes, made.columns, 28, 28)
    assert run.pictures.grid.shape == run.pictures.real.shape == (classes, made.columns, 28, 28)
    for name, columns in COLUMNS.items():
        table = getattr(run.tables, name)
        assert len(table), name
        assert set(columns) <= set(table), name


def rewrite(folder: Path, **arrays: Any) -> None:
    with np.load(folder / ARRAYS) as held:
        content = {name: held[name] for name in held} | arrays
    np.savez(
        folder / ARRAYS, allow_pickle=False, **{name: array for name, array in content.items() if array is not None}
    )


@pytest.mark.parametrize(
    ("arrays", "said"),
    [
        ({"grid": None}, "grid"),
        ({"grid": np.zeros((2, 10, 28, 28), np.uint8)}, "grid has the shape"),
        ({"grid": np.zeros(3, np.uint8)}, "has the shape"),
        ({"real": np.zeros((3, 2, 28, 28))}, "real holds float64, not uint8"),
        ({"frames": np.zeros((5, 3, 2, 28, 28), np.uint8)}, "frames has the shape"),
        ({"nearest_row": np.zeros(2, np.int64)}, "nearest_row has the shape"),
        ({"drawn_label": np.full(6, 3)}, "none of 3 classes"),
    ],
)
def test_arrays_that_do_not_go_together_are_refused(folder: Path, arrays: dict[str, Any], said: str) -> None:
    rewrite(folder, **arrays)
    with pytest.raises(UserError, match=r"images\.npz of the run folder cannot be read") as caught:
        read_images(folder)
    assert said in caught.value.happened


@pytest.mark.parametrize("content", [b"", b"nothing of the kind", None])
def test_a_damaged_file_of_arrays_is_refused(folder: Path, content: bytes | None) -> None:
    path = folder / ARRAYS
    held = bytearray(path.read_bytes())
    middle = len(held) // 2
    held[middle : middle + 200] = bytes(200)
    path.write_bytes(bytes(held) if content is None else content)
    with pytest.raises(UserError, match=r"images\.npz of the run folder cannot be read"):
        read_images(folder)


def test_a_folder_without_arrays_is_refused(folder: Path) -> None:
    (folder / ARRAYS).unlink()
    with pytest.raises(UserError, match=r"lacks images\.npz"):
        read_images(folder)


def test_a_table_that_tells_of_an_unknown_class_is_refused(folder: Path) -> None:
    path = folder / "tables" / "confusion.parquet"
    table = pd.read_parquet(path)
    table.loc[0, "called"] = 3
    table.to_parquet(path, index=False)
    with pytest.raises(UserError, match=r"confusion\.parquet of the run folder cannot be read: called"):
        read_images(folder)


def test_a_config_with_settings_of_another_kind_is_refused(folder: Path) -> None:
    (folder / "config.yaml").write_text("training: {keep: worst}", encoding="utf-8")
    with pytest.raises(UserError, match=r"config\.yaml of the run folder cannot be read: training\.keep"):
        read_images(folder)


def test_what_a_config_does_not_hold_is_not_told(folder: Path) -> None:
    (folder / "config.yaml").write_text("name: old", encoding="utf-8")
    assert read_images(folder).settings.training.keep is None
