"""Training that ends early: players that diverge, and a discriminator that has won."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gan_samples import FIGURES, RECIPE, Script, assert_same, fit, grid_of, ink, untrained
from pipeline.errors import UserError

pytestmark = pytest.mark.slow


def diverging(monkeypatch: pytest.MonkeyPatch, epoch: int, what: str) -> None:
    """From this epoch on a player has a weight that is no number."""
    from pipeline.models.images import training

    run = training.Epochs.run

    def wild(self: Any, number: int, progress: Any) -> list[float]:
        if number >= epoch and what != "measure":
            player = getattr(self._block.python_function.__self__, what)
            weight = player.trainable_variables[1]
            weight.assign(np.full(weight.shape, np.nan, np.float32))
        return run(self, number, progress)

    monkeypatch.setattr(training.Epochs, "run", wild)


@pytest.mark.parametrize(
    ("what", "keep"), [("generator", "best"), ("generator", "last"), ("discriminator", "best"), ("measure", "best")]
)
def test_a_player_that_diverges_ends_the_training_and_the_best_epoch_is_kept(
    what: str, keep: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    untrained()
    recipe = replace(RECIPE, epochs=6, keep=keep, ema_decay=None)
    with monkeypatch.context() as patch, caplog.at_level(logging.WARNING):
        diverging(patch, 4, what)
        made = fit(tmp_path, recipe, watch=Script(*FIGURES, np.nan))
    assert (made.ending, made.kept_epoch) == ("diverged", 2)
    assert made.trouble == {
        "measure": "after epoch 4 the generator draws nothing that could be measured.",
    }.get(what, "in epoch 4 a loss is no longer a finite number.")
    assert [record.getMessage() for record in caplog.records] == [
        f"Training of mine ends early: {made.trouble} The weights of the best epoch are kept."
    ]
    assert made.history["epoch"].tolist() == [1, 2, 3]
    assert np.isfinite(made.history.to_numpy()).all()
    assert np.isfinite(made.generator).all()
    assert np.isfinite(made.discriminator).all()
    assert len(made.frames) == 3
    np.testing.assert_array_equal(grid_of(made), made.frames[1])
    assert fit(tmp_path, replace(recipe, epochs=6), watch=ink).ending == "finished", "the last good epoch is on disk"


@pytest.mark.parametrize("what", ["generator", "discriminator"])
def test_a_player_that_diverges_at_once_is_an_error(what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    untrained()
    diverging(monkeypatch, 1, what)
    with pytest.raises(UserError, match="Training mine diverged in its first epoch") as caught:
        fit(tmp_path)
    assert "training.generator_rate (now 0.002)" in caught.value.remedy
    assert not list(tmp_path.glob("*.npz"))


@pytest.mark.parametrize("asked", [100, 10 * 3], ids=["measured", "framed"])
def test_a_generator_whose_numbers_overflow_has_diverged(
    asked: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever it draws at the time: what is measured after an epoch, or the frame."""
    untrained()
    from pipeline.models.images.drawing import Brush

    blend, met = Brush.blend, []

    def overflowing(self: Any, vectors: Any, noise: Any) -> Any:
        met.append(len(noise))
        return blend(self, vectors, np.nan * noise if met.count(asked) == 3 and len(noise) == asked else noise)

    monkeypatch.setattr(Brush, "blend", overflowing)
    made = fit(tmp_path, replace(RECIPE, epochs=6), watch=Script(*FIGURES))
    assert (made.ending, made.kept_epoch, len(made.history), len(made.frames)) == ("diverged", 2, 2, 2)
    assert made.trouble == "after epoch 3 the generator draws nothing that could be measured."


def test_rates_beyond_all_measure_diverge(tmp_path: Path) -> None:
    wild = replace(RECIPE, generator_rate=1e30, discriminator_rate=1e30)
    with pytest.raises(UserError, match="diverged in its first epoch"):
        fit(tmp_path, wild)


def frames(*pixels: int) -> Any:
    """Drawings of so many epochs, (epochs, 6, 28, 28): all are one picture but for a pixel of the last of them."""
    made = np.arange(len(pixels), dtype=np.uint8)[:, None, None, None] + np.zeros((1, 6, 28, 28), np.uint8)
    made[:, -1, 3, 5] += np.array(pixels, np.uint8)
    return made


def lived(*sure: tuple[float, float]) -> list[Any]:
    """A history of epochs in which the discriminator was so sure of real and drawn images."""
    from pipeline.models.images.training import Epoch

    return [Epoch(place + 1, 1.0, 1.0, real, fake, 0.5, 1.0, 1.0, 0.1) for place, (real, fake) in enumerate(sure)]


