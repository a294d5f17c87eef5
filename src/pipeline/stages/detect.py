"""Fit a detector to some of the training messages, and let it say what every message of validation and test costs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Annotated, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import AfterValidator, Field

from pipeline.artifacts import Rows, Split
from pipeline.artifacts.detection import Bags, Detection, FittedOn, Suspicion, Weighting
from pipeline.errors import UserError
from pipeline.evaluation.detection.length import adjust_for_length, per_word
from pipeline.evaluation.latents import ACTIVE
from pipeline.models.density.material import Coded, Detector, Material, Priced

DEAREST = 8  # words of a message whose cost is kept
FEWEST = 10  # messages that a detector is fitted on
TAKEN = {"part", "row", "label", "group", "known", "mixture", "tfidf"}
NO_LATENTS = pd.DataFrame({"row": np.empty(0, np.int64), "first": np.empty(0), "second": np.empty(0)})
NO_WORDS = pd.DataFrame({"row": np.empty(0, np.int64), "word": np.empty(0, object), "cost": np.empty(0)})


def _not_taken(name: str) -> str:
    if name in TAKEN:
        raise ValueError(f"a name that no other column of predictions.parquet has: not {name!r}")
    return name


Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$"), AfterValidator(_not_taken)]


def detect_messages(
    bags: Bags,
    split: Split,
    suspicion: Suspicion,
    *,
    name: Name,
    fitted_on: FittedOn,
    weighting: Weighting,
    model: Callable[..., Detector],
    seed: int,
) -> Detection:
    """Fit the detector `name`, which `model` builds; see `Detection` for the settings.

    What is usual at a length, and which epoch is kept, is learnt from the validation messages of the kind that it is
    fitted on.

    Raises:
        UserError: there are too few messages to fit on, or the model cannot weigh them.
    """
    rows, held = (choose(part, split, suspicion, fitted_on) for part in (split.train, split.validation))
    _refuse_few(name, fitted_on, rows, held)
    detector = model(
        Material(
            bags=bags.take(rows),
            weights=_weigh(split.groups[rows], weighting),
            held=bags.take(held),
            shown=(bags.take(split.validation), split.labels[split.validation]),
            seed=seed,
        )
    )
    usual = detector.costs(bags.take(held))
    scored = [score(detector, bags, part_rows, usual, held).assign(part=part) for part, part_rows in parts_of(split)]
    codes = detector.codes(bags.take(split.train)) if isinstance(detector, Coded) else None
    latents, shares = _plane(detector, codes, bags, split.test)
    return Detection(
        name=name,
        model=detector.kind,
        fitted_on=fitted_on,
        weighting=weighting,
        description=detector.description,
        fitted=np.bincount(split.labels[rows], minlength=2).tolist(),
        scores=pd.concat(scored, ignore_index=True)[["bound", "part", "row", "message", "word", "residual"]],
        main=detector.main,
        history=detector.history.table,
        kept_epoch=detector.history.kept_epoch,
        num_params=detector.num_params,
        active_units=None if codes is None else int((codes.var(axis=0) >= ACTIVE).sum()),
        num_latent=detector.num_latent,
        latents=latents,
        latent_shares=shares,
        words=_dearest(detector, bags, split.test) if isinstance(detector, Priced) else NO_WORDS,
    )


def parts_of(split: Split) -> Iterator[tuple[str, Rows]]:
    """The parts that are scored."""
    yield "validation", split.validation
    yield "test", split.test


def choose(rows: Rows, split: Split, suspicion: Suspicion, fitted_on: FittedOn) -> Rows:
    """The rows of a part of the kind that a detector is fitted on."""
    if fitted_on == "all":
        return rows
    if fitted_on == "negative":
        return rows[split.labels[rows] == 0]
    return rows[suspicion.log_odds(rows) <= 0]


def score(
    detector: Detector, bags: Bags, rows: Rows, usual: dict[str, NDArray[np.float64]], usual_rows: Rows
) -> pd.DataFrame:
    """Costs of some rows by bound, as they are, a word, and beside what is usual at their length."""
    known = bags.known
    tables = []
    for bound, costs in detector.costs(bags.take(rows)).items():
        table = pd.DataFrame({"bound": bound, "row": rows, "message": costs, "word": np.nan, "residual": np.nan})
        if detector.adds_up:
            table["word"] = per_word(costs, known[rows])
        if detector.is_length_adjusted:
            table["residual"] = adjust_for_length(
                costs, known[rows], usual_cost=usual[bound], usual_known=known[usual_rows]
            )
        tables.append(table)
    return pd.concat(tables, ignore_index=True)


def _weigh(groups: NDArray[np.integer], weighting: Weighting) -> NDArray[np.float32]:
    """What each message weighs, 1 on average."""
    if weighting == "message":
        return np.ones(len(groups), np.float32)
    _, group, sizes = np.unique(groups, return_inverse=True, return_counts=True)
    weights = 1 / sizes[group]
    return (weights / weights.mean()).astype(np.float32)


def _plane(
    detector: Detector, codes: NDArray[np.float32] | None, bags: Bags, test: Rows
) -> tuple[pd.DataFrame, list[float]]:
    """Codes of the test messages along the two directions in which those of the training part vary most."""
    if codes is None or codes.shape[1] < 2 or not codes.var(axis=0).any():
        return NO_LATENTS, []
    assert isinstance(detector, Coded)
    centre = codes.mean(axis=0, dtype=np.float64)
    _, sizes, directions = np.linalg.svd(codes - centre, full_matrices=False)
    first, second = ((detector.codes(bags.take(test)) - centre) @ directions[:2].T).T
    shares = sizes[:2] ** 2 / (sizes**2).sum()
    return pd.DataFrame({"row": test, "first": first, "second": second}), shares.tolist()


def _dearest(detector: Priced, bags: Bags, test: Rows) -> pd.DataFrame:
    """The words of each test message that cost most."""
    priced: Any = detector.word_costs(bags.take(test))
    table = pd.DataFrame(
        {
            "row": np.repeat(test, np.diff(priced.indptr)),
            "word": np.asarray(bags.vocabulary, object)[priced.indices],
            "cost": priced.data.astype(np.float64),
        }
    )
    table = table.sort_values(["row", "cost", "word"], ascending=[True, False, True], kind="stable")
    return table.groupby("row", sort=False).head(DEAREST).reset_index(drop=True)


def _refuse_few(name: str, fitted_on: FittedOn, rows: Rows, held: Rows) -> None:
    if len(rows) < FEWEST or len(held) < 2:
        raise UserError(
            f"The detector {name} has {len(rows)} messages to be fitted on, and {len(held)} validation messages beside "
            f"them: fitted_on={fitted_on} leaves no more.",
            expected=f"at least {FEWEST} training and 2 validation messages",
            remedy="Add messages, choose another fitted_on, or remove the detector with '~detectors.NAME'.",
        )
