"""The figures of a run on images: what each is called, how to read it, its size, and whether the data allow it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from pipeline.reporting.figures import legend_above
from pipeline.reporting.images import distribution_figures, training_figures
from pipeline.reporting.images.folder import ImagesFolder
from pipeline.reporting.images.picture_plates import picture_plates
from pipeline.reporting.images.scene import called
from pipeline.reporting.images.score_figures import REAL_LOOK, better
from pipeline.reporting.images.score_plates import score_plates
from pipeline.reporting.images.scores import SCORE
from pipeline.reporting.legends import legend, legend_height
from pipeline.reporting.plates import Plate
from pipeline.reporting.style import LOOKS

if TYPE_CHECKING:
    from matplotlib.figure import Figure

WIDE, NARROW = 8.6, 6.2  # inches
MEASURES = ("class_accuracy", "frechet", "diversity")


def image_plates(run: ImagesFolder) -> list[Plate]:
    """The figures that the data allow."""
    return [*picture_plates(run), *_plates(run), *score_plates(run)]


def _plates(run: ImagesFolder) -> Iterator[Plate]:
    tables = run.tables
    if not tables.distances.empty:
        yield _distances(run)
    if not tables.history.empty:
        yield _losses(run)
    if not tables.confidence.empty:
        yield _confidence(run)
    if not tables.history.empty and tables.history[list(MEASURES)].notna().any(axis=None):
        yield _measures(run)


def _distances(run: ImagesFolder) -> Plate:
    table, report = run.tables.distances, run.report
    found = {str(name): rows["distance"].dropna().to_numpy(np.float64) for name, rows in table.groupby("set")}
    looks = {
        report.gan: (f"drawn by {called(report.gan)}", LOOKS[0]),
        report.baseline: (f"drawn by {called(report.baseline)}", LOOKS[1]),
        "test": ("test images", REAL_LOOK),
    }

    def draw(figure: Figure) -> None:
        axes = figure.add_subplot()
        distribution_figures.distances(axes, found, looks)
        legend(figure, axes)

    return Plate(
        "distances",
        "How close drawings come to training images",
        "Each line climbs to the share of a set that is at most that far from its closest training image, pixels from "
        "0 to 1. Real test images are what to expect of images that copy nothing: a line of drawings that begins well "
        "to the left of theirs tells of copies, above all where it crosses the thin line. A line that climbs early is "
        "no copying in itself: smooth images are closer to everything.",
        draw,
        NARROW,
        3.1 + legend_height([name for name, _ in looks.values()] + [""], NARROW),
    )


def _losses(run: ImagesFolder) -> Plate:
    history, kept = run.tables.history, run.report.kept_epoch
    guessing = training_figures.Guessing(run.settings.training.smoothing)

    def draw(figure: Figure) -> None:
        panels = figure.subplots(2, 1, sharex=True)
        training_figures.losses(panels[0], history, kept, guessing)
        training_figures.confidence(panels[1], history, kept, guessing)
        panels[1].set_xlabel("Epoch")
        for axes in panels:
            legend_above(axes, columns=3)

    return Plate(
        "losses",
        "How the two players fare against each other",
        "Above the losses, below how real the discriminator takes training images and drawings to be, both while it "
        "learns. Neither loss tells how good drawings are: they tell who is ahead. At the thin lines with "
        "figures the discriminator can only guess, or is sure of real images. A game worth playing stays between; "
        f"where real images come to {guessing.sure:g}, its target for them, and drawings to 0, the generator is told "
        "nothing any more.",
        draw,
        NARROW,
        5.2,
    )


def _confidence(run: ImagesFolder) -> Plate:
    table = run.tables.confidence
    looks = {
        "train": ("training images", LOOKS[1]), "test": ("test images", REAL_LOOK), "generated": ("drawings", LOOKS[0]),
    }  # fmt: skip

    def draw(figure: Figure) -> None:
        axes = figure.add_subplot()
        distribution_figures.confidence(axes, table, looks)
        legend(figure, axes)

    return Plate(
        "confidence",
        "What the discriminator takes for real",
        "After training, and without dropout. Test images are as real as training images, but the discriminator has "
        "never seen them: where its line for training images lies farther right than that for test images, it knows "
        "the training images by heart. Drawings at the left are found out; drawings where real images are fool it.",
        draw,
        NARROW,
        3.0 + legend_height([name for name, _ in looks.values()], NARROW),
    )


def _measures(run: ImagesFolder) -> Plate:
    history, kept, scores = run.tables.history, run.report.kept_epoch, run.tables.scores
    real = scores[scores["name"] == "real"].drop_duplicates("score").set_index("score")["value"].to_dict()

    def draw(figure: Figure) -> None:
        panels = figure.subplots(1, len(MEASURES))
        for axes, column in zip(panels, MEASURES, strict=True):
            training_figures.measure(axes, history, column, kept, float(real.get(column, math.nan)))
            axes.set_title(f"{SCORE[column].label}\n({better(SCORE[column])})")
            axes.set_xlabel("Epoch")
        legend(figure, panels[0])

    return Plate(
        "measures",
        "How good the drawings are, epoch by epoch",
        "Some drawings after every epoch, from noise as in training, "
        "watched by the judge: the share that it calls what was asked for, the "
        "distance to real images in its features, and how different two drawings of a class are, beside two real ones. "
        "The real images are of the training file, never the test images. The broken line is what real images come "
        "to in the end, of whole sets; the Fréchet distance of fewer images is a little higher.",
        draw,
        WIDE,
        2.75 + legend_height(["kept: epoch 10", "drawings", "real images"], WIDE),
    )
