"""Show all sets to the judge, and some to the discriminator."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pipeline.artifacts.images import REFERENCE, TEST, Confidence, Drawings, Gan, Images, ImageSplit, Judge, Seen
from pipeline.models.backend import start_keras


def see(images: Images, split: ImageSplit, judge: Judge, *drawn: Drawings) -> Seen:
    """What the judge makes of the test images, the reference and what was drawn."""
    start_keras(0)
    from scipy.special import softmax

    from pipeline.models.images.judge import read, restore

    model = restore(judge, len(images.classes))
    sets = {
        TEST: (images.test, images.test_labels),
        REFERENCE: (images.train[split.reference], images.train_labels[split.reference]),
        **{one.name: (one.pixels, one.labels) for one in drawn},
    }
    tables, features = [], []
    for name, (pixels, labels) in sets.items():
        logits, found = read(model, pixels)
        given = softmax(logits.astype(np.float64), axis=1)[np.arange(len(labels)), labels]
        called = logits.argmax(axis=1).astype(np.int16)
        tables.append(pd.DataFrame({"set": name, "label": labels, "called": called, "probability": given}))
        features.append(found)
    return Seen(list(sets), pd.concat(tables, ignore_index=True), np.concatenate(features))


def ask_discriminator(images: Images, split: ImageSplit, gan: Gan, drawn: Drawings, *, seed: int) -> Confidence:
    """How real the discriminator finds training images, test images and drawings, as many of each."""
    start_keras(0)
    from pipeline.models.images.drawing import restore, tell

    discriminator = restore(gan, len(images.classes))[1]
    train = np.sort(np.random.default_rng(seed).permutation(split.train)[: len(split.test)])
    sets = {
        "train": (images.train[train], images.train_labels[train]),
        "test": (images.test[split.test], images.test_labels[split.test]),
        "generated": (drawn.pixels, drawn.labels),
    }
    tables = [
        pd.DataFrame({"set": name, "label": labels, "probability": tell(discriminator, pixels, labels)})
        for name, (pixels, labels) in sets.items()
    ]
    return Confidence(pd.concat(tables, ignore_index=True))
