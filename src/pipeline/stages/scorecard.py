"""Score generated messages beside a real holdout."""

from __future__ import annotations

from pipeline.artifacts import Embedding, Split, Tokens
from pipeline.artifacts.synthesis import Scorecard, Synthetic
from pipeline.evaluation.synthetic.messages import real_messages, synthetic_messages
from pipeline.evaluation.synthetic.scorecard import score
from pipeline.ranges import Count


def score_synthetic(
    split: Split, tokens: Tokens, embedding: Embedding, synthetic: Synthetic, *, draws: Count, seed: int
) -> Scorecard:
    """The generated messages and the test part, each held against the training part.

    `draws`: how often as many generated messages are drawn as the test part has.

    Raises:
        UserError: there are too few messages to compare.
    """
    train, validation, test = (
        real_messages(tokens, embedding, split, rows) for rows in (split.train, split.validation, split.test)
    )
    return score(
        train,
        None if split.validation_is_test else validation,
        test,
        synthetic_messages(synthetic, embedding),
        draws=draws,
        seed=seed,
    )
