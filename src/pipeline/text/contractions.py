"""Contractions written as two words, the way the Penn Treebank and GloVe 6B write them."""

from __future__ import annotations

import re

_CLITICS = ("s", "m", "d", "ll", "re", "ve")
_NEGATION = re.compile(r"(?<=\w)(?=n't\b)", re.IGNORECASE)
_CLITIC = re.compile(rf"(?<=\w)(?='(?:{'|'.join(_CLITICS)})\b)", re.IGNORECASE)


def split_contractions(text: str) -> str:
    """Write "don't" as "do n't", "i'm" as "i 'm", "john's" as "john 's"; "can't" becomes "ca n't", "won't" "wo n't".

    Source: Penn Treebank tokenisation as NLTK's `NLTKWordTokenizer` states it, for the straight apostrophe.
    Deviation: "cannot", "gonna", "gimme" and their like stay whole: GloVe 6B has a vector for each.
    """
    if "'" not in text:
        return text
    return _CLITIC.sub(" ", _NEGATION.sub(" ", text))


def split_stop_words(stop_words: frozenset[str]) -> frozenset[str]:
    """The stop words with the clitics of their contractions, so that the list still fits texts that were split.

    "mustn't" adds "n't" but not "must", which a list that leaves it out means to keep. A clitic that the list holds
    without its apostrophe ("s", "m" in NLTK's) is meant with it too.
    """
    pieces = {piece for word in stop_words for piece in split_contractions(word).split() if "'" in piece}
    clitics = {f"'{clitic}" for clitic in _CLITICS if clitic in stop_words}
    return stop_words | pieces | clitics
