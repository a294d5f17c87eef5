"""What Hydra calls at the start of a sweep and at the end of each job, whatever launcher runs it."""

from __future__ import annotations

import logging
import sys
from typing import Any

from hydra.core.utils import JobReturn, JobStatus
from hydra.experimental.callback import Callback
from hydra.types import RunMode
from omegaconf import DictConfig

from pipeline.errors import UserError

log = logging.getLogger("pipeline")


class SweepFolder(Callback):
    """Chooses the folder of a sweep, and keeps why a job failed in its log."""

    def on_multirun_start(self, config: DictConfig, **_: Any) -> None:
        """Begin a sweep, or go on with one that was stopped.

        Raises:
            SystemExit: a mistake of the user's. Hydra turns any other exception into a warning, which `__main__` turns
                back into an error.
        """
        from pipeline.sweeps.plugins import refuse_missing, refuse_no_slurm
        from pipeline.sweeps.session import begin
        from pipeline.sweeps.space import refuse_draws

        try:
            refuse_missing(config)
            refuse_no_slurm(config)
            refuse_draws(config)
            begin(config)
        except UserError as error:
            print(error.block(), file=sys.stderr)
            raise SystemExit(2) from None

    def on_job_end(self, config: DictConfig, job_return: JobReturn, **_: Any) -> None:
        """Log the exception of a job that ran in the worker of another launcher; a process of ours prints its own."""
        if config.hydra.mode is RunMode.MULTIRUN and job_return.status is JobStatus.FAILED:
            log.error("The job failed.", exc_info=job_return._return_value)
