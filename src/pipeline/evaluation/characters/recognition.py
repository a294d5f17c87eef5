"""Does a classifier of real messages recognise the class that a written message was asked to be of?"""

from __future__ import annotations

import numpy as np
import pandas as pd

from pipeline.artifacts import Corpus, Interval, Split
from pipeline.artifacts.characters import NO_CLASS
from pipeline.evaluation.tfidf import count_ngrams, fit_tfidf

THRESHOLD = 0.5  # of the probability
UNDEFINED = Interval(np.nan, np.nan, np.nan)


def recognise(corpus: Corpus, split: Split, pool: pd.DataFrame, *, seed: int) -> pd.DataFrame:
    """The table `recognition` of `SampleScores`.

    TF-IDF with a linear support vector machine is fitted on the training messages as the corpus has them, and called
    upon to judge samples and test messages alike. Intervals take each message as an observation of its own.

    Args:
        corpus: all messages.
        split: which of them are fitted on and which are the holdout.
        pool: samples of all models and draws: `name`, `temperature`, `label`, `text`.
        seed: of the classifier.

    Raises:
        UserError: the training messages have no words, or fewer than two of a class.
    """
    real = corpus.table["text"].to_numpy(object)
    texts = [*real[split.train], *real[split.test], *pool["text"]]
    ngrams = count_ngrams(texts)
    fitted_on = np.arange(len(split.train))
    model = fit_tfidf(ngrams, split.labels[split.train], fitted_on, seed=seed)
    called = model.predict(ngrams, np.arange(len(fitted_on), len(texts))) >= THRESHOLD
    of_test, of_pool = np.split(called, [len(split.test)])
    labels = split.labels[split.test]
    of_class = {0: of_test[labels == 0], 1: of_test[labels == 1], NO_CLASS: of_test}
    holdouts = {label: share(int(one.sum()), len(one)) for label, one in of_class.items()}
    asked = ["name", "temperature", "label"]
    counts = pool.assign(called=of_pool).groupby(asked, sort=False)["called"].agg(["sum", "size"]).reset_index()
    found = [share(*pair) for pair in counts[["sum", "size"]].itertuples(index=False)]
    beside = [holdouts[label] for label in counts["label"]]
    return pd.concat(
        [
            counts[asked],
            pd.DataFrame(found).set_axis(["called", "low", "high"], axis=1),
            pd.DataFrame(beside).set_axis(["holdout", "holdout_low", "holdout_high"], axis=1),
            counts["size"].rename("messages"),
        ],
        axis=1,
    )


def share(called: int, messages: int) -> Interval:
    """The share of messages that are called positive with its 95 % interval; NaN of none.

    Source: Wilson 1927, Journal of the American Statistical Association 22:209-212.
    """
    from scipy.stats import binomtest

    if not messages:
        return UNDEFINED
    interval = binomtest(called, messages).proportion_ci(method="wilson")
    return Interval(called / messages, float(interval.low), float(interval.high))
