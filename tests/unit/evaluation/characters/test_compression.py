"""Compressors, and the references together."""

import bz2

import numpy as np
import pandas as pd
import pytest
from made_messages import encode, made, totals

from pipeline.evaluation.characters.compression import COMPRESSORS, Compressor, added_bits, join
from pipeline.evaluation.characters.ngrams import fit_ngrams
from pipeline.stages.score_references import score_references


def noise(seed: int, size: int) -> bytes:
    return np.random.default_rng(seed).integers(0, 256, size, np.uint8).tobytes()


@pytest.mark.parametrize("compressor", COMPRESSORS)
def test_noise_cannot_be_compressed_but_its_repetition_can(compressor: Compressor) -> None:
    train, part = noise(1, 20_000), noise(2, 10_000)
    new, known = added_bits(compressor, train, [part, train[:10_000]])
    assert new == pytest.approx(80_000, rel=0.02)
    assert known < 80_000 / 2


def test_nothing_added_costs_nothing() -> None:
    assert [added_bits(compressor, noise(3, 500), [b""]) for compressor in COMPRESSORS] == [[0], [0], [0]]


@pytest.mark.parametrize("texts", [["a\x03", "b\0c", ""], ["ÿ\xff", "日本語", "😀"], ["two\nlines", "more"]])
def test_the_closing_byte_stands_for_the_end_alone(texts: list[str]) -> None:
    joined = join(texts)
    assert [piece.decode() for piece in joined.split(b"\xff")] == [*texts, ""]


def test_references_are_those_of_the_parts() -> None:
    """Against a loop over messages, and bz2 called by hand."""
    it = made()
    references = score_references(it.corpus, it.split, it.characters, orders=3)
    assert list(references.ngrams) == ["name", "part", "row", "characters", "bits"]
    assert len(references.ngrams) == 3 * (len(it.split.validation) + len(it.split.test))
    fitted = fit_ngrams(it.characters.take(it.split.train), it.characters.alphabet.num_symbols, orders=3)
    own = references.ngrams.query("name == 'ngram_3' and part == 'test'")
    assert own["row"].tolist() == it.split.test.tolist()
    assert own["characters"].tolist() == [len(it.texts[row]) + 1 for row in it.split.test]
    paid = [fitted.symbol_bits([message])[2].sum() for message in it.characters.take(it.split.test)]
    assert own["bits"].tolist() == pytest.approx(paid)

    train, test = (join(it.texts[row] for row in rows) for rows in (it.split.train, it.split.test))
    assert len(test) == own["characters"].sum()
    by_hand = 8 * (len(bz2.compress(train + test)) - len(bz2.compress(train))) / len(test)
    assert references.compressors.set_index(["name", "part"])["bits"]["bz2", "test"] == pytest.approx(by_hand)


def test_the_reference_is_chosen_on_validation() -> None:
    it = made()
    references = score_references(it.corpus, it.split, it.characters, orders=6)
    paid = totals(references, "validation")
    assert references.ngram == min(paid, key=paid.__getitem__) != "ngram_1"
    own = references.ngrams.query(f"name == '{references.ngram}' and part == 'test'")
    edges = (own["characters"].cumsum() - own["characters"]).to_numpy()
    assert np.add.reduceat(references.test_bits, edges) == pytest.approx(own["bits"].to_numpy(), rel=1e-5)
    assert references.test_bits.dtype == np.float32


def test_a_model_of_nothing_but_the_alphabet_pays_its_logarithm() -> None:
    """Training messages in which every symbol is as common: bits at order 1 are log2 of their number."""
    texts = ["abcdefg"] * 60
    it = made(texts=texts)
    references = score_references(it.corpus, it.split, encode(texts), orders=1)
    assert totals(references)["ngram_1"] == pytest.approx(3)


def test_messages_that_were_trained_on_may_be_judged() -> None:
    """The published protocol has one part for all; what was read before is cheap."""
    it = made(published=True)
    references = score_references(it.corpus, it.split, it.characters, orders=6)
    clean = made()
    paid, held_out = totals(references), totals(score_references(clean.corpus, clean.split, clean.characters, orders=6))
    assert paid["ngram_6"] < 0.6 * held_out["ngram_6"]
    wide = references.compressors.pivot_table(index="name", columns="part", values="bits")
    pd.testing.assert_series_equal(wide["test"], wide["validation"], check_names=False)
    assert (wide["test"] < 1).all()
