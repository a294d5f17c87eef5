"""See what the code of a synthesiser holds, and let it write.

Shapes: n messages, T words, D vector width, L latent dimensions.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Annotated

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import Field

from pipeline.artifacts import Corpus, Embedding, Rows, Split, Tokens
from pipeline.artifacts.synthesis import FittedVae, Latents, Synthetic
from pipeline.evaluation import latents
from pipeline.models.backend import start_keras
from pipeline.models.vae.settings import Shape
from pipeline.stages.generation import Generation, draw_seeds, writer
from pipeline.text.decoding import copies, to_texts

if TYPE_CHECKING:
    from pipeline.models.vae.flow import Codes
    from pipeline.models.vae.synthesiser import Synthesiser

log = logging.getLogger(__name__)
BLOCK = 256  # messages at a time
DRAWS = 20  # codes of each message that KLs to the priors are estimated from


def encode_messages(
    split: Split,
    tokens: Tokens,
    embedding: Embedding,
    fitted: FittedVae,
    *,
    build: Shape,
    resamples: Annotated[int, Field(ge=100)],
    seed: int,
) -> Latents:
    """What the encoder makes of the validation and test parts, and how far each prior is from it.

    Whether the latent is alive is asked of the validation part; the priors are compared on the test part, since the
    validation part has chosen the flow's epoch.
    """
    start_keras(seed)
    from pipeline.models.vae.synthesiser import load_synthesiser

    model = load_synthesiser(fitted, build, embedding.matrix)
    parts = ("validation",) if split.validation_is_test else ("validation", "test")
    rows = np.concatenate([getattr(split, part) for part in parts])
    codes = model.encode(tokens.ids[rows], split.labels[rows])
    table = pd.DataFrame({"part": [part for part in parts for _ in getattr(split, part)], "row": rows})
    table["label"] = codes.labels
    table["kl"] = latents.kl_to_gaussian(codes.means, codes.log_variances).sum(axis=1)
    table = pd.concat([table, _errors(model, codes, rows, split, tokens, embedding, build)], axis=1)
    validation = table[table["part"] == "validation"]
    held, tested = codes.take(slice(len(validation))), codes.take(slice(-len(split.test), None))
    dimensions = latents.describe_dimensions(held.means, held.log_variances)
    collapsed = latents.is_collapsed(dimensions)
    if collapsed:
        log.warning("the latent has collapsed: the code says next to nothing of the message")
    random = np.random.default_rng(seed)
    return Latents(
        table=pd.concat([table, latents.planes(codes.means, seed)], axis=1),
        dimensions=dimensions,
        priors=_priors(model, tested, split.groups[split.test], resamples, seed),
        kl_nats=float(dimensions["kl"].sum()),
        reconstruction_mse=float(np.average(validation["mse"], weights=validation["words"])),
        mutual_information_nats=latents.mutual_information(held.means, held.log_variances, held.draw(DRAWS, random)),
        active_units=int(dimensions["active"].sum()),
        collapsed=collapsed,
    )


def _errors(
    model: Synthesiser, codes: Codes, rows: Rows, split: Split, tokens: Tokens, embedding: Embedding, build: Shape
) -> pd.DataFrame:
    """Mean squared error of each message's reconstruction and of its class's mean vector, and its words."""
    means = _class_means(split, tokens, embedding, build)
    tables = []
    for start in range(0, len(rows), BLOCK):  # all vectors at once would take gigabytes of a large corpus
        some = codes.take(slice(start, start + BLOCK))
        ids = tokens.ids[rows[start : start + BLOCK]]
        counts = ids != 0 if build.mask else np.ones_like(ids, bool)
        real = embedding.matrix[ids]
        errors = {
            "mse": _mean_squared_error(model.write(some.means, some.labels, counts), real, counts),
            "baseline_mse": _mean_squared_error(means[some.labels][:, None], real, counts),
            "words": counts.sum(axis=1),
        }
        tables.append(pd.DataFrame(errors))
    return pd.concat(tables, ignore_index=True)


def _priors(model: Synthesiser, codes: Codes, groups: Rows, resamples: int, seed: int) -> pd.DataFrame:
    drawn = codes.draw(DRAWS, np.random.default_rng(seed))
    flow = model.log_prior(drawn.reshape(-1, model.latent), np.tile(codes.labels, DRAWS)).astype(np.float64)
    posterior = latents.log_posterior(drawn, codes.means, codes.log_variances)
    priors = {"gaussian": latents.log_gaussian_prior(drawn), "realnvp": flow.reshape(DRAWS, -1)}
    return latents.compare_priors(posterior, priors, groups, resamples=resamples, seed=seed)


def generate_messages(
    corpus: Corpus,
    split: Split,
    tokens: Tokens,
    embedding: Embedding,
    fitted: FittedVae,
    *,
    build: Shape,
    generate: Generation,
    seed: int,
) -> Synthetic:
    """As many messages of each class as the training part has; copies of training messages are marked as such."""
    start_keras(seed)
    labels = split.labels[split.train]
    seeds = draw_seeds(len(labels), seed)
    written = writer(fitted, split.train, split, tokens, embedding, build=build, generate=generate).draw(labels, seeds)
    texts, known = (to_texts(ids, tokens.vocabulary) for ids in (written.ids, tokens.ids[split.train]))
    repeated = copies(texts, known)
    lines = corpus.table["row"].to_numpy()[split.train]
    table = pd.DataFrame(
        {
            "label": labels,
            "text": texts,
            "words": np.count_nonzero(written.ids, axis=1),
            "seed": seeds,
            "copy_of": np.where(repeated < 0, -1, lines[repeated]),
        }
    )
    return Synthetic(table, written.ids, written.vectors.astype(np.float16), written.means)


def _class_means(split: Split, tokens: Tokens, embedding: Embedding, build: Shape) -> NDArray[np.float32]:
    """The mean vector of the steps that count in the training messages of each class, (2, D)."""
    means = []
    for label in (0, 1):
        ids = tokens.ids[split.train[split.labels[split.train] == label]]
        means.append(embedding.matrix[ids[ids != 0] if build.mask else ids.ravel()].mean(axis=0))
    return np.stack(means)


def _mean_squared_error(
    written: NDArray[np.float32], real: NDArray[np.float32], counts: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Of each message, over the entries of the steps that count, (n,)."""
    errors = ((written - real) ** 2).mean(axis=2)
    return np.where(counts, errors, 0).sum(axis=1, dtype=np.float64) / counts.sum(axis=1)
