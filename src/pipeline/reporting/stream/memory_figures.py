"""The figures on hashing and memory: what each is called, how to read it, its size, and what is drawn."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from pipeline.reporting.grid import upper
from pipeline.reporting.plates import Plate
from pipeline.reporting.stream.folder import MemoryFolder
from pipeline.reporting.stream.memory_findings import Base, base_of, learners
from pipeline.reporting.stream.memory_tables import sketch_name
from pipeline.reporting.stream.names import learner_name
from pipeline.reporting.stream.tables import memory_said
from pipeline.reporting.style import INK, MUTED, Look, look

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDE = 8.6  # inches
SPREAD = 1.03  # by which the sketches are moved apart on the axis of memory


def memory_plates(run: MemoryFolder) -> Iterator[Plate]:
    """The figures of the run."""
    yield _accuracy(run)
    if not run.tables.counts.empty:
        yield _errors(run)


def accuracy_panel(axes: Axes, models: pd.DataFrame, base: Base | None) -> None:
    """F1 of one learner against memory: a line a sketch, with intervals, and the exact model across, if any."""
    if base is not None and base.is_exact:
        reference = base.row
        axes.axhspan(reference["f1_low"], reference["f1_high"], color=MUTED, alpha=0.16, linewidth=0)
        axes.axhline(
            reference["f1"], color=INK, linewidth=1, linestyle=(0, (1, 1.3)), label="no hashing, with interval"
        )
    for index, (name, style, rows) in enumerate(_series(models)):
        places = rows["bytes"] * SPREAD ** (index - 1)
        ends = np.stack([rows["f1"] - rows["f1_low"], rows["f1_high"] - rows["f1"]]).clip(min=0)
        axes.errorbar(
            places, rows["f1"], yerr=ends, **style.dots, label=name, linewidth=1.1, elinewidth=0.9, capsize=1.8,
            markersize=4.4,
        )  # fmt: skip
    _memory_axis(axes)


def error_panel(axes: Axes, counts: pd.DataFrame) -> None:
    """The mean error of a count against memory, both logarithmic; none at all has no place there."""
    axes.set_yscale("log")
    for name, style, rows in _series(counts):
        axes.plot(rows["bytes"], rows["mean_error"].where(rows["mean_error"] > 0), **style.dots, label=name)
    axes.set_ylabel("Mean error of a count (logarithmic)")
    _memory_axis(axes)


def bound_panel(axes: Axes, counts: pd.DataFrame) -> None:
    """The share of n-grams off by more than the bound; the same line thin and level is what is promised at most."""
    for name, style, rows in _series(counts):
        axes.plot(rows["bytes"], rows["beyond_percent"], **style.dots, label=name)
        axes.plot(rows["bytes"], rows["promised_percent"], color=style.color, linewidth=0.8, linestyle=style.line)
        axes.annotate(
            f"{rows['promised_percent'].iloc[-1]:.3g} %", (rows["bytes"].iloc[-1], rows["promised_percent"].iloc[-1]),
            (2, 2), textcoords="offset points", fontsize=7, color=style.color,
        )  # fmt: skip
    axes.set_ylabel("N-grams beyond the bound (%)")
    axes.set_ylim(bottom=-0.5)
    _memory_axis(axes)


def _accuracy(run: MemoryFolder) -> Plate:
    names = learners(run.tables)

    def draw(figure: Figure) -> None:
        panels = figure.subplots(1, len(names), squeeze=False, sharey=True)[0]
        for axes, learner in zip(panels, names, strict=True):
            rows = run.tables.models[run.tables.models["learner"] == learner]
            accuracy_panel(axes, rows, base_of(run.tables, learner))
            axes.set_title(upper(learner_name(learner)))
        panels[0].set_ylabel("F1 over all of the stream")
        _legend(figure, panels[0])

    return Plate(
        "memory_accuracy",
        "F1 against memory",
        "A dot is F1 over all of the stream, its whisker the 95 % interval; sketches are moved apart sideways a "
        "little. Dotted, with its interval in grey: the model that keeps every n-gram by itself, where there is one. "
        "At equal memory, a sketch with more hashes has fewer buckets a row.",
        draw,
        WIDE,
        4.2,
    )


def _errors(run: MemoryFolder) -> Plate:
    def draw(figure: Figure) -> None:
        left, right = figure.subplots(1, 2)
        error_panel(left, run.tables.counts)
        bound_panel(right, run.tables.counts)
        _legend(figure, left)

    return Plate(
        "memory_errors",
        "Errors of counts against memory",
        "Left: by how much an n-gram is counted too often, on average. Right: the share of n-grams that is off by more "
        "than the bound, e / buckets times all that was counted; the thin level line of the same colour is the share "
        "that is promised at most, 100 e^(−hashes) percent.",
        draw,
        WIDE,
        4.0,
    )


def _series(table: pd.DataFrame) -> Iterator[tuple[str, Look, pd.DataFrame]]:
    """The sketches of a table, each with its name, its look and its rows by memory."""
    kinds = table[["num_hashes", "features"]].drop_duplicates().sort_values(["num_hashes", "features"])
    for index, (hashes, features) in enumerate(kinds.itertuples(index=False)):
        rows = table[(table["features"] == features) & (table["num_hashes"] == hashes)]
        yield sketch_name(str(features), float(hashes)), look(index), rows.sort_values("bytes", kind="stable")


def _memory_axis(axes: Axes) -> None:
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter(lambda value, _: memory_said(value))
    axes.xaxis.set_minor_formatter(lambda _value, _: "")
    axes.set_xlabel("Memory (logarithmic)")


def _legend(figure: Figure, axes: Axes) -> None:
    figure.legend(*axes.get_legend_handles_labels(), loc="outside upper left", ncols=4)
