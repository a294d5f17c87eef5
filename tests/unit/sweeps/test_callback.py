import logging
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hydra.core.utils import JobReturn, JobStatus
from omegaconf import DictConfig

from pipeline.sweeps.callback import SweepFolder
from pipeline.sweeps.record import SweepRecord

Compose = Callable[..., DictConfig]


def test_a_refused_folder_ends_the_process_with_one_block(
    composed: Compose, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    SweepRecord("name", "another", "running", "python -m pipeline -m").write(tmp_path)
    with pytest.raises(SystemExit) as stopped:
        SweepFolder().on_multirun_start(composed(f"hydra.sweep.dir='{tmp_path}'"))
    assert stopped.value.code == 2
    assert " ".join(capsys.readouterr().err.split()).startswith(f"error: {tmp_path} holds another sweep")


@pytest.mark.parametrize(("mode", "logged"), [("MULTIRUN", 1), ("RUN", 0)])
def test_the_exception_of_a_worker_is_kept_in_its_log(
    composed: Compose, caplog: pytest.LogCaptureFixture, mode: str, logged: int
) -> None:
    failed = JobReturn(status=JobStatus.FAILED)
    failed.return_value = KeyError("x")
    with caplog.at_level(logging.ERROR):
        SweepFolder().on_job_end(composed(f"hydra.mode={mode}"), failed)
    assert caplog.text.count("KeyError: 'x'") == logged


def test_the_launcher_is_found_and_imports_nothing_of_ours_at_start() -> None:
    code = (
        "import sys; from hydra.core.plugins import Plugins; from hydra.plugins.launcher import Launcher;"
        "print(*(plugin.__name__ for plugin in Plugins.instance().discover(Launcher)));"
        "print(*(name for name in sys.modules if name.startswith('pipeline')))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    launchers, ours = done.stdout.split("\n")[:2]
    assert "ProcessLauncher" in launchers.split()
    assert ours == ""
