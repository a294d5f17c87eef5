"""Two classifiers judged on the same test messages: is one of them better, or was it luck?

Near-duplicates share a group and are one observation, not many: every test here takes groups whole.

Shapes: n test messages, G groups of them, R resamples.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.evaluation.intervals import bootstrap_weights, percentile_interval

Flags = NDArray[np.bool_]
BLOCK = 500  # resamples drawn at a time: all at once would take 8 GB at 100,000 messages


@dataclass(frozen=True)
class McNemar:
    """What McNemar's test counts and finds.

    Attributes:
        first_only, second_only: messages that only one of the two got right.
        num_groups: groups that one of the two got more of right than the other.
        p: two-sided.
    """

    first_only: int
    second_only: int
    num_groups: int
    p: float


@dataclass(frozen=True)
class Difference:
    """The first's metric minus the second's, with its 95 % interval and two-sided p."""

    value: float
    low: float
    high: float
    p: float


def mcnemar(first_right: Flags, second_right: Flags, groups: NDArray[np.integer]) -> McNemar:
    """McNemar's test with the mid-p value, for messages in groups.

    If neither is better, swapping the two within a group changes nothing: the sum of the groups' net wins is compared
    with its distribution over all swaps, which is computed in full. With one message a group that is the binomial test
    of the messages that only one got right. The mid-p value counts half of the chance of the very sum observed; the
    exact test counts all of it, and so rejects less often than its level promises.

    Shapes: all (n,).
    Source: McNemar 1947; Fagerland, Lydersen & Laake 2013, BMC Medical Research Methodology 13:91 (mid-p).
    Deviation: groups are swapped whole; the sources have one observation each.
    """
    wins = first_right.astype(np.int64) - second_right
    net = np.abs(_sum_by_group(wins, groups)).round().astype(np.int64)
    net = net[net > 0]
    total = abs(int(wins.sum()))
    return McNemar(
        first_only=int((wins > 0).sum()),
        second_only=int((wins < 0).sum()),
        num_groups=len(net),
        p=_mid_p(net, total) if len(net) else 1.0,
    )


def _mid_p(net: NDArray[np.int64], total: int) -> float:
    """The chance that |sum of +-net| is above `total`, and half of the chance that it is `total`."""
    chances = np.ones(1)  # of the sums -reach, ..., reach
    for wins in net:
        wider = np.zeros(len(chances) + 2 * wins)
        wider[: len(chances)] = chances / 2
        wider[2 * wins :] += chances / 2
        chances = wider
    sums = np.abs(np.arange(len(chances)) - len(chances) // 2)
    return float(chances[sums > total].sum() + chances[sums == total].sum() / 2)


def f1_samples(
    labels: NDArray[np.integer], called: Flags, groups: NDArray[np.integer], *, resamples: int, seed: int
) -> NDArray[np.float64]:
    """F1 on the messages themselves, then on each resample of their groups; equal groups and seed, equal resamples.

    Shapes: labels, called, groups (n,); result (1 + R,).
    """
    counted = [_sum_by_group(flags, groups) for flags in (called & (labels == 1), called, labels == 1)]
    summands = np.column_stack(counted)  # true positives, called, positives
    rows = np.arange(len(summands))
    sums = [summands.sum(axis=0, keepdims=True)]
    for block, start in enumerate(range(0, resamples, BLOCK)):
        weights = bootstrap_weights(rows, min(BLOCK, resamples - start), seed + block)
        sums.append(weights @ summands)
    hits, calls, positives = np.concatenate(sums).T
    whole = calls + positives
    return np.divide(2 * hits, whole, out=np.zeros_like(whole), where=whole > 0)


def f1_samples_together(
    labels: NDArray[np.integer], called: Flags, groups: NDArray[np.integer], *, resamples: int, seed: int
) -> NDArray[np.float64]:
    """The same of many classifiers at once, on the same resamples, for long streams.

    Groups that all classifiers treat alike are drawn together: how often each kind comes up in a resample is
    multinomial, and there are far fewer kinds than groups.

    Shapes: labels and groups (n,); called (M, n), a row a classifier; result (M, 1 + R).
    """
    positive = labels == 1
    counted = [_sum_by_group(flags, groups) for flags in (positive, *(called & positive), *called)]
    kinds, numbers = np.unique(np.column_stack(counted), axis=0, return_counts=True)
    random, total = np.random.default_rng(seed), int(numbers.sum())
    sums = [numbers[None] @ kinds]
    for start in range(0, resamples, BLOCK):
        drawn = random.multinomial(total, numbers / total, size=min(BLOCK, resamples - start))
        sums.append(drawn @ kinds)
    positives, hits, calls = np.split(np.concatenate(sums).T, [1, 1 + len(called)])
    whole = calls + positives
    return np.divide(2 * hits, whole, out=np.zeros_like(whole), where=whole > 0)


def differing_groups(first: Flags, second: Flags, groups: NDArray[np.integer]) -> int:
    """Groups with a message that the two classifiers call differently."""
    return len(np.unique(groups[first != second]))


def bootstrap_difference(first: NDArray[np.float64], second: NDArray[np.float64], *, num_differing: int) -> Difference:
    """The difference of two metrics measured on the same resamples: percentile interval, and the p it implies.

    p is twice the share of resamples on the far side of 0, those at 0 included, and never below what swapping the two
    classifiers in the groups that they call differently could give, 2 ** (1 - num_differing): where one is right on
    all of four such groups, resampling would reach 0.04, though luck does the same one time in eight.

    Shapes: first and second (1 + R,), as `f1_samples` gives them.
    Source: Efron & Tibshirani 1993, An introduction to the bootstrap, sections 13.3 and 15.4.
    """
    value, samples = first[0] - second[0], first[1:] - second[1:]
    interval = percentile_interval(float(value), samples)
    far = min(int((samples <= 0).sum()), int((samples >= 0).sum()))
    share = 2 * (far + 1) / (len(samples) + 1)  # the observed difference counts as one: p is never 0
    return Difference(interval.value, interval.low, interval.high, p=min(1.0, max(share, 2.0 ** (1 - num_differing))))


def holm(p_values: Sequence[float]) -> list[float]:
    """Adjust p-values for their number: below 0.05 after it, all together are wrong at most one time in twenty.

    Undefined ones, NaN, stay so and do not count.

    Source: Holm 1979, Scandinavian Journal of Statistics 6:65-70.
    """
    values = np.asarray(p_values, np.float64)
    order = np.argsort(values, kind="stable")[: np.count_nonzero(~np.isnan(values))]  # NaN is sorted to the end
    adjusted = np.full(len(values), np.nan)
    adjusted[order] = np.minimum(1, np.maximum.accumulate(values[order] * np.arange(len(order), 0, -1)))
    return adjusted.tolist()


def _sum_by_group(values: NDArray[np.generic], groups: NDArray[np.integer]) -> NDArray[np.float64]:
    """The sum of the values in each group, in the order of the groups' names."""
    _, group = np.unique(groups, return_inverse=True)
    return np.bincount(group, weights=values.astype(np.float64)).astype(np.float64)
