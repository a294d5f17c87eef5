"""The rules of the house that imports and files can break, read with `ast`."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

SRC = Path(__file__).parents[2] / "src" / "pipeline"
LEAVES = {"data", "text", "models", "evaluation", "online", "reporting"}
MAX_LINES = 300
MAX_FUNCTION_LINES = 45

# who may import what: the first part of the module name below `pipeline`
FOUNDATIONS = {"errors", "artifacts", "counting", "ranges", "scripts", "shares"}
MAY_IMPORT = {leaf: FOUNDATIONS | {leaf} for leaf in LEAVES} | {
    "models": FOUNDATIONS | {"compiling", "models"},
    "online": FOUNDATIONS | {"compiling", "online"},
    "compiling": set(),
    "stages": FOUNDATIONS | LEAVES | {"stages"},
    "flows": {"artifacts", "flows", "stages", "plan", "settings"},
    "filter": FOUNDATIONS | {"filter", "online"},
    "plan": {"settings", "errors"},
    "settings": {"errors"},
    "store": {"artifacts", "errors", "store"},
    "runner": {"artifacts", "interrupts", "keys", "manifest", "plan", "settings", "store"},
    "interrupts": set(),
    "keys": set(),
    "manifest": {"artifacts"},
    "artifacts": {"artifacts"},
    "errors": set(),
    "counting": set(),
    "ranges": set(),
    "scripts": set(),
    "shares": set(),
    "help": set(),
    "config": {"data", "errors", "manifest", "plan", "runner", "settings", "store"},
    "report": {"errors", "reporting"},
    "generate": {"errors", "generation", "reporting", "settings"},
    "generation": FOUNDATIONS | {"generation", "models", "reporting", "text"},
    "comparison": {"artifacts", "comparison", "errors", "evaluation", "reporting"},
    "compare": {"comparison", "errors"},
    "sweeps": {"comparison", "config", "errors", "keys", "manifest", "reporting", "sweeps"},
    "__main__": {"config", "errors", "help", "sweeps"},
    "__init__": set(),
}
LIBRARY_HOMES = {
    "hydra": {"__main__", "config", "sweeps"},
    "omegaconf": {"__main__", "config", "sweeps"},
    "keras": {"stages", "models"},
    "tensorflow": {"stages", "models"},
    "matplotlib": {"reporting"},
}


def modules() -> Iterator[tuple[str, Path]]:
    for path in sorted(SRC.rglob("*.py")):
        yield path.relative_to(SRC).parts[0].removesuffix(".py"), path


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} has a relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize(("part", "path"), list(modules()), ids=lambda value: str(value).removeprefix(str(SRC)))
def test_imports_point_one_way(part: str, path: Path) -> None:
    for name in imported(path):
        top, _, rest = name.partition(".")
        if top == "pipeline" and rest and name != "pipeline.__path__":
            assert rest.split(".")[0] in MAY_IMPORT[part], f"{path} imports {name}"
        assert part in LIBRARY_HOMES.get(top, {part}), f"{path} imports {name}"


@pytest.mark.parametrize("path", [path for _, path in modules()], ids=lambda path: path.name)
def test_files_and_functions_stay_short(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= MAX_LINES
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef) and node.end_lineno:
            body = node.end_lineno - node.body[0].lineno
            assert body <= MAX_FUNCTION_LINES, f"{node.name} has {body} lines"


def test_nothing_heavy_is_imported_before_a_stage_runs() -> None:
    code = "import sys, pipeline.__main__, pipeline.flows.classify; print(*sorted(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"keras", "tensorflow", "sklearn", "gensim", "nltk", "matplotlib", "imblearn"} & set(loaded)


def test_help_needs_neither_pandas_nor_the_stages() -> None:
    code = "import sys, pipeline.__main__; print(*sorted(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"pandas", "pipeline.stages.fit"} & set(loaded)


def test_no_machine_is_named() -> None:
    """No absolute path of a home or a work folder, and no package index, in any tracked text file."""
    root = SRC.parents[1]
    listed = subprocess.run(["git", "-C", root, "ls-files", "-z"], capture_output=True, text=True, check=False).stdout
    paths = [root / name for name in listed.split("\0") if name]
    pattern = re.compile(r"/(?:root|home/\w+|work)/|index" + r"-url|pypi\.org")
    for path in paths:
        if path.suffix not in {".png", ".svg", ".lock"} and path.is_file():
            assert not pattern.search(path.read_text(encoding="utf-8")), path