WON, OPEN, LOST = (0.999, 0.001), (0.8, 0.2), (0.001, 0.999)
SURE = "the discriminator was all but sure of every image, and the generator had nothing to learn from."
WRONG = (
    "the discriminator took nearly all drawings for real and nearly all real images for drawn, and the generator had "
    "nothing to learn from."
)
SAME = "the generator drew one and the same picture of every class from any noise."


@pytest.mark.parametrize(
    ("smoothing", "epochs", "why"),
    [
        (0.0, [WON, WON, WON], SURE),
        (0.0, [OPEN, WON, WON, WON], SURE),
        (0.0, [WON, WON], None),
        (0.0, [WON, WON, OPEN], None),
        (0.0, [WON, OPEN, WON, WON], None),
        (0.0, [], None),
        (0.1, [(0.9, 0.001)] * 3, SURE),
        (0.0, [(0.9, 0.001)] * 3, None),
        (0.1, [(0.87, 0.001)] * 3, None),
        (0.0, [LOST, LOST, LOST], WRONG),
        (0.1, [OPEN, LOST, LOST, LOST], WRONG),
        (0.1, [(0.001, 0.9)] * 3, None),
        (0.0, [LOST, LOST], None),
        (0.0, [LOST, LOST, WON], None),
        (0.0, [WON] * 9, None),
    ],
)
def test_a_discriminator_that_has_won_or_lost_for_long_ends_the_training(
    smoothing: float, epochs: list[tuple[float, float]], why: str | None
) -> None:
    """It is as sure as its targets let it be, or wrong, in so many epochs in a row, and there are some left."""
    untrained()
    from pipeline.models.images.training import _saturated

    recipe = replace(RECIPE, epochs=9, smoothing=smoothing, saturated_epochs=3)
    found = _saturated(lived(*epochs), frames(*[99] * 9), recipe)
    assert (found is not None) == (why is not None)
    if found:
        assert found.ending == "saturated"
        assert found.seen == f"in the epochs {len(epochs) - 2} to {len(epochs)} {why}"


@pytest.mark.parametrize(
    ("pixels", "ends"),
    [([0, 0], True), ([9, 0, 0], True), ([0], False), ([0, 1], False), ([0, 0, 1], False), ([0, 0, 0], True)],
)
def test_drawings_that_are_one_picture_for_long_end_the_training(pixels: list[int], ends: bool) -> None:
    """A single pixel of a single drawing that differs is enough to go on; a picture need not stay the same."""
    untrained()
    from pipeline.models.images.training import _saturated

    found = _saturated(lived(*[OPEN] * len(pixels)), frames(*pixels), replace(RECIPE, epochs=9, saturated_epochs=2))
    assert (found is not None) == ends
    if found:
        assert (found.ending, found.seen) == ("saturated", f"in the epochs {len(pixels) - 1} to {len(pixels)} {SAME}")


def test_a_generator_that_has_one_picture_ends_the_training_and_it_is_said(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    untrained()
    from pipeline.models.images import training

    run = training.Epochs.run

    def flat(self: Any, number: int, progress: Any) -> list[float]:
        players = self._block.python_function.__self__
        for player in players.generator.weights, players.means:
            player[-1].assign(np.full(player[-1].shape, 1e6, np.float32))  # the bias of the pixels: all are white
        return run(self, number, progress)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(training.Epochs, "run", flat)
        made = fit(tmp_path, replace(RECIPE, epochs=6, saturated_epochs=2), watch=Script(*FIGURES))
    assert (made.frames == 255).all()
    assert (made.ending, made.trouble, made.kept_epoch) == ("saturated", f"in the epochs 1 to 2 {SAME}", 2)
    assert f"Training of mine ends early: {made.trouble}" in caplog.text


def test_a_training_that_saturates_ends_there_and_stays_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A generator at rest loses; the kept epoch is the best, also after it was started again."""
    untrained()
    from pipeline.models.images import training

    monkeypatch.setattr(training, "SURE", 0.5)
    recipe = replace(RECIPE, epochs=40, keep="last", generator_rate=1e-30, discriminator_rate=5e-3, saturated_epochs=2)
    script = Script(*[5.0, 3.0, 1.0], *range(4, 40))
    made = fit(tmp_path, recipe, watch=script)
    epochs = len(made.history)
    gaps = ((made.history["real_confidence"] - made.history["fake_confidence"]) / 0.9).to_numpy()
    first = next(end for end in range(2, 41) if (gaps[end - 2 : end] >= 0.5).all())
    assert (made.ending, epochs) == ("saturated", first)
    assert 3 <= epochs < 40, "else the test says nothing"
    assert made.kept_epoch == 3
    assert "ends early: in the epochs" in caplog.text
    again = fit(tmp_path, recipe, watch=Script())
    assert_same(again, made)
