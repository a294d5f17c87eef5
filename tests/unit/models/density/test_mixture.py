"""The mixture finds made-up kinds of messages, without a look at anything but their words."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import sparse, stats

from pipeline.models.density.mixture import Mixture, fit_mixture

RARE, WORDS = 0.15, 40
SETTINGS: dict[str, Any] = {"kinds": 2, "longest": 30, "smoothing": 0.1, "starts": 4, "seed": 0}


def kinds(number: int = 600, seed: int = 0) -> tuple[Any, NDArray[np.bool_]]:
    """Bags of which a share is rare: two blocks of words of which each kind prefers its own, and a shared one."""
    random = np.random.default_rng(seed)
    rare = random.random(number) < RARE
    often = np.full((2, WORDS), 0.15)
    often[0, :15] = often[1, 15:30] = 0.3
    often[0, 15:30] = often[1, :15] = 0.04
    dense = (random.random((number, WORDS)) < often[rare.astype(int)]).astype(np.float32)
    return sparse.csr_array(dense), rare


BAGS, IS_RARE = kinds()


def mixture(bags: Any = BAGS, **changes: Any) -> Mixture:
    return fit_mixture(bags, **{**SETTINGS, **changes})


def test_two_kinds_are_found_and_the_rarer_is_named() -> None:
    found = mixture()
    called = found.log_odds(BAGS) > 0
    assert (called == IS_RARE).mean() > 0.97
    assert found.share == pytest.approx(IS_RARE.mean(), abs=0.03)
    assert np.exp(found.log_shares).sum() == pytest.approx(1)
    np.testing.assert_allclose(np.exp(found.log_words).sum(axis=0), 1)
    assert set(np.argsort(-found.log_ratios())[:15]) == set(range(15, 30))


def test_where_the_rare_are_common_the_others_are_named() -> None:
    mostly = np.concatenate([np.flatnonzero(IS_RARE), np.flatnonzero(~IS_RARE)[:20]])
    found = mixture(BAGS[mostly])
    assert ((found.log_odds(BAGS[mostly]) > 0) == ~IS_RARE[mostly]).mean() > 0.9


@pytest.mark.parametrize("seed", range(4))
def test_one_start_is_as_good_as_many_and_any_as_another(seed: int) -> None:
    best, one = mixture(), mixture(starts=1, seed=seed)
    np.testing.assert_allclose(one.log_odds(BAGS), best.log_odds(BAGS), atol=0.1)


def test_more_starts_are_never_less_likely() -> None:
    first, more = mixture(starts=1), mixture(starts=5)
    assert more.log_posterior >= first.log_posterior


def test_the_log_odds_are_those_of_bayes() -> None:
    found = mixture(longest=1000)
    of_kind = [
        np.log(np.exp(found.log_shares[kind]))
        + [stats.multinomial.logpmf(row, int(row.sum()), np.exp(found.log_words[:, kind])) for row in BAGS.toarray()]
        for kind in range(2)
    ]
    rare = found.rarest
    np.testing.assert_allclose(found.log_odds(BAGS), of_kind[rare] - of_kind[1 - rare], atol=1e-6)


def test_it_has_arrived_where_em_stays() -> None:
    found = mixture()
    belonging = 1 / (1 + np.exp(-found.log_odds(BAGS)))
    assert found.share == pytest.approx(belonging.mean(), abs=1e-3)
    prior = SETTINGS["smoothing"] * WORDS * BAGS.sum(axis=0) / BAGS.sum()
    words = BAGS.T @ belonging + prior
    np.testing.assert_allclose(np.exp(found.log_words[:, found.rarest]), words / words.sum(), rtol=0.02)


def test_the_order_of_the_messages_means_nothing() -> None:
    order = np.random.default_rng(0).permutation(BAGS.shape[0])
    np.testing.assert_allclose(mixture(BAGS[order]).log_odds(BAGS), mixture().log_odds(BAGS), atol=0.1)


def test_what_a_message_is_told_does_not_depend_on_the_others() -> None:
    found = mixture()
    order = np.random.default_rng(0).permutation(BAGS.shape[0])
    np.testing.assert_allclose(found.log_odds(BAGS[order]), found.log_odds(BAGS)[order], rtol=1e-12)
    np.testing.assert_allclose(found.log_odds(BAGS[3:4]), found.log_odds(BAGS)[3:4], rtol=1e-12)


def test_a_seed_says_it_all() -> None:
    one, same = mixture(), mixture()
    np.testing.assert_array_equal(one.log_words, same.log_words)
    assert one.log_posterior == same.log_posterior


def test_how_often_a_message_holds_a_word_means_nothing() -> None:
    repeated = BAGS * 3
    np.testing.assert_array_equal(mixture(repeated).log_odds(repeated), mixture().log_odds(BAGS))


def test_a_message_without_a_word_is_as_likely_rare_as_any() -> None:
    found = mixture()
    expected = np.log(found.share / (1 - found.share))
    np.testing.assert_allclose(found.log_odds(sparse.csr_array((1, WORDS), dtype=np.float32)), expected)


def test_a_long_message_counts_as_the_longest() -> None:
    found = mixture(longest=5)
    prior = np.log(found.share / (1 - found.share))
    apart = found.log_words[:, found.rarest] - found.log_words[:, 1 - found.rarest]
    for size in (3, 5, 10, 20):
        bag = np.zeros((1, WORDS), np.float32)
        bag[0, 10 : 10 + size] = 1
        evidence = apart[10 : 10 + size].mean() * min(size, 5)
        np.testing.assert_allclose(found.log_odds(sparse.csr_array(bag)), prior + evidence, atol=1e-9)


def test_three_kinds_are_told_apart_and_shares_add_up() -> None:
    random = np.random.default_rng(3)
    kind = random.choice(3, 600, p=[0.6, 0.3, 0.1])
    often = np.full((3, 30), 0.03)
    for number in range(3):
        often[number, 10 * number : 10 * number + 10] = 0.5
    bags = sparse.csr_array((random.random((600, 30)) < often[kind]).astype(np.float32))
    found = mixture(bags, kinds=3)
    np.testing.assert_allclose(np.sort(np.exp(found.log_shares)), [0.1, 0.3, 0.6], atol=0.05)
    assert ((found.log_odds(bags) > 0) == (kind == 2)).mean() > 0.97


def test_words_of_one_kind_alone_have_finite_ratios() -> None:
    bags = sparse.block_diag([np.ones((30, 4)), np.ones((10, 4))], format="csr")
    found = mixture(sparse.csr_array(bags))
    assert np.isfinite(found.log_ratios()).all()
    assert found.share == pytest.approx(0.25, abs=0.01)
