"""The account of a detection run: `report.json`, `metrics.json`, `predictions.parquet` and the tables of its report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from pipeline.artifacts import Corpus, Pool, Predictions, Split, Texts
from pipeline.artifacts.detection import Bags, Detection, DetectionScores, Suspicion
from pipeline.reporting.detection.folder import COLUMNS
from pipeline.reporting.detection.protocol import published_note
from pipeline.stages.account import class_counts, duplicate_facts, part_counts, rounded, run_facts, run_metrics
from pipeline.stages.stream_account import records

MODEL = "detection"
SUPERVISED, ITS_COLUMN = "tfidf", "tfidf_all_rows"  # as the scores and as its predictions call it
RULE = "expected"  # the one whose calls stand for a detector
CUT = 400  # characters of a message that are kept for the page


@dataclass(frozen=True)
class Outcome:
    """All artifacts of a run, and the frame of the run as its manifest has it."""

    frame: Mapping[str, Any]
    corpus: Corpus
    texts: Texts
    pool: Pool
    split: Split
    bags: Bags
    suspicion: Suspicion
    supervised: Predictions
    scores: DetectionScores
    detections: Sequence[Detection]


def detection_facts(outcome: Outcome, num_contaminated: int) -> dict[str, Any]:
    """What `report.json` says beside the headline."""
    frame, corpus, split, scores = outcome.frame, outcome.corpus, outcome.split, outcome.scores
    note = published_note(frame["source"], frame["protocol"])
    return {
        **run_facts(frame, corpus, outcome.texts, family=MODEL, note=note),
        "counts": part_counts(split),
        "duplicates": duplicate_facts(outcome.pool, split),
        "validation_is_test": split.validation_is_test,
        "vocabulary": len(outcome.bags.vocabulary),
        "min_messages": int(outcome.bags.seen.min()),
        "measure": next((name for name in scores.detectors["measure"] if name != "message"), "message"),
        "expected_share": scores.expected_share,
        "estimated_share": scores.estimated_share,
        "true_share": scores.true_share,
        "num_wordless": scores.num_wordless,
        "num_kinds": outcome.suspicion.num_kinds,
        "num_starts": outcome.suspicion.num_starts,
        "num_contaminated": num_contaminated,
        "num_resamples": scores.num_resamples,
        "champion": scores.champion,
        "picked": scores.picked,
    }


def detection_metrics(outcome: Outcome) -> dict[str, Any]:
    """Results only, nothing that two equal runs could differ in."""
    frame, scores, test = outcome.frame, outcome.scores, class_counts(outcome.split, outcome.split.test)
    return {
        **run_metrics(frame, outcome.corpus, outcome.texts, model=MODEL),
        "vocabulary": len(outcome.bags.vocabulary),
        "num_test": sum(test),
        "num_positive": test[1],
        "num_wordless": scores.num_wordless,
        "expected_share": rounded(scores.expected_share),
        "estimated_share": rounded(scores.estimated_share),
        "true_share": rounded(scores.true_share),
        "champion": scores.champion,
        "picked": scores.picked,
        "detectors": {str(row["detector"]): _metrics_of(scores, row) for _, row in scores.detectors.iterrows()},
        "rule_contests": records(scores.rule_contests),
        "contests": records(scores.contests),
        "contamination": records(scores.contamination),
    }


def predictions(outcome: Outcome) -> pd.DataFrame:
    """What every detector says of every validation and test message, by the measure that stands for it."""
    table = outcome.supervised.table[["part", "row", "label"]].reset_index(drop=True)
    rows = table["row"].to_numpy()
    table["group"] = outcome.split.groups[rows]
    table["known"] = outcome.bags.known[rows]
    measure_of = _measures(outcome.scores)
    for detection in outcome.detections:
        column = main_scores(detection)[["part", "row", measure_of[detection.name]]]
        column.columns = ["part", "row", detection.name]
        table = table.merge(column, on=["part", "row"], how="left", validate="one_to_one")
    return table.assign(**{SUPERVISED: outcome.supervised.table[ITS_COLUMN].to_numpy()})


def detection_tables(outcome: Outcome, num_examples: int, num_words: int) -> dict[str, pd.DataFrame]:
    """What the figures and tables of the report are made from."""
    scores, detections, labels = outcome.scores, outcome.detections, outcome.split.labels
    examples = _joined("examples", _examples(outcome, num_examples))
    latents = _joined("latents", ((one.name, one.latents) for one in detections))
    shares = {one.name: one.latent_shares for one in detections if one.latent_shares}
    return {
        "detectors": scores.detectors,
        "measures": scores.measures,
        "rules": scores.rules,
        "thresholds": scores.thresholds,
        "rule_contests": scores.rule_contests,
        "contests": scores.contests,
        "curves": scores.curves,
        "contamination": scores.contamination,
        "scores": _joined("scores", ((one.name, _with_facts(outcome, main_scores(one))) for one in detections)),
        "history": _joined("history", ((one.name, one.history) for one in detections)),
        "latents": latents.assign(label=labels[latents["row"].astype(np.int64)]),
        "latent_axes": _joined("latent_axes", (
            (name, pd.DataFrame([pair[:2]], columns=["first_share", "second_share"])) for name, pair in shares.items()
        )),
        "examples": examples,
        "costs": _joined("costs", _costs(detections, examples, num_words)),
        "mixture_words": outcome.suspicion.words,
    }  # fmt: skip


def main_scores(detection: Detection) -> pd.DataFrame:
    """The scores by the bound that stands for the detector."""
    return detection.scores[detection.scores["bound"] == detection.main].drop(columns="bound")


def _metrics_of(scores: DetectionScores, detector: pd.Series) -> dict[str, Any]:
    """One detector: by its main measure and by the rule that needs no labels, then by all others."""
    key = detector["detector"]
    measures, rules, thresholds = (
        table[table["detector"] == key] for table in (scores.measures, scores.rules, scores.thresholds)
    )
    shown = pd.concat([measures[measures["is_main"].astype(bool)], rules[rules["rule"] == RULE]])
    by_rule = thresholds.set_index("rule")
    return {
        **{str(row["metric"]): rounded(row["value"]) for _, row in shown.iterrows()},
        "ci95": {str(row["metric"]): [rounded(row["low"]), rounded(row["high"])] for _, row in shown.iterrows()},
        "model": str(detector["model"]),
        "fitted_on": str(detector["fitted_on"]),
        "weighting": str(detector["weighting"]),
        "measure": str(detector["measure"]),
        "needs_labels": bool(detector["needs_labels"]),
        "fitted": [int(detector["fitted_negative"]), int(detector["fitted_positive"])],
        "length_correlation": rounded(detector["length_correlation"]),
        "measures": {
            f"{bound}_{measure}": _values(rows)
            for (bound, measure), rows in measures.groupby(["bound", "measure"], sort=False)
        },
        "rules": {
            str(rule): _values(rows) | {name: rounded(by_rule.loc[rule, name]) for name in ("threshold", "called")}
            for rule, rows in rules.groupby("rule", sort=False)
        },
    }  # fmt: skip


def _values(rows: pd.DataFrame) -> dict[str, float | None]:
    return {str(metric): rounded(value) for metric, value in zip(rows["metric"], rows["value"], strict=True)}


def _measures(scores: DetectionScores) -> dict[str, str]:
    table = scores.detectors
    return dict(zip(table["detector"].astype(str), table["measure"].astype(str), strict=True))


def _joined(name: str, tables: Iterator[tuple[str, pd.DataFrame]]) -> pd.DataFrame:
    """The tables of several detectors as one, with the columns of that table in the run folder."""
    found = [table.assign(detector=detector) for detector, table in tables if len(table)]
    columns = list(COLUMNS[name])
    if not found:
        return pd.DataFrame(columns=columns)
    joined = pd.concat(found, ignore_index=True)
    return joined[[column for column in columns if column in joined]]


def _with_facts(outcome: Outcome, table: pd.DataFrame) -> pd.DataFrame:
    """Messages with their label and how many distinct known words they have."""
    rows = table["row"].to_numpy()
    return table.assign(label=outcome.split.labels[rows], known=outcome.bags.known[rows])


def _examples(outcome: Outcome, number: int) -> Iterator[tuple[str, pd.DataFrame]]:
    """Of every detector whose words have costs: the dearest test messages of one class, the cheapest of the other."""
    measure_of = _measures(outcome.scores)
    texts = outcome.corpus.table["text"].to_numpy()
    for detection in outcome.detections:
        if detection.words.empty:
            continue
        table = _with_facts(outcome, main_scores(detection)).query("part == 'test'")
        table = table.assign(score=table[measure_of[detection.name]]).dropna(subset="score")
        chosen = {
            "least_likely_negative": table[table["label"] == 0].sort_values("score", ascending=False, kind="stable"),
            "most_likely_positive": table[table["label"] == 1].sort_values("score", kind="stable"),
        }
        for kind, found in chosen.items():
            top = found.head(number)
            rows = top["row"].to_numpy()
            yield (
                detection.name,
                top.assign(
                    kind=kind,
                    rank=np.arange(1, len(top) + 1),
                    length=outcome.bags.lengths[rows],
                    text=[str(text)[:CUT] for text in texts[rows]],
                ),
            )


def _costs(detections: Sequence[Detection], examples: pd.DataFrame, number: int) -> Iterator[tuple[str, pd.DataFrame]]:
    """The dearest words of the examples."""
    for detection in detections:
        rows = examples.loc[examples["detector"] == detection.name, "row"]
        words = detection.words
        if len(words):
            yield detection.name, words[words["row"].isin(rows)].groupby("row", sort=False).head(number)
