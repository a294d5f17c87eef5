"""The sections of docs/RESULTS.md on runs on streams, from their `metrics.json`, `report.json` and figures."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

from make_results_synthesis import number, table
from pipeline.reporting import words
from pipeline.reporting.facts import Estimate
from pipeline.reporting.grid import judge
from pipeline.reporting.stream.metrics import METRICS
from pipeline.reporting.stream.names import ORDERS, learner_name, model_name
from pipeline.reporting.stream.tables import memory_said
from pipeline.reporting.stream.verdicts import NO_DIFFERENCE

FIGURES = ("prequential", "totals", "trec_curve", "cost", "memory_accuracy", "memory_errors")
COMPARISON_FIGURES = ("f1", "false_positives")
COMPARISON_TABLES = ("results", "unfamiliar")
COLUMNS = ("f1", "recall", "precision", "fpr", "mcc", "pr_auc", "one_minus_auc_percent")
SORTED = "**The stream is sorted by class: these figures say little of the models.**\n\n"


def stream_text(metrics: dict[str, Any], report: dict[str, Any], manifest: dict[str, Any]) -> str:
    """What a run on a stream was and came to, without its figures."""
    stream = metrics["stream"]
    order = ORDERS[stream["order"]]
    commit = (manifest["git_commit"] or "unknown")[:10]
    messages, familiar = stream["num_messages"], stream["num_familiar"]
    body = memory_body(metrics) if metrics["kind"] == "memory" else models_body(metrics)
    return f"""\
## {metrics["experiment"]} on {metrics["dataset"]}, {order}, protocol {metrics["protocol"]}, seed {metrics["seed"]}

{SORTED if stream["is_sorted"] else ""}{report["headline"]}

{messages:,} messages, {stream["num_positive"]:,} of them {report["classes"]["positive"]}; {stream["num_copies"]:,}
exact copies left out, {words.share(familiar, messages)} with an earlier near-duplicate. Commit {commit}, started
{manifest["started"]}.

{body}
"""


def models_body(metrics: dict[str, Any]) -> str:
    """Every model over the stream, without near-duplicates, and around a change of words."""
    labels = [METRICS[key].label for key in COLUMNS]
    reference = model_name(metrics["reference"])
    difference = f"F1 less that of {reference}"
    judged = metrics["stream"]["num_messages"] - metrics["start"]
    said = [
        f"Over {judged:,} messages, each scored before it is learnt ({metrics['period']} at a time):",
        "",
        *table(["model", *labels, difference, "memory"], [
            [model_name(name), *(value(model["all"], key) for key in COLUMNS), gap(model["all"]),
             memory_said(model["bytes"])]
            for name, model in metrics["models"].items()
        ]),
        "",
        "Without messages that have an earlier near-duplicate:",
        "",
        *table(["model", "F1", difference, "FPR"], [
            [model_name(name), value(model["unfamiliar"], "f1"), gap(model["unfamiliar"]),
             value(model["unfamiliar"], "fpr")]
            for name, model in metrics["models"].items()
        ]),
    ]  # fmt: skip
    return "\n".join([*said, *recoveries(metrics)])


def recoveries(metrics: dict[str, Any]) -> list[str]:
    """How soon models were back after a change of words; nothing where there was none."""
    if metrics["changed_at"] is None:
        return []
    rows = [
        [model_name(row["model"]), words.decimal(known(row["recall_before"])), words.decimal(known(row["lowest"])),
         whole(row["messages"], "not in the stream"), whole(row["alarm_after"], "none")]
        for row in metrics["recoveries"]
    ]  # fmt: skip
    heads = ["model", "recall before", "worst", "messages until back", "first alarm after"]
    return ["", f"Words change at message {metrics['changed_at']:,}:", "", *table(heads, rows)]


def memory_body(metrics: dict[str, Any]) -> str:
    """Filters in ever less memory beside the same without hashing, and how well tables count."""
    filters = [
        [learner_name(row["learner"]), "none", "", memory_said(row["bytes"]), *figures(row)]
        for row in metrics["reference"]
    ] + [
        [learner_name(row["learner"]), row["features"], size(row), memory_said(row["bytes"]), *figures(row)]
        for row in metrics["models"]
    ]
    counts = [
        [row["features"], size(row), memory_said(row["bytes"]), number(row["mean_error"]),
         words.percent(known(row["exact_percent"])), words.percent(known(row["beyond_percent"])),
         words.percent(known(row["promised_percent"]))]
        for row in metrics["counts"]
    ]  # fmt: skip
    return "\n".join([
        *table(["learner", "hashed by", "hashes × buckets", "memory", "F1", "FPR", "PR-AUC"], filters),
        "",
        f"Counts of {metrics['num_ngrams']:,} distinct n-grams, {metrics['num_counted']:,} in all:",
        "",
        *table(["counted by", "hashes × buckets", "memory", "mean error", "exact", "beyond the bound",
                "promised at most"], counts),
    ])  # fmt: skip


def value(part: dict[str, Any], metric: str) -> str:
    """A metric over a part of the stream, with its interval."""
    found = estimate(part[metric], part["ci95"][metric])
    return f"{METRICS[metric].written(found.value)} {METRICS[metric].interval(found)}".strip()


def gap(part: dict[str, Any]) -> str:
    """The paired difference in F1 from the reference, told in words where none is detectable."""
    found = estimate(part["difference"]["f1"], part["difference_ci95"]["f1"])
    if not found.is_known:
        return ""
    said = f"{words.signed(found.value)} {words.interval(found.low, found.high)}"
    return f"{NO_DIFFERENCE}: {said}" if judge(found) == "level" else said


def figures(row: dict[str, Any]) -> Iterable[str]:
    """F1 with its interval, the rate of false positives, PR-AUC."""
    found = estimate(row["f1"], (row["f1_low"], row["f1_high"]))
    yield f"{words.decimal(found.value)} {words.interval(found.low, found.high)}".strip()
    yield METRICS["fpr"].written(known(row["fpr"]))
    yield words.decimal(known(row["pr_auc"]))


def size(row: dict[str, Any]) -> str:
    """1 × 2^18."""
    return f"{row['num_hashes']} × 2^{row['log2_buckets']}"


def estimate(middle: float | None, ends: Sequence[float | None]) -> Estimate:
    """A value and its interval; NaN where the file has none."""
    low, high = ends
    return Estimate(known(middle), known(low), known(high))


def known(figure: float | None) -> float:
    """NaN where the file has none."""
    return math.nan if figure is None else figure


def whole(figure: float | None, otherwise: str) -> str:
    """A count, or what is said where there is none."""
    return otherwise if figure is None else words.count(figure)
