"""What the tables of a stream's report hold, row by row, ready to be written."""

from __future__ import annotations

import math
from collections.abc import Sequence

from pipeline.reporting import words
from pipeline.reporting.grid import Row, Table, upper
from pipeline.reporting.stream.drift_findings import PART, recovery_caveat
from pipeline.reporting.stream.facts import JUST_AFTER, UNFAMILIAR
from pipeline.reporting.stream.folder import StreamFolder
from pipeline.reporting.stream.metrics import METRICS, RANKED, WELL
from pipeline.reporting.stream.names import COUNT_MIN, HASHING, model_name
from pipeline.reporting.stream.verdicts import gap, gap_cell, total
from pipeline.reporting.tables import Cell

FEATURES = {
    "exact": "every n-gram by itself", "network": "word indices", "tf-idf": "TF-IDF of n-grams",
    HASHING: "hashing", COUNT_MIN: "count-min sketch",
}  # fmt: skip
NO_WIDTH = (
    "Where a model flags no message wrongly, resampling finds none either, and the interval has no width. With none of "
    "n, a rate up to 3/n is not ruled out."
)
NONE = Cell("–", "", stands_out=False)
KILO = 1000


def totals_table(run: StreamFolder) -> Table:
    """How well every model did, and the paired difference from the reference."""
    return _totals(
        run,
        "all",
        WELL,
        f"Over {words.quantity(run.report.stream.total - run.report.start, 'message')}. In brackets: 95 % intervals, "
        "over groups of near-duplicates; overlapping ones do not settle a comparison. The difference is paired, on the "
        "same messages; bold: its interval leaves 0 out. Of twenty intervals one does so by chance alone.",
    )


def ranked_table(run: StreamFolder) -> Table:
    """The metrics that need no threshold, and those of both classes at once."""
    rows = [_row(run, model, [METRICS[key].cell(total(run.tables.totals, model, key)) for key in RANKED])
            for model in run.models]  # fmt: skip
    return Table(
        "Model",
        [METRICS[key].label for key in RANKED],
        [rows],
        "PR-AUC and 1−AUC % judge the order that scores put messages in, whatever the threshold. Of 1−AUC %, less is "
        "better.",
    )


def unfamiliar_table(run: StreamFolder) -> Table:
    """The same without messages that an earlier one is nearly equal to."""
    number = run.report.count(UNFAMILIAR).total
    return _totals(
        run,
        "unfamiliar",
        ("f1", "fpr"),
        f"Messages without an earlier near-duplicate ({words.count(number)} in the stream): knowing a campaign by "
        "heart does not count here.",
    )


def cost_table(run: StreamFolder) -> Table:
    """Memory and speed."""
    rows = []
    for _, found in run.tables.models.iterrows():
        is_hashed = found["features"] in {HASHING, COUNT_MIN}
        seconds = float(found["seconds"])
        rate = run.report.stream.total / seconds if seconds > 0 else math.nan
        trainings = int(found["trainings"])
        rows.append(_row(run, str(found["model"]), [
            _plain(FEATURES.get(found["features"], str(found["features"]))),
            _plain(words.count(found["num_hashes"])) if is_hashed else NONE,
            _plain(words.count(found["buckets"])) if is_hashed else NONE,
            _plain(memory_said(float(found["bytes"]))),
            NONE if trainings else _plain(rate_said(rate)),
            _plain(seconds_said(seconds)),
            _plain(words.quantity(trainings, "time") if trainings else "as it goes"),
        ]))  # fmt: skip
    return Table(
        "Model",
        ["features", "hashes", "buckets a row", "memory", "messages a second", "all of the stream", "trained"],
        [rows],
        "Time is on the clock: filters read, score and learn all of the stream; that of models that are trained anew "
        "is of their trainings alone, without scoring. Memory is that of the model at the end of the stream.",
    )


def just_after_table(run: StreamFolder) -> Table:
    """What the change cost, in a way in which models can be compared."""
    found = run.report.count(JUST_AFTER)
    return _totals(
        run,
        PART,
        ("recall", "fpr"),
        f"Over the first {words.quantity(found.total, 'message')} after the change, {words.count(found.positive)} of "
        f"them {run.report.classes.positive}. In brackets: 95 % intervals, over groups of near-duplicates. The "
        "difference is paired, on the same messages; bold: its interval leaves 0 out. Of twenty intervals one does so "
        "by chance alone.",
    )


