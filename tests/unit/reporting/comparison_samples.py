"""Synthetic comparison folders, as a comparison of run folders would leave them; the figures are made up."""

from __future__ import annotations

import dataclasses
import json
import math
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.reporting.comparison.facts import (
    Comparison,
    Pair,
    PairTest,
    PublishedFigure,
    Repeat,
    Summary,
    Unfinished,
    Variant,
)
from pipeline.reporting.facts import Classes, Estimate

METRICS = ("accuracy", "precision", "recall", "f1", "mcc", "roc_auc", "pr_auc", "brier")
NEGATIVES, POSITIVES = 867, 272
UNDEFINED = Estimate(math.nan, math.nan, math.nan)


@dataclass(frozen=True)
class Kind:
    """A variant to be made up: its name, how well it does, and the choices and settings that make it."""

    name: str
    skill: float = 4.2
    choices: tuple[tuple[str, str], ...] = ()
    settings: tuple[tuple[str, float | str], ...] = ()
    protocol: str = "clean"
    published: tuple[PublishedFigure, ...] = ()
    is_baseline: bool = False


@dataclass(frozen=True)
class Plan:
    """A comparison to be made up."""

    kinds: tuple[Kind, ...]
    folds: int = 0
    seeds: int = 1
    baselines: bool = True
    stand_in: bool = False
    unfinished: int = 0
    epochs: int = 8
    notices: tuple[str, ...] = ()


TFIDF = Kind("TF-IDF, all rows", 5.2, is_baseline=True)
MAJORITY = Kind("Majority class", 0, is_baseline=True)
GRU_FIGURE = PublishedFigure("recall", 0.9672, is_approximate=False, source="the Enron report", values=[])
RNN_FIGURE = PublishedFigure("recall", 0.94, is_approximate=True, source="the Enron report", values=[])
FOLDS_FIGURE = PublishedFigure(
    "recall", 0.9993, is_approximate=False, source="the Enron report", values=[0.9964, 1, 1, 1, 1]
)


def model(name: str, skill: float = 4.2, *, sampling: str = "undersample", split: str = "holdout", **more: Any) -> Kind:
    """A kind whose choices are those of a run of the network `name`."""
    choices = {"dataset": "enron_spam", "model": name.partition(",")[0], "sampling": sampling, "split": split}
    return Kind(name, skill, tuple(choices.items()), **more)


PLANS = {
    "two": Plan((model("gru", 4.3, published=(GRU_FIGURE,)), model("lstm", 4.0))),
    "four": Plan((
        model("gru", 4.4, published=(GRU_FIGURE,)), model("lstm", 4.1),
        model("gru, no undersampling", 4.7, sampling="none"),
        model("lstm, no undersampling", 4.3, sampling="none", settings=(("training.batch_size", 8),)),
    ), unfinished=2),
    "folds": Plan((model("gru", 4.6, split="kfold", published=(FOLDS_FIGURE,)),), folds=5),
    "seeds": Plan(tuple(
        model(name, skill, published=figures)
        for name, skill, figures in (
            ("simple_rnn", 3.2, (RNN_FIGURE,)), ("lstm", 4.1, ()), ("gru", 4.3, (GRU_FIGURE,)),
            ("gru_two_chain", 4.4, ()), ("gru_pool", 5.4, ()),
        )
    ), seeds=5),
    "many": Plan(tuple(
        Kind(
            f"model=gru_two_chain, embedding={('glove', 'numberbatch')[index % 2]}, training.learning_rate={rate}",
            2.4 + 0.35 * index, (("model", "gru_two_chain"),), (("training.learning_rate", rate),),
        )
        for index, rate in enumerate((0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001, 0.0005, 0.0002, 0.0001))
    ), seeds=2),
    "odd": Plan((
        model("gru & <b>_100%_</b>", 4.3, split="kfold"),
        model("gru, one split", 4.2, protocol="published"),
        model("broken", 0, protocol="published"),
    ), stand_in=True, epochs=1, unfinished=1, baselines=False,
        notices=("Figures of different protocols must not be compared.",)),
}  # fmt: skip


