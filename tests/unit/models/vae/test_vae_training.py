"""Training: the weight of the KL, repeats, kills, and what is kept when it diverges."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from pipeline.errors import UserError
from pipeline.models.fitting import Examples
from pipeline.models.vae.settings import Recipe
from vae_samples import NUM_WORDS, RECIPE, SHAPE, messages, network, table

pytestmark = pytest.mark.slow
OWN, HELD = messages(40), messages(15, seed=2)
STEPS = 5  # of an epoch


def train(folder: Path, recipe: Recipe = RECIPE, own: Examples = OWN, *, vectors: Any = None) -> tuple[Any, Any]:
    """The weights and the outcome of a training."""
    folder.mkdir(exist_ok=True)
    vae = network(vectors=vectors)
    from pipeline.models.vae.network import flat_weights
    from pipeline.models.vae.training import train

    outcome = train(vae, own, HELD, recipe, seed=5, scratch=folder, name="all")
    return flat_weights(vae), outcome


def first_batches(number: int) -> tuple[Any, NDArray[np.int64]]:
    """A trainer that has done that many batches of the first epoch, and the rows of all batches, (STEPS, 8)."""
    vae = network()
    from pipeline.models.vae import training

    trainer = training.Trainer(vae, RECIPE, steps=STEPS, seed=5, of="all")
    order = np.random.default_rng([5, 1]).permutation(len(OWN.labels))
    rows = order[: number * RECIPE.batch_size]
    if number:
        trainer.fit(training._batches(trainer, OWN, rows, RECIPE.batch_size), shuffle=False, verbose=0)  # pyright: ignore[reportArgumentType]
    return trainer, order.reshape(STEPS, RECIPE.batch_size)


def with_last_word(row: int) -> Examples:
    """The messages with the word that no other has in one of them."""
    ids = OWN.ids.copy()
    ids[row, 0] = NUM_WORDS - 1
    return Examples(ids, OWN.labels)


def infinite() -> NDArray[np.float32]:
    """Word vectors of which the last is not finite."""
    vectors = table()
    vectors[NUM_WORDS - 1] = np.inf
    return vectors


def test_the_weight_of_the_kl_grows_step_by_step_and_then_stays() -> None:
    trainer, _ = first_batches(0)
    weights = []
    for done in range(14):
        trainer.optimizer.iterations.assign(done)
        weights.append(float(trainer.beta()))
    assert RECIPE.warmup_epochs * STEPS == 10
    np.testing.assert_allclose(weights, [0.5 * min(1, (done + 1) / 10) for done in range(14)], rtol=1e-6)


def test_without_warm_up_the_weight_of_the_kl_is_full_from_the_start() -> None:
    vae = network()
    from pipeline.models.vae.training import Trainer

    assert float(Trainer(vae, replace(RECIPE, warmup_epochs=0), steps=STEPS, seed=5, of="all").beta()) == 0.5


def test_the_best_epoch_is_none_of_the_warm_up_and_patience_does_not_end_it() -> None:
    network()  # starts Keras
    from pipeline.models.stopping import best_epoch, is_out_of_patience
    from pipeline.models.vae import training

    random = np.random.default_rng(1)
    for _ in range(50):
        warmup = int(random.integers(0, 6))
        recipe = replace(RECIPE, warmup_epochs=warmup)
        losses = (random.normal(size=12) * 10.0 ** random.integers(-2, 6)).tolist()
        rows = [
            training.Epoch(number, 0.0, 0.0, 0.0, 0.0, loss, 0.0, 0.0, 0.0, beta=0.0, seconds=0.0)
            for number, loss in enumerate(losses, 1)
        ]
        for done in range(1, 13):
            watched = training._watched(rows[:done], recipe)
            if done <= warmup:
                assert best_epoch(watched) == done, "the last weights so far"
                assert not is_out_of_patience(watched, 1)
            else:
                assert best_epoch(watched) == warmup + 1 + int(np.argmin(losses[warmup:done]))


def test_a_training_that_gets_worse_goes_on_through_the_warm_up(tmp_path: Path) -> None:
    wild = replace(RECIPE, learning_rate=1.0, clipnorm=None, patience=1, warmup_epochs=4, epochs=6)
    _, outcome = train(tmp_path, wild)
    losses = outcome.history["val_loss"].to_numpy()
    assert (np.diff(losses[:4]) > 0).any(), "patience would have ended it"
    assert len(losses) > 4
    assert outcome.kept_epoch == 5 + losses[4:].argmin()


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[NDArray[np.float32], Any]:
    """The weights and the outcome of a plain training."""
    return train(tmp_path_factory.mktemp("whole"))


def test_the_history_tells_the_loss_in_its_parts(whole: tuple[Any, Any]) -> None:
    _, outcome = whole
    history = outcome.history
    assert history["epoch"].tolist() == [1, 2, 3]
    np.testing.assert_allclose(history["beta"], [0.05, 0.3, 0.5], rtol=1e-6)
    parts = history["val_squared_error"] / 2 + RECIPE.beta * history["val_kl"] + history["val_length_loss"]
    np.testing.assert_allclose(history["val_loss"], parts, rtol=1e-5)
    assert history["loss"].is_monotonic_decreasing
    assert outcome.kept_epoch == 3, "the only one after the warm-up"
    assert not outcome.stopped_early


def assert_same(one: tuple[Any, Any], other: tuple[Any, Any]) -> None:
    np.testing.assert_array_equal(one[0], other[0])
    assert one[1].kept_epoch == other[1].kept_epoch
    pd.testing.assert_frame_equal(one[1].history.drop(columns="seconds"), other[1].history.drop(columns="seconds"))


def test_the_same_seed_gives_the_same_weights(tmp_path: Path, whole: tuple[Any, Any]) -> None:
    assert_same(train(tmp_path), whole)


def test_steps_in_groups_end_with_the_weights_of_steps_one_by_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipe = replace(RECIPE, batch_size=2, epochs=1)  # 20 steps: a group of 16, and 4
    grouped, _ = train(tmp_path / "a", recipe)
    from pipeline.models.vae import training

    monkeypatch.setattr(training, "STEPS", 1)
    single, _ = train(tmp_path / "b", recipe)
    np.testing.assert_array_equal(grouped, single)


def test_a_killed_training_ends_with_the_same_weights(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, whole: tuple[Any, Any]
) -> None:
    from pipeline.models.vae import training

    real = training._one_epoch

    def interrupt(trainer: Any, own: Any, held: Any, epoch: int, *rest: Any) -> Any:
        row = real(trainer, own, held, epoch, *rest)
        if epoch == 2:
            raise KeyboardInterrupt
        return row

    with monkeypatch.context() as patch:
        patch.setattr(training, "_one_epoch", interrupt)
        with pytest.raises(KeyboardInterrupt):
            train(tmp_path)
    assert_same(train(tmp_path), whole)


def test_training_stops_when_patience_is_out_and_keeps_the_best_epoch(tmp_path: Path) -> None:
    wild = replace(RECIPE, learning_rate=1.0, clipnorm=None, patience=2, epochs=12)
    _, outcome = train(tmp_path, wild)
    assert outcome.stopped_early
    assert len(outcome.history) == outcome.kept_epoch + 2 < 12


def test_a_loss_that_is_not_finite_stops_names_the_batch_and_keeps_the_weights_from_before_it(tmp_path: Path) -> None:
    before, rows = first_batches(3)
    with pytest.raises(UserError, match="in batch 4 of epoch 1 the loss") as caught:
        train(tmp_path, own=with_last_word(rows[3, 5]), vectors=infinite())
    assert "synthesiser.training.learning_rate (now 0.01)" in caught.value.remedy
    kept = np.load(tmp_path / "last_good_all.npy", allow_pickle=False)
    assert str(tmp_path / "last_good_all.npy") in caught.value.happened
    from pipeline.models.vae.network import Vae, flat_weights, load_weights

    np.testing.assert_array_equal(kept, flat_weights(before.vae))
    again = load_weights(Vae(SHAPE, table()), kept)
    np.testing.assert_array_equal(again(HELD.ids, HELD.labels), before.vae(HELD.ids, HELD.labels))


def test_batches_are_counted_anew_in_each_epoch(tmp_path: Path) -> None:
    train(tmp_path, replace(RECIPE, epochs=1))
    second = np.random.default_rng([5, 2]).permutation(len(OWN.labels)).reshape(STEPS, -1)
    with pytest.raises(UserError, match="in batch 3 of epoch 2 the loss"):
        train(tmp_path, own=with_last_word(second[2, 0]), vectors=infinite())


def test_a_rate_that_is_far_too_high_is_told(tmp_path: Path) -> None:
    wild = replace(RECIPE, learning_rate=1e38, clipnorm=None)
    with pytest.raises(UserError, match="in batch 2 of epoch 1"):
        train(tmp_path, wild)


def test_an_epoch_with_a_validation_loss_that_is_not_finite_is_not_kept(tmp_path: Path) -> None:
    wild = replace(RECIPE, learning_rate=1e38, clipnorm=None, batch_size=40)  # one step an epoch
    with pytest.raises(UserError, match="after epoch 1 the validation loss is not a finite number"):
        train(tmp_path, wild)
    from pipeline.models.vae.network import flat_weights

    np.testing.assert_array_equal(np.load(tmp_path / "last_good_all.npy", allow_pickle=False), flat_weights(network()))
