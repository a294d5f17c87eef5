"""From cleaned texts to bags of words."""

from __future__ import annotations

import numpy as np

from pipeline.artifacts import Corpus, Split, Texts
from pipeline.artifacts.detection import Bags
from pipeline.counting import count_entries
from pipeline.errors import UserError
from pipeline.ranges import Count


def count_bags(corpus: Corpus, texts: Texts, split: Split, *, min_messages: Count, max_words: Count | None) -> Bags:
    """Count the words of every row; the vocabulary is of the training part alone.

    `min_messages`: a word is kept if so many training messages hold it; `max_words`: of these the ones that most
    messages hold, None keeps all. Rows without a known word have an empty bag.

    Raises:
        UserError: no word is kept.
    """
    words = [text.split() for text in texts.table["text"]]
    counted = count_entries(words)
    seen = np.asarray((counted.counts[split.train] > 0).sum(axis=0)).ravel()
    kept = np.flatnonzero(seen >= min_messages)
    if not len(kept):
        raise _no_words(corpus, len(split.train), min_messages, int(seen.max(initial=0)))
    if max_words is not None:
        kept = np.sort(kept[np.argsort(-seen[kept], kind="stable")[:max_words]])
    bags = counted.counts[:, kept]
    bags.sort_indices()
    return Bags(
        words=bags.indices.astype(np.int32),
        counts=bags.data.astype(np.int32),
        edges=bags.indptr.astype(np.int32),
        vocabulary=counted.names[kept].tolist(),
        lengths=np.fromiter(map(len, words), np.int32, len(words)),
        seen=seen[kept].astype(np.int32),
    )


def _no_words(corpus: Corpus, num_train: int, min_messages: int, most: int) -> UserError:
    return UserError(
        f"The vocabulary of {corpus.name} is empty: no word is in {min_messages} or more of the {num_train:,} training "
        f"messages; the commonest is in {most}.",
        expected="words that several training messages share",
        remedy="Lower bags.min_messages, or check that dataset.text is the column with the messages.",
    )