def change_table(run: StreamFolder) -> Table:
    """How well every model did before and after the change."""
    columns, cells = [], {model: [] for model in run.models}
    for key in ("recall", "fpr", "f1"):
        for part in ("before", "after"):
            columns.append(f"{METRICS[key].label}, {part}")
            for model in run.models:
                cells[model].append(METRICS[key].cell(total(run.tables.totals, model, key, part)))
    rows = [_row(run, model, cells[model]) for model in run.models]
    return Table("Model", columns, [rows], "Before and after the change, with 95 % intervals.")


def recovery_table(run: StreamFolder) -> Table:
    """What the change did to recall, and how soon it was back."""
    report = run.report
    rows = [
        _row(run, str(found["model"]), [
            _plain(words.decimal(found["recall_before"])),
            _plain(words.decimal(found["lowest"])),
            _plain(_or(found["messages"], words.UNDEFINED if math.isnan(found["lowest"]) else "not in the stream")),
            _plain(_or(found["positives"], "–")),
            _plain(_or(found["alarm_after"], "none")),
        ])
        for _, found in run.tables.recoveries.iterrows()
    ]  # fmt: skip
    return Table(
        "Model",
        ["recall before", "worst", "messages until back", f"of them {report.classes.positive}", "first alarm after"],
        [rows],
        f"Recall is over the last {words.quantity(report.window, 'message')}; it is back at 95 % of what it was, and 0 "
        f"says that it never fell below. {recovery_caveat(report)} The alarm is that of the change detector on errors "
        "that rise, in messages after the change.",
    )


def replaced_table(run: StreamFolder) -> Table:
    """The words that change, the commonest first."""
    table = run.tables.replaced
    rows = [
        Row(str(found["word"]), "", [_plain(str(found["replacement"])), _plain(words.count(found["messages"]))])
        for _, found in table.iterrows()
    ]
    return Table(
        "Word",
        ["becomes", f"{run.report.classes.positive} messages with it"],
        [rows],
        f"The commonest {words.count(len(table))} of {words.count(run.report.num_replaced)}, and in how many "
        f"{run.report.classes.positive} messages they are before the change.",
    )


def memory_said(number: float) -> str:
    """4.2 MB."""
    if math.isnan(number):
        return words.UNDEFINED
    for unit in ("bytes", "KB", "MB"):
        if number < KILO:
            places = 0 if unit == "bytes" or number >= 100 else 1
            return f"{words.decimal(number, places).removesuffix('.0')} {unit}"
        number /= KILO
    return f"{words.decimal(number, 1)} GB"


def rate_said(rate: float) -> str:
    """Messages a second, with no more digits than a measured time has."""
    if math.isnan(rate) or rate < 1:
        return words.decimal(rate, 2)
    return words.count(round(rate, 2 - math.ceil(math.log10(rate))))


def seconds_said(seconds: float) -> str:
    """0.084 s: filters are too fast for tenths of a second."""
    return f"{seconds:.2g} s" if 0 < seconds < 1 else words.duration(seconds)


def _totals(run: StreamFolder, part: str, metrics: Sequence[str], caption: str) -> Table:
    """Metrics over a part of the stream, the first one with its difference from the reference."""
    rows = []
    found = [total(run.tables.totals, model, key, part) for model in run.models for key in metrics]
    if any(not one.is_known and not math.isnan(one.value) for one in found):
        caption += " Without an interval: a class has fewer than six groups, too few to tell how far chance reaches."
    if "fpr" in metrics and any(total(run.tables.totals, model, "fpr", part).value == 0 for model in run.models):
        caption += f" {NO_WIDTH}"
    for model in run.models:
        cells = [METRICS[key].cell(total(run.tables.totals, model, key, part)) for key in metrics]
        rows.append(_row(run, model, [cells[0], _difference(run, model, metrics[0], part), *cells[1:]]))
    columns = [METRICS[key].label for key in metrics]
    reference = model_name(run.report.reference)
    return Table("Model", [columns[0], f"{columns[0]} less that of {reference}", *columns[1:]], [rows], caption)


def _difference(run: StreamFolder, model: str, metric: str, part: str) -> Cell:
    if model == run.report.reference:
        return NONE
    return gap_cell(gap(run.tables.totals, model, metric, part))


def _row(run: StreamFolder, model: str, cells: list[Cell]) -> Row:
    return Row(upper(model_name(model)), "the reference" if model == run.report.reference else "", cells)


def _or(number: float, otherwise: str) -> str:
    return otherwise if math.isnan(number) else words.count(number)


def _plain(text: str) -> Cell:
    return Cell(text, "", stands_out=False)
