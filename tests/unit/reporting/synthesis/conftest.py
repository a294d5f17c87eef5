"""Drawn synthesis runs that the tests of their report share."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.reporting.synthesis.folder import SynthesisFolder, read_synthesis
from synthesis_samples import Made, write_run

ODD = Made(
    dataset="sms_spam", protocol="published", stand_in=True, per_class=True, collapsed=True, copies=0, undefined=True,
    num_messages=80, epochs=1, has_coverage=False, has_probes=False, dimensions=32,
)  # fmt: skip


@pytest.fixture(scope="session")
def plain_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A drawn run like one on the real data; not to be changed."""
    folder = tmp_path_factory.mktemp("plain") / "run"
    write_run(folder, Made())
    return folder


@pytest.fixture(scope="session")
def odd_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A drawn run in which all is unusual at once; not to be changed."""
    folder = tmp_path_factory.mktemp("odd") / "run"
    write_run(folder, ODD)
    return folder


@pytest.fixture(scope="session")
def plain(plain_folder: Path) -> SynthesisFolder:
    """What the plain run came to."""
    return read_synthesis(plain_folder)


@pytest.fixture(scope="session")
def odd(odd_folder: Path) -> SynthesisFolder:
    """What the odd run came to."""
    return read_synthesis(odd_folder)
