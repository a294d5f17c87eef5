"""Settings of the autoencoders that find odd messages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pydantic import ConfigDict

from pipeline.ranges import Count, Positive


@dataclass(frozen=True)
class Recipe:
    """How to train.

    Attributes:
        epochs: epochs at most.
        batch_size: messages a step; sparse bags are made dense that many at a time.
        learning_rate: of the optimiser.
        optimiser: "adam", or "sgd", plain gradient descent.
        patience: epochs without a lower loss on the messages kept back after which training stops; None: never.
        keep: the weights to keep: of the "best" epoch by that loss, or of the "last".
    """

    __pydantic_config__ = ConfigDict(extra="forbid")

    epochs: Count
    batch_size: Count
    learning_rate: Positive
    optimiser: Literal["adam", "sgd"]
    patience: Count | None
    keep: Literal["best", "last"]
