"""The report of a run as files: the figures and the page."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest
from PIL import Image

from pipeline.reporting.classification import PLATES
from pipeline.reporting.html import draw_report

NAMES = {plate.name for plate in PLATES}


class Page(HTMLParser):
    """Tags, references and visible text of a page."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.references: list[str] = []
        self.classes: list[str] = []
        self.style = ""
        self.text = ""
        self.feed(path.read_text(encoding="utf-8"))
        self.text = " ".join(self.text.split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag and what it refers to."""
        self.tags.append(tag)
        self.references += [value or "" for name, value in attrs if name in {"src", "href", "srcset", "action", "data"}]
        self.classes += [name for key, value in attrs if key == "class" for name in (value or "").split()]

    def handle_data(self, data: str) -> None:
        """Note a text, or the style sheet."""
        if self.tags and self.tags[-1] == "style" and not self.style:
            self.style = data
        else:
            self.text += data


@pytest.fixture(scope="session")
def clean_page(clean_run: Path) -> Page:
    return Page(clean_run / "report.html")


@pytest.fixture(scope="session")
def edge_page(edge_run: Path) -> Page:
    return Page(edge_run / "report.html")


def drawn(run: Path) -> set[str]:
    """Figures of a run that exist in both formats and are not blank."""
    names = set()
    for path in (run / "figures").glob("*.png"):
        with Image.open(path) as image:
            is_filled = len(image.convert("L").getcolors() or []) > 20
        if is_filled and path.with_suffix(".svg").stat().st_size > 10_000:
            names.add(path.stem)
    return names


def test_every_figure_is_drawn_in_both_formats(clean_run: Path) -> None:
    assert drawn(clean_run) == NAMES


def test_every_figure_that_has_data_is_drawn_in_odd_cases_too(edge_run: Path) -> None:
    assert drawn(edge_run) == NAMES - {"vector_coverage"}


@pytest.mark.parametrize("page_name", ["clean_page", "edge_page"])
def test_the_page_needs_no_other_file(page_name: str, request: pytest.FixtureRequest) -> None:
    page: Page = request.getfixturevalue(page_name)
    assert all(reference.startswith(("#", "data:image/svg+xml;base64,")) for reference in page.references)
    assert sum(reference.startswith("data:") for reference in page.references) >= len(NAMES) - 1
    assert not re.search(r"url\(|@import", page.style)
    assert not {"script", "link", "iframe", "object"} & set(page.tags)


def test_links_lead_to_a_place_on_the_page(clean_run: Path, clean_page: Page) -> None:
    places = set(re.findall(r' id="([^"]+)"', (clean_run / "report.html").read_text(encoding="utf-8")))
    links = {reference[1:] for reference in clean_page.references if reference.startswith("#")}
    assert links
    assert links <= places


def test_texts_of_the_corpus_are_escaped(clean_run: Path, clean_page: Page) -> None:
    source = (clean_run / "report.html").read_text(encoding="utf-8")
    assert "<script" not in source.lower()
    assert "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; cheap &amp; cheerful" in source
    assert "<script>alert('x')</script> cheap & cheerful" in clean_page.text
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]", source)


def test_long_messages_are_folded_away(clean_page: Page) -> None:
    assert clean_page.text.count("the rest of the message") == 1
    assert re.search(r"[\d,]+ further characters not shown", clean_page.text)


@pytest.mark.parametrize(("page_name", "is_stand_in"), [("clean_page", False), ("edge_page", True)])
def test_the_banner_is_there_where_data_stand_in(
    page_name: str, request: pytest.FixtureRequest, *, is_stand_in: bool
) -> None:
    page: Page = request.getfixturevalue(page_name)
    assert ("alarm" in page.classes) == is_stand_in
    assert ("Stand-in data: these are not figures of enron_spam" in page.text) == is_stand_in
    assert ("STAND-IN DATA" in page.text) == is_stand_in


def test_published_figures_come_with_a_warning(clean_page: Page, edge_page: Page) -> None:
    assert "repeats what the source did, faults included" in edge_page.text
    assert "repeats what the source did, faults included" not in clean_page.text


def test_the_page_tells_the_verdict_in_words(clean_page: Page) -> None:
    assert "By F1, of 3 baselines, the model" in clean_page.text
    assert "TF-IDF on all training rows has a higher F1 by" in clean_page.text


def test_the_page_holds_what_a_stranger_needs(clean_page: Page) -> None:
    for needed in (
        "33 messages were left out because an earlier one has the same text", "control characters removed",
        "python -m pipeline +experiment=gru_glove seed=7", "0883a4c4" * 8, "with changes that are not committed",
        "model.build.units 50 → 100", "learning_rate: 0.001", "word1's 900", "1,250 MB", "2,000 bootstrap resamples",
        "Matthews correlation", "2025-03-04 05:06 UTC",
    ):  # fmt: skip
        assert needed in clean_page.text, needed


def test_a_run_without_errors_says_so(edge_page: Page) -> None:
    assert "The model made no error on the test part." in edge_page.text
    assert "F1undefined" in edge_page.text.replace(" ", "")


def test_a_run_drawn_again_gives_the_same_bytes(edge_run: Path, tmp_path: Path) -> None:
    """Wherever the folder lies, and also once the manifest knows the time of the first drawing."""
    again = Path(shutil.copytree(edge_run, tmp_path / "moved"))
    manifest = json.loads((again / "manifest.json").read_text(encoding="utf-8"))
    late = manifest["stages"][-1] | {"stage": "classification_report"}
    content = manifest | {"seconds": 999.9, "status": "finished", "stages": [*manifest["stages"], late]}
    (again / "manifest.json").write_text(json.dumps(content), encoding="utf-8")
    shutil.rmtree(again / "figures")
    assert draw_report(again) == again / "report.html"
    names = ["report.html", *(f"figures/{path.name}" for path in (edge_run / "figures").iterdir())]
    assert [name for name in names if (again / name).read_bytes() != (edge_run / name).read_bytes()] == []


def test_the_module_is_cheap_to_import() -> None:
    code = "import sys, pipeline.reporting.html; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"matplotlib", "jinja2", "yaml", "sklearn"} & set(loaded)
