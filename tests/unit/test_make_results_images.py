"""The page of results, from folders of runs on images."""

from __future__ import annotations

import importlib
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import image_run_samples as images
from pipeline.reporting.images.report import draw_images

ROOT = Path(__file__).parents[2]


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(ROOT / "scripts")
    return importlib.import_module("make_results")


def image_run(folder: Path, made: images.Made) -> Path:
    """The folder of a finished run on images, without its figures."""
    run = images.write_run(folder, made)
    facts = json.loads((run / "report.json").read_text(encoding="utf-8"))
    metrics = {name: facts[name] for name in ("experiment", "dataset", "protocol", "stand_in")} | {"seed": made.seed}
    manifest = json.loads((run / "manifest.json").read_text(encoding="utf-8")) | {"status": "finished"}
    for name, content in (("metrics", metrics), ("manifest", manifest)):
        (run / f"{name}.json").write_text(json.dumps(content), encoding="utf-8")
    return run


def page_of_images(script: Any, folder: Path, *runs: Path) -> str:
    """The page of results of runs on images."""
    assert script.main([*map(str, runs), "--output", str(folder / "docs")]) == 0
    page = (folder / "docs" / "RESULTS.md").read_text(encoding="utf-8")
    return page.replace("\N{NO-BREAK SPACE}", " ").replace("\\_", "_")


def test_a_run_on_images_has_a_section_of_its_own(script: Any, tmp_path: Path) -> None:
    run = image_run(tmp_path / "run", images.FULL)
    draw_images(run)
    page = page_of_images(script, tmp_path, run)
    assert "## fashion_cgan on fashion_mnist, protocol clean, seed 7" in page
    assert f"\n\n    {images.COMMAND}\n\n" in page
    assert "The generator learnt from 1,800 images of the training file, in 3 classes" in page
    assert re.search(r"6 epochs of 937 updates of each, 2[23] s each; epoch 6 was kept", page)
    heads = (
        "Class accuracy → | Fréchet distance ↓ | Kernel distance ↓ | Precision → | Recall ↑ | Density → | Coverage ↑"
    )
    assert f"| Set | {heads} | Diversity → | Trained on drawings ↑ |" in page
    assert len(re.findall(r"^\| Set \||^\| Class \|", page, re.MULTILINE)) == 1, "classes and copies: in the report"
    assert re.search(
        r"^By class: class accuracy from 0\.\d{3} \(.*; recall from .*; diversity from ", page, re.MULTILINE
    )
    assert "The figure of the epochs" not in page
    assert "| cgan; the generator of this run | 0.881 [0.875, 0.887] | 4.35 [4.23, 4.47] | 0.0210 [" in page
    assert "| Gaussian; to be beaten | 0.702 [0.696, 0.708] | 21.7 [" in page
    assert re.search(r"^\| Real images; put where drawings would be \| 0\.924 \[.* \| 0\.924 \[", page, re.MULTILINE)
    assert "- **Does it beat the Gaussian? By " in page
    assert "No class has collapsed." in page
    assert "None of 300 drawings equals a training image" in page
    assert "<script>" not in page, "names of classes are text"
    assert "&lt;script&gt;alert('x')&lt;/script&gt;" in page
    assert "| experiment | data set |" not in page, "no table of classifiers"
    shown = re.findall(r"\((figures/\S+)\)", page)
    names = ["grid.png", "scores.png", "measures.png", "epochs.png", "training.gif"]
    assert shown == [f"figures/fashion_cgan_fashion_mnist_clean_{name}" for name in names]
    assert all((tmp_path / "docs" / name).exists() for name in shown)


def test_copies_are_told_in_a_line_and_what_a_figure_leaves_out_too(script: Any, tmp_path: Path) -> None:
    page = page_of_images(script, tmp_path, image_run(tmp_path / "run", replace(images.TEN, close=0.0)))
    assert "0 % (below 0.1 %) of them are closer to a training image" in page
    assert "The figure of the epochs shows 5 of the 10 classes." in page


def test_a_published_run_on_images_stands_beside_the_clean_one(script: Any, tmp_path: Path) -> None:
    bad = replace(images.BAD, stand_in=False, dataset="fashion_mnist", close=0.0)
    runs = [image_run(tmp_path / "0", bad), image_run(tmp_path / "1", images.FULL)]
    for run in runs:
        (run / "figures").mkdir()
        (run / "figures" / "grid.png").write_bytes(run.name.encode())
    page = page_of_images(script, tmp_path, *runs)
    clean, published = page.split("## fashion_cgan on fashion_mnist, protocol ")[1:]
    assert clean.startswith("clean, seed 7")
    assert published.startswith("published, seed 7")
    assert "- **Training diverged and was stopped after 3 of 30 epochs.** The loss of the generator was" in published
    assert "- **2 of 3 classes collapsed.** The classes T-shirt/top and Ankle boot (draws too much alike)." in published
    assert "- **Published protocol.** " in published
    assert "3 of 300 (1.0 %) drawings equal a training image" in published
    assert "stopped after" not in clean
    figures = tmp_path / "docs" / "figures"
    assert sorted((file.name, file.read_text()) for file in figures.iterdir()) == [
        ("fashion_cgan_fashion_mnist_clean_grid.png", "1"),
        ("fashion_cgan_fashion_mnist_published_grid.png", "0"),
    ]


def test_a_figure_that_is_too_large_stays_in_the_folder_of_its_run(script: Any, tmp_path: Path) -> None:
    run = image_run(tmp_path / "run", images.FULL)
    (run / "figures").mkdir()
    for name, size in (("training.gif", script.LARGEST + 1), ("grid.png", script.LARGEST)):
        (run / "figures" / name).write_bytes(bytes(size))
    page = page_of_images(script, tmp_path, run)
    assert "grid.png" in page
    assert "training.gif" not in page
    assert [file.name for file in (tmp_path / "docs" / "figures").iterdir()] == [
        "fashion_cgan_fashion_mnist_clean_grid.png"
    ]
