"""Train a classifier, and predict with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd

from pipeline.artifacts import Embedding, Extra, Fitted, Predictions, Sample, Split, Tokens
from pipeline.errors import UserError
from pipeline.evaluation.calibration import correct_prior
from pipeline.models import fitting
from pipeline.models.backend import start_keras
from pipeline.ranges import Count, Positive, Rate


def fit_classifier(
    split: Split,
    sample: Sample,
    extra: Extra,
    tokens: Tokens,
    embedding: Embedding,
    *,
    build: Callable[..., Any],
    epochs: Count,
    batch_size: Count,
    learning_rate: Positive,
    schedule: Literal["constant", "cosine"],
    epsilon: Positive,
    clipnorm: Positive | None,
    patience: Count | None,
    monitor: Literal["pr_auc", "loss"],
    keep: Literal["best", "last"],
    class_weights: Literal["off", "balanced"],
    label_smoothing: Rate,
    recurrence: Literal["compiled", "keras"],
    seed: int,
    scratch: Path,
) -> Fitted:
    """Build a model on the embedding table and train it on the sampled rows and the extra messages; see `Recipe`.

    `recurrence` says whose loop over time trains it: ours, or Keras's, which has the same results and is slower.
    """
    start_keras(seed)
    from pipeline.models.recurrent.layers import accelerate

    model = build(embedding)
    if recurrence == "compiled":
        accelerate(model)
    recipe = fitting.Recipe(
        epochs=epochs,
        batch_size=batch_size,
        learning_rate=learning_rate,
        schedule=schedule,
        epsilon=epsilon,
        clipnorm=clipnorm,
        patience=patience,
        monitor=monitor,
        keep=keep,
        class_weights=class_weights,
        label_smoothing=label_smoothing,
    )
    train = fitting.Examples(
        np.concatenate([tokens.ids[sample.rows], extra.ids]), np.concatenate([split.labels[sample.rows], extra.labels])
    )
    validation = fitting.Examples(tokens.ids[split.validation], split.labels[split.validation])
    fit = fitting.fit(model, train, validation, recipe, seed=seed, scratch=scratch)
    return Fitted(
        model=fitting.to_file(model),
        name=model.name,
        num_params=model.count_params(),
        history=fit.history,
        kept_epoch=fit.kept_epoch,
        stopped_early=fit.stopped_early,
        kept_by=keep,
        fitted_on=np.bincount(train.labels, minlength=2).tolist(),
        num_synthetic=len(extra.labels),
    )


def share_embedding(
    split: Split,
    sample: Sample,
    tokens: Tokens,
    embedding: Embedding,
    *,
    rows: Literal["none", "train", "all"],
    build: Callable[..., Any],
    epochs: Count,
    batch_size: Count,
    learning_rate: Positive,
    epsilon: Positive,
    clipnorm: Positive | None,
    seed: int,
    scratch: Path,
) -> Embedding:
    """The table as another model leaves it that is trained first: on the "train" rows, or on "all", test included.

    Source: the Enron report, fault 3: one embedding layer object served all models, trained one after the other, and
    the k-fold runs trained it on the test rows.
    """
    if rows == "none":
        return embedding
    start_keras(seed)
    from pipeline.models.recurrent.layers import accelerate

    donor = accelerate(build(embedding))
    used = sample.rows if rows == "train" else np.union1d(sample.rows, split.test)
    examples = fitting.Examples(tokens.ids[used], split.labels[used])
    recipe = fitting.Recipe(
        epochs=epochs,
        batch_size=batch_size,
        learning_rate=learning_rate,
        schedule="constant",
        epsilon=epsilon,
        clipnorm=clipnorm,
        patience=None,
        monitor="loss",
        keep="last",
        class_weights="off",
    )
    fitting.fit(donor, examples, examples, recipe, seed=seed, scratch=scratch)
    return replace(embedding, matrix=donor.get_layer("embedding").get_weights()[0])


def predict(
    split: Split, sample: Sample, tokens: Tokens, fitted: Fitted, *, prior: Literal["true", "sampled"]
) -> Predictions:
    """Probabilities of the validation and test rows.

    `prior="true"` corrects them from the class shares that the model saw in training to those before undersampling.
    """
    return _predictions(split, sample, tokens, fitted, ("validation", "test"), prior)


def predict_validation(
    split: Split, sample: Sample, tokens: Tokens, fitted: Fitted, *, prior: Literal["true", "sampled"]
) -> Predictions:
    """Probabilities of the validation rows alone; `prior` as for `predict`.

    Raises:
        UserError: the test part doubles as the validation part.
    """
    if split.validation_is_test:
        raise UserError(
            "flow=classify_validation is there to leave the test part alone, but it is the validation part here.",
            expected="split.validation=own",
            remedy="Set split.validation=own, or run the whole flow: flow=classify.",
        )
    return _predictions(split, sample, tokens, fitted, ("validation",), prior)


def _predictions(
    split: Split,
    sample: Sample,
    tokens: Tokens,
    fitted: Fitted,
    parts: Sequence[Literal["validation", "test"]],
    prior: Literal["true", "sampled"],
) -> Predictions:
    start_keras(seed=0)  # nothing is drawn
    model = fitting.from_file(fitted.model)
    rows = np.concatenate([getattr(split, part) for part in parts])
    names = [part for part in parts for _ in getattr(split, part)]
    scores = fitting.predict(model, tokens.ids[rows])
    if prior == "true":
        scores = correct_prior(scores, sampled_prior=fitted.positive_share, prior=sample.prior)
    table = pd.DataFrame({"part": names, "row": rows, "label": split.labels[rows], "model": scores})
    description = f"{fitted.name}, {fitted.num_params:,} weights, fitted on {sum(fitted.fitted_on):,} messages"
    if fitted.num_synthetic:
        description += f", {fitted.num_synthetic:,} of them generated"
    return Predictions(table, {"model": description})
