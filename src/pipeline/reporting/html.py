"""The report of a classification run as one self-contained HTML page."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from pathlib import Path

from pipeline.reporting import sentences, tables, words
from pipeline.reporting.classification import Plate, draw_figures
from pipeline.reporting.facts import Classes
from pipeline.reporting.folder import RunFolder, read_run

TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True)
class Picture:
    """A figure inside the page: `source` is a data URI, so that the page needs no other file."""

    title: str
    reading: str
    source: str
    width: int
    height: int


def draw_report(folder: Path) -> Path:
    """Draw the figures and `report.html` of a run folder from its files; the path of the page.

    Raises:
        UserError: a file of the folder is missing or cannot be read.
    """
    run = read_run(folder)
    pictures = {plate.name: _picture(plate, folder, run.report.classes) for plate in draw_figures(run)}
    path = folder / "report.html"
    path.write_text(_page(run, pictures), encoding="utf-8", newline="\n")
    return path


def _page(run: RunFolder, pictures: dict[str, Picture]) -> str:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,  # texts of the corpus are untrusted
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    for filter_ in (
        words.count,
        words.decimal,
        words.duration,
        words.percent,
        words.quantity,
        tables.setting,
        tables.shown,
    ):
        environment.filters[filter_.__name__] = filter_
    return environment.get_template("report.html.jinja").render(
        report=run.report, manifest=run.manifest, config=run.config, pictures=pictures, say=sentences, tables=tables
    )


def _picture(plate: Plate, folder: Path, classes: Classes) -> Picture:
    """An SVG in an image element of its own: names inside it cannot clash with those of another."""
    content = (folder / "figures" / f"{plate.name}.svg").read_bytes()
    return Picture(
        title=plate.title,
        reading=plate.reading.format(positive=classes.positive, negative=classes.negative),
        source=f"data:image/svg+xml;base64,{b64encode(content).decode('ascii')}",
        width=round(96 * plate.width),
        height=round(96 * plate.height),
    )
