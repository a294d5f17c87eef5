"""What the tables of the report hold, row by row, ready to be written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pipeline.reporting import words
from pipeline.reporting.facts import Estimate, Manifest, Mistake, Report, Stage
from pipeline.reporting.words import METRIC, METRICS, Metric, Verdict

TILES = ("f1", "recall", "precision", "pr_auc")
VERDICTS = ("f1", "pr_auc")
# Controls are shown as pictures; what has none, and marks that turn the direction of reading, by a replacement.
VISIBLE = {
    **{code: chr(0x2400 + code) for code in range(0x20) if chr(code) not in "\n\t"},
    **dict.fromkeys(
        [*range(0x7F, 0xA0), 0x61C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)], 0xFFFD
    ),
}
PREVIEW, LONGEST = 240, 5_000  # characters of a message: shown at once, and shown at all


@dataclass(frozen=True)
class Cell:
    """A value with its interval; `stands_out` where it is the best of its row, or differs from 0."""

    value: str
    interval: str
    stands_out: bool


@dataclass(frozen=True)
class MetricRow:
    """One metric of several models."""

    metric: Metric
    cells: list[Cell]


@dataclass(frozen=True)
class Judgement:
    """The model against all its baselines by one metric."""

    summary: Verdict
    verdicts: list[Verdict]


@dataclass(frozen=True)
class Shown:
    """An untrusted text made fit for a page, still to be escaped: `rest` is folded away, `omitted` is left out."""

    start: str
    rest: str
    omitted: int


def tiles(report: Report) -> list[MetricRow]:
    """The few figures of the model that are shown large."""
    return [MetricRow(METRIC[key], [_cell(report.model.metrics[key])]) for key in TILES if key in report.model.metrics]


def metric_rows(report: Report) -> list[MetricRow]:
    """All metrics of all models; the best of a row, as far as the digits shown can tell, stands out."""
    rows = []
    for metric in METRICS:
        if metric.key not in report.model.metrics:
            continue
        estimates = [judged.metrics.get(metric.key, words.NOT_KNOWN) for judged in report.models.values()]
        best = _best(metric, estimates)
        rows.append(MetricRow(metric, [_cell(e, stands_out=words.decimal(e.value) == best) for e in estimates]))
    return rows


def difference_rows(report: Report) -> list[MetricRow]:
    """All paired differences, baseline minus model; what an interval separates from 0 stands out."""
    rows = []
    for metric in METRICS:
        estimates = [judged.difference.get(metric.key) for judged in report.baselines.values()]
        known = [estimate or words.NOT_KNOWN for estimate in estimates]
        if any(estimates):
            rows.append(MetricRow(metric, [_difference_cell(estimate) for estimate in known]))
    return rows


def judgements(report: Report) -> list[Judgement]:
    """Verdicts in words on the model against each baseline, by the metrics that matter most."""
    found = []
    for metric in (METRIC[key] for key in VERDICTS):
        verdicts = [
            words.verdict(metric, words.long_name(name), judged.difference.get(metric.key, words.NOT_KNOWN))
            for name, judged in report.baselines.items()
        ]
        found.append(Judgement(words.summary(metric, verdicts), verdicts))
    return found


def model_names(report: Report) -> dict[str, str]:
    """Model -> its short name, in the order of the columns."""
    return {name: words.short_name(name, report.training.model) for name in report.models}


def mistake_kind(report: Report, mistake: Mistake) -> str:
    """`ham called spam` or `spam called ham`."""
    names = (report.classes.negative, report.classes.positive)
    return f"{names[mistake.label]} called {names[1 - mistake.label]}"


def stages(manifest: Manifest) -> list[Stage]:
    """The steps up to the report, which cannot know its own time: so a drawing repeated gives the same page."""
    return [stage for stage in manifest.stages if not stage.stage.endswith("_report")]


def shown(text: str) -> Shown:
    """A message of any length and content; characters that would act on the page are made visible."""
    visible = text[:LONGEST].translate(VISIBLE)
    cut = visible.rfind(" ", PREVIEW // 2, PREVIEW) if len(visible) > PREVIEW else len(visible)
    start = visible[: cut if cut > 0 else PREVIEW]
    return Shown(start, visible[len(start) :], max(len(text) - LONGEST, 0))


def setting(value: Any) -> str:
    """A setting as it is written in YAML: true, null, [1, 2]."""
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case Mapping():
            return "{" + ", ".join(f"{key}: {setting(entry)}" for key, entry in value.items()) + "}"
        case list():
            return "[" + ", ".join(map(setting, value)) + "]"
        case _:
            return str(value)


def _best(metric: Metric, estimates: list[Estimate]) -> str | None:
    known = [estimate.value for estimate in estimates if estimate.is_known]
    best = max if metric.higher_is_better else min
    return words.decimal(best(known)) if known else None


def _cell(estimate: Estimate, *, stands_out: bool = False) -> Cell:
    return Cell(words.decimal(estimate.value), words.interval(estimate.low, estimate.high), stands_out)


def _difference_cell(estimate: Estimate) -> Cell:
    differs = estimate.is_known and not estimate.low <= 0 <= estimate.high
    return Cell(words.signed(estimate.value), words.interval(estimate.low, estimate.high), differs)
