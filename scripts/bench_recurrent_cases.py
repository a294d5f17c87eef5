"""What `bench_recurrent.py` measures: the shapes of the models, and batches or whole epochs of word indices.

Shapes: n messages, T time steps.
"""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from bench_config import compose

if TYPE_CHECKING:
    from pipeline.models.fitting import Recipe

STEPS = 16  # training steps of one measurement of a step


@dataclass(frozen=True)
class Shape:
    """Sizes of a model and its batches.

    Attributes:
        model: a builder of `pipeline.models.classifiers`, without "build_".
        rows, width: of the embedding table.
        units, dropout, recurrent_dropout: of the recurrent layer.
        batch, length: messages a step, and words a message, padding included.
    """

    model: str
    rows: int
    width: int
    units: int
    dropout: float
    recurrent_dropout: float
    batch: int
    length: int


@dataclass(frozen=True)
class Case:
    """A measurement.

    Attributes:
        name: of the case.
        unit: what is measured: one training step, or one epoch.
        shape: of model and batches.
        ids, labels: (n, T) and (n,), what is trained on.
        data: where they are from.
    """

    name: str
    unit: Literal["step", "epoch"]
    shape: Shape
    ids: NDArray[np.int32]
    labels: NDArray[np.int8]
    data: str


@dataclass(frozen=True)
class Lengths:
    """Words a message, in place of real data: quantiles in steps of 5 %, and the rows of the embedding table."""

    messages: int
    rows: int
    quantiles: tuple[int, ...]


PUBLISHED = Shape("gru", rows=37_353, width=50, units=100, dropout=0.2, recurrent_dropout=0.2, batch=32, length=250)
STEP_CASES = ("simple_rnn", "lstm", "gru", "gru_two_chain")
EPOCH_CASES = {"sms_lstm_epoch": "sms_lstm", "enron_gru_epoch": "gru"}  # case -> experiment
CASES = (*STEP_CASES, *EPOCH_CASES)
GROWTH = {"length": (50, 100, 250, 500), "units": (32, 64, 128, 256), "batch": (8, 32, 64, 128)}
# Of the training part of each experiment, protocol=clean, seed 0, cut to the length of its model.
LENGTHS = {
    "sms_lstm": Lengths(3360, 5002, (1, 4, 5, 6, 6, 7, 8, 9, 10, 11, 12, 14, 15, 18, 20, 23, 25, 28, 30, 33, 150)),
    "gru": Lengths(1778, 29_202, (2, 31, 44, 54, 63, 74, 83, 88, 101, 110, 130, 152, 168, 199, 229, *[250] * 6)),
}


def step_case(name: str, shape: Shape, steps: int = STEPS) -> Case:
    """Batches in which every step of every message is a word, drawn evenly from the vocabulary."""
    random = np.random.default_rng(0)
    ids = random.integers(1, shape.rows, (steps * shape.batch, shape.length), np.int32)
    labels = random.integers(0, 2, len(ids), np.int8)
    return Case(name, "step", shape, ids, labels, f"of {steps} in a row, no padding")


def growth_cases(shape: Shape) -> list[tuple[str, int, Case]]:
    """Around `shape`: which size varies, its value, and the case."""
    return [
        (varied, value, step_case(f"{varied} {value}", replace(shape, **{varied: value}), steps=4))
        for varied, values in GROWTH.items()
        for value in values
    ]


def epoch_case(name: str) -> tuple[Case, Recipe]:
    """The training part of an experiment and how it trains, by the stages of the pipeline.

    Where its data set is not on this machine, lengths are drawn by the quantiles kept here.
    """
    experiment = EPOCH_CASES[name]
    config = compose(f"+experiment={experiment}")
    build, length = config.model.build, config.preprocess.tokenise.max_length
    real = _training_part(config)
    ids, labels, rows = real or _drawn(LENGTHS[experiment], length)
    shape = Shape(
        model=build._target_.rpartition(".build_")[2],
        rows=rows,
        width=config.embedding.dim,
        units=build.units,
        dropout=build.dropout,
        recurrent_dropout=build.recurrent_dropout,
        batch=config.training.batch_size,
        length=length,
    )
    source = config.dataset.name if real else "lengths drawn by stored quantiles, for want of the data"
    words = int(np.median(np.count_nonzero(ids, axis=1)))
    said = f"{len(ids)} messages of {length} steps, median {words} words: {source}"
    return Case(name, "epoch", shape, ids, labels, said), recipe_of(config)


def recipe_of(config: Any) -> Recipe:
    """How a composed config trains."""
    from pipeline.models.fitting import Recipe

    return Recipe(**{field.name: config.training[field.name] for field in fields(Recipe)})


def _training_part(config: Any) -> tuple[NDArray[np.int32], NDArray[np.int8], int] | None:
    """Word indices, labels and rows of the table; None where the embedded sample would stand in for the data."""
    from pipeline.config import DATA_DIR_VARIABLE, experiment_from
    from pipeline.data.sources import Library
    from pipeline.manifest import Manifest
    from pipeline.plan import Plan
    from pipeline.runner import Runner
    from pipeline.store import Store

    experiment = experiment_from(config)
    frame, steps = experiment.frame, {step.name: step for step in experiment.plan.steps}
    last = experiment.plan.steps.index(steps["tokenise"])
    data_dir = os.environ.get(DATA_DIR_VARIABLE)
    library = Library(Path(data_dir) if data_dir else None, frame.raw, strict=False, download=False)
    manifest = Manifest(frame.name, frame.protocol, frame.source, frame.seed, overrides=(), choices={})
    with tempfile.TemporaryDirectory() as folder:
        runner = Runner(Store(Path(folder) / "store"), library, Path(folder), manifest)
        runner.execute(Plan(experiment.plan.steps[: last + 1]))
        split, sample, tokens = (runner.value(steps[name]) for name in ("split_pool", "resample_train", "tokenise"))
    if manifest.stand_in:
        return None
    return tokens.ids[sample.rows], split.labels[sample.rows], tokens.num_rows


def _drawn(lengths: Lengths, length: int) -> tuple[NDArray[np.int32], NDArray[np.int8], int]:
    """Messages of random words, post-padded, their lengths drawn by the quantiles."""
    random = np.random.default_rng(0)
    shares = np.linspace(0, 1, len(lengths.quantiles))
    words = np.interp(random.random(lengths.messages), shares, lengths.quantiles).round().astype(int)
    ids = random.integers(1, lengths.rows, (lengths.messages, length), np.int32)
    ids[np.arange(length) >= words[:, None]] = 0
    return ids, random.integers(0, 2, lengths.messages, np.int8), lengths.rows
