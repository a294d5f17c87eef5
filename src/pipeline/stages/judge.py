"""Fit the baselines, and judge the model beside them."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from pipeline.artifacts import Corpus, Predictions, Sample, Scores, Split
from pipeline.evaluation.baselines import predict_baselines
from pipeline.evaluation.judge import judge
from pipeline.ranges import Share


def fit_baselines(corpus: Corpus, split: Split, sample: Sample, *, seed: int) -> Predictions:
    """Predictions of TF-IDF with a linear model, on the sampled and on all training rows, and of the majority class."""
    return predict_baselines(
        corpus.table["text"].tolist(),
        split.labels,
        sampled_rows=sample.rows,
        train_rows=split.train,
        validation_rows=split.validation,
        test_rows=split.test,
        seed=seed,
    )


def judge_predictions(
    split: Split,
    predictions: Predictions,
    baselines: Predictions,
    *,
    threshold: Share | Literal["f1"],
    resamples: Annotated[int, Field(ge=100)],
    seed: int,
) -> Scores:
    """Metrics on the test part with 95 % intervals, and each baseline's paired difference from the model.

    `threshold`: "f1" takes the highest F1 on validation, for each model its own; a number is a fixed probability.
    """
    table = predictions.join(baselines)
    return judge(
        table,
        predictions.descriptions | baselines.descriptions,
        split.groups[table["row"].to_numpy(np.int64)],
        main="model",
        threshold=threshold,
        resamples=resamples,
        seed=seed,
    )
