"""What the tables of a synthesis report hold, row by row, ready to be written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import pandas as pd

from pipeline.reporting import words
from pipeline.reporting.facts import Estimate
from pipeline.reporting.synthesis.facts import SynthesisReport
from pipeline.reporting.synthesis.folder import SynthesisFolder
from pipeline.reporting.synthesis.published import published_of
from pipeline.reporting.synthesis.scores import SCORE
from pipeline.reporting.synthesis.sentences import METHODS, PRIORS, evaluator_name
from pipeline.reporting.synthesis.verdicts import (
    NOTHING,
    OVERSAMPLING,
    Tally,
    augmentation_tally,
    deciding_metrics,
    estimate,
    find,
)
from pipeline.reporting.tables import Cell
from pipeline.reporting.words import METRIC, UNDEFINED

SETTINGS = {
    "trtr": "real → real", "tstr": "synthetic → real", "augmented": "real + synthetic → real",
    "trts": "real → synthetic",
}  # fmt: skip
METRICS = ("accuracy", "precision", "recall", "f1", "roc_auc", "pr_auc")
AUGMENTED = {
    "f1_validated": "F1, chosen threshold", "pr_auc": "PR-AUC", "f1": "F1 at 0.5", "recall": "Recall at 0.5",
}  # fmt: skip
CHOSEN = (
    " F1 is at the threshold of the highest F1 on the validation part, chosen for each method: at a fixed one it rises "
    "with whatever moves a classifier towards the rare class, be it better or not."
)
EMPTY = Cell("", "", stands_out=False)


@dataclass(frozen=True)
class Row:
    """A row: what it is of, a smaller line below that, and a cell for each column."""

    head: str
    note: str
    cells: list[Cell]


@dataclass(frozen=True)
class Table:
    """A table: the columns after the first, and bodies that a rule sets apart."""

    corner: str
    columns: list[str]
    bodies: list[list[Row]]
    caption: str


def evaluator_table(run: SynthesisFolder) -> Table:
    """F1 of every evaluator in every setting, and the paired difference from training on real messages."""
    table = run.tables.evaluators
    settings = [key for key in SETTINGS if (table["setting"] == key).any()]
    rows = [
        Row(_name(evaluator), "", [_settled(run, evaluator, setting) for setting in settings])
        for evaluator in _each_once(table["evaluator"])
    ]
    return Table(
        "F1, trained on → tested on",
        [SETTINGS[key] for key in settings],
        [rows],
        "In brackets: 95 % intervals. Bold: differs from real → real, as the paired interval of the difference "
        "has it. The last column is of another test part and not to be compared.",
    )


def all_metrics_table(run: SynthesisFolder) -> Table:
    """Every metric of every evaluator in every setting."""
    table = run.tables.evaluators
    bodies = []
    for evaluator in _each_once(table["evaluator"]):
        present = set(table.loc[table["evaluator"] == evaluator, "setting"])
        bodies.append([
            Row(_name(evaluator), SETTINGS[setting], [_value_cell(find(
                table, evaluator=evaluator, setting=setting, metric=metric)) for metric in METRICS])
            for setting in SETTINGS if setting in present
        ])  # fmt: skip
    return Table("Evaluator", [METRIC[key].label for key in METRICS], bodies, "In brackets: 95 % intervals.")


def published_table(run: SynthesisFolder) -> Table | None:
    """The published Gaussian naive Bayes beside ours, or None on another data set."""
    published = published_of(run.report)
    if published is None:
        return None
    names = list(published.metrics)
    rows = [
        Row(
            "published",
            "the source does not say what it was trained and tested on",
            [Cell(words.decimal(published.metrics[name]), "", stands_out=False) for name in names],
        )
    ]
    table, said = run.tables.evaluators, run.report.evaluators.settings
    for setting, name in SETTINGS.items():
        found = [find(table, evaluator="gnb", setting=setting, metric=metric) for metric in names]
        rows.append(Row(f"ours, {name}", said.get(setting, ""), [_value_cell(one) for one in found]))
    return Table(
        "Gaussian naive Bayes",
        [METRIC[name].label for name in names],
        [rows[:1], rows[1:]],
        "The published figures are from another split of the same data set, and from messages that this project could "
        "not check.",
    )


def scorecard_table(run: SynthesisFolder) -> Table:
    """Every score beside that of the real holdout, what it means and which way is worse."""
    bodies: dict[str, list[Row]] = {}
    for _, row in run.tables.scorecard.iterrows():
        score = SCORE.get(row["name"])
        if score is None:
            continue
        low, high = (score.written(float(row[column])) for column in ("low", "high"))
        spread = "" if UNDEFINED in (low, high) else f"{low} to {high}"
        cells = [
            Cell(score.written(float(row["synthetic"])), spread, stands_out=False),
            Cell(score.written(float(row["holdout"])), "", stands_out=False),
            Cell(score.worse, "", stands_out=False),
        ]
        bodies.setdefault(score.group, []).append(Row(score.label, score.meaning, cells))
    facts = run.report.scorecard
    return Table(
        "Score",
        ["synthetic", "real holdout", "worse is"],
        list(bodies.values()),
        f"Sets of {words.quantity(facts.num_messages, 'message')} each; synthetic: mean over "
        f"{words.quantity(facts.num_draws, 'draw')}, below it the lowest and the highest. The holdout is real messages "
        "that were not trained on: the nearer to its figure the better.",
    )


def verdict_table(run: SynthesisFolder) -> Table:
    """How often each method is better and worse than doing nothing, and synthetic messages than oversampling."""
    table = run.tables.augmentation
    deciding = deciding_metrics(table)
    rows = []
    for method in METHODS:
        if method == "none" or not (table["method"] == method).any():
            continue
        for against in (NOTHING, OVERSAMPLING) if method == "synthetic" else (NOTHING,):
            tallies = [augmentation_tally(table, method, against, metric) for metric in deciding]
            cells = [cell for tally in tallies for cell in _counts(tally)]
            unknown = sum(tally.unknown for tally in tallies)
            note = f"against {against.name}" + (f"; {unknown} undefined" if unknown else "")
            rows.append(Row(_upper(METHODS[method]), note, cells))
    columns = [f"{label} {kind}" for label in deciding.values() for kind in ("better", "no difference", "worse")]
    total = augmentation_tally(table, "synthetic", NOTHING, next(iter(deciding))).total
    return Table(
        "Method",
        columns,
        [rows],
        f"Of {total} comparisons each, one for each classifier and share of the real {run.report.classes.positive}: in "
        "how many the paired 95 % interval of the difference is above 0, contains 0, is below 0. One interval in "
        "twenty leaves 0 out by chance." + (CHOSEN if "f1_validated" in deciding else ""),
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
        _name(classifier),
        columns,
        bodies,
        "Differences are paired and from doing nothing. Bold: the interval does not contain 0.",
    )


def classifiers(run: SynthesisFolder) -> dict[str, str]:
    """Classifiers that augmentation was tried with: key -> name."""
    return {name: _name(name) for name in _each_once(run.tables.augmentation["classifier"])}


def prior_table(run: SynthesisFolder) -> Table:
    """What the codes cost under each prior."""
    rows = [
        Row(PRIORS.get(row["prior"]) or row["prior"], "", [
            _value_cell(Estimate(float(row["nats"]), float(row["low"]), float(row["high"])), places=2),
            EMPTY if row["prior"] == "gaussian" else _difference_cell(estimate(row, "gain")),
        ])
        for _, row in run.tables.priors.iterrows()
    ]  # fmt: skip
    return Table(
        "Prior",
        ["KL to it (nats a message)", "saved against the Gaussian (nats)"],
        [rows],
        "On the validation part, with 95 % intervals; the difference is paired. Bold: the interval does not contain 0.",
    )


def settings_said(report: SynthesisReport) -> Iterator[tuple[str, str]]:
    """What each setting trains and tests on."""
    for key, name in SETTINGS.items():
        if key in report.evaluators.settings:
            yield name, report.evaluators.settings[key]


def described(descriptions: Mapping[str, str]) -> list[tuple[str, str]]:
    """Evaluators, or methods and classifiers, each with a line that says what it is."""
    return [(_upper(METHODS.get(key) or evaluator_name(key)), text) for key, text in descriptions.items()]


def _settled(run: SynthesisFolder, evaluator: str, setting: str) -> Cell:
    """F1 in a setting, bold where it differs from training on real messages."""
    where = {"evaluator": evaluator, "setting": setting, "metric": "f1"}
    gap = find(run.tables.evaluators, "difference", **where)
    return _value_cell(find(run.tables.evaluators, **where), stands_out=_differs(gap))


def _counts(tally: Tally) -> Iterator[Cell]:
    """Better, no difference and worse; a difference that was found stands out."""
    for number, is_found in ((tally.better, True), (tally.level, False), (tally.worse, True)):
        yield Cell(str(number), "", stands_out=is_found and number > 0)


def _augmented(rows: pd.DataFrame) -> list[Cell]:
    """The value and its difference from doing nothing, of a row or of none."""
    if rows.empty:
        return [EMPTY, EMPTY]
    row = rows.iloc[0]
    gap = EMPTY if row["method"] == "none" else _difference_cell(estimate(row, "difference"))
    return [_value_cell(estimate(row)), gap]


def _value_cell(found: Estimate, *, stands_out: bool = False, places: int = 3) -> Cell:
    return Cell(words.decimal(found.value, places), words.interval(found.low, found.high), stands_out)


def _difference_cell(gap: Estimate) -> Cell:
    return Cell(words.signed(gap.value), words.interval(gap.low, gap.high), _differs(gap))


def _differs(gap: Estimate) -> bool:
    return gap.is_known and not gap.low <= 0 <= gap.high


def _name(key: str) -> str:
    return _upper(evaluator_name(key))


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def _each_once(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))
