"""The page of a run of character models: its sections, what is untrusted in it, its folder and its protocol."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from character_samples import COMMAND, FULL, HOSTILE, LONE, TRAINING, Made, write_run
from pipeline.errors import UserError
from pipeline.reporting.characters import messages
from pipeline.reporting.characters.folder import read_characters
from pipeline.reporting.characters.protocol import deviations, faults, published_note
from pipeline.reporting.characters.recipes import Settings
from pipeline.reporting.characters.scene import Scene
from pipeline.reporting.characters.sentences import explained, headline, samples_sentence
from pipeline.reporting.redraw import redraw

ODD = Made(protocol="published", stand_in=True, undefined=True, never=True, num_unknown=0, temperatures=(0.5, 1.0))
RUNS = {"full": FULL, "lone": LONE, "odd": ODD}
SECTIONS = ["bits", "pairs", "schemes", "figures", "samples", "scores", "recognition", "surprise", "source", "data",
            "settings", "reproduce"]  # fmt: skip
HEADLINE = """\
sms_spam, clean protocol: 1,050 test messages, 96,000 characters, 118 symbols
bits per character: char_best 2.390 [2.340, 2.440], 5-gram 2.660 [2.610, 2.710], bz2 2.550, lzma 2.720, zlib 3.450
char_best less 5-gram: −0.270 [−0.287, −0.253], p ≤ 0.030: the network is better
char_lstm less char_rnn: −0.350 [−0.367, −0.333]
char_lstm_windowed less char_rnn_windowed: −0.270 [−0.287, −0.253]
char_rnn reached the 3.410 of char_rnn_windowed (7 min 30 s) in 8.5 s, 1/53 of its time
char_lstm reached the 3.140 of char_lstm_windowed (9 min 30 s) in 10 s, 1/57 of its time"""


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Drawn runs: five networks, one alone, and one in which all is unusual; not to be changed."""
    root = tmp_path_factory.mktemp("characters")
    found = {name: write_run(root / name, made) for name, made in RUNS.items()}
    for folder in found.values():
        redraw(folder)
    return found


def source_of(folder: Path) -> str:
    return (folder / "report.html").read_text(encoding="utf-8").replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize("name", RUNS)
def test_sections_come_in_order_and_all_links_lead_somewhere(name: str, folders: dict[str, Path]) -> None:
    source = source_of(folders[name])
    expected = [section for section in SECTIONS if section != "schemes" or name != "lone"]
    assert re.findall(r'<section id="(\w+)">', source) == expected
    assert re.findall(r'href="#(\w+)"', source) == expected
    assert source.count("<figure>") == len(list((folders[name] / "figures").glob("*.svg")))
    assert not re.search(r"\bnan\b", re.sub(r'base64,[^"]*', "", source))


def test_the_headline_can_be_told_before_the_page_is_drawn(tmp_path: Path) -> None:
    run = read_characters(write_run(tmp_path / "run", FULL))
    assert headline(run.report, run.tables) == HEADLINE


def test_the_page_holds_what_a_stranger_needs(folders: dict[str, Path]) -> None:
    source = source_of(folders["full"])
    lead = "the best network on validation, char_best (LSTM, 448 units), pays 2.390 [2.340, 2.440] bits per character."
    command = "python -m pipeline.generate run=FOLDER prompt=&#34;...&#34; temperature=0.7 n=5"
    alphabet = "116 characters of the training part, and one for all others, which stands for 31 characters of the test"
    for needed in (COMMAND, lead, command, alphabet, *faults(Settings()), *deviations(Settings())):
        assert needed in source, needed
    assert not re.findall(r'class="notice (\w+)"', source)
    assert "and one for all others, which the test part never needs." in source_of(folders["lone"])


def test_texts_are_escaped_and_their_lines_are_visible(folders: dict[str, Path]) -> None:
    source = source_of(folders["full"])
    assert HOSTILE not in source
    assert source.count("&lt;script&gt;") > 10
    assert "wat u doin?↵\nlove you↵\n↵\nx" in source
    assert '<blockquote dir="auto">مرحبا كيف حالك</blockquote>' in source
    assert '<span class="omitted">(empty)</span>' in source


