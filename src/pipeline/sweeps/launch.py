"""The jobs of a sweep, checked before any starts, then run in processes of their own."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from hydra.core.config_loader import ConfigLoader
from hydra.core.utils import JobReturn, JobStatus
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from pipeline.config import experiment_from, explain
from pipeline.errors import UserError
from pipeline.reporting.words import quantity
from pipeline.sweeps.jobs import Job, cores, job_command, thread_environment, threads_each
from pipeline.sweeps.outcome import is_done, make_way, objective
from pipeline.sweeps.processes import run_jobs
from pipeline.sweeps.progress import Progress
from pipeline.sweeps.session import Sweep, ongoing, say
from pipeline.sweeps.space import is_search

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
        UserError: the settings of a job are wrong; none of the batch was started.
    """
    if at_most is not None and at_most < 1:
        raise UserError(
            f"hydra.launcher.jobs = {at_most} is not allowed.",
            expected="at least one job at a time, or null: as many as there are cores",
            remedy="Set hydra.launcher.jobs to an allowed value.",
        )
    sweep = ongoing()
    places = [(number, sweep.folder / str(number)) for number in range(first, first + len(job_overrides))]
    jobs = [
        Job(number, tuple(overrides), folder, command_of(config, overrides, folder))
        for (number, folder), overrides in zip(places, job_overrides, strict=True)
    ]
    num_known = len({job.number for job in (*sweep.record.jobs, *jobs)})
    for job in jobs:
        _check(config, loader, job, num_known, "; no job was started" if first == 0 else "")
    sweep.plan(jobs)
    waiting = [job for job in jobs if not is_done(job.folder, job.overrides)]
    if waiting:
        _run(sweep, waiting, min(at_most or cores(), len(waiting)))
    return [_returned(job) for job in jobs]


def _run(sweep: Sweep, waiting: Sequence[Job], at_once: int) -> None:
    known, threads = sweep.record.jobs, threads_each(cores(), at_once)
    done = {job.number for job in known if is_done(sweep.folder / str(job.number), job.overrides)}
    num_jobs = OmegaConf.select(sweep.config, "hydra.sweeper.n_trials") if is_search(sweep.config) else len(known)
    if not sweep.exit_codes:
        share = f"{at_once} at a time with {quantity(threads, 'thread')} each"
        say(f"sweep {sweep.record.name}: {quantity(num_jobs - len(done), 'job')} to run, {share}, in {sweep.folder}")
    for job in waiting:
        make_way(job.folder, job.overrides)
    progress = Progress(known, len(done | sweep.exit_codes.keys()), num_jobs)
    ended = run_jobs(waiting, at_once, thread_environment(threads), progress.tell)
    sweep.exit_codes.update({one.job.number: one.exit_code for one in ended})


def command_of(config: DictConfig, overrides: Sequence[str], folder: Path) -> tuple[str, ...]:
    """The command of a job in its folder, with what the sweep said to Hydra that concerns its jobs too."""
    kept = [item for item in config.hydra.overrides.hydra if not item.lstrip("+~").startswith(_SWEEP_ALONE)]
    sources = [source for source in config.hydra.runtime.config_sources if source.provider == "command-line"]
    flags = [part for source in sources for part in ("--config-dir", source.path.removeprefix("file://"))]
    return job_command(overrides, folder, flags=flags, hydra_overrides=kept)


def _check(config: DictConfig, loader: ConfigLoader, job: Job, num_known: int, consequence: str) -> None:
    """Raise a `UserError` where the settings of a job are wrong: an hour of other jobs would hide it."""
    composed = loader.load_sweep_config(config, list(job.overrides))
    try:
        experiment_from(OmegaConf.masked_copy(composed, [str(key) for key in composed if key != "hydra"]))
    except (UserError, OmegaConfBaseException) as error:
        mistake = error if isinstance(error, UserError) else explain(error, job.overrides)
        where = f"This is job {job.number} of {num_known}, {' '.join(job.overrides)}{consequence}."
        raise UserError(f"{mistake.happened}\n{where}", expected=mistake.expected, remedy=mistake.remedy) from None


def _returned(job: Job) -> JobReturn:
    """What Hydra's sweeper is told of a job: the score, and None where it failed.

    A status of failure would end Hydra's own sweeper at the first failed job, before those of the next batch. Optuna's
    counts a trial without a score as failed.
    """
    returned = JobReturn(overrides=job.overrides, task_name="pipeline", status=JobStatus.COMPLETED)
    returned.return_value = objective(job.folder) if is_done(job.folder, job.overrides) else None
    return returned
