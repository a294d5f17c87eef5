"""Models that are trained anew every so often, beside filters that learn as they go."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import Annotated

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import Field

from pipeline.artifacts import Corpus, Fitted, Split, Tokens
from pipeline.artifacts.streams import Passes, Stream
from pipeline.errors import UserError
from pipeline.evaluation.tfidf import count_ngrams, fit_tfidf
from pipeline.evaluation.thresholds import highest_f1_threshold
from pipeline.models import fitting
from pipeline.models.backend import start_keras
from pipeline.ranges import Share
from pipeline.text.duplicates import leaked_percent

TFIDF = "tfidf"
TINY = 1e-12  # keeps the log-odds of a probability of 0 or 1 finite


@dataclass(frozen=True)
class Round:
    """What one training of a model came to.

    Attributes:
        model: its name.
        table: one row a message until the next training: `row`, `score`, `called`.
        seconds: that the training took.
        bytes: of the model.
    """

    model: str
    table: pd.DataFrame
    seconds: float
    bytes: int


def split_stream(
    stream: Stream,
    corpus: Corpus,
    *,
    begin: Share,
    end: Annotated[float, Field(gt=0, le=1)],
    validation_share: Share,
) -> Split:
    """What has arrived before a share `begin` of the stream is trained on, what arrives until `end` is predicted.

    The last `validation_share` of what has arrived chooses epoch and threshold.

    Raises:
        UserError: no message comes between `begin` and `end`, or a part lacks a class.
    """
    rows = stream.table["row"].to_numpy()
    labels, groups = np.zeros(len(corpus.table), np.int8), np.full(len(corpus.table), -1, np.int64)
    labels[rows], groups[rows] = stream.table["label"], stream.table["group"]
    now, until = round(begin * len(rows)), round(end * len(rows))
    if now >= until:
        raise UserError(
            f"A round of training at {begin:.0%} of the stream has no message to predict until {end:.0%}.",
            expected="rounds that follow each other, each with messages before the next",
            remedy="Mend retraining.rounds: each begins later than the one before it.",
        )
    known = round((1 - validation_share) * now)
    train, validation, test = rows[:known], rows[known:now], rows[now:until]
    for name, part in (("trained", train), ("validated", validation)):
        if len(np.unique(labels[part])) < 2:
            raise UserError(
                f"The {len(part):,} messages that are {name} on when {begin:.0%} of the stream has come lack a class.",
                expected="messages of both classes before the first training",
                remedy="Train later, retraining.rounds.first.begin, or shuffle the stream: stream.order=shuffled.",
            )
    return Split(
        train=np.sort(train),
        validation=np.sort(validation),
        test=np.sort(test),
        labels=labels,
        groups=groups,
        leakage_percent=leaked_percent(groups, train, test),
        random_leakage_percent=float("nan"),
        validation_is_test=False,
    )


def predict_round(split: Split, tokens: Tokens, fitted: Fitted) -> Round:
    """The network's log-odds for the messages until its next training, less those of its threshold."""
    start_keras(seed=0)  # nothing is drawn
    model = fitting.from_file(fitted.model)
    validation, test = (fitting.predict(model, tokens.ids[rows]) for rows in (split.validation, split.test))
    return _round(fitted.name, split, validation, test, fitted.history["seconds"].sum(), 4 * fitted.num_params)


def tfidf_round(corpus: Corpus, split: Split, *, seed: int) -> Round:
    """The same of TF-IDF with a linear support vector machine, the baseline."""
    start = time.perf_counter()
    ngrams = count_ngrams(corpus.table["text"].tolist())
    counted = time.perf_counter()
    model = fit_tfidf(ngrams, split.labels, split.train, seed=seed)
    share = len(split.train) / len(corpus.table)
    seconds = (counted - start) * share + time.perf_counter() - counted  # counting what it learns from
    validation, test = (model.predict(ngrams, rows) for rows in (split.validation, split.test))
    num_bytes = sum(8 * len(weighting.kept) * 2 for weighting in model.weightings)  # weights and document frequencies
    return _round(TFIDF, split, validation, test, seconds, num_bytes)


def add_round(passes: Passes, stream: Stream, made: Round) -> Passes:
    """The passes with what a training of a model has led to.

    Raises:
        UserError: its messages do not follow those of the model's training before it.
    """
    position = pd.Series(np.arange(len(stream.table)), index=stream.table["row"])
    table = made.table.assign(model=made.model, position=position[made.table["row"]].to_numpy())
    table = table.sort_values("position")[passes.predictions.columns]
    earlier = passes.predictions.loc[passes.predictions["model"] == made.model, "position"]
    if len(earlier) and int(table["position"].min()) != int(earlier.max()) + 1:
        raise UserError(
            f"A round of training predicts from message {table['position'].min():,} on, the one before it ends at "
            f"{earlier.max():,}.",
            expected="rounds that follow each other without gap or overlap",
            remedy="Leave retraining.rounds.<name>.end as it is: a round ends where the next one begins.",
        )
    predictions = pd.concat([passes.predictions, table], ignore_index=True)
    model = {
        "model": made.model,
        "learner": made.model,
        "features": "tf-idf" if made.model == TFIDF else "network",
        "num_hashes": 0,
        "buckets": 0,
        "bytes": made.bytes,
        "seconds": made.seconds,
        "trainings": 1,
    }
    rounds = pd.concat([passes.models, pd.DataFrame([model])], ignore_index=True).groupby("model", sort=False)
    models = rounds.agg(
        {name: "sum" if name in ("seconds", "trainings") else "last" for name in model if name != "model"}
    )
    training = {"model": made.model, "position": int(table["position"].min()), "seconds": made.seconds}
    return replace(
        passes,
        predictions=predictions,
        models=models.reset_index(),
        trainings=pd.DataFrame([*passes.trainings.to_dict("records"), training]),
    )


def _round(
    model: str,
    split: Split,
    validation: NDArray[np.floating],
    test: NDArray[np.floating],
    seconds: float,
    num_bytes: int,
) -> Round:
    threshold = highest_f1_threshold(split.labels[split.validation], validation)
    scores = _log_odds(test) - _log_odds(np.array([threshold]))
    table = pd.DataFrame({"row": split.test, "score": scores, "called": test >= threshold})
    return Round(model, table, float(seconds), num_bytes)


def _log_odds(probabilities: NDArray[np.floating]) -> NDArray[np.float64]:
    clipped = np.clip(probabilities.astype(np.float64), TINY, 1 - TINY)
    return np.log(clipped) - np.log1p(-clipped)
