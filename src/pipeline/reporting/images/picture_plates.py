"""The figures of a run on images that show images themselves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from pipeline.reporting.images import picture_figures
from pipeline.reporting.images.folder import ImagesFolder
from pipeline.reporting.images.picture_figures import MOST_CLASSES, Pair
from pipeline.reporting.images.sentences import noise_said, training_noise
from pipeline.reporting.plates import Plate

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDE = 8.6  # inches
MOST_COLUMNS = 10  # of a grid
MOST_ROWS = 5  # classes that are followed through the epochs
MOST_PAIRS = 3  # of a class
LEAST_CELL, MOST_CELL = 0.2, 0.52  # inches of an image
MOST_HEIGHT = 7.5  # inches of images below each other
LETTER = 0.075  # inches
SIDES = 0.25  # inches at the edges of a sheet


def picture_plates(run: ImagesFolder) -> Iterator[Plate]:
    """The figures that the arrays allow."""
    pictures = run.pictures
    if pictures.grid.size or pictures.real.size:
        yield _grid(run)
    if pictures.frames.size:
        yield _epochs(run)
    if pictures.between.size:
        yield _between(run)
    if len(pictures.drawn):
        yield _neighbours(run)


def _grid(run: ImagesFolder) -> Plate:
    gan = picture_figures.written(run.report.gan, 30)
    sides = {f"Drawn by {gan}": run.pictures.grid, "Real test images": run.pictures.real}
    shown = {title: images[:MOST_CLASSES, :MOST_COLUMNS] for title, images in sides.items() if images.size}
    names = run.report.class_names[:MOST_CLASSES]
    columns = [images.shape[1] for images in shown.values()]
    cell = _cell(WIDE - SIDES - 0.1 - _room(names), sum(columns), len(names))

    def draw(figure: Figure) -> None:
        panels = figure.subplots(1, len(shown), squeeze=False, width_ratios=columns).ravel()
        for place, (axes, (title, images)) in enumerate(zip(panels, shown.items(), strict=True)):
            picture_figures.grid(axes, images, [] if place else names)
            axes.set_title(title)

    return Plate(
        "grid",
        "What was drawn, beside real images",
        "A row a class. At the left drawings that nobody picked: every column is drawn from the same noise, so that "
        "what its images share comes from the noise and what differs from the class. At the right real test images, "
        "whose columns have no meaning. Good drawings are sharp, of the class of their row, and as different from "
        "each other as the real ones. "
        f"{noise_said(run.settings.drawing.noise_std)}Here as in all these figures, what is bright in "
        f"the data stands dark on paper.{_left_out(run)}",
        draw,
        _width(names, sum(columns), cell, extra=0.1),
        0.55 + len(names) * cell,
    )


def _epochs(run: ImagesFolder) -> Plate:
    report, frames = run.report, run.pictures.frames
    epochs = picture_figures.some_epochs(len(frames), report.kept_epoch)
    chosen = picture_figures.evenly(len(report.class_names), MOST_ROWS)
    images = frames[np.array(epochs) - 1][:, chosen, 0].swapaxes(0, 1)
    names = [report.class_names[place] for place in chosen]
    cell = _cell(WIDE - SIDES - _room(names), len(epochs), len(names))
    number = len(report.class_names)
    some = "" if len(chosen) == number else f" Shown are {len(chosen)} of {number} classes."

    def draw(figure: Figure) -> None:
        picture_figures.through_epochs(figure.add_subplot(), images, names, epochs, report.kept_epoch)

    return Plate(
        "epochs",
        "The same noise through the epochs",
        "A row a class, left to right what the generator made of the same noise after more and more epochs; the frame "
        "is around the epoch that was kept. If the last columns keep changing without getting better, "
        f"training goes round in circles.{training_noise(run.settings.drawing.noise_std)}{some}",
        draw,
        _width(names, len(epochs), cell),
        0.95 + len(names) * cell,
    )


def _between(run: ImagesFolder) -> Plate:
    names = run.report.class_names
    images = run.pictures.between[:MOST_CLASSES]
    ends = [(names[place], names[(place + 1) % len(names)]) for place in range(len(images))]
    both = [*(start for start, _ in ends), *(end for _, end in ends)]
    cell = _cell(WIDE - SIDES - 2 * _room(both), *images.shape[1::-1])

    def draw(figure: Figure) -> None:
        picture_figures.between(figure.add_subplot(), images, ends)

    return Plate(
        "between",
        "From class to class",
        "In every row the class that is asked for goes in equal steps from the one at the left to that at the right; "
        "the noise stays. A generator that has learnt what classes are made of changes little by little; one that has "
        f"learnt images by heart jumps from one to the next.{_left_out(run)}",
        draw,
        _width(both, images.shape[1], cell) + _room(both),
        0.4 + len(ends) * cell,
    )


def _neighbours(run: ImagesFolder) -> Plate:
    rows = _pairs(run)
    names = [run.report.class_names[label] for label, _ in rows]
    most = max(len(pairs) for _, pairs in rows)
    blocks = 2 if len(rows) > 1 else 1
    wide, high = picture_figures.pair_size(run.pictures.drawn.shape[-1])
    pixels = blocks * most * wide
    inch = min((WIDE - SIDES - blocks * (_room(names) + 0.1)) / pixels, MOST_CELL / run.pictures.drawn.shape[-1])
    down = -(-len(rows) // blocks)
    headings = ["closest", "typical"][:most] if most < 3 else [f"number {place + 1}" for place in range(most)]

    def draw(figure: Figure) -> None:
        panels: list[Axes] = figure.subplots(1, blocks, squeeze=False).ravel().tolist()
        for block, axes in enumerate(panels):
            part = slice(block * down, (block + 1) * down)
            picture_figures.neighbours(axes, [pairs for _, pairs in rows[part]], names[part], headings)
            axes.set_ylim(down * high - 0.5, -0.5)

    return Plate(
        "neighbours",
        "Drawings beside the training images that come closest to them",
        "Every pair is a drawing, at its right the closest training image, below it how far apart (Euclidean, "
        "pixels from 0 to 1; 0 in bold is a copy). Of each class stand here the drawing that comes closest to a "
        "training image, and one as close as half of its class are; the class with the closest of all comes first. A "
        "generator that copies shows the same image twice, down to folds and prints: that the outline is the same "
        f"is no copy.{_left_out(run)}",
        draw,
        max(blocks * (_room(names) + 0.1) + pixels * inch + SIDES, 4.2),
        0.62 + down * high * inch,
    )


def _pairs(run: ImagesFolder) -> list[tuple[int, list[Pair]]]:
    """Pairs of each class, the closest first; the class with the closest pair first."""
    pictures, found = run.pictures, dict[int, list[Pair]]()
    for place in np.argsort(pictures.nearest_distance, kind="stable"):
        pairs = found.setdefault(int(pictures.drawn_label[place]), [])
        pairs.append(Pair(pictures.drawn[place], pictures.nearest[place], float(pictures.nearest_distance[place])))
    return [(label, pairs[:MOST_PAIRS]) for label, pairs in found.items()][:MOST_CLASSES]


def _left_out(run: ImagesFolder) -> str:
    """What is said where classes are too many for a figure."""
    number = len(run.report.class_names)
    return f" Shown are {MOST_CLASSES} of {number} classes." if number > MOST_CLASSES else ""


def _cell(room: float, columns: int, rows: int) -> float:
    """Inches of an image where so many stand side by side and below each other."""
    return max(min(room / columns, MOST_HEIGHT / rows, MOST_CELL), LEAST_CELL)


def _room(names: list[str]) -> float:
    """Inches that names take beside images."""
    return 0.1 + LETTER * max(len(picture_figures.written(name)) for name in names)


def _width(names: list[str], columns: int, cell: float, extra: float = 0.0) -> float:
    return max(SIDES + extra + _room(names) + columns * cell, 4.2)
