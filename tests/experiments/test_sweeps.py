"""Sweeps as a user meets them: really run on the embedded sample, with a failed job, stopped, killed, gone on with."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]

ROOT = Path(__file__).parents[2]
SMALL = ("model.build.units=4", "training.epochs=1", "preprocess.tokenise.max_length=20")


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder whose store the sweeps of this file share; with characters that a shell and Hydra take for their own."""
    folder = tmp_path_factory.mktemp("shared") / "a b,c=d"
    folder.mkdir()
    return folder


def read(folder: Path, name: str) -> dict[str, Any]:
    return json.loads((folder / name).read_text(encoding="utf-8"))


def sweeps(folder: Path, name: str) -> list[Path]:
    return sorted(folder.glob(f"outputs/sweeps/{name}/*"))


@pytest.mark.slow
def test_a_job_of_a_sweep_gives_the_same_bytes_as_alone(run_pipeline: Run, workshop: Path, tmp_path: Path) -> None:
    swept = run_pipeline("-m", "dataset=sample", *SMALL, "name=two", "seed=0,1", folder=workshop)
    assert swept.returncode == 0, swept.stderr
    (sweep,) = sweeps(workshop, "two")
    lines = swept.stderr.splitlines()
    assert re.fullmatch(
        rf"sweep two: 2 jobs to run, . at a time with . threads? each, in {sweep.relative_to(workshop)}", lines[0]
    )
    told = [
        re.fullmatch(r"\[([12])/2\] seed=([01])   f1 0\.\d{3} \[0\.\d{3}, 0\.\d{3}\]   \d+ s", line)
        for line in lines[1:]
    ]
    assert [line and line[1] for line in told] == ["1", "2"]
    assert swept.stdout.splitlines()[0] == f"sweep: {sweep.relative_to(workshop)}"
    assert (sweep / "report.html").exists()
    assert len(read(sweep, "comparison.json")["variants"][0]["repeats"]) == 2
    assert run_pipeline("dataset=sample", *SMALL, "name=two", "seed=0").returncode == 0
    (alone,) = tmp_path.glob("outputs/runs/two/*")
    assert (sweep / "0" / "metrics.json").read_bytes() == (alone / "metrics.json").read_bytes()
    stages = [stage for number in "01" for stage in read(sweep / number, "manifest.json")["stages"]]
    computed = Counter(stage["key"] for stage in stages if stage["status"] == "computed" and stage["key"])
    assert max(computed.values()) == 1, "what both jobs need is computed by one of them"
    assert sum(stage["status"] == "reused" for stage in stages) >= 2


@pytest.mark.slow
def test_a_failed_job_stops_no_other_and_is_tried_again(run_pipeline: Run, workshop: Path) -> None:
    shutil.copy(ROOT / "data" / "sample" / "messages.csv", workshop / "good.csv")
    (workshop / "bad.csv").write_text("text,label\nhello,ham\n")
    command = ("-m", "dataset=csv", "dataset.path=bad.csv,good.csv", "dataset.positive=spam", "name=failing", *SMALL)
    failed = run_pipeline(*command, folder=workshop)
    assert failed.returncode == 1
    (sweep,) = sweeps(workshop, "failing")
    log = sweep.relative_to(workshop) / "0" / "output.log"
    assert re.search(rf"\[1/2\] dataset.path=bad.csv    FAILED \(exit 2\)   {log}\n", failed.stderr)
    assert "[2/2] dataset.path=good.csv   f1 0." in failed.stderr
    assert f"1 of 2 jobs failed; the same command tries again:\n  job 0, dataset.path=bad.csv: {log}" in failed.stderr
    assert "    error:    bad.csv, column 'label' holds one class only" in failed.stderr
    assert "Traceback" not in failed.stderr
    assert [job["folder"] for job in read(sweep, "comparison.json")["unfinished"]] == ["0"]
    assert [job["status"] for job in read(sweep, "sweep.json")["jobs"]] == ["failed", "finished"]
    shutil.copy(workshop / "good.csv", workshop / "bad.csv")
    again = run_pipeline(*command, folder=workshop)
    assert again.returncode == 0, again.stderr
    assert f"going on with {sweep.relative_to(workshop)}: 1 of 2 jobs done\n" in again.stderr
    assert read(sweep, "comparison.json")["unfinished"] == []
    assert read(sweep, "sweep.json")["status"] == "finished"
    assert sweeps(workshop, "failing") == [sweep]


