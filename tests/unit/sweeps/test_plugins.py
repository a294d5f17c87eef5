"""Machines that lack what a launcher needs, played by what is on PATH."""

from collections.abc import Callable
from pathlib import Path

import pytest
from omegaconf import DictConfig

from pipeline.errors import UserError
from pipeline.sweeps.callback import SweepFolder
from pipeline.sweeps.plugins import refuse_no_slurm

Compose = Callable[..., DictConfig]


@pytest.fixture
def put_on_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Puts a program on a PATH that has no other."""
    monkeypatch.setenv("PATH", str(tmp_path))

    def put(name: str) -> None:
        (tmp_path / name).write_text("#!/bin/sh\n", encoding="utf-8")
        (tmp_path / name).chmod(0o755)

    return put


@pytest.mark.parametrize(
    ("there", "missing"),
    [([], "sbatch and srun"), (["srun"], "sbatch"), (["sbatch"], "srun"), (["srun", "sbatch"], "")],
)
def test_jobs_for_slurm_need_its_programs(
    composed: Compose, put_on_path: Callable[[str], None], there: list[str], missing: str
) -> None:
    config = composed("hydra/launcher=submitit_slurm")
    for name in there:
        put_on_path(name)
    if not missing:
        refuse_no_slurm(config)
        return
    with pytest.raises(UserError, match=f"hydra/launcher=submitit_slurm needs {missing}, not found") as refused:
        refuse_no_slurm(config)
    assert "hydra/launcher=submitit_local" in refused.value.remedy


@pytest.mark.usefixtures("put_on_path")
@pytest.mark.parametrize("launcher", ["processes", "submitit_local", "ray"])
def test_other_launchers_need_no_slurm(composed: Compose, launcher: str) -> None:
    refuse_no_slurm(composed(f"hydra/launcher={launcher}"))


@pytest.mark.usefixtures("put_on_path")
def test_the_refusal_ends_the_process_with_one_block(composed: Compose, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        SweepFolder().on_multirun_start(composed("hydra/launcher=submitit_slurm"))
    assert stopped.value.code == 2
    assert capsys.readouterr().err.startswith("error:    hydra/launcher=submitit_slurm needs sbatch and srun")
