"""Messages that no one wrote, to be trained on beside the real ones."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Literal

import numpy as np

from pipeline.artifacts import Embedding, Extra, Sample, Split, Tokens


def fill_up(
    split: Split,
    sample: Sample,
    tokens: Tokens,
    embedding: Embedding,
    *,
    strategy: Literal["undersample", "none", "synthetic"],
    synthesiser: Callable[..., Extra] | None,
    seed: int,
    scratch: Path,
) -> Extra:
    """With the strategy "synthetic", generated messages of the rarer class until both are equal; else none.

    The synthesiser learns from the sampled training rows alone; the validation part chooses its epoch.

    Raises:
        UserError: the words have no vectors to write with, or the synthesiser cannot be trained on these messages.
    """
    if strategy != "synthetic" or synthesiser is None:
        return take_no_extra(tokens)
    return synthesiser(split, sample, tokens, embedding, seed, scratch)


def take_no_extra(tokens: Tokens) -> Extra:
    """No message."""
    return Extra(np.empty((0, tokens.ids.shape[1]), np.int32), np.empty(0, np.int8))
