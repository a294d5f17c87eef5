"""Small image sets for tests, and a judge of them that is a formula."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipeline.artifacts.images import REFERENCE, TEST, Drawings, Images, ImageScores, ImageSplit, Labels, Pupil, Seen
from pipeline.stages.find_neighbours import find_neighbours
from pipeline.stages.measure_images import measure_images

SIDE = 28
CLASSES = ["shirt", "coat", "<b>boot</b>"]
EACH = 60  # images of a class in a set
NUM_WRONG = 7  # test images that the judge takes for another class


def some_images(labels: Labels, seed: int) -> np.ndarray:
    """A pattern for each class, brighter or darker, with five broad patches and noise of its own."""
    random = np.random.default_rng(seed)
    patterns = np.random.default_rng(1).normal(size=(len(CLASSES), SIDE, SIDE))
    patches = np.random.default_rng(2).normal(size=(5, SIDE, SIDE))
    values = 128 + 40 * patterns[labels] * random.uniform(0.7, 1.3, (len(labels), 1, 1))
    values += 8 * np.einsum("nk,khw->nhw", random.normal(size=(len(labels), 5)), patches)
    return np.clip(values + random.normal(size=values.shape), 0, 255).astype(np.uint8)


def labels_of(each: int = EACH) -> Labels:
    """As many of each class."""
    return np.repeat(np.arange(len(CLASSES)), each).astype(np.int16)


@dataclass(frozen=True)
class Made:
    """A data set and its split: the judge learns from 90 images, the reference and the test set have 180 each."""

    images: Images
    split: ImageSplit

    def drawings(self, name: str, seed: int) -> Drawings:
        """What a perfect generator would draw."""
        return Drawings(name, some_images(labels_of(), seed), labels_of(), 1.0)

    def see(self, *drawn: Drawings) -> Seen:
        """Features are a fixed projection of the pixels; all but seven images are called as the closest pattern."""
        split, images = self.split, self.images
        parts = [
            (TEST, images.test, images.test_labels),
            (REFERENCE, images.train[split.reference], images.train_labels[split.reference]),
            *((one.name, one.pixels, one.labels) for one in drawn),
        ]
        tables, features = [], []
        for name, pixels, labels in parts:
            tables.append(pd.DataFrame({"set": name, "label": labels, "called": called(pixels), "probability": 0.5}))
            features.append(project(pixels))
        wrong = tables[0].index < NUM_WRONG
        tables[0].loc[wrong, "called"] = (tables[0]["label"] + 1) % len(CLASSES)
        names = [name for name, _, _ in parts]
        return Seen(names, pd.concat(tables, ignore_index=True), np.concatenate(features))

    def score(self, *drawn: Drawings, resamples: int = 100, num_neighbours: int = 5, seed: int = 3) -> ImageScores:
        """All the way from drawings to scores; pupils are right on every test image but the first ten."""
        learnt = self.images.test_labels.copy()
        learnt[:10] = (learnt[:10] + 1) % len(CLASSES)
        pupils = [Pupil(one.name, learnt, len(one.labels)) for one in drawn]
        neighbours = find_neighbours(self.images, self.split, *drawn)
        return measure_images(
            *(self.images, self.split, self.see(*drawn), neighbours, *pupils),
            num_neighbours=num_neighbours,
            resamples=resamples,
            seed=seed,
        )


def project(pixels: np.ndarray) -> np.ndarray:
    """(n, 16) float32 features."""
    direction = np.random.default_rng(4).normal(size=(SIDE * SIDE, 16)) / SIDE
    return (pixels.reshape(len(pixels), -1) / 255 @ direction).astype(np.float32)


def called(pixels: np.ndarray) -> Labels:
    """The class whose images are closest on average."""
    centres = some_images(labels_of(), seed=5).reshape(len(CLASSES), EACH, -1).mean(axis=1)
    apart = ((pixels.reshape(len(pixels), 1, -1) - centres) ** 2).sum(axis=2)
    return apart.argmin(axis=1).astype(np.int16)


def made() -> Made:
    """The same each time."""
    train_labels = np.concatenate([labels_of(), labels_of(30)])
    rows = np.arange(len(train_labels))
    reference, judge = rows[: len(labels_of())], rows[len(labels_of()) :]
    images = Images(
        name="mine",
        classes=CLASSES,
        train=some_images(train_labels, seed=6),
        train_labels=train_labels,
        test=some_images(labels_of(), seed=7),
        test_labels=labels_of(),
        stand_in=False,
    )
    return Made(images, ImageSplit(rows, judge, reference, np.arange(len(images.test)), 0, []))
