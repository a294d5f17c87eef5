"""What answers to the questions of a page are made of."""

from __future__ import annotations

import math
from dataclasses import dataclass

from pipeline.reporting import words
from pipeline.reporting.grid import Verdict
from pipeline.reporting.stream.facts import StreamFacts, StreamReport
from pipeline.reporting.stream.folder import StreamTables
from pipeline.reporting.stream.names import model_name
from pipeline.reporting.stream.verdicts import TOO_FEW, gap, sorted_by_verdict, total, verdict
from pipeline.reporting.words import count, decimal, listed, quantity

BESIDE: dict[Verdict, str] = {
    "better": "detectably better than",
    "worse": "detectably worse than",
    "level": "no detectable difference from",
    "unknown": "not to be compared with",
}


@dataclass(frozen=True)
class Finding:
    """One of the questions that the page answers first; `style` colours the tag."""

    question: str
    tag: str
    style: str
    answer: str


def names(tables: StreamTables) -> list[str]:
    """The models, in the order of the tables."""
    return tables.models["model"].astype(str).tolist()


def batch(tables: StreamTables) -> list[str]:
    """The models that are trained anew now and then."""
    return tables.models.loc[tables.models["trainings"] > 0, "model"].astype(str).tolist()


def filters(tables: StreamTables) -> list[str]:
    """The models that learn as they go."""
    return [model for model in names(tables) if model not in batch(tables)]


def value_said(tables: StreamTables, model: str, part: str = "all", metric: str = "f1") -> str:
    """A metric of a model and its interval: 0.951 [0.93, 0.96]."""
    found = total(tables.totals, model, metric, part)
    return f"{decimal(found.value)} {kept_whole(words.interval(found.low, found.high))}".strip()


def told(tables: StreamTables, model: str, part: str = "all") -> str:
    """The paired difference in F1 of a model from the reference, in words."""
    found = gap(tables.totals, model, "f1", part)
    if not found.is_known:
        return "not to be compared" if math.isnan(found.value) else TOO_FEW
    shown = f"({words.signed(found.value)} {words.interval(found.low, found.high)})"
    is_level = verdict(tables.totals, model, "f1", part) == "level"
    return f"{'no' if is_level else 'a'} detectable difference {kept_whole(shown)}"


def stands_said(tables: StreamTables, model: str, reference: str) -> str:
    """How a model does beside the reference by F1: detectably better than exact naive Bayes."""
    found = verdict(tables.totals, model, "f1")
    is_short = found == "unknown" and not math.isnan(gap(tables.totals, model, "f1").value)
    return f"{f'{TOO_FEW} it from' if is_short else BESIDE[found]} {model_name(reference)}"


def beside_reference(tables: StreamTables, reference: str, metric: str, label: str, part: str = "all") -> str:
    """All other models beside the reference, by one metric, in one sentence."""
    others = [model for model in names(tables) if model != reference]
    is_short = not math.isnan(total(tables.totals, reference, metric, part).value)
    parts = []
    for key, found in sorted_by_verdict(tables.totals, others, metric, part).items():
        do = "do" if len(found) > 1 else "does"
        parts.append({
            "better": f"{listed(found)} {do} detectably better than {model_name(reference)}",
            "worse": f"{listed(found)} {do} detectably worse than {model_name(reference)}",
            "level": f"between {model_name(reference)} and {listed(found, 'or')} no difference is detectable",
            "unknown": f"there are {TOO_FEW} {listed(found, 'or')} from {model_name(reference)}" if is_short else
                       f"{listed(found)} cannot be compared with {model_name(reference)}",
        }[key])  # fmt: skip
    return f"By {label}, {'; '.join(parts)}." if parts else ""


def nothing_learnt(report: StreamFacts) -> str:
    """Why no model has learnt anything before the last message is scored; empty where one has."""
    if not isinstance(report, StreamReport) or report.trained_at:
        return ""
    number = report.stream.total
    if (max(number - 1, 0) // report.period) * report.period > report.delay:
        return ""
    cause = f"labels come {quantity(report.delay, 'message')} late" if report.delay else "all are scored at once"
    return f"nothing is learnt before the last message is scored: {cause}, and the stream has {count(number)}"


def kept_whole(text: str) -> str:
    """Kept on one line."""
    return text.replace(" ", "\N{NO-BREAK SPACE}")
