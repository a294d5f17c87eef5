"""The state of a training after each whole epoch, on disk."""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import DAMAGED_ARCHIVE

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

    def write(self, variables: Sequence[Any], history: list[Row], best: list[NDArray[Any]]) -> None:
        """Write the state: all variables that training changes, the history, and the best weights so far."""
        state = {f"state_{i}": np.asarray(v) for i, v in enumerate(variables)}
        kept = {f"best_{i}": weight for i, weight in enumerate(best)}
        rows = {
            f"history_{f.name}": np.array([getattr(e, f.name) for e in history]) for f in fields(cast("Any", self.row))
        }
        temporary = self.path.with_name("writing.npz")
        with temporary.open("wb") as file:
            np.savez(file, allow_pickle=False, **state, **kept, **rows)
            os.fsync(file.fileno())
        temporary.replace(self.path)

    def restore(self, variables: Sequence[Any]) -> tuple[list[Row], list[NDArray[Any]]]:
        """Put the same variables into the written state; the history and the best weights so far."""
        if not self.path.exists():
            return [], []
        try:
            with self.path.open("rb") as content, np.load(content, allow_pickle=False) as file:
                state = [file[f"state_{i}"] for i in range(len(variables))]
                best = [file[f"best_{i}"] for i in range(sum(name.startswith("best_") for name in file))]
                columns = [file[f"history_{f.name}"].tolist() for f in fields(cast("Any", self.row))]
        except DAMAGED_ARCHIVE as error:
            log.warning("%s cannot be read (%s): training starts again", self.path, error)
            return [], []
        for variable, value in zip(variables, state, strict=True):
            variable.assign(value)
        return [self.row(*row) for row in zip(*columns, strict=True)], best


def state_of(model: keras.Model) -> list[Any]:
    """All that training a compiled model changes: weights, the states of dropout's random streams, the optimiser."""
    return [*model.variables, *model.optimizer.variables]
