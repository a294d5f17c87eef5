"""What a run on images is said to have come to: beside real images, beside the baseline, and class by class."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import pytest

from image_run_samples import FULL, Made, write_run
from pipeline.reporting.facts import Estimate
from pipeline.reporting.images.findings import are_they_like_real_images, findings
from pipeline.reporting.images.folder import read_images
from pipeline.reporting.images.scene import Scene, bounded
from pipeline.reporting.images.scores import SCORE
from pipeline.reporting.images.sentences import classes_sentence, headline, lead, notices
from pipeline.reporting.images.tables import class_table, contest_table, score_table


def scene_of(folder: Path, made: Made) -> Scene:
    run = read_images(write_run(folder, made))
    return Scene(run.report, run.tables, run.settings)


def test_overshooting_real_images_is_no_merit(tmp_path: Path) -> None:
    """Precision of 0.98 is farther from that of real images, 0.78, than 0.9 is; 0.81 is nearer than both."""
    scene = scene_of(tmp_path / "run", FULL)
    rows, score = scene.tables.contests, SCORE["precision"]
    own = (rows["first"] == "cgan") & (rows["score"] == "precision")
    rows.loc[own & (rows["second"] == "gaussian"), ["difference", "low", "high"]] = 0.08, 0.07, 0.09
    rows.loc[own & (rows["second"] == "real"), ["difference", "low", "high"]] = 0.2, 0.19, 0.21
    changed = Scene(scene.report, scene.tables)
    blind, real = changed.contest(score, "gaussian"), changed.contest(score, "real")
    assert blind is not None
    assert real is not None
    assert (blind.from_real, blind.verdict, blind.turned.verdict) == (True, "worse", "better")
    assert (real.from_real, real.verdict, real.turned.verdict) == (False, "worse", "better")
    assert headline(scene.report, scene.tables).endswith(
        "It beats the Gaussian by 8 of 9 scores; it loses by precision."
    )
    outcomes = {
        (row.head, *(cell.value for cell in row.cells)) for body in contest_table(changed).bodies for row in body
    }
    told = {(row[0], row[1], row[-1]) for row in outcomes if row[2].startswith("precision")}
    assert ("cgan", "Gaussian", "farther from real") in told
    assert ("cgan", "real images", "higher") in told
    assert ("Gaussian", "real images", "lower") in told


def test_what_shows_more_than_real_images_is_beyond_them(tmp_path: Path) -> None:
    scene = scene_of(tmp_path / "run", FULL)
    rows = scene.tables.contests
    own = (rows["first"] == "cgan") & (rows["second"] == "real") & (rows["score"] == "class_accuracy")
    rows.loc[own, ["difference", "low", "high"]] = 0.02, 0.01, 0.03
    found = {one.question: (one.tag, one.style) for one in findings(Scene(scene.report, scene.tables))}
    assert found["Do the drawings show what was asked for?"] == ("beyond real", "level")


def test_which_score_is_better_at_which_end_is_said_with_the_scores(tmp_path: Path) -> None:
    table = score_table(scene_of(tmp_path / "run", FULL))
    arrows = {column.split("\N{NO-BREAK SPACE}")[0]: column[-1] for column in table.columns}
    near = {"Class accuracy", "Precision", "Density", "Diversity"}
    assert {label for label, arrow in arrows.items() if arrow == "→"} == near
    assert {label for label, arrow in arrows.items() if arrow == "↓"} == {"Fréchet distance", "Kernel distance"}
    assert "Class accuracy, precision and density are not paired" in table.caption


def test_a_class_that_has_collapsed_in_part_is_told_apart(tmp_path: Path) -> None:
    made = replace(FULL, partial=(2,))
    scene = scene_of(tmp_path / "run", made)
    assert list(scene.collapsed()) == []
    assert lead(scene).startswith("Collapsed in part: the class Ankle boot. ")
    [notice] = notices(scene)
    assert notice.title == "1 of 3 classes collapsed in part"
    found = {one.question: one for one in findings(scene)}["Does it draw all there is?"]
    assert (found.tag, found.style) == ("partial collapse", "loses")
    assert "Of the class Ankle boot most kinds are left out" in found.answer
    assert "No class has collapsed outright." in found.answer
    [classes] = class_table(scene).bodies
    assert [row.note for row in classes] == ["", "", "partial collapse: leaves out most kinds"]
    assert [cell.stands_out for cell in classes[2].cells].count(True) == 1
    both = {one.question: one for one in findings(scene_of(tmp_path / "both", replace(made, collapsed=(0,))))}
    found = both["Does it draw all there is?"]
    assert (found.tag, found.style) == ("collapse", "loses")
    assert "Of the class Ankle boot most kinds are left out" in found.answer


def test_under_rates_that_fall_to_nothing_no_curve_tells_of_more_epochs(tmp_path: Path) -> None:
    for kept, said in ((0, "the least distance fell by "), (15, "it did not fall any further.")):
        made = replace(FULL, epochs=30, wanted=30, kept=kept, schedule="linear")
        found = {one.question: one for one in findings(scene_of(tmp_path / f"{kept}", made))}
        assert found["Would more epochs help?"].tag == "cannot be told"
        assert said in found["Would more epochs help?"].answer
        assert "A longer run would need a longer schedule" in found["Would more epochs help?"].answer


def test_the_worst_and_the_best_class_are_told_in_a_sentence(tmp_path: Path) -> None:
    scene = scene_of(tmp_path / "run", FULL)
    values = [scene.by_class(SCORE["recall"], label).value for label in range(len(FULL.classes))]
    worst, best = values.index(min(values)), values.index(max(values))
    found = classes_sentence(scene)
    assert f"recall from {values[worst]:.3f} ({FULL.classes[worst]}; real images 0." in found
    assert f"to {values[best]:.3f} ({FULL.classes[best]}; real images 0." in found


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (Estimate(0.0, 0.0, 0.000384), ("0 %", "(below 0.1 %)")),
        (Estimate(0.0, 0.0, 0.0126), ("0 %", "(below 1.3 %)")),
        (Estimate(0.012, 0.01, 0.014), ("1.2 %", "[1.0, 1.4]")),
        (Estimate(0.5, math.nan, math.nan), ("50.0 %", "")),
    ],
)
def test_a_share_of_none_is_told_with_its_upper_end(share: Estimate, said: tuple[str, str]) -> None:
    assert tuple(part.replace("\N{NO-BREAK SPACE}", " ") for part in bounded(share)) == said


def test_drawings_are_as_real_by_all_scores_or_not_at_all(tmp_path: Path) -> None:
    """The Fréchet distance alone does not make them so."""
    scene = scene_of(tmp_path / "run", FULL)
    rows = scene.tables.contests
    beside = (rows["first"] == "cgan") & (rows["second"] == "real")

    def answer(p: float, *but: str) -> tuple[str, str]:
        rows.loc[beside, "p"] = p
        rows.loc[beside & rows["score"].isin(but), "p"] = 1 - p
        found = are_they_like_real_images(Scene(scene.report, scene.tables))
        assert found is not None
        return found.tag, found.style

    assert answer(0.9) == ("as real", "beats")
    assert answer(0.99, "coverage") == ("below real", "level")
    assert answer(0.01, "frechet") == ("below real", "level")


def test_a_generator_below_what_it_must_beat_is_told_so(tmp_path: Path) -> None:
    folder = write_run(tmp_path / "run", FULL)
    run = read_images(folder)
    swapped = replace(run.report, gan=run.report.baseline, baseline=run.report.gan)
    found = {one.question: (one.tag, one.style) for one in findings(Scene(swapped, run.tables))}
    assert found["Do the drawings show what was asked for?"] == ("behind cgan", "loses")
    assert found["Does it beat the cgan?"] == ("by 0 of 9 scores", "loses")
