"""The report of a comparison: figures, tables as files, and one self-contained HTML page."""

from __future__ import annotations

from pathlib import Path

from pipeline.reporting.comparison import sentences
from pipeline.reporting.comparison.files import remove_drawn, write_tables
from pipeline.reporting.comparison.plates import caption, plates
from pipeline.reporting.comparison.scene import read_comparison
from pipeline.reporting.comparison.tables import all_tables
from pipeline.reporting.page import write_page
from pipeline.reporting.plates import draw_pictures

TABLES = ("results", "pairs", "runs", "unfinished")


def draw_comparison(folder: Path) -> Path:
    """Draw figures, table files and `report.html` of a comparison folder from its files; the path of the page.

    Raises:
        UserError: a file of the folder is missing or cannot be read, or nothing was compared.
    """
    scene = read_comparison(folder)
    tables = all_tables(scene)
    remove_drawn(folder, TABLES)
    write_tables(folder / "tables", tables)
    pictures = draw_pictures(folder, caption(scene), plates(scene))
    return write_page(
        folder / "report.html",
        "comparison.html.jinja",
        comparison=scene.comparison,
        scene=scene,
        pictures=pictures,
        tables={table.name: table for table in tables},
        say=sentences,
    )
