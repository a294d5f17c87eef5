"""Every pair that was judged on the same test messages: difference, tests, verdict."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from pipeline.comparison.contenders import Contender, shared_runs
from pipeline.comparison.runs import Run
from pipeline.evaluation.paired import bootstrap_difference, differing_groups, f1_samples, holm, mcnemar
from pipeline.evaluation.repeats import corrected_mean
from pipeline.reporting.comparison.facts import Pair, PairTest
from pipeline.reporting.facts import Estimate

METRIC = "f1"
RIVAL_BASELINE = "tfidf_all_rows"  # what every variant must beat
LEVEL = 0.05
RESAMPLES = 10_000  # p is 0.0002 at least: small enough to survive Holm's adjustment over 250 pairs
SEED = 1  # of the resamples: equal for all, so that differences are paired and a comparison drawn again is the same


@dataclass
class Contests:
    """Judges pairs; F1 on the resamples is computed once for each contender and run."""

    _samples: dict[tuple[Contender, Run], NDArray[np.float64]] = field(default_factory=dict)

    def judge(self, contenders: Sequence[Contender]) -> list[Pair]:
        """All pairs of variants, and each variant with TF-IDF on all rows, where test messages are shared."""
        pairs = []
        for first, second in _candidates(contenders):
            shared = shared_runs(first, second)
            if len(shared) > 1:
                pairs.append(_over_repeats(first, second, shared))
            elif shared:
                pairs.append(self._in_one_run(first, second, *shared[0]))
        return [_with_verdict(pair) for pair in _adjusted(pairs)]

    def _in_one_run(self, first: Contender, second: Contender, one: Run, other: Run) -> Pair:
        groups = one.test["group"].to_numpy()
        called = first.called(one), second.called(other)
        num_differing = differing_groups(*called, groups)
        found = bootstrap_difference(
            self._f1_samples(first, one), self._f1_samples(second, other), num_differing=num_differing
        )
        num_groups = len(np.unique(groups))
        detail = f"{RESAMPLES:,} resamples of {num_groups:,} groups, {num_differing:,} of them called differently"
        tests = [PairTest("bootstrap", found.p, np.nan, detail), _mcnemar(first, second, [(one, other)])]
        return Pair(first.name, second.name, METRIC, Estimate(found.value, found.low, found.high), tests, "none", 1)

    def _f1_samples(self, contender: Contender, run: Run) -> NDArray[np.float64]:
        if (contender, run) not in self._samples:
            labels, groups = run.test["label"].to_numpy(), run.test["group"].to_numpy()
            self._samples[contender, run] = f1_samples(
                labels, contender.called(run), groups, resamples=RESAMPLES, seed=SEED
            )
        return self._samples[contender, run]


def _candidates(contenders: Sequence[Contender]) -> Iterator[tuple[Contender, Contender]]:
    variants = [contender for contender in contenders if not contender.is_baseline]
    yield from combinations(variants, 2)
    for variant in variants:
        for baseline in contenders:
            if baseline.model == RIVAL_BASELINE and variant.name in baseline.rivals:
                yield variant, baseline


def _over_repeats(first: Contender, second: Contender, shared: list[tuple[Run, Run]]) -> Pair:
    differences = [
        first.judged(one).metrics[METRIC].value - second.judged(other).metrics[METRIC].value for one, other in shared
    ]
    found = corrected_mean(differences, float(np.mean([one.test_per_train for one, _ in shared])))
    shown = f"t = {found.t:.2f}" if np.isfinite(found.t) else "all differences are equal"
    tests = [PairTest("corrected_t", found.p, np.nan, f"{shown}, {found.degrees} degrees of freedom")]
    rows = np.concatenate([one.test["row"].to_numpy() for one, _ in shared])
    if len(np.unique(rows)) == len(rows):  # folds: each message is tested on once
        tests.append(_mcnemar(first, second, shared))
    difference = Estimate(found.mean, found.low, found.high)
    return Pair(first.name, second.name, METRIC, difference, tests, "none", len(shared))


def _mcnemar(first: Contender, second: Contender, shared: list[tuple[Run, Run]]) -> PairTest:
    positive = np.concatenate([one.test["label"].to_numpy() == 1 for one, _ in shared])
    groups = np.concatenate([one.test["group"].to_numpy() for one, _ in shared])
    first_right = np.concatenate([first.called(one) for one, _ in shared]) == positive
    second_right = np.concatenate([second.called(other) for _, other in shared]) == positive
    found = mcnemar(first_right, second_right, groups)
    detail = f"{found.first_only:,} right in {first.name} alone; {found.second_only:,} right in {second.name} alone"
    if found.num_groups < found.first_only + found.second_only:
        detail += f"; {found.num_groups:,} groups of near-duplicates"
    return PairTest("mcnemar", found.p, np.nan, detail)


def _adjusted(pairs: Sequence[Pair]) -> list[Pair]:
    """The same pairs with `p_holm`: each kind of test is adjusted over all pairs that it was made of."""
    values: dict[str, list[float]] = defaultdict(list)
    for pair in pairs:
        for test in pair.tests:
            values[test.test].append(test.p)
    adjusted = {name: iter(holm(p)) for name, p in values.items()}
    return [
        replace(pair, tests=[replace(test, p_holm=next(adjusted[test.test])) for test in pair.tests]) for pair in pairs
    ]


def _with_verdict(pair: Pair) -> Pair:
    """One is better where the first test says so after adjustment and the interval leaves 0 out."""
    difference = pair.difference
    verdict: Literal["first", "second", "none"] = "none"
    if pair.tests[0].p_holm < LEVEL and not difference.low <= 0 <= difference.high:
        verdict = "first" if difference.value > 0 else "second"
    return replace(pair, verdict=verdict)
