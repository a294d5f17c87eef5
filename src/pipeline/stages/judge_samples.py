"""Judge the messages that language models wrote."""

from __future__ import annotations

from pipeline.artifacts import Corpus, Split
from pipeline.artifacts.characters import Samples, SampleScores
from pipeline.evaluation.characters.samples import judge


def judge_samples(corpus: Corpus, split: Split, *samples: Samples, seed: int) -> SampleScores:
    """Each model's samples beside as many test messages, held against the training messages; one or more models.

    Raises:
        UserError: the training messages have fewer than two of a class.
    """
    return judge(corpus, split, samples, seed=seed)
