"""The sections of docs/RESULTS.md on runs of character models, from their `report.json`, tables and figures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from make_results_detection import listed, markdown
from pipeline.reporting.characters.folder import read_characters
from pipeline.reporting.characters.sample_tables import recognition_table, score_table
from pipeline.reporting.characters.scene import Scene
from pipeline.reporting.characters.sentences import alphabet_sentence, sizes_sentence
from pipeline.reporting.characters.tables import bits_table, contest_table, network_table, race_table

FIGURES = ("bits", "learning_seconds", "learning_epochs", "temperatures", "recognition")  # none shows messages
RESULT_TABLES = (bits_table, contest_table, race_table, network_table, score_table, recognition_table)


def characters_text(folder: Path, metrics: dict[str, Any], manifest: dict[str, Any]) -> str:
    """What a run of character models was and came to, without its figures."""
    run = read_characters(folder)
    scene, report = Scene(run.report, run.tables), run.report
    counts = "; ".join(f"{part.part} {part.total:,}" for part in report.counts)
    commit = (manifest["git_commit"] or "unknown")[:10]
    body = "\n\n".join(markdown(found) for make in RESULT_TABLES if any((found := make(scene)).bodies))
    note = f"\n{report.protocol_note}\n" if report.protocol_note else ""
    return f"""\
## {metrics["experiment"]} on {metrics["dataset"]}, protocol {metrics["protocol"]}, seed {metrics["seed"]}

{listed(report.headline)}
{note}
Messages: {counts}. {sizes_sentence(report)}
{alphabet_sentence(report)}
Commit {commit}, started {manifest["started"]}:

    {report.reproduce}

{body}
"""
