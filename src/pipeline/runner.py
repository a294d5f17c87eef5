"""Carry a plan out: reuse what the store has, compute the rest, say why, and write down what happened."""

from __future__ import annotations

import inspect
import logging
import resource
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar, get_type_hints

from pipeline.artifacts.files import Found
from pipeline.interrupts import Interrupts
from pipeline.keys import Ingredients, code_of, stream_seed
from pipeline.manifest import Manifest, StageRecord
from pipeline.plan import Plan, Step
from pipeline.settings import Choice
from pipeline.store import DamagedError, Store

log = logging.getLogger(__name__)
T = TypeVar("T")


@dataclass
class Runner:
    """Carries out one plan in one run folder.

    Attributes:
        store: where artifacts are kept.
        library: what finders are given to look files up in.
        folder: the run folder.
        manifest: what is written down of this run.
    """

    store: Store
    library: object
    folder: Path
    manifest: Manifest
    _keys: dict[Step[Any], str] = field(default_factory=dict)
    _values: dict[Step[Any], Any] = field(default_factory=dict)
    _parts: dict[Step[Any], str] = field(default_factory=dict)
    _interrupts: Interrupts = field(default_factory=Interrupts)

    def execute(self, plan: Plan) -> Any:
        """Carry out every step and give what the last one, the report, returns.

        The manifest is written whether this ends well, badly or by an interrupt.

        Raises:
            KeyboardInterrupt: this process got Ctrl-C or SIGTERM.
        """
        status = "failed"
        self._parts = _own_parts(plan)
        try:
            with self._interrupts.heeded():
                for step in plan.steps:
                    if step.kind == "report":
                        self.manifest.rows += self._row_changes()
                        self.manifest.write(self.folder, "running")
                    self._carry_out(step)
            status = "finished"
            return self._values[plan.steps[-1]]
        except KeyboardInterrupt:
            status = "interrupted"
            raise
        finally:
            self.manifest.write(self.folder, status)

    def value(self, step: Step[T]) -> T:
        """The artifact of a step, read from the store when it is first asked for."""
        if step not in self._values:
            try:
                self._values[step] = self.store.load(
                    step.name, self._keys[step], get_type_hints(step.function)["return"]
                )
            except DamagedError as damage:
                log.warning("%s is damaged and is computed again", damage)
                self._values[step] = self._repair(step)
        return self._values[step]

    def _carry_out(self, step: Step[Any]) -> None:
        start = time.perf_counter()
        if step.kind == "find":
            status, reason = self._find(step)
        elif step.kind == "report":
            self._values[step] = self._call(step, folder=self.folder)
            status, reason = "computed", "drawn in every run"
        else:
            status, reason = self._reuse_or_compute(step)
        if part := self._parts.get(step):
            reason = f"{part}: {reason}"
        seconds = time.perf_counter() - start
        record = StageRecord(step.name, self._keys.get(step, ""), status, reason, round(seconds, 3), _peak_memory_mb())
        self.manifest.stages.append(record)
        self.manifest.write(self.folder, "running")
        log.info("%-21s %-8s %7.1f s  %s", step.name, status, seconds, reason)

    def _find(self, step: Step[Any]) -> tuple[str, str]:
        found: Found = self._call(step, library=self.library)
        self._values[step] = found
        self._keys[step] = found.key
        for part, located in found.files.items():
            self.manifest.add_file(f"{step.name} {part}".strip(), located)
        self.manifest.stand_in |= found.stand_in
        return "found", found.describe()

    def _reuse_or_compute(self, step: Step[Any]) -> tuple[str, str]:
        ingredients = self._ingredients(step)
        key = self._keys[step] = ingredients.key()
        if self.store.has(step.name, key):
            return "reused", "same settings, inputs and code"
        reason = self._reason(ingredients)
        with self.store.lock(step.name, key):
            if self.store.has(step.name, key):
                return "reused", "another run has computed it meanwhile"
            self._values[step] = self._compute(step)
        return "computed", reason

    def _repair(self, step: Step[Any]) -> Any:
        start = time.perf_counter()
        with self.store.lock(step.name, self._keys[step]):
            artifact = self._compute(step)
        seconds = round(time.perf_counter() - start, 3)
        stages = self.manifest.stages
        for i, record in enumerate(stages):
            if record.key == self._keys[step]:
                stages[i] = replace(record, status="computed", reason="what was stored was damaged", seconds=seconds)
        return artifact

    def _compute(self, step: Step[Any]) -> Any:
        extra = {"scratch": self.store.scratch(step.name, self._keys[step])} if _takes(step, "scratch") else {}
        artifact = self._call(step, **extra)
        self.store.save(step.name, self._keys[step], artifact, asdict(self._ingredients(step)))
        return artifact

    def _call(self, step: Step[Any], **injected: Any) -> Any:
        if _takes(step, "seed"):
            injected["seed"] = stream_seed(self.manifest.seed, step.name)
        result = step.function(*map(self.value, step.inputs), **step.bound.settings, **injected)
        self._interrupts.check()
        return result

    def _ingredients(self, step: Step[Any]) -> Ingredients:
        chosen = [value.module for value in step.bound.settings.values() if isinstance(value, Choice)]
        code, libraries = code_of([step.function.__module__, *chosen])
        return Ingredients(
            stage=step.name,
            settings=step.bound.names,
            seed=stream_seed(self.manifest.seed, step.name) if _takes(step, "seed") else None,
            inputs=dict(zip(_positional(step), map(self._keys.__getitem__, step.inputs), strict=True)),
            code=code,
            libraries=libraries,
        )

    def _reason(self, ingredients: Ingredients) -> str:
        """Why the store cannot serve: the difference from the stored artifact of this stage that is most alike.

        Artifacts of another part of the config, say of another detector, are not alike at all.
        """
        names = ingredients.settings.keys()
        earlier = [
            entry
            for entry in self.store.entries()
            if entry.stage == ingredients.stage and (not names or names & entry.ingredients["settings"].keys())
        ]
        if not earlier:
            return "first time"
        ranked = [(ingredients.changes_from(entry.ingredients), -entry.created.timestamp()) for entry in earlier]
        changes, _ = min(ranked, key=lambda pair: (len(pair[0]), pair[1]))
        shown = "; ".join(changes[:3])
        return f"{shown}; and {len(changes) - 3} more" if len(changes) > 3 else shown

    def _row_changes(self) -> Iterator[dict[str, Any]]:
        for step in self._keys:
            hint = get_type_hints(step.function)["return"]
            if step.kind == "stage" and "changes" in getattr(hint, "__dataclass_fields__", {}):
                for change in self.value(step).changes:
                    yield {"stage": step.name, **asdict(change)}


