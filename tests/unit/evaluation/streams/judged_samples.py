"""Made streams, and what made models say of them."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.artifacts.streams import Passes, Stream


def messages(seed: int, n: int = 60, share: float = 0.4) -> tuple[NDArray[np.int8], NDArray[np.float64], NDArray]:
    """Labels, scores in steps of 1/4, so that many are tied, within a class and across, and what is called."""
    random = np.random.default_rng(seed)
    labels = (random.random(n) < share).astype(np.int8)
    labels[:2] = 0, 1
    scores = np.round(4 * (2 * labels - 1 + random.normal(0, 1.5, n))) / 4
    return labels, scores, scores > 0


def stream_of(labels: NDArray[np.integer], *, changed_at: int | None = None, group_size: int = 1) -> Stream:
    """Groups are `group_size` messages in a row; all but the first of a group are familiar."""
    rows = np.arange(len(labels))
    table = pd.DataFrame(
        {
            "row": rows,
            "text": "a message",
            "label": labels.astype(np.int8),
            "group": rows // group_size,
            "familiar": rows % group_size > 0,
        }
    )
    replaced = pd.DataFrame({"word": [], "replacement": [], "messages": []})
    return Stream(table, "file", is_sorted=False, num_copies=0, changed_at=changed_at, replaced=replaced)


def passes_of(scores: dict[str, NDArray[np.floating]], first: dict[str, int] | None = None) -> Passes:
    """`first` has the position of the first message that a model scores, where that is not 0."""
    tables = []
    for model, of_all in scores.items():
        positions = np.arange((first or {}).get(model, 0), len(of_all))
        of_these = of_all[positions]
        tables.append(pd.DataFrame({"model": model, "position": positions, "score": of_these, "called": of_these > 0}))
    models = pd.DataFrame({"model": list(scores)})
    return Passes(pd.concat(tables, ignore_index=True), models, pd.DataFrame(), period=1, delay=0)
