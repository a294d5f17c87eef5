"""Stemmers of English words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

Stemming = Literal["none", "porter", "snowball"]


def stemmer(stemming: Stemming) -> Callable[[str], str]:
    """The function from a word to its stem.

    Source: M. Porter, "An algorithm for suffix stripping", 1980 ("porter", with NLTK's extensions); Snowball's English
        stemmer, also called Porter2 ("snowball").
    """
    if stemming == "none":
        return str
    from nltk.stem.porter import PorterStemmer
    from nltk.stem.snowball import EnglishStemmer

    if stemming == "porter":
        porter = PorterStemmer()
        return lambda word: porter.stem(word, to_lowercase=False)
    snowball = EnglishStemmer()
    # Snowball strips apostrophes, and would leave nothing of a word that consists of them.
    return lambda word: snowball.stem(word) or word
