"""The report of a comparison as files: figures, tables and the page."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from comparison_samples import PLANS, write_comparison
from PIL import Image

from pipeline.errors import UserError
from pipeline.reporting.comparison.report import draw_comparison

ALWAYS = {"metrics", "differences", "learning_curves", "roc", "precision_recall", "train_times"}
FIGURES = {
    "two": ALWAYS,
    "four": ALWAYS | {"with_without_sampling"},
    "folds": ALWAYS | {"folds"},
    "many": ALWAYS,
    "odd": ALWAYS,
}


@pytest.fixture(scope="session")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Drawn comparisons of every kind; not to be changed."""
    home = tmp_path_factory.mktemp("comparisons")
    folders = {name: write_comparison(home / name, PLANS[name]) for name in FIGURES}
    for folder in folders.values():
        assert draw_comparison(folder) == folder / "report.html"
    return folders


def source(folder: Path) -> str:
    return (folder / "report.html").read_text(encoding="utf-8")


def text(folder: Path) -> str:
    """What a reader of the page sees."""
    body = re.sub(r"<style>.*?</style>|<[^>]+>", " ", source(folder), flags=re.DOTALL)
    return " ".join(body.replace("&#34;", '"').replace("&amp;", "&").split())


@pytest.mark.parametrize("name", FIGURES)
def test_every_figure_that_the_data_allow_is_drawn_in_both_formats(drawn: dict[str, Path], name: str) -> None:
    found = set()
    for path in (drawn[name] / "figures").glob("*.png"):
        with Image.open(path) as image:
            assert len(image.convert("L").getcolors() or []) > 20, f"{path} is blank"
        assert path.with_suffix(".svg").stat().st_size > 10_000
        found.add(path.stem)
    assert found == FIGURES[name]
    assert source(drawn[name]).count("data:image/svg+xml;base64,") == len(found)


@pytest.mark.parametrize("name", FIGURES)
def test_the_page_needs_no_other_file(drawn: dict[str, Path], name: str) -> None:
    page = source(drawn[name])
    assert not re.search(r"<(script|link|iframe|object)\b|@import|url\(", page)
    references = re.findall(r'(?:src|href)="([^"]+)"', page)
    outside = [one for one in references if not one.startswith(("#", "data:", "tables/")) and "report.html" not in one]
    assert outside == []
    assert {one[1:] for one in references if one.startswith("#")} <= set(re.findall(r' id="([^"]+)"', page))
    for one in references:
        assert not one.startswith("tables/") or (drawn[name] / one).is_file()


def test_drawn_again_it_is_the_same_bytes(drawn: dict[str, Path], tmp_path: Path) -> None:
    again = Path(shutil.copytree(drawn["odd"], tmp_path / "moved"))
    shutil.rmtree(again / "figures")
    (again / "report.html").unlink()
    draw_comparison(again)
    paths = [path.relative_to(again) for path in again.rglob("*") if path.is_file()]
    assert len(paths) > 20
    assert [path for path in paths if (again / path).read_bytes() != (drawn["odd"] / path).read_bytes()] == []


def test_limits_are_told_at_the_top(drawn: dict[str, Path]) -> None:
    odd, two = text(drawn["odd"]), text(drawn["two"])
    for said in (
        "Stand-in data: these are not figures of enron_spam", "STAND-IN DATA", "repeat what the source did",
        "Figures of different protocols must not be compared.",
    ):  # fmt: skip
        assert said in odd
        assert said not in two


def test_names_are_escaped(drawn: dict[str, Path]) -> None:
    assert "gru &amp; &lt;b&gt;_100%_&lt;/b&gt;" in source(drawn["odd"])
    assert "<b>_100%_" not in source(drawn["odd"])


def test_the_page_tells_what_came_of_it(drawn: dict[str, Path]) -> None:
    four, folds = text(drawn["four"]), text(drawn["folds"])
    assert "4 variants and 2 baselines were compared on enron_spam under the clean protocol, one run each" in four
    assert "The highest F1 is that of “gru, no undersampling”" in four
    assert "It is detectably better than lstm. There is no detectable difference between it and" in four
    assert "The baseline TF-IDF, all rows is better than all 4 variants." in four
    assert "the run failed: out of memory" in four
    assert "recall 0.9672 (the Enron report)" in four
    assert "5 folds each" in folds
    assert "Nadeau and Bengio" in folds
    assert "McNemar" in folds


def test_each_run_is_linked_with_its_command(drawn: dict[str, Path]) -> None:
    page = source(drawn["four"])
    assert '<a href="3/report.html">3</a>' in page
    assert "python -m pipeline +experiment=gru model=lstm seed=0" in page
    assert "python -m pipeline.compare outputs/sweeps/" in page


def test_long_tables_are_folded_away(drawn: dict[str, Path]) -> None:
    assert "<details><summary>All 55 pairs</summary>" in source(drawn["many"])
    assert "<details>" not in source(drawn["four"])


def test_files_that_are_missing_or_damaged_are_named(drawn: dict[str, Path], tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no comparison folder"):
        draw_comparison(tmp_path / "nothing")
    broken = Path(shutil.copytree(drawn["two"], tmp_path / "broken"))
    (broken / "tables" / "roc.parquet").unlink()
    with pytest.raises(UserError, match=r"comparison folder lacks tables/roc\.parquet") as caught:
        draw_comparison(broken)
    assert "compare the runs again" in caught.value.remedy
    (broken / "comparison.json").write_text("{}", encoding="utf-8")
    with pytest.raises(UserError, match=r"comparison\.json of the comparison folder cannot be read"):
        draw_comparison(broken)


def test_nothing_that_was_drawn_before_stays(drawn: dict[str, Path], tmp_path: Path) -> None:
    """A job that had failed was mended: the list of unfinished runs goes, and so does a figure that has no data now."""
    folder = Path(shutil.copytree(drawn["four"], tmp_path / "again"))
    kept = {path.name for path in (folder / "tables").iterdir() if path.stem != "unfinished"}
    assert {path.name for path in (folder / "tables").glob("unfinished.*")} == {
        "unfinished.csv", "unfinished.md", "unfinished.tex",
    }  # fmt: skip
    (folder / "figures" / "folds.png").write_bytes(b"")
    (folder / "figures" / "folds.svg").write_bytes(b"")
    content = json.loads((folder / "comparison.json").read_text(encoding="utf-8"))
    (folder / "comparison.json").write_text(json.dumps(content | {"unfinished": []}), encoding="utf-8")
    draw_comparison(folder)
    assert {path.name for path in (folder / "tables").iterdir()} == kept
    assert {path.stem for path in (folder / "figures").iterdir()} == FIGURES["four"]


def test_a_comparison_of_baselines_alone_is_refused(drawn: dict[str, Path], tmp_path: Path) -> None:
    bare = Path(shutil.copytree(drawn["two"], tmp_path / "bare"))
    content = json.loads((bare / "comparison.json").read_text(encoding="utf-8"))
    content["variants"] = [variant for variant in content["variants"] if variant["is_baseline"]]
    (bare / "comparison.json").write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(UserError, match="no variant but baselines"):
        draw_comparison(bare)


def test_the_module_is_cheap_to_import() -> None:
    code = "import sys, pipeline.reporting.comparison; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"matplotlib", "jinja2", "yaml", "sklearn"} & set(loaded)
