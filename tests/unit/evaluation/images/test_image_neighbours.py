"""The closest training image is the one that brute force finds, and copies are told from look-alikes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from made_images import Made, labels_of, made

from pipeline.artifacts.images import Drawings
from pipeline.evaluation.images import neighbours
from pipeline.evaluation.images.neighbours import nearest, twins
from pipeline.stages.find_neighbours import find_neighbours


def noise(seed: int, number: int, side: int = 28) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (number, side, side)).astype(np.uint8)


def brute_force(pixels: np.ndarray, among: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    squared = ((pixels[:, None].astype(np.int64) - among[None]) ** 2).sum(axis=(2, 3))
    return squared.argmin(axis=1), np.sqrt(squared.min(axis=1)) / 255


@pytest.mark.parametrize("side", [1, 2, 28])
@pytest.mark.parametrize("cells", [1, 200, neighbours.CELLS])
def test_it_is_exactly_what_brute_force_finds(side: int, cells: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """With few pixels there are many ties, and equal images in the collection."""
    monkeypatch.setattr(neighbours, "CELLS", cells)
    pixels, among = noise(1, 40, side), noise(2, 90, side)
    rows, distance = nearest(pixels, among)
    expected = brute_force(pixels, among)
    np.testing.assert_array_equal(rows, expected[0])
    np.testing.assert_array_equal(distance, expected[1])


def test_images_that_differ_in_one_level_of_one_pixel_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bright images, where a float32 sum of squares, 5e7, rounds to fours."""
    monkeypatch.setattr(neighbours, "PAIRS", 7)
    among = np.full((60, 28, 28), 255, np.uint8)
    for row in range(60):
        among[row, row % 28, row // 28] -= 1
    among[40] = among[20]
    rows, distance = nearest(among, among)
    assert rows.tolist() == [20 if row == 40 else row for row in range(60)]
    assert (distance == 0).all()
    _, apart = nearest(np.full((1, 28, 28), 255, np.uint8), among)
    assert apart[0] == 1 / 255


def test_distances_that_float32_cannot_tell_apart_are_told_apart() -> None:
    """Squared distances that are one apart, of bright images among dark ones: their squares, 3e7, round to twos."""
    base = 200 + noise(5, 1).reshape(-1).astype(np.int64) // 5
    queries = np.tile(base, (20, 1))
    random = np.random.default_rng(7)
    for query in queries:
        darker = random.permutation(784)[:100]
        query[darker] -= 40
    alike = np.flatnonzero((queries == base).all(axis=0))
    near = np.tile(base, (60, 1))
    for row, changes in enumerate(random.permutation(60) % len(alike)):
        near[row, alike[: changes + 1]] += 1
    among = np.concatenate([near, noise(6, 1000).reshape(1000, -1) // 64])
    among, queries = (pixels.astype(np.uint8).reshape(-1, 28, 28) for pixels in (among, queries))
    rows, distance = nearest(queries, among)
    expected = brute_force(queries, among)
    assert (rows < 60).all()
    np.testing.assert_array_equal(rows, expected[0])
    np.testing.assert_array_equal(distance, expected[1])


def test_a_black_and_a_white_image_are_28_apart() -> None:
    rows, distance = nearest(np.zeros((1, 28, 28), np.uint8), np.full((3, 28, 28), 255, np.uint8))
    assert (rows[0], distance[0]) == (0, 28)


def test_twins_are_those_that_equal_an_earlier_image() -> None:
    pixels = noise(3, 6)
    pixels[[2, 5]] = pixels[0]
    pixels[4] = pixels[3]
    assert np.flatnonzero(twins(pixels)).tolist() == [2, 4, 5]


@pytest.fixture
def it() -> Made:
    return made()


def test_every_drawing_and_test_image_has_one_in_the_training_part(it: Made) -> None:
    drawn = it.drawings("mine", 40), it.drawings("other", 41)
    found = find_neighbours(it.images, it.split, *drawn).table
    parts = [(one.name, one.pixels, one.labels) for one in drawn] + [("test", it.images.test, it.images.test_labels)]
    assert found["set"].unique().tolist() == [name for name, _, _ in parts]
    for name, pixels, labels in parts:
        own = found[found["set"] == name]
        assert own["row"].tolist() == list(range(len(pixels)))
        assert own["label"].tolist() == labels.tolist()
        np.testing.assert_array_equal(own["train"], brute_force(pixels, it.images.train)[0])


def test_rows_are_those_of_the_files(it: Made) -> None:
    """Only images of the split are looked at, and each by its place in its file."""
    split = replace(it.split, train=it.split.train[::2], test=it.split.test[5::3])
    drawn = Drawings("mine", it.images.train[:4], labels_of()[:4], 1.0)
    found = find_neighbours(it.images, split, drawn).table
    own, test = found[found["set"] == "mine"], found[found["set"] == "test"]
    assert (own["train"] % 2 == 0).all()
    assert own["train"].tolist()[::2] == [0, 2]
    assert (own["distance"] == 0).tolist() == [True, False, True, False]
    assert test["row"].tolist() == split.test.tolist()
    np.testing.assert_array_equal(
        it.images.train[test["train"]], it.images.train[2 * brute_force(it.images.test[5::3], it.images.train[::2])[0]]
    )


def test_copies_and_twins_are_counted_by_bytes(it: Made) -> None:
    drawn = it.drawings("mine", 42)
    pixels = drawn.pixels.copy()
    pixels[3], pixels[4] = it.images.train[100], it.images.train[100]
    pixels[9] = pixels[8]
    found = find_neighbours(it.images, it.split, replace(drawn, pixels=pixels), drawn)
    assert found.repeats["set"].tolist() == ["mine", "mine"]
    assert found.repeats[["exact", "twins"]].to_numpy().tolist() == [[2, 2], [0, 0]]
    assert np.flatnonzero(found.table["twin"][: len(pixels)]).tolist() == [4, 9]
