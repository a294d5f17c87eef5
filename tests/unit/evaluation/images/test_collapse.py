"""Mode collapse is found in every class that has collapsed, and in no other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from made_images import CLASSES, EACH, Made, labels_of, made, some_images

from pipeline.artifacts.images import COLLAPSED, PARTIAL, REAL, Drawings, Neighbours
from pipeline.evaluation.images.collapse import SHOWN, collapse_table
from pipeline.evaluation.images.measures import Measured
from pipeline.evaluation.images.sets import ImageSet
from pipeline.shares import wilson


@pytest.fixture(scope="module")
def it() -> Made:
    return made()


def reasons(it: Made, drawn: Drawings) -> list[str]:
    """Why each class has collapsed."""
    found = it.score(drawn).collapse
    assert list(found) == ["name", "label", "diversity", "coverage", "recall", "class_accuracy", "level", "reason"]
    assert ((found["level"] == "") == (found["reason"] == "")).all()
    assert found["label"].tolist() == list(range(len(CLASSES)))
    assert (found["name"] == drawn.name).all()
    return found["reason"].tolist()


def few_images(each: int, seed: int = 30) -> Drawings:
    """A generator that draws so many images of each class, over and over, in turn."""
    own = some_images(labels_of(each), seed).reshape(len(CLASSES), each, 28, 28)
    pixels = np.concatenate([own[label][np.arange(EACH) % each] for label in range(len(CLASSES))])
    return Drawings("mine", pixels, labels_of(), 1.0)


@pytest.mark.parametrize("seed", [31, 32, 33])
def test_a_perfect_generator_has_not_collapsed(it: Made, seed: int) -> None:
    assert reasons(it, it.drawings("mine", seed)) == [""] * len(CLASSES)


def test_real_images_in_its_place_have_not_collapsed(it: Made) -> None:
    rows = it.split.reference
    real = Drawings("mine", it.images.train[rows], it.images.train_labels[rows], 1.0)
    assert reasons(it, real) == [""] * len(CLASSES)


def test_one_image_a_class_is_found_in_every_class(it: Made) -> None:
    for reason in reasons(it, few_images(1)):
        assert reason.startswith("draws too much alike; draws the same images again")
    assert it.score(few_images(1)).collapse["diversity"].tolist() == [0] * len(CLASSES)


def test_two_images_a_class_are_found_in_every_class(it: Made) -> None:
    for reason in reasons(it, few_images(2)):
        assert "draws the same images again" in reason


@pytest.mark.parametrize("seed", [30, 40, 41])
def test_two_images_with_a_little_noise_cover_little_of_every_class(it: Made, seed: int) -> None:
    """No two drawings are equal then, and they may lie farther apart than two test images do."""
    alike = few_images(2, seed)
    pixels = np.clip(alike.pixels + np.random.default_rng(34).normal(size=alike.pixels.shape), 0, 255)
    found = it.score(replace(alike, pixels=pixels.astype(np.uint8)), num_neighbours=1).collapse
    for reason in found["reason"]:
        assert "covers little of the class" in reason
        assert "again" not in reason


@pytest.mark.parametrize(("share", "expected"), [(0.75, ""), (0.25, "draws too much alike")])
def test_drawings_close_to_their_mean_are_found_below_half_the_distance(it: Made, share: float, expected: str) -> None:
    drawn = it.drawings("mine", seed=38)
    by_class = drawn.pixels.reshape(len(CLASSES), EACH, 28, 28).astype(np.float64)
    middle = by_class.mean(axis=1, keepdims=True)
    pixels = np.rint(middle + share * (by_class - middle)).astype(np.uint8).reshape(-1, 28, 28)
    assert reasons(it, replace(drawn, pixels=pixels)) == [expected] * len(CLASSES)


@pytest.mark.parametrize("seed", [39, 40, 41])
def test_a_class_of_which_ten_kinds_are_drawn_is_lost_in_part(it: Made, seed: int) -> None:
    """Ten images with a little noise are varied, and of their class; but few test images are like one of them."""
    drawn = it.drawings("mine", seed)
    pixels = drawn.pixels.astype(np.float64)
    own = pixels[EACH + np.arange(EACH) % 10]
    pixels[EACH : 2 * EACH] = own + np.random.default_rng(3).normal(size=own.shape)
    found = it.score(replace(drawn, pixels=np.clip(pixels, 0, 255).astype(np.uint8))).collapse
    assert found["level"].tolist() == ["", PARTIAL, ""]
    assert found["reason"].tolist() == ["", "leaves out most kinds", ""]
    assert found["diversity"][1] > 0.9


def test_one_class_that_repeats_a_few_images_is_found_alone(it: Made) -> None:
    drawn = it.drawings("mine", seed=35)
    pixels = drawn.pixels.copy()
    pixels[EACH + 1 : EACH + 4] = pixels[EACH]
    assert reasons(it, replace(drawn, pixels=pixels)) == ["", "draws the same images again", ""]


def test_a_class_may_repeat_as_much_as_the_test_images_do(it: Made) -> None:
    test = it.images.test.copy()
    test[EACH + 1 : EACH + 4] = test[EACH]
    repeating = Made(replace(it.images, test=test), it.split)
    drawn = it.drawings("mine", seed=35)
    pixels = drawn.pixels.copy()
    pixels[EACH + 1 : EACH + 4] = pixels[EACH]
    assert reasons(repeating, replace(drawn, pixels=pixels)) == ["", "", ""]


def test_a_missing_class_is_found_and_what_is_drawn_instead_is_named(it: Made) -> None:
    asked_for = labels_of()
    drawn = replace(it.drawings("mine", 36), pixels=some_images(np.where(asked_for == 1, 2, asked_for), seed=36))
    first, missing, last = reasons(it, drawn)
    assert (first, last) == ("", "")
    assert missing.split("; ")[-2:] == ["covers little of the class", f"is more often taken for {CLASSES[2]}"]


def told(
    right: int,
    number: int,
    real: float = 1.0,
    *,
    instead: Sequence[int] = (2,),
    repeats: int = 0,
    recall: tuple[float, float] = (1.0, 1.0),
) -> str:
    """Why class 1 has collapsed, of whose drawings the judge takes so many for it, the others for these in turn.

    Args:
        recall: of the class, the upper end of its interval; and that of real images.
    """
    labels = np.ones(number, np.int16)
    names = np.array(instead, np.int16)[np.arange(number) % len(instead)]
    called = np.where(np.arange(number) < right, labels, names)
    asked = ImageSet("mine", np.zeros((number, 1)), labels, called, np.ones((1, number)))
    accuracy = right / number, float(wilson(right / number, number)[1])
    scores = {(name, label, score): (1.0, 1.0) for name in ("mine", REAL) for label in range(3) for score in SHOWN}
    scores |= {("mine", 1, "class_accuracy"): accuracy, (REAL, 1, "class_accuracy"): (real, real)}
    scores |= {("mine", 1, "recall"): (0.0, recall[0]), (REAL, 1, "recall"): (recall[1], recall[1])}
    by_class = pd.DataFrame(
        [(*key, *values) for key, values in scores.items()], columns=["name", "label", "score", "value", "high"]
    )
    twin = np.arange(number) < repeats
    neighbours = Neighbours(pd.DataFrame({"set": "mine", "label": labels, "twin": twin}), pd.DataFrame())
    measured = {name: Measured({}, {}, np.empty((3, 0)), asked) for name in (REAL, "mine")}
    found = collapse_table(measured, by_class, neighbours, CLASSES)
    assert found["reason"].tolist()[::2] == ["", ""]
    levels = {"": "", "leaves out most kinds": PARTIAL}
    assert found["level"][1] == levels.get(found["reason"][1], COLLAPSED)
    return found["reason"][1]


BOOT, SELDOM = f"is more often taken for {CLASSES[2]}", "is seldom taken for what it should be"


@pytest.mark.parametrize(
    ("right", "number", "expected"),
    [
        (0, 36, BOOT),
        (0, 5, BOOT),
        (0, 2, ""),  # two drawings say nothing
        (5, 34, BOOT),
        (17, 36, ""),
        (22, 60, BOOT),  # high end 0.493
        (23, 60, ""),  # 0.510
        (460, 1000, BOOT),
        (480, 1000, ""),
        (60, 60, ""),
    ],
)
def test_a_class_is_dropped_that_is_surely_drawn_less_than_half_as_often_as_real(
    right: int, number: int, expected: str
) -> None:
    assert told(right, number) == expected


@pytest.mark.parametrize(
    ("right", "real", "expected"),
    [(0, 0.4, BOOT), (147, 0.4, BOOT), (190, 0.4, ""), (400, 0.4, ""), (400, 1.0, BOOT), (0, 0.0, ""), (0, np.nan, "")],
)
def test_a_class_that_is_hard_to_tell_is_held_to_what_real_images_reach(right: int, real: float, expected: str) -> None:
    assert told(right, 1000, real) == expected


def test_a_dropped_class_is_named_by_another_only_where_that_outnumbers_it() -> None:
    assert told(200, 600, instead=(0, 2)) == SELDOM, "200 each"
    assert told(199, 600, instead=(0, 2)) == BOOT, "199, 200 and 201"
    assert told(240, 600, instead=(2,)) == BOOT


@pytest.mark.parametrize(
    ("recall", "expected"),
    [
        ((0.49, 1.0), "leaves out most kinds"),
        ((0.51, 1.0), ""),
        ((0.49, 0.9), ""),  # real images reach no more
        ((0.44, 0.9), "leaves out most kinds"),
        ((0.0, 0.0), ""),
        ((np.nan, 0.9), ""),
        ((0.2, np.nan), ""),
    ],
)
def test_most_kinds_are_left_out_below_half_the_recall_of_real_images(
    recall: tuple[float, float], expected: str
) -> None:
    assert told(60, 60, recall=recall) == expected
    assert told(0, 60, recall=recall) == BOOT, "what has collapsed leaves out most kinds in any case"


@pytest.mark.parametrize(("number", "repeats", "expected"), [(36, 1, ""), (36, 2, ""), (36, 3, "yes"), (400, 3, "")])
def test_a_pair_or_two_of_few_drawings_are_chance(number: int, repeats: int, expected: str) -> None:
    assert told(number, number, repeats=repeats) == (expected and "draws the same images again")


def test_collapse_says_what_the_scores_by_class_say(it: Made) -> None:
    found = it.score(it.drawings("mine", 37))
    own = found.by_class[found.by_class["name"] == "mine"].pivot_table("value", "label", "score")
    pd.testing.assert_frame_equal(found.collapse[SHOWN], own[SHOWN], check_names=False)
