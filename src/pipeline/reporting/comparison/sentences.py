"""What a comparison did and found, told in sentences made from `comparison.json`."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from pipeline.reporting.comparison.facts import Variant
from pipeline.reporting.comparison.scene import Scene, metric, rank
from pipeline.reporting.sentences import Notice
from pipeline.reporting.words import METRIC, decimal, interval, listed, quantity

FEW_NAMES = 6  # more in one sentence are counted, not listed
REPEATS = {"folds": "fold", "seeds": "seed", "seeds and folds": "run"}
REPEATED = {
    "single": "one run each: nothing is known of the luck of the seed or the split, and each interval is that of "
    "the one test part",
    "folds": "one run for each fold: each message is tested on once, so that the spread is that of the split",
    "seeds": "one run for each seed: the spread holds the luck of all that the seed draws",
    "seeds and folds": "one run for each seed and fold",
}


def lead(scene: Scene) -> str:
    """What was compared."""
    comparison = scene.comparison
    number = quantity(len(scene.models), "variant")
    verb = "was" if len(scene.models) == 1 else "were"
    against = f" and {quantity(len(scene.baselines), 'baseline')}" if scene.baselines else ""
    where = (
        f"on {listed(comparison.datasets)} under the {listed(comparison.protocols)} "
        f"protocol{'s' if len(comparison.protocols) > 1 else ''}"
    )
    return f"{number}{against} {verb if not against else 'were'} compared {where}, {_repeats(scene)}."


def found(scene: Scene) -> list[str]:
    """What came of it, first the best, then each baseline; by data set and protocol, as others must not be compared."""
    homes = list(dict.fromkeys((variant.dataset, variant.protocol) for variant in scene.models))
    return [paragraph for home in homes for paragraph in _found_at(scene, *home)]


def notices(scene: Scene) -> list[Notice]:
    """What limits the comparison; empty for clean runs on the real data."""
    comparison, told = scene.comparison, []
    stand_ins = [variant.name for variant in scene.models if variant.stand_in]
    if stand_ins:
        who = "All runs" if len(stand_ins) == len(scene.models) else f"Runs of {_names(stand_ins)}"
        text = (
            f"{who} used data that stand in for the real ones. The figures show that the pipeline works; "
            "they are no results."
        )
        told.append(Notice("alarm", f"Stand-in data: these are not figures of {listed(comparison.datasets)}", text))
    if "published" in comparison.protocols:
        who = "The runs" if comparison.protocols == ["published"] else "Runs under it"
        text = f"{who} repeat what the source did, faults included. Do not compare their figures with clean ones."
        told.append(Notice("caution", "Published protocol", text))
    if comparison.notices:
        told.append(Notice("caution", "What limits this comparison", " ".join(comparison.notices)))
    return told


def reading(scene: Scene) -> list[str]:
    """How to read the figures of the page, one thing a sentence or two."""
    single = (
        "The interval of a single run is from bootstrap resamples of its test messages, near-duplicates "
        "drawn together. It says how far chance in the test part reaches, not how far another seed would."
    )
    several = (
        "The interval of several runs is that of their mean, by Student's t. As their training parts overlap, "
        "the runs are not independent: the variance is corrected for that (Nadeau and Bengio, 2003)."
    )
    several_runs = {len(variant.repeats) > 1 for variant in scene.models}
    told = [text for text, is_several in ((several, True), (single, False)) if is_several in several_runs]
    names = {test.test for pair in scene.comparison.pairs for test in pair.tests}
    if names:
        told.append(
            "Overlapping intervals do not settle which of two is better: both are judged on the same messages, and the "
            "paired tests use that. With many pairs some differ by luck: Holm's adjustment holds the chance of any "
            "false finding among all pairs to 5 % at most, for each kind of test."
        )
    if "bootstrap" in names:
        told.append(
            f"Bootstrap: both variants are judged on the same {scene.comparison.resamples:,} resamples of the test "
            "messages; p is twice the share of them that puts the difference on the other side of 0."
        )
    if "mcnemar" in names:
        told.append(
            "McNemar: of the messages that one alone calls right, does one of the two have more than half by more than "
            "luck? It counts every message alike, as accuracy does and F1 does not: the two can disagree."
        )
    if "corrected_t" in names:
        told.append("Corrected t-test: on the differences in F1 run by run, with the same correction as the intervals.")
    if names:
        told.append(
            "“No detectable difference” means that these data cannot tell the two apart. It is no evidence that they "
            "are equal."
        )
    return told


def metric_meanings(scene: Scene) -> list[tuple[str, str]]:
    """Name and meaning of each metric that the page shows."""
    return [
        (METRIC[key].label, METRIC[key].explained(scene.comparison.classes))
        for key in ("f1", "recall", "precision", "accuracy", "pr_auc", "mcc")
    ]


def _repeats(scene: Scene) -> str:
    numbers = sorted({len(variant.repeats) for variant in scene.models})
    kind = scene.comparison.repeats_are
    if kind == "single" or numbers == [1]:
        return REPEATED["single"]
    how_many = f"{numbers[0]}" if len(numbers) == 1 else f"{numbers[0]} to {numbers[-1]}"
    return f"{how_many} {REPEATS[kind]}s each, {REPEATED[kind]}"


def _found_at(scene: Scene, dataset: str, protocol: str) -> Iterator[str]:
    members = [variant for variant in scene.models if (variant.dataset, variant.protocol) == (dataset, protocol)]
    best = min(members, key=rank)
    f1 = metric(best, "f1")
    if math.isnan(f1.mean):
        yield f"F1 is undefined for all variants on {dataset} ({protocol} protocol)."
        return
    where = f" on {dataset} ({protocol} protocol)" if scene.is_mixed else ""
    value = f"{decimal(f1.mean)} {interval(f1.low, f1.high)}"
    if len(members) > 1:
        first = f"The highest F1{where} is that of {_names([best.name])}, {value}."
    else:
        first = f"{_names([best.name])} has an F1 of {value}{where}."
    yield " ".join([first, *_against(scene, best, [variant.name for variant in members])])
    for baseline in scene.baselines:
        outcomes = {variant.name: _outcome(scene, variant.name, baseline.name) for variant in members}
        known = {name: outcome for name, outcome in outcomes.items() if outcome}
        if known:
            yield _baseline(baseline.name, known)


def _against(scene: Scene, best: Variant, rivals: list[str]) -> Iterator[str]:
    outcomes = {name: _outcome(scene, best.name, name) for name in rivals if name != best.name}
    better = [name for name, outcome in outcomes.items() if outcome == "better"]
    worse = [name for name, outcome in outcomes.items() if outcome == "worse"]
    level = [name for name, outcome in outcomes.items() if outcome == "level"]
    unpaired = [name for name, outcome in outcomes.items() if not outcome]
    if better:
        yield f"It is detectably better than {_names(better)}."
    if level:
        yield f"There is no detectable difference between it and {_names(level)}."
    if worse:  # the mean of all runs and the difference on shared ones may disagree
        yield f"On the test messages that both share, it is detectably worse than {_names(worse)}."
    if unpaired:
        yield f"It was not held against {_names(unpaired)}, which have other test messages."


def _baseline(name: str, outcomes: dict[str, str]) -> str:
    """How the variants stand to a baseline, in one sentence."""
    said = {"better": "beaten by", "level": "not to be told from", "worse": "better than"}
    parts = []
    for outcome, phrase in said.items():
        members = [variant for variant, found in outcomes.items() if found == outcome]
        if members:
            everyone = len(members) == len(outcomes) > 1
            parts.append(f"{phrase} {f'all {len(outcomes)} variants' if everyone else _names(members)}")
    return f"The baseline {name} is {listed(parts)}."


def _outcome(scene: Scene, name: str, other: str) -> str:
    """`better`, `worse` or `level`, as `name` stands to `other`; empty where the two were not judged as a pair."""
    for pair in scene.comparison.pairs:
        if {pair.first, pair.second} == {name, other}:
            return pair.standing(name)
    return ""


def named(names: Sequence[str]) -> str:
    """Names in a sentence; in quotes where one holds a comma."""
    has_comma = any("," in name for name in names)
    return listed([f"“{name}”" if has_comma else name for name in names])


def _names(names: list[str]) -> str:
    """Names in a sentence, counted where there are many."""
    return f"{len(names)} others" if len(names) > FEW_NAMES else named(names)
