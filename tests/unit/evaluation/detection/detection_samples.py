"""Made messages, and what made detectors say of them."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.artifacts import Predictions
from pipeline.artifacts.detection import Contamination, Detection, DetectionScores, FittedOn, Weighting
from pipeline.evaluation.detection.judge import judge

NOTHING = Contamination(
    pd.DataFrame({name: [] for name in ("model", "share", "row", "message", "word", "residual")}), num_fitted=0
)


@dataclass(frozen=True)
class Messages:
    """A corpus of which rows 0, 3, 6, ... are of no part.

    Shapes: labels, groups, known (N,); validation (v,), test (n,).
    """

    labels: NDArray[np.int8]
    groups: NDArray[np.int64]
    known: NDArray[np.int64]
    validation: NDArray[np.intp]
    test: NDArray[np.intp]

    def costs(self, seed: int, signal: float = 1.0) -> NDArray[np.float64]:
        """(N,) in steps of 1/8, so that many are tied; the more `signal`, the better they tell the positive class."""
        noise = np.random.default_rng(seed).normal(0, 1, len(self.labels))
        return np.round(8 * (20 + signal * self.labels + noise)) / 8

    @property
    def baselines(self) -> Predictions:
        """TF-IDF, whose probabilities are those of a good detector."""
        rows = np.concatenate([self.validation, self.test])
        table = pd.DataFrame(
            {
                "part": ["validation"] * len(self.validation) + ["test"] * len(self.test),
                "row": rows,
                "label": self.labels[rows],
                "tfidf": 0.5,
                "tfidf_all_rows": 1 / (1 + np.exp(20 - self.costs(seed=99, signal=4)))[rows],
            }
        )
        return Predictions(table, {"tfidf_all_rows": "TF-IDF with all labels"})


def messages(n: int = 300, share: float = 0.2, seed: int = 0) -> Messages:
    """Groups are two messages in a row."""
    random = np.random.default_rng(seed)
    labels = (random.random(n) < share).astype(np.int8)
    rows = np.arange(n)
    return Messages(labels, rows // 2, random.integers(0, 30, n), rows[rows % 3 == 1], rows[rows % 3 == 2])


def detection(
    made: Messages,
    name: str,
    costs: NDArray[np.floating],
    *,
    model: str = "vae",
    fitted_on: FittedOn = "all",
    weighting: Weighting = "message",
    residual: NDArray[np.floating] | float = np.nan,
) -> Detection:
    """A detector with one bound, its scores in an order of their own.

    Shapes: costs and residual (N,).
    """
    whole = pd.DataFrame({"row": np.arange(len(costs)), "message": costs, "word": np.nan, "residual": residual})
    parts = {"test": made.test[::-1], "validation": made.validation}
    tables = [whole.iloc[rows].assign(part=part, bound="cost") for part, rows in parts.items()]
    return Detection(
        name=name,
        model=model,
        fitted_on=fitted_on,
        weighting=weighting,
        description=f"{name} of the tests",
        fitted=[80, 20],
        scores=pd.concat(tables, ignore_index=True),
        main="cost",
        history=pd.DataFrame(),
        kept_epoch=3,
        num_params=7,
        active_units=2 if model == "vae" else None,
        num_latent=4 if model == "vae" else None,
        latents=pd.DataFrame(),
        latent_shares=[],
        words=pd.DataFrame(),
    )


def with_bound(one: Detection, bound: str, more: float) -> Detection:
    """The detector with a second bound, whose costs are those of the first and `more`."""
    table = one.scores.assign(bound=bound, message=one.scores["message"] + more)
    return replace(one, scores=pd.concat([one.scores, table], ignore_index=True))


def family(made: Messages) -> list[Detection]:
    """Length, unigram densities and two others, one of which needs labels."""
    length = made.known + 1.0
    return [
        detection(made, "length", length, model="length"),
        detection(made, "words", made.costs(1), model="unigram", residual=made.costs(2)),
        detection(made, "words_ham", made.costs(3, 2), model="unigram", fitted_on="negative", residual=made.costs(4)),
        detection(made, "net", made.costs(5), residual=made.costs(6, 1.5)),
        detection(made, "net_ham", made.costs(7, 2), fitted_on="negative", residual=made.costs(8, 2.5)),
        detection(made, "forest_unsuspected", made.costs(9), model="isolation_forest", fitted_on="unsuspected"),
    ]


def contamination(made: Messages, shares: tuple[float, ...] = (0.0, 0.1, 0.2)) -> Contamination:
    """The signal falls with the share."""
    tables = [
        pd.DataFrame(
            {
                "model": model,
                "share": share,
                "row": made.test,
                "message": made.costs(seed, 2 - 5 * share)[made.test],
                "word": np.nan,
                "residual": np.nan,
            }
        )
        for seed, model in enumerate(("vae", "unigram"))
        for share in shares
    ]
    return Contamination(pd.concat(tables, ignore_index=True), num_fitted=50)


def judged(
    made: Messages, detections: list[Detection], contaminated: Contamination = NOTHING, **settings: Any
) -> DetectionScores:
    """The verdict with few resamples."""
    usual = {"measure": "message", "expected_share": 0.2, "estimated_share": 0.3, "resamples": 40, "seed": 1}
    return judge(
        detections,
        contaminated,
        made.baselines,
        made.labels,
        made.groups,
        made.known,
        supervised_fitted=(80, 20),
        **(usual | settings),
    )
