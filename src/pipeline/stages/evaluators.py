"""Judge synthetic messages by what classifiers learn from them, and by what classifiers of real ones make of them."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from pipeline.artifacts import Embedding, Fitted, Split, Tokens
from pipeline.artifacts.synthesis import Evaluators, Synthetic
from pipeline.evaluation import naive_bayes, transfer
from pipeline.evaluation.bags import pad_on
from pipeline.evaluation.synthetic.messages import real_messages, synthetic_messages
from pipeline.evaluation.transfer import Scored
from pipeline.models import fitting
from pipeline.models.backend import start_keras

Resamples = Annotated[int, Field(ge=100)]


def evaluate_naive_bayes(
    split: Split,
    tokens: Tokens,
    embedding: Embedding,
    synthetic: Synthetic,
    *,
    vectors: Literal["mean", "flattened"],
    resamples: Resamples,
    seed: int,
) -> Evaluators:
    """Three naive Bayes classifiers trained and tested on real and on synthetic messages.

    `vectors`: what Gaussian naive Bayes reads, the mean of a message's word vectors or all of them in a row. Those of
    a synthetic message are the vectors that the decoder put out, not those of the words that they were decoded to.

    Raises:
        UserError: the training part, the test part or the synthetic messages lack a class.
    """
    made = synthetic_messages(synthetic, embedding)
    settings = transfer.describe_settings(split.labels[split.train], made.labels, split.labels[split.test])
    parts = {"real": real_messages(tokens, embedding, split, split.train), "synthetic": made}
    parts["test"] = real_messages(tokens, embedding, split, split.test)
    read: dict[str, NDArray[np.float32]] = {name: part.vectors for name, part in parts.items()}
    if vectors == "flattened":
        read = {name: naive_bayes.flatten_words(part.ids, embedding.matrix) for name, part in parts.items()}
        read["synthetic"] = naive_bayes.flatten_vectors(synthetic.ids, synthetic.vectors)
    views = {name: naive_bayes.view(part, len(tokens.vocabulary), read[name]) for name, part in parts.items()}
    table = naive_bayes.evaluate(**views, resamples=resamples, seed=seed)
    return Evaluators(table, naive_bayes.describe(vectors), settings)


def evaluate_networks(
    split: Split,
    tokens: Tokens,
    synthetic: Synthetic,
    real: Fitted,
    made: Fitted,
    both: Fitted,
    *,
    resamples: Resamples,
    seed: int,
) -> Evaluators:
    """The same of a network that was trained three times: on the training part, on synthetic messages, and on both.

    No probability is corrected to other class shares: a message is called positive from 0.5 on, as with naive Bayes.

    Raises:
        UserError: the training part, the test part or the synthetic messages lack a class.
    """
    fits = (real, made, both)
    assert len({fit.name for fit in fits}) == 1, [fit.name for fit in fits]
    labels, made_labels = split.labels[split.test], synthetic.table["label"].to_numpy(np.int8)
    settings = transfer.describe_settings(split.labels[split.train], made_labels, labels)
    start_keras(seed=0)  # nothing is drawn
    ids = tokens.ids[split.test]
    made_ids = pad_on(tokens.padding, synthetic.ids)
    groups = split.groups[split.test]
    alone = np.arange(len(made_ids), dtype=np.int64)
    scored = {
        "trtr": Scored(labels, _predict(real, ids), groups),
        "tstr": Scored(labels, _predict(made, ids), groups),
        "trts": Scored(made_labels, _predict(real, made_ids), alone),
        "augmented": Scored(labels, _predict(both, ids), groups),
    }
    table = transfer.compare_settings(real.name, scored, resamples=resamples, seed=seed)
    chosen_on = len(split.validation) if any(fit.kept_by == "best" or fit.stopped_early for fit in fits) else 0
    said = transfer.describe_network(real.name, real.num_params, chosen_on, validation_is_test=split.validation_is_test)
    return Evaluators(table, {real.name: said}, settings)


def _predict(fitted: Fitted, ids: NDArray[np.int32]) -> NDArray[np.float64]:
    return fitting.predict(fitting.from_file(fitted.model), ids)
