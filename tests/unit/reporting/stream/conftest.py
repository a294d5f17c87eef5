"""Drawn runs on a stream that the tests of their report share."""

from __future__ import annotations

import pytest
from stream_pages import Drawn, drawn

from pipeline.reporting.stream.folder import MemoryFolder, StreamFolder, read_memory, read_stream
from stream_samples import Made, write_memory_run, write_run

MADE = {
    "filters": Made(),
    "drift": Made("drift", num_messages=2_400, delay=50),
    "versus_batch": Made("versus_batch", num_messages=2_000),
    # all at once that is unusual: no positives, fewer messages than a window, stand-ins, faults, sorted
    "odd": Made("drift", order="file", is_sorted=True, stand_in=True, protocol="published", num_messages=60, share=0.0),
}


@pytest.fixture(scope="session")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Drawn]:
    """A drawn run of every kind by name, and an odd one; not to be changed."""
    root = tmp_path_factory.mktemp("streams")
    found = {name: drawn(root / name, write_run(root / name, made)) for name, made in MADE.items()}
    return found | {"memory": drawn(root / "memory", write_memory_run(root / "memory", Made()))}


@pytest.fixture(scope="session")
def folders(runs: dict[str, Drawn]) -> dict[str, StreamFolder]:
    """What the runs came to, but for that on memory."""
    return {name: read_stream(runs[name].folder) for name in MADE}


@pytest.fixture(scope="session")
def memory(runs: dict[str, Drawn]) -> MemoryFolder:
    """What the run on memory came to."""
    return read_memory(runs["memory"].folder)
