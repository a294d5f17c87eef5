"""Does a classifier of real messages recognise the class that a written message was asked to be of?"""

from __future__ import annotations

import numpy as np
import pandas as pd

from pipeline.artifacts import Corpus, Interval, Split
from pipeline.artifacts.characters import NO_CLASS
from pipeline.evaluation.tfidf import NoWordsError, count_ngrams, fit_tfidf
from pipeline.shares import wilson

THRESHOLD = 0.5  # of the probability
ASKED = ["name", "temperature", "label"]
CALLED = ["called", "low", "high"]
HOLDOUT = ["holdout", "holdout_low", "holdout_high"]
UNDEFINED = Interval(np.nan, np.nan, np.nan)


def recognise(corpus: Corpus, split: Split, pool: pd.DataFrame, *, seed: int) -> pd.DataFrame:
    """The table `recognition` of `SampleScores`, empty where the training messages have no words to go by.

    TF-IDF with a linear support vector machine is fitted on the training messages as the corpus has them, and called
    upon to judge samples and test messages alike. Intervals take each message as an observation of its own.

    Args:
        corpus: all messages.
        split: which of them are fitted on and which are the holdout.
        pool: samples of all models and draws: `name`, `temperature`, `label`, `text`.
        seed: of the classifier.

    Raises:
        UserError: the training messages have fewer than two of a class.
    """
    real = corpus.table["text"].to_numpy(object)
    texts = [*real[split.train], *real[split.test], *pool["text"]]
    fitted_on = np.arange(len(split.train))
    try:
        ngrams = count_ngrams(texts)
        model = fit_tfidf(ngrams, split.labels[split.train], fitted_on, seed=seed)
    except NoWordsError:
        return _none_tried(pool)
    called = model.predict(ngrams, np.arange(len(fitted_on), len(texts))) >= THRESHOLD
    of_test, of_pool = np.split(called, [len(split.test)])
    labels = split.labels[split.test]
    of_class = {0: of_test[labels == 0], 1: of_test[labels == 1], NO_CLASS: of_test}
    holdouts = {label: share(int(one.sum()), len(one)) for label, one in of_class.items()}
    counts = pool.assign(called=of_pool).groupby(ASKED, sort=False)["called"].agg(["sum", "size"]).reset_index()
    found = [share(*pair) for pair in counts[["sum", "size"]].itertuples(index=False)]
    beside = [holdouts[label] for label in counts["label"]]
    return pd.concat(
        [
            counts[ASKED],
            pd.DataFrame(found).set_axis(CALLED, axis=1),
            pd.DataFrame(beside).set_axis(HOLDOUT, axis=1),
            counts["size"].rename("messages"),
        ],
        axis=1,
    )


def _none_tried(pool: pd.DataFrame) -> pd.DataFrame:
    """The table without a row, its columns of the same kinds."""
    shares = dict.fromkeys([*CALLED, *HOLDOUT], np.float64(np.nan))
    return pool[ASKED].iloc[:0].assign(**shares, messages=np.int64(0))


def share(called: int, messages: int) -> Interval:
    """The share of messages that are called positive with its 95 % interval; NaN of none."""
    if not messages:
        return UNDEFINED
    low, high = wilson(called / messages, messages)
    return Interval(called / messages, float(low), float(high))
