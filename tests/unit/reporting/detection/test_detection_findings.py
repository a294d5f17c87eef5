"""What the page says first turns when the figures turn."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
import pytest

from detection_samples_page import Made, make_scene
from pipeline.reporting.detection.answers import Finding
from pipeline.reporting.detection.findings import findings
from pipeline.reporting.detection.label_findings import how_far_from_labels, what_contamination_costs, what_works
from pipeline.reporting.detection.model_findings import does_depth_help, does_the_premise_hold, is_it_length
from pipeline.reporting.detection.scene import Scene
from pipeline.reporting.detection.share_findings import is_the_share_found, which_threshold

MADE = Made()
Ask = Callable[[Scene], Finding | None]


def put(scene: Scene, table: str, values: Mapping[str, object], **where: object) -> Scene:
    """The scene with other entries in the rows of a table that have these ones."""
    changed = getattr(scene.tables, table).copy()
    chosen = np.logical_and.reduce([changed[name] == value for name, value in where.items()])
    assert chosen.any()
    for name, value in values.items():
        changed.loc[chosen, name] = value
    return Scene(scene.report, replace(scene.tables, **{table: changed}))


def area(scene: Scene, detector: str, low: float, value: float, high: float, **where: object) -> Scene:
    """The scene with another ROC-AUC of a detector, by its main measure unless another is asked for."""
    where = where or {"is_main": True}
    return put(
        scene, "measures", {"low": low, "value": value, "high": high}, detector=detector, metric="roc_auc", **where
    )


def asked(ask: Ask, scene: Scene) -> Finding:
    found = ask(scene)
    assert found is not None
    return replace(found, answer=found.answer.replace("\N{NO-BREAK SPACE}", " "))


@pytest.fixture(scope="module")
def scene() -> Scene:
    return make_scene(MADE)


@pytest.mark.parametrize(
    ("figures", "tag", "style", "words"),
    [
        ((0.35, 0.40, 0.45), "no, more likely", "loses", "spam is found more likely than ham of the same length"),
        (
            (0.45, 0.51, 0.55),
            "not shown",
            "loses",
            "it cannot be told from guessing, so the premise",
        ),
        ((0.52, 0.60, 0.65), "hardly", "level", "but little better than by guessing"),
        ((0.90, 0.95, 0.98), "yes", "beats", "spam is found less likely than ham of the same length"),
        ((np.nan, np.nan, np.nan), "undefined", "unknown", "cannot be told"),
    ],
)
def test_the_premise_is_judged_by_the_interval_adjusted_for_length(
    scene: Scene, figures: tuple[float, float, float], tag: str, style: str, words: str
) -> None:
    found = asked(does_the_premise_hold, area(scene, "vae_all", *figures, bound="iwae", measure="residual"))
    assert (found.tag, found.style) == (tag, style)
    assert words in found.answer
    assert "The same model fitted on ham only has 0.9" in found.answer


@pytest.mark.parametrize(
    ("cost", "words"),
    [(0.2, ", less than length alone, 0.8"), (0.85, ", length alone 0.8"), (0.99, ", more than length alone, 0.8")],
)
def test_the_cost_of_a_message_is_set_beside_length_alone(scene: Scene, cost: float, words: str) -> None:
    turned = area(scene, "vae_all", cost - 0.005, cost, cost + 0.005, bound="iwae", measure="message")
    assert words in asked(does_the_premise_hold, turned).answer


def test_the_premise_is_asked_of_another_density_where_there_is_no_vae() -> None:
    found = asked(does_the_premise_hold, make_scene(Made(names=("length", "unigram_all"))))
    assert "the cost of the unigram density fitted on all messages" in found.answer
    assert "The same model" not in found.answer


def test_length_says_which_messages_are_long(scene: Scene) -> None:
    assert asked(is_it_length, scene).tag == "ROC-AUC 0.850"
    assert "short messages" not in asked(is_it_length, scene).answer
    assert "it is short messages that are spam" in asked(is_it_length, area(scene, "length", 0.2, 0.3, 0.4)).answer
    assert is_it_length(make_scene(Made(names=("vae_all", "unigram_all")))) is None


@pytest.mark.parametrize(
    ("difference", "p", "tag", "words"),
    [
        (0.5, 0.2, "not detectably", "but not beyond doubt once all comparisons count (+0.500"),
        (0.05, 0.001, "yes", "does detectably better than the unigram density on the same messages (+0.050"),
        (-0.05, 0.001, "no, it harms", "does detectably worse than the unigram density"),
        (0.05, 0.2, "not detectably", "shows no detectable difference from the unigram density"),
        (0.05, np.nan, "undefined", "cannot be compared with the unigram density"),
    ],
)
def test_depth_is_judged_by_the_paired_contests(
    scene: Scene, difference: float, p: float, tag: str, words: str
) -> None:
    turned, values = scene, {"difference": difference, "low": difference - 0.1, "high": difference + 0.1, "p": p}
    for name in ("vae_all", "vae_weighted", "vae_unsuspected", "vae_ham"):
        turned = put(turned, "contests", values, detector=name, metric="roc_auc")
    found = asked(does_depth_help, turned)
    assert found.tag == tag
    assert found.answer.count(words) >= 2
    assert "The VAE fitted on what the mixture does not suspect" in found.answer
    mixed = put(turned, "contests", {"difference": -0.1, "p": 0.0001}, detector="vae_ham", metric="roc_auc")
    if tag != "no, it harms":
        assert asked(does_depth_help, mixed).tag == "it depends"


def test_what_works_is_the_best_without_labels(scene: Scene) -> None:
    found = asked(what_works, scene)
    assert (found.tag, found.style) == ("ROC-AUC 0.989", "beats")
    assert "Of 9 detectors without labels the mixture does best" in found.answer
    turned = area(scene, "mixture", 0.1, 0.2, 0.3)
    assert "the VAE fitted on what the mixture does not suspect does best" in asked(what_works, turned).answer
    for name in scene.tables.detectors.loc[~scene.tables.detectors["needs_labels"].astype(bool), "detector"]:
        turned = area(turned, name, 0.4, 0.5, 0.6)
    assert (asked(what_works, turned).tag, asked(what_works, turned).style) == ("nothing", "loses")


def test_the_distance_from_labels_is_judged_by_intervals_that_do_not_overlap(scene: Scene) -> None:
    found = asked(how_far_from_labels, scene)
    assert (found.tag, found.style) == ("0.011 behind", "loses")
    level = asked(how_far_from_labels, area(scene, "tfidf", 0.985, 0.991, 0.999))
    assert (level.tag, level.style) == ("0.002 behind", "level")
    assert "TF-IDF with all labels, a classifier, has 0.991 [0.985, 0.999]" in level.answer
    ahead = asked(how_far_from_labels, area(scene, "tfidf", 0.6, 0.7, 0.8))
    assert ahead.tag == "0.039 ahead"  # of the VAE fitted on ham


def test_contamination_tells_from_what_share_on_it_costs(scene: Scene) -> None:
    found = asked(what_contamination_costs, scene)
    assert found.style == "loses"
    assert found.tag.startswith("−0.4")
    assert "Each time 300 messages were fitted on, of which ever more were spam. The VAE: ROC-AUC 0.98" in found.answer
    none = {"difference": 0.0, "difference_low": -0.1, "difference_high": 0.1}
    turned = put(scene, "contamination", none, metric="roc_auc")
    assert asked(what_contamination_costs, turned).style == "level"
    assert "a loss is not detectable at any share" in asked(what_contamination_costs, turned).answer


@pytest.mark.parametrize(
    ("figures", "tag", "style", "words"),
    [
        ((0.1, 0.2, 0.3), "another kind", "loses", "But its rarest kind is not spam"),
        ((0.4, 0.5, 0.6), "no better than guessing", "loses", "cannot be told: ROC-AUC 0.500"),
        ((0.9, 0.95, 0.98), "15.2 % for 14.2 %", "level", "By its odds spam is found with a ROC-AUC of 0.950"),
    ],
)
def test_a_mixture_that_splits_off_another_kind_is_told(
    scene: Scene, figures: tuple[float, float, float], tag: str, style: str, words: str
) -> None:
    found = asked(is_the_share_found, area(scene, "mixture", *figures))
    assert (found.tag.replace("\N{NO-BREAK SPACE}", " "), found.style) == (tag, style)
    assert words in found.answer


def test_a_share_that_is_far_off_is_told() -> None:
    assert asked(is_the_share_found, make_scene(Made(estimated=0.4))).style == "loses"


def test_the_threshold_that_comes_closest_is_that_of_the_best_without_labels(scene: Scene) -> None:
    turned = scene
    for rule, value in {"labels": 0.9, "expected": 0.5, "estimated": 0.6, "elbow": 0.89}.items():
        turned = put(turned, "rules", {"value": value}, detector="mixture", rule=rule, metric="f1")
    found = asked(which_threshold, turned)
    assert (found.tag, found.style) == ("the elbow of the costs", "level")
    assert "Over 9 detectors without labels" in found.answer
    turned = put(turned, "rules", {"value": 0.55}, detector="mixture", rule="elbow", metric="f1")
    found = asked(which_threshold, turned)
    assert (found.tag, found.style) == ("the share that the mixture estimates", "loses")


@pytest.mark.parametrize(
    ("names", "number"),
    [
        (("length",), 5),
        (("vae_all",), 5),
        (("mixture",), 4),
        (("vae_ham",), 1),
        (("repetition", "isolation_forest_all"), 4),
    ],
)
def test_questions_without_an_answer_are_left_out(names: tuple[str, ...], number: int) -> None:
    made = findings(make_scene(Made(names=names, lacks_contamination=True)))
    assert len(made) == number
    assert not any("nan" in one.answer.split() for one in made)


def test_undefined_figures_are_told_as_such(scene: Scene) -> None:
    names = ("value", "low", "high", "difference", "difference_low", "difference_high", "p")
    tables = {}
    for name in ("measures", "rules", "contests", "contamination"):
        table = getattr(scene.tables, name)
        tables[name] = table.assign(**{column: np.nan for column in names if column in table})
    found = findings(Scene(scene.report, replace(scene.tables, **tables)))
    assert [one.style for one in found if one.question.startswith(("Does a", "Does depth"))] == ["unknown", "unknown"]
    assert all("nan" not in f"{one.tag} {one.answer}" for one in found)
