"""Made messages as texts and as symbols, and what made models pay for them and write."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.artifacts import Corpus, Split
from pipeline.artifacts.characters import Alphabet, Characters, References, Samples, Shape, Surprisal, Writer

WORDS = {
    0: ["see", "you", "home", "later", "ok", "lunch", "mum", "bus"],
    1: ["win", "cash", "prize", "urgent", "call", "claim", "free", "txt"],
}


@dataclass(frozen=True)
class Made:
    """A corpus with its split; every third row is a training message, a validation message, a test message."""

    corpus: Corpus
    split: Split
    characters: Characters

    @property
    def texts(self) -> list[str]:
        """Of all rows."""
        return self.corpus.table["text"].tolist()


def made(n: int = 90, *, texts: list[str] | None = None, published: bool = False, seed: int = 0) -> Made:
    """Groups are pairs of messages of one part; `published`: all parts are the whole."""
    random = np.random.default_rng(seed)
    labels = (random.random(n) < 0.4).astype(np.int8)
    texts = texts or [" ".join(random.choice(WORDS[label], 5)) for label in labels.tolist()]
    labels = labels[: len(texts)]
    rows = np.arange(len(texts), dtype=np.int64)
    table = pd.DataFrame({"row": rows + 100, "text": texts, "label": labels})
    train, validation, test = (rows if published else rows[rows % 3 == part] for part in range(3))
    split = Split(train, validation, test, labels, rows // 6 * 3 + rows % 3, 0.0, 0.0, published)
    return Made(Corpus(table, "made", "spam", "ham", False, []), split, encode(texts))


def encode(texts: list[str], has_unknown: bool = False) -> Characters:
    known = sorted(set("".join(texts)))
    place = {character: symbol for symbol, character in enumerate(known, start=1)}
    symbols = [[*(place[character] for character in text), 0] for text in texts]
    edges = np.cumsum([0, *map(len, symbols)])
    return Characters(Alphabet(known, has_unknown), np.concatenate(symbols).astype(np.uint16), edges)


def surprisal(name: str, references: References, of: str = "ngram_2", noise: float = 0.0, seed: int = 0) -> Surprisal:
    """A network that pays what an n-gram model pays, give or take some noise in each message."""
    own = references.ngrams[references.ngrams["name"] == of].drop(columns="name")
    random = np.random.default_rng(seed)
    table = own.assign(bits=own["bits"] * (1 + noise * random.normal(size=len(own))))
    return Surprisal(name, table, np.zeros(0, np.float32))


def samples(name: str, texts: list[str], **columns: Any) -> Samples:
    """One set of messages, unless the columns say otherwise."""
    table = pd.DataFrame({"temperature": 1.0, "draw": 0, "label": np.int8(-1), "text": texts})
    table["characters"] = [len(text) for text in texts]
    return Samples(name, table.assign(ended=True).assign(**columns), 1.0)


def writer(name: str, scheme: Any, val_bits: list[float], seconds: float, **changes: Any) -> Writer:
    epochs = np.arange(1, len(val_bits) + 1)
    history = pd.DataFrame({"epoch": epochs, "val_bits": val_bits, "seconds": seconds})
    shape = Shape("lstm", 8, None, 0.0, 0.0)
    none = np.zeros(1, np.float32)
    fields = {"build": shape, "conditional": False, "weights": none, "num_params": 1, "opening": none} | changes
    return Writer(name, scheme, **fields, history=history, kept_epoch=1, stopped_early=False)


def totals(references: References, part: str = "test") -> dict[str, float]:
    """Bits per character of each n-gram model."""
    summed = references.ngrams[references.ngrams["part"] == part].groupby("name")[["bits", "characters"]].sum()
    return dict(zip(summed.index, summed["bits"] / summed["characters"], strict=True))


def symbols(*messages: str) -> list[NDArray[np.uint16]]:
    """Messages of the letters a, b, c, ..., which are the symbols 1, 2, 3, ..., each closed by the end."""
    return [np.array([*(ord(letter) - ord("a") + 1 for letter in text), 0], np.uint16) for text in messages]
