"""The figures of a page: what each is called, how to read it, its size, and how it gets into files and the page."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.reporting import style
from pipeline.reporting.facts import Opening
from pipeline.reporting.page import Picture, picture

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Plate:
    """One figure of the report.

    Attributes:
        name: of its files, without suffix.
        title: what it shows.
        reading: how to read it.
        draw: fills an empty figure.
        width, height: in inches.
    """

    name: str
    title: str
    reading: str
    draw: Callable[[Figure], None]
    width: float
    height: float


def run_caption(report: Opening) -> style.Caption:
    """The line below every figure of a run."""
    return style.Caption(f"{report.protocol} protocol  ·  {report.experiment} on {report.dataset}", report.stand_in)


def draw_pictures(folder: Path, caption: style.Caption, plates: Iterable[Plate]) -> dict[str, Picture]:
    """Draw figures into `figures/` of the folder; the pictures that a page shows, by name."""
    (folder / "figures").mkdir(exist_ok=True)
    pictures = {}
    for plate in plates:
        path = folder / "figures" / plate.name
        with style.sheet(path, caption, width=plate.width, height=plate.height) as figure:
            plate.draw(figure)
        pictures[plate.name] = picture(path, plate.title, plate.reading, width=plate.width, height=plate.height)
    return pictures
