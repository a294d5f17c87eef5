"""The models of a stream beside its reference: can the difference in F1 be told from luck?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.evaluation.paired import bootstrap_difference, differing_groups, f1_samples_together, holm
from pipeline.reporting.grid import estimate
from pipeline.reporting.grid import judge as judge_gap
from pipeline.reporting.stream_comparison.facts import Verdict

LEVEL = 0.05
RESAMPLES = 10_000  # p is 0.0002 at least: small enough to survive Holm's adjustment over 250 comparisons
SEED = 1


@dataclass(frozen=True, eq=False)
class Contest:
    """What the models of a run said of its messages.

    Attributes:
        models, reference: their names.
        labels, groups: (n,) of the messages.
        called: (M, n) whether a model called a message positive; rows are those of `models`.
        totals: a row a model: F1, with the paired difference from the reference that the run itself has.
    """

    models: list[str]
    reference: str
    labels: NDArray[np.integer]
    groups: NDArray[np.integer]
    called: NDArray[np.bool_]
    totals: pd.DataFrame


def judge(contest: Contest) -> pd.DataFrame:
    """A row a model but for the reference: the run's paired difference, and the two-sided p of a bootstrap."""
    samples = f1_samples_together(contest.labels, contest.called, contest.groups, resamples=RESAMPLES, seed=SEED)
    home = contest.models.index(contest.reference)
    differences = contest.totals.set_index("model")
    rows = []
    for place, model in enumerate(contest.models):
        if place != home:
            num_differing = differing_groups(contest.called[place], contest.called[home], contest.groups)
            found = bootstrap_difference(samples[place], samples[home], num_differing=num_differing)
            gap = estimate(differences.loc[model], "difference")
            rows.append((model, gap.value, gap.low, gap.high, num_differing, found.p))
    return pd.DataFrame(
        rows, columns=["model", "difference", "difference_low", "difference_high", "groups_called_differently", "p"]
    )


def adjust(pairs: pd.DataFrame) -> pd.DataFrame:
    """The rows of all runs with p adjusted for their number, and a verdict.

    A difference is detectable where the adjusted p is below 5 % and the run's own interval leaves 0 out too.
    """
    told = pairs.assign(p_holm=holm(pairs["p"].tolist()))
    return told.assign(verdict=[_verdict(row) for _, row in told.iterrows()])


def _verdict(row: pd.Series) -> Verdict:
    found = judge_gap(estimate(row, "difference"))
    if row["p_holm"] >= LEVEL or found not in {"better", "worse"}:
        return "none"
    return "better" if found == "better" else "worse"
