"""The report of a synthesis run as files: the figures and the page."""

from __future__ import annotations

import json
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path

import pytest
from PIL import Image

from pipeline.reporting.redraw import redraw
from synthesis_samples import COMMAND, LONG_WORD

FIGURES = {
    "evaluators", "scorecard", "augmentation", "augmentation_differences", "losses", "kl_by_dimension", "latent_planes",
    "class_counts", "text_lengths", "vector_coverage",
}  # fmt: skip
SECTIONS = [
    "evaluators", "scorecard", "augmentation", "latent", "messages", "data", "vectors", "settings", "reproduce",
]  # fmt: skip


class Page(HTMLParser):
    """Tags, references and visible text of a page."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.source = path.read_text(encoding="utf-8")
        self.tags: list[str] = []
        self.references: list[str] = []
        self.classes: list[str] = []
        self.texts: list[str] = []
        self.feed(self.source)
        self.text = " ".join(" ".join(self.texts).replace("\N{NO-BREAK SPACE}", " ").split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag and what it refers to."""
        self.tags.append(tag)
        self.references += [value or "" for name, value in attrs if name in {"src", "href", "srcset", "action", "data"}]
        self.classes += [name for key, value in attrs if key == "class" for name in (value or "").split()]

    def handle_data(self, data: str) -> None:
        """Note a text."""
        if self.tags[-1:] != ["style"]:
            self.texts.append(data)


@pytest.fixture(scope="session")
def plain_page(plain_folder: Path) -> Page:
    return Page(plain_folder / "report.html")


@pytest.fixture(scope="session")
def odd_page(odd_folder: Path) -> Page:
    return Page(odd_folder / "report.html")


def drawn(run: Path) -> set[str]:
    """Figures of a run that exist in both formats and are not blank."""
    names = set()
    for path in (run / "figures").glob("*.png"):
        with Image.open(path) as image:
            is_filled = len(image.convert("L").getcolors() or []) > 20
        if is_filled and path.with_suffix(".svg").stat().st_size > 5_000:
            names.add(path.stem)
    return names


def test_every_figure_is_drawn_in_both_formats(plain_folder: Path, odd_folder: Path) -> None:
    assert drawn(plain_folder) == FIGURES
    assert drawn(odd_folder) == FIGURES - {"vector_coverage"}


@pytest.mark.parametrize("page_name", ["plain_page", "odd_page"])
def test_the_page_needs_no_other_file(page_name: str, request: pytest.FixtureRequest) -> None:
    page: Page = request.getfixturevalue(page_name)
    assert all(reference.startswith(("#", "data:image/svg+xml;base64,")) for reference in page.references)
    assert sum(reference.startswith("data:") for reference in page.references) >= len(FIGURES) - 1
    assert not {"script", "link", "iframe", "object"} & set(page.tags)
    assert not re.search(r"url\(|@import", page.source.partition("</style>")[0])


def test_sections_come_in_order_and_links_lead_to_them(plain_page: Page) -> None:
    assert re.findall(r'<section id="([^"]+)"', plain_page.source) == SECTIONS
    assert [reference[1:] for reference in plain_page.references if reference.startswith("#")] == SECTIONS


def test_texts_are_escaped_and_controls_made_visible(plain_page: Page) -> None:
    assert "<script" not in plain_page.source.lower()
    assert "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; cheap &amp; cheerful" in plain_page.source
    assert LONG_WORD in plain_page.source
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]", plain_page.source)


def test_the_four_questions_are_answered_first(plain_page: Page, odd_page: Page) -> None:
    lead = plain_page.text.partition("Evaluators: classifiers")[0]
    assert "Is the latent alive? Yes. A code costs 7.46 nats" in lead
    assert "12 of 16 dimensions are active" in lead
    assert "Gaussian naive Bayes 0.713 against 0.842 (worse, −0.129 [−0.159, −0.099])" in lead
    assert "adding synthetic messages cannot be told from doing nothing or class weights; is worse than" in lead
    assert "random oversampling and word dropout in 3 of 12 each" in lead
    assert "3 of 1,020 (0.3 %) generated messages repeat a training message word for word" in lead
    assert "No: it has collapsed" in odd_page.text
    assert "None of the 48 generated messages repeats a training message" in odd_page.text


def test_messages_that_were_asked_for_are_marked(plain_page: Page) -> None:
    assert plain_page.text.count("asked for, read and written as ham") == 1


def test_copies_are_flagged(plain_page: Page, odd_page: Page) -> None:
    assert plain_page.text.count("copy of row 1,234") == 3
    assert "copy of row" not in odd_page.text


def test_published_figures_are_shown_for_their_data_set_alone(plain_page: Page, odd_page: Page) -> None:
    shown = "the source does not say what it was trained and tested on 0.926 0.846 0.814"
    assert shown in plain_page.text
    assert "trained on 1,020 real messages (156 positive), tested on 425 real messages" in plain_page.text
    assert "what it was trained and tested on 0.926" not in odd_page.text
    assert "0.032 nats over 16 dimensions" in plain_page.text
    assert "Its reconstruction loss is 0.1231" in plain_page.text


def test_the_banner_is_there_where_data_stand_in(plain_page: Page, odd_page: Page) -> None:
    assert "alarm" in odd_page.classes
    assert "Stand-in data: these are not figures of sms_spam" in odd_page.text
    assert "alarm" not in plain_page.classes
    assert "repeats what the source says, faults included: batches of one message" in odd_page.text
    assert "Word vectors are of 50 numbers, those of the source of 100." in odd_page.text


def test_a_model_for_each_class_is_told_apart(plain_page: Page, odd_page: Page) -> None:
    assert "Two variational autoencoders of LSTM layers, one for spam and one for ham" in odd_page.text
    assert "Training of the model of ham" in odd_page.text
    assert "Training stopped early after 40 epochs; epoch 34 was kept." in plain_page.text


def test_what_is_undefined_says_so_and_what_is_missing_too(odd_page: Page) -> None:
    assert "nan" not in odd_page.text.lower().split()
    assert "What a prior of RealNVP gains over the Gaussian one is undefined." in odd_page.text
    assert odd_page.text.count("None was made.") == 2


def test_the_page_holds_what_a_stranger_needs(plain_page: Page) -> None:
    for needed in (
        COMMAND,
        "0883a4c4" * 8,
        "126 messages were left out",
        "receiv 12",
        "latent: 16",
        "11.4 % on average",
    ):
        assert needed in plain_page.text, needed


def test_a_run_drawn_again_gives_the_same_bytes(plain_folder: Path, tmp_path: Path) -> None:
    """Wherever the folder lies, and also once the manifest knows the time of the first drawing."""
    again = Path(shutil.copytree(plain_folder, tmp_path / "moved"))
    manifest = json.loads((again / "manifest.json").read_text(encoding="utf-8"))
    late = manifest["stages"][-1] | {"stage": "synthesis_report"}
    content = manifest | {"seconds": 999.9, "status": "finished", "stages": [*manifest["stages"], late]}
    (again / "manifest.json").write_text(json.dumps(content), encoding="utf-8")
    shutil.rmtree(again / "figures")
    assert redraw(again) == again / "report.html"
    names = ["report.html", *(f"figures/{path.name}" for path in (plain_folder / "figures").iterdir())]
    assert [name for name in names if (again / name).read_bytes() != (plain_folder / name).read_bytes()] == []
