"""What has been read, learnt and answered, and what was wrong: told on standard error."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import UserError
from pipeline.filter.lines import Lines
from pipeline.filter.messages import UNLABELLED, Fault

TOLD_OF_A_KIND = 10  # bad lines of a kind that are told one by one
SAMPLE_BYTES = 1000


@dataclass
class Tally:
    """Counts of an input.

    Attributes:
        lines: read.
        learnt: messages that were learnt.
        answered: messages that were scored.
        replaced: undecodable byte sequences.
        faults: bad lines by kind.
        sample: how a bad line begins, one of the first; b"" where there is none but empty ones.
        outcomes: labelled messages that were scored before they were learnt, by (label, called positive).
    """

    lines: int = 0
    learnt: int = 0
    answered: int = 0
    replaced: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    sample: bytes = b""
    outcomes: Counter[tuple[bool, bool]] = field(default_factory=Counter)

    def complain(self, faults: list[Fault], lines: Lines, tell: Callable[[str], None], name: str = "") -> None:
        """Tell of bad lines, of each kind the first ten.

        Args:
            lines: their block.
            name: of the file.
        """
        for fault in faults:
            if not self.sample and self.faults.total() < TOLD_OF_A_KIND:
                self.sample = lines.line(fault.place)[:SAMPLE_BYTES]
            self.faults[fault.kind] += 1
            if self.faults[fault.kind] <= TOLD_OF_A_KIND:
                tell(f"{name}{': ' * bool(name)}line {lines.first + fault.place:,}: {fault.told}")
            if self.faults[fault.kind] == TOLD_OF_A_KIND:
                tell(f"more lines like it are counted, not told: {fault.kind}")

    def judge(self, scores: NDArray[np.float64], labels: NDArray[np.int8]) -> None:
        """Count what was said of labelled messages before they were learnt."""
        known = labels != UNLABELLED
        pairs, counts = np.unique(np.stack([labels[known] == 1, scores[known] > 0]), axis=1, return_counts=True)
        for (label, called), count in zip(pairs.T.tolist(), counts.tolist(), strict=True):
            self.outcomes[label, called] += count

    def add(self, other: Tally) -> None:
        """Count what another one has counted as well."""
        self.lines += other.lines
        self.learnt += other.learnt
        self.answered += other.answered
        self.replaced += other.replaced
        self.faults += other.faults
        self.sample = self.sample or other.sample
        self.outcomes += other.outcomes

    def summary(self, seconds: float) -> list[str]:
        """A few lines that tell of all."""
        rate = self.lines / seconds if seconds else 0.0
        done = f"{self.learnt:,} learnt, {self.answered:,} answered, {self.faults.total():,} bad"
        told = [f"{self.lines:,} lines in {seconds:.1f} s ({rate:,.0f} a second): {done}"]
        if self.faults:
            told.append("bad: " + ", ".join(f"{count:,} {kind}" for kind, count in sorted(self.faults.items())))
        if self.replaced:
            told.append(f"{self.replaced:,} undecodable byte sequences were replaced")
        if self.outcomes:
            told.append("scored before they were learnt: " + self._shares())
        return told

    def _shares(self) -> str:
        hits, misses = self.outcomes[True, True], self.outcomes[True, False]
        alarms, passes = self.outcomes[False, True], self.outcomes[False, False]
        shares = {
            "accuracy": (hits + passes, self.outcomes.total()),
            "recall": (hits, hits + misses),
            "false-positive rate": (alarms, alarms + passes),
        }
        return ", ".join(f"{name} {100 * part / of:.2f} %" for name, (part, of) in shares.items() if of)


def stopped_by(fault: Fault, first: int, name: str, *, resume: bool) -> UserError:
    """The error of a bad line where bad lines stop the stream.

    Args:
        resume: whether the filter knows what comes before, so that it can go on from there.
    """
    how = "with --resume" if resume else "again: nothing has been learnt yet"
    return UserError(
        f"{name}, line {first + fault.place:,}: {fault.told}.",
        expected="one message a line, as --format says, with a label that is known or none",
        remedy=f"Mend the line and give the same command {how}. Or leave bad lines out by --on-bad skip.",
    )
