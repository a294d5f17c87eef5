"""A sweep from its begin to its end, with job folders written by the tests."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hydra import initialize_config_dir
from hydra.core.config_loader import ConfigLoader
from hydra.core.global_hydra import GlobalHydra
from omegaconf import DictConfig

from pipeline.config import conf_dir
from pipeline.errors import UserError
from pipeline.sweeps import launch as launching
from pipeline.sweeps import session
from pipeline.sweeps.jobs import Job
from pipeline.sweeps.processes import Ended
from pipeline.sweeps.record import read_record
from pipeline.sweeps.session import Sweep, SweepEnd, begin, ongoing

Compose = Callable[..., DictConfig]


@pytest.fixture(autouse=True)
def nothing_ongoing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.argv", ["pipeline", "-m", "seed=0,1"])
    yield
    session._ongoing.clear()


@pytest.fixture
def compared(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Folders of sweeps that were compared, by a stand-in that draws nothing."""
    folders: list[Path] = []

    def compare(sweep: Sweep) -> bool:
        folders.append(sweep.folder)
        return True

    monkeypatch.setattr(session, "_compare", compare)
    return folders


def job(sweep: Sweep, number: int, status: str, log: str = "") -> None:
    folder = sweep.folder / str(number)
    folder.mkdir(exist_ok=True)
    manifest = {"status": status, "overrides": [f"seed={number}"], "seconds": 1.0}
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    (folder / "run.log").write_text(log, encoding="utf-8")


def end(error: BaseException | None = None) -> int:
    """The exit code that the sweep's end asks for, after `error`; 0 where it asks for none."""
    try:
        SweepEnd().__exit__(type(error) if error else None, error, None)
    except SystemExit as stopped:
        return int(str(stopped.code))
    return 0


def test_a_sweep_that_finished_is_compared_and_not_gone_on_with(composed: Compose, compared: list[Path]) -> None:
    begin(composed())
    sweep = ongoing()
    job(sweep, 0, "finished")
    assert end() == 0
    assert compared == [sweep.folder]
    record = read_record(sweep.folder)
    assert record
    assert (record.status, record.command) == ("finished", "python -m pipeline -m seed=0,1")
    begin(composed())
    assert ongoing().folder != sweep.folder


def test_an_interrupted_sweep_is_gone_on_with(
    composed: Compose, compared: list[Path], capsys: pytest.CaptureFixture[str]
) -> None:
    begin(composed())
    sweep = ongoing()
    job(sweep, 0, "finished")
    job(sweep, 1, "interrupted")
    assert end(KeyboardInterrupt()) == 0, "__main__ says how to go on, and exits with 130"
    assert compared == []
    capsys.readouterr()
    begin(composed("hydra/launcher=basic"))
    assert ongoing().folder == sweep.folder
    assert capsys.readouterr().err == f"going on with {sweep.folder}: 1 of 2 jobs done\n"


def test_every_launcher_is_told_the_folder(composed: Compose) -> None:
    config = composed()
    begin(config)
    folder = ongoing().folder
    assert config.hydra.sweep.dir == str(folder)
    assert config.hydra.overrides.hydra[-1] == f"hydra.sweep.dir='{folder}'"


def test_a_sweep_that_another_process_runs_is_left_alone(composed: Compose) -> None:
    begin(composed())
    held = ongoing()
    begin(composed())
    assert ongoing().folder != held.folder
    begin(composed("hydra.sweep.dir=named"))
    named = ongoing()
    with pytest.raises(UserError, match="Another process"):
        begin(composed("hydra.sweep.dir=named"))
    assert named.lock.is_locked


def test_a_sweep_that_started_nothing_leaves_nothing(composed: Compose, tmp_path: Path) -> None:
    begin(composed())
    assert list(tmp_path.glob("outputs/sweeps/*/*"))
    assert end(UserError("a typo", expected="none", remedy="mend it")) == 0
    assert not list(tmp_path.glob("outputs/sweeps/*/*"))


