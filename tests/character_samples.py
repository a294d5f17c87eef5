"""Runs of character models that never were, with figures like those of real ones, and the folders they become."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml

from pipeline.reporting.characters.folder import COLUMNS

COMMAND = "python -m pipeline +experiment=char_comparison seed=7"
HOSTILE = "<script>alert('x')</script>"
TRAINING = "Sorry, I'll call later"  # a message of the training part, which models may repeat
WRITTEN = (
    "Ok i will call you later in the morning", "URGENT! Your mobile No. 07 was awarded a £2000 prize. Call 0906",
    TRAINING, f"say {HOSTILE} & go", "wat u doin?\nlove you\n\nx", "مرحبا كيف حالك", "so " * 66 + "so", "",
)  # fmt: skip
REAL = (
    (1, "FREE entry in a weekly draw: txt WIN to 80086 now!"), (0, f"Ok lar... joking {HOSTILE} 😀\nsee  you"),
    (0, "こんにちは ok"),
)  # fmt: skip
SCORES = {  # score -> its value for real messages, and how far a model is off at temperature 1
    "distinct_1": (0.42, 0.12), "distinct_2": (0.88, 0.05), "self_bleu": (0.17, -0.03), "real_words": (87.3, -22.0),
    "copied_4grams": (6.9, -3.8), "copied_characters": (3.4, -2.1), "exact_copies": (0.8, 0.4),
    "length_distance": (2.1, 6.0), "ended": (100.0, -2.0),
}  # fmt: skip


@dataclass(frozen=True)
class Network:
    """A network: what it is, what it pays at the end, and how it got there.

    Attributes:
        gap: bits per character of the test part, less those of the best n-gram model.
        overfit: bits per character by which the validation part costs more than training at the end.
        kept: epochs before the last one that the kept one lies.
    """

    name: str
    cell: str
    units: int
    num_params: int
    gap: float
    epochs: int
    epoch_seconds: float
    scheme: str = "streamed"
    embedding: int | None = None
    conditional: bool = False
    overfit: float = 0.1
    kept: int = 0


RNN = Network("char_rnn", "simple_rnn", 278, 142_731, 0.32, 20, 4.25)
LSTM = Network("char_lstm", "lstm", 128, 141_045, -0.03, 20, 5.0)
RNN_WINDOWED = Network("char_rnn_windowed", "simple_rnn", 278, 142_731, 0.72, 3, 150.0, "windowed")
LSTM_WINDOWED = Network("char_lstm_windowed", "lstm", 128, 141_045, 0.45, 3, 190.0, "windowed")
BEST = Network("char_best", "lstm", 448, 961_205, -0.27, 24, 20.0, embedding=64, conditional=True, kept=2)
FIVE = (RNN, LSTM, RNN_WINDOWED, LSTM_WINDOWED, BEST)
NGRAMS = (4.88, 3.85, 3.13, 2.74, 2.66, 2.73)
CHARACTERS = {"train_characters": 272_632, "validation_characters": 91_034, "test_characters": 96_000}
ADAM = {"optimiser": "adam", "schedule": "cosine", "clipnorm": 1.0, "patience": None, "keep": "best"}
SCHEMES = {
    "streamed": {"batch_size": 8, "steps": 64, "learning_rate": 0.004, "ema_decay": 0.998, **ADAM},
    "windowed": {"batch_size": 128, "steps": 100, "learning_rate": 0.002, "ema_decay": 0.99, **ADAM},
}
COMPRESSORS = {"zlib": 3.45, "lzma": 2.72, "bz2": 2.55}


@dataclass(frozen=True)
class Made:
    """What a run is made up from: the cases that a report must live through.

    Attributes:
        worse: bits per character that all networks pay more.
        width: half of a 95 % interval.
        undefined: whether intervals, p-values and holdout figures are undefined.
        never: whether no streamed network reaches what the windowed one did.
        recognised: share of the samples that a classifier puts into the class that was asked for.
        copies: percentage points of samples that repeat a training message, beyond those of the holdout.
        runs: the same of runs of 20 characters.
        draws: sets of samples.
        drawing: the settings of top-k and top-p.
        recipes: settings of training that differ from those of the network's scheme, by network.
    """

    networks: tuple[Network, ...] = FIVE
    temperatures: tuple[float, ...] = (0.5, 0.7, 1.0, 1.2)
    protocol: str = "clean"
    source: str = "text_generation"
    stand_in: bool = False
    worse: float = 0.0
    width: float = 0.05
    undefined: bool = False
    never: bool = False
    recognised: float = 0.93
    copies: float = 0.4
    runs: float = 1.0
    draws: int = 5
    drawing: str = "top_k: null, top_p: null"
    recipes: dict[str, dict[str, Any]] = field(default_factory=dict)
    num_unknown: int = 31
    resamples: int = 1_000
    seed: int = 7


FULL = Made()
LONE = Made(networks=(LSTM,), temperatures=(0.8,), num_unknown=0)


def write_run(folder: Path, made: Made) -> Path:
    """Write every file that a report of the family is drawn from; the folder."""
    (folder / "tables").mkdir(parents=True)
    for name, table in make_tables(made).items():
        table.to_parquet(folder / "tables" / f"{name}.parquet", index=False)
    (folder / "config.yaml").write_text(yaml.safe_dump(make_config(made)), encoding="utf-8")
    for name, content in (("manifest", _manifest(made)), ("report", make_facts(made))):
        (folder / f"{name}.json").write_text(json.dumps(content, indent=1), encoding="utf-8")
    return folder


def make_config(made: Made) -> dict[str, Any]:
    """What of config.yaml is read, and a little more."""
    return {
        "name": "char_comparison", "protocol": made.protocol, "seed": made.seed,
        "samples": {"limit": 200, **yaml.safe_load(f"{{{made.drawing}}}")},
        "alphabet": {"alphabet_from": "train", "min_count": 2},
        "writers": {
            one.name: {"name": one.name, "training": {
                "scheme": one.scheme, "epochs": one.epochs, **SCHEMES[one.scheme], **made.recipes.get(one.name, {}),
            }} for one in made.networks
        },
    }  # fmt: skip


def make_tables(made: Made) -> dict[str, pd.DataFrame]:
    """All tables of a run."""
    rng = np.random.default_rng(made.seed)
    tables = {
        "writers": _writers(made), "history": _history(made, rng), "bits": _bits(made), "contests": _contests(made),
        "race": _race(made), "sample_scores": _sample_scores(made), "copies": _copies(made),
        "recognition": _recognition(made), "examples": _examples(made), "surprise": _surprise(made, rng),
    }  # fmt: skip
    return {name: table.reindex(columns=COLUMNS[name]) for name, table in tables.items()}


def make_facts(made: Made) -> dict[str, Any]:
    """What report.json holds."""
    published = made.protocol == "published"
    return {
        "family": "characters", "experiment": "char_comparison", "dataset": "sms_spam", "protocol": made.protocol,
        "stand_in": made.stand_in, "stand_ins": ["the embedded sample stands in"] if made.stand_in else [],
        "headline": "sms_spam: 2.390 bits per character", "classes": {"negative": "ham", "positive": "spam"},
        "rows_kept": 5_160, "reproduce": COMMAND, "protocol_note": "",
        "counts": [{"part": part, "negative": negative, "positive": positive} for part, negative, positive in (
            ("train", 2_700, 390), ("validation", 900, 120), ("test", 915, 135),
        )] if not published else [
            {"part": part, "negative": 4_827, "positive": 747} for part in ("train", "validation", "test")
        ],
        "duplicates": {"exact": 414, "near": 212, "leakage_percent": 6.4 if published else 0.0,
                       "random_leakage_percent": 7.1},
        "validation_is_test": published, "num_symbols": 118, "has_unknown": True, "num_unknown": made.num_unknown,
        **(dict.fromkeys(CHARACTERS, 454_000) if published else CHARACTERS), "ngram": "ngram_5",
        "champion": min(made.networks, key=lambda one: one.gap).name, "num_resamples": made.resamples,
        "num_messages": 200, "num_draws": made.draws, "temperatures": list(made.temperatures),
        "temperature": min(made.temperatures, key=lambda one: abs(one - 1)), "limit": 200,
    }  # fmt: skip


def _writers(made: Made) -> pd.DataFrame:
    return pd.DataFrame([{
        "name": one.name, "cell": one.cell, "units": one.units, "embedding": one.embedding or np.nan,
        "scheme": one.scheme, "conditional": one.conditional, "num_params": one.num_params, "epochs": one.epochs,
        "kept_epoch": one.epochs - one.kept, "stopped_early": one.kept > 0,
        "seconds": one.epochs * one.epoch_seconds, "messages_per_second": 80_000 / one.units,
    } for one in made.networks])  # fmt: skip


def _history(made: Made, rng: np.random.Generator) -> pd.DataFrame:
    tables = []
    for one in made.networks:
        epoch, last = np.arange(1, one.epochs + 1), one.epochs - one.kept
        end = NGRAMS[4] + one.gap + made.worse + 0.03
        val_bits = end + 1.6 * np.exp(-epoch / 4) - 1.6 * np.exp(-last / 4) + 0.03 * np.maximum(epoch - last, 0)
        slope = one.overfit * epoch / one.epochs
        tables.append(pd.DataFrame({
            "name": one.name, "epoch": epoch, "train_bits": val_bits - slope + 0.005 * rng.random(one.epochs),
            "val_bits": val_bits, "learning_rate": 0.004 * np.cos(epoch / one.epochs * 1.5) + 1e-4,
            "seconds": one.epoch_seconds * (0.95 + 0.1 * rng.random(one.epochs)),
        }))  # fmt: skip
    return pd.concat(tables, ignore_index=True)


def _bits(made: Made) -> pd.DataFrame:
    known = [(f"ngram_{order}", "ngram", bits) for order, bits in enumerate(NGRAMS, 1)]
    paid = [(one.name, "network", NGRAMS[4] + one.gap + made.worse) for one in made.networks]
    packed = [(name, "compressor", bits) for name, bits in COMPRESSORS.items()]
    rows = []
    for part, more in (("validation", 0.03), ("test", 0.0)):
        for name, kind, bits in (*paid, *known, *packed):
            width = np.nan if kind == "compressor" or made.undefined else made.width
            rows.append((name, kind, part, bits + more, bits + more - width, bits + more + width, 2 ** (bits + more)))
    return pd.DataFrame(rows, columns=COLUMNS["bits"])


def _contests(made: Made) -> pd.DataFrame:
    gaps = {one.name: one.gap + made.worse for one in made.networks}
    names = list(gaps)
    pairs = [*((name, "ngram_5") for name in names), *((a, b) for at, a in enumerate(names) for b in names[at + 1 :])]
    rows = []
    for first, second in pairs:
        gap, width = gaps[first] - gaps.get(second, 0.0), np.nan if made.undefined else made.width / 3
        p = np.nan if made.undefined else 0.3 if abs(gap) < width else 2 * len(pairs) / (made.resamples + 1)
        rows.append((first, second, gap, gap - width, gap + width, p))
    return pd.DataFrame(rows, columns=COLUMNS["contests"])


def _race(made: Made) -> pd.DataFrame:
    rows = []
    for one in made.networks:
        for other in made.networks:
            if (one.scheme, other.scheme, one.units) == ("streamed", "windowed", other.units):
                epochs = np.nan if made.never else 2
                rows.append((
                    one.name, other.name, NGRAMS[4] + other.gap + made.worse + 0.03, other.epochs,
                    other.epochs * other.epoch_seconds, epochs, epochs * one.epoch_seconds,
                ))  # fmt: skip
    return pd.DataFrame(rows, columns=COLUMNS["race"])


def _sample_scores(made: Made) -> pd.DataFrame:
    rows = []
    for name in _authors(made):
        for temperature in made.temperatures:
            for score, (holdout, gap) in SCORES.items():
                off = gap * (0.3 + 0.7 * temperature)
                off = {"exact_copies": made.copies, "copied_characters": made.runs}.get(score, off)
                value, spread = max(holdout + off, 0.0), 0.04 * holdout
                real = np.array([holdout, 0.98 * holdout, 1.02 * holdout]) + (np.nan if made.undefined else 0.0)
                rows.append((name, temperature, score, value, max(value - spread, 0.0), value + spread, *real))
    return pd.DataFrame(rows, columns=COLUMNS["sample_scores"])


def _copies(made: Made) -> pd.DataFrame:
    number = round(10 * max(SCORES["exact_copies"][0] + made.copies, 0.0))
    lengths = (4.5, 11.0) if number else (np.nan, np.nan)
    rows = [(name, at, 1_000, number, *lengths) for name in _authors(made) for at in made.temperatures]
    return pd.DataFrame(rows, columns=COLUMNS["copies"])


def _recognition(made: Made) -> pd.DataFrame:
    rows = []
    for name in _authors(made):
        for temperature in made.temperatures:
            for label in _labels(made, name):
                called = {-1: 0.11, 0: 1 - made.recognised, 1: made.recognised}[label]
                real = {-1: 0.125, 0: 0.01, 1: 0.94}[label]
                gap = np.nan if made.undefined else 0.03
                bounds = (max(called - gap, 0.0), min(called + gap, 1.0))
                real_bounds = (max(real - gap, 0.0), min(real + gap, 1.0))
                rows.append((name, temperature, label, called, *bounds, real, *real_bounds, 1_000))
    return pd.DataFrame(rows, columns=COLUMNS["recognition"])


def _examples(made: Made) -> pd.DataFrame:
    return pd.DataFrame([
        (name, temperature, label, text, len(text) < 200, 12 if text == TRAINING else -1)
        for name in _authors(made) for temperature in made.temperatures for label in _labels(made, name)
        for text in WRITTEN
    ], columns=COLUMNS["examples"])  # fmt: skip


def _surprise(made: Made, rng: np.random.Generator) -> pd.DataFrame:
    rows = []
    for name in (min(made.networks, key=lambda one: one.gap).name, "ngram_5"):
        for row, (label, text) in enumerate(REAL, 40):
            for position, character in enumerate([*text, ""]):
                rows.append((name, row, label, position, character, float(rng.gamma(0.9, 3.0))))
    return pd.DataFrame(rows, columns=COLUMNS["surprise"])


def _authors(made: Made) -> list[str]:
    """Who wrote samples: all networks and the best n-gram model."""
    return [*(one.name for one in made.networks), "ngram_5"]


def _labels(made: Made, name: str) -> tuple[int, ...]:
    """The classes that a model was asked for."""
    return (-1, 0, 1) if any(one.conditional and one.name == name for one in made.networks) else (-1,)


def _manifest(made: Made) -> dict[str, Any]:
    return {
        "experiment": "char_comparison", "protocol": made.protocol, "source": made.source, "status": "reporting",
        "seed": made.seed, "started": "2025-03-04T05:06:07+00:00", "seconds": 921.2, "stand_in": made.stand_in,
        "command": COMMAND, "git_commit": "5db857e6f7df11eabb5e5665836db9ec8df07e28", "git_dirty": False,
        "python": "3.11.9", "platform": "Linux-6.1-x86_64", "cpu_count": 2, "versions": {"numpy": "2.4.6"},
        "data": [{
            "name": "locate_corpus", "path": "SMSSpamCollection", "sha256": "0883a4c4" * 8, "origin": "data_dir",
            "verified": True,
        }],
        "rows": [{"stage": "pool_messages", "action": "dropped", "reason": "same text", "rows": 414, "first_row": 9}],
        "stages": [{
            "stage": "fit_writer", "key": "5f" * 32, "status": "computed", "reason": "not in the store",
            "seconds": 103.5, "peak_memory_mb": 903.0,
        }],
        "overrides": [], "choices": {},
    }  # fmt: skip
