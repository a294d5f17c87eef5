"""Every command of the README but `pip install` is run, in its order and in one folder, as a reader would.

Those that need an extra are composed here, and run by test_launchers and test_search.

Trainings get settings that keep them short; data are not downloaded, so that the sample stands in.
"""

import csv
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from image_files import some_images, write_table

ROOT = Path(__file__).parents[2]
SMALL = (
    "download=false",
    "model.build.units=8",
    "training.epochs=1",
    "preprocess.tokenise.max_length=20",
)
SYNTHESISER = (
    *("training.epochs=1", "training.batch_size=256"),
    *("build.encoder_units=[4]", "build.decoder_units=[4]", "build.latent=2"),
)
SYNTHESIS = (
    *SMALL,
    *(f"synthesiser.{setting}" for setting in SYNTHESISER),
    *("augmentation.percents=[100]", "evaluate.resamples=100", "evaluate.draws=1"),
)
STREAMS = {
    "+experiment=online_filters": ("dataset=sample", "evaluate.resamples=100"),  # not three times a stand-in
    "+experiment=online_drift": ("download=false", "evaluate.resamples=100"),
    "+experiment=online_memory": ("download=false", "memory.resamples=100", "memory.log2_cells=[8,12]"),
    "+experiment=online_vs_batch": (*SMALL, "evaluate.resamples=100"),
}
DETECTORS = {
    "+experiment=vae_density": (
        *("download=false", "evaluate.resamples=100", "contamination.shares=[0,0.1]"),
        *(f"density.{model}.training.epochs=1" for model in ("vae", "gaussian_vae", "autoencoder")),
        *(f"density.{model}.{size}" for model in ("vae", "gaussian_vae") for size in ("hidden=8", "samples=2")),
        *(f"~detectors.{name}" for name in ("vae_weighted", "vae_unsuspected", "autoencoder_ham", "gaussian_vae_ham")),
    )
}
WRITTEN = (
    *("download=false", "evaluate.resamples=100", "samples.temperatures=[1.0]", "samples.limit=40"),
    *("samples.num_messages=20", "samples.num_draws=1"),
    *(f"recipes.{name}.epochs=1" for name in ("rnn", "lstm", "best")),
    *(f"recipes.{name}_windowed.{how}" for name in ("rnn", "lstm") for how in ("steps=5", "batch_size=4096")),
)
NETWORKS = ("char_rnn", "char_lstm", "char_rnn_windowed", "char_lstm_windowed", "char_best")
CHARACTERS = {
    "+experiment=char_lstm": (*WRITTEN, "writers.char_lstm.build.units=8"),
    "+experiment=char_comparison": (*WRITTEN, *(f"writers.{name}.build.units=8" for name in NETWORKS)),
}
DRAWN = ("download=false", "evaluate.resamples=100", "training.epochs=1", "judge.epochs=1", "judge.units=8")
IMAGES = {f"+experiment={name}": (*DRAWN, "judge.channels=4") for name in ("fashion_cgan", "fashion_cgan_conv")}
OTHERS = STREAMS | DETECTORS | CHARACTERS | IMAGES
FILLED = tuple(f"sampling.synthesiser.{setting}" for setting in SYNTHESISER)
PUBLISHED = ("shared_embedding.epochs=1", "shared_embedding.build.units=8")
FOLDS = ("split.num_folds=2",)  # in place of five: see test_compose
REPORTS = {  # run folders and comparisons that a command adds, where that is not one
    "+experiment=recurrent_comparison": 4 + 1,
    "+experiment=gru_kfold": 2 + 1,
    "seed=range(2)": 4 + 1,
    "+experiment=online_filters": 2 + 1,
    "model=cgan,cgan_conv": 2,
}


