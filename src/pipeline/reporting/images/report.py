"""The report of a run on images as one self-contained HTML page."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from pathlib import Path

from pipeline.reporting.images import protocol, sentences, tables
from pipeline.reporting.images.animation import shown, write_animation
from pipeline.reporting.images.findings import findings
from pipeline.reporting.images.folder import ImagesFolder, read_images
from pipeline.reporting.images.plates import image_plates
from pipeline.reporting.images.scene import Scene
from pipeline.reporting.page import Picture, write_page
from pipeline.reporting.plates import draw_pictures, run_caption
from pipeline.reporting.tables import stages
from pipeline.reporting.words import count, quantity

FIRST = "grid"  # the figure that stands before all others
LARGEST = 3_000_000  # bytes of an animation inside the page
WIDE = 780  # CSS pixels


def draw_images(folder: Path) -> Path:
    """Draw the figures, `figures/training.gif` and `report.html` of a run on images; the path of the page.

    Raises:
        UserError: a file of the folder is missing or cannot be read.
    """
    run = read_images(folder)
    scene = Scene(run.report, run.tables, run.settings)
    pictures = draw_pictures(folder, run_caption(run.report), image_plates(run))
    return write_page(
        folder / "report.html",
        "images.html.jinja",
        scene=scene,
        report=run.report,
        manifest=run.manifest,
        config=run.config,
        first=FIRST,
        pictures=pictures,
        animation=_animation(run),
        stages=stages(run.manifest),
        say=sentences,
        findings=findings(scene),
        tables=tables,
        protocol=protocol,
    )


def _animation(run: ImagesFolder) -> dict[str, Picture]:
    """The film of the training, by its name; nothing where it is too large for a page or never began."""
    if not len(run.pictures.frames):
        return {}
    path = run.path / "figures" / "training.gif"
    frames, names = run.pictures.frames, run.report.class_names
    write_animation(frames, run.tables.history["epoch"].tolist(), names, path)
    content = path.read_bytes()
    if len(content) > LARGEST:
        return {}
    width, height = _size(content)
    scale = min(1.0, WIDE / width)
    film = Picture(
        "The training as a film",
        "A row a class; columns share their noise, which stays the same from epoch to epoch: what changes is the "
        f"generator.{sentences.training_noise(run.settings.drawing.noise_std)} "
        f"{_extent(frames.shape)} The film is in the run folder as figures/training.gif.",
        f"data:image/gif;base64,{b64encode(content).decode('ascii')}",
        round(width * scale),
        round(height * scale),
    )
    return {"training": film}


def _extent(shape: Sequence[int]) -> str:
    """How much of the drawings the film shows."""
    (classes, columns), of = shown(shape), ""
    if classes < shape[1]:
        of = f" and {count(classes)} of {count(shape[1])} classes"
    return f"Shown are {count(columns)} of {quantity(shape[2], 'column')}{of}."


def _size(gif: bytes) -> tuple[int, int]:
    """Width and height, which stand behind the six letters of the format."""
    return int.from_bytes(gif[6:8], "little"), int.from_bytes(gif[8:10], "little")
