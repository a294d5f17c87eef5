"""Which way of training comes to the same bits per character sooner?"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from pipeline.artifacts.characters import Writer

COLUMNS = (
    "streamed", "windowed", "val_bits", "windowed_epochs", "windowed_seconds", "streamed_epochs", "streamed_seconds",
)  # fmt: skip


def race(writers: Sequence[Writer]) -> pd.DataFrame:
    """One row a pair of networks with the same layers, one trained on a stream and one on windows.

    Columns: `streamed`, `windowed` (names), `val_bits` (the least that the windowed one reached on the validation
    part), `windowed_epochs`, `windowed_seconds` (until it did), `streamed_epochs`, `streamed_seconds` (until the
    streamed one first paid no more; NaN: never). Seconds are of training and validation.
    """
    rows = []
    for windowed in (one for one in writers if one.scheme == "windowed"):
        for streamed in (one for one in writers if one.scheme == "streamed" and _are_twins(one, windowed)):
            least = float(windowed.history["val_bits"].min())
            to_reach = (*_until(windowed.history, least), *_until(streamed.history, least))
            rows.append((streamed.name, windowed.name, least, *to_reach))
    numbers = dict.fromkeys(COLUMNS[2:], np.float64)
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype({"streamed": str, "windowed": str} | numbers)


def _are_twins(one: Writer, other: Writer) -> bool:
    return one.build == other.build and one.conditional == other.conditional


def _until(history: pd.DataFrame, bits: float) -> tuple[float, float]:
    """Epochs and seconds until the validation bits were first this low."""
    reached = np.flatnonzero(history["val_bits"] <= bits)
    if not len(reached):
        return np.nan, np.nan
    return float(reached[0] + 1), float(history["seconds"].iloc[: reached[0] + 1].sum())
