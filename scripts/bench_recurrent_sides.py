"""The sides that `bench_recurrent.py` measures against each other, each in a process of its own.

`ours` is what the pipeline does: its builders, the compiled loop, its optimiser, trimmed batches, deterministic
kernels. `stock` is Keras as a newcomer would write it, with a mask, so that it computes the same; `unmasked` is that
without a mask, which reads padding like words. `torch` is PyTorch as a newcomer would write it: its recurrent layers
have no recurrent dropout, so it has no dropout at all, and it reads padding. It is told to take denormal numbers for 0,
as TensorFlow does unasked: over 250 steps gradients fade into them, and it would take four times as long.

What is measured is training alone, without validation. A side is built and trained on a few batches first, so that
neither tracing nor compiling is in the times.

Shapes: n messages, T time steps.
"""

from __future__ import annotations

import os
import resource
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from importlib import import_module
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bench_recurrent_cases import Case, Shape
from pipeline.models.backend import native_messages_logged, start_keras

if TYPE_CHECKING:
    from pipeline.models.fitting import Recipe

Moment = tuple[float, float]  # seconds that have passed, and that this process has had of all cores
Train = Callable[
    [NDArray[np.int32], NDArray[np.int8]], list[Moment]
]  # one epoch: moments from its first step to its last
INITIAL_RANGE = 0.05  # of the vectors, as Keras's Embedding layer has it
_built: dict[str, tuple[Train, Case]] = {}


def start_process() -> ProcessPoolExecutor:
    """A process that sides live in, of the same environment but without TensorFlow's messages."""
    os.environ["TF_CPP_MIN_LOG_LEVEL"], os.environ["KERAS_BACKEND"] = "3", "tensorflow"
    return ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn"))


def load(side: str) -> None:
    """Import the libraries of a side, and nothing of the model."""
    if side == "ours":
        start_keras(seed=0)
        import_module("pipeline.models.recurrent.layers")
    else:
        with native_messages_logged():
            import_module("torch" if side == "torch" else "keras")


def prepare(side: str, case: Case, recipe: Recipe | None) -> None:
    """Build a side for a case, in place of what it had before, and warm it up with whole batches and the odd one.

    The recipe is for `ours` alone: what it is made of would weigh in the memory of the others.
    """
    builders: dict[str, Callable[[], Train]] = {
        "ours": lambda: build_ours(case, recipe),
        "stock": lambda: build_stock(case.shape, mask=True),
        "unmasked": lambda: build_stock(case.shape, mask=False),
        "torch": lambda: build_torch(case.shape),
    }
    load(side)
    train = builders[side]()
    rows = 2 * case.shape.batch + len(case.ids) % case.shape.batch
    train(case.ids[-rows:], case.labels[-rows:])
    _built[side] = train, case


