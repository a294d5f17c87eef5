"""Which variants of a comparison differ in one choice alone: with and without undersampling, with and without folds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence

from pipeline.reporting import words
from pipeline.reporting.comparison.facts import Variant
from pipeline.reporting.comparison.figures import Contrast

Key = tuple[str, ...]
FOLLOWING = {"experiment", "source", "report", "flow", "hparams"}  # choices that say nothing of how a model was made


def contrasts(variants: Sequence[Variant], factor: str) -> list[Contrast]:
    """Sets of variants that differ in the config group `factor`, each named by what tells it from the other sets.

    Variants that differ in nothing else come together first. One that finds no partner so is set beside the one that
    shares its choices if there is no more than one of each kind, as a source that changes two things at once leaves no
    other; the name then says which other settings differ.
    """
    exact = _sets(variants, factor, lambda variant: _base(variant, factor) + _rest(variant, factor))
    placed = {variant.name for found in exact for variant in found.values()}
    loose = _sets(
        [variant for variant in variants if variant.name not in placed], factor, lambda variant: _base(variant, factor)
    )
    found = [*exact, *loose]
    return [Contrast(_name(kinds, found, factor), kinds) for kinds in found]


def _sets(variants: Sequence[Variant], factor: str, key: Callable[[Variant], Key]) -> list[dict[str, Variant]]:
    groups: dict[Key, dict[str, list[Variant]]] = defaultdict(lambda: defaultdict(list))
    for variant in variants:
        if factor in variant.choices:
            groups[key(variant)][variant.choices[factor]].append(variant)
    return [
        {kind: found[0] for kind, found in kinds.items()}
        for kinds in groups.values()
        if len(kinds) > 1 and all(len(found) == 1 for found in kinds.values())
    ]


def _base(variant: Variant, factor: str) -> Key:
    choices = (
        f"{group}={name}" for group, name in sorted(variant.choices.items()) if group not in {factor, *FOLLOWING}
    )
    return (f"dataset={variant.dataset}", f"protocol={variant.protocol}", *choices)


def _rest(variant: Variant, factor: str) -> Key:
    return tuple(
        f"{name}={value}" for name, value in sorted(variant.settings.items()) if not name.startswith(f"{factor}.")
    )


def _name(kinds: dict[str, Variant], found: list[dict[str, Variant]], factor: str) -> str:
    """What a set has and not all others have; the model's name where there is no such thing."""
    shared = [set.intersection(*({*_base(v, factor), *_rest(v, factor)} for v in one.values())) for one in found]
    own = set.intersection(*({*_base(v, factor), *_rest(v, factor)} for v in kinds.values()))
    told = sorted(own - set.intersection(*shared)) or [entry for entry in sorted(own) if entry.startswith("model=")]
    name = ", ".join(entry.removeprefix("model=") for entry in told) or "the variants"
    rests = [set(_rest(variant, factor)) for variant in kinds.values()]
    also = sorted({entry.partition("=")[0] for entry in set.union(*rests) - set.intersection(*rests)})
    return f"{name} (also differs: {words.listed(also)})" if also else name
