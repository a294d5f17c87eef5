"""What the tables of a comparison hold, row by row, ready for the page and for files."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from pipeline.reporting import words
from pipeline.reporting.comparison.facts import Pair, PublishedFigure, Unfinished, Variant
from pipeline.reporting.comparison.figures import p_value
from pipeline.reporting.comparison.scene import Scene, metric
from pipeline.reporting.words import METRIC

METRICS = ("f1", "recall", "precision", "accuracy", "pr_auc", "mcc")
TESTS = {"bootstrap": "Bootstrap", "corrected_t": "Corrected t-test", "mcnemar": "McNemar"}
NOTHING = "–"

Record = dict[str, str | float | int | None]


@dataclass(frozen=True)
class Cell:
    """A text, with a small note below it and, on the page alone, a detail; `link` leads to a file beside the page."""

    text: str
    note: str = ""
    detail: str = ""
    stands_out: bool = False
    link: str = ""
    tag: str = ""


@dataclass(frozen=True)
class Column:
    """A column's head; numbers are set flush right."""

    head: str
    is_number: bool = False


@dataclass(frozen=True)
class Table:
    """A table for people, and the same as records for programs.

    Attributes:
        name: of its files, without suffix.
        caption: how to read it.
        columns: heads, the first that of the row names.
        bodies: rows in groups that are set apart.
        records: numbers at full precision, one record a row of the CSV file.
    """

    name: str
    caption: str
    columns: list[Column]
    bodies: list[list[list[Cell]]]
    records: list[Record] = field(repr=False)


def results(scene: Scene) -> Table:
    """Every variant and baseline with its metrics, cost, and published figures."""
    keys = [key for key in METRICS if any(key in variant.summary for variant in scene.comparison.variants)]
    best = {} if scene.is_mixed else {key: _best(scene, key) for key in keys}
    columns = [Column("Variant"), *([Column("Data set, protocol")] if scene.is_mixed else [])]
    columns += [Column(METRIC[key].label) for key in keys]
    columns += [Column("Published")] if _has_published(scene) else []
    columns += [Column("Runs", True), Column("Training", True), Column("Weights", True)]
    bodies = [[_result(scene, v, keys, best) for v in group] for group in (scene.models, scene.baselines) if group]
    records = [record for variant in scene.comparison.variants for record in _result_records(variant, keys)]
    return Table("results", _results_caption(scene), columns, bodies, records)


def pairs(scene: Scene) -> Table:
    """Every pair that shares test messages: difference, tests, verdict."""
    found = scene.comparison.pairs
    tests = [test for test in TESTS if any(one.test == test for pair in found for one in pair.tests)]
    columns = [Column("First"), Column("Second"), Column("Difference in F1")]
    columns += [*(Column(f"{TESTS[test]} p, adjusted") for test in tests), Column("Verdict")]
    caption = (
        "First minus second, on the same test messages, with its 95 % interval (not adjusted). p is two-sided; "
        "adjusted is by Holm over all pairs of the comparison, for each test. "
        + (
            "The bootstrap decides"
            if all(pair.num_repeats == 1 for pair in found)
            else "The corrected t-test decides"
            if all(pair.num_repeats > 1 for pair in found)
            else "The corrected t-test decides for several runs, the bootstrap for one"
        )
        + ", at 5 %. “No detectable difference” does not show that two are equal."
    )
    baselines = {variant.name for variant in scene.baselines}
    rows = [_pair(pair, tests, baselines) for pair in found]
    records: list[Record] = [
        {
            "first": pair.first, "second": pair.second, "metric": pair.metric, "difference": pair.difference.value,
            "low": pair.difference.low, "high": pair.difference.high, "runs": pair.num_repeats, "test": test.test,
            "p": test.p, "p_holm": test.p_holm, "detail": test.detail, "verdict": verdict(pair),
        }
        for pair in found for test in pair.tests
    ]  # fmt: skip
    return Table("pairs", caption, columns, [rows], records)


def runs(scene: Scene) -> Table:
    """Every run behind the variants: where it is, its seed and fold, what it came to, what runs it again."""
    has_folds = any(run.fold is not None for variant in scene.models for run in variant.repeats)
    columns = [Column("Variant"), Column("Run"), Column("Seed", True), *([Column("Fold", True)] if has_folds else [])]
    columns += [Column("F1"), Column("Training", True), Column("Command")]
    rows, records = [], []
    for variant in scene.models:
        for run in variant.repeats:
            fold = [Cell(NOTHING if run.fold is None else str(run.fold))] if has_folds else []
            f1 = run.metrics.get("f1", words.NOT_KNOWN)
            rows.append([
                Cell(variant.name), Cell(run.folder, link=_link(run.folder)), Cell(str(run.seed)), *fold,
                Cell(words.decimal(f1.value), words.interval(f1.low, f1.high)), Cell(_duration(run.train_seconds)),
                Cell(run.command),
            ])  # fmt: skip
            records.append({
                "variant": variant.name, "run": run.name, "folder": run.folder, "seed": run.seed, "fold": run.fold,
                "train_seconds": run.train_seconds, "command": run.command,
                **{key: estimate.value for key, estimate in run.metrics.items()},
            })  # fmt: skip
    return Table("runs", "Folders are seen from that of the comparison.", columns, [rows], records)


