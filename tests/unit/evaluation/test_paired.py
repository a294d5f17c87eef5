"""Tests of pairs: golden values, laws, and how often they cry wolf."""

import math
from dataclasses import astuple
from itertools import product

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from pipeline.evaluation.metrics import measure
from pipeline.evaluation.paired import (
    BLOCK,
    bootstrap_difference,
    differing_groups,
    f1_samples,
    f1_samples_together,
    holm,
    mcnemar,
)

Calls = NDArray[np.bool_]


def discordant(first_only: int, second_only: int, both: int = 3) -> tuple[Calls, Calls]:
    first = np.repeat([True, False, True], [first_only, second_only, both])
    return first, np.repeat([False, True, True], [first_only, second_only, both])


def mid_p(first: Calls, second: Calls) -> float:
    return mcnemar(first, second, np.arange(len(first))).p


def test_mid_p_of_the_airways_example() -> None:
    """1 and 7 discordant pairs, table 1 of Fagerland, Lydersen & Laake 2013: 2 (1 + 8) / 256 - 8 / 256 = 0.0391."""
    assert mid_p(*discordant(1, 7, both=13)) == pytest.approx(0.0391, abs=5e-5)


@pytest.mark.parametrize(("counts", "exact"), [((121, 59), 4e-06), ((70, 59), 0.378688), ((80, 59), 0.089452),
                                               ((30, 60), 0.00206), ((10, 30), 0.002221), ((10, 10), 1.0)])  # fmt: skip
def test_mid_p_is_the_exact_p_less_the_chance_of_the_very_count(counts: tuple[int, int], exact: float) -> None:
    """The exact values are those of statsmodels' own test of its McNemar test (test_mcnemar_exact)."""
    chance = stats.binom.pmf(counts[0], sum(counts), 0.5)
    expected = 1 - chance / 2 if counts[0] == counts[1] else exact - chance
    assert mid_p(*discordant(*counts)) == pytest.approx(expected, abs=1e-6)


def test_groups_are_swapped_whole() -> None:
    """Against the enumeration of all swaps of 9 groups."""
    random = np.random.default_rng(1)
    groups = np.array([0, 0, 0, 1, 2, 2, 3, 4, 5, 6, 6, 7, 8, 8, 8, 8])
    first, second = random.random(16) < 0.8, random.random(16) < 0.4
    net = np.bincount(groups, first.astype(float) - second)
    sums = np.array([abs(np.dot(signs, net)) for signs in product((-1, 1), repeat=9)])
    expected = (sums > abs(net.sum())).mean() + (sums == abs(net.sum())).mean() / 2
    found = mcnemar(first, second, groups)
    assert found.p == pytest.approx(expected)
    assert found.num_groups == (net != 0).sum() < found.first_only + found.second_only


def test_copies_are_no_evidence() -> None:
    first, second = discordant(7, 1)
    groups = np.arange(len(first))
    once = mcnemar(first, second, groups)
    copied = mcnemar(np.tile(first, 5), np.tile(second, 5), np.tile(groups, 5))
    assert copied.p == pytest.approx(once.p)
    assert copied.first_only == 5 * once.first_only
    assert mid_p(np.tile(first, 5), np.tile(second, 5)) < once.p / 100


def test_equal_calls_are_no_difference() -> None:
    right = np.array([True, False, True])
    assert mcnemar(right, right, np.arange(3)).p == 1
    samples = f1_samples(np.array([1, 1, 0]), right, np.arange(3), resamples=100, seed=1)
    found = bootstrap_difference(samples, samples, num_differing=0)
    assert astuple(found) == (0, 0, 0, 1)


def test_f1_of_resamples_is_that_of_the_metrics() -> None:
    """With one message a group, weights and F1 are those of `bootstrap_weights` and `measure`."""
    from pipeline.evaluation.intervals import bootstrap_weights

    random = np.random.default_rng(2)
    labels, scores = (random.random(60) < 0.4).astype(int), random.random(60)
    samples = f1_samples(labels, scores >= 0.5, np.arange(60), resamples=BLOCK, seed=3)
    weights = bootstrap_weights(np.arange(60), BLOCK, seed=3)
    assert samples[0] == pytest.approx(measure(labels, scores, 0.5)["f1"].item())
    assert samples[1:] == pytest.approx(measure(labels, scores, 0.5, weights)["f1"])


def test_resamples_are_drawn_in_blocks_that_differ() -> None:
    random = np.random.default_rng(3)
    labels = (random.random(80) < 0.5).astype(int)
    samples = f1_samples(labels, random.random(80) < 0.5, np.arange(80), resamples=2 * BLOCK + 7, seed=0)
    assert len(samples) == 1 + 2 * BLOCK + 7
    assert not np.array_equal(samples[1 : 1 + BLOCK], samples[1 + BLOCK : 1 + 2 * BLOCK])


def made_up(
    random: np.random.Generator, n: int, error: float, worse: float = 0
) -> tuple[NDArray[np.int64], Calls, Calls]:
    """Labels, and the calls of two classifiers that err at random; the second errs more often by `worse`."""
    labels = (random.random(n) < 0.3).astype(int)
    return labels, (labels == 1) ^ (random.random(n) < error), (labels == 1) ^ (random.random(n) < error + worse)


@pytest.mark.parametrize("worse", [0.0, 0.02, 0.1])
def test_p_and_interval_agree(worse: float) -> None:
    """The p is below 0.05 where the 95 % interval leaves 0 out, but for one resample more or less."""
    random = np.random.default_rng(4)
    for seed in range(20):
        labels, first, second = made_up(random, 300, 0.08, worse)
        one, other = (f1_samples(labels, calls, np.arange(300), resamples=999, seed=seed) for calls in (first, second))
        found = bootstrap_difference(one, other, num_differing=differing_groups(first, second, np.arange(300)))
        is_out = not found.low <= 0 <= found.high
        assert is_out == (found.p < 0.05) or found.p == pytest.approx(0.05, abs=0.003)


