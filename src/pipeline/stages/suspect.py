"""Tell kinds of messages apart without a label, and suspect the rarest one."""

from __future__ import annotations

import logging
from typing import Annotated

import numpy as np
import pandas as pd
from pydantic import Field

from pipeline.artifacts import Split
from pipeline.artifacts.detection import Bags, Detection, Suspicion
from pipeline.models.density.material import History
from pipeline.models.density.mixture import fit_mixture
from pipeline.ranges import Count, Positive
from pipeline.stages.detect import NO_LATENTS, NO_WORDS, parts_of

log = logging.getLogger(__name__)
NUM_WORDS = 30  # of the rarest kind that are told


def suspect(
    bags: Bags,
    split: Split,
    *,
    kinds: Annotated[int, Field(ge=2)],
    longest: Count,
    smoothing: Positive,
    starts: Count,
    seed: int,
) -> Suspicion:
    """Fit a mixture of `kinds` of messages to the training part; see `fit_mixture` for the settings.

    The rarest kind is taken for the one that is looked for: that it is rare is all that is known of it.
    """
    mixture = fit_mixture(
        bags.take(split.train), kinds=kinds, longest=longest, smoothing=smoothing, starts=starts, seed=seed
    )
    if mixture.share < 1 / len(split.train):
        log.warning("the rarest of %d kinds of messages is empty: nothing is suspected; lower mixture.kinds", kinds)
    rows, ratios = split.used, mixture.log_ratios()
    telling = np.argsort(-np.exp(mixture.log_words[:, mixture.rarest]) * ratios, kind="stable")[:NUM_WORDS]
    return Suspicion(
        table=pd.DataFrame({"row": rows, "log_odds": mixture.log_odds(bags.take(rows))}),
        share=mixture.share,
        words=pd.DataFrame(
            {
                "word": [bags.vocabulary[word] for word in telling],
                "log_ratio": ratios[telling],
                "seen": bags.seen[telling],
            }
        ),
        num_kinds=kinds,
        num_starts=starts,
    )


def score_mixture(split: Split, suspicion: Suspicion) -> Detection:
    """The mixture as a detector of its own: the log-odds that a message is of the rarest kind."""
    scores = [
        pd.DataFrame({"bound": "cost", "part": part, "row": rows, "message": suspicion.log_odds(rows)})
        for part, rows in parts_of(split)
    ]
    return Detection(
        name="mixture",
        model="mixture",
        fitted_on="all",
        weighting="message",
        description="log-odds of the rarest of the kinds that a mixture of multinomials finds",
        fitted=np.bincount(split.labels[split.train], minlength=2).tolist(),
        scores=pd.concat(scores, ignore_index=True).assign(word=np.nan, residual=np.nan),
        main="cost",
        history=History().table,
        kept_epoch=0,
        num_params=0,
        active_units=None,
        num_latent=None,
        latents=NO_LATENTS,
        latent_shares=[],
        words=NO_WORDS,
    )
