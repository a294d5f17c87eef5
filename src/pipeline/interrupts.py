"""Ctrl-C and SIGTERM in the middle of a run, whatever a library makes of them."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

_DEFAULTS = {signal.SIGINT: signal.default_int_handler, signal.SIGTERM: signal.SIG_DFL}


class Interrupts:
    """Whether this process was told to stop.

    A library that is interrupted, while it is imported say, may raise an error of its own instead, or go on.
    """

    def __init__(self) -> None:
        self._received = False

    def check(self) -> None:
        """Go on, or not: to be called when a piece of work is done, before its result is trusted.

        Raises:
            KeyboardInterrupt: the process was told to stop.
        """
        if self._received:
            raise KeyboardInterrupt

    @contextmanager
    def heeded(self) -> Iterator[None]:
        """Inside, Ctrl-C and SIGTERM raise KeyboardInterrupt, and after one no other error comes out.

        A signal that is ignored (`nohup`) or has a handler of somebody else's is left alone, and so are both in a
        thread other than the main one, where Python allows no handlers.
        """
        is_main = threading.current_thread() is threading.main_thread()
        ours = [number for number, default in _DEFAULTS.items() if is_main and signal.getsignal(number) is default]
        for number in ours:
            signal.signal(number, self._note)
        try:
            yield
        except Exception as error:
            if self._received:
                raise KeyboardInterrupt from error
            raise
        finally:
            for number in ours:
                signal.signal(number, _DEFAULTS[number])

    def _note(self, _: int, __: FrameType | None) -> NoReturn:
        self._received = True
        raise KeyboardInterrupt
