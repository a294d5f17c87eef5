"""What is compared: variants, each the runs that differ in nothing but seed and fold, and their baselines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from pipeline.comparison.naming import name_by_choices, name_by_settings
from pipeline.comparison.runs import MAIN, Run
from pipeline.reporting.facts import Judged
from pipeline.reporting.words import MODEL_NAMES

BASELINES = ("tfidf_all_rows", "tfidf", "majority")


@dataclass(frozen=True, eq=False)
class Contender:
    """A variant, or a baseline of some variants.

    Attributes:
        name: short and unique.
        model: what its runs call it, "model" or the name of a baseline.
        runs: its repeats, by seed and fold; of a baseline, one run for each repeat, whichever variant's.
        settings: in which the variants differ -> value; empty for a baseline.
        rivals: names of the variants that it is a baseline of; of a variant, its own.
    """

    name: str
    model: str
    runs: list[Run]
    settings: dict[str, str | int | float | bool | None]
    rivals: frozenset[str]

    @property
    def is_baseline(self) -> bool:
        """Whether it is no variant."""
        return self.model != MAIN

    def judged(self, run: Run) -> Judged:
        """Its test results in one of its runs."""
        return run.report.models[self.model]

    def called(self, run: Run) -> NDArray[np.bool_]:
        """Which test messages of a run it calls positive at its own threshold; shape (n,)."""
        return run.test[self.model].to_numpy() >= self.judged(run).threshold


def find_contenders(runs: Sequence[Run]) -> tuple[list[Contender], list[Run]]:
    """Variants, then baselines; and the runs that a later one of the same variant, seed and fold stands in for."""
    groups: dict[tuple[tuple[str, object], ...], dict[tuple[int, int | None], Run]] = {}
    superseded = []
    for run in sorted(runs, key=lambda run: run.content.manifest.started):
        repeats = groups.setdefault(tuple(sorted(run.settings.items())), {})
        if run.repeat in repeats:
            superseded.append(repeats[run.repeat])
        repeats[run.repeat] = run
    given = {run: place for place, run in enumerate(runs)}
    variants = sorted(
        ([repeats[repeat] for repeat in sorted(repeats, key=_order)] for repeats in groups.values()),
        key=lambda variant: min(given[run] for run in variant),
    )
    names = name_by_settings([variant[0] for variant in variants])
    differing = differing_settings([variant[0] for variant in variants])
    models = [
        Contender(name, MAIN, variant, {key: variant[0].settings.get(key) for key in differing}, frozenset({name}))
        for name, variant in zip(names, variants, strict=True)
    ]
    return [*models, *_find_baselines(models)], superseded


def differing_settings(runs: Sequence[Run]) -> list[str]:
    """The settings that are not the same in all of the runs, by name."""
    keys = sorted({key for run in runs for key in run.settings})
    return [key for key in keys if len({repr(run.settings.get(key)) for run in runs}) > 1]


def shared_runs(first: Contender, second: Contender) -> list[tuple[Run, Run]]:
    """Their runs with the same seed and fold on the same test messages, in pairs."""
    others = {run.repeat: run for run in second.runs}
    pairs = [(run, others[run.repeat]) for run in first.runs if run.repeat in others]
    return [(one, other) for one, other in pairs if one.test_part == other.test_part]


def comparable(contenders: Sequence[Contender]) -> list[list[Contender]]:
    """Sort into sets within which everything is linked by shared test messages, in the order of the first of each."""
    sets: list[list[Contender]] = []
    for contender in contenders:
        linked = [members for members in sets if any(shared_runs(contender, member) for member in members)]
        merged = [member for members in linked for member in members] + [contender]
        sets = [members for members in sets if members not in linked] + [merged]
    place = {contender: i for i, contender in enumerate(contenders)}
    ordered = (sorted(members, key=place.__getitem__) for members in sets)
    return sorted(ordered, key=lambda members: place[members[0]])


def _order(repeat: tuple[int, int | None]) -> tuple[int, int]:
    seed, fold = repeat
    return seed, -1 if fold is None else fold


def _find_baselines(variants: Sequence[Contender]) -> list[Contender]:
    """The baselines of all runs, each once however many runs have fitted it."""
    found = []
    for model in BASELINES:
        groups: list[list[Contender]] = []
        for variant in variants:
            if not _has(variant, model):
                continue
            home = next((group for group in groups if _all_agree([*group, variant], model)), None)
            if home:
                home.append(variant)
            else:
                groups.append([variant])
        for group, suffix in zip(groups, _tell_apart(groups), strict=True):
            runs = {run.repeat: run for variant in reversed(group) for run in variant.runs}
            name = MODEL_NAMES[model][0] + suffix
            rivals = frozenset(variant.name for variant in group)
            found.append(Contender(name, model, [runs[repeat] for repeat in sorted(runs, key=_order)], {}, rivals))
    return found


def _has(variant: Contender, model: str) -> bool:
    """Whether the runs of a variant have this baseline, and not only as another name for TF-IDF on all rows."""
    if any(model not in run.report.models for run in variant.runs):
        return False
    return model != "tfidf" or not all(
        np.array_equal(run.test["tfidf"], run.test["tfidf_all_rows"]) for run in variant.runs
    )


def _all_agree(group: Sequence[Contender], model: str) -> bool:
    """Whether a baseline is the same in all variants: equal scores and calls wherever they share test messages."""
    return all(
        (shared := shared_runs(first, second))
        and len(shared) == len({run.repeat for run in first.runs} & {run.repeat for run in second.runs})
        and all(np.array_equal(one.test[model], other.test[model]) for one, other in shared)
        and all(one.report.models[model].confusion == other.report.models[model].confusion for one, other in shared)
        for first, second in combinations(group, 2)
    )


def _tell_apart(groups: Sequence[Sequence[Contender]]) -> list[str]:
    """What to add to the name of a baseline that there are several of: "(no undersampling)"."""
    if len(groups) < 2:
        return ["" for _ in groups]
    choices = [[variant.runs[0].account.choices for variant in group] for group in groups]
    settled = [  # config groups in which the variants of a baseline agree, whichever baseline it is
        key for key in choices[0][0] if all(len({each.get(key) for each in group}) == 1 for group in choices)
    ]
    names = name_by_choices([{key: group[0][key] for key in settled if key in group[0]} for group in choices])
    alike = {name for name in names if names.count(name) > 1}
    return [
        f" (as for {_first_of(group)})" if name in alike else f" ({name})"
        for name, group in zip(names, groups, strict=True)
    ]


def _first_of(group: Sequence[Contender]) -> str:
    return group[0].name + (f" and {len(group) - 1} more" if group[1:] else "")
