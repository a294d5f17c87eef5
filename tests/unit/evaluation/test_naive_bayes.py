import numpy as np
import pandas as pd
import pytest
from message_samples import NUM_WORDS, messages, word_table
from sklearn.metrics import accuracy_score
from sklearn.naive_bayes import BernoulliNB, GaussianNB, MultinomialNB

from pipeline.artifacts.synthesis import Messages
from pipeline.evaluation.bags import count_words, words_last
from pipeline.evaluation.naive_bayes import Views, describe, evaluate, flatten_vectors, flatten_words, view

REAL, MADE, TEST = messages(200, 0.3, seed=1), messages(150, 0.4, seed=2, telling=0.15), messages(120, 0.3, seed=3)


def views(one: Messages) -> Views:
    return view(one, NUM_WORDS)


def compare(real: Messages, made: Messages, test: Messages) -> pd.DataFrame:
    return evaluate(views(real), views(made), views(test), resamples=100, seed=0)


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    return compare(REAL, MADE, TEST)


def test_every_setting_equals_a_plain_fit_of_scikit_learn(table: pd.DataFrame) -> None:
    both_labels = np.concatenate([REAL.labels, MADE.labels])
    for name, model, read in (
        ("gnb", GaussianNB(), lambda one: one.vectors),
        ("mnb", MultinomialNB(), lambda one: count_words(one.ids, NUM_WORDS).toarray()),
        ("bnb", BernoulliNB(), lambda one: count_words(one.ids, NUM_WORDS).toarray()),
    ):
        both = np.concatenate([read(REAL), read(MADE)])
        expected = {}
        for setting, (features, labels, test) in {
            "trtr": (read(REAL), REAL.labels, TEST),
            "tstr": (read(MADE), MADE.labels, TEST),
            "trts": (read(REAL), REAL.labels, MADE),
            "augmented": (both, both_labels, TEST),
        }.items():
            expected[setting] = accuracy_score(test.labels, model.fit(features, labels).predict(read(test)))
        found = table[(table["evaluator"] == name) & (table["metric"] == "accuracy")].set_index("setting")["value"]
        assert found.to_dict() == pytest.approx(expected)


def test_trained_on_a_copy_of_the_real_messages_nothing_differs() -> None:
    table = compare(REAL, REAL, TEST)
    tstr = table[table["setting"] == "tstr"]
    assert tstr[["difference", "difference_low", "difference_high"]].eq(0).to_numpy().all()


def test_messages_that_say_nothing_teach_less_than_real_ones(table: pd.DataFrame) -> None:
    shuffled = Messages(MADE.ids, np.roll(MADE.labels, 1), MADE.vectors, MADE.groups)
    taught = compare(REAL, shuffled, TEST)
    auc = taught[(taught["setting"] == "tstr") & (taught["metric"] == "roc_auc")]
    assert auc["difference"].lt(0).all()
    assert auc.loc[auc["evaluator"] != "gnb", "difference_high"].lt(0).all()  # means of random vectors say less
    assert set(auc["evaluator"]) == set(table["evaluator"]) == set(describe("mean"))


def test_labels_of_the_test_part_change_no_model(table: pd.DataFrame) -> None:
    turned = Messages(TEST.ids, 1 - TEST.labels, TEST.vectors, TEST.groups)
    again = compare(REAL, MADE, turned)
    auc = table[(table["metric"] == "roc_auc") & (table["setting"] != "trts")]["value"].to_numpy()
    turned_auc = again[(again["metric"] == "roc_auc") & (again["setting"] != "trts")]["value"].to_numpy()
    np.testing.assert_allclose(turned_auc, 1 - auc)


def test_flattened_words_start_at_the_first_word_on_whichever_side_the_padding_is() -> None:
    table = word_table()
    flat = flatten_words(REAL.ids, table)
    assert flat.shape == (200, REAL.ids.shape[1] * table.shape[1])
    np.testing.assert_array_equal(flatten_words(words_last(REAL.ids), table), flat)
    np.testing.assert_array_equal(flat[0, : table.shape[1]], table[REAL.ids[0, 0]])
    table[0] = 9  # a learned table may have a vector for padding: it is no word
    np.testing.assert_array_equal(flatten_words(REAL.ids, table), flat)


def test_vectors_stored_word_after_word_are_laid_out_as_those_of_the_words() -> None:
    table = word_table()
    stored = table[REAL.ids[REAL.ids != 0]]
    np.testing.assert_array_equal(flatten_vectors(REAL.ids, stored), flatten_words(REAL.ids, table))
