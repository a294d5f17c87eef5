"""The report of a run of character models as one self-contained HTML page."""

from __future__ import annotations

from pathlib import Path

from pipeline.reporting.characters import messages, sample_tables, sentences, tables
from pipeline.reporting.characters.findings import findings
from pipeline.reporting.characters.folder import read_characters
from pipeline.reporting.characters.plates import character_plates
from pipeline.reporting.characters.protocol import deviations, faults
from pipeline.reporting.characters.scene import Scene
from pipeline.reporting.page import write_page
from pipeline.reporting.plates import draw_pictures, run_caption
from pipeline.reporting.tables import stages


def draw_characters(folder: Path) -> Path:
    """Draw the figures and `report.html` of a run of character models from its files; the path of the page.

    Raises:
        UserError: a file of the folder is missing or cannot be read.
    """
    run = read_characters(folder)
    scene = Scene(run.report, run.tables, run.settings)
    return write_page(
        folder / "report.html",
        "characters.html.jinja",
        scene=scene,
        report=run.report,
        manifest=run.manifest,
        config=run.config,
        pictures=draw_pictures(folder, run_caption(run.report), character_plates(run)),
        stages=stages(run.manifest),
        say=sentences,
        findings=findings(scene),
        tables=tables,
        sample_tables=sample_tables,
        messages=messages,
        faults=faults(run.settings),
        deviations=deviations(run.settings),
    )
