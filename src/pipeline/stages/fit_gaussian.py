"""Fit the images that need no network."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from pipeline.artifacts.images import Gaussian, Images, ImageSplit
from pipeline.evaluation.images.gaussian import fit


def fit_gaussian(images: Images, split: ImageSplit, *, components: Annotated[int, Field(ge=1)]) -> Gaussian:
    """For each class a normal distribution on the principal components of its training images.

    Args:
        components: at most; fewer where a class has no more images than that.

    Raises:
        UserError: a class has fewer than two training images.
    """
    return fit(images.train[split.train], images.train_labels[split.train], images.classes, components)
