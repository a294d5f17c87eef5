"""Fit detectors to messages of which ever more are of the class that they are to find."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import AfterValidator, Field

from pipeline.artifacts import Rows, Split
from pipeline.artifacts.detection import Bags, Contamination
from pipeline.errors import UserError
from pipeline.models.density.material import Detector, Material
from pipeline.stages.detect import FEWEST, score

Build = Callable[..., Detector]


def _ascending(shares: list[float]) -> list[float]:
    if shares != sorted(set(shares)):
        raise ValueError("shares that rise from one to the next")
    return shares


Shares = Annotated[list[Annotated[float, Field(ge=0, lt=1)]], Field(min_length=1), AfterValidator(_ascending)]


def contaminate(bags: Bags, split: Split, *, shares: Shares, deep: Build, flat: Build, seed: int) -> Contamination:
    """Fit two detectors at each share of the positive class among their training messages, the number the same.

    As many messages as the highest share allows: from one share to the next some of the negative class make way for
    some of the positive one, and no message that is fitted on at one share is exchanged for another of its class.

    Raises:
        UserError: the highest share cannot be had from the training messages.
    """
    order = np.random.default_rng(seed).permutation(len(split.labels))
    size = _size(split, "training", shares[-1])
    num_held = _size(split, "validation", shares[-1])
    tables = []
    for share in shares:
        rows = _mix(split, split.train, order, size, share)
        held = _mix(split, split.validation, order, num_held, share)
        for model in (deep, flat):
            weights = np.ones(len(rows), np.float32)
            detector = model(Material(bags.take(rows), weights, bags.take(held), shown=None, seed=seed))
            scored = score(detector, bags, split.test, detector.costs(bags.take(held)), held)
            scored = scored[scored["bound"] == detector.main].drop(columns="bound")
            tables.append(scored.assign(model=detector.kind, share=share))
    columns = ["model", "share", "row", "message", "word", "residual"]
    return Contamination(pd.concat(tables, ignore_index=True)[columns], num_fitted=size)


def _size(split: Split, part: Literal["training", "validation"], highest: float) -> int:
    """As many messages of a part as there are at every share up to the highest."""
    rows = {"training": split.train, "validation": split.validation}[part]
    negatives, positives = np.bincount(split.labels[rows], minlength=2).tolist()
    size = min(negatives, int(positives / highest)) if highest else negatives
    if size < FEWEST or round(highest * size) == size:
        raise UserError(
            f"Of the {negatives} {part} messages of the negative class and the {positives} of the positive one only "
            f"{size} can be taken so that {highest:g} of them are of the positive class.",
            expected=f"at least {FEWEST} messages, some of the negative class among them",
            remedy="Lower the highest of contamination.shares, or give the part a larger share in split.",
        )
    return size


def _mix(split: Split, rows: Rows, order: NDArray[np.int64], size: int, share: float) -> Rows:
    """`size` rows of which a share is positive: the first of each class in an order that all shares have."""
    ranked = rows[np.argsort(order[rows], kind="stable")]
    positives = round(share * size)
    chosen = [
        ranked[split.labels[ranked] == label][:number] for label, number in ((0, size - positives), (1, positives))
    ]
    return np.sort(np.concatenate(chosen))
