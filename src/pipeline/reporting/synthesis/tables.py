"""What the tables of a synthesis report hold, row by row, ready to be written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from pipeline.reporting import words
from pipeline.reporting.facts import Estimate, RunFacts
from pipeline.reporting.grid import (
    EMPTY,
    Row,
    Table,
    difference_cell,
    differs,
    each_once,
    estimate,
    find,
    upper,
    value_cell,
)
from pipeline.reporting.synthesis.facts import SynthesisReport
from pipeline.reporting.synthesis.folder import SynthesisFolder
from pipeline.reporting.synthesis.names import classifier_name
from pipeline.reporting.synthesis.published import published_of
from pipeline.reporting.synthesis.scores import OF_THREE_PARTS, SCORE
from pipeline.reporting.synthesis.sentences import METHODS, PRIORS, evaluator_name
from pipeline.reporting.tables import Cell
from pipeline.reporting.words import METRIC, UNDEFINED

SETTINGS = {
    "trtr": "real → real", "tstr": "synthetic → real", "augmented": "real + synthetic → real",
    "trts": "real → synthetic",
}  # fmt: skip
METRICS = ("accuracy", "precision", "recall", "f1", "roc_auc", "pr_auc")


def evaluator_table(run: SynthesisFolder) -> Table:
    """F1 of every evaluator in every setting, and the paired difference from training on real messages."""
    table = run.tables.evaluators
    settings = [key for key in SETTINGS if (table["setting"] == key).any()]
    rows = [
        Row(classifier_name(evaluator), "", [_settled(run, evaluator, setting) for setting in settings])
        for evaluator in each_once(table["evaluator"])
    ]
    return Table(
        "F1, trained on → tested on",
        [SETTINGS[key] for key in settings],
        [rows],
        "In brackets: 95 % intervals, of the luck of the test messages alone. Bold: differs from real → real, as the "
        "paired interval of the difference has it. The last column is of another test part and not to be compared.",
    )


def all_metrics_table(run: SynthesisFolder) -> Table:
    """Every metric of every evaluator in every setting."""
    table = run.tables.evaluators
    bodies = []
    for evaluator in each_once(table["evaluator"]):
        present = set(table.loc[table["evaluator"] == evaluator, "setting"])
        bodies.append([
            Row(classifier_name(evaluator), SETTINGS[setting], [value_cell(find(
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
        rows.append(Row(f"ours, {name}", said.get(setting, ""), [value_cell(one) for one in found]))
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
        spread = "" if UNDEFINED in (low, high) else f"{low} to {high}".replace(" %", "\N{NO-BREAK SPACE}%")
        cells = [
            Cell(score.written(float(row["synthetic"])), spread, stands_out=False),
            Cell(score.written(float(row["holdout"])), undefined_because(run.report, row), stands_out=False),
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


def undefined_because(report: RunFacts, row: pd.Series) -> str:
    """Why a score of the holdout is undefined, where that is known."""
    if report.validation_is_test and row["name"] in OF_THREE_PARTS and pd.isna(row["holdout"]):
        return "needs a third real part"
    return ""


def prior_table(run: SynthesisFolder) -> Table:
    """What the codes cost under each prior."""
    chosen = (
        "which also chose the epoch of the flow and so flatters it"
        if run.report.validation_is_test
        else "for the validation part chose the epoch of the flow"
    )
    rows = [
        Row(PRIORS.get(row["prior"]) or row["prior"], "", [
            value_cell(Estimate(float(row["nats"]), float(row["low"]), float(row["high"])), places=2),
            EMPTY if row["prior"] == "gaussian" else difference_cell(estimate(row, "gain")),
        ])
        for _, row in run.tables.priors.iterrows()
    ]  # fmt: skip
    return Table(
        "Prior",
        ["KL to it (nats a message)", "saved against the Gaussian (nats)"],
        [rows],
        f"On the test part, {chosen}, with 95 % intervals; the difference is paired. Bold: the interval does not "
        "contain 0.",
    )


def settings_said(report: SynthesisReport) -> Iterator[tuple[str, str]]:
    """What each setting trains and tests on."""
    for key, name in SETTINGS.items():
        if key in report.evaluators.settings:
            yield name, report.evaluators.settings[key]


def described(descriptions: Mapping[str, str]) -> list[tuple[str, str]]:
    """Evaluators, or methods and classifiers, each with a line that says what it is."""
    return [(upper(METHODS.get(key) or evaluator_name(key)), text) for key, text in descriptions.items()]


def _settled(run: SynthesisFolder, evaluator: str, setting: str) -> Cell:
    """F1 in a setting, bold where it differs from training on real messages."""
    where = {"evaluator": evaluator, "setting": setting, "metric": "f1"}
    gap = find(run.tables.evaluators, "difference", **where)
    return value_cell(find(run.tables.evaluators, **where), stands_out=differs(gap))
