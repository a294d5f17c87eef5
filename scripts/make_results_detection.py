"""The sections of docs/RESULTS.md on detection runs, from their `report.json`, tables and figures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from make_results_synthesis import table
from pipeline.reporting.comparison.files import MARKDOWN_ESCAPES
from pipeline.reporting.detection.folder import read_detection
from pipeline.reporting.detection.scene import Scene
from pipeline.reporting.detection.tables import contamination_table, contest_table, main_table, measure_table
from pipeline.reporting.gaps import share_said
from pipeline.reporting.grid import Row, Table
from pipeline.reporting.tables import Cell

FIGURES = ("detectors", "length", "score_length", "contamination", "training")
RESULT_TABLES = (main_table, measure_table, contest_table, contamination_table)


def detection_text(folder: Path, metrics: dict[str, Any], manifest: dict[str, Any]) -> str:
    """What a detection run was and came to, without its figures."""
    run = read_detection(folder)
    scene, report = Scene(run.report, run.tables), run.report
    counts = "; ".join(f"{part.part} {part.total:,}" for part in report.counts)
    commit = (manifest["git_commit"] or "unknown")[:10]
    body = "\n\n".join(markdown(found) for make in RESULT_TABLES if any((found := make(scene)).bodies))
    return f"""\
## {metrics["experiment"]} on {metrics["dataset"]}, protocol {metrics["protocol"]}, seed {metrics["seed"]}

{listed(report.headline)}

Messages: {counts}; of the test messages {report.num_wordless:,} without a known word. {report.vocabulary:,} words in
{report.min_messages} training messages or more. Share of {report.classes.positive}: {share_said(report.true_share)} of
the test part, {share_said(report.expected_share)} expected, {share_said(report.estimated_share)} estimated by the
mixture. Commit {commit}, started {manifest["started"]}.

{body}
"""


def listed(headline: str) -> str:
    """The lines of a headline as lines of a page: the first as it is, the others as points."""
    first, *others = headline.splitlines()
    return "\n".join([first, *(["", *(f"- {line}" for line in others)] if others else [])])


def markdown(found: Table) -> str:
    """A table of the report and what is said below it; detectors and classes have names of the user's."""
    rows = [_line(row) for body in found.bodies for row in body]
    heads = [text.translate(MARKDOWN_ESCAPES) for text in (found.corner, *found.columns)]
    return "\n".join([*table(heads, rows), "", found.caption.translate(MARKDOWN_ESCAPES)])


def _line(row: Row) -> list[str]:
    head = f"{row.head}; {row.note}" if row.note else row.head
    return [head.translate(MARKDOWN_ESCAPES), *map(_cell, row.cells)]


def _cell(cell: Cell) -> str:
    beside = cell.interval if cell.interval.startswith("[") or not cell.interval else f"({cell.interval})"
    shown = f"{cell.value} {beside}".strip().translate(MARKDOWN_ESCAPES)
    return f"**{shown}**" if cell.stands_out else shown
