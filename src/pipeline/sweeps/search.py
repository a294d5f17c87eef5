"""The end of a search for settings: the winner is run once more, now judged on the test part, and all of it is told."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from omegaconf import DictConfig

from pipeline.errors import UserError
from pipeline.reporting.search import SEARCH, TRIALS, WINNER, Kind, Parameter, Search, draw_search
from pipeline.sweeps.jobs import Job, cores, thread_environment
from pipeline.sweeps.launch import command_of
from pipeline.sweeps.outcome import failure, is_done, make_way, metrics_of
from pipeline.sweeps.processes import run_jobs
from pipeline.sweeps.record import JobRecord, jobs_in, read_record
from pipeline.sweeps.session import say
from pipeline.sweeps.space import swept

_OF_THE_SEARCH = ("hparams=", "flow=")  # what a winner is run without: the flow is then the one that judges on test
_MEASURED = ("f1", "pr_auc", "recall", "precision", "threshold")


def finish_search(folder: Path, config: DictConfig) -> str:
    """Run the best trial of a search on the test part, write `search.json` and `trials.csv`, draw the report.

    Everything up to the fitted model is reused from the store. A winner that is there already is not run again.

    Returns:
        The headline.

    Raises:
        UserError: no trial has a score, or the run of the winner failed.
    """
    jobs = jobs_in(folder)
    scores = {job.number: value for job in jobs if (value := _score(folder, job)) is not None}
    if not scores:
        raise UserError(
            f"No trial in {folder} has a score on the validation part.",
            expected="finished trials of flow=classify_validation",
            remedy="Search with hparams=<name>, which sets that flow, or set it: flow=classify_validation.",
        )
    best = max(jobs, key=lambda job: scores.get(job.number, float("-inf")))  # the first of equals
    _run_winner(folder, config, best)
    parameters = _parameters(config, best)
    record = read_record(folder)
    search = Search(
        experiment=str(config.name),
        command=record.command if record else "",
        sampler=str(config.hydra.sweeper.sampler._target_).rpartition(".")[2],
        num_random=int(config.hydra.sweeper.sampler.get("n_startup_trials") or 0),
        best=best.number,
        parameters=parameters,
    )
    (folder / SEARCH).write_text(json.dumps(asdict(search), indent=1, ensure_ascii=False), encoding="utf-8")
    _write_trials(folder / TRIALS, folder, jobs, [parameter.name for parameter in parameters])
    return draw_search(folder)


def _score(folder: Path, job: JobRecord) -> float | None:
    """The figure that is maximised, of a trial that finished."""
    measured = _measured(folder, job)
    return measured.get("f1")


def _measured(folder: Path, job: JobRecord) -> Mapping[str, float | None]:
    return metrics_of(folder / str(job.number)).get("validation", {}) if job.status == "finished" else {}


def _run_winner(folder: Path, config: DictConfig, best: JobRecord) -> None:
    overrides = tuple(item for item in best.overrides if not item.startswith(_OF_THE_SEARCH))
    place = folder / WINNER
    if is_done(place, overrides):
        return
    say(f"trial {best.number} is the best on the validation part and is now judged on the test part")
    make_way(place, overrides)
    winner = Job(best.number, overrides, place, command_of(config, overrides, place))
    (ended,) = run_jobs([winner], 1, thread_environment(cores()), lambda _: None)
    if ended.exit_code:
        failed = failure(place, ended.exit_code)
        raise UserError(
            f"The run of the winner, trial {best.number}, failed: {failed.reason.removeprefix('error:').strip()}",
            expected="a run of the experiment with the settings of that trial",
            remedy=f"Read {failed.log}, mend what it says, and give the same command again.",
        )


def _parameters(config: DictConfig, best: JobRecord) -> list[Parameter]:
    """What was searched."""
    tried = _settings(best)
    found = []
    for name, override in swept(config).items():
        if name in tried:
            kind: Kind = "number"
            if override.is_choice_sweep():
                kind = "choice"
            elif "log" in getattr(override.value(), "tags", ()):
                kind = "logarithmic"
            found.append(Parameter(name, str(override.input_line).partition("=")[2], kind))
    return found


def _settings(job: JobRecord) -> dict[str, str]:
    return {key: value for key, _, value in (item.partition("=") for item in job.overrides)}


def _write_trials(path: Path, folder: Path, jobs: Sequence[JobRecord], names: Sequence[str]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, ["trial", "status", *names, *_MEASURED, "seconds"], lineterminator="\n")
        writer.writeheader()
        writer.writerows(_rows(folder, jobs, names))


def _rows(folder: Path, jobs: Sequence[JobRecord], names: Sequence[str]) -> Iterator[dict[str, Any]]:
    for job in jobs:
        settings, measured = _settings(job), _measured(folder, job)
        yield (
            {"trial": job.number, "status": job.status, "seconds": job.seconds}
            | {name: settings.get(name) for name in names}
            | {name: measured.get(name) for name in _MEASURED}
        )
