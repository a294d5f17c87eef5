"""The report of a synthesis run as one self-contained HTML page."""

from __future__ import annotations

from pathlib import Path

from pipeline.reporting.page import write_page
from pipeline.reporting.plates import draw_pictures, run_caption
from pipeline.reporting.synthesis import augmentation_tables, messages, sentences, tables
from pipeline.reporting.synthesis.folder import read_synthesis
from pipeline.reporting.synthesis.plates import plates
from pipeline.reporting.synthesis.published import published_of
from pipeline.reporting.tables import stages


def draw_synthesis(folder: Path) -> Path:
    """Draw the figures and `report.html` of a synthesis run from its files; the path of the page.

    Raises:
        UserError: a file of the folder is missing or cannot be read.
    """
    run = read_synthesis(folder)
    pictures = draw_pictures(folder, run_caption(run.report), plates(run))
    return write_page(
        folder / "report.html",
        "synthesis.html.jinja",
        run=run,
        report=run.report,
        manifest=run.manifest,
        config=run.config,
        pictures=pictures,
        stages=stages(run.manifest),
        published=published_of(run.report),
        say=sentences,
        tables=tables,
        augmented=augmentation_tables,
        messages=messages,
    )
