"""Write down what hashing into ever less memory came to, then draw the report from those files alone."""

from __future__ import annotations

from pathlib import Path

from pydantic import TypeAdapter
from pydantic_core import to_jsonable_python

from pipeline.artifacts import Corpus, Pool, Texts
from pipeline.artifacts.streams import MemoryScores, Stream
from pipeline.reporting.stream.facts import MemoryReport
from pipeline.reporting.stream.folder import MemoryTables
from pipeline.reporting.stream.memory_findings import headline
from pipeline.reporting.stream.report import draw_stream
from pipeline.reporting.stream.sentences import opening
from pipeline.stages.account import write_json
from pipeline.stages.stream_account import frame_metrics, read_frame, records, stream_facts, write_tables


def memory_report(
    corpus: Corpus, texts: Texts, pool: Pool, stream: Stream, memory: MemoryScores, *, folder: Path
) -> str:
    """Write `metrics.json`, `report.json` and `tables/`, draw the report; the headline.

    Reads the frame of the run (experiment, protocol, command) from the `manifest.json` in `folder`.
    """
    frame = read_frame(folder)
    tables = {"models": memory.models, "counts": memory.counts, "reference": memory.reference}
    numbers = {"kind": "memory", "num_ngrams": memory.num_ngrams, "num_counted": memory.num_counted}
    write_tables(folder, tables)
    results = {name: records(table) for name, table in tables.items()}
    write_json(folder / "metrics.json", frame_metrics(frame, corpus, texts, stream) | numbers | results)
    facts = stream_facts(frame, corpus, texts, pool, stream, start=0, window=0) | numbers
    report = TypeAdapter(MemoryReport).validate_python(to_jsonable_python(facts | {"headline": ""}))
    said = opening(report) + headline(MemoryTables(**tables))
    write_json(folder / "report.json", facts | {"headline": said})
    draw_stream(folder)
    return said
