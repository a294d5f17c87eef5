"""Runs on images that never were, with figures like those of real ones, and the folders they become."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml
from numpy.typing import NDArray

from pipeline.artifacts.images import AS_REAL, COLLAPSED, PARTIAL
from pipeline.reporting.images.folder import ARRAYS, COLUMNS

COMMAND = "python -m pipeline +experiment=fashion_cgan seed=7"
HOSTILE = "<script>alert('x')</script>"
SIDE = 28
SCORES = {  # score -> its value for real images, for a generator, for the Gaussian; half of a 95 % interval
    "class_accuracy": (0.924, 0.881, 0.702, 0.006), "frechet": (0.21, 4.35, 21.7, 0.12),
    "kernel": (0.0004, 0.021, 0.18, 0.002), "precision": (0.78, 0.71, 0.31, 0.011),
    "recall": (0.77, 0.42, 0.05, 0.012), "density": (0.99, 0.93, 0.22, 0.02), "coverage": (0.96, 0.74, 0.21, 0.01),
    "diversity": (1.0, 0.83, 0.64, 0.01), "learnt_accuracy": (0.924, 0.823, 0.741, 0.008),
}  # fmt: skip
BY_CLASS = ("class_accuracy", "diversity", "precision", "recall", "coverage")


@dataclass(frozen=True)
class Made:
    """What a run is made up from: the cases that a report must live through.

    Attributes:
        classes: their names.
        gan, baseline: names of what draws.
        epochs, wanted: done, and asked for.
        kept: epochs before the last one that the kept one lies.
        collapsed, partial: classes that have collapsed, outright and in part.
        exact: drawings that equal a training image.
        close: share of the drawings closer to a training image than all but 1 % of the test images are.
        memorised: by how much more the discriminator trusts training images than test images.
        level: whether the generator and the baseline cannot be told apart.
        undefined: whether intervals and p-values are undefined.
        smoothing, keep, schedule: settings of the training.
        noise_std: setting of the drawing.
    """

    classes: tuple[str, ...] = ("T-shirt/top", HOSTILE, "Ankle boot")
    gan: str = "cgan"
    baseline: str = "gaussian"
    kind: str = "dense"
    dataset: str = "fashion_mnist"
    protocol: str = "clean"
    stand_in: bool = False
    epochs: int = 6
    wanted: int = 6
    kept: int = 0
    ending: str = "finished"
    trouble: str = ""
    collapsed: tuple[int, ...] = ()
    partial: tuple[int, ...] = ()
    exact: int = 0
    close: float = 0.012
    memorised: float = 0.06
    level: bool = False
    undefined: bool = False
    num_copies: int = 0
    columns: int = 10
    test: int = 300
    resamples: int = 2_000
    seed: int = 7
    smoothing: float = 0.1
    keep: str = "best"
    schedule: str = "constant"
    noise_std: float = 1.0


FULL = Made()
TEN = Made(classes=("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag",
                    "Ankle boot"), epochs=30, wanted=30, kept=2, test=10_000)  # fmt: skip
BAD = Made(
    gan="mine_too", kind="convolutional", dataset="digits", protocol="published", stand_in=True, epochs=3, wanted=30,
    kept=1, ending="diverged", trouble="The loss of the generator was no finite number in epoch 4.", collapsed=(0, 2),
    exact=3, close=0.31, memorised=0.4, level=True, undefined=True, num_copies=4, columns=4,
)  # fmt: skip


def write_run(folder: Path, made: Made = FULL) -> Path:
    """Write every file that a report of the family is drawn from; the folder."""
    (folder / "tables").mkdir(parents=True)
    for name, table in make_tables(made).items():
        table.to_parquet(folder / "tables" / f"{name}.parquet", index=False)
    np.savez_compressed(folder / ARRAYS, allow_pickle=False, **make_pictures(made))
    (folder / "config.yaml").write_text(yaml.safe_dump(make_config(made)), encoding="utf-8")
    for name, content in (("manifest", _manifest(made)), ("report", make_facts(made))):
        (folder / f"{name}.json").write_text(json.dumps(content, indent=1), encoding="utf-8")
    return folder


def make_config(made: Made) -> dict[str, Any]:
    """What of config.yaml is read, and a little more."""
    return {
        "name": "fashion_cgan",
        "protocol": made.protocol,
        "seed": made.seed,
        "report": {"num_shown": made.columns},
        "training": {"smoothing": made.smoothing, "keep": made.keep, "schedule": made.schedule},
        "drawing": {"noise_std": made.noise_std},
    }


def make_facts(made: Made) -> dict[str, Any]:
    """What report.json holds."""
    return {
        "family": "images", "experiment": "fashion_cgan", "dataset": made.dataset, "protocol": made.protocol,
        "stand_in": made.stand_in, "stand_ins": ["scikit-learn's digits stand in"] if made.stand_in else [],
        "headline": "fashion_mnist: class accuracy 0.881", "rows_kept": None, "reproduce": COMMAND,
        "protocol_note": "", "class_names": list(made.classes), "num_train": 6 * made.test,
        "num_judge": 5 * made.test, "num_reference": made.test, "num_test": made.test, "num_compared": made.test,
        "num_copies": made.num_copies, "gan": made.gan, "baseline": made.baseline, "kind": made.kind,
        "num_params": 1_489_936, "num_discriminator_params": 1_461_862, "epochs": made.epochs,
        "epochs_wanted": made.wanted, "kept_epoch": made.epochs - made.kept, "ending": made.ending,
        "trouble": made.trouble, "updates": 937, "judge_params": 225_034, "judge_accuracy": 0.924,
        "pupil_images": 60_000, "num_neighbours": 5, "num_resamples": made.resamples,
    }  # fmt: skip


def make_tables(made: Made) -> dict[str, pd.DataFrame]:
    """All tables of a run."""
    rng = np.random.default_rng(made.seed)
    tables = {
        "history": _history(made, rng), "judge": _judge(rng), "scores": _scores(made),
        "by_class": _by_class(made, rng), "confusion": _confusion(made, rng), "contests": _contests(made),
        "collapse": _collapse(made), "copies": _copies(made), "confidence": _confidence(made, rng),
        "distances": _distances(made, rng),
    }  # fmt: skip
    return {name: table.reindex(columns=COLUMNS[name]) for name, table in tables.items()}


def make_pictures(made: Made) -> dict[str, NDArray[Any]]:
    """What images.npz holds: each class a bar at a slant of its own; drawings are blurred, early ones noise."""
    rng = np.random.default_rng(made.seed)
    classes, wide = len(made.classes), made.columns
    real = np.stack([_bars(rng, label / classes, wide, 0.0) for label in range(classes)])
    grid = np.stack([_bars(rng, label / classes, wide, 0.1) for label in range(classes)])
    steps = np.linspace(0, 1, 8)[:, None, None]
    ends = [(grid[label, 0], grid[(label + 1) % classes, 0]) for label in range(classes)]
    frames = [rng.integers(0, 255, grid.shape) * (1 - share) + grid * share for share in _rise(made.epochs)]
    labels = np.repeat(np.arange(classes), 2).astype(np.int16)
    return {
        "real": real, "grid": grid, "frames": np.stack(frames).astype(np.uint8),
        "between": np.stack([(1 - steps) * one + steps * other for one, other in ends]).astype(np.uint8),
        "drawn": grid[:, [0, -1]].reshape(-1, SIDE, SIDE), "nearest": real[:, [0, -1]].reshape(-1, SIDE, SIDE),
        "drawn_label": labels, "drawn_row": np.arange(len(labels)) * 7, "nearest_row": np.arange(len(labels)) * 11,
        "nearest_distance": np.tile([0.0 if made.exact else 2.1, 5.2], classes),
    }  # fmt: skip


def _bars(rng: np.random.Generator, turn: float, number: int, noise: float) -> NDArray[np.uint8]:
    down, across = np.mgrid[-1 : 1 : SIDE * 1j, -1 : 1 : SIDE * 1j]
    angle = np.pi * turn + rng.normal(0, 0.08, (number, 1, 1))
    away = np.abs(down * np.cos(angle) + across * np.sin(angle)) + noise * rng.random((number, SIDE, SIDE))
    light = np.clip(1.2 - 3 * away, 0, 1) * (down**2 + across**2 < 1)
    return (255 * light).astype(np.uint8)


def _rise(epochs: int) -> NDArray[np.float64]:
    return 1 - np.exp(-4 * np.arange(1, epochs + 1) / epochs)


def _history(made: Made, rng: np.random.Generator) -> pd.DataFrame:
    epoch = np.arange(1, made.epochs + 1)
    late = np.maximum(epoch - (made.epochs - made.kept), 0)
    table = pd.DataFrame({
        "epoch": epoch, "generator_loss": 1.1 + 0.1 * rng.random(made.epochs),
        "discriminator_loss": 1.2 + 0.05 * rng.random(made.epochs), "real_confidence": 0.6, "fake_confidence": 0.4,
        "class_accuracy": 0.88 * _rise(made.epochs), "frechet": 4 + 60 * (1 - _rise(made.epochs)) + 0.4 * late,
        "diversity": 0.83 * _rise(made.epochs), "seconds": 22.0 + rng.random(made.epochs),
    })  # fmt: skip
    if made.ending == "diverged":
        table.loc[table.index[-1], ["generator_loss", "discriminator_loss"]] = np.nan
    return table


def _judge(rng: np.random.Generator) -> pd.DataFrame:
    rise = _rise(5)
    return pd.DataFrame({
        "epoch": np.arange(1, 6), "loss": 1 - 0.8 * rise, "accuracy": 0.9 * rise, "val_accuracy": 0.925 * rise,
        "seconds": 30 + rng.random(5),
    })  # fmt: skip


def _values(made: Made, score: str) -> dict[str, float]:
    real, gan, baseline, _ = SCORES[score]
    return {made.gan: gan, made.baseline: gan if made.level else baseline, "real": real}


def _scores(made: Made) -> pd.DataFrame:
    rows = []
    for score, (*_, half) in SCORES.items():
        width = np.nan if made.undefined else half
        rows += [(name, score, value, value - width, value + width) for name, value in _values(made, score).items()]
    return pd.DataFrame(rows, columns=COLUMNS["scores"])


def _by_class(made: Made, rng: np.random.Generator) -> pd.DataFrame:
    rows = []
    for score in BY_CLASS:
        for name, value in _values(made, score).items():
            for label in range(len(made.classes)):
                low = 0.02 if label in made.collapsed and name == made.gan and score != "class_accuracy" else 1.0
                if label in made.partial and name == made.gan and score == "recall":
                    low = 0.2
                own = low * min(value * (0.92 + 0.14 * rng.random()), 1.0)
                rows.append((name, label, score, own, max(own - 0.03, 0.0), min(own + 0.03, 1.0)))
    return pd.DataFrame(rows, columns=COLUMNS["by_class"])


def _confusion(made: Made, rng: np.random.Generator) -> pd.DataFrame:
    rows, each = [], made.test // len(made.classes)
    for name, value in _values(made, "class_accuracy").items():
        for label in range(len(made.classes)):
            chances = np.full(len(made.classes), (1 - value) / (len(made.classes) - 1))
            chances[label] = value
            rows += [(name, label, called, images) for called, images in enumerate(rng.multinomial(each, chances))]
    return pd.DataFrame(rows, columns=COLUMNS["confusion"])


def _contests(made: Made) -> pd.DataFrame:
    pairs = [(made.gan, made.baseline), (made.gan, "real"), (made.baseline, "real")]
    rows = []
    for score, (*_, half) in SCORES.items():
        values = _values(made, score)
        for first, second in pairs:
            from_real = score in AS_REAL and second != "real"
            gap = values[first] - values[second]
            if from_real:
                gap = abs(values[first] - values["real"]) - abs(values[second] - values["real"])
            p = np.nan if made.undefined else 0.4 if abs(gap) < half else 2 * len(pairs) * 9 / (made.resamples + 1)
            width = np.nan if made.undefined else 1.3 * half
            rows.append((first, second, score, from_real, gap, gap - width, gap + width, p))
    return pd.DataFrame(rows, columns=COLUMNS["contests"])


def _collapse(made: Made) -> pd.DataFrame:
    rows = []
    for name in (made.gan, made.baseline):
        for label in range(len(made.classes)):
            gone = label in made.collapsed and name == made.gan
            level = COLLAPSED if gone else PARTIAL if label in made.partial and name == made.gan else ""
            reason = {COLLAPSED: "draws too much alike", PARTIAL: "leaves out most kinds"}.get(level, "")
            shown = (0.02, 0.01, 0.01) if gone else (0.83, 0.74, 0.08 if level else 0.42)
            rows.append((name, label, *shown, 0.88, level, reason))
    return pd.DataFrame(rows, columns=COLUMNS["collapse"])


def _copies(made: Made) -> pd.DataFrame:
    return pd.DataFrame(
        [
            (made.gan, made.test, made.exact, 0, made.close, 0.9 * made.close, 1.1 * made.close, 4.71, 5.02),
            (made.baseline, made.test, 0, 0, 0.0, 0.0, 0.001, 6.11, 5.02),
        ],
        columns=COLUMNS["copies"],
    )


def _confidence(made: Made, rng: np.random.Generator) -> pd.DataFrame:
    rows = []
    for name, centre in (("train", 0.55 + made.memorised), ("test", 0.55), ("generated", 0.42)):
        for label in range(len(made.classes)):
            found = np.clip(rng.normal(centre, 0.12, made.test // len(made.classes)), 0, 0.999)
            number = np.bincount((20 * found).astype(int), minlength=20)
            rows += [(name, label, place, images) for place, images in enumerate(number)]
    return pd.DataFrame(rows, columns=COLUMNS["confidence"])


def _distances(made: Made, rng: np.random.Generator) -> pd.DataFrame:
    tables = []
    for name, centre in ((made.gan, 4.7), (made.baseline, 6.1), ("test", 5.0)):
        number = min(made.test, 600)
        tables.append(pd.DataFrame({
            "set": name, "row": np.arange(number), "label": np.arange(number) % len(made.classes),
            "distance": np.maximum(rng.normal(centre, 1.1, number), 0.1),
        }))  # fmt: skip
    return pd.concat(tables, ignore_index=True)


def _manifest(made: Made) -> dict[str, Any]:
    stages = (
        ("locate_images", "found", "fashion_mnist", 0.01, 120.0),
        ("fit_gan", "computed", "model.noise 50 -> 100", 660.7, 1250.0),
    )
    return {
        "experiment": "fashion_cgan", "protocol": made.protocol, "status": "reporting",
        "started": "2025-03-04T05:06:07+00:00", "seconds": 301.2, "seed": made.seed, "stand_in": made.stand_in,
        "command": COMMAND, "source": "text_generation", "git_commit": "5db857e6f7df11eabb5e5665836db9ec8df07e28",
        "git_dirty": False, "python": "3.11.9", "platform": "Linux-6.1-x86_64", "cpu_count": 2,
        "versions": {"keras": "3.15.0", "numpy": "2.4.6"},
        "data": [{"name": "train images", "path": "fashion_mnist/train-images-idx3-ubyte.gz",
                  "sha256": "0883a4c4" * 8, "origin": "data_dir", "verified": True}],
        "rows": [{"stage": "split_images", "action": "dropped", "reason": "equals a test image",
                  "rows": made.num_copies, "first_row": 12}] if made.num_copies else [],
        "stages": [{"stage": stage, "key": "5f" * 32, "status": status, "reason": why, "seconds": time,
                    "peak_memory_mb": peak} for stage, status, why, time, peak in stages],
    }  # fmt: skip
