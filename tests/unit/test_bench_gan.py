"""The benchmark of GANs: every side learns, the same pixels each, and a side that does not is refused."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from gan_samples import RECIPE, SHAPES
from pipeline.models.backend import start_keras
from pipeline.models.images.network import build_players

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def bench() -> Iterator[Any]:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT / "scripts"))
        yield importlib.import_module("bench_gan")


def moves(weights: list[Any], run: Any) -> float:
    """How far one update takes weights, at most."""
    before = [np.array(keras.ops.convert_to_numpy(weight)) for weight in weights]
    run(1)
    after = [keras.ops.convert_to_numpy(weight) for weight in weights]
    return max(float(np.abs(new - old).max()) for new, old in zip(after, before, strict=True))


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["dense", "convolutional"])
def test_every_side_moves_both_players_by_their_rates(bench: Any, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench, "faster", lambda make, _: make(False))  # a choice by time would be another each time
    recipe = replace(RECIPE, generator_rate=1e-3, discriminator_rate=4e-3)
    start_keras(0)  # as the script does: an unlucky beginning can make a step of Adam's much longer than its rate
    found = bench.sides(SHAPES[kind], recipe, updates=2)
    assert list(found) == ["pipeline", "one graph a step", "train_on_batch", "lean"]
    for name, side in found.items():
        generator, discriminator = side.players
        # Adam's first steps are about as long as its rate; an update of `train_on_batch` has two of the discriminator
        assert 1e-4 < moves(generator, side.run) < 4e-3, name
        assert 4e-4 < moves(discriminator, side.run) < 1.6e-2, name


@pytest.mark.parametrize("kind", ["dense", "convolutional"])
def test_plain_keras_has_the_weights_of_ours(bench: Any, kind: str) -> None:
    plain, ours = bench.plain_players(SHAPES[kind], 10), build_players(SHAPES[kind], 10)
    for theirs, player in zip(plain, ours, strict=True):
        sizes = [sorted(tuple(weight.shape) for weight in one.trainable_variables) for one in (theirs, player)]
        assert sizes[0] == sizes[1]


@pytest.mark.slow
def test_a_side_that_does_not_learn_is_refused(bench: Any) -> None:
    players = [np.zeros(3)], [np.zeros(3)]

    def of_one(_: int) -> None:
        players[0][0][:] += 1

    with pytest.raises(AssertionError, match="the discriminator does not learn"):
        bench.Side(of_one, players).check()


@pytest.mark.slow
def test_times_of_all_sides_are_told(
    bench: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bench, "settings", lambda _: (SHAPES["dense"], RECIPE))
    assert bench.main(["--updates", "2", "--rounds", "2"]) == 0
    first, *lines = capsys.readouterr().out.splitlines()
    assert first == "cgan, 2 rounds of 2 updates"
    assert [line[:17].strip() for line in lines] == ["pipeline", "one graph a step", "train_on_batch", "lean"]
    assert "1.00 times ours [1.00, 1.00]" in lines[0]
