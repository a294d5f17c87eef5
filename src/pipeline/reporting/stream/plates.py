"""The figures of models on a stream: what each is called, how to read it, its size, and whether the data allow it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from pipeline.reporting.plates import Plate
from pipeline.reporting.stream import figures
from pipeline.reporting.stream.facts import Kind
from pipeline.reporting.stream.folder import StreamFolder
from pipeline.reporting.stream.verdicts import total
from pipeline.reporting.words import quantity

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDE = 8.6  # inches
ROW = 0.2  # inches of a row of alarms


def stream_plates(run: StreamFolder) -> Iterator[Plate]:
    """The figures that the data allow, those for all kinds of run first."""
    if not run.tables.windows.empty:
        yield _prequential(run)
    yield _totals(run)
    if not run.tables.curves.empty:
        yield _trec(run)
    for more in MORE[run.report.kind]:
        yield more(run)


def _prequential(run: StreamFolder) -> Plate:
    report, tables = run.report, run.tables
    upper = "f1" if report.changed_at is None else "recall"

    def draw(figure: Figure) -> None:
        number = len(run.models)
        top, middle, foot = figure.subplots(
            3, 1, sharex=True, gridspec_kw={"height_ratios": [2.2, 1.5, ROW * number]}
        )  # fmt: skip
        for axes, metric in ((top, upper), (middle, "fpr")):
            figures.sliding(axes, tables.windows, metric, run.models)
            figures.set_limits(axes, tables.windows, metric)
        figures.alarms(foot, tables.alarms, run.models)
        for model, positions in report.trained_at.items():
            figures.trainings(foot, positions, run.models.index(model), model)
        foot.set_title(
            "Alarms of the change detector: errors rose (tick), errors fell (ring)"
            + ("; trained anew (triangle)" if report.trained_at else ""),
            fontsize=figures.SMALL,
            pad=3,
        )
        foot.set_xlabel("Messages seen")
        foot.set_xlim(0, report.stream.total)
        if report.changed_at is not None:
            figures.recovered(top, tables.windows, tables.recoveries, report.changed_at)
            for axes in (top, middle, foot):
                figures.change(axes, report.changed_at, "words change" if axes is top else "")
        legend(figure, top, columns=4)

    name = {"f1": "F1", "recall": "Recall"}[upper]
    reading = (
        f"{name} and the false-positive rate over the last {quantity(report.window, 'message')}, each scored before it "
        "was learnt; a short bad stretch may run off the axis. Below: the detector found that the share of errors "
        "had risen, or fallen."
    )
    if report.changed_at is not None:
        reading += " Rings on the lines: recall is back to 95 % of what it was before the change."
    return Plate("prequential", "As the stream goes on", reading, draw, WIDE, 4.6 + ROW * len(run.models))


def _totals(run: StreamFolder) -> Plate:
    def draw(figure: Figure) -> None:
        left, right = figure.subplots(1, 2, sharey=True)
        for axes, metric in ((left, "f1"), (right, "fpr")):
            figures.totals(axes, run.tables.totals, metric, run.models, run.report.reference)
        shown = left if left.get_legend_handles_labels()[1] else right
        legend(figure, shown, columns=3)

    return Plate(
        "totals",
        "Over all of the stream",
        "Filled: all messages; hollow: those without an earlier near-duplicate. F1 is better further right, the "
        "false-positive rate further left. Dotted: the reference over all messages. Overlapping whiskers do not settle "
        "a comparison: the paired differences do.",
        draw,
        WIDE,
        1.0 + 0.36 * max(len(run.models), 3),
    )


def _trec(run: StreamFolder) -> Plate:
    table, classes = run.tables.totals, run.report.classes
    points = pd.DataFrame([
        {"model": model, **{metric: total(table, model, metric).value for metric in ("fpr", "recall")}}
        for model in run.models
    ])  # fmt: skip
    floor = (_half(run.report.stream.negative), _half(run.report.stream.positive))

    def draw(figure: Figure) -> None:
        axes = figure.add_subplot()
        figures.trec_curve(axes, run.tables.curves, run.models, points, floor)
        axes.set_xlabel(f"{classes.negative} that is flagged (logit)")
        axes.set_ylabel(f"{classes.positive} that is let through (logit)")
        legend(figure, axes, columns=2)

    return Plate(
        "trec_curve",
        "What each loses of both classes, at all thresholds",
        f"The curve of TREC's spam track: the share of {classes.negative} that is flagged against the share of "
        f"{classes.positive} that is let through, both on logit axes; further up and left is better. Marks: the "
        "threshold that a filter uses, score 0. Shares above half are cut off, none at all lies on the edge.",
        draw,
        5.6,
        5.4,
    )


def _cost(run: StreamFolder) -> Plate:
    def draw(figure: Figure) -> None:
        axes = figure.add_subplot()
        figures.cost(axes, run.tables.models, run.tables.totals)
        legend(figure, axes, columns=2)

    return Plate(
        "cost",
        "What F1 costs in time",
        "Further up and left is better: more messages told rightly, in less time. Filters learn as they go; a network "
        "and TF-IDF are trained from scratch every so often, on all messages until then; their time is that of the "
        "trainings alone, without scoring.",
        draw,
        5.6,
        4.4,
    )


def legend(figure: Figure, axes: Axes, columns: int) -> None:
    """A legend above all, of what the axes show."""
    figure.legend(*axes.get_legend_handles_labels(), loc="outside upper left", ncols=columns)


def _half(number: int) -> float:
    """Half a message as a share, the least that an axis need show."""
    return 0.5 / max(number, 2)


More = Callable[[StreamFolder], Plate]
MORE: dict[Kind, Sequence[More]] = {"filters": (), "drift": (), "versus_batch": (_cost,)}
