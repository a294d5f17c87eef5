"""What a sweep varies, and what a search must not."""

from __future__ import annotations

from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Override
from omegaconf import DictConfig

from pipeline.errors import UserError

_DRAWS = ("split.fold", "seed")  # which messages are held out, and the luck of a start


def is_search(config: DictConfig) -> bool:
    """Whether a sweeper chooses the jobs by what earlier ones came to; Hydra's own runs a grid."""
    return not config.hydra.sweeper._target_.startswith("hydra._internal.")


def swept(config: DictConfig) -> dict[str, Override]:
    """Settings that a sweep varies: of those in the config and on the command line, what is not held to one value."""
    space = [f"{key}={value}" for key, value in (config.hydra.sweeper.params or {}).items()]
    given = OverridesParser.create().parse_overrides([*space, *config.hydra.overrides.task])
    last = {override.key_or_group: override for override in given}  # the command line wins over the config
    return {name: override for name, override in last.items() if override.is_sweep_override()}


def refuse_draws(config: DictConfig) -> None:
    """Raise a `UserError` where a search would choose a fold or a seed: the luckiest draw is no better setting."""
    found = [name for name in _DRAWS if name in swept(config)] if is_search(config) else []
    if found:
        raise UserError(
            f"The search would choose {' and '.join(found)}, and the best score would be the luckiest draw.",
            expected="a search over settings of the model or its training, on one fold with one seed",
            remedy=f"Name an experiment that is no sweep, or fix it: {' '.join(f'{name}=0' for name in found)}.",
        )
