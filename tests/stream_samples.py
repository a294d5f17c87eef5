"""Artifacts of runs on a stream that never was, with figures like those of real ones, and the folders they become."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd

from pipeline.artifacts import Corpus, Pool, Texts
from pipeline.artifacts.streams import MemoryScores, Passes, Stream, StreamScores
from pipeline.evaluation.streams.judge import judge
from pipeline.stages.memory_report import memory_report
from pipeline.stages.stream_report import stream_report

COMMAND = "python -m pipeline +experiment=online_filters seed=7"
HOSTILE = "<script>alert('x')</script>"
COLUMNS = ["model", "learner", "features", "num_hashes", "buckets", "bytes", "seconds", "trainings"]
SKILLS = {
    "naive_bayes_hashing": 3.2, "naive_bayes_count_min": 3.3, "perceptron_hashing": 2.4, "perceptron_count_min": 2.6,
    "averaged_perceptron": 3.0, "logistic": 3.7, "exact_naive_bayes": 3.35, "gru": 2.9, "tfidf": 3.1,
}  # fmt: skip
MODELS = [
    ("naive_bayes_hashing", "naive_bayes", "hashing", 1, 2**20, 8_388_656, 0.084, 0),
    ("naive_bayes_count_min", "naive_bayes", "count-min", 4, 2**18, 8_388_672, 0.143, 0),
    ("perceptron_hashing", "perceptron", "hashing", 1, 2**20, 4_194_352, 0.079, 0),
    ("perceptron_count_min", "perceptron", "count-min", 4, 2**18, 4_194_368, 0.171, 0),
    ("averaged_perceptron", "averaged_perceptron", "hashing", 1, 2**20, 16_777_264, 0.102, 0),
    ("logistic", "logistic", "hashing", 1, 2**20, 8_388_656, 0.131, 0),
    ("exact_naive_bayes", "exact_naive_bayes", "exact", 0, 0, 7_401_233, 2.31, 0),
]
TRAINED_ANEW = [
    ("gru", "gru", "network", 0, 0, 4_500_000, 512.0, 3),
    ("tfidf", "logistic", "tf-idf", 0, 0, 1_250_000, 3.9, 3),
]


@dataclass(frozen=True)
class Made:
    """What a run is made up from: the cases that a report must live through."""

    kind: Literal["filters", "drift", "versus_batch"] = "filters"
    order: Literal["file", "shuffled"] = "shuffled"
    is_sorted: bool = False
    stand_in: bool = False
    protocol: str = "clean"
    num_messages: int = 1_600
    share: float = 0.16
    window: int = 300
    period: int = 10
    delay: int = 0
    resamples: int = 60
    skill: float = 1.0
    seed: int = 7

    @property
    def changed_at(self) -> int | None:
        """Where the stream changes."""
        return self.num_messages // 2 if self.kind == "drift" else None


def write_run(folder: Path, made: Made) -> str:
    """Have the stage write a run folder; its headline."""
    write_frame(folder, made.protocol, made.seed, stand_in=made.stand_in)
    stream = make_stream(made)
    passes = make_passes(made, stream)
    scores = make_scores(made, stream, passes)
    return stream_report(*make_messages(made, stream), stream, passes, scores, num_words=4, folder=folder)


def write_memory_run(folder: Path, made: Made, memory: MemoryScores | None = None) -> str:
    """Have the stage write the folder of a run on memory; its headline."""
    write_frame(folder, made.protocol, made.seed, stand_in=made.stand_in)
    stream = make_stream(made)
    return memory_report(*make_messages(made, stream), stream, memory or make_memory(), folder=folder)


def make_messages(made: Made, stream: Stream) -> tuple[Corpus, Texts, Pool]:
    """What was read: four messages in it are exact copies."""
    table = stream.table[["row", "text", "label"]]
    number = len(table)
    groups = stream.table["group"].to_numpy()
    return (
        Corpus(table, "sms_spam", "spam", "ham", made.stand_in, []),
        Texts(table[["text"]], [], stand_in=False),
        Pool(np.arange(number), groups, grouped=True, num_exact=4, changes=[]),
    )


def make_stream(made: Made) -> Stream:
    """Messages, one in eight with an earlier near-duplicate."""
    rng = np.random.default_rng(made.seed)
    number = made.num_messages
    labels = (rng.random(number) < made.share).astype(np.int8)
    if made.is_sorted:
        labels.sort()
    groups = np.arange(number)
    familiar = rng.random(number) < 0.125
    familiar[0] = False
    for place in np.flatnonzero(familiar):
        groups[place] = groups[rng.integers(place)]
        labels[place] = labels[groups[place]]
    words = [("free", 81), ("try", 40), (HOSTILE, 12), ("now", 103), ("claim", 3)] if made.changed_at else []
    return Stream(
        table=pd.DataFrame({
            "row": np.arange(number) + 5, "text": "a message", "label": labels, "group": groups, "familiar": familiar,
        }),
        order=made.order,
        is_sorted=made.is_sorted,
        num_copies=4,
        changed_at=made.changed_at,
        replaced=pd.DataFrame(
            [(word, "winner" * (1 + place), number) for place, (word, number) in enumerate(words)],
            columns=["word", "replacement", "messages"],
        ),
    )  # fmt: skip


def make_passes(made: Made, stream: Stream) -> Passes:
    """Scores that grow more certain as the stream goes on, and are lost at a change of words."""
    rows = MODELS + (TRAINED_ANEW if made.kind == "versus_batch" else [])
    labels = stream.table["label"].to_numpy()
    place = np.arange(made.num_messages)
    since = place if made.changed_at is None else np.where(
        (place >= made.changed_at) & (labels == 1), place - made.changed_at, place
    )  # fmt: skip
    tables = []
    for index, row in enumerate(rows):
        rng = np.random.default_rng([made.seed, index])
        learnt = 1 - np.exp(-(since + 12) / (60 + 25 * index))
        middle = made.skill * SKILLS[row[0]] * learnt * (2 * labels - 1) - 0.4
        scores = middle + rng.logistic(size=made.num_messages)
        first = made.num_messages // 4 if row[-1] else 0
        table = pd.DataFrame({"model": row[0], "position": place, "score": scores, "called": scores > 0})
        tables.append(table.iloc[first:])
    trainings = [
        {"model": row[0], "position": made.num_messages * part // (row[-1] + 1), "seconds": 1.5}
        for row in rows
        for part in range(1, row[-1] + 1)
    ]
    return Passes(
        predictions=pd.concat(tables, ignore_index=True),
        models=pd.DataFrame(rows, columns=COLUMNS),
        trainings=pd.DataFrame(trainings, columns=["model", "position", "seconds"]),
        period=made.period,
        delay=made.delay,
    )


def make_scores(made: Made, stream: Stream, passes: Passes) -> StreamScores:
    """The verdict that the judge has."""
    return judge(
        stream, passes, window=made.window, every=20, resamples=made.resamples, seed=made.seed,
        reference="exact_naive_bayes", delta=0.002,
    )  # fmt: skip


def make_memory() -> MemoryScores:
    """F1 that falls and counts that go wrong as memory shrinks."""
    models, counts = [], []
    sketches = [("hashing", 1, tuple(range(10, 21, 2)))]
    sketches += [("count-min", hashes, tuple(range(8, 19, 2))) for hashes in (2, 4)]
    for features, hashes, sizes in sketches:
        for size in sizes:
            full = 2.0 ** (12 - size)
            memory = hashes * 2**size * 8
            for learner, best in (("naive_bayes", 0.93), ("perceptron", 0.91)):
                f1 = best - 0.25 * (1 - np.exp(-full / hashes**0.5))
                hashed = best - 0.25 * (1 - np.exp(-full / hashes))
                gap = f1 - hashed if hashes > 1 and memory >= 2**13 else np.nan  # no smaller table is hashed
                models.append((learner, features, size, hashes, memory, f1, f1 - 0.02, f1 + 0.015, 0.01 + full / 200,
                               f1 + 0.035, f1 + 0.03, gap, gap - 0.004, gap + 0.003))  # fmt: skip
            error = 9 * full**hashes if full < 1 else 9 * full
            counts.append((features, size, hashes, memory, error, 100 * np.exp(-full), np.e * 240_000 / 2**size,
                           0.7 * np.exp(-hashes) * 100 * min(full, 1), 100 * np.exp(-hashes)))  # fmt: skip
    return MemoryScores(
        models=pd.DataFrame(models, columns=[
            "learner", "features", "log2_buckets", "num_hashes", "bytes", "f1", "f1_low", "f1_high", "fpr",
            "accuracy", "pr_auc", "difference", "difference_low", "difference_high",
        ]),
        counts=pd.DataFrame(counts, columns=[
            "features", "log2_buckets", "num_hashes", "bytes", "mean_error", "exact_percent", "bound",
            "beyond_percent", "promised_percent",
        ]),
        reference=pd.DataFrame(
            [("naive_bayes", 7_400_000, 0.931, 0.912, 0.944, 0.011, 0.966, 0.961),
             ("perceptron", 5_100_000, 0.912, 0.893, 0.927, 0.013, 0.947, 0.943)],
            columns=["learner", "bytes", "f1", "f1_low", "f1_high", "fpr", "accuracy", "pr_auc"],
        ),
        num_ngrams=41_233,
        num_counted=240_117,
    )  # fmt: skip


def write_frame(folder: Path, protocol: str, seed: int, *, stand_in: bool) -> None:
    """Config and manifest, as the runner leaves them for a report."""
    folder.mkdir(parents=True)
    (folder / "config.yaml").write_text(
        f"name: online_filters\nprotocol: {protocol}\nseed: {seed}\nfilters: {{ngrams: [1, 2], log2_buckets: 20}}\n",
        encoding="utf-8",
    )
    manifest: dict[str, Any] = {
        "experiment": "online_filters", "protocol": protocol, "source": "spam_filters", "status": "reporting",
        "seed": seed, "started": "2025-03-04T05:06:07+00:00", "seconds": 21.2, "stand_in": stand_in,
        "command": COMMAND, "git_commit": "5db857e6f7df11eabb5e5665836db9ec8df07e28", "git_dirty": False,
        "python": "3.11.9", "platform": "Linux-6.1-x86_64", "cpu_count": 2, "versions": {"numpy": "2.4.6"},
        "data": [{
            "name": "locate_corpus", "path": "SMSSpamCollection", "sha256": "0883a4c4" * 8, "origin": "data_dir",
            "verified": True,
        }],
        "rows": [{"stage": "pool_messages", "action": "dropped", "reason": "same text", "rows": 4, "first_row": 9}],
        "stages": [{
            "stage": "filter_stream", "key": "5f" * 32, "status": "computed", "reason": "not in the store",
            "seconds": 3.5, "peak_memory_mb": 403.0,
        }],
        "overrides": [], "choices": {},
    }  # fmt: skip
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=1), encoding="utf-8")
