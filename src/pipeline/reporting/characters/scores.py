"""The scores of written messages beside a real holdout: what each means."""

from __future__ import annotations

from dataclasses import replace

from pipeline.reporting.synthesis.scores import COPIED, LIKE, SCORE, VARIED, Score
from pipeline.reporting.words import decimal, percent

SCORES = (
    Score("real_words", "Real words", LIKE, "share of the words that some training message holds", "lower", percent),
    Score("length_distance", "Length distance", LIKE,
          "Wasserstein distance of the message lengths to those of the training messages, in characters", "higher",
          lambda value: decimal(value, 1)),
    Score("ended", "Ended", LIKE, "share of the messages that ended by themselves, before the limit", "lower", percent),
    SCORE["distinct_1"],
    SCORE["distinct_2"],
    SCORE["self_bleu"],
    replace(SCORE["copied_4grams"], label="Copied runs of 4 words"),
    Score("copied_characters", "Copied runs of 20 characters", COPIED,
          "share of the runs of 20 characters that are in a training message", "higher", percent),
    Score("exact_copies", "Exact copies", COPIED, "share of the messages that are a training message to the letter",
          "higher", percent),
)  # fmt: skip
GROUPS = (LIKE, VARIED, COPIED)
CHARACTER_SCORE = {score.key: score for score in SCORES}
