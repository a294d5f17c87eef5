"""The report of a detection run as one self-contained HTML page."""

from __future__ import annotations

from pathlib import Path

from pipeline.reporting.detection import messages, sentences, tables
from pipeline.reporting.detection.findings import findings
from pipeline.reporting.detection.folder import read_detection
from pipeline.reporting.detection.plates import detection_plates
from pipeline.reporting.detection.protocol import DEVIATIONS, FAULTS
from pipeline.reporting.detection.scene import Scene
from pipeline.reporting.page import write_page
from pipeline.reporting.plates import draw_pictures, run_caption
from pipeline.reporting.tables import stages


def draw_detection(folder: Path) -> Path:
    """Draw the figures and `report.html` of a detection run from its files; the path of the page.

    Raises:
        UserError: a file of the folder is missing or cannot be read.
    """
    run = read_detection(folder)
    scene = Scene(run.report, run.tables)
    return write_page(
        folder / "report.html",
        "detection.html.jinja",
        scene=scene,
        report=run.report,
        manifest=run.manifest,
        config=run.config,
        pictures=draw_pictures(folder, run_caption(run.report), detection_plates(run)),
        stages=stages(run.manifest),
        say=sentences,
        findings=findings(scene),
        tables=tables,
        messages=messages,
        faults=FAULTS,
        deviations=DEVIATIONS,
    )
