"""From a corpus to a stream: messages in order of arrival, and a stream whose spam changes its words."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import Field

from pipeline.artifacts import Corpus, Pool
from pipeline.artifacts.streams import Stream
from pipeline.errors import UserError
from pipeline.online.blocks import block_of
from pipeline.online.characters import replace_words
from pipeline.online.naive_bayes import ExactNaiveBayes
from pipeline.online.settings import FilterSettings
from pipeline.ranges import Count, Share

COUNTING = FilterSettings("exact_naive_bayes", (1, 1), 1, 1, 0, "ngrams", 1.0)


def order_messages(corpus: Corpus, pool: Pool, *, order: Literal["file", "shuffled"], seed: int) -> Stream:
    """The messages of the pool one after the other, as in the file or shuffled.

    Raises:
        UserError: all are of one class, so that there is nothing to tell apart.
    """
    rows = np.random.default_rng(seed).permutation(pool.rows) if order == "shuffled" else pool.rows
    table = corpus.table.iloc[rows]
    labels = table["label"].to_numpy()
    if len(np.unique(labels)) < 2:
        raise UserError(
            f"All {len(rows):,} messages of {corpus.name} are of one class.",
            expected="messages of both classes",
            remedy="Check dataset.label and dataset.positive.",
        )
    groups = pd.Series(pool.groups[rows])
    return Stream(
        table=pd.DataFrame(
            {
                "row": rows.astype(np.int64),
                "text": table["text"].to_numpy(),
                "label": labels,
                "group": groups,
                "familiar": groups.duplicated().to_numpy(),
            }
        ),
        order=order,
        is_sorted=int(np.count_nonzero(np.diff(labels))) <= 1,
        num_copies=pool.num_exact,
        changed_at=None,
        replaced=pd.DataFrame(columns=["word", "replacement", "messages"]),
    )


def change_words(
    stream: Stream, *, at: Share, num_words: Count, replacement: Annotated[str, Field(pattern="^[a-z]+$")]
) -> Stream:
    """A stream whose positive class uses other words from a share `at` of it on.

    The `num_words` words that told the positive class best until then, those that a filter has learnt to block, become
    new words: `replacement` and a number, each word its own. "FREE TRY NOW" becomes "winner3 winner41 winner7".

    Raises:
        UserError: no word tells the positive class by then, or the stream has some of the new words already.
    """
    changed_at = round(at * len(stream.table))
    before = stream.table.iloc[:changed_at]
    told = _telling_words(before["text"].tolist(), before["label"].to_numpy())[:num_words]
    if not told:
        raise UserError(
            f"No word tells the positive class among the first {changed_at:,} messages: nothing can change.",
            expected="messages of both classes before the change",
            remedy="Raise drift.at, or shuffle the stream: stream.order=shuffled.",
        )
    new = {word: f"{replacement}{number}" for number, (word, _) in enumerate(told, start=1)}
    _refuse_known(stream, set(new.values()), replacement)
    table = stream.table.copy()
    changes = (table.index >= changed_at) & (table["label"] == 1)
    table.loc[changes, "text"] = [replace_words(text, new.get) for text in table.loc[changes, "text"]]
    replaced = [{"word": word, "replacement": new[word], "messages": count} for word, count in told]
    return replace(stream, table=table, changed_at=changed_at, replaced=pd.DataFrame(replaced))


def _refuse_known(stream: Stream, new: set[str], replacement: str) -> None:
    """New words must be new."""
    model = ExactNaiveBayes(COUNTING)
    model.read(block_of(stream.table["text"].tolist()))
    if taken := sorted(new & model.numbers.keys()):
        raise UserError(
            f"The stream has words already that are to be new: {', '.join(taken[:3])}.",
            expected="a replacement that no word of the stream begins with",
            remedy=f"Name another one in place of drift.replacement={replacement}.",
        )


def _telling_words(texts: list[str], labels: NDArray[np.int8]) -> list[tuple[str, int]]:
    """Words that speak for the positive class, and how many of its messages hold them; those that say most first.

    What a word says is its weight in exact naive Bayes, times those messages.
    """
    model = ExactNaiveBayes(COUNTING)
    model.learn(model.read(block_of(texts)), labels)
    words = model.read(block_of(list(model.numbers)))
    positives = model.counts(words)[:, 1]
    said = model.weigh(words) * positives
    order = np.argsort(-said, kind="stable")
    names = list(model.numbers)
    return [(names[i], int(positives[i])) for i in order if said[i] > 0]
