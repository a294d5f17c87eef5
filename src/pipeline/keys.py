"""What an artifact is made of, as a key; and why a key differs from an earlier one."""

from __future__ import annotations

import ast
import hashlib
import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

PACKAGE = Path(__file__).parent
DISTRIBUTIONS = {"sklearn": "scikit-learn", "imblearn": "imbalanced-learn", "yaml": "pyyaml"}


@dataclass(frozen=True)
class Ingredients:
    """Everything that an artifact depends on.

    Attributes:
        stage: name of the stage.
        settings: dotted config name -> value.
        seed: the stage's own random stream, or None where it draws nothing.
        inputs: name of a positional parameter -> key of the artifact.
        code: first-party module -> digest of its source, for the stage's module and all that it imports.
        libraries: distribution -> version, for all that those modules import.
    """

    stage: str
    settings: Mapping[str, Any]
    seed: int | None
    inputs: Mapping[str, str]
    code: Mapping[str, str]
    libraries: Mapping[str, str]

    def key(self) -> str:
        """Hexadecimal sha256 of all of it."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()

    def changes_from(self, earlier: Mapping[str, Any]) -> list[str]:
        """What differs from the ingredients of an earlier artifact of the same stage, for people."""
        changes = list(_changes(earlier["settings"], self.settings))
        if earlier["seed"] != self.seed:
            changes.append("seed changed")
        changes += [f"new {name}" for name, key in self.inputs.items() if earlier["inputs"].get(name) != key]
        changes += [f"code of {m} changed" for m, digest in self.code.items() if earlier["code"].get(m) != digest]
        changes += list(_changes(earlier["libraries"], self.libraries))
        return changes or ["code removed"]


def stream_seed(seed: int, stage: str) -> int:
    """The seed of a stage's own random stream, so that a reused stage never shifts those after it."""
    return int.from_bytes(hashlib.sha256(f"{seed}/{stage}".encode()).digest()[:4])


def code_of(modules: Iterable[str]) -> tuple[dict[str, str], dict[str, str]]:
    """Digests of first-party modules and of all that they import, and versions of the libraries that these import."""
    seen: dict[str, str] = {}
    libraries: set[str] = {"python"}
    waiting = list(modules)
    while waiting:
        module = waiting.pop()
        if module in seen:
            continue
        digest, imports = _module(module)
        seen[module] = digest
        waiting += [name for name in imports if name.startswith("pipeline.")]
        libraries |= {name for name in imports if not name.startswith("pipeline")}
    return dict(sorted(seen.items())), {name: _version(name) for name in sorted(libraries)}


def _changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    for name in sorted(before.keys() | after.keys()):
        if name not in before:
            yield f"{name} is new"
        elif name not in after:
            yield f"{name} is gone"
        elif before[name] != after[name]:
            yield f"{name} {before[name]} -> {after[name]}"


@cache
def _module(module: str) -> tuple[str, frozenset[str]]:
    """Digest of a module's source, and the modules and third-party distributions that it imports anywhere."""
    path = _path(module)
    assert path is not None, f"no source for {module}"
    source = path.read_bytes()
    return hashlib.sha256(source).hexdigest()[:16], frozenset(_imports(ast.parse(source)))


def _imports(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.module, "imports are absolute"
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        for name in names:
            top = name.partition(".")[0]
            if top == "pipeline" and _path(name):
                yield name
            elif top != "pipeline" and top not in sys.stdlib_module_names:
                yield DISTRIBUTIONS.get(top, top)


@cache
def _path(module: str) -> Path | None:
    base = PACKAGE.joinpath(*module.split(".")[1:])
    return next((path for path in (base.with_suffix(".py"), base / "__init__.py") if path.exists()), None)


@cache
def _version(distribution: str) -> str:
    return ".".join(map(str, sys.version_info[:2])) if distribution == "python" else version(distribution)
