"""Written messages and a real holdout, each held against the training messages by the same scores.

Every score is of sets of one size, for some depend on the size.

Shapes: n messages of a set.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.artifacts import Corpus, Split
from pipeline.artifacts.characters import NO_CLASS, Samples, SampleScores
from pipeline.evaluation.characters.recognition import recognise
from pipeline.evaluation.characters.runs import Lists, count_held, number_characters, number_words
from pipeline.evaluation.characters.words import split_words
from pipeline.evaluation.synthetic.wording import distinct, self_bleu

RUNS = {"real_words": 1, "copied_4grams": 4}  # of words
RUN_OF_CHARACTERS = 20
NO_COPY = -1


@dataclass(frozen=True)
class Messages:
    """Messages, and what each has in common with the training messages.

    Attributes:
        words: of each message.
        lengths: (n,) characters.
        held: of each score how many of a message's runs a training message holds, (n,).
        runs: how many runs it has, (n,).
        copied: (n,) whether it is a training message.
        ended: (n,) whether it ended by itself.
        train_lengths: characters of each training message.
    """

    words: Lists
    lengths: NDArray[np.int64]
    held: dict[str, NDArray[np.int64]]
    runs: dict[str, NDArray[np.int64]]
    copied: NDArray[np.bool_]
    ended: NDArray[np.bool_]
    train_lengths: NDArray[np.int64]


def judge(corpus: Corpus, split: Split, samples: Sequence[Samples], *, seed: int) -> SampleScores:
    """Score the samples of each model and temperature beside as many test messages.

    Of a model that was asked for classes, the samples without one count, all of them where it has none. Every set has
    as many messages as the smallest, the test part included; larger ones are drawn from without replacement.

    Args:
        corpus: all messages.
        split: which of them are the training messages and which the holdout.
        samples: of one or more models, with names of their own.
        seed: of what is drawn.

    Raises:
        UserError: the training messages have no words, or fewer than two of a class.
    """
    assert len({one.name for one in samples}) == len(samples) > 0
    real = corpus.table["text"].to_numpy(object)
    train, test = real[split.train].tolist(), real[split.test].tolist()
    pool = pd.concat([one.table.assign(name=one.name) for one in samples], ignore_index=True)
    pool = pool[["name", *samples[0].table.columns]]
    texts = [*pool["text"], *test]
    copies = find_copies(texts, train)
    ended = np.concatenate([pool["ended"].to_numpy(bool), np.ones(len(test), bool)])
    messages = compare(texts, train, copies != NO_COPY, ended)
    table, num_messages, num_draws = _score_sets(messages, pool, np.arange(len(pool), len(texts)), seed)
    lines, copies = corpus.table["row"].to_numpy(np.int64)[split.train], copies[: len(pool)]
    return SampleScores(
        table=table,
        recognition=recognise(corpus, split, pool, seed=seed),
        samples=pool.assign(copy_of=np.where(copies == NO_COPY, NO_COPY, lines[copies])),
        num_messages=num_messages,
        num_draws=num_draws,
    )


def find_copies(texts: Sequence[str], train: Sequence[str]) -> NDArray[np.int64]:
    """The first training message that each text repeats to the letter, blanks at the ends aside; -1 for none."""
    first: dict[str, int] = {}
    for place, text in enumerate(train):
        first.setdefault(text.strip(), place)
    return np.array([first.get(text.strip(), NO_COPY) for text in texts], np.int64)


def compare(
    texts: Sequence[str], train: Sequence[str], copied: NDArray[np.bool_], ended: NDArray[np.bool_]
) -> Messages:
    """Count the words and characters that texts share with training messages.

    Shapes: texts, copied, ended (n,).
    """
    numbered = number_words(split_words([*train, *texts]))
    known, words = numbered.cut(0, len(train)), numbered.cut(len(train), len(numbered))
    known_characters, characters = number_characters(train), number_characters(texts)
    counted = {score: count_held(words, known, size) for score, size in RUNS.items()}
    counted["copied_characters"] = count_held(characters, known_characters, RUN_OF_CHARACTERS)
    return Messages(
        words=words,
        lengths=characters.lengths,
        held={score: held for score, (held, _) in counted.items()},
        runs={score: runs for score, (_, runs) in counted.items()},
        copied=copied,
        ended=ended,
        train_lengths=known_characters.lengths,
    )


def measure(messages: Messages, rows: NDArray[np.integer]) -> dict[str, float]:
    """All scores of some of the messages; NaN where there is nothing to count.

    Shapes: rows (n,), at least one.
    """
    from scipy.stats import wasserstein_distance

    ids = messages.words.pad(rows)
    of_runs = {score: _percent(held[rows], messages.runs[score][rows]) for score, held in messages.held.items()}
    return {
        "distinct_1": distinct(ids, 1),
        "distinct_2": distinct(ids, 2),
        "self_bleu": self_bleu(ids) if len(rows) > 1 else np.nan,
        **of_runs,
        "exact_copies": 100 * float(messages.copied[rows].mean()),
        "length_distance": float(wasserstein_distance(messages.lengths[rows], messages.train_lengths)),
        "ended": 100 * float(messages.ended[rows].mean()),
    }


def _score_sets(
    messages: Messages, pool: pd.DataFrame, test: NDArray[np.int64], seed: int
) -> tuple[pd.DataFrame, int, int]:
    """The table `table` of `SampleScores`, messages of a set, and sets of a model and temperature.

    `pool`: the first of the messages; `test`: the places of the test messages among them.
    """
    place = np.flatnonzero(are_counted(pool))
    keys = pool.iloc[place][["name", "temperature", "draw"]]
    number = keys.groupby([*keys], sort=False).ngroup().to_numpy()
    sets = [(key, place[number == at]) for at, key in enumerate(keys.drop_duplicates().itertuples(index=False))]
    num_messages = min(len(test), *(len(rows) for _, rows in sets))
    draws = pool["draw"].unique()
    holdout = pd.DataFrame([measure(messages, _draw(test, num_messages, [seed, draw])) for draw in draws])
    found = [
        {"name": name, "temperature": temperature} | measure(messages, _draw(rows, num_messages, [seed, draw]))
        for (name, temperature, draw), rows in sets
    ]
    long = pd.DataFrame(found).melt(["name", "temperature"], var_name="score", ignore_index=False)
    long = long.sort_index(kind="stable")  # set by set again
    values = long.groupby(["name", "temperature", "score"], sort=False)["value"].agg(["mean", "min", "max"])
    table = values.set_axis(["value", "low", "high"], axis=1).reset_index()
    real = holdout.agg(["mean", "min", "max"]).T.set_axis(["holdout", "holdout_low", "holdout_high"], axis=1)
    return table.join(real, on="score"), num_messages, len(draws)


def are_counted(pool: pd.DataFrame) -> NDArray[np.bool_]:
    """The samples of each model that no class was asked for, all of them where there are none."""
    is_free = pool["label"] == NO_CLASS
    return (is_free | ~is_free.groupby(pool["name"]).transform("any")).to_numpy(bool)


def _draw(rows: NDArray[np.int64], size: int, seed: Sequence[int]) -> NDArray[np.int64]:
    """So many of the rows, without replacement, in the order that they had."""
    return rows[np.sort(np.random.default_rng(seed).permutation(len(rows))[:size])]


def _percent(part: NDArray[np.int64], whole: NDArray[np.int64]) -> float:
    return 100 * float(part.sum() / whole.sum()) if whole.any() else np.nan
