import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from pipeline.evaluation.bags import count_words, squash, words_first, words_last

IDS = arrays.arrays(np.int32, (4, 6), elements=st.integers(0, 9))


@given(IDS)
def test_bags_count_every_word_and_no_padding(ids: np.ndarray) -> None:
    bags = count_words(ids, 10).toarray()
    expected = [[np.count_nonzero(row == word) for word in range(1, 10)] for row in ids]
    np.testing.assert_array_equal(bags, expected)


@given(IDS)
def test_moving_the_padding_keeps_the_words_in_their_order(ids: np.ndarray) -> None:
    for moved, words_at in ((words_first(ids), slice(None)), (words_last(ids), slice(None, None, -1))):
        for row, original in zip(moved, ids, strict=True):
            assert row[row != 0].tolist() == original[original != 0].tolist()
            assert (np.diff((row[words_at] == 0).astype(int)) >= 0).all()
    np.testing.assert_array_equal(words_first(words_last(ids)), words_first(ids))


@given(st.lists(st.integers(-(10**9), 10**9).map(lambda value: value / 1000), min_size=2, max_size=20, unique=True))
def test_squashed_log_odds_keep_order_and_decision_where_probabilities_would_tie(log_odds: list[float]) -> None:
    squashed = squash(np.array(log_odds))
    assert np.argsort(squashed, kind="stable").tolist() == np.argsort(log_odds, kind="stable").tolist()
    assert len(set(squashed.tolist())) == len(log_odds)
    assert ((squashed >= 0) & (squashed <= 1)).all()
    assert ((squashed >= 0.5) == (np.array(log_odds) >= 0)).all()
