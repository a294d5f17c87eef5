"""The page of a run on images: its sections, what is untrusted in it, its banners and what it says."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from image_run_samples import BAD, COMMAND, FULL, HOSTILE, Made, write_run
from pipeline.reporting.images import report as page
from pipeline.reporting.images.findings import findings
from pipeline.reporting.images.folder import read_images
from pipeline.reporting.images.protocol import DEVIATIONS, FAULTS, OPEN, published_note
from pipeline.reporting.images.scene import Scene, some
from pipeline.reporting.images.scores import SCORE, SCORES
from pipeline.reporting.images.sentences import (
    generate_command,
    headline,
    lead,
    models_sentence,
    parts_sentence,
)
from pipeline.reporting.images.tables import class_table, contest_table, copy_table, score_table
from pipeline.reporting.redraw import redraw

ALONE = Made(gan="real_thing", baseline="plain", epochs=1, wanted=1, columns=1, resamples=10)
MANY = replace(FULL, classes=tuple(f"class {number}" for number in range(60)), columns=2, epochs=2, wanted=2)
RUNS = {"full": FULL, "bad": BAD, "alone": ALONE, "many": MANY}
SECTIONS = ["scores", "classes", "figures", "copies", "contests", "made", "source", "settings", "reproduce"]
HEADLINE = """\
fashion_mnist, clean protocol: 300 test images; cgan reaches class accuracy 0.881 [0.875, 0.887] \
(real images 0.924, Gaussian 0.702); Fréchet distance 4.35 [4.23, 4.47] (real images 0.210, Gaussian 21.7, less is \
better).
It beats the Gaussian by all 9 scores."""
TROUBLE = """\
Training diverged and was stopped after 3 of 30 epochs. Collapsed: the classes T-shirt/top and Ankle boot.
STAND-IN DATA, digits, published protocol: 300 test images; mine_too reaches class accuracy 0.881 \
(real images 0.924, Gaussian 0.881); Fréchet distance 4.35 (real images 0.210, Gaussian 4.35, less is better).
Whether it beats the Gaussian cannot be told."""


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Drawn runs; not to be changed."""
    root = tmp_path_factory.mktemp("images")
    found = {name: write_run(root / name, made) for name, made in RUNS.items()}
    for folder in found.values():
        redraw(folder)
    return found


def source_of(folder: Path) -> str:
    return (folder / "report.html").read_text(encoding="utf-8").replace("\N{NO-BREAK SPACE}", " ")


def scene_of(folder: Path, made: Made) -> Scene:
    run = read_images(write_run(folder, made))
    return Scene(run.report, run.tables)


def answers(folder: Path, made: Made) -> dict[str, tuple[str, str, str]]:
    found = findings(scene_of(folder, made))
    plain = {one.question: one.answer.replace("\N{NO-BREAK SPACE}", " ") for one in found}
    return {one.question: (one.tag, one.style, plain[one.question]) for one in found}


@pytest.mark.parametrize("name", RUNS)
def test_sections_come_in_order_and_all_links_lead_somewhere(name: str, folders: dict[str, Path]) -> None:
    source = source_of(folders[name])
    assert re.findall(r'<section id="(\w+)">', source) == SECTIONS
    assert re.findall(r'href="#(\w+)"', source) == SECTIONS
    drawn = {path.stem for path in (folders[name] / "figures").glob("*.svg")}
    assert source.count("<figure>") == len(drawn) + 1
    assert page.FIRST in drawn
    assert source.index("<figure>") < source.index('<ul class="verdicts findings">')
    assert not re.search(r"\bnan\b", re.sub(r'base64,[^"]*', "", source))


def test_the_page_is_one_file_without_scripts(folders: dict[str, Path]) -> None:
    source = source_of(folders["full"])
    assert re.findall(r'src="([^"]{0,14})', source)
    assert set(re.findall(r'src="(data:image/\w+)', source)) == {"data:image/svg", "data:image/gif"}
    assert "<script" not in source
    assert "http" not in re.sub(r'base64,[^"]*', "", source)


def test_names_of_classes_are_escaped(folders: dict[str, Path]) -> None:
    for name in ("full", "bad"):
        source = source_of(folders[name])
        assert HOSTILE not in source
        assert "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;" in source


def test_the_page_holds_what_a_stranger_needs(folders: dict[str, Path]) -> None:
    source = source_of(folders["full"])
    for needed in (COMMAND, OPEN, *FAULTS, *DEVIATIONS, *(score.label for score in SCORES), "label=CLASS n=16"):
        assert needed in source, needed
    assert not re.findall(r'class="notice (\w+)"', source)


def test_banners_tell_what_went_wrong(folders: dict[str, Path]) -> None:
    source = source_of(folders["bad"])
    assert re.findall(r'class="notice (\w+)"', source) == ["alarm", "caution", "caution", "caution"]
    assert "2 of 3 classes collapsed" in source
    assert "The classes T-shirt/top and Ankle boot (draws too much alike)." in source
    assert BAD.trouble in source
    assert "The weights after epoch 2 were kept" in source


