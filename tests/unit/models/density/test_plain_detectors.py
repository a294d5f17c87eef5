"""Detectors without a network against scikit-learn and against their formulas."""

from typing import Any

import numpy as np
import pytest
from scipy import sparse

from density_samples import WORDS, N, counts, dense, material
from pipeline.errors import UserError
from pipeline.models.density import outliers, plain
from pipeline.models.density.material import Detector

OWN, OTHER = counts(), counts(25, seed=4)
SMOOTHING = 0.7
BUILDERS: dict[str, Any] = {
    "length": plain.length,
    "unigram": lambda given: plain.unigram(given, smoothing=SMOOTHING),
    "repetition": lambda given: plain.repetition(given, neighbours=3),
    "pca": lambda given: outliers.pca(given, components=4),
    "isolation_forest": lambda given: outliers.isolation_forest(given, trees=20),
    "local_outlier_factor": lambda given: outliers.local_outlier_factor(given, neighbours=5),
}


def cost(detector: Detector, bags: Any = OTHER) -> Any:
    return detector.costs(bags)["cost"]


@pytest.mark.parametrize("kind", BUILDERS)
def test_every_detector_keeps_the_laws_of_one(kind: str) -> None:
    detector = BUILDERS[kind](material())
    found = cost(detector)
    assert detector.kind == kind
    assert found.dtype == np.float64
    assert found.shape == (25,)
    assert np.isfinite(found).all()
    order = np.random.default_rng(0).permutation(25)
    np.testing.assert_allclose(cost(detector, OTHER[order]), found[order], rtol=1e-9, err_msg="order")
    if kind != "repetition":
        np.testing.assert_allclose(cost(detector, OTHER[:1]), found[:1], rtol=1e-9, err_msg="alone")
    np.testing.assert_array_equal(cost(BUILDERS[kind](material())), found, err_msg="the same seed")
    np.testing.assert_allclose(cost(detector, OTHER.minimum(1)), found, err_msg="which words are there is what counts")
    assert detector.history.table.empty
    assert detector.description


def test_another_seed_is_another_forest() -> None:
    forests = [cost(BUILDERS["isolation_forest"](material(seed=seed))) for seed in (1, 2)]
    assert not np.array_equal(*forests)


def test_the_unigram_density_is_naive_bayes_with_one_class() -> None:
    from sklearn.naive_bayes import BernoulliNB

    expected: Any = BernoulliNB(alpha=SMOOTHING).fit(dense(OWN), np.zeros(N))
    unigram = BUILDERS["unigram"](material())
    np.testing.assert_allclose(-unigram.present, expected.feature_log_prob_[0], rtol=1e-12)
    np.testing.assert_allclose(-cost(unigram), expected.predict_joint_log_proba(dense(OTHER))[:, 0], rtol=1e-12)


def test_the_unigram_density_adds_up_to_one_over_all_bags() -> None:
    every = sparse.csr_array(((np.arange(2**WORDS)[:, None] >> np.arange(WORDS)) & 1).astype(np.float32))
    assert np.exp(-cost(BUILDERS["unigram"](material()), every)).sum() == pytest.approx(1, abs=1e-9)


def test_a_word_in_every_message_or_in_none_has_a_finite_cost() -> None:
    bags = sparse.csr_array(np.tile(np.eye(1, WORDS, dtype=np.float32), (N, 1)))
    found = cost(plain.unigram(material(bags), smoothing=1e-20))
    assert np.isfinite(found).all()
    assert (found > 0).all()


def test_a_message_of_twice_the_weight_counts_as_if_it_were_there_twice() -> None:
    twice = sparse.vstack([OWN, OWN[5:6]], format="csr")
    weighted = BUILDERS["unigram"](material(weights=1 + (np.arange(N) == 5)))
    np.testing.assert_allclose(cost(weighted), cost(BUILDERS["unigram"](material(twice))), rtol=1e-12)
    assert not np.allclose(cost(weighted), cost(BUILDERS["unigram"](material())))


@pytest.mark.parametrize("kind", ["repetition", "pca", "isolation_forest", "local_outlier_factor"])
def test_a_detector_that_cannot_weigh_says_so(kind: str) -> None:
    with pytest.raises(UserError, match=kind) as refused:
        BUILDERS[kind](material(weights=1 + (np.arange(N) == 5)))
    assert "weighting=message" in refused.value.remedy


