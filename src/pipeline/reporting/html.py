"""The report of a classification run as one self-contained HTML page."""

from __future__ import annotations

from pathlib import Path

from pipeline.reporting import sentences, tables
from pipeline.reporting.classification import draw_figures
from pipeline.reporting.folder import read_run
from pipeline.reporting.page import picture, write_page


def draw_report(folder: Path) -> Path:
    """Draw the figures and `report.html` of a run folder from its files; the path of the page.

    Raises:
        UserError: a file of the folder is missing or cannot be read.
    """
    run = read_run(folder)
    classes = run.report.classes
    pictures = {
        plate.name: picture(
            folder / "figures" / plate.name,
            plate.title,
            plate.reading.format(positive=classes.positive, negative=classes.negative),
            width=plate.width,
            height=plate.height,
        )
        for plate in draw_figures(run)
    }
    return write_page(
        folder / "report.html",
        "report.html.jinja",
        report=run.report,
        manifest=run.manifest,
        config=run.config,
        pictures=pictures,
        say=sentences,
        tables=tables,
    )
