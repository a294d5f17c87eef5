"""Read the folder of a run on images: files in, checked dataclasses, tables and arrays out."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.errors import DAMAGED_ARCHIVE, UserError
from pipeline.reporting.facts import Manifest
from pipeline.reporting.folder import RUN, read_frame, read_settings, read_tables
from pipeline.reporting.images.facts import ImagesReport
from pipeline.reporting.images.settings import Settings

ARRAYS = "images.npz"
COLUMNS = {
    "history": (
        "epoch", "generator_loss", "discriminator_loss", "real_confidence", "fake_confidence", "class_accuracy",
        "frechet", "diversity", "seconds",
    ),
    "judge": ("epoch", "loss", "accuracy", "val_accuracy", "seconds"),
    "scores": ("name", "score", "value", "low", "high"),
    "by_class": ("name", "label", "score", "value", "low", "high"),
    "confusion": ("name", "label", "called", "images"),
    "contests": ("first", "second", "score", "from_real", "difference", "low", "high", "p"),
    "collapse": ("name", "label", "diversity", "coverage", "recall", "class_accuracy", "level", "reason"),
    "copies": ("name", "images", "exact", "twins", "close", "low", "high", "distance", "test_distance"),
    "confidence": ("set", "label", "bin", "images"),
    "distances": ("set", "row", "label", "distance"),
}  # fmt: skip


@dataclass(frozen=True)
class ImagesTables:
    """`tables/*.parquet`: those of `Gan`, `Judge`, `ImageScores` and `Neighbours`, and a count of `Confidence`.

    Attributes:
        history: one row an epoch of the generator, as in `Gan`.
        judge: one row an epoch of the judge, as in `Judge`.
        scores: `ImageScores.table`.
        by_class, confusion, contests, collapse, copies: as in `ImageScores`.
        confidence: images that the discriminator gives a probability of being real, by set and label; `bin` 0 to 19:
            in twentieths.
        distances: `Neighbours.table` without the row of the training image.
    """

    history: pd.DataFrame
    judge: pd.DataFrame
    scores: pd.DataFrame
    by_class: pd.DataFrame
    confusion: pd.DataFrame
    contests: pd.DataFrame
    collapse: pd.DataFrame
    copies: pd.DataFrame
    confidence: pd.DataFrame
    distances: pd.DataFrame


@dataclass(frozen=True, eq=False)
class Pictures:
    """`images.npz`: images to be looked at, (..., S, S) uint8, 0 for the background.

    Attributes:
        grid: (K, n, S, S), drawings of each class; columns share their noise.
        between: (K, T, S, S), from each class to the next and from the last to the first, the noise kept.
        frames: (E, K, n, S, S), drawings after each epoch; they show training, so that their noise has a standard
            deviation of 1 whatever that of `grid` has.
        drawn: (D, S, S), drawings class by class: of each the one closest to a training image, then one that lies as
            far from its training image as half of them.
        drawn_label: (D,), the class asked for.
        drawn_row: (D,), 0-based within the drawn set.
        nearest: (D, S, S), the training image that is closest to each of `drawn`.
        nearest_row: (D,), row of the training file.
        nearest_distance: (D,), between the two.
        real: (K, r, S, S), test images of each class.
    """

    grid: NDArray[np.uint8]
    between: NDArray[np.uint8]
    frames: NDArray[np.uint8]
    drawn: NDArray[np.uint8]
    drawn_label: NDArray[np.int16]
    drawn_row: NDArray[np.int64]
    nearest: NDArray[np.uint8]
    nearest_row: NDArray[np.int64]
    nearest_distance: NDArray[np.float64]
    real: NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class ImagesFolder:
    """All that the report of a run on images is drawn from."""

    path: Path
    report: ImagesReport
    manifest: Manifest
    config: dict[str, Any]
    settings: Settings
    tables: ImagesTables
    pictures: Pictures


def read_images(folder: Path) -> ImagesFolder:
    """Read the folder of a run on images.

    Raises:
        UserError: it is no folder, or one of its files is missing, damaged or incomplete.
    """
    report, manifest, config = read_frame(folder, ImagesReport)
    settings = read_settings(config, Settings, folder / "config.yaml")
    tables = ImagesTables(**read_tables(folder, COLUMNS))
    _check_labels(tables, len(report.class_names), folder / "tables")
    pictures = read_pictures(folder / ARRAYS)
    _check(pictures, report, len(tables.history), folder / ARRAYS)
    return ImagesFolder(folder, report, manifest, config, settings, tables, pictures)


def read_pictures(path: Path) -> Pictures:
    """The arrays of `images.npz`.

    Raises:
        UserError: the file is missing, damaged or incomplete.
    """
    try:
        with np.load(path, allow_pickle=False) as held:
            return Pictures(**{field.name: held[field.name] for field in fields(Pictures)})
    except FileNotFoundError:
        raise UserError(
            f"The run folder lacks {path.name}: no file {path}.",
            expected=RUN.holds,
            remedy=f"Give the folder of a run that finished, or {RUN.again}.",
        ) from None
    except DAMAGED_ARCHIVE as error:
        raise _damaged(path, " ".join(str(error).split())) from error


def _check_labels(tables: ImagesTables, classes: int, path: Path) -> None:
    """Refuse tables that tell of classes which the report does not name."""
    for name, columns in COLUMNS.items():
        table = getattr(tables, name)
        for column in {"label", "called"}.intersection(columns):
            if len(table) and not table[column].between(0, classes - 1).all():
                raise _damaged(path / f"{name}.parquet", f"{column} holds what is none of {classes} classes")


def _check(pictures: Pictures, report: ImagesReport, epochs: int, path: Path) -> None:
    """Refuse arrays that do not go with each other or with the report."""
    classes, side, drawn = len(report.class_names), pictures.grid.shape[-1:], pictures.drawn.shape[:1]
    square = side + side
    expected = {
        "grid": (classes, None, *square), "between": (classes, None, *square), "real": (classes, None, *square),
        "frames": (epochs, classes, None, *square), "drawn": (None, *square), "nearest": (*drawn, *square),
        "drawn_label": drawn, "drawn_row": drawn, "nearest_row": drawn, "nearest_distance": drawn,
    }  # fmt: skip
    for name, shape in expected.items():
        found = getattr(pictures, name)
        if len(found.shape) != len(shape) or any(w not in (None, n) for n, w in zip(found.shape, shape, strict=True)):
            wanted = ", ".join("any" if size is None else str(size) for size in shape)
            raise _damaged(path, f"{name} has the shape {found.shape}, not ({wanted})")
        if len(shape) > 1 and found.dtype != np.uint8:
            raise _damaged(path, f"{name} holds {found.dtype}, not uint8")
    if len(pictures.drawn_label) and not 0 <= pictures.drawn_label.min() <= pictures.drawn_label.max() < classes:
        raise _damaged(path, f"drawn_label holds what is none of {classes} classes")


def _damaged(path: Path, why: str) -> UserError:
    return UserError(
        f"{path.name} of the run folder cannot be read: {why} ({path}).",
        expected="the file as the run wrote it",
        remedy=f"Put {path.name} back from a copy, or {RUN.again}.",
    )
