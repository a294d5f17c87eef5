"""Short names that tell variants apart: by the config files that were chosen, else by single settings."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Protocol

from pipeline.comparison.runs import Account, Setting

CORE = ("dataset", "protocol", "model", "embedding", "sampling", "split")  # named wherever they differ
UNNAMED = {"experiment", "source", "faults", "flow", "report", "hparams", "shared_embedding"}  # follow from the others
WORDS = {
    ("sampling", "none"): "no undersampling",
    ("sampling", "undersample"): "undersampled",
    ("split", "kfold"): "folds",
    ("split", "holdout"): "one split",
    ("embedding", "learned"): "learned vectors",
    ("embedding", "corpus"): "corpus vectors",
}


class Described(Protocol):
    """A run, as far as names are made from it."""

    @property
    def account(self) -> Account:
        """What its manifest says."""
        ...

    @property
    def settings(self) -> Mapping[str, Setting]:
        """Dotted setting -> value."""
        ...


def name_by_settings(runs: Sequence[Described]) -> list[str]:
    """A unique name for the variant of each run: "gru, no undersampling", "gru, learning_rate=0.001"."""
    names = name_by_choices([run.account.choices for run in runs])
    names = [name or run.account.choices.get("model", "model") for name, run in zip(names, runs, strict=True)]
    return tell_apart(names, runs)


def tell_apart(names: Sequence[str], runs: Sequence[Described]) -> list[str]:
    """The names of runs; to those that are alike the settings are added in which the runs differ."""
    told = list(names)
    for name in sorted({name for name in names if names.count(name) > 1}):
        alike = [place for place, other in enumerate(names) if other == name]
        for place, suffix in zip(alike, _by_settings([runs[place] for place in alike]), strict=True):
            told[place] = f"{name}, {suffix}"
    return told


def name_by_choices(choices: Sequence[Mapping[str, str]]) -> list[str]:
    """The choices that differ, in words; of groups outside the core only those that tell more apart."""
    groups = [group for group in CORE if len({each.get(group) for each in choices}) > 1]
    for group in sorted({group for each in choices for group in each} - set(CORE) - UNNAMED):
        if _num_distinct(choices, [*groups, group]) > _num_distinct(choices, groups):
            groups.append(group)
    return [", ".join(_word(group, each[group]) for group in groups if group in each) for each in choices]


def _word(group: str, value: str) -> str:
    return WORDS.get((group, value), value if group in CORE else f"{group}={value}")


def _by_settings(runs: Sequence[Described]) -> list[str]:
    """Runs of the same choices told apart: by what the command lines set, else by as few settings as will do."""
    settings = [run.settings for run in runs]
    differing = [
        key for key in sorted({key for each in settings for key in each}) if _num_distinct(settings, [key]) > 1
    ]
    given = {override.lstrip("+~").partition("=")[0] for run in runs for override in run.account.overrides}
    keys = [key for key in differing if key in given]
    for key in differing:
        if _num_distinct(settings, [*keys, key]) > _num_distinct(settings, keys):
            keys.append(key)
    short = {key: key if _is_ambiguous(key, keys) else key.rpartition(".")[2] for key in keys}
    return [", ".join(f"{short[key]}={_shown(each.get(key))}" for key in keys) for each in settings]


def _is_ambiguous(key: str, keys: Sequence[str]) -> bool:
    last = key.rpartition(".")[2]
    return last == "file" or sum(other.rpartition(".")[2] == last for other in keys) > 1


def _shown(value: str | float | bool | None) -> str:
    """A value as it is written in YAML."""
    return value if isinstance(value, str) else json.dumps(value)


def _num_distinct(mappings: Sequence[Mapping[str, object]], keys: Sequence[str]) -> int:
    return len({tuple(repr(each.get(key)) for key in keys) for each in mappings})
