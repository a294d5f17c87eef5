"""The report of a run on a stream as one self-contained HTML page."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from pipeline.reporting.comparison.plates import Plate
from pipeline.reporting.page import Picture, picture, write_page
from pipeline.reporting.stream import findings, memory_findings, memory_tables, sentences, tables
from pipeline.reporting.stream.facts import Kind
from pipeline.reporting.stream.folder import read_kind, read_memory, read_stream
from pipeline.reporting.stream.memory_figures import memory_plates
from pipeline.reporting.stream.plates import draw_plates, stream_plates
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
    return write_page(
        folder / "report.html",
        "stream.html.jinja",
        run=run,
        report=run.report,
        manifest=run.manifest,
        config=run.config,
        pictures=_pictures(folder, draw_plates(folder, run.report, stream_plates(run))),
        stages=stages(run.manifest),
        say=sentences,
        findings=findings.findings(run.report, run.tables),
        tables=tables,
    )


def draw_memory(folder: Path) -> Path:
    """The page on hashing and memory."""
    run = read_memory(folder)
    return write_page(
        folder / "report.html",
        "stream_memory.html.jinja",
        run=run,
        report=run.report,
        manifest=run.manifest,
        config=run.config,
        pictures=_pictures(folder, draw_plates(folder, run.report, memory_plates(run))),
        stages=stages(run.manifest),
        say=sentences,
        findings=memory_findings.findings(run.tables),
        tables=memory_tables,
    )


def _pictures(folder: Path, plates: Iterable[Plate]) -> dict[str, Picture]:
    return {
        plate.name: picture(
            folder / "figures" / plate.name, plate.title, plate.reading, width=plate.width, height=plate.height
        )
        for plate in plates
    }


DRAW: dict[Kind, Callable[[Path], Path]] = {
    "filters": draw_models, "drift": draw_models, "versus_batch": draw_models, "memory": draw_memory,
}  # fmt: skip