def commands() -> list[str]:
    """The lines of all shell blocks, without their comments."""
    blocks = re.findall(r"```sh\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    return [line.partition("#")[0].strip() for block in blocks for line in block.splitlines() if line.strip()]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the reader works; holds files of his own."""
    path = tmp_path_factory.mktemp("reader")
    shutil.copy(ROOT / "data" / "sample" / "messages.csv", path)
    messages = pd.read_csv(path / "messages.csv")
    for name, part in (("labelled.tsv", messages[:1000]), ("more.tsv", messages[1000:])):
        part[["label", "text"]].to_csv(path / name, sep="\t", header=False, index=False, quoting=csv.QUOTE_NONE)
    messages[:20].to_json(path / "mail.jsonl", orient="records", lines=True)
    (path / "messages.txt").write_text("".join(f"{text}\n" for text in messages["text"][:20]), encoding="utf-8")
    write_images(path)
    return path


def write_images(path: Path) -> None:
    """Noise in the place of Fashion-MNIST, so that its classes have their names, and as images of the reader's own."""
    (path / "data" / "raw" / "fashion_mnist").mkdir(parents=True)
    for part, number in (("train", 160), ("test", 40)):
        published = path / "data" / "raw" / "fashion_mnist" / f"fashion-mnist_{part}.csv"
        write_table(published, some_images(number, seed=number), [row % 10 for row in range(number)])
        names = [("cat", "dog")[row % 2] for row in range(number)]
        write_table(path / f"{part}.csv", some_images(number, seed=number + 1), names)


def test_the_readme_shows_the_commands_that_matter() -> None:
    shown = "\n".join(commands())
    parts = ("make run", "make test", "--help", "dataset=csv", " -m pipeline -m ", "pipeline.store list")
    for part in (
        *parts,
        "+experiment=gru_kfold",
        "pipeline.compare",
        "+experiment=lstm_vae",
        "sampling=synthetic",
        "pipeline.filter",
        "+experiment=vae_density",
        "+experiment=char_comparison",
        "pipeline.generate",
        "+experiment=fashion_cgan_conv",
        "dataset=images",
    ):
        assert part in shown


@pytest.mark.parametrize("command", [command for command in commands() if command.startswith("make ")])
def test_make_knows_its_targets(command: str) -> None:
    done = subprocess.run([*command.split(), "--dry-run"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    expected = {
        "make run": "-m pipeline +experiment=gru_glove",
        "make test": "-m pytest",
        "make bench": "scripts/bench_gan.py",
    }
    assert expected[command] in done.stdout


def runs_elsewhere(command: str) -> bool:
    """Whether other tests really run it: test_launchers and test_search."""
    return "hydra/launcher=" in command or "hparams=" in command


@pytest.mark.parametrize("command", [line for line in commands() if runs_elsewhere(line)])
def test_a_command_with_an_extra_composes(command: str, folder: Path) -> None:
    _, *arguments = shlex.split(command)
    done = subprocess.run(
        [sys.executable, *arguments, "--cfg", "hydra"], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "mode: MULTIRUN" in done.stdout


@pytest.mark.slow
@pytest.mark.parametrize(
    "command", [line for line in commands() if line.startswith("python ") and not runs_elsewhere(line)]
)
def test_a_command_runs(command: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PIPELINE_DATA_DIR", raising=False)
    command, _, given = command.partition(" < ")
    words = shlex.split(command)
    _, *arguments = [path for word in words for path in expanded(word, folder, draws="label=sneaker" in words)]
    trains = arguments[1] == "pipeline" and not {"--help", "--cfg"} & set(arguments)
    small = SYNTHESIS if "+experiment=lstm_vae" in arguments else SMALL
    small = next((settings for experiment, settings in OTHERS.items() if experiment in arguments), small)
    extra = [*(small if trains else ()), *(PUBLISHED if "protocol=published" in arguments else ())]
    extra += FILLED if "sampling=synthetic" in arguments else ()
    extra += FOLDS if "+experiment=gru_kfold" in arguments else ()
    shorter = [item for item in extra if not any(item.split("=")[0] == given.split("=")[0] for given in arguments)]
    before = reports(folder)
    done = subprocess.run(
        [sys.executable, *arguments, *shorter],
        cwd=folder,
        input=(folder / given).read_text(encoding="utf-8") if given else "",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert not given or ", 0 bad" in done.stderr
    expected = [number for argument, number in REPORTS.items() if argument in arguments]
    has_page = trains or arguments[1] == "pipeline.compare"
    assert len(reports(folder) - before) == (expected[0] if expected else int(has_page))
    assert "label=sneaker" not in arguments or (folder / "sneaker.png").exists()


def expanded(word: str, folder: Path, *, draws: bool) -> list[str]:
    """What a shell makes of a word with a star in it, and a reader of FOLDER: a run that can be asked for a class."""
    if word == "run=FOLDER":
        experiment = "fashion_cgan" if draws else "char_comparison"
        return [f"run={max(folder.glob(f'outputs/runs/{experiment}/*')).relative_to(folder)}"]
    return sorted(str(path.relative_to(folder)) for path in folder.glob(word)) if "*" in word else [word]


def reports(folder: Path) -> set[Path]:
    return set(folder.glob("outputs/**/report.html"))
