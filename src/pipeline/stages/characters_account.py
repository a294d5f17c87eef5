"""The account of language models of characters: `report.json`, `metrics.json` and the tables of the report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.artifacts import Corpus, Pool, Rows, Split, Texts
from pipeline.artifacts.characters import (
    BitScores,
    Characters,
    References,
    Samples,
    SampleScores,
    Surprisal,
    Writer,
)
from pipeline.evaluation.characters.race import race
from pipeline.evaluation.characters.samples import NO_COPY, are_counted
from pipeline.reporting.characters.folder import COLUMNS
from pipeline.reporting.characters.protocol import published_note
from pipeline.stages.account import duplicate_facts, part_counts, rounded, run_facts, run_metrics
from pipeline.stages.stream_account import records

MODEL = "characters"
MAIN_TEMPERATURE = 1.0  # at which a model says what it has learnt, no more and no less
SHOWN_LENGTHS = (20, 200)  # characters of a real message that is shown


@dataclass(frozen=True)
class Outcome:
    """All artifacts of a run, and the frame of the run as its manifest has it; `paid` and `samples` by model."""

    frame: Mapping[str, Any]
    corpus: Corpus
    texts: Texts
    pool: Pool
    split: Split
    characters: Characters
    references: References
    bits: BitScores
    judged: SampleScores
    writers: Sequence[Writer]
    paid: Mapping[str, Surprisal]
    samples: Mapping[str, Samples]


def characters_facts(outcome: Outcome, limit: int) -> dict[str, Any]:
    """What `report.json` says beside the headline."""
    frame, corpus, split, characters = outcome.frame, outcome.corpus, outcome.split, outcome.characters
    note = published_note(frame["source"], frame["protocol"])
    temperatures = sorted({float(value) for value in outcome.judged.table["temperature"]})
    return {
        **run_facts(frame, corpus, outcome.texts, family=MODEL, note=note),
        "counts": part_counts(split),
        "duplicates": duplicate_facts(outcome.pool, split),
        "validation_is_test": split.validation_is_test,
        "num_symbols": characters.alphabet.num_symbols,
        "has_unknown": characters.alphabet.has_unknown,
        "num_unknown": outcome.bits.num_unknown,
        "train_characters": _num_characters(characters, split.train),
        "validation_characters": _num_characters(characters, split.validation),
        "test_characters": _num_characters(characters, split.test),
        "ngram": outcome.references.ngram,
        "champion": outcome.bits.champion,
        "num_resamples": outcome.bits.num_resamples,
        "num_messages": outcome.judged.num_messages,
        "num_draws": outcome.judged.num_draws,
        "temperatures": temperatures,
        "temperature": min(temperatures, key=lambda value: abs(value - MAIN_TEMPERATURE)),
        "limit": limit,
    }


def characters_metrics(outcome: Outcome) -> dict[str, Any]:
    """Results only, nothing that two equal runs could differ in."""
    frame, split, bits = outcome.frame, outcome.split, outcome.bits
    test, validation = (bits.table[bits.table["part"] == part] for part in ("test", "validation"))
    names = test["name"].astype(str)
    return {
        **run_metrics(frame, outcome.corpus, outcome.texts, model=MODEL),
        "num_symbols": outcome.characters.alphabet.num_symbols,
        "num_test": len(split.test),
        "num_test_characters": _num_characters(outcome.characters, split.test),
        "champion": bits.champion,
        "ngram": outcome.references.ngram,
        "bits_per_char": {name: rounded(value) for name, value in zip(names, test["bits"], strict=True)},
        "ci95": {
            name: [rounded(low), rounded(high)]
            for name, low, high in zip(names, test["low"], test["high"], strict=True)
            if np.isfinite(low)
        },
        "perplexity": {name: rounded(value) for name, value in zip(names, test["perplexity"], strict=True)},
        "validation_bits_per_char": {
            str(name): rounded(value) for name, value in zip(validation["name"], validation["bits"], strict=True)
        },
        "num_params": {writer.name: writer.num_params for writer in outcome.writers},
        "contests": records(bits.contests),
        "samples": records(outcome.judged.table),
        "recognition": records(outcome.judged.recognition),
    }


def character_tables(outcome: Outcome, num_samples: int, num_messages: int) -> dict[str, pd.DataFrame]:
    """What the figures and tables of the report are made from."""
    bits, judged = outcome.bits, outcome.judged
    shown = judged.samples[judged.samples["draw"] == 0]
    examples = shown.groupby(["name", "temperature", "label"], sort=False).head(num_samples)
    histories = [writer.history.assign(name=writer.name) for writer in outcome.writers]
    return {
        "writers": pd.DataFrame([_facts_of(writer, outcome.samples[writer.name]) for writer in outcome.writers]),
        "history": pd.concat(histories, ignore_index=True)[list(COLUMNS["history"])],
        "bits": bits.table,
        "contests": bits.contests,
        "race": race(outcome.writers),
        "sample_scores": judged.table,
        "copies": _copies(judged),
        "recognition": judged.recognition,
        "examples": examples[list(COLUMNS["examples"])].reset_index(drop=True),
        "surprise": _surprise(outcome, num_messages),
    }


def _copies(judged: SampleScores) -> pd.DataFrame:
    """How many of the samples that are scored repeat a training message, and how long these are."""
    scored = judged.samples[are_counted(judged.samples)]
    copied = scored["characters"].where(scored["copy_of"] != NO_COPY)
    sets = copied.groupby([scored["name"], scored["temperature"]], sort=False)
    table = sets.agg(["size", "count", "median", "max"])
    return table.set_axis(list(COLUMNS["copies"][2:]), axis=1).reset_index()


def _facts_of(writer: Writer, samples: Samples) -> dict[str, Any]:
    return {
        "name": writer.name,
        "cell": writer.build.cell,
        "units": writer.build.units,
        "embedding": np.nan if writer.build.embedding is None else float(writer.build.embedding),
        "scheme": writer.scheme,
        "conditional": writer.conditional,
        "num_params": writer.num_params,
        "epochs": len(writer.history),
        "kept_epoch": writer.kept_epoch,
        "stopped_early": writer.stopped_early,
        "seconds": float(writer.history["seconds"].sum()),
        "messages_per_second": len(samples.table) / samples.seconds,
    }


def _surprise(outcome: Outcome, number: int) -> pd.DataFrame:
    """Some test messages, from cheap to dear, as the best network and the best n-gram model find them."""
    characters, references = outcome.characters, outcome.references
    paid = outcome.paid[outcome.bits.champion]
    table = paid.table[paid.table["part"] == "test"]
    own = _by_row(table["row"].to_numpy(), paid.test_bits, characters)
    counted = _by_row(outcome.split.test, references.test_bits, characters)
    rows = _spread(table, outcome.split.labels, number)
    texts, labels = outcome.corpus.table["text"], outcome.split.labels
    tables = [
        pd.DataFrame({"character": [*str(texts.iloc[row]), ""], "bits": bits.astype(np.float64)}).assign(
            name=name, row=row, label=labels[row], position=np.arange(len(bits))
        )
        for name, found in ((paid.name, own), (references.ngram, counted))
        for row, bits in ((row, found[row]) for row in rows.tolist())
    ]
    return pd.concat(tables, ignore_index=True)[list(COLUMNS["surprise"])]


def _by_row(rows: Rows, bits: NDArray[np.float32], characters: Characters) -> dict[int, NDArray[np.float32]]:
    """The bits of the symbols of each message."""
    return dict(zip(rows.tolist(), np.split(bits, np.cumsum(characters.lengths[rows])[:-1]), strict=True))


def _spread(table: pd.DataFrame, labels: NDArray[np.int8], number: int) -> Rows:
    """Messages of either class in turn, at even steps from the cheapest character to the dearest."""
    fits = table["characters"].between(*SHOWN_LENGTHS)
    table = (table[fits] if fits.any() else table).assign(label=lambda rows: labels[rows["row"]])
    ranked = table.assign(each=table["bits"] / table["characters"]).sort_values(["each", "row"])
    chosen: list[int] = []
    for place, share in enumerate((np.arange(number) + 0.5) / number):
        own = ranked[ranked["label"] == place % 2]
        own = own if len(own) else ranked
        chosen.append(int(own["row"].iloc[int(share * len(own))]))
    return np.array(list(dict.fromkeys(chosen)), np.int64)


def _num_characters(characters: Characters, rows: Rows) -> int:
    return int(characters.lengths[rows].sum())
