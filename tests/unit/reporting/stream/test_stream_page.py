"""The report of a run on a stream as files: the figures and the page."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
from PIL import Image
from stream_pages import Drawn, drawn

from pipeline.reporting.redraw import redraw
from stream_samples import COMMAND, Made, write_run

FIGURES = {
    "filters": {"prequential", "totals", "trec_curve"},
    "drift": {"prequential", "totals", "trec_curve"},
    "versus_batch": {"prequential", "totals", "trec_curve", "cost"},
    "odd": {"totals"},
    "memory": {"memory_accuracy", "memory_errors"},
}
SECTIONS = {
    "filters": ["totals", "unfamiliar", "stream", "data", "settings", "reproduce"],
    "drift": ["totals", "unfamiliar", "stream", "change", "data", "settings", "reproduce"],
    "versus_batch": ["totals", "unfamiliar", "stream", "data", "settings", "reproduce"],
    "odd": ["totals", "unfamiliar", "stream", "change", "data", "settings", "reproduce"],
    "memory": ["accuracy", "counts", "data", "settings", "reproduce"],
}
KINDS = list(FIGURES)


@pytest.mark.parametrize("kind", KINDS)
def test_every_figure_is_drawn_in_both_formats(kind: str, runs: dict[str, Drawn]) -> None:
    names = set()
    for path in (runs[kind].folder / "figures").glob("*.png"):
        with Image.open(path) as image:
            is_filled = len(image.convert("L").getcolors() or []) > 20
        if is_filled and path.with_suffix(".svg").stat().st_size > 5_000:
            names.add(path.stem)
    assert names == FIGURES[kind]
    assert runs[kind].source.count("<figure>") == len(names)


@pytest.mark.parametrize("kind", KINDS)
def test_sections_come_in_order_and_all_links_lead_somewhere(kind: str, runs: dict[str, Drawn]) -> None:
    page = runs[kind]
    assert re.findall(r'<section id="(\w+)">', page.source) == SECTIONS[kind]
    links = [reference for reference in page.references if reference.startswith("#")]
    assert links == [f"#{name}" for name in SECTIONS[kind]]


@pytest.mark.parametrize("kind", KINDS)
def test_the_page_needs_no_other_file(kind: str, runs: dict[str, Drawn]) -> None:
    assert all(reference.startswith(("data:image/svg+xml;base64,", "#")) for reference in runs[kind].references)
    assert "url(" not in runs[kind].source


@pytest.mark.parametrize("kind", KINDS)
def test_the_page_holds_what_a_stranger_needs(kind: str, runs: dict[str, Drawn]) -> None:
    for needed in (COMMAND, "0883a4c4" * 8, "ngrams: [1, 2]", "4 exact copies were left out", "Why these metrics"):
        assert needed in runs[kind].text, needed
    assert "nan" not in runs[kind].text.lower().split()
    assert "reports no figures to set beside these" in runs[kind].text


def test_banners_are_there_where_data_stand_in_or_the_stream_is_sorted(runs: dict[str, Drawn]) -> None:
    assert runs["odd"].classes.count("alarm") == 2
    assert runs["odd"].headline.startswith("STAND-IN DATA, SORTED BY CLASS, sms_spam, 60 messages in the order of the")
    assert "This stream is sorted by class" in runs["odd"].text
    assert "whoever repeats the last label is hardly ever wrong" in runs["odd"].text
    assert "alarm" not in runs["filters"].classes


def test_in_a_sorted_stream_no_answer_is_coloured(runs: dict[str, Drawn]) -> None:
    assert not {"beats", "loses"} & set(runs["odd"].classes)
    assert {"beats", "loses"} & set(runs["drift"].classes)


def test_the_stream_is_told_before_any_figure(runs: dict[str, Drawn]) -> None:
    lead = runs["drift"].text.partition("How well each model does")[0]
    for needed in (
        "2,400 messages of sms_spam (",
        "come one after another, shuffled by seed.",
        "have an earlier near-duplicate",
        "A model scores 10 messages before it learns them. Labels come 50 messages late.",
        "From message 1,200 on, 5 words that spam used until then are replaced in it by new words",
    ):
        assert needed in lead, needed
    behind = "Totals are over the 1,500 messages from position 500 on, which all models have scored."
    assert behind in runs["versus_batch"].text
    assert "Totals are over" not in lead


def test_an_interval_without_width_is_explained_where_there_is_one(runs: dict[str, Drawn], tmp_path: Path) -> None:
    perfect = drawn(tmp_path / "run", write_run(tmp_path / "run", Made(skill=30.0, num_messages=400)))
    said = "With none of n, a rate up to 3/n is not ruled out."
    assert "0.00 % [0.00, 0.00 %]" in perfect.text
    assert said in perfect.text
    assert said not in runs["filters"].text


def test_words_of_messages_are_escaped(runs: dict[str, Drawn]) -> None:
    assert "<script" not in runs["drift"].source.lower()
    assert "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;" in runs["drift"].source
    assert "The commonest 4 of 5" in runs["drift"].text


def test_blind_accuracy_is_told(runs: dict[str, Drawn]) -> None:
    report = json.loads((runs["filters"].folder / "report.json").read_text(encoding="utf-8"))
    stream = report["counts"][0]
    share = 100 * stream["negative"] / (stream["negative"] + stream["positive"])
    assert f"calling every message ham would have {share:.1f} % right" in runs["filters"].text


@pytest.mark.parametrize("kind", ["drift", "memory"])
def test_a_run_drawn_again_gives_the_same_bytes(kind: str, runs: dict[str, Drawn], tmp_path: Path) -> None:
    """Wherever the folder lies, and also once the manifest knows the time of the first drawing."""
    again = Path(shutil.copytree(runs[kind].folder, tmp_path / "moved"))
    manifest = json.loads((again / "manifest.json").read_text(encoding="utf-8"))
    late = manifest["stages"][-1] | {"stage": "stream_report"}
    content = manifest | {"seconds": 999.9, "status": "finished", "stages": [*manifest["stages"], late]}
    (again / "manifest.json").write_text(json.dumps(content), encoding="utf-8")
    shutil.rmtree(again / "figures")
    assert redraw(again) == again / "report.html"
    names = ["report.html", *(f"figures/{path.name}" for path in (runs[kind].folder / "figures").iterdir())]
    assert [name for name in names if (again / name).read_bytes() != (runs[kind].folder / name).read_bytes()] == []
