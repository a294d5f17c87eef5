"""What a variational autoencoder is built and trained with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from pipeline.ranges import Count, Positive

Units = Annotated[list[Count], Field(min_length=1)]
Footing = Literal["message", "element"]
NotNegative = Annotated[float, Field(ge=0)]


@dataclass(frozen=True)
class Shape:
    """The network.

    Attributes:
        encoder_units, decoder_units: units of each LSTM, first to last.
        latent: dimensions L of the code.
        conditioning: "label" gives the class to encoder and decoder; "separate" trains one model for each class.
        lengths: "modelled": the decoder says how long a message is; "observed": lengths are drawn from the training
            messages of the class.
        mask: whether padding is left out; if not, it is read and reconstructed like words (a published fault).
    """

    __pydantic_config__ = ConfigDict(extra="forbid")

    encoder_units: Units
    decoder_units: Units
    latent: Count
    conditioning: Literal["label", "separate"]
    lengths: Literal["modelled", "observed"]
    mask: bool


@dataclass(frozen=True)
class Recipe:
    """How it is trained.

    Attributes:
        epochs: epochs at most.
        batch_size: messages a step.
        learning_rate: of Adam.
        clipnorm: bound on the norm of each weight's gradient; None: no bound.
        footing: "message": squared errors and KL are both summed, over a message's vectors and over the dimensions of
            its code, as the logarithms of one joint density are; "element": the squared error is a mean over time steps
            and vector entries, the KL a sum (a published fault: it makes the KL T D / 2 times as heavy).
        beta: weight of the KL.
        warmup_epochs: epochs over which that weight grows from 0.
        free_nats: KL of a dimension below which it is not pushed further down.
        patience: epochs without a better validation loss after which training stops; None: never.
        keep: the weights to keep: of the "best" epoch by validation loss, or of the "last".
    """

    __pydantic_config__ = ConfigDict(extra="forbid")

    epochs: Count
    batch_size: Count
    learning_rate: Positive
    clipnorm: Positive | None
    footing: Footing
    beta: NotNegative
    warmup_epochs: Annotated[int, Field(ge=0)]
    free_nats: NotNegative
    patience: Count | None
    keep: Literal["best", "last"]