def milliseconds(side: str) -> Moment:
    """How long a training step, or an epoch, of the case takes that the side was prepared for, and its CPU time."""
    train, case = _built[side]
    start = _now()
    moments = train(case.ids, case.labels)
    if case.unit == "epoch":
        begin, end, steps = start, _now(), 1
    else:
        begin, end, steps = moments[0], moments[-1], -(-len(case.ids) // case.shape.batch)
    return 1000 * (end[0] - begin[0]) / steps, 1000 * (end[1] - begin[1]) / steps


def _now() -> Moment:
    return time.perf_counter(), time.process_time()


def peak_memory_mb() -> float:
    """Peak resident memory of this process so far; `ru_maxrss` counts bytes on macOS and KiB elsewhere."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)


def build_ours(case: Case, recipe: Recipe | None) -> Train:
    """As `pipeline.stages.fit` builds and `pipeline.models.fitting` trains."""
    assert recipe is not None
    import keras

    from pipeline.models import classifiers
    from pipeline.models.batches import batch
    from pipeline.models.fitting import compile_for
    from pipeline.models.recurrent.layers import accelerate

    shape = case.shape
    build = getattr(classifiers, f"build_{shape.model}")
    sizes = {name: getattr(shape, name) for name in ("units", "dropout", "recurrent_dropout")}
    model = accelerate(build(_table(shape), **sizes, mask=True))
    compile_for(model, recipe, steps=-(-len(case.ids) // shape.batch))
    random = np.random.default_rng(0)

    def train(ids: NDArray[np.int32], labels: NDArray[np.int8]) -> list[Moment]:
        moments, callback = _clock(keras)
        order = random.permutation(len(ids))
        rows = (ids[order], labels[order], np.ones(len(ids), np.float32))
        quiet: Any = 0
        model.fit(batch(rows, shape.batch, trim=True), shuffle=False, callbacks=[callback], verbose=quiet)
        return moments

    return train


def _table(shape: Shape) -> Any:
    """The artifact that the builders take: learned vectors, not trained yet."""
    import pandas as pd

    from pipeline.artifacts import Embedding

    vectors = np.random.default_rng(0).uniform(-INITIAL_RANGE, INITIAL_RANGE, (shape.rows, shape.width))
    return Embedding(
        vectors.astype(np.float32),
        trainable=True,
        source="learned",
        stand_in=False,
        connected=True,
        coverage=pd.DataFrame(),
        missing=pd.DataFrame(),
        rarity=np.ones(shape.rows, np.float32),
    )


def build_stock(shape: Shape, *, mask: bool) -> Train:
    """Keras's own layers, `compile("adam")`, and `fit` on the padded arrays."""
    import keras

    keras.utils.set_random_seed(0)
    layers: Any = keras.layers
    kind = {"simple_rnn": layers.SimpleRNN, "lstm": layers.LSTM}.get(shape.model, layers.GRU)
    dropout = {"dropout": shape.dropout, "recurrent_dropout": shape.recurrent_dropout}
    ids = keras.Input((shape.length,))
    vectors = layers.Embedding(shape.rows, shape.width, mask_zero=mask)(ids)
    states = kind(shape.units, **dropout)(vectors)
    if shape.model == "gru_two_chain":
        opinion = layers.Dense(1, activation="sigmoid")(states)
        states = layers.Concatenate()([opinion, kind(shape.units, **dropout)(vectors)])
    model = keras.Model(ids, layers.Dense(1, activation="sigmoid")(states))
    model.compile("adam", "binary_crossentropy")

    def train(ids: NDArray[np.int32], labels: NDArray[np.int8]) -> list[Moment]:
        moments, callback = _clock(keras)
        quiet: Any = 0
        model.fit(ids, labels, batch_size=shape.batch, callbacks=[callback], verbose=quiet)
        return moments

    return train


def _clock(keras: Any) -> tuple[list[Moment], Any]:
    """A list that the callback beside it fills as steps begin and end; TensorFlow may do several in between."""
    moments: list[Moment] = []

    def add(_: int, logs: Any) -> None:  # noqa: ARG001 - Keras names it
        moments.append(_now())

    return moments, keras.callbacks.LambdaCallback(on_train_batch_begin=add, on_train_batch_end=add)


def build_torch(shape: Shape) -> Train:
    """PyTorch's layers and a plain loop over a `DataLoader`."""
    torch: Any = import_module("torch")  # not among the project's libraries
    nn, loading = torch.nn, import_module("torch.utils.data")
    torch.set_flush_denormal(True)
    torch.manual_seed(0)
    kind = {"simple_rnn": nn.RNN, "lstm": nn.LSTM}.get(shape.model, nn.GRU)

    class Classifier(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            chains = 2 if shape.model == "gru_two_chain" else 1
            self.embedding = nn.Embedding(shape.rows, shape.width, padding_idx=0)
            self.chains = nn.ModuleList(kind(shape.width, shape.units, batch_first=True) for _ in range(chains))
            self.opinion = nn.Linear(shape.units, 1)
            self.output = nn.Linear(shape.units + chains - 1, 1)

        def forward(self, ids: Any) -> Any:
            vectors = self.embedding(ids)
            states = [chain(vectors)[0][:, -1] for chain in self.chains]
            opinions = [torch.sigmoid(self.opinion(state)) for state in states[:-1]]
            return self.output(torch.cat([*opinions, states[-1]], dim=1))[:, 0]

    model = Classifier()
    adam, loss_of = torch.optim.Adam(model.parameters()), nn.BCEWithLogitsLoss()

    def train(ids: NDArray[np.int32], labels: NDArray[np.int8]) -> list[Moment]:
        examples = loading.TensorDataset(torch.from_numpy(ids), torch.from_numpy(labels.astype(np.float32)))
        moments = [_now()]
        for words, truth in loading.DataLoader(examples, shape.batch, shuffle=True):
            adam.zero_grad()
            loss_of(model(words), truth).backward()
            adam.step()
            moments.append(_now())
        return moments

    return train
