"""The page of a detection run, its tables and its folder."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import f1_score

import pipeline
from detection_samples_page import COMMAND, HOSTILE, Made, make_scene, write_run
from pipeline.errors import UserError
from pipeline.reporting.detection import messages, tables
from pipeline.reporting.detection.folder import read_detection
from pipeline.reporting.detection.names import detector_names
from pipeline.reporting.detection.protocol import DEVIATIONS, FAULTS, published_note
from pipeline.reporting.detection.scene import Scene
from pipeline.reporting.facts import Classes
from pipeline.reporting.redraw import redraw

MADE = Made(resamples=200)
ODD = Made(names=("length", "isolation_forest_all"), num_messages=120, stand_in=True, protocol="published",
           lacks_contamination=True, resamples=100)  # fmt: skip
OTHER = Made(finds_another_kind=True, resamples=100)
MADE_RUNS = {"usual": MADE, "odd": ODD, "other": OTHER}
SECTIONS = ["detectors", "length", "thresholds", "contests", "figures", "messages", "mixture", "source", "data",
            "settings", "reproduce"]  # fmt: skip


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A drawn run, and one with two detectors, no contamination, stand-in data and faults; not to be changed."""
    root = tmp_path_factory.mktemp("detection")
    for name, made in MADE_RUNS.items():
        write_run(root / name, made)
    return {name: root / name for name in MADE_RUNS}


def source_of(folder: Path) -> str:
    return (folder / "report.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", MADE_RUNS)
def test_sections_come_in_order_and_all_links_lead_somewhere(name: str, folders: dict[str, Path]) -> None:
    source = source_of(folders[name])
    assert re.findall(r'<section id="(\w+)">', source) == SECTIONS
    assert re.findall(r'href="#(\w+)"', source) == SECTIONS
    assert source.count("<figure>") == len(list((folders[name] / "figures").glob("*.svg")))
    assert not re.search(r"\bnan\b", re.sub(r'base64,[^"]*', "", source))


def test_the_page_holds_what_a_stranger_needs(folders: dict[str, Path]) -> None:
    source = source_of(folders["usual"])
    for needed in (COMMAND, "0883a4c4" * 8, "4 messages were left out", "0 in the column known", *FAULTS, *DEVIATIONS):
        assert needed in source, needed
    assert "alarm" not in re.findall(r'class="notice (\w+)"', source)


def test_a_mixture_that_found_another_kind_is_told_and_is_not_the_champion(folders: dict[str, Path]) -> None:
    source = source_of(folders["other"]).replace("\N{NO-BREAK SPACE}", " ")
    assert '<span class="tag loses">another kind</span>' in source
    assert "But its rarest kind is not spam: by a ROC-AUC of 0.0" in source
    assert "Of 3 kinds that it tells apart, the rarest has 15.2 %" in source
    report = json.loads((folders["other"] / "report.json").read_text(encoding="utf-8"))
    assert report["champion"] == "vae_unsuspected"
    assert "the VAE fitted on what the mixture does not suspect ranks the validation part best" in source


def test_the_lead_says_for_whom_length_is_not_adjusted(folders: dict[str, Path]) -> None:
    source = source_of(folders["usual"])
    assert "Of 12 detectors 9 are given no labels: labels only judge them, on 225 test messages" in source
    assert "but for length alone, repetition, the mixture and TF-IDF, which stand by their scores as they" in source


def test_words_that_others_hardly_use_have_no_number_of_times() -> None:
    said = [one.said.replace("\N{NO-BREAK SPACE}", " ") for one in messages.telling(make_scene(MADE).tables)]
    assert said == ["hardly in the others, 52 messages", "×3.0, 31 messages"]


def test_deviations_that_are_told_are_those_of_the_networks() -> None:
    source = (Path(pipeline.__file__).parent / "models" / "density" / "network.py").read_text(encoding="utf-8")
    assert "LOG_VARIANCE_LIMIT = 10.0" in source
    assert "between −10 and 10" in DEVIATIONS["Log-variance of a code"]
    assert re.search(r"LEAST_LOG_VARIANCE = math\.log\(\s*0\.01\s*\)", source)
    assert "at least 0.01" in DEVIATIONS["Gaussian decoder"]