def test_a_named_folder_keeps_what_was_in_it(composed: Compose, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").touch()
    begin(composed(f"hydra.sweep.dir='{tmp_path}'"))
    assert end(UserError("a typo", expected="none", remedy="mend it")) == 0
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_failures_are_listed_and_the_rest_compared(
    composed: Compose, compared: list[Path], capsys: pytest.CaptureFixture[str]
) -> None:
    begin(composed())
    sweep = ongoing()
    job(sweep, 0, "finished")
    job(sweep, 1, "failed", "Traceback (most recent call last)\nKeyError: 'x'\n")
    job(sweep, 2, "running", UserError("a typo", expected="none", remedy="mend it").block())
    assert end() == 1
    assert compared == [sweep.folder]
    record = read_record(sweep.folder)
    assert record
    assert (record.status, [known.status for known in record.jobs]) == ("failed", ["finished", "failed", "failed"])
    assert capsys.readouterr().err == (
        "2 of 3 jobs failed; the same command tries again:\n"
        f"  job 1, seed=1: {sweep.folder}/1/run.log\n"
        "    error:    KeyError: 'x'\n"
        f"  job 2, seed=2: {sweep.folder}/2/run.log\n"
        "    error:    a typo\n    expected: none\n    to do:    mend it\n"
    )


def test_one_mistake_of_all_jobs_is_told_once(
    composed: Compose, compared: list[Path], capsys: pytest.CaptureFixture[str]
) -> None:
    block = UserError("a typo", expected="none", remedy="mend it").block()
    begin(composed())
    job(ongoing(), 0, "failed", block)
    job(ongoing(), 1, "failed", block)
    assert end() == 2
    assert compared == []
    assert capsys.readouterr().err == f"{block}\n"


@pytest.mark.parametrize(("name", "code"), [("x", 1), ("y", 0)])
def test_an_exception_that_a_job_has_told_is_not_shown_again(composed: Compose, name: str, code: int) -> None:
    begin(composed())
    job(ongoing(), 0, "failed", "Traceback (most recent call last)\nKeyError: 'x'\n")
    assert end(KeyError(name)) == code, "0: the exception goes on, with its traceback"


def test_a_comparison_that_cannot_be_made_is_a_failure(composed: Compose, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "_compare", lambda _: False)
    begin(composed())
    sweep = ongoing()
    job(sweep, 0, "finished")
    assert end() == 1
    begin(composed())
    assert ongoing().folder == sweep.folder, "the same command tries again"


def test_no_sweep_no_end() -> None:
    assert end() == 0
    assert not list(Path().iterdir())


@pytest.fixture
def loader() -> ConfigLoader:
    with initialize_config_dir(str(conf_dir()), version_base="1.3"):
        return GlobalHydra.instance().config_loader()


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[Job]:
    """Jobs that were started, by a stand-in that finishes each."""
    jobs: list[Job] = []

    def run(waiting: list[Job], at_once: int, environment: object, tell: Callable[[Ended], None]) -> list[Ended]:
        for one in waiting:
            one.folder.mkdir(exist_ok=True)
            manifest = {"status": "finished", "overrides": one.overrides}
            (one.folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
            (one.folder / "metrics.json").write_text('{"validation": {"f1": 0.5}}', encoding="utf-8")
        jobs.extend(waiting)
        return [Ended(one, 0, 1.0) for one in waiting]

    monkeypatch.setattr(launching, "run_jobs", run)
    return jobs


def test_done_jobs_are_not_started_again(composed: Compose, loader: ConfigLoader, started: list[Job]) -> None:
    config, overrides = composed(), [["seed=0"], ["seed=1"], ["seed=5"]]
    begin(config)
    job(ongoing(), 0, "finished")
    job(ongoing(), 1, "interrupted")
    job(ongoing(), 2, "finished")  # with seed=2
    (ongoing().folder / "0" / "metrics.json").write_text('{"validation": {"f1": 0.25}}', encoding="utf-8")
    returned = launching.launch(config, loader, overrides, 0, 1)
    assert [one.number for one in started] == [1, 2]
    assert [one.return_value for one in returned] == [0.25, 0.5, 0.5]
    assert (ongoing().folder / "2.earlier-1" / "manifest.json").exists()


def test_a_wrong_setting_of_one_job_is_found_before_any_starts(
    composed: Compose, loader: ConfigLoader, started: list[Job]
) -> None:
    config = composed()
    begin(config)
    with pytest.raises(UserError, match="seed = -1 is not allowed") as refused:
        launching.launch(config, loader, [["seed=0"], ["seed=-1"]], 0, None)
    assert "This is job 1 of 2, seed=-1; no job was started." in str(refused.value)
    assert started == []


def test_a_wrong_setting_in_a_later_batch_is_counted_among_all_jobs(
    composed: Compose, loader: ConfigLoader, started: list[Job]
) -> None:
    config = composed()
    begin(config)
    launching.launch(config, loader, [["seed=0"], ["seed=1"]], 0, None)
    with pytest.raises(UserError, match="seed = -1 is not allowed") as refused:
        launching.launch(config, loader, [["seed=2"], ["seed=-1"]], 2, None)
    assert "This is job 3 of 4, seed=-1." in str(refused.value)
    assert [one.number for one in started] == [0, 1]


@pytest.mark.parametrize("jobs", [0, -1])
def test_no_jobs_at_once_are_refused(composed: Compose, loader: ConfigLoader, jobs: int) -> None:
    with pytest.raises(UserError, match=r"hydra\.launcher\.jobs"):
        launching.launch(composed(), loader, [["seed=0"]], 0, jobs)


def test_jobs_get_what_was_said_to_hydra_but_for_the_sweep(composed: Compose) -> None:
    config = composed("hydra.verbose=true", "hydra/launcher=basic", "hydra.sweep.dir=there", "+hydra.job.env_set.A=1")
    command = launching.command_of(config, ["seed=1"], Path("there/0"))
    expected = ("seed=1", "hydra.verbose=true", "+hydra.job.env_set.A=1", "hydra.mode=RUN", "hydra.run.dir='there/0'")
    assert command[3:] == expected
