"""Which detectors a figure shows, in what order, with what look, and which of their values."""

from __future__ import annotations

import math
from collections.abc import Iterable

import pandas as pd

from pipeline.reporting.detection.figures import Group, Line
from pipeline.reporting.detection.folder import DetectionFolder, DetectionTables
from pipeline.reporting.detection.names import Detector, Given, model_name, read_detectors
from pipeline.reporting.facts import Classes, Estimate
from pipeline.reporting.grid import estimate, upper
from pipeline.reporting.style import INK, LOOKS, Look
from pipeline.reporting.words import NOT_KNOWN

FITTED_ON = ("all", "unsuspected", "negative")
VAE_LOOKS = {"all": LOOKS[0], "unsuspected": LOOKS[2], "negative": LOOKS[1]}
MODEL_LOOKS = {
    "mixture": LOOKS[4],
    "unigram": Look("#e69f00", (0, (2.5, 1.2)), "P"),
    "length": LOOKS[3],
    "supervised": Look(INK, "-", "X"),
}
OTHER = Look("#56b4e9", (0, (6, 1.2, 1, 1.2)), "h")
GROUP_LOOKS: dict[Given, Look] = {"nothing": LOOKS[0], "negative": LOOKS[1], "labels": Look(INK, "-", "D")}


def detectors_of(run: DetectionFolder) -> list[Detector]:
    """The detectors of a run, in the order of its tables."""
    return read_detectors(run.tables.detectors, run.report.classes)


def line_of(one: Detector) -> Line:
    """A detector with the look that it has in every figure that does not show all."""
    looks = VAE_LOOKS if one.model == "vae" else {}
    return Line(one.key, one.short, looks.get(one.fitted_on, MODEL_LOOKS.get(one.model, OTHER)))


def main_rows(tables: DetectionTables, metric: str) -> pd.DataFrame:
    """A metric of the measure that stands for each detector: rows of `measures`, at most one a detector."""
    stands = tables.detectors[["detector", "measure"]]
    rows = tables.measures[tables.measures["is_main"].astype(bool) & (tables.measures["metric"] == metric)]
    return rows.merge(stands, on=["detector", "measure"]).drop_duplicates("detector")


def main_values(tables: DetectionTables, metric: str) -> dict[str, Estimate]:
    """A metric of the measure that stands for each detector, by detector."""
    return {str(row["detector"]): estimate(row) for _, row in main_rows(tables, metric).iterrows()}


def values_by_measure(tables: DetectionTables) -> pd.DataFrame:
    """ROC-AUC of every detector by every measure, of the bound that stands for it."""
    table = tables.measures[tables.measures["metric"] == "roc_auc"]
    bounds = main_rows(tables, "roc_auc")[["detector", "bound"]]
    return table.merge(bounds, on=["detector", "bound"]).drop_duplicates(["detector", "measure"])


def alone(run: DetectionFolder, metric: str) -> float:
    """What length alone reaches; NaN where it was not tried."""
    values = main_values(run.tables, metric)
    return next((values.get(one.key, NOT_KNOWN).value for one in detectors_of(run) if one.model == "length"), math.nan)


def groups(run: DetectionFolder, shown: Iterable[Detector]) -> list[Group]:
    """Detectors by what labels they were given, the highest ROC-AUC of each group first."""
    values = main_values(run.tables, "roc_auc")
    ordered = sorted(shown, key=lambda one: -_or_least(values.get(one.key, NOT_KNOWN).value))
    found = []
    for given, name in _group_names(run.report.classes).items():
        members = [Line(one.key, one.short, GROUP_LOOKS[given]) for one in ordered if one.given == given]
        if members:
            found.append(Group(name, GROUP_LOOKS[given], members))
    return found


def length_groups(run: DetectionFolder) -> list[Group]:
    """The same without length itself and what has all labels."""
    return groups(run, [one for one in detectors_of(run) if one.model != "length" and one.given != "labels"])


def vaes(run: DetectionFolder, fitted_on: Iterable[str] = FITTED_ON) -> list[Line]:
    """The Bernoulli VAEs, one for each kind of messages that they were fitted on, of those that there are."""
    found = [_first(run, "vae", kind) for kind in fitted_on]
    return [line_of(one) for one in found if one is not None]


def curve_lines(run: DetectionFolder) -> list[Line]:
    """A chosen few: the champion without labels, the mixture, the VAEs, unigram, length, and what has all labels."""
    best = next((one for one in detectors_of(run) if one.key == run.report.champion), None)
    fixed = [
        _first(run, "supervised", None), _first(run, "mixture", None),
        *(_first(run, "vae", kind) for kind in reversed(FITTED_ON)),
        _first(run, "unigram", "negative"), _first(run, "length", None),
    ]  # fmt: skip
    lines = [line_of(one) for one in fixed if one is not None]
    if best is not None and best not in fixed:
        lines.insert(0, Line(best.key, best.short, OTHER))  # its own could be that of another one here
    return _in_table(lines, run.tables.curves)


def scored(run: DetectionFolder, fitted_on: Iterable[str] = FITTED_ON) -> list[Line]:
    """Of these VAEs those with costs of test messages."""
    scores = run.tables.scores
    return _in_table(vaes(run, fitted_on), scores[scores["part"] == "test"])


def coded(run: DetectionFolder) -> list[Line]:
    """Of the VAEs fitted on all messages and on the negative class those with latent means of test messages."""
    return _in_table(vaes(run, ("all", "negative")), run.tables.latents)


def trained(run: DetectionFolder) -> list[Line]:
    """The VAEs with a history."""
    return _in_table(vaes(run), run.tables.history)


def model_line(model: str) -> Line:
    """A kind of detector as a line, whatever it was fitted on."""
    return Line(model, upper(model_name(model)), VAE_LOOKS["all"] if model == "vae" else MODEL_LOOKS.get(model, OTHER))


def _in_table(lines: Iterable[Line], table: pd.DataFrame) -> list[Line]:
    there = set(table["detector"])
    return [line for line in lines if line.detector in there]


def _first(run: DetectionFolder, model: str, fitted_on: str | None) -> Detector | None:
    """The first such detector; one to which all messages weigh the same goes before the others."""
    found = [one for one in detectors_of(run) if one.model == model and fitted_on in {None, one.fitted_on}]
    return min(found, key=lambda one: one.weighting != "message", default=None)


def _group_names(classes: Classes) -> dict[Given, str]:
    return {"nothing": "No labels", "negative": f"Labels: {classes.negative} only", "labels": "All labels"}


def _or_least(value: float) -> float:
    return -math.inf if math.isnan(value) else value
