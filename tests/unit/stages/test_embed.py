from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.feature_extraction.text import TfidfTransformer

from pipeline.artifacts import Embedding, Located, Resource, Split, Texts, Tokens
from pipeline.data.sources import Library
from pipeline.errors import UserError
from pipeline.stages.embed import embed_tokens, inverse_document_frequency, locate_vectors

NO_FILE = Resource(None, stand_in=False)
PLAIN: dict[str, Any] = {
    "dim": 3,
    "trainable": True,
    "connected": True,
    "oov": "zeros",
    "stems": "mean",
    "stemming": "none",
    "window": 2,
    "word2vec_epochs": 1,
    "min_count": 1,
    "seed": 5,
}


def embed(file: Resource = NO_FILE, words: str = "a b c", **changes: Any) -> Embedding:
    a, b, c = words.split(" ")
    texts = Texts(pd.DataFrame({"text": [f"{a} {b} {a}", f"{b} {c}", a]}), [], stand_in=False)
    counts = np.array([[0, 0], [0, 0], [2, 1], [1, 1], [0, 1]])
    ids = np.array([[2, 3, 2], [3, 4, 0], [2, 0, 0]], np.int32)
    tokens = Tokens(ids, np.array([3, 2, 1], np.int32), ["", "[UNK]", a, b, c], counts, 2, 5, {}, "post")
    labels, rows = np.array([1, 0, 0], np.int8), np.arange(3)
    split = Split(rows[:2], rows[2:], rows[2:], labels, rows, 0.0, 0.0, validation_is_test=True)
    return embed_tokens(texts, split, tokens, file, **PLAIN | changes)


@pytest.fixture
def file(tmp_path: Path) -> Resource:
    path = tmp_path / "vectors.txt"
    path.write_text("x 9 9 9\nb 1 2 3\na 4 5 6\n")
    return Resource(Located(path, "0" * 64, "path", verified=None), stand_in=False)


def test_learned_vectors_start_small_and_by_seed() -> None:
    one, two = embed(vectors="learned"), embed(vectors="learned")
    np.testing.assert_array_equal(one.matrix, two.matrix)
    assert one.matrix.shape == (5, 3)
    assert np.abs(one.matrix).max() <= 0.05
    assert one.matrix.tolist() != embed(vectors="learned", seed=6).matrix.tolist()


def test_file_vectors_stand_in_the_rows_of_their_words(file: Resource) -> None:
    embedding = embed(file, vectors="glove")
    assert embedding.matrix.tolist() == [[0, 0, 0], [0, 0, 0], [4, 5, 6], [1, 2, 3], [0, 0, 0]]
    assert embedding.missing.to_dict("list") == {"word": ["c"], "count": [1]}
    assert embedding.coverage.set_index("group").loc["all", "tokens_percent"] == pytest.approx(100 * 5 / 6)


def test_unconnected_vectors_are_reported_and_not_used(file: Resource) -> None:
    embedding = embed(file, vectors="glove", connected=False)
    np.testing.assert_array_equal(embedding.matrix, embed(vectors="learned").matrix)
    assert embedding.coverage.set_index("group").loc["all", "kinds_percent"] == pytest.approx(100 * 2 / 3)


def test_corpus_vectors_stand_in_for_a_file_that_could_not_be_had() -> None:
    embedding = embed(Resource(None, stand_in=True), vectors="glove")
    assert embedding.stand_in
    assert np.abs(embedding.matrix[2:]).sum(axis=1).all()
    np.testing.assert_array_equal(embedding.matrix, embed(vectors="corpus").matrix)


@pytest.fixture
def words_file(tmp_path: Path) -> Resource:
    path = tmp_path / "words.txt"
    path.write_text("messages 1 2 3\nfree 5 5 5\nmessage 4 5 6\n")
    return Resource(Located(path, "0" * 64, "path", verified=None), stand_in=False)


# Ranks 1 and 3 in GloVe: weights 3/4 and 1/4. Numberbatch is in the order of the alphabet: equal weights.
@pytest.mark.parametrize(("vectors", "messag"), [("glove", [1.75, 2.75, 3.75]), ("numberbatch", [2.5, 3.5, 4.5])])
def test_stems_have_the_mean_vector_of_their_words(words_file: Resource, vectors: Any, messag: list[float]) -> None:
    embedding = embed(words_file, "messag free peopl", vectors=vectors, stemming="porter")
    np.testing.assert_allclose(embedding.matrix[2:], [messag, [5, 5, 5], [0, 0, 0]], rtol=1e-6)
    assert embedding.missing["word"].tolist() == ["peopl"]


@pytest.mark.parametrize("changes", [{"stems": "match", "stemming": "porter"}, {"stems": "match"}, {"stems": "mean"}])
def test_stems_are_looked_up_as_they_are_by_match_or_unstemmed(words_file: Resource, changes: dict[str, Any]) -> None:
    embedding = embed(words_file, "messag message free", vectors="glove", **changes)
    assert embedding.matrix[2:].tolist() == [[0, 0, 0], [4, 5, 6], [5, 5, 5]]
    assert embedding.missing["word"].tolist() == ["messag"]


def test_corpus_vectors_are_of_the_stems_themselves() -> None:
    match = embed(vectors="corpus", stemming="porter", stems="match")
    np.testing.assert_array_equal(embed(vectors="corpus", stemming="porter").matrix, match.matrix)


@pytest.mark.parametrize("vectors", ["learned", "corpus"])
def test_a_file_that_nothing_would_read_is_refused(tmp_path: Path, vectors: Any) -> None:
    library = Library(None, tmp_path, strict=False, download=False)
    with pytest.raises(UserError, match="would not be read"):
        locate_vectors(library, vectors=vectors, dim=50, path="x.txt", source=None)
    assert locate_vectors(library, vectors=vectors, dim=50, path=None, source=None) == NO_FILE


def test_rarity_is_scikit_learns_inverse_document_frequency() -> None:
    # 3 texts of the indices 1 to 3; 1 is in all of them, twice in the first; 3 in one
    ids = np.array([[1, 1, 2], [1, 2, 0], [1, 3, 0]], np.int32)
    counts = (ids[:, :, None] == np.arange(4)).sum(axis=1)
    expected = TfidfTransformer().fit(counts).idf_
    np.testing.assert_allclose(inverse_document_frequency(ids, 4), expected, rtol=1e-6)
