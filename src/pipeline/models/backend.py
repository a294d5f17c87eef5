"""Start TensorFlow once, reproducibly, with its start-up messages in the log instead of on the terminal."""

from __future__ import annotations

import gc
import logging
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

log = logging.getLogger(__name__)


def start_keras(seed: int) -> None:
    """Import Keras, ask for deterministic kernels, and seed every generator that Keras draws from."""
    if "keras" not in sys.modules:
        with native_messages_logged():
            import keras
        gc.freeze()  # clear_session looks for garbage: it need not look through TensorFlow's own objects each time
    import keras
    import tensorflow as tf

    keras.utils.clear_session()  # what an earlier stage of this process built must not show in names or memory
    tf.config.experimental.enable_op_determinism()
    keras.utils.set_random_seed(seed)


@contextmanager
def native_messages_logged() -> Iterator[None]:
    """Send what C++ code writes to file descriptor 2 to the debug log.

    TensorFlow announces its build options and a missing GPU there before any of its own log settings take effect.
    """
    sys.stderr.flush()
    terminal = os.dup(2)
    with tempfile.TemporaryFile() as messages:
        os.dup2(messages.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(terminal, 2)
            os.close(terminal)
            messages.seek(0)
            log.debug(messages.read().decode(errors="replace"))
