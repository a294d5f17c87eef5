"""Synthetic messages and a real holdout, each held against the training messages by the same scores.

Every score is of two sets of one size with the class shares of the holdout, for most depend on the size.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.artifacts.synthesis import Messages, Scorecard
from pipeline.errors import UserError
from pipeline.evaluation.frechet import frechet_distance
from pipeline.evaluation.synthetic.copying import copied_ngrams, exact_copies
from pipeline.evaluation.synthetic.discriminator import discriminator_auc
from pipeline.evaluation.synthetic.distances import median_distance, mmd
from pipeline.evaluation.synthetic.privacy import closer_to_train, distance_to_closest, membership_auc
from pipeline.evaluation.synthetic.wording import distinct, length_distance, self_bleu, word_distribution

FEWEST = 10  # messages of a set; below, the folds of the discriminator would run out


@dataclass(frozen=True)
class Reference:
    """What a set of messages is held against.

    Attributes:
        train: all training messages.
        sample: as many of them as the set has, with its class shares.
        rivals: training messages, and as many real ones that the set is not of; None where there are none.
        non_members: real messages that were not trained on and are not of the set; None where there are none.
        bandwidth: of the kernel.
        seed: of the discriminator's folds.
    """

    train: Messages
    sample: Messages
    rivals: tuple[Messages, Messages] | None
    non_members: Messages | None
    bandwidth: float
    seed: int


def score(
    train: Messages,
    validation: Messages | None,
    test: Messages,
    synthetic: Messages,
    *,
    draws: int,
    seed: int,
) -> Scorecard:
    """Score the synthetic messages and the holdout, which is the test part.

    Both sets have as many messages of each class as the test part, fewer where the synthetic or training messages do
    not suffice. Several draws of synthetic messages, and of the training messages that they are compared with, show
    how much a figure owes to the draw; the holdout's is the mean over them.

    `closer_to_train` asks of synthetic messages whether they are closer to training or to test messages, and of test
    messages whether they are closer to training or to validation messages. `membership_auc` asks what the published
    set, synthetic or test messages, tells of which messages were trained on and which are of the validation part.

    Args:
        validation: None where the test part doubles as validation part (a published fault): then the test messages
            stand for those not trained on, and the two scores that need a third real set are NaN for the holdout.

    Raises:
        UserError: there are fewer than ten messages to compare.
    """
    counts = _shared_counts(test, train, synthetic)
    if counts.sum() < FEWEST:
        raise UserError(
            f"The test part has {len(test.ids):,} messages, and only {counts.sum()} can be set beside as many "
            f"of the {len(synthetic.ids):,} synthetic and {len(train.ids):,} training messages of the same classes.",
            expected=f"at least {FEWEST} messages that every set has",
            remedy="Use more messages, or generate more of both classes.",
        )
    bandwidth = median_distance(np.concatenate([train.vectors, test.vectors]), seed)
    of_synthetic: list[dict[str, float]] = []
    of_holdout: list[dict[str, float]] = []
    for number in range(draws):
        random = np.random.default_rng([seed, number])
        holdout, sample, drawn = (_draw(part, counts, random) for part in (test, train, synthetic))
        against = Reference(train, sample, (sample, holdout), validation or test, bandwidth, seed)
        of_synthetic.append(measure(drawn, against))
        rivals = _rivals(sample, validation, random) if validation else None
        of_holdout.append(measure(holdout, replace(against, rivals=rivals, non_members=validation)))
    return Scorecard(_table(of_synthetic, of_holdout), num_messages=int(counts.sum()), num_draws=draws)


def measure(messages: Messages, against: Reference) -> dict[str, float]:
    """All scores of a set of messages; NaN where there is nothing to hold it against."""
    ids, vectors = messages.ids, messages.vectors
    train, rivals, non_members = against.train, against.rivals, against.non_members
    return {
        "frechet_distance": frechet_distance(vectors, train.vectors),
        "mmd": mmd(vectors, train.vectors, against.bandwidth),
        "discriminator_auc": discriminator_auc(messages, against.sample, seed=against.seed),
        "word_distribution": word_distribution(ids, train.ids),
        "length_distance": length_distance(ids, train.ids),
        "distinct_1": distinct(ids, 1),
        "distinct_2": distinct(ids, 2),
        "self_bleu": self_bleu(ids),
        "copied_4grams": copied_ngrams(ids, train.ids, 4),
        "copied_8grams": copied_ngrams(ids, train.ids, 8),
        "exact_copies": exact_copies(ids, train.ids),
        "distance_to_closest": distance_to_closest(vectors, train.vectors),
        "closer_to_train": closer_to_train(vectors, *(part.vectors for part in rivals)) if rivals else np.nan,
        "membership_auc": membership_auc(vectors, train.vectors, non_members.vectors) if non_members else np.nan,
    }


def _shared_counts(wanted: Messages, *parts: Messages) -> NDArray[np.int64]:
    """Messages of each class: those of the one set, fewer in the same shares where another has too few of a class."""
    counts = np.bincount(wanted.labels, minlength=2)
    held = np.stack([np.bincount(part.labels, minlength=2) for part in parts])
    asked = counts > 0
    share = min(1.0, float((held[:, asked] / counts[asked]).min(initial=1)))
    return np.floor(counts * share + 1e-9).astype(np.int64)


def _draw(messages: Messages, counts: NDArray[np.int64], random: np.random.Generator) -> Messages:
    """So many messages of each class, without replacement, in the order that they had."""
    rows = [random.permutation(np.flatnonzero(messages.labels == label))[:count] for label, count in enumerate(counts)]
    return messages.take(np.sort(np.concatenate(rows)))


def _rivals(sample: Messages, validation: Messages, random: np.random.Generator) -> tuple[Messages, Messages]:
    """Training and validation messages, as many of each."""
    counts = _shared_counts(sample, validation)
    return _draw(sample, counts, random), _draw(validation, counts, random)


def _table(of_synthetic: list[dict[str, float]], of_holdout: list[dict[str, float]]) -> pd.DataFrame:
    """One row a score: mean, lowest and highest over the draws of synthetic messages, mean of the holdout."""
    synthetic, holdout = pd.DataFrame(of_synthetic), pd.DataFrame(of_holdout)
    columns = {
        "synthetic": synthetic.mean(),
        "low": synthetic.min(),
        "high": synthetic.max(),
        "holdout": holdout.mean(),
    }
    return pd.DataFrame(columns).rename_axis("name").reset_index()
