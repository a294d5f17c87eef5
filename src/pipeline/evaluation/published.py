"""Figures that the source documents report, to be set beside ours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files

import numpy as np
import pandas as pd

GROUPS = ["dataset", "model", "embedding", "sampling", "split"]


@dataclass(frozen=True)
class Published:
    """A figure of a source document.

    Attributes:
        metric: "recall".
        value: the figure; with folds their mean.
        is_approximate: whether the source says "about".
        source: the document.
        values: of each fold; empty without folds.
    """

    metric: str
    value: float
    is_approximate: bool
    source: str
    values: list[float]


def published_figures(choices: Mapping[str, str]) -> list[Published]:
    """What the sources report for a run of these choices, config group -> file; of each metric one figure."""
    table = _table()
    chosen = table[(table[GROUPS] == [choices.get(group, "") for group in GROUPS]).all(axis=1)]
    return [
        Published(
            metric=str(metric),
            value=float(np.mean(rows["value"])),
            is_approximate=bool(rows["note"].str.startswith("about").any()),
            source=str(rows["source"].iloc[0]),
            values=rows["value"].tolist() if len(rows) > 1 else [],
        )
        for metric, rows in chosen.groupby("metric", sort=False)
    ]


def _table() -> pd.DataFrame:
    """`published.csv`: one row a figure and fold."""
    with files("pipeline.evaluation").joinpath("published.csv").open(encoding="utf-8") as file:
        return pd.read_csv(file, keep_default_na=False)  # or the choice "none" would be read as missing
