"""What tests of the whole program share."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

Run = Callable[..., subprocess.CompletedProcess[str]]

# The same examples in every run, and no limit of time: beside another worker an example can take long.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")


@pytest.fixture(scope="session")
def run_in() -> Run:
    """Run `python -m pipeline ARGUMENTS` in a folder, without downloads; `environment` adds variables."""

    def run(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "pipeline", *arguments]
        variables = {name: value for name, value in os.environ.items() if name != "PIPELINE_DATA_DIR"} | environment
        return subprocess.run(command, cwd=folder, env=variables, capture_output=True, text=True, check=False)

    return run


@pytest.fixture
def run_pipeline(run_in: Run, tmp_path: Path) -> Run:
    """The same in a folder of the test's own, where it names no other."""

    def run(*arguments: str, folder: Path = tmp_path, **environment: str) -> subprocess.CompletedProcess[str]:
        return run_in(folder, *arguments, **environment)

    return run


@pytest.fixture
def data_dir() -> str:
    """The folder of the real data sets."""
    folder = os.environ.get("PIPELINE_DATA_DIR")
    if not folder:
        pytest.skip("PIPELINE_DATA_DIR is not set")
    return folder
