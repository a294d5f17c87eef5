"""Write down what models that read a stream came to, then draw the report from those files alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
from pydantic import TypeAdapter
from pydantic_core import to_jsonable_python

from pipeline.artifacts import Corpus, Pool, Texts
from pipeline.artifacts.streams import Passes, Stream, StreamScores
from pipeline.ranges import Count
from pipeline.reporting.stream.facts import Kind, StreamReport
from pipeline.reporting.stream.findings import headline
from pipeline.reporting.stream.folder import StreamTables
from pipeline.reporting.stream.report import draw_stream
from pipeline.reporting.stream.sentences import opening
from pipeline.stages.account import rounded, write_json
from pipeline.stages.stream_account import frame_metrics, read_frame, records, stream_facts, write_tables


def stream_report(
    corpus: Corpus,
    texts: Texts,
    pool: Pool,
    stream: Stream,
    passes: Passes,
    scores: StreamScores,
    *,
    num_words: Count,
    folder: Path,
) -> str:
    """Write `metrics.json`, `report.json`, `predictions.parquet` and `tables/`, draw the report; the headline.

    Reads the frame of the run (experiment, protocol, command) from the `manifest.json` in `folder`. The commonest
    `num_words` of the words that change are shown.
    """
    frame = read_frame(folder)
    tables = {
        "totals": scores.totals,
        "windows": scores.windows,
        "curves": scores.curves,
        "alarms": scores.alarms,
        "recoveries": scores.recoveries,
        "models": passes.models,
        "replaced": stream.replaced.sort_values("messages", ascending=False, kind="stable").head(num_words),
    }
    write_tables(folder, tables)
    _predictions(stream, passes).to_parquet(folder / "predictions.parquet", index=False)
    write_json(folder / "metrics.json", frame_metrics(frame, corpus, texts, stream) | _metrics(stream, passes, scores))
    facts = stream_facts(frame, corpus, texts, pool, stream, scores.start, scores.window) | {
        "kind": _kind(stream, passes),
        "reference": scores.reference,
        "period": passes.period,
        "delay": passes.delay,
        "window": scores.window,
        "start": scores.start,
        "changed_at": stream.changed_at,
        "num_replaced": len(stream.replaced),
        "trained_at": {str(model): rows["position"].tolist() for model, rows in passes.trainings.groupby("model")},
    }
    report = TypeAdapter(StreamReport).validate_python(to_jsonable_python(facts | {"headline": ""}))
    said = opening(report) + headline(report, StreamTables(**tables))
    write_json(folder / "report.json", facts | {"headline": said})
    draw_stream(folder)
    return said


def _kind(stream: Stream, passes: Passes) -> Kind:
    """What the run is about, as its artifacts have it."""
    if stream.changed_at is not None:
        return "drift"
    return "versus_batch" if len(passes.trainings) else "filters"


def _predictions(stream: Stream, passes: Passes) -> pd.DataFrame:
    """What every model said of every message, with the message's row, group and label."""
    known = stream.table[["row", "group", "label"]].reset_index(drop=True).rename_axis("position").reset_index()
    return passes.predictions.merge(known, on="position", how="left", validate="many_to_one")


def _metrics(stream: Stream, passes: Passes, scores: StreamScores) -> dict[str, Any]:
    """Results only, nothing that two equal runs could differ in."""
    bytes_of = dict(zip(passes.models["model"].astype(str), passes.models["bytes"], strict=True))
    return {
        "kind": _kind(stream, passes),
        "period": passes.period,
        "delay": passes.delay,
        "window": scores.window,
        "start": scores.start,
        "reference": scores.reference,
        "changed_at": stream.changed_at,
        "models": {
            str(model): {
                "bytes": int(bytes_of[str(model)]),
                "alarms": scores.alarms.loc[scores.alarms["model"] == model, "position"].astype(int).tolist(),
                **{str(part): _values(rows) for part, rows in of_model.groupby("part", sort=False)},
            }
            for model, of_model in scores.totals.groupby("model", sort=False)
        },
        "recoveries": records(scores.recoveries),
    }


def _values(rows: pd.DataFrame) -> dict[str, Any]:
    """The metrics over a part of the stream, their intervals, and the differences from the reference."""
    by_metric = rows.set_index("metric")
    values: dict[str, Any] = {str(metric): rounded(value) for metric, value in by_metric["value"].items()}
    return values | {
        "ci95": _bounds(by_metric, "low", "high"),
        "difference": {str(metric): rounded(value) for metric, value in by_metric["difference"].items()},
        "difference_ci95": _bounds(by_metric, "difference_low", "difference_high"),
    }


def _bounds(by_metric: pd.DataFrame, low: str, high: str) -> dict[str, list[float | None]]:
    return {str(metric): [rounded(row[low]), rounded(row[high])] for metric, row in by_metric.iterrows()}
