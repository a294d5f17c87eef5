import json
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.errors import UserError
from pipeline.sweeps.record import (
    JobRecord,
    Status,
    SweepRecord,
    hold,
    jobs_in,
    read_record,
    refuse_other,
    unfinished,
)


def write(folder: Path, status: Status, identity: str = "one", jobs: tuple[JobRecord, ...] = ()) -> Path:
    SweepRecord("name", identity, status, "python -m pipeline -m", jobs).write(folder)
    return folder


def test_a_record_is_read_as_it_was_written(tmp_path: Path) -> None:
    jobs = (JobRecord(0, ("a=1", "b=é"), "finished", 1.5), JobRecord(1, (), "waiting", None))
    write(tmp_path, "running", jobs=jobs)
    assert read_record(tmp_path) == SweepRecord("name", "one", "running", "python -m pipeline -m", jobs)


@pytest.mark.parametrize("content", [None, "", "{", "[]", '{"name": "x"}'])
def test_what_is_no_record_is_none(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "sweep.json").write_text(content)
    assert read_record(tmp_path) is None


def test_the_latest_unfinished_sweep_of_the_same_identity_comes_first(tmp_path: Path) -> None:
    statuses: list[Status] = ["interrupted", "failed", "running", "finished"]
    for day, status in enumerate(statuses):
        write(tmp_path / f"2026-01-0{day}", status)
    write(tmp_path / "2026-01-09", "running", identity="two")
    (tmp_path / "2026-01-08").mkdir()
    assert [path.name for path in unfinished(tmp_path, "one")] == ["2026-01-02", "2026-01-01", "2026-01-00"]


def test_jobs_are_as_their_folders_have_them(tmp_path: Path) -> None:
    planned = tuple(JobRecord(number, (f"a={number}",), "waiting", None) for number in range(3))
    write(tmp_path, "running", jobs=planned)
    for number, content in {0: {"status": "finished", "overrides": ["a=0"], "seconds": 2.0}, 1: None, 10: {}}.items():
        (tmp_path / str(number)).mkdir()
        if content is not None:
            (tmp_path / str(number) / "manifest.json").write_text(json.dumps(content))
    (tmp_path / "0.earlier-1").mkdir()
    assert jobs_in(tmp_path) == (
        JobRecord(0, ("a=0",), "finished", 2.0),
        JobRecord(1, ("a=1",), "failed", None),
        JobRecord(2, ("a=2",), "waiting", None),
        JobRecord(10, (), "failed", None),
    )


def test_a_sweep_is_held_by_one_process_until_that_ends(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from pipeline.sweeps.record import hold; print(hold(Path(sys.argv[1])))"
    )

    def other_gets() -> str:
        command = [sys.executable, "-c", code, tmp_path]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

    lock = hold(tmp_path)
    assert lock is not None
    assert other_gets() == "None"
    lock.release()
    assert "Lock" in other_gets()
    assert hold(tmp_path) is not None


@pytest.mark.parametrize(("status", "identity"), [("finished", "one"), ("running", "two")])
def test_a_named_folder_with_another_sweep_is_refused(tmp_path: Path, status: Status, identity: str) -> None:
    refuse_other(tmp_path, "one")
    write(tmp_path, "interrupted")
    refuse_other(tmp_path, "one")
    write(tmp_path, status, identity)
    with pytest.raises(UserError, match="finished sweep" if identity == "one" else "another sweep"):
        refuse_other(tmp_path, "one")
