"""The sections of docs/RESULTS.md on synthesis runs, from their `metrics.json`, `report.json` and figures."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import pandas as pd

from pipeline.reporting import words
from pipeline.reporting.synthesis.published import PUBLISHED
from pipeline.reporting.synthesis.scores import OF_THREE_PARTS
from pipeline.reporting.synthesis.sentences import helped_sentence, information_said, luck_sentence
from pipeline.reporting.synthesis.tables import SETTINGS
from pipeline.reporting.synthesis.verdicts import RIVALS, deciding_metrics
from pipeline.reporting.synthesis.verdicts import estimate as estimated

FIGURES = ("augmentation", "augmentation_differences", "losses", "kl_by_dimension", "latent_planes")
COLUMNS = ("accuracy", "precision", "recall", "f1", "pr_auc")


def synthesis_text(metrics: dict[str, Any], report: dict[str, Any], manifest: dict[str, Any]) -> str:
    """What a synthesis run was and came to, without its figures."""
    latent, generated = report["latent"], report["generated"]
    counts = "; ".join(f"{part['part']} {part['negative'] + part['positive']:,}" for part in report["counts"])
    state = "collapsed" if latent["collapsed"] else "alive"
    commit = (manifest["git_commit"] or "unknown")[:10]
    held = next((part for part in report["counts"] if part["part"] == "validation"), {"negative": 0, "positive": 0})
    nats = latent["mutual_information_nats"]
    told = information_said(math.nan if nats is None else nats, held["negative"] + held["positive"])
    return f"""\
## {metrics["experiment"]} on {metrics["dataset"]}, protocol {metrics["protocol"]}, seed {metrics["seed"]}

{report["headline"]}

Messages: {counts}. The latent is {state}: KL {number(latent["kl_nats"])} nats a message, {latent["active_units"]} of
{latent["dimensions"]} dimensions active, mutual information {told}.
{generated["negative"] + generated["positive"]:,} messages were generated, of which {generated["copies"]:,} repeat a
training message. {metrics["params"]:,} weights. Commit {commit}, started {manifest["started"]}.

Evaluators, trained on → tested on:

{evaluators(metrics)}

Scores of the synthetic messages, with the range over draws, beside a real holdout of the same size:

{scorecard(metrics, report)}

{augmentation(metrics, report)}
"""


def evaluators(metrics: dict[str, Any]) -> str:
    """Every evaluator in every setting, and what the source reports."""
    rows = [
        [name, said, *(estimate(found, column) for column in COLUMNS)]
        for name, settings in metrics["evaluators"].items()
        for setting, said in SETTINGS.items()
        if (found := settings.get(setting))
    ]
    if metrics["dataset"] == PUBLISHED.dataset:
        figures = [number(PUBLISHED.metrics[column]) if column in PUBLISHED.metrics else "" for column in COLUMNS]
        rows.insert(0, ["gnb", "published; not said on what", *figures])
    return "\n".join(table(["evaluator", "trained → tested on", *COLUMNS], rows))


def scorecard(metrics: dict[str, Any], report: dict[str, Any]) -> str:
    """Every score beside that of the holdout."""
    rows = [
        [
            name,
            f"{number(score['synthetic'])} [{', '.join(map(number, score['range']))}]",
            number(score["holdout"]) + because(name, score, report),
        ]
        for name, score in metrics["scorecard"].items()
    ]
    return "\n".join(table(["score", "synthetic", "holdout"], rows))


def because(name: str, score: dict[str, Any], report: dict[str, Any]) -> str:
    """Why a score of the holdout is undefined, where that is known."""
    is_known = score["holdout"] is None and report["validation_is_test"] and name in OF_THREE_PARTS
    return " (needs a third real part)" if is_known else ""


def augmentation(metrics: dict[str, Any], report: dict[str, Any]) -> str:
    """What synthetic messages do beside each rival, in words and in paired differences."""
    found = pd.DataFrame(metrics["augmentation"])
    if found.empty:
        return "No other means to help the positive class was tried."
    rows = [
        [record["classifier"], f"{record['percent']:g} %", label, *(gap(record, against.column) for against in RIVALS)]
        for metric, label in deciding_metrics(found).items()
        for record in found[(found["method"] == "synthetic") & (found["metric"] == metric)].to_dict("records")
    ]
    luck = luck_sentence(found, report["augmentation"]["repeats"], report["classes"]["positive"])
    heads = ["classifier", "real positive messages", "metric", *(f"over {against.name}" for against in RIVALS)]
    return "\n".join([
        f"{helped_sentence(found)} {luck}", "", "Paired differences of adding synthetic messages:", "",
        *table(heads, rows),
    ])  # fmt: skip


def gap(record: dict[Any, Any], column: str) -> str:
    """A paired difference with its interval."""
    found = estimated(record, column)
    return f"{words.signed(found.value)} {words.interval(found.low, found.high)}" if found.is_known else "undefined"


def estimate(found: dict[str, Any], column: str) -> str:
    """A value with its interval."""
    value, bounds = found.get(column), found["ci95"].get(column, [None, None])
    return number(value) if value is None or None in bounds else f"{number(value)} [{', '.join(map(number, bounds))}]"


def number(value: float | None) -> str:
    """Three places, four digits where it is small."""
    if value is None:
        return "undefined"
    return f"{value:.3f}" if value == 0 or abs(value) >= 0.1 else f"{value:.4g}"


def table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> list[str]:
    """The lines of a Markdown table."""
    names = list(heads)
    return [f"| {' | '.join(cells)} |" for cells in (names, ["---"] * len(names), *rows)]
