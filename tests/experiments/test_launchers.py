"""Launchers beyond our own: submitit on this machine, submitit on a Slurm that is played by three scripts, Ray."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hydra import compose, initialize_config_dir
from omegaconf import DictConfig, OmegaConf

from pipeline.config import conf_dir
from pipeline.errors import UserError
from pipeline.sweeps import plugins

Run = Callable[..., subprocess.CompletedProcess[str]]

SMALL = ("dataset=sample", "model.build.units=4", "training.epochs=1", "preprocess.tokenise.max_length=20")
# As Slurm does: sbatch queues a script that says how many tasks it has, each of which starts its command by srun.
FAKE_SLURM = {
    "sbatch": """
import os, re, subprocess, sys
script = open(sys.argv[1]).read()
last = int(re.search(r"--array=0-([0-9]+)", script)[1])
for task in range(last + 1):
    ids = {"SLURM_JOB_ID": str(71 + task), "SLURM_ARRAY_JOB_ID": "71", "SLURM_ARRAY_TASK_ID": str(task)}
    alone = {"SLURM_NTASKS": "1", "SLURM_JOB_NUM_NODES": "1", "SLURM_NODEID": "0", "SLURM_PROCID": "0"}
    where = {"SLURM_LOCALID": "0", "SLURM_JOB_NODELIST": "node1"}
    env = {**os.environ, **ids, **alone, **where}
    subprocess.Popen(["bash", sys.argv[1]], env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
print("Submitted batch job 71")
""",
    "srun": """
import pathlib, subprocess, sys
command = sys.argv[1:]
while command[0].startswith("-"):
    del command[: 1 if "=" in command[0] or command[0] == "--unbuffered" else 2]
if subprocess.call(command):
    pathlib.Path(__file__).with_name("failed").touch()
""",
    "sacct": """
import pathlib
state = "FAILED" if pathlib.Path(__file__).with_name("failed").exists() else "RUNNING"
print("JobID|State|NodeList", f"71_0|{state}|node1", f"71_1|{state}|node1", sep="\\n")
""",
}


def composed(*overrides: str) -> DictConfig:
    plugins.prefer_own_configs(conf_dir())
    with initialize_config_dir(str(conf_dir()), version_base="1.3"):
        return compose("config", overrides=list(overrides), return_hydra_config=True)


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder whose store the sweeps share: each trains a network of its own seed, and that of seed 0 is reused."""
    return tmp_path_factory.mktemp("shared")


def sweep_in(folder: Path, name: str) -> tuple[Path, dict[str, Any]]:
    (sweep,) = folder.glob(f"outputs/sweeps/{name}/*")
    return sweep, json.loads((sweep / "sweep.json").read_text(encoding="utf-8"))


@pytest.mark.slow
@pytest.mark.parametrize(("launcher", "seed"), [("submitit_local", 1), ("ray", 2)])
def test_a_launcher_runs_the_jobs_and_tells_of_the_one_that_fails(
    run_in: Run, workshop: Path, launcher: str, seed: int
) -> None:
    done = run_in(workshop, "-m", f"hydra/launcher={launcher}", f"name={launcher}", *SMALL, f"seed=0,{seed},-1")
    sweep, record = sweep_in(workshop, launcher)
    assert [job["status"] for job in record["jobs"]] == ["finished", "finished", "failed"], done.stderr
    assert done.returncode == 1
    assert "seed = -1 is not allowed" in done.stderr
    assert "Traceback" not in done.stderr
    assert "Warning" not in done.stderr
    for number, expected in enumerate((0, seed)):
        metrics = json.loads((sweep / str(number) / "metrics.json").read_text(encoding="utf-8"))
        assert metrics["seed"] == expected
    assert (sweep / "report.html").is_file()


@pytest.mark.slow
def test_slurm_is_given_a_script_that_runs_the_jobs(run_in: Run, workshop: Path, tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    for name, body in FAKE_SLURM.items():
        (tmp_path / "bin" / name).write_text(f"#!{sys.executable}{body}")
        (tmp_path / "bin" / name).chmod(0o755)
    path = f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}"
    asked = ("hydra/launcher=submitit_slurm", "hydra.launcher.partition=short", "hydra.launcher.cpus_per_task=1")
    done = run_in(workshop, "-m", *asked, "name=slurm", *SMALL, "seed=0,3", PATH=path)
    sweep, record = sweep_in(workshop, "slurm")
    assert [job["status"] for job in record["jobs"]] == ["finished", "finished"], done.stderr
    assert done.returncode == 0
    script = sweep / ".submitit" / "71" / "71_submission.sh"
    lines = script.read_text(encoding="utf-8").splitlines()
    for wanted in ("partition=short", "cpus-per-task=1", "mem=8GB", "time=240", "array=0-1%2", "job-name=slurm"):
        assert f"#SBATCH --{wanted}" in lines


@pytest.mark.parametrize("launcher", ["submitit_local", "submitit_slurm", "ray"])
def test_a_job_has_as_many_threads_as_it_asks_for_cores(launcher: str) -> None:
    config = composed(f"hydra/launcher={launcher}")
    variables = OmegaConf.to_container(OmegaConf.masked_copy(config, "hydra").hydra.job.env_set, resolve=True)
    cores = config.hydra.launcher.ray.remote.num_cpus if launcher == "ray" else config.hydra.launcher.cpus_per_task
    assert isinstance(variables, dict)
    for name in ("OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"):
        assert variables[name] == str(cores)


@pytest.mark.parametrize(
    ("choice", "extra"),
    [
        ("hydra/launcher=ray", "ray"),
        ("hydra/launcher=submitit_slurm", "slurm"),
        ("hydra/launcher=submitit_local", "slurm"),
        ("hydra/sweeper=optuna", "optuna"),
    ],
)
def test_a_plugin_that_is_not_installed_is_told_with_its_extra(
    monkeypatch: pytest.MonkeyPatch, choice: str, extra: str
) -> None:
    config = composed(choice)
    plugins.refuse_missing(config)
    monkeypatch.setattr(plugins, "find_spec", lambda _: None)
    with pytest.raises(UserError) as caught:
        plugins.refuse_missing(config)
    assert caught.value.happened.startswith(choice)
    assert f"pip install 'text-experiment-pipeline[{extra}]'" in caught.value.remedy
