"""From codes to texts: what a message depends on, and what can be written."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy import stats

from pipeline.artifacts import Embedding, Tokens
from pipeline.models.backend import start_keras
from pipeline.models.vae.settings import Shape
from pipeline.stages import generation, synthesise
from pipeline.stages.generation import Generation, Writer, Written, draw_seeds, writer
from vae_samples import DIM, GENERATION, LATENT, LENGTH, NUM_WORDS, RESERVED, SHAPE, corpus, fitted, parts, shape

LABELS = (np.arange(30) % 2).astype(np.int8)
SEEDS = draw_seeds(30, 4)


def pen(
    build: Shape = SHAPE,
    generate: Generation = GENERATION,
    tokens: Tokens | None = None,
    embedding: Embedding | None = None,
) -> Writer:
    split, own_tokens, own_embedding = parts()
    start_keras(1)
    return writer(
        fitted(build), split.train, split, tokens or own_tokens, embedding or own_embedding, build=build,
        generate=generate,
    )  # fmt: skip


@pytest.mark.parametrize("prior", ["gaussian", "realnvp"])
@pytest.mark.parametrize("lengths", ["modelled", "observed"])
@pytest.mark.parametrize("mask", [True, False])
def test_a_message_is_drawn_from_its_own_seed_alone(prior: Any, lengths: Any, mask: bool) -> None:
    pencil = pen(shape(lengths=lengths, mask=mask), replace(GENERATION, prior=prior))
    together = pencil.draw(LABELS, SEEDS)
    starts = np.cumsum(np.count_nonzero(together.ids, axis=1))
    for row in (0, 1, 17):
        alone = pencil.draw(LABELS[row : row + 1], SEEDS[row : row + 1])
        np.testing.assert_array_equal(alone.ids[0], together.ids[row])
        np.testing.assert_allclose(alone.means[0], together.means[row], atol=1e-6)
        own = together.vectors[starts[row] - np.count_nonzero(together.ids[row]) : starts[row]]
        np.testing.assert_allclose(alone.vectors, own, atol=1e-6)
    assert len(np.unique(together.ids, axis=0)) > 12


def test_messages_are_padded_at_the_end_and_their_vectors_follow_each_other() -> None:
    written = pen().draw(LABELS, SEEDS)
    lengths = np.count_nonzero(written.ids, axis=1)
    assert lengths.min() >= 1
    assert lengths.max() <= LENGTH
    assert written.ids.shape == (30, LENGTH)
    np.testing.assert_array_equal(written.ids != 0, np.arange(LENGTH) < lengths[:, None])
    assert written.vectors.shape == (lengths.sum(), DIM)
    by_message = np.split(written.vectors, np.cumsum(lengths)[:-1])
    np.testing.assert_allclose(written.means, [vectors.mean(axis=0) for vectors in by_message], rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("conditioning", ["label", "separate"])
def test_blocks_change_nothing(monkeypatch: pytest.MonkeyPatch, conditioning: Any) -> None:
    pencil = pen(shape(conditioning=conditioning))
    whole = pencil.draw(LABELS, SEEDS)
    monkeypatch.setattr(generation, "BLOCK", 3)
    blocks = pencil.draw(LABELS, SEEDS)
    np.testing.assert_array_equal(blocks.ids, whole.ids)
    np.testing.assert_allclose(blocks.vectors, whole.vectors, atol=1e-6)
    np.testing.assert_allclose(blocks.means, whole.means, atol=1e-6)


def test_only_words_with_a_vector_that_the_model_learned_from_are_written() -> None:
    _, _, embedding = parts()
    matrix = embedding.matrix.copy()
    matrix[5] = 0
    pencil = pen(generate=replace(GENERATION, temperature=50.0), embedding=replace(embedding, matrix=matrix))
    written = pencil.draw(np.repeat(LABELS, 20), draw_seeds(600, 1)).ids
    may = set(range(RESERVED, NUM_WORDS - 1)) - {5}  # the last word is in no message
    assert set(np.unique(written[written != 0])) == may


def test_words_of_other_rows_are_not_written() -> None:
    split, tokens, embedding = parts()
    ids = tokens.ids.copy()
    ids[split.train[ids[split.train, 0] != 0][0]] = NUM_WORDS - 1
    start_keras(1)
    held = writer(
        fitted(), split.train[10:], split, replace(tokens, ids=ids), embedding, build=SHAPE, generate=GENERATION
    )
    assert not held.allowed[NUM_WORDS - 1]
    assert held.allowed[2]


def test_modelled_lengths_are_lognormal_quantiles_within_the_bounds() -> None:
    pencil = pen()
    codes = np.random.default_rng(0).normal(size=(30, LATENT)).astype(np.float32)
    places = np.linspace(0, 0.999, 30)
    heads = pencil.model.lengths(codes, LABELS)
    assert heads is not None
    expected = np.clip(stats.lognorm.ppf(places, s=np.exp(heads[:, 1]), scale=np.exp(heads[:, 0])), 1, LENGTH).round()
    np.testing.assert_array_equal(pencil.draw_lengths(codes, LABELS, places), expected)
    assert pencil.draw_lengths(codes, LABELS, np.zeros(30)).tolist() == [1] * 30


def test_observed_lengths_are_those_of_the_class() -> None:
    split, tokens, _ = parts()
    pencil = pen(shape(lengths="observed"))
    codes = np.zeros((500, LATENT), np.float32)
    for label in (0, 1):
        own = split.train[split.labels[split.train] == label]
        known = np.sort(np.count_nonzero(tokens.ids[own], axis=1))
        places = (np.arange(len(own)) + 0.5) / len(own)
        drawn = pencil.draw_lengths(codes[: len(own)], np.full(len(own), label, np.int8), places)
        np.testing.assert_array_equal(drawn, known)


def test_centred_cosines_are_of_what_is_beyond_the_training_mean() -> None:
    split, tokens, embedding = parts()
    said = tokens.ids[split.train]
    expected = embedding.matrix[said[said != 0]].mean(axis=0)
    np.testing.assert_allclose(pen().centre, expected, rtol=1e-5)
    assert not pen(generate=replace(GENERATION, centred=False)).centre.any()


@pytest.mark.parametrize("centred", [True, False])
def test_at_temperature_zero_without_bigrams_the_nearest_words_are_written(centred: bool) -> None:
    pencil = pen(generate=replace(GENERATION, centred=centred, temperature=0.0, bigram_weight=0.0))
    written = pencil.draw(LABELS, SEEDS)
    words = np.flatnonzero(pencil.allowed)
    one, other = written.vectors - pencil.centre, pencil.table[words] - pencil.centre
    cosines = (one @ other.T) / np.linalg.norm(other, axis=1)
    np.testing.assert_array_equal(written.ids[written.ids != 0], words[cosines.argmax(axis=1)])


def test_equal_seeds_of_the_stage_give_equal_seeds_of_messages() -> None:
    np.testing.assert_array_equal(draw_seeds(5, 9), draw_seeds(5, 9))
    assert len(np.unique(draw_seeds(2_000, 9))) == 2_000
    assert draw_seeds(5, 9).min() >= 0


def generate(monkeypatch: pytest.MonkeyPatch, ids: np.ndarray | None = None) -> Any:
    """What the stage makes; with `ids` in place of the words that would be drawn."""
    split, tokens, embedding = parts()
    held, _ = corpus(tokens, split)
    if ids is not None:
        lengths = np.count_nonzero(ids, axis=1)
        made = Written(ids, np.ones((lengths.sum(), DIM), np.float32), np.ones((len(ids), DIM), np.float32))
        monkeypatch.setattr(Writer, "draw", lambda *_: made)
    return synthesise.generate_messages(
        held, split, tokens, embedding, fitted(), build=SHAPE, generate=GENERATION, seed=8
    )


def test_there_are_as_many_messages_of_each_class_as_in_the_training_part(monkeypatch: pytest.MonkeyPatch) -> None:
    split, tokens, _ = parts()
    made = generate(monkeypatch)
    np.testing.assert_array_equal(made.table["label"], split.labels[split.train])
    assert made.table["label"].dtype == np.int8
    assert made.vectors.dtype == np.float16
    np.testing.assert_array_equal(made.table["words"], np.count_nonzero(made.ids, axis=1))
    assert made.table["text"][3] == " ".join(tokens.vocabulary[word] for word in made.ids[3] if word)
    row = pen().draw(made.table["label"].to_numpy()[3:4], made.table["seed"].to_numpy()[3:4])
    np.testing.assert_array_equal(row.ids[0], made.ids[3])


def test_a_message_that_repeats_a_training_message_names_its_line(monkeypatch: pytest.MonkeyPatch) -> None:
    split, tokens, _ = parts()
    texts = [tuple(row) for row in tokens.ids]
    known = texts[: len(split.train)]
    unseen = next(row for row in texts[len(split.train) :] if row not in known)
    ids = np.full((len(split.train), LENGTH), NUM_WORDS - 1, np.int32)
    ids[0], ids[1] = known[30], unseen
    made = generate(monkeypatch, ids)
    assert made.table["copy_of"].tolist() == [10 * known.index(known[30]), -1, *[-1] * (len(ids) - 2)]
