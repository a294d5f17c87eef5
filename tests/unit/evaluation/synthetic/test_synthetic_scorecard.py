"""The whole scorecard on makers that copy, that are perfect and that are poor."""

import numpy as np
import pandas as pd
import pytest

from pipeline.artifacts.synthesis import Messages, Scorecard
from pipeline.errors import UserError
from pipeline.evaluation.synthetic.messages import mean_vectors
from pipeline.evaluation.synthetic.scorecard import score

NAMES = [
    "frechet_distance", "mmd", "discriminator_auc", "word_distribution", "length_distance", "distinct_1", "distinct_2",
    "self_bleu", "copied_4grams", "copied_8grams", "exact_copies", "distance_to_closest", "closer_to_train",
    "membership_auc",
]  # fmt: skip
TABLE = np.random.default_rng(0).normal(size=(300, 6)).astype(np.float32)


def made_up(seed: int, n: int, words: int = 298) -> Messages:
    """Messages of words drawn by Zipf's law, a quarter of them positive and with other words."""
    random = np.random.default_rng(seed)
    labels = (np.arange(n) % 4 == 0).astype(np.int8)
    ranks = random.zipf(1.3, (n, 20)) + 20 * labels[:, None]
    inside = np.arange(20) < random.integers(5, 21, n)[:, None]
    ids = np.where(inside, 2 + ranks % words, 0).astype(np.int32)
    return Messages(ids, labels, mean_vectors(ids, TABLE), 10_000 * seed + np.arange(n))


TRAIN, VALIDATION, TEST = made_up(1, 240), made_up(2, 80), made_up(3, 80)


def card(synthetic: Messages, validation: Messages | None = VALIDATION, draws: int = 2, seed: int = 5) -> Scorecard:
    return score(TRAIN, validation, TEST, synthetic, draws=draws, seed=seed)


def column(scorecard: Scorecard, name: str) -> dict[str, float]:
    return dict(zip(scorecard.table["name"], scorecard.table[name], strict=True))


@pytest.fixture(scope="module")
def perfect() -> Scorecard:
    return card(made_up(4, 240))


def test_it_has_every_score_and_the_mean_lies_between_the_draws(perfect: Scorecard) -> None:
    table = perfect.table
    assert table["name"].tolist() == NAMES
    assert table.columns.tolist() == ["name", "synthetic", "low", "high", "holdout"]
    assert table.notna().all(axis=None)
    assert (table["low"] <= table["synthetic"] + 1e-12).all()
    assert (table["synthetic"] <= table["high"] + 1e-12).all()
    assert (perfect.num_messages, perfect.num_draws) == (80, 2)


def test_a_perfect_maker_scores_as_the_holdout_does(perfect: Scorecard) -> None:
    synthetic, holdout = column(perfect, "synthetic"), column(perfect, "holdout")
    for name, reach in {"mmd": 0.1, "discriminator_auc": 0.15, "word_distribution": 0.1, "self_bleu": 0.05,
                        "distinct_1": 0.05, "closer_to_train": 20, "membership_auc": 0.12}.items():  # fmt: skip
        assert synthetic[name] == pytest.approx(holdout[name], abs=reach), name


def test_a_copier_is_found_out() -> None:
    found = card(Messages(TRAIN.ids, TRAIN.labels, TRAIN.vectors, -1 - np.arange(240)))
    synthetic, holdout = column(found, "synthetic"), column(found, "holdout")
    assert synthetic["exact_copies"] == synthetic["copied_8grams"] == 100
    assert synthetic["distance_to_closest"] == 0 < holdout["distance_to_closest"]
    assert synthetic["closer_to_train"] > 60
    assert synthetic["membership_auc"] > 0.6
    assert holdout["exact_copies"] < 10


def test_a_poor_maker_is_found_out(perfect: Scorecard) -> None:
    """It knows only the ten commonest words."""
    poor, good = column(card(made_up(6, 240, words=10)), "synthetic"), column(perfect, "synthetic")
    for name in ("frechet_distance", "mmd", "discriminator_auc", "word_distribution", "self_bleu"):
        assert poor[name] > 1.2 * good[name], name
    for name in ("distinct_1", "distinct_2"):
        assert poor[name] < good[name] / 1.5, name


def test_the_same_seed_gives_the_same_card_and_another_draws_others(perfect: Scorecard) -> None:
    again = card(made_up(4, 240))
    pd.testing.assert_frame_equal(again.table, perfect.table)
    other = card(made_up(4, 240), seed=6)
    assert (other.table["synthetic"] != perfect.table["synthetic"]).any()


def test_where_the_test_part_doubles_as_validation_the_holdout_has_no_third_set() -> None:
    found = card(made_up(4, 240), validation=None, draws=1)
    holdout, synthetic = column(found, "holdout"), column(found, "synthetic")
    assert {name for name in NAMES if np.isnan(holdout[name])} == {"closer_to_train", "membership_auc"}
    assert not np.isnan(list(synthetic.values())).any()


def test_where_few_messages_of_a_class_were_made_both_sets_shrink_alike() -> None:
    """20 of 80 test messages are positive; with 15 positive synthetic ones, sets of 15 and 45 are compared."""
    made = made_up(4, 240)
    few = made.take(np.sort(np.concatenate([np.flatnonzero(made.labels == 0), np.flatnonzero(made.labels == 1)[:15]])))
    assert card(few, draws=1).num_messages == 60


def test_too_few_messages_are_an_error_that_gives_the_numbers() -> None:
    negative = made_up(4, 240)
    with pytest.raises(UserError, match=r"80 messages, and only 0 .* 180 synthetic and 240 training"):
        card(negative.take(negative.labels == 0))
