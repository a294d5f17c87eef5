"""Training: repeats, kills, rates, and which weights are kept."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from pipeline.artifacts.characters import END, Writer
from pipeline.errors import UserError
from pipeline.models.characters.material import Text
from pipeline.models.characters.settings import Recipe
from pipeline.models.checkpoint import Checkpoint
from writer_samples import DROPPING, RECIPE, WINDOWED, V, fit, messages_of, shape, text

pytestmark = pytest.mark.slow
BOTH = {"streamed": RECIPE, "windowed": WINDOWED}


def assert_same(one: Writer, other: Writer) -> None:
    """To the last bit."""
    np.testing.assert_array_equal(one.weights, other.weights)
    np.testing.assert_array_equal(one.opening, other.opening)
    pd.testing.assert_frame_equal(one.history.drop(columns="seconds"), other.history.drop(columns="seconds"))
    assert (one.kept_epoch, one.stopped_early) == (other.kept_epoch, other.stopped_early)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Writer]:
    """A training of each scheme, with dropout and classes."""
    return {scheme: fit(tmp_path_factory.mktemp(scheme), recipe) for scheme, recipe in BOTH.items()}


@pytest.mark.parametrize("scheme", BOTH)
def test_the_same_seed_gives_the_same_weights_and_another_does_not(
    scheme: str, tmp_path: Path, whole: dict[str, Writer]
) -> None:
    assert_same(fit(tmp_path / "a", BOTH[scheme]), whole[scheme])
    assert (fit(tmp_path / "b", BOTH[scheme], seed=6).weights != whole[scheme].weights).any()


@pytest.mark.parametrize("scheme", BOTH)
@pytest.mark.parametrize("epochs", [1, 2, 3])
def test_a_killed_training_ends_with_the_same_weights(
    scheme: str, epochs: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, whole: dict[str, Writer]
) -> None:
    with monkeypatch.context() as patch:
        write = Checkpoint.write

        def killed(self: Any, model: Any, history: list[Any], best: Any) -> None:
            write(self, model, history, best)
            if len(history) == epochs:
                raise KeyboardInterrupt

        patch.setattr(Checkpoint, "write", killed)
        with pytest.raises(KeyboardInterrupt):
            fit(tmp_path, BOTH[scheme])
    assert_same(fit(tmp_path, BOTH[scheme]), whole[scheme])


@pytest.mark.parametrize("scheme", BOTH)
def test_blocks_of_updates_end_with_the_weights_of_updates_one_by_one(
    scheme: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, whole: dict[str, Writer]
) -> None:
    from pipeline.models.characters import training

    monkeypatch.setattr(training, "BLOCK", 2)
    found = fit(tmp_path, BOTH[scheme])
    np.testing.assert_array_equal(found.weights, whole[scheme].weights)
    np.testing.assert_allclose(found.history["train_bits"], whole[scheme].history["train_bits"], rtol=1e-6)


def test_a_mean_that_keeps_nothing_is_the_weights_themselves(tmp_path: Path, whole: dict[str, Writer]) -> None:
    found = [fit(tmp_path / str(kept), replace(RECIPE, ema_decay=kept)) for kept in (None, 0.0)]
    assert_same(*found)
    assert (found[0].weights != whole["streamed"].weights).any()


WILD = replace(RECIPE, epochs=6, learning_rate=0.7, ema_decay=None, schedule="plateau")


def validation_bits(made: Writer) -> float:
    """What the kept weights pay for the messages that chose them."""
    from pipeline.models.characters.network import build
    from pipeline.models.characters.scoring import scorer
    from writer_samples import ALPHABET

    net = build(made.build, ALPHABET, conditional=made.conditional, weights=made.weights)
    return float(scorer(net)(text(6, seed=1).messages, made.opening).mean())


@pytest.fixture(scope="module")
def wild(tmp_path_factory: pytest.TempPathFactory) -> Writer:
    """A training that gets worse at times."""
    return fit(tmp_path_factory.mktemp("wild"), WILD)


def test_the_best_epoch_or_the_last_is_kept(tmp_path: Path, wild: Writer) -> None:
    bits = wild.history["val_bits"].tolist()
    assert wild.history["epoch"].tolist() == [1, 2, 3, 4, 5, 6]
    assert wild.kept_epoch == np.argmin(bits) + 1 < 6, "else the test says nothing"
    assert validation_bits(wild) == pytest.approx(min(bits), rel=1e-5)
    last = fit(tmp_path, replace(WILD, keep="last"))
    assert last.kept_epoch == 6
    assert last.history["val_bits"].tolist() == bits
    assert validation_bits(last) == pytest.approx(bits[-1], rel=1e-5)
    assert not wild.stopped_early
    assert not last.stopped_early


def test_with_a_mean_it_is_the_mean_that_is_validated_and_kept(whole: dict[str, Writer]) -> None:
    made = whole["streamed"]
    assert validation_bits(made) == pytest.approx(made.history["val_bits"].min(), rel=1e-5)


def test_a_plateau_slows_down_after_each_epoch_that_brought_nothing(wild: Writer) -> None:
    bits, rates = wild.history["val_bits"].to_numpy(), wild.history["learning_rate"].tolist()
    expected = [0.7]
    for epoch in range(1, 6):
        slower = 0.2 if bits[epoch - 1] > bits[: epoch - 1].min(initial=np.inf) else 1.0
        expected.append(expected[-1] * slower)
    assert len(set(expected)) > 1
    np.testing.assert_allclose(rates, expected, rtol=1e-6)


def test_the_slower_rate_outlives_a_kill(tmp_path: Path, wild: Writer) -> None:
    for epochs in (2, 3, 4, 5):
        fit(tmp_path / str(epochs), replace(WILD, epochs=epochs))
        assert_same(fit(tmp_path / str(epochs), WILD), wild)


def test_patience_ends_a_training(tmp_path: Path, wild: Writer) -> None:
    bits = wild.history["val_bits"].tolist()
    ends = next(epoch for epoch in range(2, 7) if bits[epoch - 1] > min(bits[: epoch - 1]))
    found = fit(tmp_path, replace(WILD, patience=1))
    assert found.history["val_bits"].tolist() == bits[:ends]
    assert found.stopped_early == (ends < 6)
    assert ends < 6
    assert_same(fit(tmp_path, replace(WILD, patience=1)), found)


def test_a_cosine_ends_at_a_fiftieth(whole: dict[str, Writer]) -> None:
    rates = whole["streamed"].history["learning_rate"].to_numpy()
    shares = (1 + np.cos(np.pi * np.array([1, 2, 3]) / 3)) / 2
    np.testing.assert_allclose(rates, 0.02 * (0.02 + 0.98 * shares), rtol=1e-5)
    assert rates[-1] == pytest.approx(0.02 / 50, rel=1e-5)


@pytest.mark.parametrize("scheme", BOTH)
def test_a_text_that_repeats_itself_is_learnt_by_heart(scheme: str, tmp_path: Path) -> None:
    own = Text(messages_of(*["abcde"] * 40), np.arange(40) % 2)
    recipe = replace(BOTH[scheme], epochs=12, learning_rate=0.05, steps=8, ema_decay=None)
    made = fit(tmp_path, recipe, own, validation=own, build=shape("lstm", 8), conditional=False)
    assert made.history["train_bits"].iloc[0] > 0.5
    assert made.history["val_bits"].iloc[-1] < 0.1
    assert made.history["train_bits"].iloc[-1] < 0.1


def test_a_conditional_model_learns_what_the_classes_write(tmp_path: Path) -> None:
    labels = np.arange(60) % 2
    own = Text(messages_of(*np.where(labels, "bb", "aa").tolist()), labels)
    recipe = replace(RECIPE, epochs=8, learning_rate=0.05, ema_decay=None)
    made = fit(tmp_path, recipe, own, validation=own, build=shape("gru", 8), conditional=True)
    from pipeline.models.characters.material import start_of
    from pipeline.models.characters.network import restore
    from pipeline.models.characters.scoring import scorer
    from writer_samples import ALPHABET

    net, messages = restore(made, ALPHABET), messages_of("aa", "bb")
    told = [scorer(net, start_of(label, V))(messages, made.opening)[[0, 3]] for label in (0, 1)]
    assert max(told[0][0], told[1][1]) < 0.3
    assert min(told[0][1], told[1][0]) > 3
    untold = scorer(net, END)(messages, made.opening)[[0, 3]]
    assert (np.abs(untold - 1) < 0.5).all(), "untold, either is as likely"


@pytest.mark.parametrize("scheme", BOTH)
@pytest.mark.parametrize(("rate", "bits"), [(1e6, r"[\d,]{7,}"), (1e30, r"[\d,]{30,}|inf|nan")])
def test_a_training_that_diverges_says_which_and_when(rate: float, bits: str, scheme: str, tmp_path: Path) -> None:
    """Losses stay finite for long: the states are bounded and so are the optimisers' steps."""
    recipe = replace(BOTH[scheme], learning_rate=rate, clipnorm=None, ema_decay=None)
    with pytest.raises(UserError, match=f"mine diverged: in epoch 1 it pays ({bits}) bits per character") as caught:
        fit(tmp_path, recipe)
    assert "learning_rate of its recipe, now 1e+" in caught.value.remedy
    assert not list(tmp_path.glob("*.npz")), "nothing that a later run would go on with"


