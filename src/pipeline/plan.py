"""A flow written down: which stage gets which artifacts and settings. Nothing runs, everything is checked."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Generic, Literal, TypeVar

from pipeline.settings import Bound, Node, bind, refuse_unknown

T = TypeVar("T")
Kind = Literal["stage", "find", "report"]


@dataclass(frozen=True, eq=False)
class Step(Generic[T]):
    """One call of a stage, to be made later.

    Attributes:
        function: the stage.
        inputs: the steps whose artifacts it is given.
        bound: its checked settings.
        kind: "stage" is reused from the store, "find" looks a file up each time, "report" is drawn each time.
    """

    function: Callable[..., T]
    inputs: tuple[Step[Any], ...]
    bound: Bound
    kind: Kind

    @property
    def name(self) -> str:
        """The name of the stage."""
        return self.function.__name__


@dataclass
class Plan:
    """What a flow calls to run its stages: it records the calls in order and checks their settings."""

    steps: list[Step[Any]] = field(default_factory=list)
    _read: dict[str, set[str]] = field(default_factory=dict)

    def __call__(self, stage: Callable[..., T], *inputs: Step[Any] | Node) -> Step[T]:
        """Record a stage whose artifact is kept in the store."""
        return self._record("stage", stage, inputs)

    def find(self, finder: Callable[..., T], *inputs: Step[Any] | Node) -> Step[T]:
        """Record a look-up of a file, made in every run; its key is the checksum of what it finds."""
        return self._record("find", finder, inputs)

    def report(self, stage: Callable[..., T], *inputs: Step[Any] | Node) -> Step[T]:
        """Record the report, drawn in every run."""
        return self._record("report", stage, inputs)

    def leave(self, *nodes: Node) -> None:
        """Let nodes be that this flow does not read, or not whole, because another flow of the same config does."""
        for node in nodes:
            self._mark_read(node.name, node.values.keys())

    def refuse_unread(self, root: Node, reserved: frozenset[str]) -> None:
        """Raise a `UserError` for a setting that no stage of this flow reads; `reserved` names are read elsewhere."""
        for name in sorted(self._read):
            node = root
            for key in filter(None, name.split(".")):
                node = getattr(node, key)
            refuse_unknown(node, frozenset(self._read[name]) | (frozenset() if name else reserved))

    def _record(self, kind: Kind, function: Callable[..., T], inputs: tuple[Step[Any] | Node, ...]) -> Step[T]:
        bound = bind(function, *(item for item in inputs if isinstance(item, Node)))
        for name, keys in bound.read.items():
            self._mark_read(name, keys)
        step = Step(function, tuple(item for item in inputs if isinstance(item, Step)), bound, kind)
        self.steps.append(step)
        return step

    def _mark_read(self, name: str, keys: Iterable[str]) -> None:
        self._read.setdefault(name, set()).update(keys)
        parents = name.split(".")
        for depth, key in enumerate(parents):
            self._read.setdefault(".".join(parents[:depth]), set()).add(key)
