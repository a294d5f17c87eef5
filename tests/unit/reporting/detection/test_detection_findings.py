"""What the page says first turns when the figures turn."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
import pytest

from detection_samples_page import Made, make_scene
from pipeline.reporting.answers import Finding
from pipeline.reporting.detection.findings import findings
from pipeline.reporting.detection.label_findings import how_far_from_labels, what_contamination_costs, what_works
from pipeline.reporting.detection.model_findings import does_depth_help, does_the_premise_hold, is_it_length
from pipeline.reporting.detection.names import Detector
from pipeline.reporting.detection.scene import Scene
from pipeline.reporting.detection.sentences import headline
from pipeline.reporting.detection.share_findings import is_the_share_found, which_threshold
from pipeline.reporting.detection.tables import chosen

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
        ((0.35, 0.40, 0.45), "no, more likely", "loses", "there spam is found more likely than ham, and the premise"),
        ((0.45, 0.51, 0.55), "not at the same length", "loses", "there it cannot be told from guessing"),
        ((0.52, 0.60, 0.65), "hardly", "level", "but little better than by guessing"),
        ((0.90, 0.95, 0.98), "yes", "beats", "there too spam is found less likely than ham"),
        ((np.nan, np.nan, np.nan), "undefined", "unknown", "cannot be told"),
    ],
)
def test_the_premise_is_judged_at_the_same_length(
    scene: Scene, figures: tuple[float, float, float], tag: str, style: str, words: str
) -> None:
    """Where the whole cost is no better than guessing."""
    raw = area(scene, "vae_all", 0.4, 0.5, 0.6, bound="iwae", measure="message")
    found = asked(does_the_premise_hold, area(raw, "vae_all", *figures, bound="iwae", measure="residual"))
    assert (found.tag, found.style) == (tag, style)
    assert words in found.answer
    assert "The same model fitted on ham only has 0.9" in found.answer


@pytest.mark.parametrize(
    ("difference", "p", "words", "tag"),
    [
        (-0.1, 0.001, ", less than length alone, 0.8", "only by length"),
        (0.1, 0.3, ", no more than length alone, 0.8", "only by length"),
        (0.1, 0.001, ", more than length alone, 0.8", "not at the same length"),
        (np.nan, np.nan, "; length alone has 0.8", "not at the same length"),
    ],
)
def test_the_premise_as_the_source_states_it_is_set_beside_length_in_pairs(
    scene: Scene, difference: float, p: float, words: str, tag: str
) -> None:
    turned = area(scene, "vae_all", 0.45, 0.5, 0.55, bound="iwae", measure="residual")
    turned = area(turned, "vae_all", 0.7, 0.75, 0.8, bound="iwae", measure="message")
    values = {"difference": difference, "low": difference - 0.05, "high": difference + 0.05, "p": p}
    where = {"detector": "vae_all", "measure": "message", "metric": "roc_auc"}
    found = asked(does_the_premise_hold, put(turned, "contests", values, **where))
    assert "As the source states it, by the whole cost to the VAE fitted on all messages: ROC-AUC 0.750" in found.answer
    assert words in found.answer
    assert (found.tag, found.style) == (tag, "loses")


@pytest.mark.parametrize("names", [("length", "unigram_all"), ("length", "gaussian_vae_all", "unigram_all")])
def test_the_premise_is_asked_of_another_density_where_there_is_no_vae(names: tuple[str, ...]) -> None:
    """The one that the judge has set beside length by its whole cost."""
    found = asked(does_the_premise_hold, make_scene(Made(names=names)))
    assert "by the whole cost to the unigram density fitted on all messages" in found.answer
    assert "(paired " in found.answer
    assert "The same model" not in found.answer


def test_length_says_which_messages_are_long(scene: Scene) -> None:
    assert asked(is_it_length, scene).tag == "ROC-AUC 0.850"
    assert "short messages" not in asked(is_it_length, scene).answer
    assert "it is short messages that are spam" in asked(is_it_length, area(scene, "length", 0.2, 0.3, 0.4)).answer
    assert is_it_length(make_scene(Made(names=("vae_all", "unigram_all")))) is None


@pytest.mark.parametrize(
    ("difference", "p", "tag", "words"),
    [
        (0.5, 0.2, "not detectably", "better, but not beyond doubt once all comparisons count (+0.500"),
        (0.05, 0.001, "yes", "better (+0.050 [−0.050, 0.150], p ≤ 0.001)."),
        (-0.05, 0.001, "no, it harms", "worse (−0.050"),
        (0.05, 0.2, "not detectably", "no detectable difference (+0.050"),
        (0.05, np.nan, "cannot be told", "cannot be told."),
    ],
)
def test_depth_is_judged_by_the_paired_contests(
    scene: Scene, difference: float, p: float, tag: str, words: str
) -> None:
    turned, values = scene, {"difference": difference, "low": difference - 0.1, "high": difference + 0.1, "p": p}
    pairs = {"vae_all": "unigram_all", "vae_weighted": "unigram_all", "vae_ham": "unigram_ham"}
    for name, rival in pairs.items():
        turned = put(turned, "contests", values, detector=name, rival=rival, metric="roc_auc")
    turned = put(turned, "contests", values, detector="vae_unsuspected", rival="unigram_all", metric="roc_auc")
    found = asked(does_depth_help, turned)
    assert found.tag == tag
    for where in ("On all messages", "On all messages, near-duplicates weighed as one", "On ham only"):
        assert f" {where}: {words}" in found.answer
    assert "On what the mixture does not suspect: " in found.answer
    assert "beside the unigram density fitted on all messages" in found.answer, "no unigram is fitted on the same"
    mixed = put(turned, "contests", {"difference": -0.1, "p": 0.0001}, detector="vae_ham", rival="unigram_ham")
    if tag != "no, it harms":
        assert asked(does_depth_help, mixed).tag == "it depends"


def test_a_p_at_its_floor_is_told_as_the_least_that_can_be_shown(scene: Scene) -> None:
    table = scene.tables.contests
    least = 2 * len(table) / (scene.report.num_resamples + 1)
    where = {"detector": "vae_all", "rival": "unigram_all", "metric": "roc_auc"}
    values = {"difference": 0.2, "low": 0.1, "high": 0.3}
    for p, words in ((least, f"p ≤ {least:.3f}"), (1.01 * least, f"p = {1.01 * least:.3f}")):
        assert words in asked(does_depth_help, put(scene, "contests", values | {"p": p}, **where)).answer


def test_where_resamples_are_too_few_to_tell_nothing_is_called_level(scene: Scene) -> None:
    few = Scene(replace(scene.report, num_resamples=100), scene.tables)
    least = 2 * len(scene.tables.contests) / 101
    values = {"difference": 0.2, "low": 0.1, "high": 0.3, "p": least}
    turned = put(few, "contests", values, metric="roc_auc")
    assert asked(does_depth_help, turned).tag == "cannot be told"
    assert (
        f"(+0.200 [0.100, 0.300], p ≤ {least:.3f}, too few resamples to tell)" in asked(does_depth_help, turned).answer
    )
    assert asked(how_far_from_labels, turned).tag == "cannot be told"
    assert "too few resamples to tell)" in asked(does_the_premise_hold, turned).answer


def crowned(scene: Scene, champion: str) -> Scene:
    """The scene with another detector that is best on the validation part."""
    return Scene(replace(scene.report, champion=champion), scene.tables)


def test_what_works_is_the_champion_of_the_validation_part(scene: Scene) -> None:
    found = asked(what_works, scene)
    assert (found.tag, found.style) == ("ROC-AUC 0.989", "beats")
    assert "Of 9 detectors without labels the mixture ranks the validation part best" in found.answer
    assert "the choice took its labels" in found.answer


def test_a_champion_that_the_test_part_does_not_confirm_stays_the_champion(scene: Scene) -> None:
    turned = crowned(scene, "repetition")
    assert scene.best(turned.given("nothing"))[0].key == "mixture"
    found = asked(what_works, turned)
    assert "repetition ranks the validation part best" in found.answer
    assert found.tag == f"ROC-AUC {scene.value(next(filter(is_named('repetition'), scene.detectors))).value:.3f}"
    assert "Of the others the highest ROC-AUC on the test part: the mixture, 0.989" in found.answer
    assert "For repetition the threshold" in asked(which_threshold, turned).answer
    assert "Without labels it is repetition" in asked(how_far_from_labels, turned).answer
    assert headline(turned.report, turned.tables).splitlines()[1].startswith("best without labels: repetition")
    assert [one.key for one in chosen(turned)] == [
        "vae_all", "vae_weighted", "repetition", "mixture", "vae_unsuspected", "vae_ham",
    ]  # fmt: skip


def is_named(key: str) -> Callable[[Detector], bool]:
    return lambda one: one.key == key


def test_a_champion_no_better_than_guessing_and_none_are_told(scene: Scene) -> None:
    found = asked(what_works, area(scene, "mixture", 0.4, 0.5, 0.6))
    assert (found.tag, found.style) == ("no better than guessing", "loses")
    nobody = crowned(scene, "")
    assert what_works(nobody) is how_far_from_labels(nobody) is which_threshold(nobody) is None
    assert "best without labels" not in headline(nobody.report, nobody.tables)


@pytest.mark.parametrize(
    ("difference", "p", "tag", "style"),
    [
        (0.011, 0.001, "0.011 behind", "loses"),
        (0.011, 0.2, "no detectable difference", "level"),
        (-0.011, 0.001, "0.011 ahead", "beats"),
        (np.nan, np.nan, "cannot be told", "unknown"),
    ],
)
def test_the_distance_from_labels_is_judged_by_the_paired_contest(
    scene: Scene, difference: float, p: float, tag: str, style: str
) -> None:
    """Whatever the intervals of the two say."""
    values = {"difference": difference, "low": difference - 0.01, "high": difference + 0.01, "p": p}
    value = 0.989 + (0 if np.isnan(difference) else difference)
    turned = area(area(scene, "tfidf", 0.5, value, 1.0), "mixture", 0.98, 0.989, 0.99)
    turned = area(turned, "vae_ham", 0.8, 0.85, 0.9)
    found = asked(how_far_from_labels, put(turned, "contests", values, detector="tfidf", metric="roc_auc"))
    assert (found.tag, found.style) == (tag, style)
    if style == "level":
        assert "p = 0.200, no detectable difference. Not all of the distance" in found.answer
    assert "it reads words and runs of characters, with a vocabulary of its own" in found.answer


def test_without_a_paired_contest_the_distance_is_judged_by_intervals_that_do_not_overlap(scene: Scene) -> None:
    tables = replace(scene.tables, contests=scene.tables.contests.iloc[:0])
    bare = Scene(scene.report, tables)
    assert asked(how_far_from_labels, area(bare, "tfidf", 0.9999, 1, 1)).style == "loses"
    level = asked(how_far_from_labels, area(bare, "tfidf", 0.985, 0.991, 0.999))
    assert (level.tag, level.style) == ("no detectable difference", "level")
    assert "TF-IDF with all labels, a classifier, has 0.991 [0.985, 0.999]" in level.answer
    assert "the intervals of the two overlap" in level.answer


def test_contamination_tells_from_what_share_on_it_costs(scene: Scene) -> None:
    found = asked(what_contamination_costs, scene)
    assert found.style == "loses"
    assert found.tag.startswith("−0.")
    assert (
        "Each time 300 messages were fitted on, of which ever more were spam. Each model was fitted once"
        in found.answer
    )
    assert "The VAE: ROC-AUC 0.9" in found.answer
    vae = {"model": "vae", "metric": "roc_auc"}
    everywhere = put(scene, "contamination", {"difference": -0.1, "p": 0.01}, **vae)
    assert (
        "of these fits, those from 2.0 % on are detectably worse" in asked(what_contamination_costs, everywhere).answer
    )
    gap = put(everywhere, "contamination", {"p": 0.06}, **vae, share=0.05)
    assert "those at 2.0 %, 10.0 % and 20.0 % are detectably worse" in asked(what_contamination_costs, gap).answer
    turned = put(scene, "contamination", {"p": 0.06}, metric="roc_auc")
    assert asked(what_contamination_costs, turned).style == "level"
    assert asked(what_contamination_costs, turned).answer.count("at no share is a loss detectable") == 2


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


def ruled(scene: Scene, values: Mapping[str, float], ps: Mapping[tuple[str, str], float]) -> Scene:
    """The scene with other F1 of the champion's rules, and other p of their pairs, all others at 1."""
    turned = put(scene, "rule_contests", {"p": 1.0}, detector="mixture")
    for rule, value in values.items():
        turned = put(turned, "rules", {"value": value}, detector="mixture", rule=rule, metric="f1")
    for (rule, rival), p in ps.items():
        gap = values[rule] - values[rival]
        found = {"difference": gap, "low": gap - 0.01, "high": gap + 0.01, "p": p}
        turned = put(turned, "rule_contests", found, detector="mixture", rule=rule, rival=rival)
    return turned