def write_comparison(folder: Path, plan: Plan) -> Path:
    """Write every file of a comparison folder that its report reads."""
    rng = np.random.default_rng(29)
    (folder / "tables").mkdir(parents=True)
    kinds = (*plan.kinds, *((TFIDF, MAJORITY) if plan.baselines else ()))
    made = [_variant(rng, kind, index, plan) for index, kind in enumerate(kinds)]
    for name in ("history", "roc", "precision_recall"):
        found = [table for _, tables in made for table in tables[name]]
        pd.concat(found, ignore_index=True).to_parquet(folder / "tables" / f"{name}.parquet", index=False)
    comparison = _comparison([variant for variant, _ in made], plan)
    text = json.dumps(_plain(dataclasses.asdict(comparison)), indent=1, allow_nan=False)
    (folder / "comparison.json").write_text(text, encoding="utf-8")
    return folder


def _plain(value: Any) -> Any:
    """As a comparison writes it: null where a number is undefined."""
    if isinstance(value, dict):
        return {key: _plain(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [_plain(entry) for entry in value]
    return None if isinstance(value, float) and math.isnan(value) else value


def _variant(
    rng: np.random.Generator, kind: Kind, index: int, plan: Plan
) -> tuple[Variant, dict[str, list[pd.DataFrame]]]:
    tables: dict[str, list[pd.DataFrame]] = {"history": [], "roc": [], "precision_recall": []}
    repeats = []
    for seed in range(plan.seeds):
        for fold in range(plan.folds) or [None]:
            name = " ".join([f"seed {seed}", *([] if fold is None else [f"fold {fold}"])]).replace(" f", ", f")
            metrics, curves = _judged(rng, kind.skill and kind.skill + rng.normal(0, 0.25))
            seconds = None if kind.is_baseline else float(70 + 45 * index + rng.normal(0, 6))
            command = f"python -m pipeline +experiment=gru model={kind.name.partition(',')[0]} seed={seed}"
            repeats.append(Repeat(name, f"{index}", seed, fold, metrics, seconds, command))
            if not kind.is_baseline:
                curves["history"] = _history(rng, kind.skill, max(1, plan.epochs - len(repeats) % 3))
            for table, content in curves.items():
                tables[table].append(content.assign(variant=kind.name, repeat=name))
    times = [run.train_seconds for run in repeats if run.train_seconds is not None]
    variant = Variant(
        kind.name, kind.is_baseline, "enron_spam", kind.protocol, dict(kind.choices), dict(kind.settings),
        None if kind.is_baseline else 1_913_351 + index, repeats,
        {key: _summary([run.metrics[key] for run in repeats]) for key in METRICS},
        float(np.mean(times)) if times else None, list(kind.published), plan.stand_in,
    )  # fmt: skip
    return variant, tables


def _judged(rng: np.random.Generator, skill: float) -> tuple[dict[str, Estimate], dict[str, pd.DataFrame]]:
    labels = np.repeat([0, 1], [NEGATIVES, POSITIVES])
    noise = rng.logistic(size=len(labels)) if skill else np.zeros(len(labels))
    order = np.argsort(-(skill * (labels - 0.5) + 1.0 * noise), kind="stable")
    hits, false = np.cumsum(labels[order]), np.cumsum(1 - labels[order])
    if not skill:
        hits, false = hits[-1:], false[-1:]
    rates, recalls = np.append(0, false / NEGATIVES), np.append(0, hits / POSITIVES)
    precisions = np.append(1.0, hits / (hits + false))
    best = int(np.argmax(hits / (hits + false + POSITIVES)))
    recall, precision = (recalls[best + 1], precisions[best + 1]) if skill else (0.0, math.nan)
    f1 = 2 * recall * precision / (recall + precision) if skill else 0.0
    values = (
        (NEGATIVES - false[best] + hits[best]) / len(labels) if skill else NEGATIVES / len(labels), precision, recall,
        f1, 1.05 * f1 - 0.06 if skill else math.nan, float(np.trapezoid(recalls, rates)),
        float(np.sum(np.diff(recalls) * precisions[1:])), 0.03,
    )  # fmt: skip
    metrics = {key: _estimate(float(value)) for key, value in zip(METRICS, values, strict=True)}
    curves = {
        "roc": pd.DataFrame({"false_positive_rate": rates, "recall": recalls}),
        "precision_recall": pd.DataFrame({"recall": recalls, "precision": precisions}),
    }
    return metrics, curves


def _estimate(value: float) -> Estimate:
    half = 1.96 * math.sqrt(max(value * (1 - value), 0) / POSITIVES) if value == value else math.nan
    return UNDEFINED if math.isnan(value) else Estimate(value, max(value - half, 0), min(value + half, 1))


def _summary(estimates: list[Estimate]) -> Summary:
    values = np.array([estimate.value for estimate in estimates])
    if len(values) == 1:
        return Summary(values[0], math.nan, estimates[0].low, estimates[0].high)
    deviation = float(values.std(ddof=1))
    half = 2.8 * deviation * math.sqrt(1 / len(values) + 0.25)
    return Summary(float(values.mean()), deviation, float(values.mean()) - half, min(float(values.mean()) + half, 1.0))


def _history(rng: np.random.Generator, skill: float, epochs: int) -> pd.DataFrame:
    epoch: NDArray[np.int64] = np.arange(1, epochs + 1)
    speed = 0.75 - 0.06 * skill + rng.normal(0, 0.02)
    return pd.DataFrame({
        "epoch": epoch, "loss": 0.7 * speed**epoch, "recall": 1 - 0.5 * speed**epoch,
        "val_loss": 0.65 * speed**epoch + 0.04 + 0.01 * epoch + rng.normal(0, 0.008, epochs),
        "val_recall": np.clip(0.96 - 0.5 * speed**epoch + rng.normal(0, 0.01, epochs), 0, 1),
        "val_f1": 0.94 - 0.4 * speed**epoch, "seconds": 9.0,
    })  # fmt: skip


def _comparison(variants: list[Variant], plan: Plan) -> Comparison:
    repeats_are: Literal["single", "folds", "seeds"] = (
        "folds" if plan.folds else "seeds" if plan.seeds > 1 else "single"
    )
    return Comparison(
        title="Recurrent networks on Enron", datasets=["enron_spam"],
        protocols=sorted({variant.protocol for variant in variants}), repeats_are=repeats_are,
        classes=Classes("ham", "spam"), variants=variants, pairs=_pairs(variants),
        unfinished=[Unfinished(f"{90 + n}", "the run failed: out of memory") for n in range(plan.unfinished)],
        notices=list(plan.notices), headline="the best f1 is that of gru",
        command="python -m pipeline.compare outputs/sweeps/recurrent_comparison/2026-11-21_04-36-00",
        resamples=2000,
    )  # fmt: skip


def _pairs(variants: list[Variant]) -> list[Pair]:
    models = [variant for variant in variants if not variant.is_baseline]
    baselines = [variant for variant in variants if variant.name == TFIDF.name]
    couples = [*combinations(models, 2), *((one, baseline) for one in models for baseline in baselines)]
    return [_pair(one, two, len(couples)) for one, two in couples if one.protocol == two.protocol]


def _pair(one: Variant, two: Variant, num_pairs: int) -> Pair:
    gap, num = one.summary["f1"].mean - two.summary["f1"].mean, len(one.repeats)
    error = 0.011
    p = math.erfc(abs(gap) / error / math.sqrt(2))
    adjusted = min(1.0, num_pairs * p)
    detail = "41 right by the first alone, 17 by the second alone"
    mcnemar = PairTest("mcnemar", min(1.0, 1.3 * p), min(1.0, 1.3 * num_pairs * p), detail)
    deciding = (
        PairTest("bootstrap", p, adjusted, "2,000 resamples") if num == 1
        else PairTest("corrected_t", p, adjusted, f"{num - 1} degrees of freedom")
    )  # fmt: skip
    verdict = "none" if adjusted > 0.05 else "first" if gap > 0 else "second"
    tests = [deciding, mcnemar] if num == 1 or one.repeats[0].fold is not None else [deciding]
    difference = Estimate(gap, gap - 1.96 * error, gap + 1.96 * error)
    return Pair(one.name, two.name, "f1", difference, tests, verdict, num)
