"""How to train a language model of characters, as the config binds it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from pipeline.artifacts.characters import Scheme
from pipeline.ranges import Count, Positive, Rate


@dataclass(frozen=True)
class Recipe:
    """How to train.

    Attributes:
        scheme: "streamed": messages in a new order each epoch make `batch_size` long streams, which are read in pieces
            of `steps` characters; every position is learnt from, and the state is carried on from piece to piece
            (truncated backpropagation through time). "windowed": every run of `steps` characters of the text is an
            example of its own, read from an empty state, and only what comes after its end is learnt.
        epochs: epochs at most.
        batch_size: streams, or windows of an update.
        steps: characters that the gradient is followed through.
        optimiser: "adam", or "rmsprop" as the source has it.
        learning_rate: of the optimiser, at its highest.
        schedule: "cosine" from the learning rate down to a fiftieth of it over all epochs; "plateau": times 0.2 after
            each epoch that brought no better validation figure, as the source has it.
        clipnorm: bound on the norm of the gradient of each weight; None: no bound.
        ema_decay: share of the running mean of the weights that an update keeps: the mean is what is validated and
            kept; None: the weights themselves are.
        patience: epochs without a better validation figure after which training stops; None: never stop early.
        keep: the weights to keep: of the "best" epoch by the validation figure, or of the "last".
    """

    __pydantic_config__ = ConfigDict(extra="forbid")

    scheme: Scheme
    epochs: Count
    batch_size: Count
    steps: Annotated[int, Field(ge=2)]
    optimiser: Literal["adam", "rmsprop"]
    learning_rate: Positive
    schedule: Literal["cosine", "plateau"]
    clipnorm: Positive | None
    ema_decay: Rate | None
    patience: Count | None
    keep: Literal["best", "last"]
