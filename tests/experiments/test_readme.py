"""Every command that the README shows is run, trainings with settings that keep them short."""

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SMALL = (
    "download=false",
    "model.build.units=8",
    "training.epochs=1",
    "preprocess.tokenise.max_length=20",
)
PUBLISHED = ("shared_embedding.epochs=1", "shared_embedding.build.units=8")


def commands() -> list[str]:
    """The lines of all shell blocks, without their comments."""
    blocks = re.findall(r"```sh\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    return [line.partition("#")[0].strip() for block in blocks for line in block.splitlines() if line.strip()]


def test_the_readme_shows_the_commands_that_matter() -> None:
    shown = "\n".join(commands())
    for part in ("make run", "make test", "--help", "dataset=csv", " -m pipeline -m ", "pipeline.store list"):
        assert part in shown


@pytest.mark.parametrize("command", [command for command in commands() if command.startswith("make ")])
def test_make_knows_its_targets(command: str) -> None:
    done = subprocess.run([*command.split(), "--dry-run"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    expected = {"make run": "-m pipeline +experiment=gru_glove", "make test": "-m pytest"}
    assert expected[command] in done.stdout


@pytest.mark.slow
@pytest.mark.parametrize("command", [command for command in commands() if command.startswith("python ")])
def test_a_command_runs(command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PIPELINE_DATA_DIR", raising=False)
    shutil.copy(ROOT / "data" / "sample" / "messages.csv", tmp_path)
    _, *arguments = shlex.split(command)
    trains = arguments[1] == "pipeline" and not {"--help", "--cfg"} & set(arguments)
    extra = [*(SMALL if trains else ()), *(PUBLISHED if "protocol=published" in arguments else ())]
    shorter = [item for item in extra if not any(item.split("=")[0] == given.split("=")[0] for given in arguments)]
    done = subprocess.run(
        [sys.executable, *arguments, *shorter], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    jobs = 3 if "seed=0,1,2" in arguments else 1
    assert len(list(tmp_path.glob("outputs/*/*/**/report.html"))) == (jobs if trains else 0)
