"""One line for each job as it ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.reporting.words import duration
from pipeline.sweeps.jobs import labels
from pipeline.sweeps.outcome import is_done, killed_by, score
from pipeline.sweeps.processes import LOG, Ended
from pipeline.sweeps.record import JobRecord
from pipeline.sweeps.session import say


@dataclass
class Progress:
    """Counts and tells the jobs that end.

    Attributes:
        jobs: that are known so far.
        num_ended: of them, with those that an earlier command has done.
        num_jobs: in all; a search makes them known a few at a time.
    """

    jobs: Sequence[JobRecord]
    num_ended: int
    num_jobs: int

    def tell(self, ended: Ended) -> None:
        """Print the line of a job."""
        self.num_ended += 1
        names = labels([job.overrides for job in self.jobs])
        name = next(name for job, name in zip(self.jobs, names, strict=True) if job.number == ended.job.number)
        count = f"[{self.num_ended:{len(str(self.num_jobs))}}/{self.num_jobs}]"
        say(f"{count} {name.ljust(max(map(len, names)))}   {result(ended)}")


def result(ended: Ended) -> str:
    """How a job came out, in a line."""
    if ended.exit_code == 0 and is_done(ended.job.folder, ended.job.overrides):
        return f"{score(ended.job.folder)}   {duration(ended.seconds)}"
    how = killed_by(-ended.exit_code) if ended.exit_code < 0 else f"exit {ended.exit_code}"
    return f"FAILED ({how})   {ended.job.folder / LOG}"
