"""Hydra entry: `python -m pipeline +experiment=NAME [setting=value ...]`."""

from __future__ import annotations

import logging
import os
import sys
from pathlib import Path
from typing import NoReturn

import hydra
from hydra.core.hydra_config import HydraConfig
from hydra.errors import HydraException
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from pipeline.config import choices_of, conf_dir, experiment_from, explain
from pipeline.errors import UserError
from pipeline.help import page

log = logging.getLogger("pipeline")


@hydra.main(version_base="1.3", config_path=str(conf_dir()), config_name="config")
def run(config: DictConfig) -> None:
    """Check the composed config, then run its flow in the run folder that Hydra made."""
    folder = Path(HydraConfig.get().runtime.output_dir)
    try:
        experiment = experiment_from(config)
    except (UserError, OmegaConfBaseException) as error:
        folder.rmdir()
        _stop(error)
    (folder / "config.yaml").write_text(OmegaConf.to_yaml(config, resolve=True), encoding="utf-8")
    try:
        headline = experiment.run(folder, HydraConfig.get().overrides.task, choices_of(HydraConfig.get()))
    except UserError as error:
        log.error(error.block())  # noqa: TRY400 - a mistake of the user's, told without a traceback
        sys.exit(2)
    print(f"run: {folder}\n{headline}")


def main() -> None:
    """Print the help page, or run; a mistake of the user's is one block on standard error and exit code 2."""
    if {"--help", "-h"} & set(sys.argv[1:]):
        print(page(conf_dir()), end="")
        return
    os.environ["HYDRA_FULL_ERROR"] = "1"  # Hydra then raises instead of printing, and the block below is ours
    try:
        run()
    except (HydraException, OmegaConfBaseException) as error:
        _stop(error)
    except KeyboardInterrupt:
        print("interrupted: the same command goes on where this run stopped", file=sys.stderr)
        sys.exit(130)


def _stop(error: UserError | HydraException | OmegaConfBaseException) -> NoReturn:
    block = error if isinstance(error, UserError) else explain(error)
    print(block.block(), file=sys.stderr)
    sys.exit(2)


if __name__ == "__main__":
    main()
