"""What the networks that judge synthetic messages are trained on."""

from __future__ import annotations

import numpy as np

from pipeline.artifacts import Extra, Sample, Split, Tokens
from pipeline.artifacts.synthesis import Synthetic
from pipeline.evaluation.bags import pad_on


def take_real(split: Split) -> Sample:
    """The whole training part."""
    return Sample(split.train, prior=_prior(split))


def take_no_real(split: Split) -> Sample:
    """No real message: what is fitted on it sees the extra messages alone."""
    return Sample(split.train[:0], prior=_prior(split))


def take_synthetic(tokens: Tokens, synthetic: Synthetic) -> Extra:
    """All generated messages."""
    return Extra(pad_on(tokens.padding, synthetic.ids), synthetic.table["label"].to_numpy(np.int8))


def _prior(split: Split) -> float:
    return float(split.labels[split.train].mean())
