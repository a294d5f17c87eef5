"""What models came to on a stream: the headline and the questions that the page answers first, by kind of run.

Verdicts come from paired intervals alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from pipeline.reporting.stream.answers import Finding, nothing_learnt
from pipeline.reporting.stream.batch_findings import batch_said, is_training_anew_better, what_training_costs
from pipeline.reporting.stream.drift_findings import change_said, how_soon, is_it_noticed, what_it_costs
from pipeline.reporting.stream.facts import Kind, StreamReport
from pipeline.reporting.stream.filter_findings import best_said, is_it_memory, which_is_best, which_loses_least
from pipeline.reporting.stream.folder import StreamTables

Told = Callable[[StreamReport, StreamTables], str]
Asked = Callable[[StreamReport, StreamTables], Finding]
HEADLINES: dict[Kind, Told] = {"filters": best_said, "drift": change_said, "versus_batch": batch_said}
QUESTIONS: dict[Kind, tuple[Asked, ...]] = {
    "filters": (which_is_best, which_loses_least, is_it_memory),
    "drift": (what_it_costs, how_soon, is_it_noticed, which_is_best),
    "versus_batch": (is_training_anew_better, what_training_costs, which_loses_least, is_it_memory),
}


def headline(report: StreamReport, tables: StreamTables) -> str:
    """The result in one line."""
    said = [nothing_learnt(report), HEADLINES[report.kind](report, tables)]
    return "; ".join(filter(None, said)).replace("\N{NO-BREAK SPACE}", " ")


def findings(report: StreamReport, tables: StreamTables) -> list[Finding]:
    """The questions of the run, answered; where a stream is sorted by class or nothing learnt no answer is coloured."""
    found = [ask(report, tables) for ask in QUESTIONS[report.kind]]
    is_idle = report.is_sorted or nothing_learnt(report)
    return [replace(one, style="level") for one in found] if is_idle else found
