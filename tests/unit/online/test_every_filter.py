"""What every filter keeps to, whatever it learns by: all go through the same checks."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from plain_filters import LEARNERS, cut, made, made_stream, ngrams_of, texts, words_of
from pydantic import TypeAdapter, ValidationError

from pipeline.errors import UserError
from pipeline.online.blocks import Grams, block_of
from pipeline.online.filters import Filter, new_filter
from pipeline.online.kernels.selection import strongest
from pipeline.online.settings import FilterSettings

EVERY = [
    pytest.param(made(learner, num_hashes=rows, likelihood=likelihood), id=f"{learner}-{rows}-{likelihood}")
    for learner in LEARNERS
    for rows in (1, 2, 3)
    for likelihood in ("ngrams", "messages")
    if (rows == 1 or learner != "exact_naive_bayes") and (likelihood == "ngrams" or "bayes" in learner)
]
every = pytest.mark.parametrize("settings", EVERY)


def learnt(settings: FilterSettings, seed: int = 0) -> tuple[Filter, Grams, NDArray[np.int8]]:
    """A filter that has learnt a stream, and the stream."""
    texts, labels = made_stream(seed)
    model = new_filter(settings)
    grams = model.read(block_of([*texts[:-1], ""]))
    model.learn(grams, labels)
    return model, grams, labels


def same(model: Filter, other: Filter) -> bool:
    """Whether both have learnt the same, to the last bit."""
    mine, theirs = model.arrays(), other.arrays()
    return mine.keys() == theirs.keys() and all(np.array_equal(mine[name], theirs[name]) for name in mine)


def nothing_of(model: Filter) -> float:
    """The score of a message without a word: a prior, or a bias."""
    return float(model.score(model.read(block_of([""])))[0])


@every
def test_it_learns(settings: FilterSettings) -> None:
    model, grams, labels = learnt(settings)
    scores = model.score(grams)
    assert scores.shape == (60,)
    assert scores.dtype == np.float64
    assert np.isfinite(scores).all()
    assert model.num_learnt == 60
    spoken = grams.counts > 0
    assert ((scores > 0) == labels)[spoken].mean() > max(labels.mean(), 1 - labels.mean()) + 0.2
    assert model.is_probabilistic == ("perceptron" not in settings.learner)


@every
def test_scoring_reading_and_explaining_teach_nothing(settings: FilterSettings) -> None:
    model, grams, _ = learnt(settings)
    twin = learnt(settings)[0]
    model.score(grams)
    model.explain(model.read(grams.block), 3)
    assert same(model, twin)


@every
def test_learning_in_blocks_of_any_size_is_learning_at_once(settings: FilterSettings) -> None:
    model, grams, labels = learnt(settings)
    twin = new_filter(settings)
    for begin, end in cut(60, 1, 9, 4):
        twin.learn(twin.read(grams.block.take(begin, end)), labels[begin:end])
        nothing = twin.read(block_of([]))
        twin.learn(nothing, labels[:0])
        assert twin.score(nothing).shape == (0,)
        assert twin.explain(nothing, 2) == []
    assert same(model, twin)


@every
def test_a_score_depends_on_its_message_alone(settings: FilterSettings) -> None:
    model, grams, _ = learnt(settings)
    scores = model.score(grams)
    for begin, end in cut(60, 1, 5):
        np.testing.assert_array_equal(model.score(grams.take(begin, end)), scores[begin:end])
        np.testing.assert_array_equal(model.score(model.read(grams.block.take(begin, end))), scores[begin:end])


@every
def test_one_class_alone_is_learnt_too(settings: FilterSettings) -> None:
    texts, _ = made_stream(seed=1)
    for label in (0, 1):
        model = new_filter(settings)
        grams = model.read(block_of(texts))
        model.learn(grams, np.full(60, label, np.int8))
        scores = model.score(grams)
        assert np.isfinite(scores).all()
        if settings.likelihood == "ngrams":  # else, as the source has it, what is rare speaks for the other class
            assert ((scores > 0) == label).all()


@every
def test_messages_without_a_word_are_learnt_too(settings: FilterSettings) -> None:
    model = new_filter(settings)
    assert nothing_of(model) == 0
    grams = model.read(block_of(["", "...", b"\xff\x00"]))
    assert grams.invalid.tolist() == [0, 0, 1]
    model.learn(grams, np.array([1, 1, 1], np.int8))
    assert model.num_learnt == 3
    assert nothing_of(model) > 0
    assert model.explain(grams, 5) == [[], [], []]


@every
def test_a_repeated_word_counts_once_a_message(settings: FilterSettings) -> None:
    model, twin = new_filter(settings), new_filter(settings)
    for one, text in ((model, "a a"), (twin, "a a a a a")):
        one.learn(one.read(block_of([text])), np.array([1], np.int8))
    assert same(model, twin)


@every
def test_reasons_add_up_to_the_score(settings: FilterSettings) -> None:
    model, grams, _ = learnt(settings)
    reasons = model.explain(grams, 1000)
    sums = np.array([sum(weight for _, weight in of_one) for of_one in reasons])
    np.testing.assert_allclose(sums, model.score(grams) - nothing_of(model), atol=1e-9)
    assert [len(of_one) for of_one in reasons] == grams.counts.tolist()
    texts = made_stream(seed=0)[0]
    for text, of_one in zip(texts[:-1], reasons, strict=False):
        known = ngrams_of(words_of(text), 1, 2)
        found = [ngram for ngram, _ in of_one]
        assert set(found) <= set(known)
        assert len(found) == len(set(found))
        if settings.num_hashes > 1:
            assert len(found) == len(known)


@every
def test_the_strongest_reasons_come_first(settings: FilterSettings) -> None:
    model, grams, _ = learnt(settings)
    weights = model.weigh(grams)
    for top in (1, 2, 5):
        for m, reasons in enumerate(model.explain(grams, top)):
            of_one = weights[grams.firsts[m] : grams.firsts[m + 1]]
            strongest = of_one[np.argsort(-abs(of_one), kind="stable")][:top]
            assert [weight for _, weight in reasons] == strongest.tolist()
            alone = model.explain(grams.take(m, m + 1), top)
            assert alone == [reasons]


@every
def test_reasons_are_of_the_ngrams_they_name(settings: FilterSettings) -> None:
    model, grams, _ = learnt(settings)
    for reasons, count in zip(model.explain(grams, 3), grams.counts, strict=True):
        for ngram, weight in reasons:
            read = model.read(block_of([ngram]))
            of_alone = dict(model.explain(read, 10)[0])[ngram]
            length = 1.0 if "bayes" in settings.learner else float(np.sqrt(read.counts[0] / count))
            assert weight == pytest.approx(of_alone * length, abs=1e-9)


@every
def test_merging_counts_what_both_have_learnt(settings: FilterSettings) -> None:
    model, _, _ = learnt(settings)
    other, grams, labels = learnt(settings, seed=1)
    model.merge(other)
    assert model.num_learnt == 120
    scores = model.score(model.read(grams.block))
    assert ((scores > 0) == labels)[grams.counts > 0].mean() > 0.8
    assert same(other, learnt(settings, seed=1)[0]), "the other one stays as it is"


@every
def test_only_filters_of_the_same_settings_are_merged(settings: FilterSettings) -> None:
    model = new_filter(settings)
    others = [
        made(settings.learner, hash_seed=1),
        made(settings.learner, log2_buckets=9),
        made(settings.learner, rate=2.0),
    ]
    others += [
        made(settings.learner, ngrams=(1, 1)),
        made("logistic" if "bayes" in settings.learner else "naive_bayes"),
    ]
    for other in others:
        with pytest.raises(UserError, match="different settings cannot be merged"):
            model.merge(new_filter(other))


@every
def test_arrays_are_all_that_it_has_learnt(settings: FilterSettings) -> None:
    model, grams, labels = learnt(settings)
    twin = new_filter(settings)
    twin.restore({name: array.copy() for name, array in model.arrays().items()})
    np.testing.assert_array_equal(twin.score(twin.read(grams.block)), model.score(grams))
    for one in (model, twin):
        one.learn(one.read(grams.block), 1 - labels)
    assert same(model, twin)
    assert twin.num_learnt == model.num_learnt == 120


@every
def test_arrays_of_another_size_or_kind_are_refused(settings: FilterSettings) -> None:
    arrays = learnt(settings)[0].arrays()
    for name, array in arrays.items():
        if name == "ngrams":
            continue
        spoilt = [array[:-1], np.append(array, array).reshape(-1, *array.shape[1:]), array.ravel()[None]]
        for wrong in [*spoilt, array.astype(np.float16), array.astype(array.dtype.newbyteorder())]:
            with pytest.raises(ValueError, match="was expected"):
                new_filter(settings).restore(arrays | {name: wrong})


@given(st.lists(texts, max_size=5), st.sampled_from([one.values[0] for one in EVERY]), st.integers(0, 31))
def test_any_text_is_learnt_and_explained(messages: list[str], settings: FilterSettings, labels: int) -> None:
    model = new_filter(settings)
    grams = model.read(block_of(messages))
    model.learn(grams, np.array([labels >> m & 1 for m in range(len(messages))], np.int8))
    assert np.isfinite(model.score(grams)).all()
    assert [len(reasons) for reasons in model.explain(grams, 10**3)] == grams.counts.tolist()


def test_ngrams_of_more_words_at_least_than_at_most_are_refused() -> None:
    settings = TypeAdapter(FilterSettings).dump_python(made("naive_bayes"))
    with pytest.raises(ValidationError, match="fewest words of an n-gram first"):
        TypeAdapter(FilterSettings).validate_python(settings | {"ngrams": (3, 1)})


@pytest.mark.parametrize("learner", LEARNERS)
def test_what_is_restored_is_its_own(learner: str) -> None:
    given_texts, labels = made_stream(seed=3)
    first, second = new_filter(made(learner)), new_filter(made(learner))
    first.learn(first.read(block_of(given_texts)), labels)
    second.restore(first.arrays())
    before = {name: array.copy() for name, array in second.arrays().items()}
    first.learn(first.read(block_of(given_texts)), labels)
    for name, array in second.arrays().items():
        np.testing.assert_array_equal(array, before[name])


@pytest.mark.parametrize("top", [1, 2, 3, 7])
def test_of_reasons_that_weigh_the_same_the_first_comes_first(top: int) -> None:
    weights = np.random.default_rng(0).integers(-2, 3, 300) / 2
    firsts = np.array([0, 0, 1, 3, 40, 300])
    chosen = strongest(weights, firsts, top)
    for m, (begin, end) in enumerate(pairwise(firsts.tolist())):
        order = (begin + np.argsort(-abs(weights[begin:end]), kind="stable"))[:top]
        assert chosen[m].tolist() == [*order, *[-1] * (top - len(order))]