def test_texts_and_words_are_escaped(folders: dict[str, Path]) -> None:
    source = source_of(folders["usual"])
    assert HOSTILE not in source
    assert source.count("&lt;script&gt;") > 10


def test_banners_tell_of_stand_ins_and_of_faults(folders: dict[str, Path]) -> None:
    source = source_of(folders["odd"])
    assert re.findall(r'class="notice (\w+)"', source) == ["alarm", "caution"]
    assert "judged on the messages that they were fitted on" in source
    assert "No detector of this run gives words a cost." in source


def test_only_published_runs_of_this_source_carry_its_note() -> None:
    assert published_note("vae_workshop", "published")
    assert not published_note("vae_workshop", "clean")
    assert not published_note("online_filters", "published")


def test_a_redrawn_page_is_the_same(folders: dict[str, Path], tmp_path: Path) -> None:
    copy = Path(shutil.copytree(folders["odd"], tmp_path / "run"))
    (copy / "report.html").unlink()
    assert redraw(copy).read_bytes() == (folders["odd"] / "report.html").read_bytes()


def test_a_damaged_folder_is_told(folders: dict[str, Path], tmp_path: Path) -> None:
    copy = Path(shutil.copytree(folders["odd"], tmp_path / "run"))
    (copy / "tables" / "rules.parquet").unlink()
    with pytest.raises(UserError, match=r"lacks tables/rules\.parquet"):
        read_detection(copy)
    shutil.copy(folders["odd"] / "tables" / "rules.parquet", copy / "tables")
    report = json.loads((copy / "report.json").read_text(encoding="utf-8"))
    (copy / "report.json").write_text(json.dumps(report | {"measure": "colour"}), encoding="utf-8")
    with pytest.raises(UserError, match="measure"):
        redraw(copy)


def test_detectors_are_grouped_by_what_they_are_given() -> None:
    scene = make_scene(MADE)
    table = tables.main_table(scene)
    assert [len(body) for body in table.bodies] == [9, 2, 1, 1]
    assert [{row.cells[0].value for row in body} for body in table.bodies] == [
        {"no labels"}, {"labels of ham"}, {"all labels"}, {"nothing"},
    ]  # fmt: skip
    assert [row.head for row in table.bodies[0] if row.cells[1].stands_out] == ["Mixture"]
    assert not any(cell.stands_out for cell in table.bodies[2][0].cells)
    notes = {row.head: row.note for body in table.bodies for row in body}
    assert notes["Length alone"] == "baseline · score as it is"
    assert notes["Mixture"] == "fitted on 450 messages · score as it is"
    assert notes["Unigram, all"] == "baseline · fitted on 450 messages"
    assert notes["VAE, ham only"] == "fitted on 385 messages"
    assert "“score as it is”: not adjusted for length." in table.caption
    assert all(len(row.cells) == len(table.columns) for body in table.bodies for row in body)


def test_the_floor_is_what_calling_everything_comes_to() -> None:
    scene = make_scene(MADE)
    (floor,) = tables.main_table(scene).bodies[-1]
    labels = MADE.labels[-scene.report.count("test").total :]
    expected = f1_score(labels, np.ones_like(labels))
    assert [cell.value for cell in floor.cells[3:]] == [
        f"{value:.3f}" for value in (expected, labels.mean(), 1, expected)
    ]
    assert not any(cell.stands_out for cell in floor.cells)
    assert f"Calling every message has an F1 of {expected:.3f}." in tables.threshold_table(scene).caption


