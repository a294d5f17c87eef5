"""Write down what a synthesis run came to, then draw its report from those files alone."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from pipeline.artifacts import Corpus, Embedding, Pool, Split, Texts, Tokens
from pipeline.artifacts.synthesis import Augmentation, Evaluators, FittedVae, Latents, Probes, Scorecard, Synthetic
from pipeline.ranges import Count
from pipeline.reporting.synthesis.protocol import published_note
from pipeline.reporting.synthesis.report import draw_synthesis
from pipeline.reporting.synthesis.sentences import headline
from pipeline.stages.account import class_counts, data_facts, missing_words, rounded, stand_ins, write_json

MODEL = "lstm_vae"


@dataclass(frozen=True)
class Outcome:
    """All artifacts of a run, and the frame of the run as its manifest has it."""

    frame: dict[str, Any]
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
    evaluators: Evaluators
    scorecard: Scorecard
    augmentation: Augmentation

    @property
    def stand_ins(self) -> list[str]:
        """What stands in for what."""
        return stand_ins(self.corpus, self.texts, self.embedding)

    @property
    def copies(self) -> int:
        """Generated messages that repeat a training message word for word."""
        return int((self.synthetic.table["copy_of"] >= 0).sum())


def synthesis_report(
    corpus: Corpus,
    texts: Texts,
    pool: Pool,
    split: Split,
    tokens: Tokens,
    embedding: Embedding,
    fitted: FittedVae,
    latents: Latents,
    synthetic: Synthetic,
    probes: Probes,
    naive_bayes: Evaluators,
    networks: Evaluators,
    scorecard: Scorecard,
    augmentation: Augmentation,
    *,
    num_samples: Count,
    num_missing_words: Count,
    folder: Path,
) -> str:
    """Write `metrics.json`, `report.json`, `tables/` and the generated messages, draw the report; the headline.

    Reads the frame of the run (experiment, protocol, source, overrides) from the `manifest.json` in `folder`.
    `num_samples` of each class are shown.
    """
    frame = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    evaluators = _joined(naive_bayes, networks)
    outcome = Outcome(
        frame, corpus, texts, pool, split, tokens, embedding, fitted, latents, synthetic, probes, evaluators, scorecard,
        augmentation,
    )  # fmt: skip
    (folder / "tables").mkdir(exist_ok=True)
    for name, content in _tables(outcome, num_samples).items():
        content.to_parquet(folder / "tables" / f"{name}.parquet", index=False)
    _write_messages(folder, outcome)
    write_json(folder / "metrics.json", _metrics(outcome))
    facts = _facts(outcome)
    write_json(folder / "report.json", facts | {"missing_words": missing_words(embedding, num_missing_words)})
    draw_synthesis(folder)
    return facts["headline"]


def _joined(first: Evaluators, second: Evaluators) -> Evaluators:
    """All evaluators in one. The first say what the settings train and test on: it is the same for all."""
    return Evaluators(
        table=pd.concat([first.table, second.table], ignore_index=True),
        descriptions=first.descriptions | second.descriptions,
        settings=second.settings | first.settings,
    )


def _metrics(outcome: Outcome) -> dict[str, Any]:
    """Results only, nothing that two equal runs could differ in."""
    latents = outcome.latents
    return {
        "experiment": outcome.frame["experiment"],
        "dataset": outcome.corpus.name,
        "protocol": outcome.frame["protocol"],
        "stand_in": bool(outcome.stand_ins),
        "seed": outcome.frame["seed"],
        "model": MODEL,
        "params": outcome.fitted.num_params,
        "synthesis": {
            "kl_nats": rounded(latents.kl_nats),
            "reconstruction_mse": rounded(latents.reconstruction_mse),
            "active_units": latents.active_units,
            "mutual_information_nats": rounded(latents.mutual_information_nats),
            "collapsed": latents.collapsed,
            "num_messages": len(outcome.synthetic.table),
            "copies": outcome.copies,
        },
        "priors": {
            row["prior"]: {
                "nats": rounded(row["nats"]),
                "ci95": _bounds(row, "low", "high"),
                "gain": rounded(row["gain"]),
                "gain_ci95": _bounds(row, "gain_low", "gain_high"),
            }
            for _, row in latents.priors.iterrows()
        },
        "evaluators": {
            str(name): {str(setting): _values(rows) for setting, rows in settings.groupby("setting", sort=False)}
            for name, settings in outcome.evaluators.table.groupby("evaluator", sort=False)
        },
        "scorecard": {
            row["name"]: {
                "synthetic": rounded(row["synthetic"]),
                "holdout": rounded(row["holdout"]),
                "range": _bounds(row, "low", "high"),
            }
            for _, row in outcome.scorecard.table.iterrows()
        },
        "augmentation": [
            {name: rounded(value) if isinstance(value, float) else value for name, value in record.items()}
            for record in outcome.augmentation.table.to_dict("records")
        ],
    }


def _values(rows: pd.DataFrame) -> dict[str, Any]:
    """The metrics of an evaluator in one setting, and their intervals."""
    by_metric = rows.set_index("metric")
    return {
        **{str(metric): rounded(row["value"]) for metric, row in by_metric.iterrows()},
        "ci95": {str(metric): _bounds(row, "low", "high") for metric, row in by_metric.iterrows()},
    }


def _bounds(row: Any, *names: str) -> list[float | None]:
    return [rounded(row[name]) for name in names]


def _facts(outcome: Outcome) -> dict[str, Any]:
    """What the report says beside its tables."""
    latents, validation = outcome.latents, outcome.latents.table.query("part == 'validation'")
    labels = outcome.synthetic.table["label"]
    facts = {
        **data_facts(
            outcome.frame, outcome.corpus, outcome.pool, outcome.split, outcome.tokens, outcome.embedding,
            {"train": class_counts(outcome.split, outcome.split.train)},
        ),
        "family": "synthesis",
        "protocol_note": _note(outcome),
        "stand_in": bool(outcome.stand_ins),
        "stand_ins": outcome.stand_ins,
        "model": MODEL,
        "params": outcome.fitted.num_params,
        "training": _training_facts(outcome.fitted),
        "latent": {
            "kl_nats": latents.kl_nats,
            "reconstruction_mse": latents.reconstruction_mse,
            "baseline_mse": float(np.average(validation["baseline_mse"], weights=validation["words"])),
            "mutual_information_nats": latents.mutual_information_nats,
            "active_units": latents.active_units,
            "dimensions": len(latents.dimensions),
            "collapsed": latents.collapsed,
        },
        "generated": {
            "negative": int((labels == 0).sum()),
            "positive": int((labels == 1).sum()),
            "copies": outcome.copies,
        },
        "evaluators": {
            "descriptions": outcome.evaluators.descriptions,
            "settings": outcome.evaluators.settings,
        },
        "scorecard": {"num_messages": outcome.scorecard.num_messages, "num_draws": outcome.scorecard.num_draws},
        "augmentation": {
            "repeats": outcome.augmentation.repeats,
            "descriptions": outcome.augmentation.descriptions,
        },
    }  # fmt: skip
    mark = ("STAND-IN DATA, " if outcome.stand_ins else "") + ("LATENT COLLAPSED, " if latents.collapsed else "")
    said = headline(
        latents.kl_nats, latents.active_units, len(latents.dimensions),
        outcome.evaluators.table, outcome.augmentation.table,
    )  # fmt: skip
    return facts | {"headline": f"{mark}{outcome.corpus.name}: {said}"}


def _note(outcome: Outcome) -> str:
    frame, width = outcome.frame, outcome.embedding.matrix.shape[1]
    return published_note(frame["source"], frame["protocol"], width, frame["overrides"])


def _training_facts(fitted: FittedVae) -> list[dict[str, Any]]:
    by_model = fitted.history.groupby("model", sort=False)
    return [
        {"model": model, "epochs": len(rows), "kept_epoch": kept, "stopped_early": early}
        for (model, rows), kept, early in zip(by_model, fitted.kept_epochs, fitted.stopped_early, strict=True)
    ]


def _tables(outcome: Outcome, num_samples: int) -> dict[str, pd.DataFrame]:
    """What the figures and tables of the report are made from."""
    used, latents = outcome.split.used, outcome.latents
    synthetic = outcome.synthetic.table
    real = pd.DataFrame({"words": outcome.tokens.lengths[used], "label": outcome.split.labels[used], "kind": "real"})
    return {
        "history": outcome.fitted.history,
        "latents": latents.table,
        "dimensions": latents.dimensions,
        "priors": latents.priors,
        "reconstructions": outcome.probes.reconstructions,
        "interpolations": outcome.probes.interpolations,
        "ends": outcome.probes.ends,
        "samples": synthetic.groupby("label").head(num_samples),
        "evaluators": outcome.evaluators.table,
        "scorecard": outcome.scorecard.table,
        "augmentation": outcome.augmentation.table,
        "lengths": pd.concat([real, synthetic[["words", "label"]].assign(kind="synthetic")], ignore_index=True),
        "coverage": outcome.embedding.coverage,
    }


def _write_messages(folder: Path, outcome: Outcome) -> None:
    """`synthetic.csv`, for people and for other programs, and `synthetic.npz` with the vectors."""
    synthetic, corpus = outcome.synthetic, outcome.corpus
    table = synthetic.table
    offsets = np.concatenate([[0], np.cumsum(table["words"].to_numpy(np.int64))])
    assert offsets[-1] == len(synthetic.vectors), "each word has its vector"
    copies = table["copy_of"].astype("Int64")
    written = pd.DataFrame({
        "label": np.where(table["label"] == 1, corpus.positive, corpus.negative),
        "text": table["text"],
        "seed": table["seed"],
        "words": table["words"],
        "copy_of": copies.mask(copies < 0),
    })  # fmt: skip
    written.to_csv(folder / "synthetic.csv", index=False, lineterminator="\n", encoding="utf-8")
    np.savez_compressed(
        folder / "synthetic.npz",
        ids=synthetic.ids,
        labels=table["label"].to_numpy(np.int8),
        means=synthetic.means,
        vectors=synthetic.vectors,
        offsets=offsets,
    )
