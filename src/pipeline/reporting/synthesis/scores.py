"""The scores of synthetic messages beside a real holdout: what each means, and which way is worse."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from pipeline.reporting.words import decimal, percent

Worse = Literal["higher", "lower"]


@dataclass(frozen=True)
class Score:
    """One score.

    Attributes:
        key: its name in the files.
        label: its name for people.
        group: what it asks for.
        meaning: what it measures.
        worse: the direction away from real messages that is a defect.
        written: writes a value.
        ideal: the value that says that nothing is wrong, where that is not 0 and the other end of the scale is as far
            off as 0 is: 0.5 of an area, 50 %.
    """

    key: str
    label: str
    group: str
    meaning: str
    worse: Worse
    written: Callable[[float], str] = decimal
    ideal: float | None = None

    def gap(self, synthetic: float, holdout: float, value: float) -> float:
        """How much worse `value` is than the holdout's figure: 0 is level, 1 as much as can be.

        As a share of the larger of the two figures; of scores with an ideal, as a share of the way from there to the
        end of the scale, or else chance around the ideal would fill the whole axis.
        """
        scale = self.ideal or max(abs(synthetic), abs(holdout))
        difference = value - holdout if self.worse == "higher" else holdout - value
        return difference / scale if scale else 0.0 * difference


LIKE, VARIED, COPIED, PRIVATE = "Like real messages?", "Varied?", "Copied?", "Does it leak its training?"
SCORES = (
    Score("frechet_distance", "Fréchet distance", LIKE,
          "distance of the message vectors to those of the training messages, by mean and covariance", "higher"),
    Score("mmd", "MMD", LIKE, "distance of the message vectors to those of the training messages, by a kernel",
          "higher", lambda value: decimal(value, 4)),
    Score("discriminator_auc", "Discriminator AUC", LIKE,
          "how well a classifier tells these messages from training messages; 0.5 is not at all", "higher", ideal=0.5),
    Score("word_distribution", "Word distribution", LIKE,
          "Jensen-Shannon distance of the word frequencies to those of the training messages", "higher"),
    Score("length_distance", "Length distance", LIKE,
          "Wasserstein distance of the message lengths to those of the training messages, in words", "higher",
          lambda value: decimal(value, 1)),
    Score("distinct_1", "Distinct words", VARIED, "share of the running words that are different words", "lower"),
    Score("distinct_2", "Distinct pairs", VARIED, "share of the pairs of neighbours that are different pairs", "lower"),
    Score("self_bleu", "Self-BLEU", VARIED, "how much the messages repeat each other", "higher"),
    Score("copied_4grams", "Copied runs of 4", COPIED, "share of the runs of 4 words that are in a training message",
          "higher", percent),
    Score("copied_8grams", "Copied runs of 8", COPIED, "share of the runs of 8 words that are in a training message",
          "higher", percent),
    Score("exact_copies", "Exact copies", COPIED, "share of the messages that are a training message word for word",
          "higher", percent),
    Score("distance_to_closest", "Distance to the closest", PRIVATE,
          "median distance of a message to the training message closest to it", "lower"),
    Score("closer_to_train", "Closer to training", PRIVATE,
          "share of the messages that are closer to a training message than to one held out; 50 % is ideal, ties count "
          "as closer to training", "higher", percent, ideal=50.0),
    Score("membership_auc", "Membership AUC", PRIVATE,
          "how well closeness to these messages tells a training message from one held out; 0.5 leaks nothing",
          "higher", ideal=0.5),
)  # fmt: skip
SCORE = {score.key: score for score in SCORES}
OF_THREE_PARTS = ("closer_to_train", "membership_auc")  # of a holdout; with no third real part they are undefined
