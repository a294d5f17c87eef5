"""What the tables of a comparison on streams hold, row by row, ready for the page and for files."""

from __future__ import annotations

import math
from collections.abc import Sequence

from pipeline.reporting import words
from pipeline.reporting.comparison.figures import p_value
from pipeline.reporting.comparison.tables import NOTHING, Cell, Column, Record, Table, unfinished
from pipeline.reporting.grid import judge, upper
from pipeline.reporting.stream.metrics import METRICS
from pipeline.reporting.stream.names import model_name
from pipeline.reporting.stream.tables import memory_said, rate_said
from pipeline.reporting.stream.verdicts import NO_DIFFERENCE, TOO_FEW
from pipeline.reporting.stream_comparison.facts import ComparedStream
from pipeline.reporting.stream_comparison.scene import Scene, Summary

WELL = ("f1", "fpr", "pr_auc", "one_minus_auc_percent")
UNFAMILIAR = ("f1", "fpr")
SORTED = "SORTED BY CLASS"


def results(scene: Scene) -> Table:
    """Every model on every stream: how well it does, how it differs from the reference, and what it costs."""
    columns = [*_columns(WELL), Column("Memory", True), Column("Messages/s", True)]
    rows = {
        (stream.name, model): [
            *_row(scene, stream, model, "all", WELL),
            Cell(memory_said(scene.cost(stream, model, "bytes"))),
            Cell(_rate(scene.cost(stream, model, "messages_per_second"))),
        ]
        for stream in scene.streams
        for model in stream.models
    }
    caption = (
        f"{_what_cells_are(scene)} The difference is paired, on the same messages; bold: detectable, p adjusted by "
        f"Holm over all {words.quantity(len(scene.tables.pairs), 'comparison')}; its interval is not adjusted. Memory "
        "is that of the model at the end of the stream; of models that are trained anew there is no speed."
    )
    return Table("results", caption, columns, _bodies(scene, rows), _records(scene, "all", WELL, with_cost=True))


def unfamiliar(scene: Scene) -> Table:
    """The same over messages that no earlier one is nearly equal to."""
    rows = {
        (stream.name, model): _row(scene, stream, model, "unfamiliar", UNFAMILIAR)
        for stream in scene.streams
        for model in stream.models
    }
    caption = (
        f"Messages without an earlier near-duplicate: knowing a campaign by heart does not count here. "
        f"{_what_cells_are(scene)} The differences are not tested: their intervals are told, and are not adjusted."
    )
    records = _records(scene, "unfamiliar", UNFAMILIAR, with_cost=False)
    return Table("unfamiliar", caption, _columns(UNFAMILIAR), _bodies(scene, rows), records)


def runs(scene: Scene) -> Table:
    """Every run that is compared."""
    columns = [Column("Stream"), Column("Run"), Column("Seed", True), Column("Command")]
    rows, records = [], []
    for stream in scene.streams:
        for run in stream.repeats:
            is_beside = not run.folder.startswith("/") and ":" not in run.folder
            link = f"{run.folder}/report.html" if is_beside else ""
            rows.append([Cell(stream.name), Cell(run.folder, link=link), Cell(str(run.seed)), Cell(run.command)])
            records.append({
                "stream": stream.name, "folder": run.folder, "seed": run.seed, "kind": stream.kind,
                "command": run.command,
            })  # fmt: skip
    return Table("runs", "Folders are seen from that of the comparison.", columns, [rows], records)


def all_tables(scene: Scene) -> list[Table]:
    """The tables that have rows, in the order of the page."""
    every = (results(scene), unfamiliar(scene), runs(scene), unfinished(scene.comparison.unfinished))
    return [table for table in every if table.records]


def stream_title(stream: ComparedStream) -> str:
    """The name of a stream, marked where it is sorted."""
    return f"{stream.name} ({SORTED})" if stream.is_sorted else stream.name


def _columns(metrics: Sequence[str]) -> list[Column]:
    """Heads; the first two are the same in all rows of a body."""
    first, *others = [Column(METRICS[key].label) for key in metrics]
    return [
        Column("Stream"), Column("Messages", True), Column("Model"), first,
        Column(f"Difference in {METRICS[metrics[0]].label} from the reference"), *others,
    ]  # fmt: skip


def _bodies(scene: Scene, rows: dict[tuple[str, str], list[Cell]]) -> list[list[list[Cell]]]:
    return [[rows[stream.name, model] for model in stream.models] for stream in scene.streams]