def unfinished(found: Sequence[Unfinished]) -> Table:
    """Runs that could not be compared."""
    rows = [[Cell(run.folder), Cell(run.reason)] for run in found]
    records: list[Record] = [{"folder": run.folder, "reason": run.reason} for run in found]
    return Table("unfinished", "Left out of every figure.", [Column("Folder"), Column("Why")], [rows], records)


def all_tables(scene: Scene) -> list[Table]:
    """The tables that have rows, in the order of the page."""
    every = (results(scene), pairs(scene), runs(scene), unfinished(scene.comparison.unfinished))
    return [table for table in every if table.records]


def verdict(pair: Pair) -> str:
    """`gru better than lstm`, or `no detectable difference`."""
    if pair.verdict == "none":
        return "no detectable difference"
    winner, loser = (pair.first, pair.second) if pair.verdict == "first" else (pair.second, pair.first)
    has_comma = "," in winner + loser
    return f"“{winner}” better than “{loser}”" if has_comma else f"{winner} better than {loser}"


def published(figure: PublishedFigure) -> str:
    """`recall about 0.94`: to as many digits as the source gives, four at most."""
    digits = f"{figure.value:.4f}".rstrip("0")
    about = "about " if figure.is_approximate else ""
    return f"{_in_sentence(figure.metric)} {about}{digits}{'0' * digits.endswith('.')}"


def _results_caption(scene: Scene) -> str:
    what = f"The value on the test part with its 95 % interval, {scene.interval_of}."
    if not scene.is_single:
        over = "folds" if scene.comparison.repeats_are == "folds" else "runs"
        what = f"The mean over the {over} (in brackets: standard deviation); below it the interval {scene.interval_of}."
    best = " Bold: the best of a column, to the digits shown; the pairs say what can be told apart."
    best = "" if scene.is_mixed else best
    source = " Published: from the source's own protocol, faults included." if _has_published(scene) else ""
    return f"{what}{best} Below the line: baselines.{source}" if scene.baselines else f"{what}{best}{source}"


def _has_published(scene: Scene) -> bool:
    return any(variant.published for variant in scene.models)


def _result(scene: Scene, variant: Variant, keys: Sequence[str], best: dict[str, str]) -> list[Cell]:
    home = [Cell(f"{variant.dataset}, {variant.protocol}")] if scene.is_mixed else []
    sources = ", ".join(sorted({figure.source for figure in variant.published}))
    figures = Cell(", ".join(map(published, variant.published)) or NOTHING, sources and f"({sources})")
    weights = NOTHING if variant.params is None else words.count(variant.params)
    return [
        Cell(variant.name), *home, *(_metric(variant, key, best.get(key)) for key in keys),
        *([figures] if _has_published(scene) else []), Cell(str(len(variant.repeats))),
        Cell(_duration(variant.train_seconds)), Cell(weights),
    ]  # fmt: skip


def _metric(variant: Variant, key: str, best: str | None) -> Cell:
    summary = metric(variant, key)
    value = words.decimal(summary.mean)
    spread = "" if math.isnan(summary.deviation) else f" ({words.decimal(summary.deviation)})"
    return Cell(f"{value}{spread}", words.interval(summary.low, summary.high), stands_out=value == best)


def _result_records(variant: Variant, keys: Sequence[str]) -> Iterator[Record]:
    for key in keys:
        summary = metric(variant, key)
        figure = next((one for one in variant.published if one.metric == key), None)
        yield {
            "variant": variant.name, "is_baseline": str(variant.is_baseline).lower(), "dataset": variant.dataset,
            "protocol": variant.protocol, "metric": key, "mean": summary.mean, "deviation": summary.deviation,
            "low": summary.low, "high": summary.high, "runs": len(variant.repeats),
            "train_seconds": variant.train_seconds, "params": variant.params,
            "published": figure and figure.value,
            "published_is_approximate": figure and str(figure.is_approximate).lower(),
        }  # fmt: skip


def _best(scene: Scene, key: str) -> str:
    means = [metric(variant, key).mean for variant in scene.comparison.variants]
    return words.decimal(max((mean for mean in means if not math.isnan(mean)), default=math.nan))


def _pair(pair: Pair, tests: Sequence[str], baselines: set[str]) -> list[Cell]:
    gap = pair.difference
    cells = [
        Cell(pair.first), Cell(pair.second), Cell(words.signed(gap.value), words.interval(gap.low, gap.high)),
    ]  # fmt: skip
    for name in tests:
        test = next((one for one in pair.tests if one.test == name), None)
        cells.append(
            Cell(p_value(test.p_holm), f"(unadjusted {p_value(test.p)})", test.detail) if test else Cell(NOTHING)
        )
    if pair.verdict == "none":
        return [*cells, Cell(verdict(pair), tag="level")]
    winner = pair.first if pair.verdict == "first" else pair.second
    return [*cells, Cell(verdict(pair), stands_out=True, tag="loses" if winner in baselines else "beats")]


def _duration(seconds: float | None) -> str:
    return NOTHING if seconds is None or math.isnan(seconds) else words.duration(seconds)


def _link(folder: str) -> str:
    """The report of a run, as seen from the page; empty where the folder is not given as seen from there."""
    return "" if folder.startswith("/") or ":" in folder else f"{folder}/report.html"


def _in_sentence(key: str) -> str:
    """A metric's name inside a sentence: abbreviations keep their capitals."""
    name = METRIC[key].label if key in METRIC else key.replace("_", " ")
    return name if name[1:] != name[1:].lower() or len(name) < 3 else name.lower()
