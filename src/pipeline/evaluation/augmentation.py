"""What helps the positive class most when its messages are few: generated ones, repeats, or weights?

Shapes: n messages, V rows of the embedding table, D vector width, R resamples, K repeats.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.artifacts import Split
from pipeline.artifacts.synthesis import Messages
from pipeline.errors import UserError
from pipeline.evaluation.bags import count_words
from pipeline.evaluation.filling import METHODS, Generate, fill
from pipeline.evaluation.intervals import bootstrap_weights, percentile_interval
from pipeline.evaluation.metrics import measure
from pipeline.evaluation.quick import CLASSIFIERS, Features, fit_and_score, fit_rarity, read
from pipeline.evaluation.thresholds import EVEN_ODDS, highest_f1_threshold

log = logging.getLogger(__name__)
METRICS = ("f1", "f1_validated", "recall", "pr_auc")
RIVALS = ("oversampling", "word_dropout", "class_weights")
DIFFERENCES = {"difference": "none"} | {f"over_{rival}": rival for rival in RIVALS}
FEWEST_GROUPS = 2
Samples = Mapping[tuple[str, str, str], NDArray[np.float64]]  # by classifier, method and metric


@dataclass(frozen=True)
class Parts:
    """What is trained, chosen and measured on.

    Attributes:
        train: all training messages, in the order of `Split.train`.
        validation: messages that thresholds are chosen on.
        test: messages that nothing is fitted or chosen on.
    """

    train: Messages
    validation: Messages
    test: Messages


def study(
    split: Split,
    parts: Parts,
    generate: Generate,
    table: NDArray[np.float32],
    *,
    percents: Sequence[int],
    repeats: int,
    resamples: int,
    seed: int,
) -> pd.DataFrame:
    """The table of `artifacts.Augmentation`: what each method comes to at each share of the positive messages.

    Every repeat draws positive training messages anew, duplicate groups whole; a smaller share is a part of a larger
    one, and all methods have the same messages. All negative ones stay. `generate` is called once for each share and
    repeat, with the rows that it may learn from; vocabulary and word vectors alone know the positive messages left out.

    `f1` and `recall` are at 0.5, where the classifier itself decides. Every method but "none" moves that decision
    towards the positive class, which alone can raise F1. `pr_auc` does not depend on it, and `f1_validated` is at the
    threshold of the highest F1 on the validation part, chosen for each method and repeat. That part is whole at every
    share: the threshold is chosen on more positive messages than a small share would have left to choose it on.

    A value is the mean over the repeats. Its interval covers which messages are tested on and which positive ones are
    trained on, with all that chance does to them there: each resample draws test groups and repeats with replacement.
    With few repeats the second is too small, in variance by a factor of (K - 1) / K; with one it is missing. Negative
    training messages are held fixed. Differences are paired: both sides have the same repeats and resamples. Every
    method has those of DIFFERENCES, so that generated messages are held against each of their rivals.

    Args:
        split: says which rows of the corpus the training messages are.
        parts: the messages.
        generate: makes positive messages.
        table: (V, D) vectors of the words.
        percents: shares of the positive training messages.
        repeats: draws of the positive messages.
        resamples: bootstrap resamples.
        seed: seed of every draw.

    Raises:
        UserError: a share leaves fewer than two groups of positive messages, or the validation part has none.
    """
    assert len(split.train) == len(parts.train.labels)
    _refuse_too_few(parts, percents)
    held_out = _HeldOut.of(parts, len(table), resamples, seed)
    picks = np.random.default_rng(seed).integers(repeats, size=(repeats, 1 + resamples))
    picks[:, 0] = np.arange(repeats)  # each once: the value itself
    tables = []
    for percent in percents:
        drawn = [_draw(parts.train, percent, np.random.default_rng([seed, repeat])) for repeat in range(repeats)]
        found = []
        for repeat, rows in enumerate(drawn):
            log.info("augmentation: %d %% of the positive messages, repeat %d of %d", percent, repeat + 1, repeats)
            messages, chance = parts.train.take(rows), _derive(seed, percent, repeat)
            found.append(_compare(messages, split.train[rows], generate, table, held_out, chance))
        positives = round(np.mean([parts.train.labels[rows].sum() for rows in drawn]))
        tables.append(_tabulate(_average(found, picks), percent, positives))
    return pd.concat(tables, ignore_index=True)


@dataclass(frozen=True)
class _HeldOut:
    """What classifiers are judged on.

    Attributes:
        features: of the validation messages and the test messages below them.
        validation, test: their labels.
        weights: (1 + R, n) of the test messages, all 1 and then their resamples.
    """

    features: Features
    validation: NDArray[np.int8]
    test: NDArray[np.int8]
    weights: NDArray[np.int32]

    @classmethod
    def of(cls, parts: Parts, num_words: int, resamples: int, seed: int) -> _HeldOut:
        validation, test = parts.validation, parts.test
        ids = np.concatenate([validation.ids, test.ids])
        vectors = np.concatenate([validation.vectors, test.vectors])
        drawn = bootstrap_weights(test.groups, resamples, seed)
        weights = np.concatenate([np.ones_like(drawn[:1]), drawn])
        return cls(read(ids, vectors, num_words), validation.labels, test.labels, weights)

    def measure(self, scores: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
        """Each of METRICS on the test messages and on their resamples, (1 + R,)."""
        on_validation, on_test = np.split(scores, [len(self.validation)])
        threshold = highest_f1_threshold(self.validation, on_validation)
        found = measure(self.test, on_test, EVEN_ODDS, self.weights)
        found["f1_validated"] = measure(self.test, on_test, threshold, self.weights)["f1"]
        return {metric: found[metric] for metric in METRICS}


def _compare(
    messages: Messages,
    rows: NDArray[np.int64],
    generate: Generate,
    table: NDArray[np.float32],
    held_out: _HeldOut,
    seed: int,
) -> Samples:
    """Every metric, (1 + R,), of every classifier fitted on the messages after every method."""
    rarity = fit_rarity(count_words(messages.ids, len(table)))  # of real messages: methods differ in nothing else
    return {
        (classifier, method, metric): samples
        for method, training in fill(messages, rows, generate, table, seed).items()
        for classifier, scores in fit_and_score(training, rarity, held_out.features).items()
        for metric, samples in held_out.measure(scores).items()
    }


def _average(found: Sequence[Samples], picks: NDArray[np.int64]) -> Samples:
    """The mean over the repeats, (1 + R,): in each resample over those that `picks`, (K, 1 + R), has drawn for it."""
    resample = np.arange(picks.shape[1])
    return {key: np.stack([repeat[key] for repeat in found])[picks, resample].mean(axis=0) for key in found[0]}


def _tabulate(means: Samples, percent: int, positives: int) -> pd.DataFrame:
    rows = []
    for classifier in CLASSIFIERS:
        for method in METHODS:
            for metric in METRICS:
                own = means[classifier, method, metric]
                row: dict[str, object] = {"classifier": classifier, "percent": percent, "positives": positives}
                row |= {"method": method, "metric": metric} | _interval(own, "value", "low", "high")
                for name, other in DIFFERENCES.items():
                    away = own - means[classifier, other, metric]
                    row |= _interval(away, name, f"{name}_low", f"{name}_high")
                rows.append(row)
    return pd.DataFrame(rows)


def _interval(samples: NDArray[np.float64], *names: str) -> dict[str, float]:
    interval = percentile_interval(float(samples[0]), samples[1:])
    return dict(zip(names, (interval.value, interval.low, interval.high), strict=True))


def _draw(train: Messages, percent: int, random: np.random.Generator) -> NDArray[np.intp]:
    """Positions of all negative messages and of about `percent` % of the positive ones, groups whole, ascending.

    Groups come in random order, the same for every share; their number is that which comes nearest the share.
    """
    positive = np.flatnonzero(train.labels == 1)
    names, group, sizes = np.unique(train.groups[positive], return_inverse=True, return_counts=True)
    order = random.permutation(len(names))
    taken = sizes[order].cumsum()
    count = max(FEWEST_GROUPS, 1 + int(np.abs(taken - len(positive) * percent / 100).argmin()))
    kept = np.isin(group, order[:count])
    return np.sort(np.concatenate([np.flatnonzero(train.labels == 0), positive[kept]]))


def _derive(seed: int, percent: int, repeat: int) -> int:
    return int(np.random.SeedSequence([seed, percent, repeat]).generate_state(1)[0])


def _refuse_too_few(parts: Parts, percents: Sequence[int]) -> None:
    positive = parts.train.labels == 1
    groups = len(np.unique(parts.train.groups[positive]))
    for percent in percents:
        if groups * percent / 100 < FEWEST_GROUPS:
            raise UserError(
                f"{percent} % of the {int(positive.sum())} positive training messages, which are {groups} groups of "
                f"near-duplicates, are fewer than {FEWEST_GROUPS} groups.",
                expected=f"shares that leave at least {FEWEST_GROUPS} groups of positive messages to learn from",
                remedy=f"Leave {percent} out of augmentation.percents, or give the training part a larger share.",
            )
    for name, part in (("validation", parts.validation), ("test", parts.test)):
        positives = int(part.labels.sum())
        if not 0 < positives < len(part.labels):
            raise UserError(
                f"Of {len(part.labels):,} messages of the {name} part {positives:,} are positive.",
                expected="messages of both classes, or nothing can be measured on them",
                remedy=f"Raise split.{name}_share.",
            )
