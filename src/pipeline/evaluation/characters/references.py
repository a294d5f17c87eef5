"""What any language model must beat: n-grams of every order, and general compressors.

Shapes: N rows of the corpus.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from pipeline.artifacts import Rows, Split
from pipeline.artifacts.characters import Characters, References
from pipeline.evaluation.characters.compression import COMPRESSORS, added_bits, join
from pipeline.evaluation.characters.ngrams import fit_ngrams, ngram_name


def refer(texts: list[str], characters: Characters, split: Split, *, orders: int) -> References:
    """What each of them pays for the validation and test parts after having read the training part.

    Args:
        texts: of all N rows, as the corpus has them.
        characters: the same as symbols.
        split: whose training part is read, in the order of the corpus, and whose other parts are paid for.
        orders: of the n-gram models, 1 to this one.
    """
    ngrams = _pay_ngrams(characters, split, orders)
    validation = ngrams[ngrams["part"] == "validation"].groupby("name", sort=False)["bits"].sum()
    return References(ngrams, _compress(texts, characters, split), ngram=str(validation.idxmin()))


def _parts(split: Split) -> Iterator[tuple[str, Rows]]:
    yield "validation", split.validation
    yield "test", split.test


def _pay_ngrams(characters: Characters, split: Split, orders: int) -> pd.DataFrame:
    fitted = fit_ngrams(characters.take(split.train), characters.alphabet.num_symbols, orders=orders)
    tables = []
    for part, rows in _parts(split):
        lengths = characters.lengths[rows]
        paid = np.add.reduceat(fitted.symbol_bits(characters.take(rows)), np.cumsum(lengths) - lengths, axis=1)
        for order, bits in enumerate(paid, start=1):
            columns = {"name": ngram_name(order), "part": part, "row": rows, "characters": lengths, "bits": bits}
            tables.append(pd.DataFrame(columns))
    return pd.concat(tables, ignore_index=True).sort_values("name", kind="stable", ignore_index=True)


def _compress(texts: list[str], characters: Characters, split: Split) -> pd.DataFrame:
    train, *parts = (
        join([texts[row] for row in rows.tolist()]) for rows in (split.train, split.validation, split.test)
    )
    found = [
        (name, part, added_bits(name, train, data) / int(characters.lengths[rows].sum()))
        for name in COMPRESSORS
        for (part, rows), data in zip(_parts(split), parts, strict=True)
    ]
    return pd.DataFrame(found, columns=["name", "part", "bits"])
