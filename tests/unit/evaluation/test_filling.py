import numpy as np
import pytest
from message_samples import messages, word_table

from pipeline.artifacts import Rows
from pipeline.artifacts.synthesis import Messages
from pipeline.evaluation.filling import METHODS, drop_words, fill
from pipeline.evaluation.quick import Training
from pipeline.evaluation.synthetic.messages import mean_vectors

FEW = messages(90, 0.2, seed=1)


def marked(rows: Rows, count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Messages of the one word 7."""
    ids = np.zeros((count, FEW.ids.shape[1]), np.int32)
    ids[:, 0] = 7
    return ids, mean_vectors(ids, word_table())


def filled(of: Messages = FEW, seed: int = 0) -> dict[str, Training]:
    return fill(of, np.arange(len(of.labels)), marked, word_table(), seed)


def test_every_method_keeps_the_real_messages_in_front() -> None:
    assert list(filled()) == list(METHODS)
    for training in filled().values():
        np.testing.assert_array_equal(training.ids[:90], FEW.ids)
        np.testing.assert_array_equal(training.labels[:90], FEW.labels)
        np.testing.assert_array_equal(training.vectors[:90], FEW.vectors)


@pytest.mark.parametrize("method", [method for method in METHODS if method != "none"])
def test_every_method_but_none_makes_the_classes_weigh_the_same(method: str) -> None:
    training = filled()[method]
    by_class = np.bincount(training.labels, weights=training.weights)
    assert by_class.tolist() == pytest.approx([72, 72])


def test_oversampling_repeats_positive_messages_and_word_dropout_the_same_ones_with_words_left_out() -> None:
    repeats, dropped = filled()["oversampling"].ids[90:], filled()["word_dropout"].ids[90:]
    positive = {tuple(ids) for ids in FEW.ids[FEW.labels == 1].tolist()}
    assert {tuple(ids) for ids in repeats.tolist()} <= positive
    assert ((dropped == repeats) | (dropped == 0)).all()
    assert (dropped != repeats).any()
    vectors = filled()["word_dropout"].vectors[90:]
    np.testing.assert_array_equal(vectors, mean_vectors(dropped, word_table()))


def test_generated_messages_fill_up_to_equality() -> None:
    made = filled()["synthetic"]
    assert (made.ids[90:, 0] == 7).all()
    assert made.labels[90:].tolist() == [1] * 54


def test_where_positive_messages_are_not_the_fewer_they_stay_as_they_are() -> None:
    def refuse(rows: Rows, count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
        raise AssertionError("there is nothing to generate")

    many = messages(40, 0.6, seed=2)
    for training in fill(many, np.arange(40), refuse, word_table(), 0).values():
        np.testing.assert_array_equal(training.ids, many.ids)
        assert (training.weights == 1).all()


def test_the_seed_decides_every_draw() -> None:
    for method, training in filled(seed=4).items():
        np.testing.assert_array_equal(training.ids, filled(seed=4)[method].ids)
    assert (filled(seed=4)["oversampling"].ids != filled(seed=5)["oversampling"].ids).any()


def test_a_fifth_of_the_words_is_left_out_and_never_all_of_a_message() -> None:
    random = np.random.default_rng(0)
    long = np.ones((100, 400), np.int32)
    assert np.mean(drop_words(long, random) == 0) == pytest.approx(0.2, abs=0.01)
    short = np.zeros((500, 5), np.int32)
    short[:, 2] = 3
    np.testing.assert_array_equal(drop_words(short, random), short)
