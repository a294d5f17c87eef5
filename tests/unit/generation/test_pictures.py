"""`python -m pipeline.generate` of a run of a GAN: one PNG file, and every mistake answered in one block."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from gan_samples import DENSE, overflowing, untrained
from pipeline.generate import main
from pipeline.models.images.files import load, save

pytestmark = pytest.mark.slow
CLASSES = ["T-shirt/top", "Sneaker", "Ankle boot"]
STEP = 30  # an image and a gap


def write_report(folder: Path, family: str = "images") -> None:
    (folder / "report.json").write_text(json.dumps({"family": family}), encoding="utf-8")


def make_run(folder: Path, classes: list[str] | None = None) -> Path:
    """A run whose generator draws of random weights that are strong enough for all shades."""
    (folder / "models").mkdir(parents=True)
    write_report(folder)
    names = CLASSES if classes is None else classes
    made = untrained(DENSE, name="cgan", classes=len(names))
    save(folder / "models" / "cgan.npz", replace(made, generator=4 * made.generator), names, noise_std=0.5)
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_run(tmp_path_factory.mktemp("runs") / "run")


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that commands are given in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def draw(folder: Path, labels: list[int], number: int, seed: int = 0, noise_std: float = 0.5) -> Any:
    """What the file is to show: drawings of each class, all from the same noise."""
    _, generator = load(folder / "models" / "cgan.npz")
    from pipeline.models.images.drawing import Brush

    brush = Brush(generator)
    asked = np.repeat(np.array(labels, np.int16), number)
    return brush.draw(asked, np.tile(brush.noise(number, seed, noise_std), (len(labels), 1)))


def read(path: Path, scale: int) -> Any:
    """The file as it was before it was enlarged."""
    with Image.open(path) as image:
        assert (image.format, image.mode) == ("PNG", "L")
        pixels = np.asarray(image)
    small = pixels[::scale, ::scale]
    np.testing.assert_array_equal(small.repeat(scale, axis=0).repeat(scale, axis=1), pixels)
    return small


def cut(sheet: Any, rows: int, columns: int) -> Any:
    """The images of a sheet; everything between them is paper."""
    assert sheet.shape == (rows * STEP + 2, columns * STEP + 2)
    places = [(2 + STEP * row, 2 + STEP * column) for row in range(rows) for column in range(columns)]
    images = np.stack([sheet[top : top + 28, left : left + 28] for top, left in places])
    rest = sheet.copy()
    for top, left in places:
        rest[top : top + 28, left : left + 28] = 255
    assert (rest == 255).all()
    return images


@pytest.mark.parametrize("label", ["Sneaker", "sneaker", "SNEAKER"])
def test_images_of_a_class_are_what_the_generator_draws(
    label: str, folder: Path, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([f"run={folder}", f"label={label}", "n=16"]) == 0
    said = capsys.readouterr()
    assert said.out == "sneaker.png\n"
    assert said.err == "cgan, 16 of Sneaker, seed 0\n"
    np.testing.assert_array_equal(cut(read(here / "sneaker.png", 4), 4, 4), draw(folder, [1], 16))
    assert [path.name for path in here.iterdir()] == ["sneaker.png"]


@pytest.mark.parametrize(("number", "rows", "columns"), [(1, 1, 1), (2, 1, 2), (5, 2, 3), (7, 3, 3)])
def test_any_number_is_laid_out_near_a_square(number: int, rows: int, columns: int, folder: Path, here: Path) -> None:
    assert main([f"run={folder}", "label=sneaker", f"n={number}", "scale=1", "seed=3"]) == 0
    images = cut(read(here / "sneaker.png", 1), rows, columns)
    np.testing.assert_array_equal(images[:number], draw(folder, [1], number, seed=3))
    assert (images[number:] == 255).all()


def test_without_a_label_there_is_a_row_of_each_class(
    folder: Path, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([f"run={folder}", "n=5", "scale=2"]) == 0
    said = capsys.readouterr()
    assert (said.out, said.err) == ("cgan.png\n", "cgan, 5 of each of 3 classes, seed 0\n")
    np.testing.assert_array_equal(cut(read(here / "cgan.png", 2), 3, 5), draw(folder, [0, 1, 2], 5))


def test_the_same_seed_is_the_same_file_and_none_is_overwritten(
    folder: Path, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for seed in (0, 0, 1):
        assert main([f"run={folder}", "label=sneaker", "n=3", f"seed={seed}"]) == 0
    assert capsys.readouterr().out.split() == ["sneaker.png", "sneaker-2.png", "sneaker-3.png"]
    first, second, third = ((here / name).read_bytes() for name in ("sneaker.png", "sneaker-2.png", "sneaker-3.png"))
    assert first == second != third


def test_the_noise_is_that_of_the_run_unless_another_is_asked_for(folder: Path, here: Path) -> None:
    for noise_std in ("0.2", "1"):
        assert main([f"run={folder}", "label=sneaker", "n=2", f"output={noise_std}.png", f"noise_std={noise_std}"]) == 0
        drawn = draw(folder, [1], 2, noise_std=float(noise_std))
        np.testing.assert_array_equal(cut(read(here / f"{noise_std}.png", 4), 1, 2), drawn)


def test_a_generator_whose_numbers_overflow_writes_no_file(
    here: Path, tmp_path_factory: pytest.TempPathFactory, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = make_run(tmp_path_factory.mktemp("broken") / "run")
    save(broken / "models" / "cgan.npz", replace(overflowing(), name="cgan"), CLASSES, noise_std=0.5)
    assert main([f"run={broken}", "n=2"]) == 2
    said = capsys.readouterr().err
    assert "error:    The generator draws no image: its numbers overflow" in said
    assert "to do:" in said
    assert not list(here.iterdir())


def test_the_file_may_be_named(folder: Path, here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "shoes").mkdir()
    assert main([f"run={folder}", "label=Ankle boot", "output=shoes/Boots.PNG", "n=1"]) == 0
    assert capsys.readouterr().out == "shoes/Boots.PNG\n"
    np.testing.assert_array_equal(cut(read(here / "shoes" / "Boots.PNG", 4), 1, 1), draw(folder, [2], 1))


@pytest.mark.parametrize(
    ("name", "file"),
    [("T-shirt/top", "t-shirt-top.png"), ("../../x", "x.png"), ("中", "images.png"), ("a" * 300, f"{'a' * 60}.png")],
)
def test_a_class_of_any_name_is_a_file_in_this_folder(
    name: str, file: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = make_run(here / "run", [name, "b"])
    assert main([f"run={run}", f"label={name}", "n=1"]) == 0
    assert capsys.readouterr().out == f"{file}\n"
    assert sorted(path.name for path in here.iterdir()) == sorted([file, "run"])


def test_of_names_that_differ_by_case_alone_the_very_one_is_meant(here: Path) -> None:
    run = make_run(here / "run", ["a", "A"])
    for number, label in enumerate("aA"):
        assert main([f"run={run}", f"label={label}", "n=2", f"output={number}.png", "scale=1"]) == 0
        np.testing.assert_array_equal(cut(read(here / f"{number}.png", 1), 1, 2), draw(run, [number], 2))


@pytest.mark.parametrize(
    ("given", "happened", "rest"),
    [
        (
            ["label=sneakr"],
            "no class 'sneakr'",
            "one of T-shirt/top, Sneaker, Ankle boot to do: Did you mean 'sneaker'?",
        ),
        (["label=SNEAKR"], "no class 'SNEAKR'", "Did you mean 'sneaker'?"),
        (["label="], "no class ''", "leave it out"),
        (["label=1"], "no class '1'", "one of T-shirt/top"),
        (["n=0"], "n = '0' is not allowed", "n"),
        (["n=ten"], "n = 'ten' is not allowed", "n"),
        (["n=10001"], "n = '10001' is not allowed", "n"),
        (["n=10000", "scale=32", "label=sneaker"], "would have 9,216,000,000 pixels", "Lower n, or scale"),
        (["scale=0"], "scale = '0' is not allowed", "scale"),
        (["seed=-1"], "seed = '-1' is not allowed", "seed"),
        (["output=shoes.jpg"], "output=shoes.jpg is no PNG file", "Say output=shoes.png"),
        (["output=a/shoes"], "output=a/shoes is no PNG file", "Say output=a/shoes.png"),
        (["output="], "output= is no PNG file", "a name that ends in .png"),
        (["output=there.png"], "there.png exists", "Give another output"),
        (["output=none/shoes.png"], "cannot be written: No such file or directory", "Give another output"),
        (["output=there.png/shoes.png"], "cannot be written: Not a directory", "Give another output"),
        ([f"output={'a' * 300}.png"], "cannot be written: File name too long", "Give another output"),
        (["output=~nobody-of-this-name/shoes.png"], "cannot be written", "Give another output"),
        (["labl=sneaker"], "Nothing reads the setting 'labl'", "Did you mean 'label'?"),
        (["prompt=Hi"], "Nothing reads the setting 'prompt'", "prompt"),
        (["hello"], "'hello' is no setting", "n=5"),
    ],
)
def test_what_cannot_be_drawn_is_told_in_one_block(
    given: list[str], happened: str, rest: str, folder: Path, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "there.png").write_bytes(b"mine")
    what, _, others = told(capsys, f"run={folder}", *given).partition(" expected: ")
    assert happened in what
    assert rest in others
    assert [(path.name, path.read_bytes()) for path in here.iterdir()] == [("there.png", b"mine")]


def told(capsys: pytest.CaptureFixture[str], *given: str) -> str:
    """The words of the one block of a command that is refused."""
    assert main(list(given)) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "Traceback" not in said.err
    assert [line.split(":")[0] for line in said.err.splitlines() if line[0] != " "] == ["error", "expected", "to do"]
    return " ".join(said.err.split())


def test_folders_that_hold_no_generator_are_refused(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "none" in told(capsys, "run=none", "label=sneaker")
    bare = here / "bare"
    bare.mkdir()
    assert "report.json" in told(capsys, f"run={bare}")
    write_report(bare)
    assert "holds no model" in told(capsys, f"run={bare}")
    (bare / "models").mkdir()
    (bare / "models" / "cgan.npz").write_bytes(b"hello")
    assert "cgan.npz cannot be read" in told(capsys, f"run={bare}")
    for family in ("detection", "synthesis"):
        write_report(bare, family)
        refused = told(capsys, f"run={bare}")
        assert f"of the kind '{family}', which has no model to generate with" in refused
        assert "+experiment=fashion_cgan" in refused


def test_a_link_that_leads_nowhere_is_a_file_that_exists(
    folder: Path, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "shoes.png").symlink_to(here / "none")
    assert "shoes.png exists" in told(capsys, f"run={folder}", "output=shoes.png")