def wait_until(condition: Callable[[], object], process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + 120
    while not condition():
        assert process.poll() is None, "ended before it could be stopped"
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.mark.slow
def test_a_sweep_that_was_stopped_and_killed_is_finished_by_the_same_command(run_pipeline: Run, workshop: Path) -> None:
    # so many epochs that the second job is still under way when the third command looks, on a busy machine too
    longer = ("training.epochs=60", "training.patience=null")
    small = [setting for setting in SMALL if not setting.startswith("training.epochs=")]
    command = ("-m", "dataset=sample", *small, *longer, "name=stopped", "seed=0,1", "hydra.launcher.jobs=1")
    variables = {name: value for name, value in os.environ.items() if name != "PIPELINE_DATA_DIR"}

    def start() -> subprocess.Popen[str]:
        arguments = [sys.executable, "-m", "pipeline", *command]
        return subprocess.Popen(arguments, cwd=workshop, env=variables, stderr=subprocess.PIPE, text=True)

    def is_under_way(number: int) -> bool:
        return any('"status": "running"' in path.read_text() for path in manifests(number))

    def manifests(number: int) -> list[Path]:
        return list(workshop.glob(f"outputs/sweeps/stopped/*/{number}/manifest.json"))

    first = start()
    wait_until(lambda: is_under_way(0), first)
    first.send_signal(signal.SIGTERM)
    _, said = first.communicate()
    assert first.returncode == 130
    assert "0 of 2 jobs are done" in said
    assert "the same command goes on" in said
    (sweep,) = sweeps(workshop, "stopped")
    assert read(sweep, "sweep.json")["status"] == read(sweep / "0", "manifest.json")["status"] == "interrupted"
    second = start()
    wait_until(lambda: is_under_way(1), second)
    second.kill()  # its job runs on, and is waited for
    second.communicate()
    done = (sweep / "0" / "manifest.json").stat().st_mtime_ns
    third = run_pipeline(*command, folder=workshop)
    assert third.returncode == 0, third.stderr
    assert f"going on with {sweep.relative_to(workshop)}: 1 of 2 jobs done\n" in third.stderr
    assert (sweep / "0" / "manifest.json").stat().st_mtime_ns == done
    assert read(sweep, "sweep.json")["status"] == "finished"
    assert sweeps(workshop, "stopped") == [sweep]


@pytest.mark.slow
def test_a_worker_of_another_launcher_outlives_a_mistake(run_pipeline: Run, workshop: Path) -> None:
    """Hydra's basic launcher runs all jobs in one process; the others call the same function in processes of theirs."""
    command = ("-m", "dataset=sample", *SMALL, "name=worker", "hydra/launcher=basic", "seed=-1,0")
    failed = run_pipeline(*command, folder=workshop)
    assert failed.returncode == 1
    (sweep,) = sweeps(workshop, "worker")
    assert "1 of 2 jobs failed" in failed.stderr
    assert "    error:    seed = -1 is not allowed." in failed.stderr
    assert [job["status"] for job in read(sweep, "sweep.json")["jobs"]] == ["failed", "finished"]
    done = (sweep / "1" / "manifest.json").stat().st_mtime_ns
    again = run_pipeline(*command, folder=workshop)
    assert again.returncode == 1
    assert (sweep / "1" / "manifest.json").stat().st_mtime_ns == done


@pytest.mark.slow
def test_an_unexpected_error_is_told_once_whatever_the_launcher(run_pipeline: Run, tmp_path: Path) -> None:
    (tmp_path / "outputs").mkdir()
    (tmp_path / "outputs" / "store").touch()  # a file where a folder is expected
    for launcher, log in (("processes", "output.log"), ("basic", "run.log")):
        failed = run_pipeline("-m", "dataset=sample", f"name={launcher}", f"hydra/launcher={launcher}", "seed=0,1")
        assert failed.returncode == 1
        (sweep,) = sweeps(tmp_path, launcher)
        end = failed.stderr[failed.stderr.index("2 of 2 jobs failed") :]
        reason = r"    error:    NotADirectoryError: .*\n"
        folder = re.escape(str(sweep.relative_to(tmp_path)))
        jobs = "".join(rf"  job {i}, seed={i}: {folder}/{i}/{log}\n{reason}" for i in range(2))
        assert re.fullmatch(rf"2 of 2 jobs failed; the same command tries again:\n{jobs}", end)


@pytest.mark.parametrize(
    ("overrides", "happened"),
    [
        (("seed=0,-1",), "seed = -1 is not allowed."),
        (("model=gru,gruu",), "model=gruu is not known."),
        (("modle=gru,lstm",), "There is no setting 'modle'."),
        (("seed=0,1", "hydra.launcher.jobs=0"), "hydra.launcher.jobs = 0 is not allowed."),
    ],
)
def test_wrong_settings_are_found_before_any_job_starts(
    run_pipeline: Run, tmp_path: Path, overrides: tuple[str, ...], happened: str
) -> None:
    failed = run_pipeline("-m", "dataset=sample", *overrides)
    assert failed.returncode == 2
    assert failed.stderr.startswith(f"error:    {happened}")
    assert failed.stdout == ""
    assert not list(tmp_path.glob("outputs/*/*/*"))


def test_a_failing_callback_stops_the_sweep(run_pipeline: Run, tmp_path: Path) -> None:
    """Hydra alone would warn of it, and go on as if nothing were wrong."""
    failed = run_pipeline("-m", "dataset=sample", "seed=0,1", "+hydra.callbacks.no._target_=builtins.object")
    assert failed.returncode == 1
    assert "Callback object.on_multirun_start raised AttributeError" in failed.stderr.splitlines()[-1]
    assert not list(tmp_path.glob("outputs/*/*/*"))


def test_one_mistake_of_all_jobs_is_told_once(run_pipeline: Run) -> None:
    failed = run_pipeline("-m", "dataset=csv", "dataset.path=none.csv", "seed=0,1")
    assert failed.returncode == 2
    assert failed.stderr.count("error:    There is no file none.csv.") == 1
    assert failed.stderr.count("FAILED (exit 2)") == 2


@pytest.mark.slow
def test_an_experiment_that_is_a_sweep_needs_no_flag_and_one_job_runs_alone(run_pipeline: Run) -> None:
    experiment = ("+experiment=gru_kfold", "dataset=csv", "dataset.path=none.csv")
    swept = run_pipeline(*experiment, "split.fold=1,3")  # in place of the experiment's five
    assert swept.returncode == 2
    assert sorted(re.findall(r"\[./2\] (split.fold=.)   FAILED", swept.stderr)) == ["split.fold=1", "split.fold=3"]
    alone = run_pipeline(*experiment, "split.fold=2", "hydra.mode=RUN")
    assert alone.returncode == 2
    assert alone.stderr.startswith("error:    There is no file none.csv.")
    assert "name: gru_kfold" in run_pipeline("+experiment=gru_kfold", "--cfg", "job").stdout
