"""What of the settings of a run on images its report tells.

What the discriminator aims at, whether the rates fall, which epoch is kept, and from what noise is drawn.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Training:
    """How the players were trained; the attributes are explained in `pipeline.models.images.settings.Recipe`.

    Attributes:
        smoothing: 0 where it is unknown.
        keep, schedule: None where they are unknown.
    """

    smoothing: float = 0.0
    keep: Literal["best", "last"] | None = None
    schedule: Literal["constant", "linear"] | None = None


@dataclass(frozen=True)
class Drawing:
    """How the trained generator drew: `noise_std` is the standard deviation of its noise, 1 where it is unknown."""

    noise_std: float = 1.0


@dataclass(frozen=True)
class Settings:
    """The part of `config.yaml` that is told; what it does not hold is not told."""

    training: Training = Training()
    drawing: Drawing = Drawing()