def test_a_film_that_is_too_large_stays_outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "LARGEST", 10)
    folder = write_run(tmp_path / "run", ALONE)
    redraw(folder)
    assert (folder / "figures" / "training.gif").stat().st_size > 10
    assert "data:image/gif" not in source_of(folder)


@pytest.mark.parametrize(("made", "said"), [(FULL, HEADLINE), (BAD, TROUBLE)], ids=["full", "bad"])
def test_the_headline_says_first_what_went_wrong(made: Made, said: str, tmp_path: Path) -> None:
    run = read_images(write_run(tmp_path / "run", made))
    assert headline(run.report, run.tables) == said


def test_a_run_that_went_well_is_told_so(tmp_path: Path) -> None:
    found = answers(tmp_path / "run", FULL)
    assert len(found) == 8
    assert found["Does it beat the Gaussian?"][:2] == ("by every score", "beats")
    assert found["Do the drawings show what was asked for?"][0] == "below real"
    assert "It has gone 80.7 % of the way from the Gaussian to real images." in found["Are they like real images?"][2]
    assert "No class has collapsed." in found["Does it draw all there is?"][2]
    assert "None of 300 drawings equals a training image" in found["Does it copy training images?"][2]


def test_a_run_that_went_ill_is_told_so(tmp_path: Path) -> None:
    found = answers(tmp_path / "run", BAD)
    assert found["Does it beat the Gaussian?"][:2] == ("cannot be told", "unknown")
    assert found["Does it draw all there is?"][:2] == ("collapse", "loses")
    assert "Not of the classes T-shirt/top and Ankle boot: see" in found["Does it draw all there is?"][2]
    assert found["Does it copy training images?"][:2] == ("exact copies", "loses")
    assert found["Does the discriminator know its images by heart?"][:2] == ("largely", "loses")
    assert found["Would more epochs help?"][:2] == ("cannot be told", "unknown")


def test_a_generator_that_is_no_better_does_not_beat(tmp_path: Path) -> None:
    found = answers(tmp_path / "run", replace(FULL, level=True))["Does it beat the Gaussian?"]
    assert found[:2] == ("by 0 of 9 scores", "loses")
    assert "No difference can be detected by class accuracy (+0.000 [−0.008, 0.008])" in found[2]


@pytest.mark.parametrize(("memorised", "tag"), [(0.0, "no sign of it"), (0.06, "in part"), (0.4, "largely")])
def test_the_discriminator_is_held_against_images_it_has_not_seen(memorised: float, tag: str, tmp_path: Path) -> None:
    scene = scene_of(tmp_path / "run", replace(FULL, memorised=memorised, test=9_000))
    question = "Does the discriminator know its images by heart?"
    assert {one.question: one.tag for one in findings(scene)}[question] == tag
    assert (scene.memory.low <= 0.5 <= scene.memory.high) == (memorised == 0)


def test_chance_of_being_trusted_more_counts_ties_half(tmp_path: Path) -> None:
    scene = scene_of(tmp_path / "run", FULL)
    table = scene.tables.confidence
    sets = {str(name): np.repeat(own["bin"].to_numpy(), own["images"].to_numpy()) for name, own in table.groupby("set")}
    train, test = sets["train"][:, None], sets["test"][:, None]
    chance = (train > test.T).mean() + (train == test.T).mean() / 2
    assert scene.memory.value == pytest.approx(chance)


@pytest.mark.parametrize(("kept", "tag"), [(0, "probably"), (15, "not much")])
def test_whether_more_epochs_would_help_is_told_from_the_last_ones(kept: int, tag: str, tmp_path: Path) -> None:
    found = answers(tmp_path / "run", replace(FULL, epochs=30, wanted=30, kept=kept))["Would more epochs help?"]
    assert found[0] == tag
    assert f"Epoch {30 - kept} of 30 was kept" in found[2]


def test_less_is_better_where_it_is(tmp_path: Path) -> None:
    scene = scene_of(tmp_path / "run", FULL)
    contest = scene.contest(SCORE["frechet"], "gaussian")
    assert contest is not None
    assert contest.difference.value < 0
    assert contest.verdict == "better"
    assert contest.turned.verdict == "worse"
    assert scene.contest(SCORE["frechet"], "cgan", "gaussian") == contest.turned


def test_tables_hold_every_set_class_and_comparison(tmp_path: Path) -> None:
    scene = scene_of(tmp_path / "run", BAD)
    [sets] = score_table(scene).bodies
    assert [row.head for row in sets] == ["mine_too", "Gaussian", "Real images"]
    [classes] = class_table(scene).bodies
    assert [row.head for row in classes] == list(BAD.classes)
    assert [bool(row.note) for row in classes] == [True, False, True]
    assert sum(map(len, contest_table(scene).bodies)) == 3 * len(SCORES)
    assert [row.head for row in copy_table(scene).bodies[0]] == ["mine_too", "Gaussian"]
    assert copy_table(scene).bodies[0][0].cells[0].value == "3 of 300 (1.0 %)"


