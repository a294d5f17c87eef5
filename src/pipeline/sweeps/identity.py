"""When two commands are the same sweep, so that the later one may go on where the earlier one was stopped."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from importlib.metadata import version
from pathlib import Path

from omegaconf import DictConfig, OmegaConf

from pipeline.keys import PACKAGE

_SCHEME = "file://"


def identity_of(config: DictConfig) -> str:
    """Hexadecimal sha256 of all that the jobs of a sweep depend on; not of when, where and by which launcher they run.

    These are the composed config, the overrides, the sweeper, the files that jobs are composed of, the source of this
    package, the versions of the numeric libraries, and where data are looked for.
    """
    from pipeline.config import DATA_DIR_VARIABLE
    from pipeline.manifest import LIBRARIES

    own = OmegaConf.masked_copy(config, [str(key) for key in config if key != "hydra"])
    ingredients = {
        "config": OmegaConf.to_container(own, resolve=False),
        "sweeper": OmegaConf.to_container(config.hydra.sweeper, resolve=False),
        "overrides": list(config.hydra.overrides.task),
        "code": digest(PACKAGE, PACKAGE.rglob("*.py")),
        "files": [digest(folder, folder.rglob("*.yaml")) for folder in config_folders(config)],
        "libraries": {name: version(name) for name in LIBRARIES},
        "data": os.environ.get(DATA_DIR_VARIABLE, ""),
    }
    return hashlib.sha256(json.dumps(ingredients, sort_keys=True, default=str).encode()).hexdigest()


def config_folders(config: DictConfig) -> Iterator[Path]:
    """The folders of config files: those of this package, and one that `--config-dir` names."""
    for source in config.hydra.runtime.config_sources:
        if source.provider in ("main", "command-line"):
            yield Path(source.path.removeprefix(_SCHEME))


def digest(root: Path, files: Iterable[Path]) -> str:
    """Sha256 of the names and bytes of files below a folder; launchers do not change what a job computes."""
    total = hashlib.sha256()
    for file in sorted(files):
        name = file.relative_to(root).as_posix()
        if not name.startswith("hydra/launcher/"):
            total.update(f"{name}\0{hashlib.sha256(file.read_bytes()).hexdigest()}\n".encode())
    return total.hexdigest()
