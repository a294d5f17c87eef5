"""See what the code of a synthesiser holds, and let it write.

Shapes: n messages, T words, D vector width, L latent dimensions.
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import Field

from pipeline.artifacts import Corpus, Embedding, FittedVae, Latents, Split, Synthetic, Tokens
from pipeline.evaluation import latents
from pipeline.models.backend import start_keras
from pipeline.models.vae.settings import Shape
from pipeline.stages.generation import Generation, draw_seeds, writer
from pipeline.text.decoding import copies, to_texts

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
    """What the encoder makes of the validation and test parts, and how far each prior is from it."""
    start_keras(seed)
    from pipeline.models.vae.synthesiser import load_synthesiser

    model = load_synthesiser(fitted, build, embedding.matrix)
    parts = ("validation",) if split.validation_is_test else ("validation", "test")
    rows = np.concatenate([getattr(split, part) for part in parts])
    ids, labels = tokens.ids[rows], split.labels[rows]
    codes = model.encode(ids, labels)
    table = pd.DataFrame({"part": [part for part in parts for _ in getattr(split, part)], "row": rows, "label": labels})
    table["kl"] = latents.kl_to_gaussian(codes.means, codes.log_variances).sum(axis=1)
    counts = ids != 0 if build.mask else np.ones_like(ids, bool)
    vectors = model.write(codes.means, labels, counts)
    means = _class_means(split, tokens, embedding, build)
    table["mse"] = _mean_squared_error(vectors, embedding.matrix[ids], counts)
    table["baseline_mse"] = _mean_squared_error(means[labels][:, None], embedding.matrix[ids], counts)
    table["words"] = counts.sum(axis=1)
    placed = latents.planes(codes.means, seed)
    held = slice(len(split.validation))
    drawn = codes.draw(DRAWS, np.random.default_rng(seed))
    flow = np.stack([model.log_prior(draw[held], labels[held]) for draw in drawn]).astype(np.float64)
    own = drawn[:, held]
    dimensions = latents.describe_dimensions(codes.means[held], codes.log_variances[held])
    priors = latents.compare_priors(
        latents.log_posterior(own, codes.means[held], codes.log_variances[held]),
        {"gaussian": latents.log_gaussian_prior(own), "realnvp": flow},
        split.groups[split.validation],
        resamples=resamples,
        seed=seed,
    )
    validation = table[held]
    return Latents(
        table=pd.concat([table, placed], axis=1),
        dimensions=dimensions,
        priors=priors,
        kl_nats=float(dimensions["kl"].sum()),
        reconstruction_mse=float(np.average(validation["mse"], weights=validation["words"])),
        mutual_information_nats=latents.mutual_information(codes.means[held], codes.log_variances[held], own),
        active_units=int(dimensions["active"].sum()),
        collapsed=latents.is_collapsed(dimensions),
    )


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
