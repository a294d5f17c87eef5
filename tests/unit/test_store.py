import json
import multiprocessing
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from pipeline.artifacts import Interval, KerasFile
from pipeline.store import DamagedError, Store
from pipeline.store.__main__ import main as store_command

KEY = "0123456789abcdef" * 4
INGREDIENTS = {"settings": {}, "seed": 1, "inputs": {}, "code": {}, "libraries": {}}


@dataclass(frozen=True)
class Thing:
    ids: NDArray[np.int32]
    table: pd.DataFrame
    model: KerasFile
    interval: Interval
    names: list[str]


def thing() -> Thing:
    table = pd.DataFrame({"text": ['ü, "x"', ""], "label": np.array([0, 1], np.int8)})
    ids = np.arange(6, dtype=np.int32).reshape(2, 3)
    return Thing(ids, table, KerasFile(b"\0bytes"), Interval(0.5, 0.25, float("nan")), ["a", ""])


def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.save("make", KEY, thing(), INGREDIENTS)
    loaded = store.load("make", KEY, Thing)
    np.testing.assert_array_equal(loaded.ids, thing().ids)
    assert loaded.ids.dtype == np.int32
    pd.testing.assert_frame_equal(loaded.table, thing().table)
    assert loaded.model == thing().model
    assert loaded.names == thing().names
    assert (loaded.interval.value, np.isnan(loaded.interval.high)) == (0.5, True)


@pytest.mark.parametrize("file", ["ids.npy", "table.parquet", "model.keras", "fields.json"])
def test_a_changed_byte_is_found_and_the_artifact_set_aside(tmp_path: Path, file: str) -> None:
    store = Store(tmp_path)
    store.save("make", KEY, thing(), INGREDIENTS)
    path = store.folder("make", KEY) / file
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(DamagedError, match=file):
        store.load("make", KEY, Thing)
    assert not store.has("make", KEY)
    assert [p.name for p in store.leftovers()] == [f"make-{KEY[:16]}.damaged-1"]


@pytest.mark.parametrize("file", ["ids.npy", "manifest.json"])
def test_a_missing_file_is_found(tmp_path: Path, file: str) -> None:
    store = Store(tmp_path)
    store.save("make", KEY, thing(), INGREDIENTS)
    (store.folder("make", KEY) / file).unlink()
    with pytest.raises(DamagedError):
        store.load("make", KEY, Thing)


def test_saving_twice_keeps_one_and_leaves_nothing_behind(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.save("make", KEY, thing(), INGREDIENTS)
    store.save("make", KEY, thing(), INGREDIENTS)
    assert [entry.key for entry in store.entries()] == [KEY]
    assert store.leftovers() == []


def test_saving_removes_the_scratch_of_the_stage(tmp_path: Path) -> None:
    store = Store(tmp_path)
    (store.scratch("make", KEY) / "half").write_text("x")
    store.save("make", KEY, thing(), INGREDIENTS)
    assert store.leftovers() == []


def _count_under_lock(root: Path, counter: Path) -> None:
    for _ in range(50):
        with Store(root).lock("make", KEY):
            counter.write_text(str(int(counter.read_text()) + 1))


def test_the_lock_keeps_processes_apart(tmp_path: Path) -> None:
    counter = tmp_path / "counter"
    counter.write_text("0")
    spawn = multiprocessing.get_context("spawn")
    workers = [spawn.Process(target=_count_under_lock, args=(tmp_path, counter)) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert counter.read_text() == "100"


@pytest.fixture
def outputs(tmp_path: Path) -> Path:
    """An outputs folder with an artifact that a run refers to, one that none does, and what a killed run left."""
    store = Store(tmp_path / "store")
    store.save("make", KEY, thing(), INGREDIENTS)
    store.save("make", KEY[::-1], thing(), INGREDIENTS)
    killed = tmp_path / "store" / ".new-killed"
    killed.mkdir()
    os.utime(killed, (0, 0))
    run = tmp_path / "runs" / "x" / "today"
    run.mkdir(parents=True)
    (run / "manifest.json").write_text(json.dumps({"stages": [{"stage": "make", "key": KEY}]}))
    return tmp_path


def test_list_shows_sizes_and_use(outputs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert store_command(["--outputs", str(outputs), "list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[-1] for line in lines[1:3]] == ["yes", "no"]
    assert lines[-1].startswith("2 artifacts, 0.0 MB")


def test_prune_removes_what_no_run_needs(outputs: Path) -> None:
    store_command(["--outputs", str(outputs), "prune", "--dry-run"])
    assert len(list(Store(outputs / "store").entries())) == 2
    store_command(["--outputs", str(outputs), "prune"])
    assert [entry.key for entry in Store(outputs / "store").entries()] == [KEY]
    assert Store(outputs / "store").leftovers() == []


def test_prune_by_age_removes_even_what_a_run_used(outputs: Path) -> None:
    store_command(["--outputs", str(outputs), "prune", "--older-than", "1"])
    assert len(list(Store(outputs / "store").entries())) == 2
    store_command(["--outputs", str(outputs), "prune", "--older-than", "0"])
    assert list(Store(outputs / "store").entries()) == []


def test_prune_leaves_alone_what_a_run_is_working_on(outputs: Path) -> None:
    store = Store(outputs / "store")
    (outputs / "store" / ".new-being-written").mkdir()
    working = store.scratch("train", KEY)
    with store.lock("train", KEY):
        store_command(["--outputs", str(outputs), "prune"])
        assert working.exists()
    assert (outputs / "store" / ".new-being-written").exists()
    store_command(["--outputs", str(outputs), "prune"])
    assert not working.exists()


def test_a_manifest_that_cannot_be_read_stops_prune(outputs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (outputs / "runs" / "x" / "today" / "manifest.json").write_text("{")
    assert store_command(["--outputs", str(outputs), "prune"]) == 2
    assert "today/manifest.json cannot be" in " ".join(capsys.readouterr().err.split())
    assert len(list(Store(outputs / "store").entries())) == 2


def test_an_artifact_that_is_gone_is_damaged_too(tmp_path: Path) -> None:
    with pytest.raises(DamagedError):
        Store(tmp_path).load("make", KEY, Thing)
