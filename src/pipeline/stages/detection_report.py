"""Write down what detectors of one class came to, then draw the report from those files alone."""

from __future__ import annotations

from pathlib import Path

from pydantic import TypeAdapter
from pydantic_core import to_jsonable_python

from pipeline.artifacts import Corpus, Pool, Predictions, Split, Texts
from pipeline.artifacts.detection import Bags, Contamination, Detection, DetectionScores, Suspicion
from pipeline.ranges import Count
from pipeline.reporting.detection.facts import DetectionReport
from pipeline.reporting.detection.folder import DetectionTables
from pipeline.reporting.detection.report import draw_detection
from pipeline.reporting.detection.sentences import headline
from pipeline.stages.account import write_json
from pipeline.stages.detection_account import (
    Outcome,
    detection_facts,
    detection_metrics,
    detection_tables,
    predictions,
)
from pipeline.stages.stream_account import read_frame, write_tables


def detection_report(
    corpus: Corpus,
    texts: Texts,
    pool: Pool,
    split: Split,
    bags: Bags,
    suspicion: Suspicion,
    contamination: Contamination,
    supervised: Predictions,
    scores: DetectionScores,
    *detections: Detection,
    num_examples: Count,
    num_words: Count,
    folder: Path,
) -> str:
    """Write `metrics.json`, `report.json`, `predictions.parquet` and `tables/`, draw the report; the headline.

    Reads the frame of the run (experiment, protocol, source, command) from the `manifest.json` in `folder`. Of every
    detector whose words have costs, `num_examples` messages of each class are kept with their `num_words` dearest
    words.
    """
    outcome = Outcome(
        read_frame(folder), corpus, texts, pool, split, bags, suspicion, supervised, scores, detections
    )  # fmt: skip
    tables = detection_tables(outcome, num_examples, num_words)
    write_tables(folder, tables)
    predictions(outcome).to_parquet(folder / "predictions.parquet", index=False)
    write_json(folder / "metrics.json", detection_metrics(outcome))
    facts = detection_facts(outcome, contamination.num_fitted)
    report = TypeAdapter(DetectionReport).validate_python(to_jsonable_python(facts | {"headline": ""}))
    said = headline(report, DetectionTables(**tables))
    write_json(folder / "report.json", facts | {"headline": said})
    draw_detection(folder)
    return said
