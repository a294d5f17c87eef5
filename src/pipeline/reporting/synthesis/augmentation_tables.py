"""Tables of what helps the positive class when its messages are few."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from pipeline.reporting import words
from pipeline.reporting.grid import (
    EMPTY,
    Row,
    Table,
    difference_cell,
    each_once,
    estimate,
    upper,
    value_cell,
)
from pipeline.reporting.synthesis.folder import SynthesisFolder
from pipeline.reporting.synthesis.names import classifier_name
from pipeline.reporting.synthesis.sentences import METHODS, validation_name
from pipeline.reporting.synthesis.verdicts import (
    NOTHING,
    RIVALS,
    Tally,
    augmentation_tally,
    deciding_metrics,
)
from pipeline.reporting.tables import Cell

AUGMENTED = {
    "f1_validated": "F1, chosen threshold", "pr_auc": "PR-AUC", "f1": "F1 at 0.5", "recall": "Recall at 0.5",
}  # fmt: skip
CHOSEN = (
    " F1 is at the threshold of the highest F1 on the {part}, chosen for each method: at a fixed one it rises with "
    "whatever moves a classifier towards the rare class, be it better or not."
)


def rival_table(run: SynthesisFolder, metric: str) -> Table:
    """How far adding synthetic messages is ahead of each rival at each share, by one metric; a body a classifier."""
    table = run.tables.augmentation
    rows = table[(table["method"] == "synthetic") & (table["metric"] == metric)]
    shares = rows.groupby("percent")["positives"].first()
    bodies = [
        [
            Row(classifier_name(str(classifier)), f"against {against.name}", [
                difference_cell(estimate(row, against.column))
                for _, row in of_classifier.set_index("percent").reindex(shares.index).iterrows()
            ])
            for against in RIVALS
        ]
        for classifier, of_classifier in rows.groupby("classifier", sort=False)
    ]  # fmt: skip
    positive = run.report.classes.positive
    return Table(
        f"Difference in {deciding_metrics(table)[metric]}",
        [f"{percent:g} % of {positive} ({words.count(int(number))})" for percent, number in shares.items()],
        bodies,
        f"Paired differences in {deciding_metrics(table)[metric]} with their 95 % intervals: above 0, synthetic "
        "messages are better. Bold: the interval does not contain 0.",
    )


def verdict_table(run: SynthesisFolder) -> Table:
    """How often each method is better and worse than doing nothing, and synthetic messages than each rival."""
    table = run.tables.augmentation
    deciding = deciding_metrics(table)
    rows = []
    for method in METHODS:
        if method == "none" or not (table["method"] == method).any():
            continue
        for against in RIVALS if method == "synthetic" else (NOTHING,):
            tallies = [augmentation_tally(table, method, against, metric) for metric in deciding]
            cells = [cell for tally in tallies for cell in _counts(tally)]
            unknown = sum(tally.unknown for tally in tallies)
            note = f"against {against.name}" + (f"; {unknown} undefined" if unknown else "")
            rows.append(Row(upper(METHODS[method]), note, cells))
    columns = [f"{label} {kind}" for label in deciding.values() for kind in ("better", "no difference", "worse")]
    total = augmentation_tally(table, "synthetic", NOTHING, next(iter(deciding))).total
    return Table(
        "Method",
        columns,
        [rows],
        f"Of {total} comparisons each, one for each classifier and share of the real {run.report.classes.positive}: in "
        "how many the paired 95 % interval of the difference is above 0, contains 0, is below 0. One interval in "
        "twenty leaves 0 out by chance."
        + (CHOSEN.format(part=validation_name(run.report)) if "f1_validated" in deciding else ""),
    )


def augmentation_table(run: SynthesisFolder, classifier: str) -> Table:
    """Every metric of every method at every share, of one classifier; a body for each share."""
    table = run.tables.augmentation
    of_classifier = table[table["classifier"] == classifier]
    metrics = [metric for metric in AUGMENTED if (table["metric"] == metric).any()]
    bodies = []
    for percent, rows in of_classifier.groupby("percent"):
        number = words.quantity(int(rows["positives"].iloc[0]), "message")
        bodies.append([
            Row(METHODS[str(method)], f"{percent:g} %, {number}", [
                cell
                for metric in metrics
                for cell in _augmented(rows[(rows["method"] == method) & (rows["metric"] == metric)])
            ])
            for method in METHODS if (rows["method"] == method).any()
        ])  # fmt: skip
    columns = [column for name in metrics for column in (AUGMENTED[name], "difference")]
    return Table(
        classifier_name(classifier),
        columns,
        bodies,
        "Differences are paired and from doing nothing. Bold: the interval does not contain 0.",
    )


def classifiers(run: SynthesisFolder) -> dict[str, str]:
    """Classifiers that augmentation was tried with: key -> name."""
    return {name: classifier_name(name) for name in each_once(run.tables.augmentation["classifier"])}


def _counts(tally: Tally) -> Iterator[Cell]:
    """Better, no difference and worse; a difference that was found stands out."""
    for number, is_found in ((tally.better, True), (tally.level, False), (tally.worse, True)):
        yield Cell(str(number), "", stands_out=is_found and number > 0)


def _augmented(rows: pd.DataFrame) -> list[Cell]:
    """The value and its difference from doing nothing, of a row or of none."""
    if rows.empty:
        return [EMPTY, EMPTY]
    row = rows.iloc[0]
    gap = EMPTY if row["method"] == "none" else difference_cell(estimate(row, "difference"))
    return [value_cell(estimate(row)), gap]