def test_what_detectors_learnt_and_for_how_long_is_told() -> None:
    scene = make_scene(MADE)
    said = dict(tables.descriptions(scene))
    assert said["Length alone"] == "what length is"
    vae = "what vae_ham is · 1,234 trained numbers · 5 of 8 latent dimensions in use · weights of epoch "
    assert said["VAE, ham only"] == f"{vae}4 of 6"
    detectors = scene.tables.detectors.assign(kept_epoch=6)
    falling = scene.tables.history.assign(val_loss=-scene.tables.history["epoch"])
    for history, end in ((scene.tables.history.assign(val_loss=1.0 * falling["epoch"]), "6 of 6"), (falling, "ended")):
        turned = Scene(scene.report, replace(scene.tables, detectors=detectors, history=history))
        assert dict(tables.descriptions(turned))["VAE, ham only"].endswith(end)


def test_measures_that_mean_nothing_are_dashes() -> None:
    rows = {row.head: [cell.value for cell in row.cells] for row in tables.measure_table(make_scene(MADE)).bodies[0]}
    assert "TF-IDF" not in rows
    assert rows["Mixture"][1:3] == ["–", "–"]
    assert rows["Unigram, all"][4] == "–"
    assert "–" not in rows["VAE, all"]


def test_thresholds_are_those_of_the_chosen_few() -> None:
    table = tables.threshold_table(make_scene(MADE))
    assert [body[0].head for body in table.bodies] == [
        "VAE, all", "VAE, all, copies as one", "Mixture", "VAE, unsuspected", "VAE, ham only",
    ]  # fmt: skip
    for body in table.bodies:
        assert [row.cells[0].value for row in body][-1] == "highest F1, with labels"
        assert not body[-1].cells[1].stands_out
        assert any(row.cells[1].stands_out for row in body)


def test_contests_have_both_metrics_in_a_row() -> None:
    scene = make_scene(MADE)
    table = tables.contest_table(scene)
    assert len(table.bodies[0]) == len(scene.tables.contests) / 2
    assert [(row.head, row.cells[0].value) for row in table.bodies[0] if row.note == "by message"] == [
        ("VAE, all", "length alone")
    ]
    assert "≤: the least that 200 resamples can show" in table.caption
    row = next(row for row in table.bodies[0] if row.head == "VAE, ham only")
    assert row.cells[0].value == "unigram, ham only"
    by_key = {one.key: one for one in scene.detectors}
    found = scene.contest(by_key["vae_ham"], by_key["unigram_ham"])
    assert found is not None
    assert row.cells[1].value == f"{found.difference.value:+.3f}".replace("-", "−")


def test_examples_are_the_costliest_ham_and_the_cheapest_spam() -> None:
    scene = make_scene(MADE)
    assert [one.key for one in messages.shown(scene)] == ["vae_all", "vae_ham"]
    everything = scene.tables.scores.query("part == 'test' and detector == 'vae_ham'")
    examples = scene.tables.examples.query("detector == 'vae_ham'")
    for kind, label, is_highest in (("least_likely_negative", 0, True), ("most_likely_positive", 1, False)):
        chosen = examples[examples["kind"] == kind]
        of_class = everything[everything["label"] == label]["residual"].sort_values(ascending=not is_highest)
        pd.testing.assert_series_equal(chosen["score"], of_class.head(3), check_index=False, check_names=False)
    vae = messages.shown(scene)[1]
    shown = messages.examples(scene, vae, "least_likely_negative")
    assert shown[0].words == [(HOSTILE, "5.5"), ("home", "4.5")]
    assert "standard deviations from the usual cost at its length · " in shown[0].said


def test_detectors_that_would_have_one_name_are_told_apart() -> None:
    table = pd.DataFrame({
        "detector": ["small", "large"], "model": "vae", "fitted_on": "negative", "weighting": "message",
        "needs_labels": True, "fitted_negative": 9, "fitted_positive": 0,
    })  # fmt: skip
    assert detector_names(table, Classes("wanted", "unwanted")) == {
        "small": "VAE, wanted only (small)", "large": "VAE, wanted only (large)",
    }  # fmt: skip
    assert detector_names(table.assign(model="robust_forest").head(1), Classes("wanted", "unwanted")) == {
        "small": "robust forest, wanted only"
    }
