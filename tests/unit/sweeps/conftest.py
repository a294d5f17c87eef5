"""A composed sweep, as Hydra hands it to the callback."""

from collections.abc import Callable

import pytest
from hydra import compose, initialize_config_dir
from omegaconf import DictConfig

from pipeline.config import conf_dir
from pipeline.sweeps.plugins import prefer_own_configs


@pytest.fixture
def composed() -> Callable[..., DictConfig]:
    """Compose the config of a sweep with overrides."""

    def of(*overrides: str) -> DictConfig:
        prefer_own_configs(conf_dir())
        with initialize_config_dir(str(conf_dir()), version_base="1.3"):
            return compose("config", overrides=["hydra.mode=MULTIRUN", *overrides], return_hydra_config=True)

    return of
