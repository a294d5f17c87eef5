"""What the page on hashing and memory says: sketches are told apart by paired differences, at equal memory alone."""

from __future__ import annotations

import math
from dataclasses import replace

import pandas as pd
import pytest

from pipeline.reporting.stream.folder import MemoryFolder, MemoryTables
from pipeline.reporting.stream.memory_findings import base_of, enough, error_pairs, f1_pairs, findings, headline
from pipeline.reporting.stream.memory_tables import models_table
from stream_samples import make_memory

NAN = math.nan


@pytest.fixture
def memory_tables() -> MemoryTables:
    made = make_memory()
    return MemoryTables(made.models, made.counts, made.reference)


def test_enough_buckets_are_those_from_which_on_no_table_falls_below(memory_tables: MemoryTables) -> None:
    found = enough(memory_tables, "naive_bayes")
    assert found is not None
    assert found["log2_buckets"] == 16
    dented = memory_tables.models.copy()
    is_larger = (dented["features"] == "hashing") & (dented["log2_buckets"] == 18)
    dented.loc[is_larger, "f1"] = 0.5
    after = enough(replace(memory_tables, models=dented), "naive_bayes")
    assert after is not None
    assert after["log2_buckets"] == 20, "a smaller table that happens to do well does not count"


def test_a_learner_without_an_exact_model_is_held_against_its_largest_table(memory_tables: MemoryTables) -> None:
    exact = memory_tables.reference[memory_tables.reference["learner"] == "naive_bayes"]
    tables = replace(memory_tables, reference=exact)
    base = base_of(tables, "perceptron")
    assert base is not None
    assert not base.is_exact
    assert base.row["log2_buckets"] == 20
    assert "the F1 interval of its own largest table" in headline(tables)


def test_sketches_are_told_apart_by_their_paired_difference(memory_tables: MemoryTables) -> None:
    """Intervals that overlap do not say that two differ in nothing: the interval of the difference tells."""
    models = memory_tables.models
    told = models[models["num_hashes"] > 1].copy()
    told[["f1_low", "f1_high"]] = 0.1, 0.9
    told[["difference", "difference_low", "difference_high"]] = NAN
    told.iloc[0, -3:] = 0.02, 0.01, 0.03
    told.iloc[1:3, -3:] = -0.02, -0.03, -0.01
    told.iloc[3:6, -3:] = 0.01, -0.01, 0.03
    tables = replace(memory_tables, models=pd.concat([models[models["num_hashes"] == 1], told]))
    pairs = f1_pairs(tables.models)
    assert (pairs.better, pairs.worse, pairs.level) == (1, 2, 3), "where no hashing was tried there is no comparison"
    said = (
        "count-min is by F1 detectably better than hashing in 1, worse in 2 of 6 comparisons, no detectable difference "
        "in 3"
    )
    assert headline(tables).endswith(f"at equal memory, {said}")
    better = findings(tables)[1]
    assert better.tag == "mixed"
    assert "The differences are paired" in better.answer


def test_errors_are_compared_at_equal_memory_alone(memory_tables: MemoryTables) -> None:
    """Tables of 2^b buckets and h hashes have as much memory as one of h 2^b buckets, where that was tried."""
    assert error_pairs(memory_tables.counts).total == 6
    shifted = memory_tables.counts.copy()
    shifted.loc[shifted["features"] == "count-min", "bytes"] *= 1.5
    assert error_pairs(shifted).total == 0


def test_without_a_hashed_table_none_is_said_to_be_too_small(memory_tables: MemoryTables) -> None:
    models = memory_tables.models
    tables = replace(memory_tables, models=models[models["num_hashes"] > 1])
    assert "naive Bayes: no table with one hash function was tried" in headline(tables)
    found = findings(tables)[0]
    assert (found.tag, found.style) == ("not tried", "unknown")
    assert "was not hashed" not in found.answer


def test_a_broken_promise_is_told(memory_tables: MemoryTables) -> None:
    kept = findings(memory_tables)[-1]
    assert (kept.tag, kept.style) == ("kept", "beats")
    counts = memory_tables.counts.copy()
    counts.loc[3, "beyond_percent"] = 40.0
    broken = findings(replace(memory_tables, counts=counts))[-1]
    assert (broken.tag, broken.style) == ("broken", "loses")
    assert "broken in 1 of 18 tables" in broken.answer
    assert "40.0 % where 36.8 % are allowed" in broken.answer


def test_all_models_have_their_accuracy_and_their_paired_difference(memory: MemoryFolder) -> None:
    table = models_table(memory)
    assert table.columns == ["memory", "F1", "F1 less that of hashing", "FPR", "Accuracy", "PR-AUC"]
    assert [len(row.cells) for row in table.bodies[0]] == [6] * 19, "the model without hashing stands last"
    assert table.bodies[0][-1].head == "Naive Bayes, every n-gram by itself"
    assert table.bodies[0][-1].cells[4].value == "0.966"
    told = {row.head: row.cells[2].value for row in table.bodies[0]}
    assert told["Naive Bayes, hashing"] == "–"
    assert told["Naive Bayes, count-min, 4 hashes"] != "–"