def test_copies_and_cut_samples_are_flagged(folders: dict[str, Path]) -> None:
    source = source_of(folders["full"])
    copy = TRAINING.replace("'", "&#39;")
    copies = re.findall(rf'{copy} <span class="tag loses">repeats a training message</span>', source)
    cut = re.findall(r'so<span class="omitted" title="cut at 200 characters">…</span>', source)
    sets = 4 * (6 + 2)  # temperatures, and models or classes asked for
    assert len(copies) == len(cut) == sets == source.count("repeats a training message")


def test_samples_that_a_class_was_asked_for_stand_by_class(folders: dict[str, Path]) -> None:
    assert source_of(folders["full"]).count("<h4>Asked for spam</h4>") == len(FULL.temperatures)
    assert "Asked for" not in source_of(folders["lone"])
    assert "The other models" in source_of(folders["lone"])  # the n-gram model


def test_another_model_may_be_asked_for_a_class_too(tmp_path: Path) -> None:
    second = replace(FULL.networks[1], conditional=True)
    folder = write_run(tmp_path / "run", Made(networks=(second, FULL.networks[4]), temperatures=(1.0,)))
    redraw(folder)
    assert source_of(folder).count("<h4>Asked for ham</h4>") == 2


def test_every_character_of_a_message_tells_its_bits(folders: dict[str, Path]) -> None:
    run = read_characters(folders["full"])
    glyphs = re.findall(r'<span class="s(\d)" title="([\d.]+) bits">([^<]*)</span>', source_of(folders["full"]))
    assert len(glyphs) == len(run.tables.surprise)
    assert [min(9, int(bits)) for bits in run.tables.surprise["bits"]] == [int(level) for level, _, _ in glyphs]
    assert sum(text == messages.END for _, _, text in glyphs) == 6


def test_shades_darken_and_can_be_read() -> None:
    light = [luminance(background) for _, background, _ in messages.SHADES]
    assert light == sorted(light, reverse=True)
    assert len(light) == messages.MOST + 1
    for _, background, ink in messages.SHADES:  # contrast: WCAG 2.1, level AA
        dark, bright = sorted((luminance(background), luminance(ink)))
        assert (bright + 0.05) / (dark + 0.05) >= 4.5, background


