"""The state of a training after each whole epoch, on disk."""

from __future__ import annotations

import logging
import os
import zipfile
import zlib
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import keras

log = logging.getLogger(__name__)
Row = TypeVar("Row")


@dataclass(frozen=True)
class Checkpoint(Generic[Row]):
    """The state of a training after its last whole epoch, in one file that is replaced atomically.

    Attributes:
        path: the file.
        row: the dataclass that a row of the history is; its fields are numbers.
    """

    path: Path
    row: type[Row]

    def write(self, model: keras.Model, history: list[Row], best: list[NDArray[Any]]) -> None:
        """Write the state."""
        state = {f"state_{i}": np.asarray(v) for i, v in enumerate(_variables(model))}
        kept = {f"best_{i}": weight for i, weight in enumerate(best)}
        rows = {
            f"history_{f.name}": np.array([getattr(e, f.name) for e in history]) for f in fields(cast("Any", self.row))
        }
        temporary = self.path.with_name("writing.npz")
        with temporary.open("wb") as file:
            np.savez(file, allow_pickle=False, **state, **kept, **rows)
            os.fsync(file.fileno())
        temporary.replace(self.path)

    def restore(self, model: keras.Model) -> tuple[list[Row], list[NDArray[Any]]]:
        """Put a compiled model into the written state; the history and the best weights so far."""
        if not self.path.exists():
            return [], []
        variables = _variables(model)
        try:
            with self.path.open("rb") as content, np.load(content, allow_pickle=False) as file:
                state = [file[f"state_{i}"] for i in range(len(variables))]
                best = [file[f"best_{i}"] for i in range(len(model.weights))]
                columns = [file[f"history_{f.name}"].tolist() for f in fields(cast("Any", self.row))]
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error) as error:
            log.warning("%s cannot be read (%s): training starts again", self.path, error)
            return [], []
        for variable, value in zip(variables, state, strict=True):
            variable.assign(value)
        return [self.row(*row) for row in zip(*columns, strict=True)], best


def _variables(model: keras.Model) -> list[Any]:
    """All that training changes: weights, the states of dropout's random streams, and the optimiser."""
    return [*model.variables, *model.optimizer.variables]
