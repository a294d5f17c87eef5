from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from density_samples import corpus, made, parted, relabelled, said
from pipeline.artifacts.detection import Suspicion
from pipeline.errors import UserError
from pipeline.settings import Node, bind
from pipeline.stages.bags import count_bags
from pipeline.stages.suspect import score_mixture, suspect

SETTINGS: dict[str, Any] = {"kinds": 2, "longest": 30, "smoothing": 0.1, "starts": 3, "seed": 0}
BAGS, SPLIT = made()


@pytest.fixture(scope="module")
def suspicion() -> Suspicion:
    return suspect(BAGS, SPLIT, **SETTINGS)


def test_every_message_of_the_split_is_judged_by_its_words(suspicion: Suspicion) -> None:
    assert suspicion.table["row"].tolist() == SPLIT.used.tolist()
    known = BAGS.known[SPLIT.used] > 0
    called = suspicion.table["log_odds"].to_numpy() > 0
    assert (called == (SPLIT.labels[SPLIT.used] == 1))[known].mean() > 0.97
    assert suspicion.share == pytest.approx(SPLIT.labels[SPLIT.train].mean(), abs=0.03)
    assert suspicion.num_starts == 3


def test_the_words_that_tell_are_those_of_the_rare_kind(suspicion: Suspicion) -> None:
    words = suspicion.words
    assert len(words) == min(30, len(BAGS.vocabulary))
    assert set(words["word"][:8]) == {f"spam{letter}" for letter in "abcdefgh"}
    assert (words["log_ratio"][:8] > 1).all()
    places = [BAGS.vocabulary.index(word) for word in words["word"]]
    assert words["seen"].tolist() == BAGS.seen[places].tolist()


def test_labels_are_never_read(suspicion: Suspicion) -> None:
    other = suspect(BAGS, relabelled(SPLIT), **SETTINGS)
    pd.testing.assert_frame_equal(suspicion.table, other.table)
    pd.testing.assert_frame_equal(suspicion.words, other.words)
    assert suspicion.share == other.share


def test_it_is_fitted_to_the_training_part_alone(suspicion: Suspicion) -> None:
    texts, labels = said()
    changed = [text if row % 4 < 2 else "spama" for row, text in enumerate(texts)]
    split = parted(labels)
    bags = count_bags(*corpus(changed, labels), split, min_messages=2, max_words=None)
    other = suspect(bags, split, **SETTINGS)
    assert other.share == suspicion.share
    np.testing.assert_array_equal(other.log_odds(SPLIT.train), suspicion.log_odds(SPLIT.train))
    pd.testing.assert_frame_equal(other.words, suspicion.words)


def test_the_mixture_is_a_detector_of_its_own(suspicion: Suspicion) -> None:
    found = score_mixture(SPLIT, suspicion)
    assert (found.name, found.model, found.fitted_on, found.main) == ("mixture", "mixture", "all", "cost")
    for part, rows in (("validation", SPLIT.validation), ("test", SPLIT.test)):
        scores = found.scores[found.scores["part"] == part]
        assert scores["row"].tolist() == rows.tolist()
        np.testing.assert_array_equal(scores["message"], suspicion.log_odds(rows))
    assert found.scores[["word", "residual"]].isna().all(axis=None)
    assert found.fitted == [(SPLIT.labels[SPLIT.train] == label).sum() for label in (0, 1)]


def test_where_no_split_was_made_each_row_is_judged_once() -> None:
    rows = np.arange(len(SPLIT.labels))
    found = suspect(BAGS, replace(SPLIT, train=rows[BAGS.known > -1], validation=rows, test=rows), **SETTINGS)
    assert found.table["row"].tolist() == rows.tolist()


@pytest.mark.parametrize(("key", "value"), [("kinds", 1), ("longest", 0), ("smoothing", 0), ("starts", 0)])
def test_settings_out_of_range_are_refused(key: str, value: Any) -> None:
    node = Node("mixture", {**{name: SETTINGS[name] for name in SETTINGS if name != "seed"}, key: value})
    with pytest.raises(UserError, match=f"mixture.{key}"):
        bind(suspect, node)
