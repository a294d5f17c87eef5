"""What any language model must beat: n-grams of every order, and general compressors.

Shapes: N rows of the corpus, K orders, E symbols of the test messages.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.artifacts import Rows, Split
from pipeline.artifacts.characters import Characters, References
from pipeline.evaluation.characters.compression import COMPRESSORS, added_bits, join
from pipeline.evaluation.characters.ngrams import fit_ngrams, ngram_name, order_of


def refer(texts: list[str], characters: Characters, split: Split, *, orders: int) -> References:
    """What each of them pays for the validation and test parts after having read the training part.

    Args:
        texts: of all N rows, as the corpus has them.
        characters: the same as symbols.
        split: whose training part is read, in the order of the corpus, and whose other parts are paid for.
        orders: of the n-gram models, 1 to this one.
    """
    ngrams, test_bits = _pay_ngrams(characters, split, orders)
    validation = ngrams[ngrams["part"] == "validation"].groupby("name", sort=False)["bits"].sum()
    name = str(validation.idxmin())
    compressors = _compress(texts, characters, split)
    return References(ngrams, compressors, name, test_bits[order_of(name) - 1].astype(np.float32))


def _parts(split: Split) -> Iterator[tuple[str, Rows]]:
    """Those that are paid for, the test part last."""
    yield "validation", split.validation
    yield "test", split.test


def _pay_ngrams(characters: Characters, split: Split, orders: int) -> tuple[pd.DataFrame, NDArray[np.float64]]:
    """The table `ngrams` of `References`, and what each order pays for each symbol of the test messages, (K, E)."""
    fitted = fit_ngrams(characters.take(split.train), characters.alphabet.num_symbols, orders=orders)
    tables, symbol_bits = [], np.empty((orders, 0))
    for part, rows in _parts(split):
        lengths = characters.lengths[rows]
        symbol_bits = fitted.symbol_bits(characters.take(rows))
        paid = np.add.reduceat(symbol_bits, np.cumsum(lengths) - lengths, axis=1)
        for order, bits in enumerate(paid, start=1):
            columns = {"name": ngram_name(order), "part": part, "row": rows, "characters": lengths, "bits": bits}
            tables.append(pd.DataFrame(columns))
    table = pd.concat(tables, ignore_index=True).sort_values("name", kind="stable", ignore_index=True)
    return table, symbol_bits


def _compress(texts: list[str], characters: Characters, split: Split) -> pd.DataFrame:
    train, *parts = (
        join([texts[row] for row in rows.tolist()]) for rows in (split.train, split.validation, split.test)
    )
    found = [
        (name, part, bits / int(characters.lengths[rows].sum()))
        for name in COMPRESSORS
        for (part, rows), bits in zip(_parts(split), added_bits(name, train, parts), strict=True)
    ]
    return pd.DataFrame(found, columns=["name", "part", "bits"])
