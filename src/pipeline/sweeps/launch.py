"""The jobs of a sweep, checked before any starts, then run in processes of their own."""

from __future__ import annotations

import math
from collections.abc import Sequence

from hydra.core.config_loader import ConfigLoader
from hydra.core.utils import JobReturn, JobStatus
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from pipeline.config import experiment_from, explain
from pipeline.errors import UserError
from pipeline.sweeps.jobs import Job, cores, job_command, labels, thread_environment, threads_each
from pipeline.sweeps.outcome import is_done, make_way, objective
from pipeline.sweeps.processes import run_jobs
from pipeline.sweeps.progress import Progress, counted
from pipeline.sweeps.session import Sweep, ongoing, say

# of a sweep alone: what is said of these does not concern its jobs
_SWEEP_ALONE = ("hydra.mode", "hydra.run.", "hydra.sweep", "hydra/sweeper", "hydra.launcher", "hydra/launcher")


def launch(
    config: DictConfig, loader: ConfigLoader, job_overrides: Sequence[Sequence[str]], first: int, at_most: int | None
) -> list[JobReturn]:
    """Run one batch of jobs; those that are done already are not run again.

    Args:
        config: of the sweep.
        loader: what composes the config of a job.
        job_overrides: of each job.
        first: number of the first job.
        at_most: jobs at once; None: as many as there are cores.

    Raises:
        UserError: the settings of a job are wrong; none was started.
    """
    if at_most is not None and at_most < 1:
        raise UserError(
            f"hydra.launcher.jobs = {at_most} is not allowed.",
            expected="at least one job at a time, or null: as many as there are cores",
            remedy="Set hydra.launcher.jobs to an allowed value.",
        )
    sweep = ongoing()
    jobs = [_job(config, overrides, first + i) for i, overrides in enumerate(job_overrides)]
    for job in jobs:
        _check(config, loader, job, len(jobs))
    sweep.plan(jobs)
    waiting = [job for job in jobs if not is_done(job.folder, job.overrides)]
    if waiting:
        _run(sweep, jobs, waiting, min(at_most or cores(), len(waiting)))
    can_fail = not config.hydra.sweeper._target_.startswith("hydra._internal.")
    return [_returned(job, can_fail) for job in jobs]


def _run(sweep: Sweep, jobs: Sequence[Job], waiting: Sequence[Job], at_once: int) -> None:
    threads = threads_each(cores(), at_once)
    say(
        f"sweep {sweep.record.name}: {counted(len(waiting), 'job')} to run, {at_once} at a time with "
        f"{counted(threads, 'thread')} each, in {sweep.folder}"
    )
    for job in waiting:
        make_way(job.folder, job.overrides)
    progress = Progress(labels([job.overrides for job in jobs]), jobs, len(jobs) - len(waiting))
    ended = run_jobs(waiting, at_once, thread_environment(threads), progress.tell)
    sweep.exit_codes.update({one.job.number: one.exit_code for one in ended})


def _job(config: DictConfig, overrides: Sequence[str], number: int) -> Job:
    folder = ongoing().folder / str(number)
    kept = [item for item in config.hydra.overrides.hydra if not item.lstrip("+~").startswith(_SWEEP_ALONE)]
    sources = [source for source in config.hydra.runtime.config_sources if source.provider == "command-line"]
    flags = [part for source in sources for part in ("--config-dir", source.path.removeprefix("file://"))]
    return Job(number, tuple(overrides), folder, job_command(overrides, folder, flags=flags, hydra_overrides=kept))


def _check(config: DictConfig, loader: ConfigLoader, job: Job, num_jobs: int) -> None:
    """Raise a `UserError` where the settings of a job are wrong: an hour of other jobs would hide it."""
    composed = loader.load_sweep_config(config, list(job.overrides))
    try:
        experiment_from(OmegaConf.masked_copy(composed, [str(key) for key in composed if key != "hydra"]))
    except (UserError, OmegaConfBaseException) as error:
        mistake = error if isinstance(error, UserError) else explain(error)
        where = f"This is job {job.number} of {num_jobs}, {' '.join(job.overrides)}; no job was started."
        raise UserError(f"{mistake.happened}\n{where}", expected=mistake.expected, remedy=mistake.remedy) from None


def _returned(job: Job, can_fail: bool) -> JobReturn:
    """What Hydra's sweeper is told of a job.

    Its own sweeper would end at the first failed job, and not start those of the next batch; a search must know which
    failed, and counts them.
    """
    done = is_done(job.folder, job.overrides)
    returned = JobReturn(overrides=job.overrides, task_name="pipeline")
    returned.status = JobStatus.COMPLETED if done or not can_fail else JobStatus.FAILED
    failed = RuntimeError(f"job {job.number} failed") if can_fail else math.nan
    returned.return_value = objective(job.folder) if done else failed
    return returned
