"""A corpus of made-up messages, and tiny synthesisers of them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.artifacts import Corpus, Embedding, Split, Texts, Tokens
from pipeline.artifacts.synthesis import FittedVae
from pipeline.models.backend import start_keras
from pipeline.models.fitting import Examples
from pipeline.models.vae.settings import Recipe, Shape
from pipeline.stages.generation import Generation

NUM_WORDS, LENGTH, DIM, LATENT, N = 12, 6, 3, 2, 80
RESERVED = 2  # padding and [UNK]
TRAIN, VALIDATION, TEST = slice(0, 50), slice(50, 65), slice(65, 80)
SHAPE = Shape([4], [4], LATENT, conditioning="label", lengths="modelled", mask=True)
RECIPE = Recipe(
    epochs=3,
    batch_size=8,
    learning_rate=0.01,
    clipnorm=1.0,
    footing="message",
    beta=0.5,
    warmup_epochs=2,
    free_nats=0.0,
    patience=None,
    keep="best",
)
GENERATION = Generation(prior="gaussian", centred=True, temperature=1.0, bigram_weight=0.5)


def table(width: int = DIM) -> NDArray[np.float32]:
    """Word vectors; padding and the unknown word have none."""
    vectors = np.random.default_rng(0).normal(size=(NUM_WORDS, width)).astype(np.float32)
    vectors[:RESERVED] = 0
    return vectors


def messages(count: int = N, seed: int = 1) -> Examples:
    """Messages of 1 to 6 words, padded at the end, a third of them positive: these begin with word 2."""
    random = np.random.default_rng(seed)
    labels = (np.arange(count) % 3 == 0).astype(np.int8)
    ids = random.integers(3, NUM_WORDS - 1, (count, LENGTH)).astype(np.int32)  # the last word occurs nowhere
    ids[labels == 1, 0] = 2
    ids[np.arange(LENGTH) >= random.integers(1, LENGTH + 1, count)[:, None]] = 0
    return Examples(ids, labels)


def parts(padding: Literal["pre", "post"] = "post") -> tuple[Split, Tokens, Embedding]:
    """The messages as a synthesiser's stages are given them; duplicate groups are of two."""
    held = messages()
    rows = np.arange(N)
    split = Split(rows[TRAIN], rows[VALIDATION], rows[TEST], held.labels, rows // 2, 0.0, 0.0, validation_is_test=False)
    words = ["", "[UNK]", *(f"word{chr(ord('a') + i)}" for i in range(NUM_WORDS - RESERVED))]
    lengths = np.count_nonzero(held.ids, axis=1)
    ids = (
        held.ids
        if padding == "post"
        else np.stack([np.roll(row, -n) for row, n in zip(held.ids, lengths, strict=True)])
    )
    tokens = Tokens(
        ids, lengths.astype(np.int32), words, np.zeros((NUM_WORDS, 2), np.int64), RESERVED, NUM_WORDS, {}, padding
    )
    empty = pd.DataFrame()
    embedding = Embedding(table(), False, "glove", False, True, empty, empty, np.ones(NUM_WORDS, np.float32))
    return split, tokens, embedding


def corpus(tokens: Tokens, split: Split) -> tuple[Corpus, Texts]:
    """The messages in words; the row of a message in its file is ten times its row here."""
    said = [" ".join(tokens.vocabulary[word] for word in row if word) for row in tokens.ids]
    rows = pd.DataFrame({"row": 10 * np.arange(len(said)), "text": said, "label": split.labels})
    return Corpus(rows, "made up", "spam", "ham", False, []), Texts(pd.DataFrame({"text": said}), [], False)


def network(shape: Shape = SHAPE, vectors: NDArray[np.float32] | None = None, *, seed: int = 3) -> Any:
    """An untrained network with weights that are far from small."""
    start_keras(seed)
    from pipeline.models.vae.network import Vae, flat_weights, load_weights

    vae = Vae(shape, table() if vectors is None else vectors)
    weights = np.random.default_rng(seed).normal(scale=0.5, size=flat_weights(vae).shape)
    return load_weights(vae, weights.astype(np.float32))


FITTED: dict[str, FittedVae] = {}


def fitted(shape: Shape = SHAPE) -> FittedVae:
    """An untrained synthesiser as if it were trained; made once for each shape, so not to be changed."""
    if repr(shape) not in FITTED:
        FITTED[repr(shape)] = _made(shape)
    return FITTED[repr(shape)]


def _made(shape: Shape) -> FittedVae:
    from pipeline.models.vae.flow import Flow
    from pipeline.models.vae.network import flat_weights

    models = 1 if shape.conditioning == "label" else 2
    weights = np.stack([flat_weights(network(shape, seed=3 + number)) for number in range(models)])
    flows = np.stack([flat_weights(Flow(shape.latent))] * models)
    random = np.random.default_rng(7)
    flows += random.normal(scale=0.1, size=flows.shape).astype(np.float32)
    return FittedVae(weights, flows, weights.shape[1], pd.DataFrame(), [1] * models, [False] * models)


def shape(**changes: Any) -> Shape:
    """The tiny network with some settings changed."""
    return replace(SHAPE, **changes)
