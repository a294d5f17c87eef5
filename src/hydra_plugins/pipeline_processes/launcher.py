"""Hydra finds launchers in the namespace package `hydra_plugins` only; the work is done in `pipeline.sweeps.launch`.

Hydra imports this module whenever it starts, so it imports nothing that Hydra has not.
"""

from __future__ import annotations

from collections.abc import Sequence

from hydra.core.utils import JobReturn
from hydra.plugins.launcher import Launcher
from hydra.types import HydraContext, TaskFunction
from omegaconf import DictConfig


class ProcessLauncher(Launcher):
    """Runs each job as a process of its own, with its share of the cores."""

    def __init__(self, jobs: int | None) -> None:
        self.jobs = jobs
        self._context: HydraContext | None = None
        self._config: DictConfig | None = None

    def setup(  # the processes call the task function
        self,
        *,
        hydra_context: HydraContext,
        task_function: TaskFunction,  # noqa: ARG002
        config: DictConfig,
    ) -> None:
        """Keep what `launch` needs."""
        self._context, self._config = hydra_context, config

    def launch(self, job_overrides: Sequence[Sequence[str]], initial_job_idx: int) -> Sequence[JobReturn]:
        """Run a batch of jobs and return how each came out."""
        from pipeline.sweeps.launch import launch

        assert self._context is not None
        assert self._config is not None
        return launch(self._config, self._context.config_loader, job_overrides, initial_job_idx, self.jobs)
