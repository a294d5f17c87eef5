"""From raw messages to words separated by single blanks."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from pipeline.artifacts import RowChange
from pipeline.text.contractions import split_contractions, split_stop_words
from pipeline.text.stem import Stemming, stemmer

Characters = Literal["words", "keras", "all"]
Contractions = Literal["keep", "split"]

# Only entities that end in a semicolon: `html.unescape` alone also turns the "&sect" of "?a=1&section=2" into "§".
_ENTITY = re.compile(r"&#?\w+;")
_C1 = {code: bytes([code]).decode("cp1252", "ignore") for code in range(0x80, 0xA0)}
_APOSTROPHES = str.maketrans(dict.fromkeys("‘’ʼ´", "'"))
_KERAS_FILTERS = str.maketrans(dict.fromkeys('!"#$%&()*+,-./:;<=>?@[\\]^_`{|}~\t\n', " "))


@dataclass(frozen=True)
class CleanResult:
    """Cleaned texts, one for each that came in, and what cleaning altered.

    Attributes:
        texts: words separated by single blanks; empty where no word was left.
        changes: rows altered, each with its reason; `first_row` is a position in `texts`.
    """

    texts: list[str]
    changes: list[RowChange]


def clean_texts(
    texts: Sequence[str],
    *,
    unicode: bool,
    lower: bool,
    characters: Characters,
    contractions: Contractions,
    stop_words: frozenset[str],
    stemming: Stemming,
) -> CleanResult:
    """Turn messages into words by the chosen steps, in the order of the arguments.

    Args:
        unicode: decode HTML entities, read C1 control characters as cp1252, straighten apostrophes, normalise to NFKC
            and remove control characters.
        lower: lower-case.
        characters: "words" keeps letters, digits and the apostrophes inside words, of any script; "keras" blanks out
            what the Keras `Tokenizer` filters by default; "all" only splits at white space. Scripts that are written
            without blanks stay one word a clause: nothing here segments Chinese.
        contractions: "split" writes "don't" as "do n't", the way GloVe 6B does.
        stop_words: lower-case words to take out, whatever the case in the text; contractions are split in them too.
        stemming: stemmer of English words; "snowball" also lower-cases.
    """
    cleaned, changes = _repair_unicode(list(texts)) if unicode else (list(texts), [])
    if lower:
        cleaned = [text.lower() for text in cleaned]
    cleaned = _select_characters(cleaned, characters)
    if contractions == "split":
        cleaned = [split_contractions(text) for text in cleaned]
        stop_words = split_stop_words(stop_words)
    cleaned = _rewrite_words(cleaned, stop_words, stemming)
    empty = _change("no word left after cleaning", [row for row, text in enumerate(cleaned) if not text])
    return CleanResult(cleaned, changes + empty)


def _repair_unicode(texts: list[str]) -> tuple[list[str], list[RowChange]]:
    steps: tuple[tuple[str, Callable[[str], str]], ...] = (
        ("HTML entities decoded", lambda text: _ENTITY.sub(lambda entity: html.unescape(entity[0]), text)),
        ("C1 control characters read as cp1252", lambda text: text.translate(_C1)),
        ("typographic apostrophes written straight", lambda text: text.translate(_APOSTROPHES)),
        ("Unicode normalised to NFKC", lambda text: unicodedata.normalize("NFKC", text)),
        ("control characters removed", _RemoveControls().apply),
    )
    changes: list[RowChange] = []
    for reason, repair in steps:
        repaired = [repair(text) for text in texts]
        changes += _change(reason, [row for row, text in enumerate(texts) if text != repaired[row]])
        texts = repaired
    return texts, changes


class _RemoveControls(dict[int, int | None]):
    """A table for `str.translate` that looks each distinct character up once and drops the invisible ones."""

    def __missing__(self, code: int) -> int | None:
        character = chr(code)
        # Variation selectors are marks, not controls, but like these say only how the character before is drawn.
        invisible = unicodedata.category(character) in {"Cc", "Cf"} or 0xFE00 <= code <= 0xFE0F
        self[code] = None if invisible and not character.isspace() else code
        return self[code]

    def apply(self, text: str) -> str:
        return text.translate(self)


def _select_characters(texts: list[str], characters: Characters) -> list[str]:
    if characters == "words":
        word = _word_pattern(texts)
        return [" ".join(word.findall(text.replace("_", " "))) for text in texts]
    if characters == "keras":
        # The Keras tokeniser splits at blanks alone; other white space than tab and newline stays inside its words.
        return [" ".join(filter(None, text.translate(_KERAS_FILTERS).split(" "))) for text in texts]
    return [" ".join(text.split()) for text in texts]


def _word_pattern(texts: list[str]) -> re.Pattern[str]:
    # Python's \w lacks combining marks, without which Hindi vowels and decomposed accents would break words apart.
    alphabet = set().union(*(text for text in texts if not text.isascii()))
    marks = "".join(sorted(character for character in alphabet if unicodedata.category(character) in {"Mn", "Mc"}))
    return re.compile(rf"\w[\w{marks}]*(?:'[\w{marks}]+)*")


def _rewrite_words(texts: list[str], stop_words: frozenset[str], stemming: Stemming) -> list[str]:
    if not stop_words and stemming == "none":
        return texts
    stem = stemmer(stemming)
    distinct = {word for text in texts for word in text.split(" ")}
    written = {word: "" if word.lower() in stop_words else stem(word) for word in distinct}
    return [" ".join(filter(None, map(written.__getitem__, text.split(" ")))) for text in texts]


def _change(reason: str, rows: list[int]) -> list[RowChange]:
    return [RowChange("altered", reason, len(rows), rows[0])] if rows else []
