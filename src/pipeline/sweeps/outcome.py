"""What the folder of a job tells: whether it is done, its score, and why it failed."""

from __future__ import annotations

import json
import re
import signal
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from filelock import FileLock

from pipeline.sweeps.processes import LOG

Made = Literal["validation", "synthesis", "stream", "memory", "detection", "characters", "images", "test"]

RECORD = "sweep.json"
LOCK = ".lock"
MANIFEST = "manifest.json"
RUN_LOG = "run.log"
_BLOCK = re.compile(r"error:    .*(?:\n(?: {10}|expected: |to do:    ).*)*")
_EXCEPTION = re.compile(r"^[A-Za-z_][\w.]*(?::.*)?$", re.MULTILINE)


@dataclass(frozen=True)
class Failure:
    """Why a job failed.

    Attributes:
        reason: the block of a user's mistake, or the last line of a traceback.
        is_mistake: whether it is a user's mistake.
        log: where all of it can be read.
    """

    reason: str
    is_mistake: bool
    log: Path


def manifest_of(folder: Path) -> dict[str, Any]:
    """The manifest of a run folder; empty where there is none or where it is not whole."""
    try:
        return json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def is_done(folder: Path, overrides: Sequence[str]) -> bool:
    """Whether a job with these overrides has finished in this folder."""
    manifest = manifest_of(folder)
    return manifest.get("status") == "finished" and manifest["overrides"] == list(overrides)


def job_lock(folder: Path) -> AbstractContextManager[object]:
    """Held while a job of a sweep runs: one that a killed sweep has left running ends before it is run again."""
    return FileLock(folder / LOCK) if (folder.parent / RECORD).exists() else nullcontext()


def make_way(folder: Path, overrides: Sequence[str]) -> None:
    """Move a folder aside that a job with other overrides has left: a search that goes on may try other values."""
    manifest = manifest_of(folder)
    if manifest and manifest["overrides"] != list(overrides):
        taken = len(list(folder.parent.glob(f"{folder.name}.earlier-*")))
        folder.rename(folder.with_name(f"{folder.name}.earlier-{taken + 1}"))


def account(folder: Path, overrides: Sequence[str]) -> None:
    """Write down that a job failed before its run could write a manifest."""
    if not (folder / MANIFEST).exists():
        content = {"status": "failed", "overrides": list(overrides)}
        (folder / MANIFEST).write_text(json.dumps(content, indent=1), encoding="utf-8")


def metrics_of(folder: Path) -> dict[str, Any]:
    """The results of a finished run."""
    return json.loads((folder / "metrics.json").read_text(encoding="utf-8"))


def objective(folder: Path) -> float | None:
    """The F1 on the validation part, which a search maximises; None for a run that judged on the test part."""
    return metrics_of(folder).get("validation", {}).get("f1")


def made_by(folder: Path) -> Made:
    """What a finished job came to: scores on the validation or test part, messages, or figures of something else."""
    metrics = metrics_of(folder)
    if "detectors" in metrics:
        return "detection"
    if "bits_per_char" in metrics:
        return "characters"
    if "generation" in metrics:
        return "images"
    if "stream" in metrics:
        return "memory" if metrics["kind"] == "memory" else "stream"
    return "validation" if "validation" in metrics else "synthesis" if "synthesis" in metrics else "test"


def score(folder: Path) -> str:
    """What a finished job came to, for people: the F1 with its interval; of other families, what they are judged by."""
    metrics = metrics_of(folder)
    match made_by(folder):
        case "validation":
            return f"validation f1 {metrics['validation']['f1']:.3f}"
        case "synthesis":
            return _synthesis_score(metrics)
        case "stream":
            return _stream_score(metrics)
        case "memory":
            return _memory_score(metrics)
        case "detection":
            return _detection_score(metrics)
        case "characters":
            return _characters_score(metrics)
        case "images":
            return _images_score(metrics)
        case "test":
            return f"f1 {_with_interval(metrics['test']['f1'], metrics['ci95']['f1'])}"


def _synthesis_score(metrics: dict[str, Any]) -> str:
    f1, kl = metrics["evaluators"].get("gnb", {}).get("tstr", {}).get("f1"), metrics["synthesis"]["kl_nats"]
    learnt = "gnb tstr f1 undefined" if f1 is None else f"gnb tstr f1 {f1:.3f}"
    return learnt + (", kl undefined" if kl is None else f", kl {kl:.2f} nats")


def _stream_score(metrics: dict[str, Any]) -> str:
    """The best model by F1, and the one that all are compared with."""
    found = {name: model["all"] for name, model in metrics["models"].items()}
    known = {name: values["f1"] for name, values in found.items() if values["f1"] is not None}
    if not known:
        return "f1 undefined"
    best, reference = max(known, key=known.__getitem__), metrics["reference"]
    other = f"{known[reference]:.3f}" if reference in known else "undefined"
    beside = f"; {reference} {other}" if best != reference else ""
    return f"{_mark(metrics)}f1 {_with_interval(known[best], found[best]['ci95']['f1'])} {best}{beside}"


