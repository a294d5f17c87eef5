"""A generator as a file: what is written draws the same, and what is damaged is refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gan_samples import DENSE, SHAPES, K, labels_of, untrained, weights_of
from pipeline.errors import UserError
from pipeline.models.images.files import load, save

pytestmark = pytest.mark.slow
CLASSES = ["T-shirt/top", "späm 中\n", ""]
SMALL = replace(DENSE, noise=1, class_width=1, generator_units=[1], discriminator_units=[1])


@pytest.mark.parametrize("kind", SHAPES)
def test_what_is_written_draws_the_same(kind: str, tmp_path: Path) -> None:
    made, path = untrained(SHAPES[kind]), tmp_path / "mine.npz"
    save(path, made, CLASSES, 0.9)
    card, generator = load(path)
    assert (card.name, card.build, card.classes, card.noise_std) == ("mine", SHAPES[kind], CLASSES, 0.9)
    np.testing.assert_array_equal(weights_of(generator), made.generator)
    from pipeline.models.images.drawing import Brush, restore

    brushes = [Brush(generator), Brush(restore(made, K)[0])]
    one, other = (brush.draw(labels_of(9), brush.noise(9, 1)) for brush in brushes)
    np.testing.assert_array_equal(one, other)


def test_equal_generators_are_equal_files(tmp_path: Path) -> None:
    for name in "ab":
        save(tmp_path / f"{name}.npz", untrained(), CLASSES, 0.9)
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (lambda made: replace(made, generator=made.generator[1:]), "weights of the shape"),
        (lambda made: replace(made, generator=made.generator[None]), "weights of the shape"),
        (lambda made: replace(made, generator=made.generator.astype(np.float64)), "the kind float64"),
        (lambda made: replace(made, generator=np.full(len(made.generator), "x")), "the kind <U1"),
        (lambda made: replace(made, generator=made.generator * np.nan), "not finite"),
        (lambda made: replace(made, build=SHAPES["convolutional"]), "weights of the shape"),
    ],
)
def test_weights_that_are_not_those_of_the_layers_are_refused(wrong: Any, words: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.npz"
    save(path, wrong(untrained()), CLASSES, 0.9)
    with pytest.raises(UserError, match=f"cannot be read: .*{words}"):
        load(path)


def test_classes_that_the_generator_does_not_have_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "mine.npz"
    save(path, untrained(), [*CLASSES, "another"], 0.9)
    with pytest.raises(UserError, match="cannot be read: weights of the shape"):
        load(path)


def test_what_is_no_such_file_is_refused(tmp_path: Path) -> None:
    made, path = untrained(), tmp_path / "mine.npz"
    for missing in (tmp_path / "none.npz", tmp_path):
        with pytest.raises(UserError, match="cannot be read") as caught:
            load(missing)
        assert str(missing) in caught.value.happened
    for content in (b"", b"hello", b"\x80\x04K\x01."):
        path.write_bytes(content)
        with pytest.raises(UserError, match=r"cannot be read: \S"):
            load(path)
    with path.open("wb") as file:
        np.save(file, made.generator)
    with pytest.raises(UserError, match="cannot be read"):
        load(path)
    for named in ({"weights": made.generator}, {"card": np.arange(4), "weights": made.generator}):
        np.savez(path, allow_pickle=False, **named)
        with pytest.raises(UserError, match="cannot be read"):
            load(path)


def test_a_cut_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "mine.npz"
    save(path, untrained(), CLASSES, 0.9)
    whole = path.read_bytes()
    for size in (*range(0, len(whole), len(whole) // 40), len(whole) - 1):
        path.write_bytes(whole[:size])
        with pytest.raises(UserError, match="cannot be read"):
            load(path)


def test_a_file_with_a_wrong_byte_is_refused_unless_the_byte_says_nothing(tmp_path: Path) -> None:
    """Every byte of the first 700 and the last 300, which are headers and the card, and some of the weights between."""
    made, path = untrained(SMALL), tmp_path / "mine.npz"
    save(path, made, CLASSES, 0.9)
    whole, refused, tried = path.read_bytes(), 0, 0
    for place in (*range(700), *range(700, len(whole) - 300, 97), *range(len(whole) - 300, len(whole))):
        damaged = bytearray(whole)
        damaged[place] ^= 0xFF if place % 2 else 0x01
        path.write_bytes(damaged)
        tried += 1
        try:
            card, generator = load(path)
        except UserError:
            refused += 1
        else:
            assert (card.name, card.build, card.classes) == ("mine", SMALL, CLASSES), "a date, for one"
            np.testing.assert_array_equal(weights_of(generator), made.generator)
    assert refused > tried * 0.7
