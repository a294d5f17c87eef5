"""Which epoch of a training to keep, and when to end it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def best_epoch(figures: Sequence[float]) -> int:
    """The first epoch (1-based) with the lowest validation figure."""
    return int(np.argmin(figures)) + 1


def is_out_of_patience(figures: Sequence[float], patience: int | None) -> bool:
    """Whether the lowest validation figure is `patience` epochs old; None is patience without end."""
    return patience is not None and len(figures) > 0 and len(figures) - best_epoch(figures) >= patience
