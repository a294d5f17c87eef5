"""What the tables of the report on hashing and memory hold, row by row, ready to be written."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pipeline.reporting import words
from pipeline.reporting.facts import Estimate
from pipeline.reporting.grid import EMPTY, Row, Table, estimate, upper
from pipeline.reporting.stream.folder import MemoryFolder
from pipeline.reporting.stream.memory_findings import base_of, buckets_said, learners
from pipeline.reporting.stream.metrics import METRICS
from pipeline.reporting.stream.names import HASHING, learner_name
from pipeline.reporting.stream.tables import NONE, memory_said
from pipeline.reporting.stream.verdicts import gap_cell
from pipeline.reporting.tables import Cell

NAN = float("nan")


def sketch_name(features: str, num_hashes: float) -> str:
    """Hashing, or count-min with its number of hashes."""
    if features == HASHING:
        return features
    return f"{features}, {int(num_hashes)} {'hash' if num_hashes == 1 else 'hashes'}"


def accuracy_table(run: MemoryFolder) -> Table:
    """F1 by memory: a body a learner, a column a sketch; bold where it is below what it is held against."""
    models = run.tables.models.assign(size=np.log2(run.tables.models["bytes"]).round())
    kinds = models[["num_hashes", "features"]].drop_duplicates().sort_values(["num_hashes", "features"])
    kinds = [(str(features), float(hashes)) for hashes, features in kinds.itertuples(index=False)]
    bodies = []
    for learner in learners(run.tables):
        name, base = upper(learner_name(learner)), base_of(run.tables, learner)
        least = NAN if base is None else float(base.row["f1_low"])
        rows = []
        for _, alike in models[models["learner"] == learner].groupby("size"):
            found = {(str(row["features"]), float(row["num_hashes"])): row for _, row in alike.iterrows()}
            cells = [_f1_cell(found[kind], least) if kind in found else EMPTY for kind in kinds]
            rows.append(Row(f"{name}, {memory_said(float(alike['bytes'].median()))}", "", cells))
        if base is not None and base.is_exact:
            head = f"{name}, {memory_said(float(base.row['bytes']))}"
            rows.append(Row(head, "without hashing", [_f1_cell(base.row, NAN), *[EMPTY] * (len(kinds) - 1)]))
        bodies.append(rows)
    return Table(
        "Model, memory",
        [f"F1, {sketch_name(*kind)}" for kind in kinds],
        bodies,
        "With 95 % intervals. Tables in a row have the same memory, or nearly: with more hashes, fewer buckets for "
        "each. Bold: below the interval of the model without hashing, or of the largest table where there is none.",
    )


def models_table(run: MemoryFolder) -> Table:
    """All models with their memory."""
    bodies = []
    for learner in learners(run.tables):
        rows = run.tables.models[run.tables.models["learner"] == learner].sort_values("bytes", kind="stable")
        name, base = upper(learner_name(learner)), base_of(run.tables, learner)
        bodies.append([
            Row(
                f"{name}, {sketch_name(str(row['features']), row['num_hashes'])}",
                f"{buckets_said(row['log2_buckets'])} buckets a row",
                _cells(row),
            )
            for _, row in rows.iterrows()
        ])  # fmt: skip
        if base is not None and base.is_exact:
            bodies[-1].append(Row(f"{name}, every n-gram by itself", "", _cells(base.row)))
    return Table(
        "Model",
        ["memory", "F1", "F1 less that of hashing", "FPR", "Accuracy", "PR-AUC"],
        bodies,
        "By memory. The difference is that from hashing in a table of as many cells, paired, on the same messages; "
        "bold: its interval leaves 0 out. Of twenty intervals one does so by chance alone.",
    )


def counts_table(run: MemoryFolder) -> Table:
    """All tables of counts with their errors."""
    bodies = {}
    for _, row in run.tables.counts.sort_values(["num_hashes", "bytes"], kind="stable").iterrows():
        name = sketch_name(str(row["features"]), row["num_hashes"])
        cells = [
            memory_said(float(row["bytes"])),
            words.decimal(row["mean_error"]),
            words.percent(row["exact_percent"]),
            words.decimal(row["bound"], 1),
            words.percent(row["beyond_percent"]),
            words.percent(row["promised_percent"]),
        ]
        head = f"{upper(name)}, {buckets_said(row['log2_buckets'])}"
        bodies.setdefault(name, []).append(Row(head, "", [_plain(text) for text in cells]))
    return Table(
        "Sketch, buckets a row",
        ["memory", "mean error", "counted exactly", "bound", "beyond it", "promised at most"],
        list(bodies.values()),
        f"Of {words.count(run.report.num_ngrams)} distinct n-grams, {words.count(run.report.num_counted)} counted, "
        "each once a message. Errors are estimates less true counts: a sketch never counts too few.",
    )


def _cells(row: pd.Series) -> list[Cell]:
    """What a model needs and what it does; the model without hashing has nothing of equal memory beside it."""
    gap = estimate(row, "difference") if "difference" in row.index else words.NOT_KNOWN
    return [
        _plain(memory_said(float(row["bytes"]))),
        _f1_cell(row, NAN),
        gap_cell(gap) if gap.is_known else NONE,
        _plain(METRICS["fpr"].written(row["fpr"])),
        _plain(words.decimal(row["accuracy"])),
        _plain(words.decimal(row["pr_auc"])),
    ]


def _f1_cell(row: pd.Series, least: float) -> Cell:
    found = Estimate(*(float(row[name]) for name in ("f1", "f1_low", "f1_high")))
    return Cell(words.decimal(found.value), words.interval(found.low, found.high), found.value < least)


def _plain(text: str) -> Cell:
    return Cell(text, "", stands_out=False)