RULES = {"expected": 0.5, "estimated": 0.6, "elbow": 0.89, "labels": 0.9}
FAR = {("expected", "elbow"): 0.01, ("expected", "labels"): 0.01, ("estimated", "labels"): 0.01}


def test_thresholds_are_judged_in_pairs(scene: Scene) -> None:
    found = asked(which_threshold, ruled(scene, RULES, {}))
    assert (found.tag, found.style) == ("no detectable difference", "level")
    assert "Among these no difference is detectable." in found.answer
    assert found.answer.count("p = 1.000, no detectable difference)") == 3
    found = asked(which_threshold, ruled(scene, RULES, FAR))
    assert (found.tag, found.style) == ("not the expected share", "level")
    assert "Beside the elbow of the costs, the expected share is detectably worse; the share that the" in found.answer
    assert "(−0.400 [−0.410, −0.390], p ≤ 0.010, detectably worse)" in found.answer
    found = asked(which_threshold, ruled(scene, RULES, FAR | {("estimated", "elbow"): 0.01, ("elbow", "labels"): 0.01}))
    assert (found.tag, found.style) == ("the elbow of the costs", "loses")
    assert "the expected share and the share that the mixture estimates are detectably worse." in found.answer


def test_a_rule_may_beat_the_one_with_labels(scene: Scene) -> None:
    found = asked(which_threshold, ruled(scene, RULES | {"elbow": 0.95}, {("elbow", "labels"): 0.01}))
    assert found.style == "beats"
    assert "(+0.050 [0.040, 0.060], p ≤ 0.010, detectably better)" in found.answer


def test_a_rule_without_a_threshold_is_left_out(scene: Scene) -> None:
    found = asked(which_threshold, ruled(scene, RULES | {"expected": np.nan, "estimated": np.nan}, {}))
    assert found.tag == "the elbow of the costs"
    assert "the expected share" not in found.answer


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
