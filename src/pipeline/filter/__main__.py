"""The command line of a spam filter that learns as it goes: `python -m pipeline.filter --model FILE`."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import time
from contextlib import nullcontext

from pipeline.errors import UserError
from pipeline.filter.counting import Task, count_files
from pipeline.filter.lines import Descriptor, Limits
from pipeline.filter.model_file import ModelFile, held, open_model
from pipeline.filter.options import made_with, parser
from pipeline.filter.session import Session
from pipeline.filter.stopping import Interrupted, Stop, stop_noted
from pipeline.filter.tally import Tally
from pipeline.filter.wrong_format import all_bad

STDIN, STDOUT = 0, 1


def main(arguments: list[str] | None = None) -> int:
    """Read, score, learn and answer until the input ends; the exit code."""
    options = parser().parse_args(arguments)
    learns = options.format != "text" and not options.no_learn
    try:
        _check_streams()
        _check(options, learns=learns)
        with held(options.model) if learns else nullcontext():
            file = open_model(options.model, made_with(options), learns=learns)
            if options.count:
                return _count(options, file)
            with stop_noted() as stop:
                return _filter(options, file, stop, learns=learns)
    except UserError as error:
        _tell(error.block())
        return 2
    except KeyboardInterrupt:
        return 128 + signal.SIGINT


def _check_streams() -> None:
    """A file that is opened takes the number of a stream that is closed, and would be read or written in its place."""
    closed = [name for name, stream in (("input", sys.stdin), ("output", sys.stdout)) if stream is None]
    if closed:
        raise UserError(
            f"Standard {closed[0]} is closed.",
            expected="messages on standard input, and a standard output for the answers",
            remedy="Give it something, if only /dev/null.",
        )


def _filter(options: argparse.Namespace, file: ModelFile, stop: Stop, *, learns: bool) -> int:
    limits = Limits(block_lines=options.block, line_bytes=options.max_bytes)
    write = None if options.quiet else _write
    stops = options.on_bad == "stop"
    session = Session(file, options.format, limits, write, _tell, stop.check, options.top, learns=learns, stops=stops)
    begin, code = time.perf_counter(), 0
    try:
        session.run(Descriptor(STDIN, stop=stop), resume=options.resume)
        if session.is_all_bad and options.format != "text":
            raise all_bad(session.tally, options.format, file.labels)
        if learns and not file.path.exists():
            file.save(session.trail.known)
    except BrokenPipeError:  # whoever read the answers has enough of them
        return 0
    except Interrupted as interrupted:
        code = 128 + interrupted.number
    except UserError as error:
        _tell(error.block())
        code = 2
    _tell_all(session.tally, file, begin)
    return code


def _count(options: argparse.Namespace, file: ModelFile) -> int:
    limits = Limits(block_lines=options.block, line_bytes=options.max_bytes)
    stops = options.on_bad == "stop"
    task = Task(tuple(options.count), file.model.settings, options.format, file.labels, limits, stops)
    by_ray = options.jobs == "ray"
    begin = time.perf_counter()
    tally = count_files(task, file.model, 1 if by_ray else options.jobs, options.ray_address if by_ray else None, _tell)
    if tally.lines and tally.lines == tally.faults.total():
        raise all_bad(tally, options.format, file.labels)
    file.save(file.known)
    _tell_all(tally, file, begin)
    return 0


def _check(options: argparse.Namespace, *, learns: bool) -> None:
    wanting = [name for name in ("count", "resume", "quiet") if getattr(options, name)]
    if wanting and not learns:
        reason = "--no-learn" if options.no_learn else "--format text has no labels"
        raise UserError(
            f"--{wanting[0]} has nothing to do: {reason}, so nothing is learnt.",
            expected="labelled messages to learn from",
            remedy=f"Leave --{wanting[0]} out, or learn: --format tsv or jsonl, without --no-learn.",
        )
    if options.count and options.resume:
        raise UserError(
            "--count and --resume do not go together.",
            expected="one of them: --count learns all of its files or, where it is killed, nothing",
            remedy="Give the same command again without --resume.",
        )


def _write(data: bytes) -> bool:
    """Write all of it, past any buffer, so that what was written is out of our hands; whether anybody reads it."""
    rest = memoryview(data)
    try:
        while rest:
            rest = rest[os.write(STDOUT, rest) :]
    except BrokenPipeError:
        return False
    except OSError as error:
        raise UserError(
            f"The answers cannot be written: {error.strerror}.",
            expected="a standard output that takes them",
            remedy="Make room or send them elsewhere, then try again, with --resume if it was learning.",
        ) from None
    return True


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _tell_all(tally: Tally, file: ModelFile, begin: float) -> None:
    for line in tally.summary(time.perf_counter() - begin):
        _tell(line)
    model = file.model
    if file.path.exists():
        _tell(f"{file.path}: {model.settings.learner}, {model.num_learnt:,} learnt, {model.num_bytes / 1e6:.1f} MB")


if __name__ == "__main__":
    raise SystemExit(main())