def test_a_class_is_most_often_taken_for_another(tmp_path: Path) -> None:
    scene = scene_of(tmp_path / "run", FULL)
    table = scene.tables.confusion
    own = table[(table["name"] == "cgan") & (table["label"] == 0) & (table["called"] != 0)]
    found = scene.taken_for(0)
    assert found is not None
    assert own.set_index("called")["images"].to_dict()[found[0]] == own["images"].max()
    assert found[1] == pytest.approx(own["images"].max() / 100)


def test_the_command_names_a_class_that_a_shell_can_be_told(tmp_path: Path) -> None:
    scene = scene_of(tmp_path / "run", replace(FULL, classes=("a b", HOSTILE, "Bag")))
    assert generate_command(scene.report) == "python -m pipeline.generate run=FOLDER label=Bag n=16"


def test_only_published_runs_of_this_source_carry_its_note() -> None:
    own = ["+experiment=fashion_cgan", "protocol=published", "seed=3"]
    note = published_note("image_generation", "published", own, "")
    assert "the last of 30 epochs" in note
    assert "command line" not in note
    assert not published_note("image_generation", "clean", own, "")
    assert not published_note("text_generation", "published", own, "")


def test_the_note_of_a_published_run_tells_what_it_does_not_repeat() -> None:
    note = published_note("image_generation", "published", ["seed=3", "training.epochs=2"], "It ended early.")
    assert "Not as said here is what was set on the command line: training.epochs=2. It ended early." in note


def test_a_run_without_rankings_tells_what_it_can(tmp_path: Path) -> None:
    """Runs of before a score was there, or of sets that cannot be compared."""
    folder = write_run(tmp_path / "run", FULL)
    run = read_images(folder)
    for name in ("contests", "copies", "confidence", "collapse"):
        getattr(run.tables, name).iloc[:0].to_parquet(folder / "tables" / f"{name}.parquet", index=False)
    redraw(folder)
    source = source_of(folder)
    assert "None was made." in source
    assert "Does it beat" not in source
    assert json.loads((folder / "report.json").read_text(encoding="utf-8"))["gan"] == "cgan"


def test_many_collapsed_classes_are_told_in_few_words(tmp_path: Path) -> None:
    scene = scene_of(tmp_path / "most", replace(MANY, collapsed=tuple(range(59))))
    assert lead(scene).startswith("Collapsed: the classes class 0, class 1, class 2, class 3, class 4 and 54 more. ")
    scene = scene_of(tmp_path / "all", replace(MANY, collapsed=tuple(range(60))))
    assert lead(scene).startswith("Collapsed: all 60 classes. ")
    assert some(["a", "b", "c", "d", "e", "f"]) == "a, b, c, d, e and f"


def test_a_class_that_is_called_1_is_no_number_of_classes(tmp_path: Path) -> None:
    digits = replace(FULL, classes=tuple(map(str, range(10))))
    assert lead(scene_of(tmp_path / "one", replace(digits, collapsed=(1,)))).startswith("Collapsed: the class 1. ")
    both = lead(scene_of(tmp_path / "two", replace(digits, collapsed=(1, 6))))
    assert both.startswith("Collapsed: the classes 1 and 6. ")


@pytest.mark.parametrize(("made", "said"), [
    (FULL, "epoch 6 was kept, the one whose drawings came closest"),
    (replace(FULL, keep="last"), "epoch 6 was kept, the last one,"),
    (replace(BAD, keep="last"), "epoch 2 was kept, the one whose drawings came closest"),
])  # fmt: skip
def test_why_an_epoch_was_kept_is_told_as_it_was(made: Made, said: str, tmp_path: Path) -> None:
    run = read_images(write_run(tmp_path / "run", made))
    assert said in models_sentence(Scene(run.report, run.tables, run.settings))
    assert "chosen" not in parts_sentence(run.report)


def test_the_film_says_what_of_it_is_shown(folders: dict[str, Path]) -> None:
    assert "Shown are 8 of 10 columns." in source_of(folders["full"])
    assert "Shown are 2 of 2 columns and 20 of 60 classes." in source_of(folders["many"])


@pytest.mark.parametrize(("value", "written"), [
    (0.0, "0"), (0.00213, "0.00213"), (0.0096, "0.00960"), (0.9999, "1.00"), (9.996, "10.0"), (-4.5, "−4.50"),
    (21.7, "21.7"), (123.4, "123"), (1_234.0, "1,234"),
])  # fmt: skip
def test_a_distance_has_three_digits_whatever_its_size(value: float, written: str) -> None:
    assert SCORE["frechet"].written(value) == written
    assert SCORE["precision"].written(0.12345) == "0.123"


def test_the_table_by_class_says_that_diversity_is_best_as_real(tmp_path: Path) -> None:
    table = class_table(scene_of(tmp_path / "run", FULL))
    assert table.columns[-1] == "diversity\N{NO-BREAK SPACE}→"
    assert "the nearer to real images the better (of the diversity, 1)" in table.caption


def test_few_epochs_do_not_tell_whether_more_would_help(tmp_path: Path) -> None:
    found = answers(tmp_path / "run", replace(FULL, epochs=3, wanted=3))["Would more epochs help?"]
    assert found[0] == "cannot be told"
    assert "3 epochs are too few" in found[2]
