"""The report of a run on a stream as one self-contained HTML page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from types import ModuleType

from pipeline.reporting.page import write_page
from pipeline.reporting.plates import Plate, draw_pictures, run_caption
from pipeline.reporting.stream import findings, memory_findings, memory_tables, sentences, tables
from pipeline.reporting.stream.answers import Finding
from pipeline.reporting.stream.facts import Kind
from pipeline.reporting.stream.folder import MemoryFolder, StreamFolder, read_kind, read_memory, read_stream
from pipeline.reporting.stream.memory_figures import memory_plates
from pipeline.reporting.stream.plates import stream_plates
from pipeline.reporting.tables import stages


def draw_stream(folder: Path) -> Path:
    """Draw the figures and `report.html` of a run on a stream from its files; the path of the page.

    Raises:
        UserError: a file of the folder is missing or cannot be read.
    """
    return DRAW[read_kind(folder)](folder)


def draw_models(folder: Path) -> Path:
    """The page of models that read a stream."""
    run = read_stream(folder)
    return _draw(run, "stream.html.jinja", stream_plates(run), findings.findings(run.report, run.tables), tables)


def draw_memory(folder: Path) -> Path:
    """The page on hashing and memory."""
    run = read_memory(folder)
    answers = memory_findings.findings(run.tables)
    return _draw(run, "stream_memory.html.jinja", memory_plates(run), answers, memory_tables)


def _draw(
    run: StreamFolder | MemoryFolder,
    template: str,
    plates: Iterable[Plate],
    answers: Sequence[Finding],
    told: ModuleType,
) -> Path:
    return write_page(
        run.path / "report.html",
        template,
        run=run,
        report=run.report,
        manifest=run.manifest,
        config=run.config,
        pictures=draw_pictures(run.path, run_caption(run.report), plates),
        stages=stages(run.manifest),
        say=sentences,
        findings=answers,
        tables=told,
    )


DRAW: dict[Kind, Callable[[Path], Path]] = {
    "filters": draw_models, "drift": draw_models, "versus_batch": draw_models, "memory": draw_memory,
}  # fmt: skip
