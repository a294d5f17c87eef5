"""What a character model is trained on, what it may be called, and what it pays for each message."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydantic import TypeAdapter, ValidationError

from pipeline.errors import UserError
from pipeline.models.backend import start_keras
from pipeline.stages.fit_writer import Name, fit_writer, score_writer
from writer_samples import LSTM, RECIPE, WINDOWED, messages, writer

MADE = messages()
CHARACTERS = MADE.encoded()
SYMBOLS = CHARACTERS.alphabet.num_symbols


def test_it_learns_from_the_training_part_and_validation_chooses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    start_keras(1)
    from pipeline.models.characters import training

    given: list[Any] = []
    monkeypatch.setattr(training, "train", lambda *plain, **named: given.extend([*plain, named]))
    fit_writer(
        CHARACTERS, MADE.split, name="mine", conditional=True, build=LSTM, training=RECIPE, seed=4, scratch=tmp_path
    )
    name, own, held, build, recipe, named = given
    assert (name, build, recipe) == ("mine", LSTM, RECIPE)
    assert named == {"num_symbols": SYMBOLS, "conditional": True, "seed": 4, "scratch": tmp_path}
    for part, rows in ((own, MADE.split.train), (held, MADE.split.validation)):
        np.testing.assert_array_equal(np.concatenate(part.messages), np.concatenate(CHARACTERS.take(rows)))
        np.testing.assert_array_equal(part.labels, MADE.split.labels[rows])


def test_a_corpus_shorter_than_a_window_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"have [\d,]+ characters, too few for a window of 5000 as mine reads them"):
        fit_writer(
            CHARACTERS,
            MADE.split,
            name="mine",
            conditional=False,
            build=LSTM,
            training=replace(WINDOWED, steps=5_000),
            seed=4,
            scratch=tmp_path,
        )


def test_what_each_message_costs() -> None:
    found = score_writer(CHARACTERS, MADE.split, writer(num_symbols=SYMBOLS))
    split, table = MADE.split, found.table
    assert found.name == "char_lstm"
    assert table["part"].tolist() == ["validation"] * len(split.validation) + ["test"] * len(split.test)
    assert table["row"].tolist() == [*split.validation, *split.test]
    texts = MADE.corpus.table["text"].iloc[table["row"]]
    assert table["characters"].tolist() == [len(text) + 1 for text in texts], "the end too"
    test = table[table["part"] == "test"]
    assert len(found.test_bits) == test["characters"].sum()
    parts = np.split(found.test_bits, np.cumsum(test["characters"])[:-1])
    np.testing.assert_allclose(test["bits"], [part.sum(dtype=np.float64) for part in parts], rtol=1e-6)
    assert (table["bits"] > 0).all()


def test_it_is_not_told_the_class() -> None:
    made = writer(conditional=True, num_symbols=SYMBOLS)
    turned = replace(MADE.split, labels=1 - MADE.split.labels)
    one, other = (score_writer(CHARACTERS, split, made) for split in (MADE.split, turned))
    np.testing.assert_array_equal(one.test_bits, other.test_bits)


@pytest.mark.parametrize("name", ["ngram_5", "zlib", "lzma", "bz2", "holdout", "Mine", "../x", "", "a b", "1st"])
def test_names_of_references_and_of_no_file_are_refused(name: str) -> None:
    assert TypeAdapter(Name).validate_python("ngram_like") == "ngram_like"
    with pytest.raises(ValidationError):
        TypeAdapter(Name).validate_python(name)
