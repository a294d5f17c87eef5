"""Measure how like the test images the drawings are."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from pipeline.artifacts.images import Images, ImageScores, ImageSplit, Neighbours, Pupil, Seen
from pipeline.evaluation.images.judge import judge
from pipeline.ranges import Count


def measure_images(
    images: Images,
    split: ImageSplit,
    seen: Seen,
    neighbours: Neighbours,
    *pupils: Pupil,
    num_neighbours: Count,
    resamples: Annotated[int, Field(ge=100)],
    seed: int,
) -> ImageScores:
    """All scores of all sets, which of two is nearer to the test images, collapsed classes, and copies.

    Args:
        num_neighbours: that span the manifold of a set.
        resamples: of the bootstrap.

    Raises:
        UserError: two sets of one name, features that are not finite, or a set with too few images.
    """
    return judge(
        images.classes,
        split,
        seen,
        neighbours,
        pupils,
        num_neighbours=num_neighbours,
        resamples=resamples,
        seed=seed,
    )
