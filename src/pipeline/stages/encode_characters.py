"""From messages to symbols."""

from __future__ import annotations

from typing import Literal

import numpy as np

from pipeline.artifacts import Corpus, Split
from pipeline.artifacts.characters import Alphabet, Characters
from pipeline.errors import UserError
from pipeline.ranges import Count
from pipeline.text.alphabet import LARGEST, count_characters, encode


def encode_characters(
    corpus: Corpus, split: Split, *, alphabet_from: Literal["train", "all"], min_count: Count
) -> Characters:
    """Take the alphabet from the training part, and write every message of the split in it.

    Args:
        alphabet_from: "all" repeats a published fault: characters of held-out messages are known beforehand.
        min_count: a character that occurs less often stands for all that are not known, so that a model learns how
            likely one of these is. Where all characters are taken, none is left to be unknown.

    Raises:
        UserError: no character occurs so often, or there are more than symbols can tell apart.
    """
    is_used = np.isin(np.arange(len(corpus.table)), split.used)
    texts = [text if used else "" for text, used in zip(corpus.table["text"], is_used, strict=True)]
    counts = count_characters(texts if alphabet_from == "all" else [texts[row] for row in split.train])
    kept = sorted(character for character, count in counts.items() if count >= min_count)
    _refuse_sizes(len(kept), min_count)
    alphabet = Alphabet(kept, has_unknown=alphabet_from == "train" or len(kept) < len(counts))
    return Characters(alphabet, *encode(texts, alphabet))


def _refuse_sizes(number: int, min_count: int) -> None:
    if not number:
        raise UserError(
            f"No character occurs alphabet.min_count = {min_count} times in the training messages.",
            expected="an alphabet of one character or more",
            remedy="Lower alphabet.min_count, or give more messages.",
        )
    if number > LARGEST - 1:
        raise UserError(
            f"The messages hold {number:,} different characters.",
            expected=f"at most {LARGEST - 1:,}",
            remedy="Raise alphabet.min_count: rarer characters then share one symbol.",
        )
