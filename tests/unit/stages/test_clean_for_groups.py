"""Cleaning that finds near-duplicates and alters nothing."""

from typing import Any

import numpy as np
import pandas as pd

from pipeline.artifacts import Corpus, Resource
from pipeline.stages.load import clean_corpus, clean_for_groups
from pipeline.stages.split import pool_messages

WORDS: dict[str, Any] = {
    "unicode": True, "lower": True, "characters": "words", "contractions": "keep", "stop_words": "none",
    "stemming": "none",
}  # fmt: skip
NO_FILE = Resource(None, stand_in=False)
POOLING: dict[str, Any] = {"near": "group", "similarity": 0.5, "shingle_words": 3, "permutations": 64}


def corpus(*texts: str) -> Corpus:
    table = pd.DataFrame({"row": np.arange(len(texts)), "text": texts, "label": np.int8(0)})
    return Corpus(table, "toy", "spam", "ham", stand_in=False, changes=[])


def test_messages_with_words_are_cleaned_as_ever() -> None:
    messages = corpus("Caf&eacute; — don't!", "  two\nlines ", "日本語、ok")
    cleaned = clean_for_groups(messages, NO_FILE, **WORDS)
    pd.testing.assert_frame_equal(cleaned.table, clean_corpus(messages, NO_FILE, **WORDS).table)
    assert cleaned.changes == [], "models read what is there"


def test_messages_without_words_stand_for_themselves() -> None:
    cleaned = clean_for_groups(corpus("😀  😀\n🎉", " :)", "\u200d"), NO_FILE, **WORDS)
    assert cleaned.table["text"].tolist() == ["😀 😀 🎉", ":)", "\u200d"]


def test_nothing_but_emoji_is_pooled() -> None:
    messages = corpus("😀", "🎉🎉", "😀 ", "😀", "🎁 🎉 😀 💰", "🎁 🎉 😀 💰 💰")
    pool = pool_messages(messages, clean_for_groups(messages, NO_FILE, **WORDS), exact="drop", **POOLING)
    assert pool.rows.tolist() == [0, 1, 2, 4, 5]
    assert pool.groups.tolist() == [0, 1, 0, 0, 2, 2]