def short(number: int) -> Text:
    return Text([np.array([1] * (number - 1) + [END], np.uint16)], np.array([0]))


@pytest.mark.parametrize(
    ("recipe", "least", "pieces"),
    [(replace(WINDOWED, steps=100), 100, "a window of 100"), (RECIPE, 15, "3 streams of 5")],
)
def test_a_text_shorter_than_an_update_is_refused(recipe: Recipe, least: int, pieces: str, tmp_path: Path) -> None:
    message = f"have {least - 1} characters, too few for {pieces} as mine reads them"
    with pytest.raises(UserError, match=message) as caught:
        fit(tmp_path, recipe, short(least - 1))
    assert caught.value.expected == f"at least {least} characters"
    assert len(fit(tmp_path, replace(recipe, epochs=1), short(least)).history) == 1, "just long enough"


def test_what_is_written_down_of_a_model(whole: dict[str, Writer]) -> None:
    for scheme, made in whole.items():
        assert (made.name, made.scheme, made.build, made.conditional) == ("mine", scheme, DROPPING, True)
        assert made.weights.shape == (made.num_params,)
        assert made.weights.dtype == made.opening.dtype == np.float32
        assert made.opening.shape == (DROPPING.units,)
        assert made.history.columns.tolist() == ["epoch", "train_bits", "val_bits", "learning_rate", "seconds"]
        assert (made.history["seconds"] > 0).all()
        assert made.history["train_bits"].iloc[-1] < made.history["train_bits"].iloc[0]
