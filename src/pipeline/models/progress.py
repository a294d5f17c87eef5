"""A bar over the steps of a training, with losses and time left; silent where standard error is not a terminal."""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import keras

log = logging.getLogger(__name__)


class Progress:
    """The bar of one training of `epochs` epochs with `steps` each, of which `done` are done already."""

    def __init__(self, *, epochs: int, steps: int, done: int) -> None:
        from tqdm import tqdm

        self._epochs, self._steps, self._done = epochs, steps, done
        self._bar = tqdm(
            total=epochs * steps, initial=done * steps, unit="step", leave=False, disable=not sys.stderr.isatty()
        )

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.close()

    def callbacks(self) -> list[keras.callbacks.Callback]:
        """What Keras calls after each step; nothing where there is no bar."""
        if self._bar.disable:
            return []
        import keras

        def step(last: int, logs: dict[str, float] | None) -> None:
            self.advance(min(last + 1, self._steps), (logs or {})["loss"])  # Keras counts the last group as whole

        return [keras.callbacks.LambdaCallback(on_train_batch_end=step)]

    def advance(self, steps: int, loss: float) -> None:
        """Say how far the epoch is, in steps, and the loss so far."""
        self._bar.set_postfix(loss=f"{loss:.4f}", refresh=False)
        self._bar.update(self._done * self._steps + steps - self._bar.n)

    def finish_epoch(self, epoch: int, figure: str, row: object) -> None:
        """Say what the epoch came to: the figure that epochs are chosen by on the bar, the whole row in the log."""
        self._done = epoch
        self._bar.set_description(f"epoch {epoch}/{self._epochs} {figure}")
        log.debug("epoch %d/%d: %s", epoch, self._epochs, row)
