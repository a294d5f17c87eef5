"""A model as a file: what is written is read, and what is damaged is refused."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pipeline.artifacts.characters import Alphabet, Cell, Shape
from pipeline.errors import UserError
from pipeline.models.characters.files import Card, Saved, load, save
from writer_samples import ALPHABET, CELLS, random_rows, shape, writer

CARD = Card(
    name="mine",
    build=Shape("gru", 6, 3, 0.15, 0.45),
    conditional=True,
    alphabet=Alphabet(["\0", "\n", '"', "\\", "é", "中", "\x85", "😀"], has_unknown=True),
    classes=("ham", "späm"),
    limit=321,
)
SIZE = 18 * (3 + 6 + 2) + 10 * (6 + 1) + 12 * 3  # three gates, what comes next, vectors of symbols and classes
MODEL = Saved(CARD, random_rows(1, rows=1, columns=SIZE)[0], random_rows(2, rows=1, columns=6)[0])
SMALLEST = replace(CARD, build=Shape("lstm", 1, None, 0.0, 0.0), alphabet=Alphabet(["a"], has_unknown=False))


def assert_same(one: Saved, other: Saved) -> None:
    assert one.card == other.card
    for left, right in ((one.weights, other.weights), (one.opening, other.opening)):
        np.testing.assert_array_equal(left, right)
        assert left.dtype == right.dtype


@pytest.mark.parametrize("model", [MODEL, Saved(SMALLEST, np.arange(28, dtype=np.float32), np.ones(2, np.float32))])
def test_what_is_written_is_read(model: Saved, tmp_path: Path) -> None:
    path = tmp_path / "mine.npz"
    save(path, model)
    assert_same(load(path), model)


@pytest.mark.parametrize("conditional", [False, True])
@pytest.mark.parametrize("embedding", [None, 4])
@pytest.mark.parametrize("cell", CELLS)
def test_the_weights_of_every_network_fit(cell: Cell, embedding: int | None, conditional: bool, tmp_path: Path) -> None:
    made = writer(shape(cell, 5, embedding), conditional=conditional)
    card = replace(CARD, build=made.build, conditional=conditional, alphabet=ALPHABET)
    path = tmp_path / "mine.npz"
    save(path, Saved(card, made.weights, made.opening))
    assert load(path).weights.size == made.num_params


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (replace(MODEL, weights=MODEL.weights[1:]), rf"weights of the shape \({SIZE - 1},\)"),
        (replace(MODEL, weights=MODEL.weights[None]), rf"weights of the shape \(1, {SIZE}\)"),
        (replace(MODEL, weights=np.full(SIZE, "x")), "the kind <U1"),
        (replace(MODEL, opening=MODEL.opening[:1]), r"opening of the shape \(1,\) and the kind float32, not \(6,\)"),
        (replace(MODEL, card=replace(CARD, conditional=False)), f"not \\({SIZE - 6},\\)"),
        (replace(MODEL, card=SMALLEST), r"not \(28,\)"),
    ],
)
def test_weights_that_do_not_fit_the_card_are_refused(wrong: Saved, words: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.npz"
    save(path, wrong)
    with pytest.raises(UserError, match=f"cannot be read: .*{words}"):
        load(path)


def test_equal_models_are_equal_files(tmp_path: Path) -> None:
    for name in "ab":
        save(tmp_path / f"{name}.npz", MODEL)
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()


def test_what_is_missing_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "none.npz", tmp_path):
        with pytest.raises(UserError, match="cannot be read") as caught:
            load(path)
        assert str(path) in caught.value.happened


def test_a_cut_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "mine.npz"
    save(path, MODEL)
    whole = path.read_bytes()
    for size in (*range(0, len(whole), 7), len(whole) - 1):
        path.write_bytes(whole[:size])
        with pytest.raises(UserError, match="cannot be read"):
            load(path)


def test_a_file_with_a_wrong_byte_is_refused_unless_the_byte_says_nothing(tmp_path: Path) -> None:
    path = tmp_path / "mine.npz"
    save(path, MODEL)
    whole, refused = path.read_bytes(), 0
    for place in range(len(whole)):
        damaged = bytearray(whole)
        damaged[place] ^= 0xFF if place % 2 else 0x01
        path.write_bytes(damaged)
        try:
            assert_same(load(path), MODEL)  # a date, for one
        except UserError:
            refused += 1
    assert refused > len(whole) * 0.8


def test_a_file_of_something_else_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "mine.npz"
    for content in (b"", b"hello", b"\x80\x04K\x01."):
        path.write_bytes(content)
        with pytest.raises(UserError, match=r"cannot be read: \S"):
            load(path)
    with path.open("wb") as file:
        np.save(file, MODEL.weights)
    with pytest.raises(UserError, match="cannot be read"):
        load(path)
    for named in ({"weights": MODEL.weights}, {"card": np.arange(4), "weights": MODEL.weights}):
        np.savez(path, allow_pickle=False, **named)
        with pytest.raises(UserError, match="cannot be read"):
            load(path)