def _row(scene: Scene, stream: ComparedStream, model: str, part: str, metrics: Sequence[str]) -> list[Cell]:
    number = stream.messages if part == "all" else stream.unfamiliar
    is_reference = model == stream.reference
    first, *others = [_value(scene.summary(stream, model, key, part), key) for key in metrics]
    difference = Cell(NOTHING) if is_reference else _difference(scene, stream, model, part)
    head = Cell(stream_title(stream), tag="loses" if stream.is_sorted else "")
    name = Cell(upper(model_name(model)), "(the reference)" if is_reference else "")
    return [head, Cell(words.count(number)), name, first, difference, *others]


def _value(found: Summary, metric: str) -> Cell:
    told = METRICS[metric]
    if math.isnan(found.deviation):
        return Cell(told.written(found.value), told.interval(found.estimate))
    ends = f"{told.written(found.low)} to {told.written(found.high)}"
    return Cell(f"{told.written(found.value)} (±{told.written(found.deviation)})", ends)


def _difference(scene: Scene, stream: ComparedStream, model: str, part: str) -> Cell:
    """The paired difference: of one run with its verdict, of several with how many can be told from luck."""
    gap = scene.gap(stream, model, "f1", part)
    if math.isnan(gap.value):
        return Cell(words.UNDEFINED)
    value = words.signed(gap.value)
    verdicts = scene.pairs(stream, model) if part == "all" else []
    if not math.isnan(gap.deviation):
        ends = f"{words.signed(gap.low)} to {words.signed(gap.high)}"
        told = len(verdicts) - verdicts.count("none")
        note = f"{ends}; detectable in {told} of {len(verdicts)} runs" if verdicts else ends
        return Cell(value, note, stands_out=set(verdicts) in ({"better"}, {"worse"}))
    shown = f"{value} {words.interval(gap.low, gap.high)}"
    if not gap.estimate.is_known:
        return Cell(value, TOO_FEW)
    if judge(gap.estimate) not in {"better", "worse"}:
        return Cell(NO_DIFFERENCE, shown)
    if not verdicts:
        return Cell(value, words.interval(gap.low, gap.high))
    adjusted = p_value(scene.p_values(stream, model)[0][1])
    if verdicts == ["none"]:
        return Cell(NO_DIFFERENCE, f"{shown}, adjusted p {adjusted}")
    return Cell(value, f"{words.interval(gap.low, gap.high)}, p {adjusted}", stands_out=True)


def _rate(rate: float) -> str:
    return NOTHING if math.isnan(rate) else rate_said(rate)


def _what_cells_are(scene: Scene) -> str:
    single = "value with its 95 % interval, over groups of near-duplicates."
    several = "mean over seeds (±: standard deviation), below it the lowest and the highest."
    if scene.is_single:
        return f"A {single}"
    return f"The {several}" if scene.is_repeated else f"Of one run: the {single} Of several: the {several}"


def _records(scene: Scene, part: str, metrics: Sequence[str], *, with_cost: bool) -> list[Record]:
    """A record a stream and model, numbers at full precision; `low` and `high` of several runs are their range."""
    records: list[Record] = []
    for stream in scene.streams:
        for model in stream.models:
            record: Record = {
                "stream": stream.name, "dataset": stream.dataset, "order": stream.order,
                "is_sorted": str(stream.is_sorted).lower(), "protocol": stream.protocol, "kind": stream.kind,
                "messages": stream.messages if part == "all" else stream.unfamiliar, "model": model,
                "is_reference": str(model == stream.reference).lower(), "runs": len(stream.repeats),
            }  # fmt: skip
            for metric in metrics:
                record |= _numbers(metric, scene.summary(stream, model, metric, part))
            record |= _numbers("f1_difference", scene.gap(stream, model, "f1", part))
            if with_cost:
                verdicts = scene.pairs(stream, model)
                p = scene.p_values(stream, model) if len(verdicts) == 1 else [(math.nan, math.nan)]
                record |= {
                    "p": p[0][0], "p_holm": p[0][1],
                    "detectable_runs": len(verdicts) - verdicts.count("none") if verdicts else None,
                    "bytes": scene.cost(stream, model, "bytes"),
                    "messages_per_second": scene.cost(stream, model, "messages_per_second"),
                }  # fmt: skip
            records.append(record)
    return records


def _numbers(name: str, found: Summary) -> Record:
    return {
        name: found.value, f"{name}_low": found.low, f"{name}_high": found.high, f"{name}_deviation": found.deviation,
    }  # fmt: skip
