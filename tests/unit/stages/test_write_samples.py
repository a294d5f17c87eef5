"""Sets of written messages: of which model, temperature and class, and what is recorded of each."""

from itertools import product
from typing import Any

import numpy as np
import pandas as pd
import pytest

from pipeline.artifacts.characters import NO_CLASS, References, Samples, Writer
from pipeline.evaluation.characters.ngrams import fit_ngrams
from pipeline.settings import Node, bind
from pipeline.stages.write_samples import _NgramReader, write_ngram_samples, write_samples
from writer_samples import messages, writer

MADE = messages()
CHARACTERS = MADE.encoded()
ALPHABET = CHARACTERS.alphabet
V = ALPHABET.num_symbols
SETTINGS: dict[str, Any] = {
    "temperatures": [0.5, 1.0], "num_messages": 9, "num_draws": 2, "limit": 12, "top_k": None, "top_p": None, "seed": 4,
}  # fmt: skip


def ask(made: Writer, **changes: Any) -> Samples:
    return write_samples(CHARACTERS, made, **SETTINGS | changes)


def ask_ngrams(order: int = 3, **changes: Any) -> Samples:
    references = References(pd.DataFrame(), pd.DataFrame(), f"ngram_{order}", np.zeros(0, np.float32))
    return write_ngram_samples(CHARACTERS, MADE.split, references, **SETTINGS | changes)


@pytest.fixture(scope="module")
def plain() -> Samples:
    return ask(writer(num_symbols=V))


@pytest.fixture(scope="module")
def both() -> Samples:
    return ask(writer(conditional=True, name="mine", num_symbols=V))


def sets(samples: Samples) -> list[tuple[float, int, int]]:
    """Temperature, class and draw of each set."""
    columns = samples.table[["temperature", "label", "draw"]]
    sizes = columns.value_counts(sort=False)
    assert set(sizes) == {9}
    return list(columns.drop_duplicates().itertuples(index=False, name=None))


def test_the_whole_nucleus_is_everything(plain: Samples) -> None:
    bound = bind(write_samples, Node("samples", SETTINGS | {"top_p": 1}), injected={"seed"})
    whole = ask(writer(num_symbols=V), **bound.settings)
    pd.testing.assert_frame_equal(whole.table, plain.table)


def test_every_temperature_has_all_its_draws(plain: Samples) -> None:
    assert plain.name == "char_lstm"
    assert sets(plain) == list(product([0.5, 1.0], [NO_CLASS], [0, 1]))
    assert plain.table["label"].dtype == np.int8
    assert set(plain.table) == {"temperature", "draw", "label", "text", "characters", "ended"}
    assert plain.seconds > 0


def test_a_conditional_model_writes_a_set_of_each_class_beside(both: Samples) -> None:
    expected = [(t, *one) for t in (0.5, 1.0) for one in ((NO_CLASS, 0), (NO_CLASS, 1), (0, 0), (1, 0))]
    assert sets(both) == expected
    texts = [tuple(one["text"]) for _, one in both.table.groupby(["temperature", "label", "draw"])]
    assert len(set(texts)) == len(texts), "no two sets are the same"


def test_what_is_recorded_of_a_message(plain: Samples) -> None:
    for samples in (plain, ask_ngrams()):
        table = samples.table
        assert table["characters"].tolist() == table["text"].str.len().tolist()
        assert table["characters"].max() <= 12
        assert table.loc[~table["ended"], "characters"].eq(12).all()
        assert set("".join(table["text"])) <= set(ALPHABET.characters), "the unknown symbol is never written"


def test_the_same_seed_gives_the_same_messages(plain: Samples) -> None:
    made = writer(num_symbols=V)
    pd.testing.assert_frame_equal(ask(made).table, plain.table)
    assert ask(made, seed=5).table["text"].tolist() != plain.table["text"].tolist()
    pd.testing.assert_frame_equal(ask_ngrams().table, ask_ngrams().table)


def test_fewer_messages_or_draws_are_some_of_the_same(plain: Samples) -> None:
    few = ask(writer(num_symbols=V), num_messages=3, num_draws=1).table
    expected = plain.table[plain.table["draw"] == 0].groupby("temperature").head(3)
    assert few["text"].tolist() == expected["text"].tolist()


def test_greedy_sets_are_of_one_message() -> None:
    table = ask(writer(num_symbols=V), temperatures=[0.0]).table
    assert len(set(table["text"])) == 1


@pytest.mark.parametrize("order", [1, 2, 4])
def test_an_ngram_model_reads_on_as_it_judges_whole_messages(order: int) -> None:
    ngrams = fit_ngrams(CHARACTERS.take(MADE.split.train), V, orders=order)
    texts = CHARACTERS.take(MADE.split.test[:4])
    bits = np.split(ngrams.symbol_bits(texts)[order - 1], np.cumsum([len(text) for text in texts])[:-1])
    reader = _NgramReader(ngrams, order - 1)
    found = reader.begin([np.array([0])] * 4)
    going = np.arange(4)
    for step in range(max(map(len, texts))):
        wanted = np.array([texts[number][step] for number in going])
        np.testing.assert_allclose(np.exp(found).sum(axis=1), 1)
        paid = -found[np.arange(len(going)), wanted] / np.log(2)
        np.testing.assert_allclose(paid, [bits[number][step] for number in going])
        goes_on = np.flatnonzero(wanted != 0)
        going = going[goes_on]
        if len(going):
            reader.keep(goes_on)
            found = reader.go_on(wanted[goes_on])


@pytest.mark.parametrize("order", [1, 2, 4])
def test_an_ngram_model_is_asked_for_what_follows_its_last_symbols(order: int) -> None:
    ngrams = fit_ngrams(CHARACTERS.take(MADE.split.train), V, orders=order)
    prompt = np.array([0, 3, 1, 2, 5])
    recent = prompt[None, len(prompt) - (order - 1) :]
    found = _NgramReader(ngrams, order - 1).begin([prompt])
    np.testing.assert_allclose(np.exp(found), ngrams.chances(recent))


def test_samples_of_ngrams_are_of_the_order_that_paid_least() -> None:
    for order in (1, 3):
        samples = ask_ngrams(order, temperatures=[1.0])
        assert samples.name == f"ngram_{order}"
        assert sets(samples) == [(1.0, NO_CLASS, 0), (1.0, NO_CLASS, 1)]
    trained = "\n".join(MADE.corpus.table["text"].iloc[MADE.split.train])
    longest = ask_ngrams(6, temperatures=[0.05], limit=40).table["text"]
    assert all(text[:6] in trained for text in longest), "almost without chance it repeats what it has read"