def _takes(step: Step[Any], name: str) -> bool:
    return name in inspect.signature(step.function).parameters


def _own_parts(plan: Plan) -> dict[Step[Any], str]:
    """Of stages that a plan calls several times: the part of the config that is a step's own, or its inputs' own."""
    calls: dict[Any, list[Step[Any]]] = {}
    for step in plan.steps:
        calls.setdefault(step.function, []).append(step)
    parts = {}
    for steps in calls.values():
        common = set.intersection(*(set(step.bound.read) for step in steps))
        for step in steps:
            own = [name.rpartition(".")[2] for name in step.bound.read if name not in common]
            parts[step] = ", ".join(own)
    for step in plan.steps:
        siblings = calls[step.function]
        shared = set.intersection(*(set(other.inputs) for other in siblings))
        parts[step] = parts[step] or ", ".join(parts[given] for given in step.inputs if given not in shared)
    return parts


def _positional(step: Step[Any]) -> list[str]:
    """A name for each artifact that the stage is given; those that it takes as many of as there are have a number."""
    parameters = inspect.signature(step.function).parameters.values()
    names = [p.name for p in parameters if p.kind is inspect.Parameter.POSITIONAL_OR_KEYWORD]
    rest = [p.name for p in parameters if p.kind is inspect.Parameter.VAR_POSITIONAL]
    return names + [f"{name}_{number}" for name in rest for number in range(1, len(step.inputs) - len(names) + 1)]


def _peak_memory_mb() -> int:
    """Peak resident memory of this process so far, in MB; `ru_maxrss` counts bytes on macOS and KiB elsewhere."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / 2**20) if sys.platform == "darwin" else round(peak / 2**10)
