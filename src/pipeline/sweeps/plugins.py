"""Launchers and sweepers that are libraries of their own: our configs for them, and which extra brings each."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from shutil import which

from hydra.core.config_store import ConfigStore
from hydra.core.plugins import Plugins
from omegaconf import DictConfig

from pipeline.errors import UserError

_EXTRAS = {"hydra_submitit_launcher": "slurm", "hydra_ray_launcher": "ray", "hydra_optuna_sweeper": "optuna"}
_SLURM = "hydra_plugins.hydra_submitit_launcher.submitit_launcher.SlurmLauncher"


def prefer_own_configs(folder: Path) -> None:
    """Let the files of `folder` stand for themselves where a plugin has stored a config of the same name.

    Hydra would merge each into the stored one with a warning, and refuses to where that has a defaults list.
    """
    Plugins.instance()  # which store their configs as they are found
    stored = ConfigStore.instance().repo["hydra"]
    for file in folder.glob("hydra/*/*.yaml"):
        stored.get(file.parent.name, {}).pop(file.name, None)


def refuse_missing(config: DictConfig) -> None:
    """Raise a `UserError` where the launcher or the sweeper of a sweep is in a library that is not installed."""
    for group in ("launcher", "sweeper"):
        package = str(config.hydra[group]._target_).split(".")[1]
        if package in _EXTRAS and find_spec(f"hydra_plugins.{package}") is None:
            extra, name = _EXTRAS[package], config.hydra.runtime.choices[f"hydra/{group}"]
            raise UserError(
                f"hydra/{group}={name} needs a library that is not installed.",
                expected=f"the extra {extra!r} of this package",
                remedy=f"Install it: pip install '.[{extra}]' in the checkout, or pip install "
                f"'text-experiment-pipeline[{extra}]' where the wheel was installed.",
            )


def refuse_no_slurm(config: DictConfig) -> None:
    """Raise a `UserError` where the jobs of a sweep are for Slurm and this machine cannot send any."""
    if str(config.hydra.launcher._target_) != _SLURM:
        return
    if missing := [name for name in ("sbatch", "srun") if which(name) is None]:  # submitit looks for one, runs both
        raise UserError(
            f"hydra/launcher={config.hydra.runtime.choices['hydra/launcher']} needs {' and '.join(missing)}, "
            "not found on this machine.",
            expected="a machine from which Slurm jobs can be sent",
            remedy="Run it there, or on this machine with hydra/launcher=submitit_local.",
        )