def luminance(color: str) -> float:
    """Relative luminance of #rrggbb, as WCAG 2.1 defines it."""
    parts = [int(color[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_banners_tell_of_stand_ins_and_of_faults(folders: dict[str, Path]) -> None:
    source = source_of(folders["odd"])
    assert re.findall(r'class="notice (\w+)"', source) == ["alarm", "caution", "caution"]
    assert "The test part doubles as the validation part" in source


def test_only_published_runs_of_this_source_carry_its_note() -> None:
    assert "no message is held out" in published_note("text_generation", "published")
    assert not published_note("text_generation", "clean")
    assert not published_note("vae_workshop", "published")


def settings_of(**recipe: Any) -> Settings:
    """Those of a run of one network that is trained as the source was, but for this."""
    source = {
        "scheme": "windowed", "epochs": 30, "batch_size": 128, "steps": 100, "optimiser": "rmsprop",
        "learning_rate": 0.01, "schedule": "plateau", "clipnorm": None, "ema_decay": None, "keep": "best",
    }  # fmt: skip
    return TypeAdapter(Settings).validate_python({"writers": {"net": {"training": source | recipe}}})


def test_what_is_as_in_the_source_is_read_off_the_settings() -> None:
    same = settings_of()
    assert deviations(same)["Descent"].endswith(
        "In this and in all else that it says, net was trained as it describes."
    )
    assert faults(same)["Not said"].endswith(
        "Here a batch has 128 windows and the rate falls after one epoch without improvement."
    )
    other = settings_of(
        epochs=1, optimiser="adam", learning_rate=0.002, schedule="cosine", ema_decay=0.99, batch_size=9
    )
    assert deviations(other)["Descent"].endswith(
        "Here was trained: net by Adam at 0.002, falling by a cosine, for 1 epoch, with a running mean of the weights."
    )
    assert faults(other)["Not said"].endswith("Here a batch has 9 windows.")
    assert "Here the last one is kept." in deviations(settings_of(keep="last"))["Epoch kept"]
    assert "No model of this run" in faults(settings_of(scheme="streamed", schedule="cosine"))["Not said"]


def test_the_length_of_a_window_is_read_off_the_settings(folders: dict[str, Path]) -> None:
    run = read_characters(folders["full"])
    scene = Scene(run.report, run.tables, settings_of(steps=80))
    assert "after each run of 80 characters;" in dict(explained(scene))["Windowed"]
    assert "pay for which one it is" in dict(explained(scene))["Compressor"]


def test_the_page_holds_how_networks_were_trained(folders: dict[str, Path]) -> None:
    source = source_of(folders["full"])
    assert "<summary>How the networks were trained</summary>" in source
    assert "keeps the seconds of the day it ran" in source
    assert "Copied runs of 4 words" in source


@pytest.mark.parametrize(("drawing", "told"), [
    ({}, ""), ({"top_k": 40}, "one of the 40 likeliest (top-k, top-p)"),
    ({"top_p": 0.9}, "one of the likeliest that together have 90.0 % of the probability"),
    ({"top_k": 5, "top_p": 0.5}, "one of the 5 likeliest and the likeliest that together have 50.0 %"),
])  # fmt: skip
def test_samples_say_what_they_were_drawn_from(drawing: dict[str, float], told: str, folders: dict[str, Path]) -> None:
    run = read_characters(folders["full"])
    said = samples_sentence(Scene(run.report, run.tables, TypeAdapter(Settings).validate_python({"samples": drawing})))
    assert told in said
    assert ("among those that may be drawn" in said) == bool(drawing)


def test_temperatures_rise_and_the_main_one_is_marked(folders: dict[str, Path]) -> None:
    heads = re.findall(r"<h4>Temperature (.*?)</h4>", source_of(folders["full"]))
    assert heads == ["0.5", "0.7", '1.0 <span class="tag">as in the tables</span>', "1.2"]


def test_a_page_of_messages_that_were_trained_on_speaks_of_no_others(folders: dict[str, Path]) -> None:
    source = source_of(folders["odd"])
    assert "the messages it was trained on</h2>" in source
    assert "real training messages</h2>" in source
    results = source[source.index('<section id="bits">') : source.index('<section id="source">')]
    body = re.sub(r'base64,[^"]*', "", results)
    assert "test message" not in body
    assert "test part" not in body


def test_a_setting_of_another_kind_is_told(tmp_path: Path) -> None:
    folder = write_run(tmp_path / "run", replace(LONE, recipes={"char_lstm": {"epochs": "many"}}))
    with pytest.raises(UserError, match=r"writers\.char_lstm\.training\.epochs"):
        read_characters(folder)


def test_a_redrawn_page_is_the_same(folders: dict[str, Path], tmp_path: Path) -> None:
    copy = Path(shutil.copytree(folders["odd"], tmp_path / "run"))
    (copy / "report.html").unlink()
    assert redraw(copy).read_bytes() == (folders["odd"] / "report.html").read_bytes()


def test_a_damaged_folder_is_told(tmp_path: Path) -> None:
    folder = write_run(tmp_path / "run", LONE)
    report = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    (folder / "report.json").write_text(json.dumps(report | {"limit": "long"}), encoding="utf-8")
    with pytest.raises(UserError, match="limit"):
        read_characters(folder)
    (folder / "report.json").write_text(json.dumps(report), encoding="utf-8")
    (folder / "tables" / "bits.parquet").unlink()
    with pytest.raises(UserError, match=r"lacks tables/bits\.parquet"):
        read_characters(folder)
