"""How like the test images the sets are that generators drew, beside real images in their stead."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.artifacts.images import REFERENCE, TEST, ImageScores, ImageSplit, Neighbours, Pupil, Seen
from pipeline.evaluation.images.collapse import collapse_table
from pipeline.evaluation.images.contests import hold_contests
from pipeline.evaluation.images.measures import measure
from pipeline.evaluation.images.sets import gather
from pipeline.evaluation.images.tables import class_table, confusion_table, copy_table, score_table


def judge(
    classes: Sequence[str],
    split: ImageSplit,
    seen: Seen,
    neighbours: Neighbours,
    pupils: Sequence[Pupil],
    *,
    num_neighbours: int,
    resamples: int,
    seed: int,
) -> ImageScores:
    """Judge all sets against the test images.

    Which images the 95 % intervals let vary: for shares (class accuracy, precision, recall, coverage, learnt accuracy)
    those that they are shares of, by Wilson's formula, the judge and the manifolds fixed; for the density the set's
    images, the balls around the test images fixed; for the Fréchet distance, the kernel distance and the diversity
    the set's images and the test images. The last four are from a bootstrap over single images, and that of the
    Fréchet distance is mirrored, for noise can only raise it.

    In contests all scores are resampled. Recall, coverage and learnt accuracy are paired: only the test images vary,
    and both sets meet the same resamples of these. Both distances and the diversity are paired in the test images,
    while each drawn set is resampled by itself. Class accuracy, precision and density are of each set's own images,
    resampled by themselves: these are not paired, but for the real value that two drawn sets are held against.

    Args:
        classes: their names.
        pupils: one of each drawn set.
        num_neighbours: that span the manifold of a set.
        resamples: of the bootstrap.

    Raises:
        UserError: two sets of one name, features that are not finite, or a set with too few images.
    """
    sets = gather(seen, split, num_neighbours, resamples, seed)
    learnt = {pupil.name: pupil.called[split.test] for pupil in pupils}
    assert set(learnt) == set(sets) - {TEST, REFERENCE}, learnt.keys()
    measured = measure(sets, learnt, len(classes), num_neighbours)
    by_class = class_table(measured)
    return ImageScores(
        table=score_table(measured),
        by_class=by_class,
        confusion=confusion_table(measured),
        contests=hold_contests(measured),
        collapse=collapse_table(measured, by_class, neighbours, classes),
        copies=copy_table(neighbours),
        num_images=len(split.test),
        num_neighbours=num_neighbours,
        num_resamples=resamples,
    )
