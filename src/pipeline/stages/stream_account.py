"""What the accounts of all runs on a stream share: the stream in `report.json` and in `metrics.json`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from pipeline.artifacts import Corpus, Pool, Texts
from pipeline.artifacts.streams import Stream
from pipeline.reporting.stream.facts import JUST_AFTER, STREAM, UNFAMILIAR
from pipeline.reporting.stream.protocol import published_note
from pipeline.stages.account import rounded, run_facts, run_metrics

MODEL = "stream"


def read_frame(folder: Path) -> dict[str, Any]:
    """The frame of a run: its manifest, as far as it is written."""
    return json.loads((folder / "manifest.json").read_text(encoding="utf-8"))


def stream_facts(
    frame: Mapping[str, Any], corpus: Corpus, texts: Texts, pool: Pool, stream: Stream, start: int, window: int
) -> dict[str, Any]:
    """What `report.json` says of the stream, whatever was done with it.

    Figures are from position `start` on; `window` messages are those just after a change.
    """
    note = published_note(frame["source"], frame["protocol"])
    return {
        **run_facts(frame, corpus, texts, family=MODEL, note=note),
        "counts": list(_counts(stream, start, window)),
        "order": stream.order,
        "is_sorted": stream.is_sorted,
        "num_copies": stream.num_copies,
        "num_near": pool.num_near,
    }


def frame_metrics(frame: Mapping[str, Any], corpus: Corpus, texts: Texts, stream: Stream) -> dict[str, Any]:
    """What `metrics.json` says first."""
    return {
        **run_metrics(frame, corpus, texts, model=MODEL),
        "stream": {
            "order": stream.order,
            "is_sorted": stream.is_sorted,
            "num_messages": len(stream.table),
            "num_positive": int(stream.table["label"].sum()),
            "num_copies": stream.num_copies,
            "num_familiar": int(stream.table["familiar"].sum()),
        },
    }


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of a table as `metrics.json` holds them."""
    return [{str(name): plain(value) for name, value in row.items()} for row in table.to_dict("records")]


def plain(value: Any) -> Any:
    """An entry of a table: numbers that are not whole are rounded, and None where undefined."""
    if isinstance(value, float | np.floating):
        return rounded(float(value))
    return value.item() if isinstance(value, np.generic) else value


def write_tables(folder: Path, tables: Mapping[str, pd.DataFrame]) -> None:
    """Write `tables/`."""
    (folder / "tables").mkdir(exist_ok=True)
    for name, content in tables.items():
        content.to_parquet(folder / "tables" / f"{name}.parquet", index=False)


def _counts(stream: Stream, start: int, window: int) -> Iterator[dict[str, Any]]:
    """Messages of each class in the parts that the page tells of."""
    place = np.arange(len(stream.table))
    parts = {STREAM: place >= 0, UNFAMILIAR: ~stream.table["familiar"].to_numpy(bool)}
    if start:
        parts["judged: scored by all models"] = place >= start
    if stream.changed_at is not None:
        is_after = place >= stream.changed_at
        parts |= {"before the change": ~is_after, "after the change": is_after}
        parts[JUST_AFTER] = is_after & (place >= start) & (place < stream.changed_at + window)
    labels = stream.table["label"].to_numpy()
    for name, chosen in parts.items():
        negative, positive = np.bincount(labels[chosen], minlength=2).tolist()
        yield {"part": name, "negative": negative, "positive": positive}
