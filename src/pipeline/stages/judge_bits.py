"""Judge what language models pay for messages that they were not trained on."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import Field

from pipeline.artifacts import Split
from pipeline.artifacts.characters import BitScores, Characters, References, Surprisal
from pipeline.evaluation.characters.bits import judge


def judge_bits(
    split: Split,
    characters: Characters,
    references: References,
    *paid: Surprisal,
    resamples: Annotated[int, Field(ge=100)],
    seed: int,
) -> BitScores:
    """Bits per character with 95 % intervals, and paired comparisons, of networks beside the references.

    Raises:
        UserError: two models have the same name, or the bits of one are no finite numbers.
    """
    symbols = np.concatenate(characters.take(split.test))
    unknown = characters.alphabet.unknown
    num_unknown = 0 if unknown is None else int((symbols == unknown).sum())
    return judge(references, paid, split, num_unknown=num_unknown, resamples=resamples, seed=seed)
