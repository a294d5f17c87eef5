"""Hydra entry: `python -m pipeline +experiment=NAME [setting=value ...]`."""

from __future__ import annotations

import gc
import logging
import os
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

import hydra
from hydra.core.hydra_config import HydraConfig
from hydra.errors import HydraException
from hydra.types import RunMode
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from pipeline.config import choices_of, conf_dir, experiment_from, explain
from pipeline.errors import UserError
from pipeline.help import page
from pipeline.sweeps.outcome import account, is_done, job_lock, objective
from pipeline.sweeps.plugins import prefer_own_configs
from pipeline.sweeps.session import SweepEnd

log = logging.getLogger("pipeline")
GARBAGE_THRESHOLD = 50_000  # objects made more than freed before garbage is looked for; Python's own is 700


@hydra.main(version_base="1.3", config_path=str(conf_dir()), config_name="config")
def run(config: DictConfig) -> float | None:
    """Check the composed config, then run its flow in the run folder that Hydra made; the objective of a search.

    A launcher other than ours calls this in workers that run many jobs: there a mistake of the user's is logged, and
    must not end the process.
    """
    hydra_config = HydraConfig.get()
    folder, overrides = Path(hydra_config.runtime.output_dir), list(hydra_config.overrides.task)
    is_worker = hydra_config.mode is RunMode.MULTIRUN
    with job_lock(folder):
        if is_worker and is_done(folder, overrides):
            return objective(folder)
        try:
            headline = _carry_out(config, folder, overrides)
        except (UserError, OmegaConfBaseException) as error:
            if not is_worker:
                _stop(error, folder)
            log.error(_block(error))  # noqa: TRY400 - a mistake of the user's, told without a traceback
            account(folder, overrides)
            return None  # Optuna counts it as a failed trial; NaN would end the search
        if not is_worker:
            print(f"run: {folder}\n{headline}")
        return objective(folder)


def _carry_out(config: DictConfig, folder: Path, overrides: Sequence[str]) -> str:
    experiment = experiment_from(config)
    (folder / "config.yaml").write_text(OmegaConf.to_yaml(config, resolve=True), encoding="utf-8")
    return experiment.run(folder, overrides, choices_of(HydraConfig.get()))


def main() -> None:
    """Print the help page, or run; a mistake of the user's is one block on standard error and exit code 2."""
    if {"--help", "-h"} & set(sys.argv[1:]):
        print(page(conf_dir()), end="")
        return
    gc.set_threshold(GARBAGE_THRESHOLD)  # importing makes objects by the million and no garbage: less looking for it
    os.environ["HYDRA_FULL_ERROR"] = "1"  # Hydra then raises instead of printing, and the block below is ours
    warnings.filterwarnings("error", message=r"Callback \w+\.\w+ raised")  # Hydra would go on as if nothing were wrong
    prefer_own_configs(conf_dir())
    try:
        with SweepEnd():
            run()
    except (UserError, HydraException, OmegaConfBaseException) as error:
        _stop(error, None)
    except KeyboardInterrupt:
        print("interrupted: the same command goes on where this run stopped", file=sys.stderr)
        sys.exit(130)
    gc.freeze()  # or else the interpreter looks for garbage in all libraries once more before it ends, for a second


def _stop(error: UserError | HydraException | OmegaConfBaseException, folder: Path | None) -> NoReturn:
    """Tell a mistake and end; in the log of the run if that has begun, else its folder is removed."""
    if folder and (folder / "config.yaml").exists():
        log.error(_block(error))
    else:
        print(_block(error), file=sys.stderr)
        if folder and not any(folder.iterdir()):
            folder.rmdir()
    sys.exit(2)


def _block(error: UserError | HydraException | OmegaConfBaseException) -> str:
    return (error if isinstance(error, UserError) else explain(error, sys.argv[1:])).block()


if __name__ == "__main__":
    main()
