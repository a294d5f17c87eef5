"""What `report.json` of a run on images holds, as a dataclass that checks what it is read from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pipeline.reporting.facts import Opening


@dataclass(frozen=True, kw_only=True)
class ImagesReport(Opening):
    """`report.json`: what a generator of images came to, beside the tables.

    Attributes:
        class_names: of the K classes; untrusted text.
        num_train: images that the generator learnt from.
        num_judge: those of them that the judge learnt from.
        num_reference: those of them that the judge has not seen.
        num_test: images of the test file.
        num_compared: test images that sets are compared with.
        num_copies: images of the training file that equal a test image.
        gan: name of the generator.
        baseline: name of what it must beat.
        kind: of its layers.
        num_params, num_discriminator_params: weights that are trained.
        epochs, epochs_wanted: that were done, and that were asked for.
        kept_epoch: the epoch whose weights were kept.
        ending: "finished", or why training stopped before its last epoch.
        trouble: what was seen then, as a sentence.
        updates: of each network, in an epoch.
        judge_params: weights of the judge.
        judge_accuracy: of the judge, on all test images.
        pupil_images: drawings that each classifier of drawings was trained on.
        num_neighbours: that span the manifold of a set.
        num_resamples: of the bootstrap.
    """

    family: Literal["images"]
    class_names: list[str]
    num_train: int
    num_judge: int
    num_reference: int
    num_test: int
    num_compared: int
    num_copies: int
    gan: str
    baseline: str
    kind: Literal["dense", "convolutional"]
    num_params: int
    num_discriminator_params: int
    epochs: int
    epochs_wanted: int
    kept_epoch: int
    ending: Literal["finished", "diverged", "saturated"]
    trouble: str
    updates: int
    judge_params: int
    judge_accuracy: float
    pupil_images: int
    num_neighbours: int
    num_resamples: int
