"""Messages in the order in which they arrive, and what filters that learn as they go say of them.

A filter is judged *prequentially*: it scores a message before it learns it. Scores of all filters are positive for the
positive class: log-odds, or the margin of a perceptron. Positions count the messages of a stream from 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import pandas as pd


@dataclass(frozen=True)
class Stream:
    """Messages in order of arrival.

    Attributes:
        table: one row a message: `row` (int64, row of the corpus), `text` (str), `label` (int8, 1 = positive), `group`
            (int64, shared by near-duplicates), `familiar` (bool: an earlier message of the stream is of its group).
        order: "file", as the source has them, or "shuffled".
        is_sorted: whether the messages are sorted by class: then nothing can be learnt from how filters do.
        num_copies: exact copies that were left out.
        changed_at: position from which on the positive class uses other words; None where it never changes.
        replaced: words of the positive class that change there: `word`, `replacement`, `messages` (int, messages of
            the positive class before the change that hold it).
    """

    table: pd.DataFrame
    order: Literal["file", "shuffled"]
    is_sorted: bool
    num_copies: int
    changed_at: int | None
    replaced: pd.DataFrame


@dataclass(frozen=True)
class Passes:
    """What models said of the messages of a stream, each before it had learnt it.

    Attributes:
        predictions: one row a model and message, model after model, in order of arrival: `model`, `position` (int64),
            `score` (float64), `called` (bool). A model that is trained now and then says nothing before its first
            training: those rows are not there.
        models: one row a model: `model` (its name), `learner`, `features` ("hashing", "count-min", "exact", "network",
            "tf-idf"), `num_hashes`, `buckets` (a row), `bytes` (memory of the model at the end of the stream),
            `seconds` (reading, scoring and learning all of the stream on one core), `trainings` (int: how often it was
            trained from scratch; 0 for those that learn as they go).
        trainings: one row a training from scratch: `model`, `position` (messages that had come), `seconds`.
        period: messages that are scored before they are learnt.
        delay: messages by which labels come later.
    """

    predictions: pd.DataFrame
    models: pd.DataFrame
    trainings: pd.DataFrame
    period: int
    delay: int


@dataclass(frozen=True)
class StreamScores:
    """How models did on a stream. Metrics: those of `evaluation.streams.STREAM_METRICS`.

    Attributes:
        totals: one row a part, model and metric: `part` ("all", "unfamiliar": messages without an earlier
            near-duplicate, and in a stream that changes "before", "after" and "just after": the first `window` messages
            after the change, or what there is of them), `model`, `metric`, `value`, `low`, `high` (95 % interval over
            duplicate groups; NaN where these are too few to tell), and the paired difference from the reference on the
            same messages, `difference`, `difference_low`, `difference_high` (NaN for the reference itself).
        windows: one row a model and point of the stream: `model`, `position` (messages seen), and a column a metric,
            over the last `window` messages; NaN where it is undefined.
        curves: one row a model and threshold: `model`, `false_positive_rate`, `recall`.
        alarms: one row an alarm of the change detector on the errors of a model: `model`, `position` (messages seen),
            `rate_before`, `rate_after` (shares of errors since the alarm before it, and until the one after it; NaN at
            the end of the stream). A rate that falls rings as well.
        recoveries: one row a model, of a stream that changes: `model`, `recall_before` (over the last window before
            the change), `lowest` (recall of the worst window from then until it is back), `messages` (how many after
            the change until the recall over the last window is back to 95 % of what it was; 0: it never fell below;
            NaN: not within the stream), `positives` (how many of these were of the positive class; NaN likewise),
            `alarm_after` (messages from the change to the first alarm of errors that rose; NaN: none). Where `lowest`
            is NaN, recall was undefined or 0 before the change, or undefined after it: recovery is not told then.
        reference: the model that the others are compared with.
        window: messages that sliding figures are over.
        start: first position that all models have scored; totals are from there on.
    """

    totals: pd.DataFrame
    windows: pd.DataFrame
    curves: pd.DataFrame
    alarms: pd.DataFrame
    recoveries: pd.DataFrame
    reference: str
    window: int
    start: int


@dataclass(frozen=True)
class MemoryScores:
    """What hashing costs, as memory shrinks.

    Attributes:
        models: one row a model: `learner` ("naive_bayes", "perceptron"), `features` ("hashing", "count-min"),
            `log2_buckets` (a row), `num_hashes`, `bytes`, and of the whole stream `f1`, `f1_low`, `f1_high`, `fpr`,
            `pr_auc`, `accuracy`; and F1 less that of hashing in as many cells, paired: `difference`, `difference_low`,
            `difference_high` (NaN for hashing itself, and where it was not tried).
        counts: one row a table of counts: `features`, `log2_buckets`, `num_hashes`, `bytes`, `mean_error` (estimate
            less true count, mean over distinct n-grams), `exact_percent` (n-grams counted without error),
            `bound` (e / buckets times all that was counted), `beyond_percent` (n-grams with an error above the bound),
            `promised_percent` (at most so many may be: 100 e^-num_hashes).
        reference: one row a learner, without hashing: `learner`, `bytes`, `f1`, `f1_low`, `f1_high`, `fpr`, `pr_auc`,
            `accuracy`.
        num_ngrams: distinct n-grams of the stream.
        num_counted: n-grams counted, each once a message.
    """

    models: pd.DataFrame
    counts: pd.DataFrame
    reference: pd.DataFrame
    num_ngrams: int
    num_counted: int
