"""The config of the pipeline, for benchmarks."""

from __future__ import annotations

from typing import Any


def compose(*overrides: str) -> Any:
    """The config that `python -m pipeline` would have with these overrides."""
    import hydra

    from pipeline.config import conf_dir

    with hydra.initialize_config_dir(str(conf_dir()), version_base="1.3"):
        return hydra.compose("config", overrides=[*overrides, "download=false"])
