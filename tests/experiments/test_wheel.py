"""The built wheel runs from an empty folder: code, config, launcher, template and sample are all inside."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SMALL = ("model.build.units=8", "training.epochs=1", "preprocess.tokenise.max_length=20")


@pytest.mark.slow
def test_the_wheel_runs_in_an_empty_folder(tmp_path: Path) -> None:
    site, empty = tmp_path / "site", tmp_path / "empty"
    empty.mkdir()

    def python(*arguments: str | Path, **variables: str) -> str:
        environment = {name: value for name, value in os.environ.items() if name != "PIPELINE_DATA_DIR"} | variables
        done = subprocess.run(
            [sys.executable, *arguments], cwd=empty, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    python("-m", "build", "--wheel", "--no-isolation", "--outdir", tmp_path, ROOT)
    (wheel,) = tmp_path.glob("*.whl")
    python("-m", "pip", "install", "--quiet", "--no-index", "--no-deps", "--target", site, wheel)
    where = python("-c", "import pipeline.config as c; print(c.__file__, c.conf_dir())", PYTHONPATH=str(site))
    assert where.split() == [str(site / "pipeline" / "config.py"), str(site / "pipeline" / "conf")]
    plugin = python("-c", "import hydra_plugins.pipeline_processes as p; print(p.__file__)", PYTHONPATH=str(site))
    assert plugin.strip() == str(site / "hydra_plugins" / "pipeline_processes" / "__init__.py")
    assert "gru_glove" in python("-m", "pipeline", "--help", PYTHONPATH=str(site))
    experiment = ("+experiment=gru_glove", "download=false", *SMALL)
    assert "STAND-IN DATA" in python("-m", "pipeline", *experiment, PYTHONPATH=str(site))
    assert len(list(empty.glob("outputs/runs/gru_glove/*/report.html"))) == 1
    swept = python("-m", "pipeline", "-m", *experiment, "seed=0", PYTHONPATH=str(site))
    assert swept.startswith("sweep: outputs/sweeps/gru_glove/")
    assert len(list(empty.glob("outputs/sweeps/gru_glove/*/report.html"))) == 1
