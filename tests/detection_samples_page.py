"""Artifacts of a detection run that never was, with figures like those of real ones, and the folder they become."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import TypeAdapter
from pydantic_core import to_jsonable_python

from pipeline.artifacts import Corpus, Pool, Predictions, Split, Texts
from pipeline.artifacts.detection import Bags, Contamination, Detection, DetectionScores, Suspicion
from pipeline.evaluation.detection.judge import judge
from pipeline.reporting.detection.facts import DetectionReport
from pipeline.reporting.detection.folder import DetectionTables
from pipeline.reporting.detection.scene import Scene
from pipeline.stages.detection_account import Outcome, detection_facts, detection_tables
from pipeline.stages.detection_report import detection_report

COMMAND = "python -m pipeline +experiment=vae_density seed=7"
HOSTILE = "<script>alert('x')</script>"
# name -> model, fitted on, weighting, how many deviations the residuals of the classes are apart
DETECTORS = {
    "length": ("length", "all", "message", 0.0),
    "unigram_all": ("unigram", "all", "message", 0.7),
    "isolation_forest_all": ("isolation_forest", "all", "message", 0.2),
    "gaussian_vae_all": ("gaussian_vae", "all", "message", 0.1),
    "vae_all": ("vae", "all", "message", 0.0),
    "vae_weighted": ("vae", "all", "group", 0.3),
    "repetition": ("repetition", "all", "message", 1.2),
    "mixture": ("mixture", "all", "message", 3.0),
    "vae_unsuspected": ("vae", "unsuspected", "message", 2.3),
    "unigram_ham": ("unigram", "negative", "message", 1.8),
    "vae_ham": ("vae", "negative", "message", 2.4),
}
WITH_WORDS = {"vae", "unigram"}
WITHOUT_RESIDUALS = {"length", "repetition", "mixture"}
SHARES = (0.0, 0.02, 0.05, 0.1, 0.2)
WORDS = ["call", "claim", "free", "go", HOSTILE, "home", "now", "ok"]


@dataclass(frozen=True)
class Made:
    """What a run is made up from: the cases that a report must live through."""

    names: tuple[str, ...] = tuple(DETECTORS)
    num_messages: int = 900
    share: float = 0.14
    stand_in: bool = False
    protocol: str = "clean"
    estimated: float = 0.152
    lacks_contamination: bool = False
    skill: float = 1.0
    finds_another_kind: bool = False
    resamples: int = 1_000
    seed: int = 7

    @property
    def labels(self) -> NDArray[np.int8]:
        """The positive class, spread evenly."""
        return (np.arange(self.num_messages) % round(1 / self.share) == 1).astype(np.int8)


def write_run(folder: Path, made: Made) -> str:
    """Have the stage write a run folder; its headline."""
    write_frame(folder, made)
    outcome = make_outcome(made, {})
    contamination = make_contamination(made, outcome.split)
    return detection_report(
        *(outcome.corpus, outcome.texts, outcome.pool, outcome.split, outcome.bags, outcome.suspicion, contamination),
        *(outcome.supervised, outcome.scores, *outcome.detections),
        num_examples=3, num_words=2, folder=folder,
    )  # fmt: skip


@cache
def make_scene(made: Made) -> Scene:
    """What findings and tables are made from, without files; not to be changed."""
    frame = {"experiment": "vae_density", "source": "vae_workshop", "protocol": made.protocol, "command": COMMAND}
    outcome = make_outcome(made, frame)
    facts = detection_facts(outcome, 300) | {"headline": ""}
    report = TypeAdapter(DetectionReport).validate_python(to_jsonable_python(facts))
    return Scene(report, DetectionTables(**detection_tables(outcome, 3, 2)))


def make_outcome(made: Made, frame: dict[str, Any]) -> Outcome:
    """All artifacts of a run."""
    rng = np.random.default_rng(made.seed)
    labels, number = made.labels, made.num_messages
    texts = [f"message {row} says {HOSTILE} free" if row % 7 == 1 else f"message {row} ok" for row in range(number)]
    table = pd.DataFrame({"row": np.arange(number), "text": texts, "label": labels})
    train, validation, test = np.split(np.arange(number), [number // 2, 3 * number // 4])
    split = Split(train, validation, test, labels, np.arange(number), 0.0, 6.4, validation_is_test=False)
    bags = make_bags(rng, labels)
    detections = [make_detection(rng, made, name, split, bags) for name in made.names]
    supervised = make_supervised(rng, made, split)
    return Outcome(
        frame=frame,
        corpus=Corpus(table, "sms_spam", "spam", "ham", made.stand_in, []),
        texts=Texts(table[["text"]], [], stand_in=False),
        pool=Pool(np.arange(number), split.groups, grouped=True, num_exact=4, changes=[]),
        split=split,
        bags=bags,
        suspicion=Suspicion(
            table=pd.DataFrame({"row": np.arange(number), "log_odds": 2.0 * labels - 1}),
            share=made.estimated,
            words=pd.DataFrame({"word": ["claim", HOSTILE], "log_ratio": [6.2, 1.1], "seen": [52, 31]}),
            num_kinds=3,
            num_starts=5,
        ),
        supervised=supervised,
        scores=make_scores(made, split, bags, supervised, detections),
        detections=detections,
    )


def make_bags(rng: np.random.Generator, labels: NDArray[np.int8]) -> Bags:
    """Spam is longer; the last message has no known word."""
    known = np.minimum(1 + rng.poisson(2 + 2 * labels), len(WORDS))
    known[-1] = 0
    words = np.concatenate([np.sort(rng.choice(len(WORDS), size, replace=False)) for size in known])
    return Bags(
        words=words.astype(np.int32),
        counts=np.ones(len(words), np.int32),
        edges=np.concatenate([[0], np.cumsum(known)]).astype(np.int32),
        vocabulary=WORDS,
        lengths=(known + 3).astype(np.int32),
        seen=np.arange(3, 3 + len(WORDS), dtype=np.int32),
    )


def make_detection(rng: np.random.Generator, made: Made, name: str, split: Split, bags: Bags) -> Detection:
    """Costs that rise with length, and with the class by the skill of the detector."""
    model, fitted_on, weighting, skill = DETECTORS[name]
    labels, is_vae = split.labels, model in {"vae", "gaussian_vae"}
    skill = -skill if model == "mixture" and made.finds_another_kind else skill
    test = split.test
    negative, positive = np.bincount(labels[split.train], minlength=2).tolist()
    return Detection(
        name=name,
        model=model,
        fitted_on=fitted_on,  # pyright: ignore[reportArgumentType]
        weighting=weighting,  # pyright: ignore[reportArgumentType]
        description=f"what {name} is",
        fitted=[0, 0] if model == "length" else [negative, positive if fitted_on == "all" else 0],
        scores=pd.concat(
            [_scores(rng, split, bags, bound, model, made.skill * skill - 0.1 * (bound == "elbo"))
             for bound in (("elbo", "iwae") if is_vae else ("cost",))],
            ignore_index=True,
        ),
        main="iwae" if is_vae else "cost",
        history=_history(rng, name) if is_vae else pd.DataFrame(),
        kept_epoch=4 if is_vae else 0,
        num_params=1_234 if is_vae else 0,
        active_units=5 if is_vae else None,
        num_latent=8 if is_vae else None,
        latents=pd.DataFrame({"row": test, "first": rng.normal(size=len(test)), "second": rng.normal(size=len(test))})
        if is_vae
        else pd.DataFrame(),
        latent_shares=[0.4, 0.2] if is_vae else [],
        words=pd.DataFrame(
            [(row, WORDS[place], 9.5 - place) for row in test[bags.known[test] > 0] for place in (4, 5, 6)],
            columns=["row", "word", "cost"],
        )
        if model in WITH_WORDS
        else pd.DataFrame(),
    )  # fmt: skip


def make_supervised(rng: np.random.Generator, made: Made, split: Split) -> Predictions:
    """A classifier that is nearly always right."""
    rows = np.concatenate([split.validation, split.test])
    odds = made.skill * 7 * split.labels[rows] - 4 + rng.normal(size=len(rows))
    table = pd.DataFrame(
        {
            "part": ["validation"] * len(split.validation) + ["test"] * len(split.test),
            "row": rows,
            "label": split.labels[rows],
            "tfidf_all_rows": 1 / (1 + np.exp(-odds)),
        }
    )
    return Predictions(table, {"tfidf_all_rows": "TF-IDF, a linear SVM"})


def make_contamination(made: Made, split: Split) -> Contamination:
    """Residuals that tell less the more of the positive class is fitted on."""
    rng = np.random.default_rng(made.seed + 1)
    tables = []
    for model, start, slope in (("vae", 2.4, 11.0), ("unigram", 1.8, 3.0)):
        for share in () if made.lacks_contamination else SHARES:
            skill = made.skill * (start - slope * share)
            residual = 0.3 * (rng.normal(size=len(split.test)) + skill * split.labels[split.test])
            tables.append(pd.DataFrame({
                "model": model, "share": share, "row": split.test, "message": np.exp(residual), "word": residual,
                "residual": residual,
            }))  # fmt: skip
    columns = ["model", "share", "row", "message", "word", "residual"]
    table = pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=columns)
    return Contamination(table, num_fitted=300)


def make_scores(
    made: Made, split: Split, bags: Bags, supervised: Predictions, detections: list[Detection]
) -> DetectionScores:
    """The verdict that the judge has."""
    negative, positive = np.bincount(split.labels[split.train], minlength=2).tolist()
    return judge(
        detections, make_contamination(made, split), supervised, split.labels, split.groups, bags.known,
        measure="residual", expected_share=0.13, estimated_share=made.estimated,
        supervised_fitted=(negative, positive), resamples=made.resamples, seed=made.seed,
    )  # fmt: skip


def write_frame(folder: Path, made: Made) -> None:
    """Config and manifest, as the runner leaves them for a report."""
    folder.mkdir(parents=True)
    (folder / "config.yaml").write_text(
        f"name: vae_density\nprotocol: {made.protocol}\nseed: {made.seed}\nbags: {{min_messages: 3}}\n",
        encoding="utf-8",
    )
    manifest: dict[str, Any] = {
        "experiment": "vae_density", "protocol": made.protocol, "source": "vae_workshop", "status": "reporting",
        "seed": made.seed, "started": "2025-03-04T05:06:07+00:00", "seconds": 21.2, "stand_in": made.stand_in,
        "command": COMMAND, "git_commit": "5db857e6f7df11eabb5e5665836db9ec8df07e28", "git_dirty": False,
        "python": "3.11.9", "platform": "Linux-6.1-x86_64", "cpu_count": 2, "versions": {"numpy": "2.4.6"},
        "data": [{
            "name": "locate_corpus", "path": "SMSSpamCollection", "sha256": "0883a4c4" * 8, "origin": "data_dir",
            "verified": True,
        }],
        "rows": [{"stage": "pool_messages", "action": "dropped", "reason": "same text", "rows": 4, "first_row": 9}],
        "stages": [{
            "stage": "detect_messages", "key": "5f" * 32, "status": "computed", "reason": "not in the store",
            "seconds": 3.5, "peak_memory_mb": 403.0,
        }],
        "overrides": [], "choices": {},
    }  # fmt: skip
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=1), encoding="utf-8")


def _scores(rng: np.random.Generator, split: Split, bags: Bags, bound: str, model: str, skill: float) -> pd.DataFrame:
    tables = []
    for part, rows in (("validation", split.validation), ("test", split.test)):
        known = bags.known[rows]
        residual = rng.normal(size=len(rows)) + skill * split.labels[rows]
        cost = 3 + 4 * known + (1 + known) / 2 * residual
        if model in WITHOUT_RESIDUALS:
            cost = known + 0.003 * residual if model == "length" else residual
        tables.append(pd.DataFrame({
            "bound": bound, "part": part, "row": rows, "message": cost,
            "word": np.nan if model in WITHOUT_RESIDUALS else cost / np.maximum(known, 1),
            "residual": np.nan if model in WITHOUT_RESIDUALS else residual,
        }))  # fmt: skip
    return pd.concat(tables, ignore_index=True)


def _history(rng: np.random.Generator, name: str) -> pd.DataFrame:
    epoch = np.arange(1, 7)
    loss = 30 + 20 * 0.6**epoch
    return pd.DataFrame({
        "epoch": epoch, "loss": loss, "reconstruction": loss - 4, "kl": 4.0, "val_loss": loss + rng.random(6),
        "val_roc_auc": 0.6 if name.endswith("all") else 0.9, "seconds": 0.5,
    })  # fmt: skip
