"""What detectors said of the messages, row by row in one order for all of them.

Shapes: v validation messages, n test messages.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.artifacts import Predictions
from pipeline.artifacts.detection import Detection, Measure
from pipeline.errors import UserError

MEASURES: tuple[Measure, ...] = ("message", "word", "residual")
SUPERVISED = "tfidf"


@dataclass(frozen=True)
class Reading:
    """One measure of one bound of a detector.

    Attributes:
        detector, bound, measure: which.
        is_main: whether it stands for the detector.
        validation: (v,) costs.
        test: (n,) costs.
    """

    detector: str
    bound: str
    measure: Measure
    is_main: bool
    validation: NDArray[np.float64]
    test: NDArray[np.float64]


def needs_labels(one: Detection) -> bool:
    """Whether labels pick what it is fitted on, or are what it learns."""
    return one.fitted_on == "negative" or one.model == "supervised"


def supervised(baselines: Predictions, fitted: tuple[int, int]) -> Detection:
    """The classifier that was given all training labels as one more detector; its probability is its cost."""
    table = baselines.table
    scores = pd.DataFrame(
        {
            "bound": "cost",
            "part": table["part"],
            "row": table["row"],
            "message": table["tfidf_all_rows"],
            "word": np.nan,
            "residual": np.nan,
        }
    )
    return Detection(
        name=SUPERVISED,
        model="supervised",
        fitted_on="all",
        weighting="message",
        description=baselines.descriptions["tfidf_all_rows"],
        fitted=list(fitted),
        scores=scores,
        main="cost",
        history=pd.DataFrame(),
        kept_epoch=0,
        num_params=0,
        active_units=None,
        num_latent=None,
        latents=pd.DataFrame(),
        latent_shares=[],
        words=pd.DataFrame(),
    )


def read_detections(
    detections: Sequence[Detection],
    validation: NDArray[np.integer],
    test: NDArray[np.integer],
    *,
    measure: Measure,
) -> list[Reading]:
    """All measures that the detectors have, detector by detector; one of each is its main one.

    Args:
        detections: what the detectors said.
        validation: (v,) rows of the corpus, in the order wanted.
        test: (n,) likewise.
        measure: stands for every detector that has it; the others are stood for by "message".

    Raises:
        UserError: two detectors have the same name, or a score is not finite.
    """
    names = [one.name for one in detections]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise UserError(
            f"Several detectors are called {twice[0]!r}.",
            expected=f"a name of its own for each detector; {SUPERVISED!r} is that of the supervised classifier",
            remedy="Rename one of them in detectors.",
        )
    readings: list[Reading] = []
    for one in detections:
        for bound, table in one.scores.groupby("bound", sort=False):
            main = measured_by(table, measure)
            is_main_bound = bound == one.main
            for kind in MEASURES:
                if table[kind].isna().all() and kind != "message":
                    continue
                parts = [
                    align(table[table["part"] == part], kind, rows, f"The detector {one.name!r}")
                    for part, rows in (("validation", validation), ("test", test))
                ]
                readings.append(Reading(one.name, str(bound), kind, is_main_bound and kind == main, *parts))
        assert any(it.is_main for it in readings if it.detector == one.name), f"{one.name} has no scores of {one.main}"
    return readings


def main_bound(readings: Sequence[Reading], metric: NDArray[np.float64]) -> dict[tuple[str, str], NDArray[np.float64]]:
    """The rows of a metric by detector and measure, of the bound that stands for each detector.

    Shapes: metric (M, 1 + R), a row a reading; results (1 + R,).
    """
    bounds = {it.detector: it.bound for it in readings if it.is_main}
    return {
        (it.detector, it.measure): metric[place] for place, it in enumerate(readings) if it.bound == bounds[it.detector]
    }


def measured_by(table: pd.DataFrame, measure: Measure) -> Measure:
    """`measure` where the scores have it, else "message"."""
    return "message" if table[measure].isna().all() else measure


def align(table: pd.DataFrame, measure: Measure, rows: NDArray[np.integer], who: str) -> NDArray[np.float64]:
    """The scores of the rows of the corpus, in their order.

    Shapes: rows and result (n,).

    Raises:
        UserError: a score is not finite.
    """
    scores = table.set_index("row")[measure]
    assert scores.index.is_unique, f"{who} scores a message twice"
    assert np.array_equal(np.sort(scores.index), np.sort(rows)), f"{who} scores other messages than these {len(rows)}"
    values = scores.reindex(rows).to_numpy(np.float64)
    is_finite = np.isfinite(values)
    if not is_finite.all():
        first = is_finite.argmin()
        raise UserError(
            f"{who} gives {(~is_finite).sum()} of {len(rows)} messages no finite score ({measure!r}); "
            f"the first is {values[first]} in row {rows[first]}.",
            expected="costs that are finite numbers",
            remedy="Look at its training loss: a learning rate that is too high makes a network diverge.",
        )
    return values
