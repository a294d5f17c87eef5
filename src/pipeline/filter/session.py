"""A filter at work: a block of lines is read, scored, learnt and answered, and the filter saved, again and again.

Each message is scored by what was learnt from all before it, so that blocks, which end where the input happens to
pause, change nothing but how often the filter is saved.

Answers are written before the filter is saved. So when the program is killed, the file knows no line that was not
answered: given the same input with --resume, each line is learnt exactly once, and each is answered at least once. A
block without labels changes nothing in the filter and is not saved, so the lines after the last labelled block that was
saved are answered twice. The file's number of lines tells how many answers to keep.

Before an input teaches its first message, the file forgets how far the one before was read. Killed right then, it
knows this input by its first line, and no line of it.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from pipeline.filter.answers import certainty, write_answers
from pipeline.filter.lines import Limits, Lines, Source
from pipeline.filter.messages import UNLABELLED, Format, Messages, parse
from pipeline.filter.model_file import ModelFile
from pipeline.filter.progress import Known, Trail, read_on
from pipeline.filter.tally import Tally, stopped_by
from pipeline.online.blocks import Grams, block_of


@dataclass
class Session:
    """A filter, and what is to be done with what comes in.

    Attributes:
        file: the filter.
        form: how lines hold messages.
        limits: of blocks and lines.
        write: takes answers, and says whether anybody reads them; None: no message is scored.
        tell: says a line to the user.
        check: called between blocks; may raise.
        top: n-grams that are told with each answer.
        learns: whether labelled messages are learnt.
        stops: whether the first bad line ends it.
        tally: what has happened so far.
        trail: lines of the input that are behind it.
    """

    file: ModelFile
    form: Format
    limits: Limits
    write: Callable[[bytes], bool] | None
    tell: Callable[[str], None]
    check: Callable[[], None] = lambda: None
    top: int = 5
    learns: bool = True
    stops: bool = False
    tally: Tally = field(default_factory=Tally)
    trail: Trail = field(default_factory=Trail)
    _forgets: bool = False  # the file knows another input, until there is something to learn from this one

    @property
    def is_all_bad(self) -> bool:
        """Whether the input has lines, all of them bad."""
        return 0 < self.trail.lines == self.tally.faults.total()

    def run(self, source: Source, *, resume: bool = False) -> None:
        """Work until the input ends.

        Args:
            resume: the filter knows the first lines of this input: they are read past.

        Raises:
            UserError: the input cannot be read or is not the one that is to be resumed, the filter cannot be written,
                or a line is bad and bad lines stop it.
            BrokenPipeError: nobody reads the answers any more; the filter is saved.
            Whatever `check` raises.
        """
        known = self.file.known if resume else Known()
        self._forgets = known != self.file.known
        for lines in read_on(source, self.limits, known, self.trail, self.tell):
            self.check()
            messages = parse(lines, self.form, self.file.labels, self.limits.line_bytes)
            if self.stops and messages.faults:
                fault = messages.faults[0]
                self._do(lines.part(0, fault.place), messages.before(fault.place))
                raise stopped_by(fault, lines.first, "Standard input", resume=not self._forgets)
            self._do(lines, messages)

    def _do(self, lines: Lines, messages: Messages) -> None:
        self.tally.complain(messages.faults, lines, self.tell)
        self.trail.add(lines)
        if self._forgets and self.learns and (messages.labels != UNLABELLED).any():
            self.file.save(self.trail.begun)
            self._forgets = False
        grams = self.file.model.read(block_of(messages.texts))
        before = self.tally.learnt
        answers = self._answer(messages, grams) if self.write else b""
        if not self.write and self.learns:
            self._learn(messages, grams)
        self.tally.lines += len(lines)
        self.tally.replaced += messages.replaced + int(grams.invalid.sum())
        nobody_reads = self.write is not None and not self.write(answers)
        if self.tally.learnt > before:
            self.file.save(self.trail.known)
        if nobody_reads:
            raise BrokenPipeError

    def _answer(self, messages: Messages, grams: Grams) -> bytes:
        """Score each message, then learn it if it has a label; the lines to be written."""
        model, labels = self.file.model, messages.labels
        ends = (np.flatnonzero(labels != UNLABELLED) + 1).tolist() if self.learns else []
        scores, reasons = np.empty(len(grams)), list[list[tuple[str, float]]]()
        for begin, end in itertools.pairwise(sorted({0, *ends, len(grams)})):
            part = grams.take(begin, end)
            scores[begin:end] = model.score(part)
            reasons += model.explain(part, self.top) if self.top else [[]] * (end - begin)
            if ends and labels[end - 1] != UNLABELLED:
                model.learn(part.take(end - begin - 1, end - begin), labels[end - 1 : end])
        self.tally.learnt += len(ends)
        self.tally.answered += len(scores)
        self.tally.judge(scores, labels)
        told = certainty(scores, is_probabilistic=model.is_probabilistic)
        return write_answers(messages, scores, told, reasons, self.form, self.file.labels)

    def _learn(self, messages: Messages, grams: Grams) -> None:
        known = np.flatnonzero(messages.labels != UNLABELLED)
        if len(known) < len(grams):
            grams = self.file.model.read(block_of([messages.texts[k] for k in known]))
        self.file.model.learn(grams, messages.labels[known])
        self.tally.learnt += len(known)