def test_a_swapped_pair_is_mirrored() -> None:
    labels, first, second = made_up(np.random.default_rng(5), 400, 0.05, 0.05)
    groups = np.arange(400) // 2
    one, other = (f1_samples(labels, calls, groups, resamples=500, seed=1) for calls in (first, second))
    found, back = (bootstrap_difference(*pair, num_differing=30) for pair in ((one, other), (other, one)))
    assert (back.value, back.low, back.high, back.p) == pytest.approx((-found.value, -found.high, -found.low, found.p))
    ahead, behind = mcnemar(first, second, groups), mcnemar(second, first, groups)
    assert (ahead.first_only, ahead.second_only, ahead.p) == (behind.second_only, behind.first_only, behind.p)


def test_four_lucky_groups_are_no_proof() -> None:
    """Right on all of 4 differing messages: resampling alone would say p = 2 exp(-4) = 0.037."""
    labels = np.repeat([1, 0], [100, 300])
    first, second = labels == 1, labels == 1
    second[:4] = False
    samples = [f1_samples(labels, calls, np.arange(400), resamples=2000, seed=1) for calls in (first, second)]
    found = bootstrap_difference(*samples, num_differing=differing_groups(first, second, np.arange(400)))
    assert found.low > 0
    assert found.p == 0.125


def test_they_cry_wolf_one_time_in_twenty() -> None:
    """Two equal classifiers, 500 times on 250 messages; of 500 trials at 5 %, 14 to 36 in 99 % of cases."""
    random = np.random.default_rng(6)
    alarms = np.zeros(2)
    for seed in range(500):
        labels, first, second = made_up(random, 250, 0.08)
        groups = np.arange(250)
        one, other = (f1_samples(labels, calls, groups, resamples=300, seed=seed) for calls in (first, second))
        found = bootstrap_difference(one, other, num_differing=differing_groups(first, second, groups))
        right = first == (labels == 1), second == (labels == 1)
        alarms += (found.p < 0.05, mcnemar(*right, groups).p < 0.05)
    assert (alarms <= 38).all(), alarms
    assert (alarms >= 10).all(), alarms


def test_near_duplicates_do_not_make_them_cry_louder() -> None:
    """Five copies of each of 60 messages: taken whole the rate stays near 5 %, taken one by one it does not."""
    random = np.random.default_rng(7)
    whole, one_by_one = 0, 0
    for _ in range(200):
        labels, first, second = (np.repeat(values, 5) for values in made_up(random, 60, 0.15))
        right = first == (labels == 1), second == (labels == 1)
        whole += mcnemar(*right, np.repeat(np.arange(60), 5)).p < 0.05
        one_by_one += mcnemar(*right, np.arange(300)).p < 0.05
    assert whole <= 20
    assert one_by_one > 50


def test_holm_worked_by_hand() -> None:
    """Sorted 0.005, 0.01, 0.03, 0.04: times 4, 3, 2, 1 is 0.02, 0.03, 0.06, 0.04, and the last may not fall."""
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([]) == []
    assert holm([0.3]) == [0.3]


def test_laws_of_holm() -> None:
    random = np.random.default_rng(8)
    for size in (1, 2, 7, 40):
        raw = random.random(size) ** 3
        adjusted = np.array(holm(raw.tolist()))
        assert (raw <= adjusted).all()
        assert (adjusted <= np.minimum(1, raw * size)).all()  # never harsher than Bonferroni
        assert (np.diff(adjusted[np.argsort(raw)]) >= 0).all()
        shuffled = random.permutation(size)
        assert holm(raw[shuffled].tolist()) == adjusted[shuffled].tolist()


def test_undefined_p_values_do_not_count() -> None:
    adjusted = holm([0.02, math.nan, 0.03])
    assert adjusted[::2] == pytest.approx([0.04, 0.04])
    assert math.isnan(adjusted[1])


def test_samples_of_many_at_once_are_those_of_each() -> None:
    """The same F1, and over resamples the same mean and spread; equal classifiers have equal samples."""
    random = np.random.default_rng(5)
    labels, groups = random.integers(2, size=900), random.integers(600, size=900)
    called = np.array([np.where(random.random(900) < right, labels, 1 - labels) == 1 for right in (0.9, 0.7)])
    together = f1_samples_together(labels, called[[0, 1, 0]], groups, resamples=4000, seed=1)
    assert together.shape == (3, 4001)
    assert np.array_equal(together[0], together[2])
    for one, found in zip(called, together, strict=False):
        alone = f1_samples(labels, one, groups, resamples=4000, seed=1)
        assert found[0] == alone[0]
        assert found[1:].mean() == pytest.approx(alone[1:].mean(), abs=0.001)
        assert found[1:].std() == pytest.approx(alone[1:].std(), rel=0.06)
    gap = [f1_samples(labels, one, groups, resamples=4000, seed=1)[1:] for one in called]
    assert (together[0] - together[1])[1:].std() == pytest.approx((gap[0] - gap[1]).std(), rel=0.06), "they are paired"


def test_nothing_called_and_nothing_to_find_has_f1_0() -> None:
    labels, called = np.zeros(4, int), np.zeros((1, 4), bool)
    assert not f1_samples_together(labels, called, np.arange(4), resamples=10, seed=0).any()
