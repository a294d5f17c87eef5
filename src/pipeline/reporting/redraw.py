"""Draw the report of a run folder again, whatever kind of run it is of."""

from __future__ import annotations

from pathlib import Path

from pipeline.errors import UserError
from pipeline.reporting.characters.report import draw_characters
from pipeline.reporting.detection.report import draw_detection
from pipeline.reporting.folder import read_family
from pipeline.reporting.html import draw_report
from pipeline.reporting.images.report import draw_images
from pipeline.reporting.stream.report import draw_stream
from pipeline.reporting.synthesis.report import draw_synthesis

DRAW = {
    "classification": draw_report,
    "synthesis": draw_synthesis,
    "stream": draw_stream,
    "detection": draw_detection,
    "characters": draw_characters,
    "images": draw_images,
}


def redraw(folder: Path) -> Path:
    """Draw the figures and `report.html` of a run folder from its files; the path of the page.

    Raises:
        UserError: a file of the folder is missing or cannot be read, or the run is of a kind not known here.
    """
    family = read_family(folder)
    if family not in DRAW:
        raise UserError(
            f"The run in {folder} is of the kind {family!r}, whose report cannot be drawn.",
            expected=f"one of {', '.join(DRAW)}",
            remedy="Draw it with the version of the pipeline that made the run.",
        )
    return DRAW[family](folder)
