"""Compare finished runs on streams: write down what they come to together, then draw the report from those files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
from pydantic import TypeAdapter

from pipeline.comparison.naming import tell_apart
from pipeline.comparison.output import check_output, command_of, relative
from pipeline.comparison.runs import Account, Setting, read_account, read_finished, settings_of
from pipeline.comparison.stream_contests import RESAMPLES, Contest, adjust, judge
from pipeline.reporting.comparison.facts import Unfinished
from pipeline.reporting.folder import read_family, read_table
from pipeline.reporting.grid import each_once
from pipeline.reporting.stream.facts import UNFAMILIAR, StreamReport
from pipeline.reporting.stream.folder import StreamFolder, read_kind, read_stream
from pipeline.reporting.stream_comparison import findings
from pipeline.reporting.stream_comparison.facts import ComparedStream, Repeat, StreamComparison
from pipeline.reporting.stream_comparison.report import draw_stream_comparison
from pipeline.reporting.stream_comparison.scene import COLUMNS, Scene, Tables

PARTS = ("all", "unfamiliar")
ORDERS = {"file": "in file order", "shuffled": "shuffled"}
KINDS = {"filters": "filters", "drift": "drift", "versus_batch": "beside batch models"}
ORDER = "stream.order"
SAID = ("position", "group", "label", "model", "called")


@dataclass(frozen=True, eq=False)
class StreamRun:
    """A finished run on a stream.

    Attributes:
        folder: where it is, as given.
        account, content: what is written there.
        settings: dotted setting -> value of all that can change a result.
    """

    folder: Path
    account: Account
    content: StreamFolder
    settings: dict[str, Setting]

    @property
    def report(self) -> StreamReport:
        """What the run came to."""
        return self.content.report

    @property
    def seed(self) -> int:
        """Seed of the run."""
        return self.content.manifest.seed


def compare_streams(folders: Sequence[Path], output: Path, title: str) -> str:
    """Write `comparison.json` and `tables/` of runs on streams into `output`, draw the report; the headline.

    Runs that differ in nothing but the seed are repeats. What is unfinished or of another kind is left out and listed.

    Raises:
        UserError: a folder is neither of a run nor of a sweep, nothing can be compared, or `output` holds other things.
    """
    check_output(output)
    runs, unfinished = read_finished(folders, _refuse, _read)
    found, superseded = _find_streams(runs)
    groups = [_distinct(group) for group in found]
    idle = len(runs) - len(superseded) - sum(map(len, groups))
    names, panels = _name(groups)
    output.mkdir(parents=True, exist_ok=True)
    streams = [
        _stream(group, *called, output) for group, called in zip(groups, zip(names, panels, strict=True), strict=True)
    ]
    comparison = StreamComparison(
        family="stream",
        title=title,
        datasets=each_once(run.report.dataset for run in runs),
        protocols=each_once(run.report.protocol for run in runs),
        streams=streams,
        unfinished=[Unfinished(relative(Path(job.folder), output), job.reason) for job in unfinished],
        notices=findings.limits(streams, [relative(run.folder, output) for run in superseded], idle),
        headline="",
        command=command_of(folders, output),
        resamples=RESAMPLES,
    )
    tables = _tables(groups, names)
    comparison = replace(comparison, headline=findings.headline(Scene(output, comparison, Tables(**tables))))
    (output / "tables").mkdir(exist_ok=True)
    for name, table in tables.items():
        table.to_parquet(output / "tables" / f"{name}.parquet", index=False)
    (output / "comparison.json").write_bytes(TypeAdapter(StreamComparison).dump_json(comparison, indent=1))
    draw_stream_comparison(output)
    return comparison.headline


def _refuse(folder: Path) -> str:
    """Why a finished run is not compared; empty where it is one of models on a stream."""
    family = read_family(folder)
    if family != "stream":
        return f"it is a run of {family}: only runs of models on streams are compared"
    return "it judges filters in ever less memory, which is not compared" if read_kind(folder) == "memory" else ""


def _read(folder: Path) -> StreamRun:
    content = read_stream(folder)
    return StreamRun(folder, read_account(folder), content, settings_of(content.config, content.manifest))


def _find_streams(runs: Sequence[StreamRun]) -> tuple[list[list[StreamRun]], list[StreamRun]]:
    """The repeats of each stream by seed, sorted streams last; and runs that a later one of the same seed replaces."""
    groups: dict[tuple[object, ...], dict[int, StreamRun]] = {}
    superseded = []
    for run in sorted(runs, key=lambda run: run.content.manifest.started):
        repeats = groups.setdefault(_identity(run), {})
        if run.seed in repeats:
            superseded.append(repeats[run.seed])
        repeats[run.seed] = run
    place = {run: number for number, run in enumerate(runs)}
    found = [[repeats[seed] for seed in sorted(repeats)] for repeats in groups.values()]
    found.sort(key=lambda group: (group[0].report.is_sorted, min(place[run] for run in group)))
    return found, superseded


def _distinct(group: Sequence[StreamRun]) -> list[StreamRun]:
    """The repeats without those that come to what an earlier one came to: in file order a seed may change nothing."""
    kept: list[StreamRun] = []
    for run in group:
        values = run.content.tables.totals["value"].to_numpy(np.float64)
        earlier = (other.content.tables.totals["value"].to_numpy(np.float64) for other in kept)
        if not any(np.array_equal(values, other, equal_nan=True) for other in earlier):
            kept.append(run)
    return kept


def _identity(run: StreamRun, *left_out: str) -> tuple[object, ...]:
    settings = sorted((key, value) for key, value in run.settings.items() if key not in left_out)
    return run.report.dataset, run.report.protocol, run.report.kind, *settings


def _name(groups: Sequence[Sequence[StreamRun]]) -> tuple[list[str], list[str]]:
    """Names of streams, and of the panels that they share with the other order."""
    firsts = [group[0] for group in groups]
    owner: dict[tuple[object, ...], StreamRun] = {}
    for run in firsts:
        owner.setdefault(_identity(run, ORDER), run)
    several = {
        "kind": len({run.report.kind for run in firsts}) > 1,
        "protocol": len({run.report.protocol for run in firsts}) > 1,
    }
    bases = []
    for run in owner.values():
        kind = [KINDS[run.report.kind]] if several["kind"] else []
        protocol = [f"{run.report.protocol} protocol"] if several["protocol"] else []
        bases.append(", ".join([run.report.dataset, *kind, *protocol]))
    told = dict(zip(owner, tell_apart(bases, list(owner.values())), strict=True))
    panels = [told[_identity(run, ORDER)] for run in firsts]
    return [f"{panel}, {ORDERS[run.report.order]}" for panel, run in zip(panels, firsts, strict=True)], panels


def _stream(group: Sequence[StreamRun], name: str, panel: str, output: Path) -> ComparedStream:
    report = group[0].report
    return ComparedStream(
        name=name,
        panel=panel,
        dataset=report.dataset,
        protocol=report.protocol,
        kind=report.kind,
        order=report.order,
        is_sorted=any(run.report.is_sorted for run in group),
        messages=report.stream.total - report.start,
        unfamiliar=report.count(UNFAMILIAR).total,
        classes=report.classes,
        reference=report.reference,
        period=report.period,
        delay=report.delay,
        models=each_once(model for run in group for model in run.content.models),
        repeats=[
            Repeat(run.seed, relative(run.folder, output), run.content.manifest.command) for run in group
        ],
        stand_in=any(run.report.stand_in for run in group),
    )  # fmt: skip


def _tables(groups: Sequence[Sequence[StreamRun]], names: Sequence[str]) -> dict[str, pd.DataFrame]:
    """The tables of the comparison; see `scene.Tables`."""
    every = [(name, run) for name, group in zip(names, groups, strict=True) for run in group]
    totals, models, pairs = [], [], []
    for name, run in every:
        found = run.content.tables
        totals.append(_marked(found.totals[found.totals["part"].isin(PARTS)], name, run))
        rate = run.report.stream.total / found.models["seconds"].where(found.models["seconds"] > 0)
        rate = rate.where(found.models["trainings"] == 0)  # seconds of models trained anew are of their trainings alone
        models.append(_marked(found.models.assign(messages_per_second=rate), name, run))
        if not run.report.is_sorted:
            pairs.append(_marked(judge(_contest(run)), name, run))
    return {
        "totals": pd.concat(totals, ignore_index=True),
        "models": pd.concat(models, ignore_index=True),
        "pairs": adjust(pd.concat(pairs, ignore_index=True)) if pairs else pd.DataFrame(columns=list(COLUMNS["pairs"])),
    }


def _contest(run: StreamRun) -> Contest:
    """What the models of a run said of the messages that all of them have scored."""
    table = read_table(run.folder / "predictions.parquet", SAID)
    table = table[table["position"] >= run.report.start].sort_values("position", kind="stable")
    first = table[table["model"] == run.report.reference]
    called = np.array([table.loc[table["model"] == model, "called"].to_numpy(bool) for model in run.content.models])
    totals = run.content.tables.totals
    return Contest(
        models=run.content.models,
        reference=run.report.reference,
        labels=first["label"].to_numpy(),
        groups=first["group"].to_numpy(),
        called=called,
        totals=totals[(totals["part"] == "all") & (totals["metric"] == "f1")],
    )


def _marked(table: pd.DataFrame, name: str, run: StreamRun) -> pd.DataFrame:
    marked = table.copy()
    marked.insert(0, "stream", name)
    marked.insert(1, "seed", run.seed)
    return marked
