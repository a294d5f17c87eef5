"""Artifacts of a synthesis run that never was, with figures like those of a real one, and the folder they become."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from pipeline.artifacts import Corpus, Embedding, Pool, Split, Texts, Tokens
from pipeline.artifacts.synthesis import Augmentation, Evaluators, FittedVae, Latents, Probes, Scorecard, Synthetic
from pipeline.stages.synthesis_report import synthesis_report

COMMAND = "python -m pipeline +experiment=lstm_vae seed=7"
LONG_WORD = "x" * 200
HOSTILE = f"<script>alert('x')</script> cheap & cheerful \u202eoffer\x01 {LONG_WORD}"
LONG = " ".join(["number offer click link receiv remov free list mail"] * 300)
METRICS = ("accuracy", "precision", "recall", "f1", "roc_auc", "pr_auc")
QUALITY = {  # rises with accuracy, precision, recall, f1, roc_auc, pr_auc
    ("gnb", "trtr"): (0.951, 0.861, 0.823, 0.842, 0.962, 0.853),
    ("gnb", "tstr"): (0.902, 0.704, 0.722, 0.713, 0.921, 0.741),
    ("gnb", "trts"): (0.873, 0.641, 0.958, 0.768, 0.981, 0.934),
    ("gnb", "augmented"): (0.947, 0.842, 0.829, 0.835, 0.960, 0.849),
    ("mnb", "trtr"): (0.981, 0.962, 0.911, 0.936, 0.991, 0.974),
    ("mnb", "tstr"): (0.933, 0.811, 0.744, 0.776, 0.948, 0.823),
    ("mnb", "trts"): (0.921, 0.762, 0.941, 0.842, 0.984, 0.951),
    ("mnb", "augmented"): (0.979, 0.951, 0.912, 0.931, 0.990, 0.972),
    ("bnb", "trtr"): (0.954, 0.972, 0.751, 0.847, 0.981, 0.942),
    ("bnb", "tstr"): (0.844, 0.000, 0.000, 0.000, 0.871, 0.614),
    ("bnb", "trts"): (0.851, np.nan, np.nan, np.nan, 0.761, 0.522),
    ("bnb", "augmented"): (0.941, 0.981, 0.661, 0.790, 0.972, 0.921),
    ("gru", "trtr"): (0.977, 0.934, 0.921, 0.927, 0.989, 0.969),
    ("gru", "tstr"): (0.938, 0.802, 0.801, 0.801, 0.951, 0.842),
    ("gru", "trts"): (0.962, 0.871, 0.992, 0.927, 0.996, 0.984),
    ("gru", "augmented"): (0.980, 0.951, 0.919, 0.935, 0.990, 0.973),
}
SCORES = {
    "frechet_distance": (0.412, 0.388, 0.437, 0.083), "mmd": (0.0213, 0.0187, 0.0244, 0.0009),
    "discriminator_auc": (0.964, 0.951, 0.973, 0.512), "word_distribution": (0.517, 0.509, 0.524, 0.421),
    "length_distance": (18.3, 12.1, 25.4, 6.9), "distinct_1": (0.061, 0.057, 0.064, 0.142),
    "distinct_2": (0.402, 0.377, 0.419, 0.681), "self_bleu": (0.411, 0.386, 0.437, 0.298),
    "copied_4grams": (7.9, 6.4, 9.2, 4.8), "copied_8grams": (0.04, 0.0, 0.1, 1.9),
    "exact_copies": (0.5, 0.0, 1.2, 0.0), "distance_to_closest": (0.213, 0.201, 0.226, 0.284),
    "closer_to_train": (52.7, 48.1, 56.8, 50.9), "membership_auc": (0.521, 0.493, 0.547, 0.5),
}  # fmt: skip
METHODS = {"none": 0.0, "oversampling": 0.05, "word_dropout": 0.06, "class_weights": 0.04, "synthetic": 0.02}


@dataclass(frozen=True)
class Made:
    """What a run is made up from: the cases that a report must live through."""

    dataset: str = "spam_or_not_spam"
    protocol: str = "clean"
    source: str = "spam_synthesis"
    overrides: tuple[str, ...] = ()
    stand_in: bool = False
    per_class: bool = False
    collapsed: bool = False
    copies: int = 3
    undefined: bool = False
    num_messages: int = 1_700
    dimensions: int = 16
    epochs: int = 40
    has_coverage: bool = True
    has_probes: bool = True
    seed: int = 7
    repeats: int = 5
    information: float = 4.87


@dataclass(frozen=True)
class Artifacts:
    """The arguments of the report, in its order."""

    corpus: Corpus
    texts: Texts
    pool: Pool
    split: Split
    tokens: Tokens
    embedding: Embedding
    fitted: FittedVae
    latents: Latents
    synthetic: Synthetic
    probes: Probes
    naive_bayes: Evaluators
    networks: Evaluators
    scorecard: Scorecard
    augmentation: Augmentation


def write_run(folder: Path, made: Made) -> str:
    """Have the stage write a run folder; its headline."""
    folder.mkdir(parents=True)
    (folder / "config.yaml").write_text(
        f"name: lstm_vae\nprotocol: {made.protocol}\nseed: {made.seed}\nsynthesis: {{latent: 16, beta: 0.5}}\n", "utf-8"
    )
    (folder / "manifest.json").write_text(json.dumps(_manifest(made), indent=1), encoding="utf-8")
    artifacts = make(made)
    given = [getattr(artifacts, field.name) for field in fields(artifacts)]
    return synthesis_report(*given, num_samples=6, num_missing_words=20, folder=folder)


def make(made: Made) -> Artifacts:
    """All artifacts of a run."""
    rng = np.random.default_rng(made.seed)
    corpus, split = _corpus(rng, made)
    return Artifacts(
        corpus,
        Texts(corpus.table[["text"]], [], stand_in=False),
        Pool(np.arange(len(corpus.table)), np.arange(len(corpus.table)), grouped=True, num_exact=126, changes=[]),
        split,
        _tokens(rng, len(corpus.table)),
        _embedding(made),
        _fitted(made),
        _latents(rng, made),
        _synthetic(rng, made),
        _probes(made),
        _evaluators(made, ("gnb", "mnb", "bnb")),
        _evaluators(made, ("gru",)),
        _scorecard(made),
        _augmentation(rng, made),
    )


def _corpus(rng: np.random.Generator, made: Made) -> tuple[Corpus, Split]:
    number = made.num_messages
    labels = (rng.random(number) < 0.15).astype(np.int8)
    table = pd.DataFrame({"row": np.arange(number), "text": "a message", "label": labels})
    corpus = Corpus(table, made.dataset, "spam", "ham", made.stand_in, [])
    order = rng.permutation(number)
    train, validation, test = (np.sort(part) for part in np.split(order, [number * 3 // 5, number * 3 // 4]))
    return corpus, Split(
        train=train,
        validation=validation,
        test=test,
        labels=labels,
        groups=np.arange(number),
        leakage_percent=0.0,
        random_leakage_percent=11.4,
        validation_is_test=made.protocol == "published",
    )


def _tokens(rng: np.random.Generator, number: int) -> Tokens:
    return Tokens(
        ids=np.ones((number, 200), np.int32),
        lengths=np.maximum(rng.lognormal(4.6, 0.9, number), 1).astype(np.int32),
        vocabulary=["", "[UNK]", "offer"],
        counts=np.ones((3, 2), np.int64),
        num_reserved=2,
        num_rows=3,
        unknown_percent={"train": 0.0, "validation": 4.1, "test": 4.4},
        padding="post",
    )


def _embedding(made: Made) -> Embedding:
    groups = ["all", "negative", "positive"] if made.has_coverage else []
    return Embedding(
        matrix=np.zeros((3, 50), np.float32),
        trainable=False,
        source="glove",
        stand_in=made.stand_in,
        connected=True,
        coverage=pd.DataFrame({
            "group": groups, "tokens_percent": [71.4, 72.0, 69.9][: len(groups)],
            "kinds_percent": [34.1, 35.5, 41.0][: len(groups)],
        }),
        missing=pd.DataFrame({"word": [LONG_WORD, "<b>", "receiv"], "count": [91, 44, 12]}),
        rarity=np.zeros(3, np.float32),
    )  # fmt: skip


def _fitted(made: Made) -> FittedVae:
    epochs = np.arange(1, made.epochs + 1)
    models = ["negative", "positive"] if made.per_class else ["all"]
    ceiling = 0.03 if made.collapsed else 5.4
    tables = []
    for place, model in enumerate(models):
        error = 140 + 180 * np.exp(-epochs / 7) + 6 * place
        kl = ceiling * (1 - np.exp(-epochs / 9)) + 9 * np.exp(-epochs / 2)
        tables.append(pd.DataFrame({
            "model": model, "epoch": epochs, "loss": error + 2.5 + np.minimum(epochs / 20, 1) * kl,
            "squared_error": error, "kl": kl, "length_loss": 2.5, "val_loss": error + 9 + kl + 0.02 * epochs,
            "val_squared_error": error + 6, "val_kl": 0.96 * kl, "val_length_loss": 2.8,
            "beta": np.minimum(epochs / 20, 1), "seconds": 9.1,
        }))  # fmt: skip
    return FittedVae(
        weights=np.zeros((len(models), 4), np.float32),
        flow=np.zeros((len(models), 2), np.float32),
        num_params=93_522,
        history=pd.concat(tables, ignore_index=True),
        kept_epochs=[max(1, made.epochs - 6 - place) for place in range(len(models))],
        stopped_early=[place == 0 and made.epochs > 1 for place in range(len(models))],
    )


def _latents(rng: np.random.Generator, made: Made) -> Latents:
    number = made.num_messages * 2 // 5
    labels = (rng.random(number) < 0.15).astype(np.int8)
    nan = np.full(number, np.nan)
    table = pd.DataFrame({
        "part": np.where(np.arange(number) < number * 3 // 8, "validation", "test"), "row": np.arange(number),
        "label": labels, "kl": rng.gamma(9, 0.6, number), "mse": rng.gamma(9, 0.01, number),
        "baseline_mse": rng.gamma(9, 0.012, number), "words": rng.integers(1, 200, number),
        "pca_1": rng.normal(1.3 * labels, 1, number), "pca_2": rng.normal(0, 0.6, number),
        "tsne_1": nan if made.undefined else rng.normal(20 * labels, 14, number),
        "tsne_2": nan if made.undefined else rng.normal(0, 14, number),
    })  # fmt: skip
    kl = np.full(made.dimensions, 0.002) if made.collapsed else 2.1 * 0.72 ** np.arange(made.dimensions)
    active = kl > 0.05
    gain = np.nan if made.undefined else 0.41
    return Latents(
        table=table,
        dimensions=pd.DataFrame({
            "dimension": rng.permutation(made.dimensions) + 1, "kl": kl, "variance": kl / 3, "active": active,
        }),
        priors=pd.DataFrame({
            "prior": ["gaussian", "realnvp"], "nats": [kl.sum(), kl.sum() - gain], "low": [kl.sum() - 0.2] * 2,
            "high": [kl.sum() + 0.2] * 2, "gain": [0.0, gain], "gain_low": [0.0, gain - 0.2],
            "gain_high": [0.0, gain + 0.19],
        }),
        kl_nats=float(kl.sum()),
        reconstruction_mse=0.0912,
        mutual_information_nats=0.01 if made.collapsed else made.information,
        active_units=int(active.sum()),
        collapsed=made.collapsed,
    )  # fmt: skip


def _synthetic(rng: np.random.Generator, made: Made) -> Synthetic:
    number = made.num_messages * 3 // 5
    labels = np.arange(number) % 7 == 0
    numbers = np.maximum(rng.lognormal(4.4, 0.8, number), 1).astype(int).clip(max=200)
    texts = [" ".join(["offer", "click", "list", "mail"] * 60).rsplit(" ", 240 - count)[0] for count in numbers]
    texts[0], texts[1], texts[2], texts[7] = HOSTILE, LONG, "", "free number"
    copy_of = np.full(number, -1)
    copy_of[: made.copies] = 1_234
    return Synthetic(
        table=pd.DataFrame({
            "label": labels.astype(np.int8), "text": texts, "words": numbers, "seed": rng.integers(2**40, size=number),
            "copy_of": copy_of,
        }),
        ids=rng.integers(0, 3, (number, 200), dtype=np.int32),
        vectors=rng.normal(size=(numbers.sum(), 5)).astype(np.float16),
        means=rng.normal(size=(number, 5)).astype(np.float32),
    )  # fmt: skip


def _probes(made: Made) -> Probes:
    rows = [
        (1, HOSTILE, "free offer click number remov list", False), (0, LONG, LONG[::-1], False),
        (0, "re meet ten bring figur", "re list mail meet", True),
    ]  # fmt: skip
    steps = np.linspace(0, 1, 6)
    ways = [
        pd.DataFrame({"path": path, "step": steps, "label": label, "text": f"step word {LONG_WORD}"})
        for path, label in ((0, 1), (1, 0))
    ]
    kept = rows if made.has_probes else []
    return Probes(
        reconstructions=pd.DataFrame(kept, columns=["label", "original", "reconstruction", "given"]),
        interpolations=pd.concat(ways).head(12 if made.has_probes else 0),
        ends=pd.DataFrame({"path": [0, 1], "first": [HOSTILE, "one"], "second": ["two", LONG]}).head(
            2 if made.has_probes else 0
        ),
    )


def _evaluators(made: Made, names: tuple[str, ...]) -> Evaluators:
    rows: list[dict[str, Any]] = []
    for (evaluator, setting), values in QUALITY.items():
        if evaluator not in names:
            continue
        for metric, value, real in zip(METRICS, values, QUALITY[evaluator, "trtr"], strict=True):
            known = np.nan if made.undefined and metric == "f1" else value
            width = 0.015 + 0.12 * (1 - value)
            gap = known - real if setting in ("tstr", "augmented") else np.nan
            rows.append({
                "evaluator": evaluator, "setting": setting, "metric": metric, "value": known,
                "low": max(known - width, 0) if known > 0 else known, "high": min(known + 0.8 * width, 1),
                "difference": gap, "difference_low": gap - 0.03, "difference_high": gap + 0.03,
            })  # fmt: skip
    settings = {
        "trtr": "trained on 1,020 real messages (156 positive), tested on 425 real messages (62 positive)",
        "tstr": "trained on 1,020 synthetic messages, tested on the 425 of the real test part",
        "trts": "trained on 1,020 real messages, tested on 1,020 synthetic ones",
        "augmented": "trained on 1,020 real and 1,020 synthetic messages, tested on the 425 of the real test part",
    }
    return Evaluators(pd.DataFrame(rows), {name: f"what {name} is, on mean word vectors" for name in names}, settings)


def _scorecard(made: Made) -> Scorecard:
    columns = ["synthetic", "low", "high", "holdout"]
    table = pd.DataFrame([{"name": name, **dict(zip(columns, row, strict=True))} for name, row in SCORES.items()])
    if made.undefined:
        table.loc[table["name"].isin(["copied_8grams", "membership_auc"]), columns] = np.nan
        table.loc[table["name"] == "mmd", "holdout"] = np.nan
    return Scorecard(table, num_messages=425, num_draws=5)


def _augmentation(rng: np.random.Generator, made: Made) -> Augmentation:
    rows: list[dict[str, Any]] = []
    for classifier, base in (("mnb", 0.70), ("gnb", 0.55), ("logistic", 0.62)):
        for place, (percent, positives) in enumerate(((10, 26), (25, 64), (50, 129), (100, 257))):
            start = base + 0.05 * place
            for method, gain in METHODS.items():
                for metric, more in (("f1", 0.0), ("f1_validated", 0.03), ("recall", -0.05), ("pr_auc", 0.08)):
                    gains = {name: value / (1 + place) for name, value in METHODS.items()}
                    value = start + more + gains[method] + rng.normal(0, 0.004)
                    if made.undefined and percent == 10:
                        value = np.nan
                    gap = gains[method] + (value - value)
                    half = 0.025 - 0.004 * place
                    none = np.nan if method == "none" else 1.0
                    rows.append({
                        "classifier": classifier, "percent": percent, "positives": positives, "method": method,
                        "metric": metric, "value": value, "low": value - 2 * half, "high": value + half,
                        "difference": gap * none, "difference_low": (gap - half) * none,
                        "difference_high": (gap + half) * none, **_over(gap, gains, half),
                    })  # fmt: skip
                assert gain >= 0
    said = {name: f"what {name} does" for name in (*METHODS, "mnb", "gnb", "logistic")}
    return Augmentation(pd.DataFrame(rows), repeats=made.repeats, descriptions=said)


def _over(gap: float, gains: dict[str, float], half: float) -> dict[str, float]:
    """Differences from the simpler means, of a method that is ahead of none by `gap`."""
    found = {}
    for rival in ("oversampling", "word_dropout", "class_weights"):
        away = gap - gains[rival]
        found |= {f"over_{rival}": away, f"over_{rival}_low": away - half, f"over_{rival}_high": away + half}
    return found


def _manifest(made: Made) -> dict[str, Any]:
    return {
        "experiment": "lstm_vae", "protocol": made.protocol, "source": made.source, "status": "reporting",
        "seed": made.seed,
        "started": "2025-03-04T05:06:07+00:00", "seconds": 901.2, "stand_in": made.stand_in, "command": COMMAND,
        "git_commit": "5db857e6f7df11eabb5e5665836db9ec8df07e28", "git_dirty": False, "python": "3.11.9",
        "platform": "Linux-6.1-x86_64", "cpu_count": 2, "versions": {"keras": "3.15.0", "numpy": "2.4.6"},
        "data": [{
            "name": "locate_corpus", "path": "spam_or_not_spam.csv", "sha256": "0883a4c4" * 8, "origin": "data_dir",
            "verified": True,
        }],
        "rows": [{"stage": "pool_messages", "action": "dropped", "reason": "same text", "rows": 126, "first_row": 4}],
        "stages": [{
            "stage": "fit_vae", "key": "5f" * 32, "status": "computed", "reason": "not in the store",
            "seconds": 640.5, "peak_memory_mb": 1403.0,
        }],
        "overrides": list(made.overrides), "choices": {},
    }  # fmt: skip
