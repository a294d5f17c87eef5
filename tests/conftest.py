"""What tests of the whole program share."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run_pipeline(tmp_path: Path) -> Run:
    """Run `python -m pipeline ARGUMENTS` in an empty folder, without downloads; `environment` adds variables."""

    def run(*arguments: str, folder: Path = tmp_path, **environment: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "pipeline", *arguments]
        variables = {name: value for name, value in os.environ.items() if name != "PIPELINE_DATA_DIR"} | environment
        return subprocess.run(command, cwd=folder, env=variables, capture_output=True, text=True, check=False)

    return run


@pytest.fixture
def data_dir() -> str:
    """The folder of the real data sets."""
    folder = os.environ.get("PIPELINE_DATA_DIR")
    if not folder:
        pytest.skip("PIPELINE_DATA_DIR is not set")
    return folder