def test_words_cost_what_the_density_says_and_those_alone_that_are_there() -> None:
    unigram = BUILDERS["unigram"](material())
    priced = unigram.word_costs(OTHER)
    np.testing.assert_allclose(priced.toarray(), dense(OTHER) * unigram.present, rtol=1e-6)
    assert np.diff(priced.indptr)[0] == 0, "the message without a word"
    everything = priced.toarray().sum(axis=1) + ((1 - dense(OTHER)) * unigram.absent).sum(axis=1)
    np.testing.assert_allclose(everything, cost(unigram), rtol=1e-6)


def test_repetition_is_the_mean_similarity_to_the_nearest_others() -> None:
    from sklearn.feature_extraction.text import TfidfTransformer

    said = OTHER[1:]  # the cosine of a message without words is a matter of convention
    rarity: Any = TfidfTransformer().fit(dense(OWN))
    weighted = rarity.transform(dense(said)).toarray()
    similar = weighted @ weighted.T
    np.fill_diagonal(similar, -1)
    expected = np.sort(similar, axis=1)[:, -3:].mean(axis=1)
    np.testing.assert_allclose(cost(BUILDERS["repetition"](material()), said), expected, atol=1e-9)


def test_what_is_sent_again_and_again_is_repetition_and_what_is_alone_is_not() -> None:
    detector = BUILDERS["repetition"](material())
    found = cost(detector, sparse.vstack([OTHER[1:6], *[OTHER[1:2]] * 4]).tocsr())
    assert (found[[0, 5, 6, 7, 8]] > 1 - 1e-6).all()
    assert (found[1:5] < found[0]).all()
    assert cost(detector, OTHER[1:2]).tolist() == [0]


def test_length_is_the_number_of_distinct_words() -> None:
    np.testing.assert_array_equal(cost(BUILDERS["length"](material())), dense(OTHER).sum(axis=1))


def test_pca_costs_what_its_reconstruction_leaves() -> None:
    pca = BUILDERS["pca"](material())
    again = pca.found.inverse_transform(pca.found.transform(dense(OTHER)))
    np.testing.assert_allclose(cost(pca), ((dense(OTHER) - again) ** 2).sum(axis=1), rtol=1e-9)
    assert pca.components == 4


@pytest.mark.parametrize(("rows", "words"), [(3, WORDS), (N, 4)])
def test_pca_has_no_more_components_than_its_material_allows(rows: int, words: int) -> None:
    pca = outliers.pca(material(counts(rows, words=words)), components=50)
    assert pca.components == min(rows, words) - 1
    assert (cost(pca, counts(5, words=words)) > 0).all()


@pytest.mark.parametrize("kind", ["isolation_forest", "local_outlier_factor", "repetition"])
def test_a_vocabulary_of_one_word_is_enough(kind: str) -> None:
    detector = BUILDERS[kind](material(counts(words=1)))
    assert np.isfinite(cost(detector, counts(5, words=1))).all()


def test_pca_says_so_where_no_message_differs_from_another() -> None:
    equal = sparse.csr_array(np.tile(np.eye(1, WORDS, dtype=np.float32), (N, 1)))
    for bags in (counts(words=1), equal):
        with pytest.raises(UserError, match="no directions"):
            BUILDERS["pca"](material(bags))


def test_the_forest_and_the_outlier_factor_are_those_of_scikit_learn() -> None:
    from sklearn.ensemble import IsolationForest
    from sklearn.neighbors import LocalOutlierFactor

    forest = IsolationForest(n_estimators=20, random_state=material().seed).fit(dense(OWN))
    np.testing.assert_allclose(cost(BUILDERS["isolation_forest"](material())), -forest.score_samples(dense(OTHER)))
    spoken, said = OWN[1:], OTHER[1:]  # the cosine of a message without words is a matter of convention
    factor = LocalOutlierFactor(5, metric="cosine", algorithm="brute", novelty=True).fit(dense(spoken))
    found = cost(BUILDERS["local_outlier_factor"](material(spoken)), said)
    np.testing.assert_allclose(found, -factor.score_samples(dense(said)), rtol=1e-9)
