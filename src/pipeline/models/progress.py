"""A bar over the steps of a training, with losses and time left; silent where standard error is not a terminal."""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING, Any

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
            at = self._done * self._steps + min(last + 1, self._steps)  # Keras counts the last group as a whole one
            self._bar.set_postfix(loss=f"{(logs or {})['loss']:.4f}", refresh=False)
            self._bar.update(at - self._bar.n)

        return [keras.callbacks.LambdaCallback(on_train_batch_end=step)]

    def finish_epoch(self, row: Any) -> None:
        """Say what the epoch came to: a dataclass with `epoch` and `val_loss`."""
        self._done = row.epoch
        self._bar.set_description(f"epoch {row.epoch}/{self._epochs} val_loss {row.val_loss:.4f}")
        log.debug("epoch %d/%d: %s", row.epoch, self._epochs, row)
