"""What the compiled loops should come to, in plain Python, and made streams to try both on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import accumulate, cycle, pairwise, takewhile
from unicodedata import ucd_3_2_0

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray
from sklearn.utils import murmurhash3_32

from pipeline.online.settings import FilterSettings

SETTINGS = FilterSettings("naive_bayes", (1, 2), 10, 1, 0, "ngrams", 0.3)
LEARNERS = ("naive_bayes", "exact_naive_bayes", "perceptron", "averaged_perceptron", "logistic")
AWKWARD = "aZ09 _-.$^`£€©™ß中한😀𝐀\0\n"
AWKWARD += "\u0130\u0131\u01c5\u0301\u0930\u093f\u0660\u00b2\u2126\u10a0\u04c0\ufffd\u200d\U0010ffff"

# Any characters, many of them awkward ones: of all planes and categories, half of a surrogate pair too.
texts = st.text(st.one_of(st.sampled_from(AWKWARD), st.characters(), st.sampled_from("\ud800\udfff")), max_size=30)
# Any bytes, many of which nearly are UTF-8.
PIECES = [b"a", b" ", b"B", b"\0", "é£".encode(), "中".encode(), "😀".encode(), b"\xf0\x9f\x98", b"\xe4\xb8", b"\xc3"]
PIECES += [b"\x80", b"\xbf", b"\xff", b"\xc0\xaf", b"\xe0\x80\xaf", b"\xed\xa0\x80", b"\xf0\x80\x80\x80", b"\xf4\x90"]
PIECES += [b"\xef\xbf\xbd", b"\xf4\x8f\xbf\xbf", b"\xf8\x88\x80\x80\x80", b"\xe0\xa0", b"\xed\x9f\xbf", b"\xf1\x80\x80"]
spoilt = st.one_of(st.binary(max_size=30), st.lists(st.sampled_from(PIECES), max_size=12).map(b"".join))


def made(learner: str = "naive_bayes", **changes: object) -> FilterSettings:
    """Settings of small filters."""
    return replace(SETTINGS, learner=learner, **changes)  # pyright: ignore[reportArgumentType]


def words_of(text: str) -> list[str]:
    """The words of a text, by the rule that `pipeline.online.characters` states."""
    words, inside = [], False
    for character in text:
        category = ucd_3_2_0.category(character)
        if ord(character) > 0xFFFF or (category in ("Sc", "So") and character != "\ufffd"):
            words.append(character)
            inside = False
        elif category[0] in "LMN":
            words[-1:] = [words[-1] + _lower(character)] if inside else [*words[-1:], _lower(character)]
            inside = True
        else:
            inside = False
    return words


def _lower(character: str) -> str:
    """Its lower case, where that is one letter that Unicode 3.2 has."""
    lower = character.lower()
    return lower if len(lower) == 1 and ucd_3_2_0.category(lower)[0] == "L" else character


def ngrams_of(words: Sequence[str], low: int, high: int) -> list[str]:
    """Distinct n-grams in order of appearance; of those that begin at one word, the shortest first."""
    runs = (
        words[at : at + size] for at in range(len(words)) for size in range(low, high + 1) if at + size <= len(words)
    )
    return list(dict.fromkeys(" ".join(run) for run in runs))


def hashed(ngram: str, seed: int) -> int:
    """All 32 bits of its hash, by scikit-learn."""
    return murmurhash3_32(ngram.encode(), seed=seed, positive=True)


def buckets_of(texts: Iterable[str], settings: FilterSettings) -> list[NDArray[np.uint32]]:
    """Of each message the buckets (n-grams, K) of its distinct n-grams; with one row, distinct buckets."""
    seeds = [(settings.hash_seed + k) % 2**32 for k in range(settings.num_hashes)]
    found = []
    for text in texts:
        rows = [[hashed(ngram, seed) % settings.buckets for seed in seeds] for ngram in
                ngrams_of(words_of(text), *settings.ngrams)]  # fmt: skip
        if settings.num_hashes == 1:
            rows = [[bucket] for bucket in dict.fromkeys(row[0] for row in rows)]
        found.append(np.array(rows, np.uint32).reshape(-1, settings.num_hashes))
    return found


def made_stream(seed: int, num: int = 60, words: int = 40) -> tuple[list[str], NDArray[np.int8]]:
    """Messages of up to 12 words, some of none, and labels; words with high numbers are rare, half tell the class."""
    random = np.random.default_rng(seed)
    labels = (random.random(num) < 0.4).astype(np.int8)
    labels[:2] = 0, 1
    told = []
    for label in labels:
        drawn = np.minimum(random.zipf(1.4, random.integers(0, 13)), words)
        told.append(" ".join(f"w{word}" if word % 2 else f"{'hs'[label]}{word}" for word in drawn))
    return told, labels


def cut(num: int, *sizes: int) -> list[tuple[int, int]]:
    """Where blocks begin and end that have these sizes, over and over."""
    ends = accumulate(cycle(sizes))
    return list(pairwise([0, *takewhile(lambda end: end < num, ends), num]))