def _memory_score(metrics: dict[str, Any]) -> str:
    """The best filter by F1, its hashes x buckets a row, and its learner without hashing."""
    known = [model for model in metrics["models"] if model["f1"] is not None]
    if not known:
        return "f1 undefined"
    best = max(known, key=lambda model: model["f1"])
    exact = [model["f1"] for model in metrics["reference"] if model["learner"] == best["learner"]]
    beside = f"; exact {exact[0]:.3f}" if exact and exact[0] is not None else ""
    shape = f"{best['learner']} {best['features']} {best['num_hashes']}x2^{best['log2_buckets']}"
    return f"{_mark(metrics)}f1 {_with_interval(best['f1'], (best['f1_low'], best['f1_high']))} {shape}{beside}"


def _detection_score(metrics: dict[str, Any]) -> str:
    """The detector without labels that is best on validation, and the best there of those fitted on one class."""
    known = {name: found for name, found in metrics["detectors"].items() if found["roc_auc"] is not None}
    champion, picked = metrics["champion"], metrics["picked"]
    if champion not in known:
        return "roc-auc without labels undefined"
    value, ends = known[champion]["roc_auc"], known[champion]["ci95"]["roc_auc"]
    shown = f"{value:.3f}" if None in ends else _with_interval(value, ends)
    beside = f"; {picked} {known[picked]['roc_auc']:.3f}" if picked in known else ""
    return f"roc-auc {shown} {champion}{beside}"


def _characters_score(metrics: dict[str, Any]) -> str:
    """What the network and the n-gram model that are best on validation pay."""
    bits, champion, ngram = metrics["bits_per_char"], metrics["champion"], metrics["ngram"]
    ends = metrics["ci95"].get(champion)
    shown = _with_interval(bits[champion], ends) if ends else f"{bits[champion]:.3f}"
    return f"bits/char {shown} {champion}; {ngram} {bits[ngram]:.3f}"


def _images_score(metrics: dict[str, Any]) -> str:
    """How many drawings show what was asked for, and how far they are from real images; what went wrong first."""
    marks = [metrics["ending"]] if metrics["ending"] != "finished" else []
    classes = {"collapsed": metrics["collapse"], "partly collapsed": metrics["partial_collapse"]}
    marks += [f"{len(gone)} {how}" for how, gone in classes.items() if gone]
    found, ends = metrics["generation"], metrics["ci95"]["generation"]
    accuracy = _known(found["class_accuracy"], ends["class_accuracy"], 3)
    frechet = _known(found["frechet"], ends["frechet"], 2)
    real = _known(metrics["real_test"]["class_accuracy"], (None, None), 3)
    return f"{''.join(f'{mark}, ' for mark in marks)}class accuracy {accuracy}, frechet {frechet}; real {real}"


def _known(value: float | None, ends: Sequence[float | None], places: int) -> str:
    """A figure with its interval, as far as they are defined."""
    if value is None:
        return "undefined"
    low, high = ends
    return f"{value:.{places}f}" + ("" if low is None or high is None else f" [{low:.{places}f}, {high:.{places}f}]")


def _mark(metrics: dict[str, Any]) -> str:
    """What must be said before a figure of a stream."""
    return "sorted by class, " if metrics["stream"]["is_sorted"] else ""


def _with_interval(value: float, ends: Sequence[float]) -> str:
    low, high = ends
    return f"{value:.3f} [{low:.3f}, {high:.3f}]"


def failure(folder: Path, exit_code: int | None) -> Failure:
    """Why a job failed; `exit_code` of a process of ours, None for a job of another launcher."""
    log = folder / (RUN_LOG if exit_code is None else LOG)
    if exit_code is not None and exit_code < 0:
        return Failure(f"error:    {killed_by(-exit_code)}", is_mistake=False, log=log)
    text = log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
    _, traceback, end = text.rpartition("Traceback (most recent call last)")
    if blocks := _BLOCK.findall(end):
        return Failure(blocks[-1], is_mistake=True, log=log)
    raised = _EXCEPTION.search(end) if traceback else None
    last = raised[0] if raised else (end.strip().splitlines() or ["it ended without a word"])[-1]
    return Failure(f"error:    {last}", is_mistake=False, log=log)


def killed_by(number: int) -> str:
    """How a process was killed, for people."""
    name = signal.Signals(number).name if number in set(signal.Signals) else f"signal {number}"
    hint = ", as happens when memory runs out" if number == signal.SIGKILL else ""
    return f"killed by {name}{hint}"
