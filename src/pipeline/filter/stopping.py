"""Ctrl-C and SIGTERM: the block in flight is done first."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Interrupted(Exception):  # noqa: N818 - no error: a wish
    """The program was asked to stop, by signal `number`."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


@dataclass
class Stop:
    """Whether the program was asked to stop.

    Attributes:
        descriptor: can be read as soon as it was: to be waited for beside an input.
        number: of the signal; None until there is one.
    """

    descriptor: int
    number: int | None = None

    def check(self) -> None:
        """Go on, or not.

        Raises:
            Interrupted: the program was asked to stop.
        """
        if self.number is not None:
            raise Interrupted(self.number)


@contextmanager
def stop_noted() -> Iterator[Stop]:
    """Signals to stop are noted and no more: `Stop.check` acts on them. A second one ends the program at once."""
    read_end, write_end = os.pipe()
    os.set_blocking(write_end, False)
    stop = Stop(read_end)

    def note(number: int, _: FrameType | None) -> None:
        stop.number = number
        for one in _SIGNALS:
            signal.signal(one, signal.SIG_DFL)

    before = {one: signal.signal(one, note) for one in _SIGNALS}
    woken = signal.set_wakeup_fd(write_end)
    try:
        yield stop
    finally:
        signal.set_wakeup_fd(woken)
        for one, handler in before.items():
            signal.signal(one, handler)
        os.close(read_end)
        os.close(write_end)
