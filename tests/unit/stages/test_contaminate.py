import itertools
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from density_samples import made
from pipeline.artifacts.detection import Contamination
from pipeline.errors import UserError
from pipeline.models.density import plain
from pipeline.models.density.material import Detector, Material
from pipeline.settings import Node, bind
from pipeline.stages.contaminate import contaminate

BAGS, SPLIT = made(800)
SHARES = [0, 0.01, 0.05, 0.13, 0.2]
UNIGRAM = partial(plain.unigram, smoothing=1.0)
ROWS = BAGS.take(np.arange(len(SPLIT.labels))).toarray()


class Caught:
    """A model that notes what it was fitted on."""

    def __init__(self) -> None:
        self.given: list[Material] = []

    def __call__(self, material: Material) -> Detector:
        """A detector of the simplest kind."""
        self.given.append(material)
        return UNIGRAM(material)


def run(shares: list[float] | None = None, split: Any = SPLIT, **changes: Any) -> Contamination:
    settings: dict[str, Any] = {"deep": UNIGRAM, "flat": UNIGRAM, "seed": 0, **changes}
    return contaminate(BAGS, split, shares=SHARES if shares is None else shares, **settings)


def mixed(shares: list[float] | None = None, split: Any = SPLIT, seed: int = 0) -> list[NDArray[np.int64]]:
    """Rows that are fitted on at each share, from a corpus whose bags tell rows apart."""
    bags = replace(
        BAGS,
        words=np.zeros(len(SPLIT.labels), np.int32),
        counts=np.arange(1, len(SPLIT.labels) + 1, dtype=np.int32),
        edges=np.arange(len(SPLIT.labels) + 1, dtype=np.int32),
    )
    caught = Caught()
    contaminate(bags, split, shares=SHARES if shares is None else shares, deep=caught, flat=UNIGRAM, seed=seed)
    return [material.bags.toarray()[:, 0].astype(np.int64) - 1 for material in caught.given]


def test_as_many_messages_at_each_share_and_the_share_is_right_to_half_a_message() -> None:
    fitted = mixed()
    size = run().num_fitted
    assert [len(rows) for rows in fitted] == [size] * len(SHARES)
    for share, rows in zip(SHARES, fitted, strict=True):
        assert abs(SPLIT.labels[rows].sum() - share * size) <= 0.5
        assert len(set(rows)) == size
        assert set(rows) <= set(SPLIT.train)


def test_no_message_is_exchanged_for_another_of_its_class() -> None:
    fitted = [set(rows.tolist()) for rows in mixed()]
    for fewer, more in itertools.pairwise(fitted):
        assert (SPLIT.labels[sorted(more - fewer)] == 1).all()
        assert (SPLIT.labels[sorted(fewer - more)] == 0).all()
        assert len(more - fewer) == len(fewer - more)


def test_no_more_could_have_been_taken() -> None:
    negatives, positives = np.bincount(SPLIT.labels[SPLIT.train])
    assert run([0, 0.2]).num_fitted == min(negatives, int(positives / 0.2))
    assert run([0, 0.6]).num_fitted == int(positives / 0.6)
    assert run([0]).num_fitted == negatives
    mostly = replace(SPLIT, labels=(1 - SPLIT.labels).astype(np.int8))
    assert run([0, 0.2], mostly).num_fitted == positives, "of the class that is the negative one here"


def test_a_seed_says_which_messages() -> None:
    first, same, other = mixed(), mixed(), mixed(seed=1)
    for one, two in zip(first, same, strict=True):
        np.testing.assert_array_equal(one, two)
    assert any(set(one) != set(two) for one, two in zip(first, other, strict=True))


def test_held_messages_are_mixed_alike_and_nothing_is_shown() -> None:
    deep, flat = Caught(), Caught()
    run(deep=deep, flat=flat)
    for one, two in zip(deep.given, flat.given, strict=True):
        np.testing.assert_array_equal(one.bags.toarray(), two.bags.toarray())
        assert one.shown is None
        assert not one.is_weighted
    assert len({material.held.shape[0] for material in deep.given}) == 1
    spam = [word.startswith("spam") for word in BAGS.vocabulary]
    seen = [(material.held.toarray()[:, spam] > 0).any(axis=1).sum() for material in deep.given]
    assert seen[0] == 0
    assert seen == sorted(seen)


def test_scores_are_those_of_the_test_part() -> None:
    found = run(deep=lambda material: renamed(UNIGRAM(material)))
    assert found.scores.columns.tolist() == ["model", "share", "row", "message", "word", "residual"]
    parts = found.scores.groupby(["share", "model"])
    assert list(parts.groups) == [(share, model) for share in SHARES for model in ("other", "unigram")]
    for _, scores in parts:
        assert scores["row"].tolist() == SPLIT.test.tolist()
        assert np.isfinite(scores[["message", "word", "residual"]]).all(axis=None)
    words = found.scores.query("model == 'unigram'").set_index("row")
    spam = SPLIT.test[SPLIT.labels[SPLIT.test] == 1]
    costs = [words[words["share"] == share].loc[spam, "residual"].mean() for share in SHARES]
    assert costs == sorted(costs, reverse=True), "the more of it is fitted on, the less odd is spam"


def renamed(detector: Detector) -> Detector:
    detector.kind = "other"
    return detector


@pytest.mark.parametrize("highest", [0.5, 0.99])
def test_a_share_that_cannot_be_had_is_refused(highest: float) -> None:
    few = replace(SPLIT, train=np.flatnonzero(SPLIT.labels == 0)[:200])
    with pytest.raises(
        UserError, match=f"200 training messages .* 0 of the positive one only 0 .* {highest:g}"
    ) as refused:
        run([0, highest], few)
    assert "contamination.shares" in refused.value.remedy


@pytest.mark.parametrize(
    "shares", [[], [0.1, 0.05], [0.1, 0.1], [-0.01, 0.1], [0, 1], [0, 1.5], ["much"], [float("nan")], 0.1]
)
def test_shares_that_do_not_rise_or_are_none_are_refused(shares: Any) -> None:
    with pytest.raises(UserError, match=r"contamination\.shares"):
        bind(contaminate, node(shares))


def test_shares_that_rise_are_allowed() -> None:
    assert bind(contaminate, node([0, 0.01, 0.999])).settings["shares"] == [0, 0.01, 0.999]


def node(shares: Any) -> Node:
    model = {"_target_": "pipeline.models.density.plain.unigram", "smoothing": 1.0}
    return Node("contamination", {"shares": shares, "deep": model, "flat": model})
