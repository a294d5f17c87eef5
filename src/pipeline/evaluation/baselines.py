"""What any classifier must beat: TF-IDF on the same rows, TF-IDF on all training rows, and the majority class."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.artifacts import Predictions, Rows
from pipeline.evaluation.calibration import correct_prior
from pipeline.evaluation.tfidf import Ngrams, count_ngrams, fit_tfidf


def predict_baselines(
    texts: Sequence[str],
    labels: NDArray[np.integer],
    *,
    sampled_rows: Rows,
    train_rows: Rows,
    validation_rows: Rows,
    test_rows: Rows,
    seed: int,
) -> Predictions:
    """Fit the baselines on training rows alone and predict the validation and test rows, which may be the same.

    `tfidf` sees the rows that the model under test sees, its probabilities corrected to the class shares of
    `train_rows`; `tfidf_all_rows` sees all of those: undersampling costs it nothing.

    Shapes: texts and labels (N,) of the whole corpus; rows (n,) of it, none twice in a part.

    Raises:
        UserError: there is nothing to fit on.
    """
    rows = np.concatenate([validation_rows, test_rows])
    used = np.zeros(len(texts), bool)
    used[np.concatenate([train_rows, rows])] = True
    ngrams = count_ngrams([text if is_used else "" for text, is_used in zip(texts, used, strict=True)])
    prior = float(labels[train_rows].mean())
    all_rows = _predict_tfidf(ngrams, labels, train_rows, rows, prior=prior, seed=seed)
    is_whole = np.array_equal(sampled_rows, train_rows)
    table = pd.DataFrame(
        {
            "part": ["validation"] * len(validation_rows) + ["test"] * len(test_rows),
            "row": rows,
            "label": labels[rows],
            "tfidf": all_rows
            if is_whole
            else _predict_tfidf(ngrams, labels, sampled_rows, rows, prior=prior, seed=seed),
            "tfidf_all_rows": all_rows,
            "majority": majority(labels[train_rows], len(rows)),
        }
    )
    return Predictions(table, _describe(len(sampled_rows), len(train_rows), prior))


def majority(labels: NDArray[np.integer], n: int) -> NDArray[np.float64]:
    """The share of positives as the probability of each of `n` messages: at 0.5 all are called the commoner class."""
    return np.full(n, labels.mean())


def _predict_tfidf(
    ngrams: Ngrams, labels: NDArray[np.integer], fitted_on: Rows, rows: Rows, *, prior: float, seed: int
) -> NDArray[np.float64]:
    model = fit_tfidf(ngrams, labels, fitted_on, seed=seed)
    return correct_prior(model.predict(ngrams, rows), sampled_prior=float(labels[fitted_on].mean()), prior=prior)


def _describe(sampled: int, train: int, prior: float) -> dict[str, str]:
    model = "TF-IDF of words and characters, linear SVM, Platt scaling"
    return {
        "tfidf": f"{model}, fitted on the {sampled:,} messages of the corpus that the model is fitted on",
        "tfidf_all_rows": f"{model}, fitted on all {train:,} training messages",
        "majority": f"the share of positives among the training messages, {prior:.1%}, for every message",
    }
