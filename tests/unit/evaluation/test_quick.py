import numpy as np
import pytest
from message_samples import NUM_WORDS, messages
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.naive_bayes import GaussianNB, MultinomialNB

from pipeline.artifacts.synthesis import Messages
from pipeline.evaluation.bags import count_words
from pipeline.evaluation.quick import CLASSIFIERS, Training, fit_and_score, fit_rarity, read

TRAIN, TEST = messages(120, 0.25, seed=1), messages(80, 0.25, seed=2)
RARITY = fit_rarity(count_words(TRAIN.ids, NUM_WORDS))


def scores(train: Messages, weights: np.ndarray) -> dict[str, np.ndarray]:
    training = Training(train.ids, train.labels, train.vectors, weights)
    return fit_and_score(training, RARITY, read(TEST.ids, TEST.vectors, NUM_WORDS))


def test_decisions_are_those_of_plain_fits_of_scikit_learn() -> None:
    bags, test_bags = (count_words(part.ids, NUM_WORDS).toarray() for part in (TRAIN, TEST))
    tfidf = TfidfTransformer(sublinear_tf=True).fit(bags)
    expected = {
        "mnb": MultinomialNB().fit(bags, TRAIN.labels).predict(test_bags),
        "gnb": GaussianNB().fit(TRAIN.vectors.astype(float), TRAIN.labels).predict(TEST.vectors.astype(float)),
        "logistic": LogisticRegression(C=10)
        .fit(tfidf.transform(bags), TRAIN.labels)
        .predict(tfidf.transform(test_bags)),
    }
    found = scores(TRAIN, np.ones(120))
    assert set(found) == set(expected) == set(CLASSIFIERS)
    for name, called in expected.items():
        np.testing.assert_array_equal(found[name] >= 0.5, called == 1)


@pytest.mark.parametrize("name", list(CLASSIFIERS))
def test_a_message_that_weighs_three_is_three_messages(name: str) -> None:
    weights = np.where(TRAIN.labels == 1, 3, 1)
    weighted = scores(TRAIN, weights.astype(float))[name]
    repeated = scores(TRAIN.take(np.repeat(np.arange(120), weights)), np.ones(weights.sum()))[name]
    np.testing.assert_allclose(weighted, repeated, atol=1e-3 if name == "logistic" else 1e-9)


def test_scores_tell_the_classes_apart() -> None:
    for found in scores(TRAIN, np.ones(120)).values():
        assert roc_auc_score(TEST.labels, found) > 0.6
