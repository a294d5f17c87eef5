"""One line for each job as it ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.sweeps.jobs import Job
from pipeline.sweeps.outcome import is_done, killed_by, score
from pipeline.sweeps.processes import LOG, Ended
from pipeline.sweeps.session import say


@dataclass
class Progress:
    """Counts and tells the jobs that end.

    Attributes:
        names: what sets each job apart.
        jobs: of the sweep, in the order of the names.
        num_ended: so far, with those that an earlier command has done.
    """

    names: Sequence[str]
    jobs: Sequence[Job]
    num_ended: int

    def tell(self, ended: Ended) -> None:
        """Print the line of a job."""
        self.num_ended += 1
        name = self.names[self.jobs.index(ended.job)].ljust(max(map(len, self.names)))
        total = len(self.jobs)
        count = f"[{self.num_ended:{len(str(total))}}/{total}]"
        say(f"{count} {name}   {result(ended)}")


def result(ended: Ended) -> str:
    """How a job came out, in a line."""
    if ended.exit_code == 0 and is_done(ended.job.folder, ended.job.overrides):
        return f"{score(ended.job.folder)}   {duration(ended.seconds)}"
    how = killed_by(-ended.exit_code) if ended.exit_code < 0 else f"exit {ended.exit_code}"
    return f"FAILED ({how})   {ended.job.folder / LOG}"


def duration(seconds: float) -> str:
    """Seconds for people: "15 s", "2 min 41 s", "1 h 05 min"."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02} min"


def counted(number: int, noun: str) -> str:
    """A number with its noun."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
