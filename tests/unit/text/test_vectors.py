import gzip
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from pipeline.errors import UserError
from pipeline.text.stem import Stemming, stemmer
from pipeline.text.vectors import (
    NUMBERBATCH_PREFIX,
    VectorTable,
    commonest_missing,
    corpus_vectors,
    coverage,
    fill_missing,
    numberbatch_term,
    read_stem_vectors,
    read_vectors,
)

DATA = os.environ.get("PIPELINE_DATA_DIR")
needs_data = pytest.mark.skipif(DATA is None, reason="PIPELINE_DATA_DIR is not set")

GLOVE = b"the 1 2 3\nfree -0.5 1e-3 0.25\n, 0 0 0\nn't 7 8 9\n"
WORDS = ["", "[UNK]", "n't", "prize", "free"]


def write(folder: Path, content: bytes, name: str = "vectors.txt") -> Path:
    path = folder / name
    path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    return path


@pytest.mark.parametrize("name", ["vectors.txt", "vectors.txt.gz"])
@pytest.mark.parametrize("content", [GLOVE, b"4 3\n" + GLOVE, GLOVE.replace(b"\n", b" \r\n"), GLOVE.rstrip(b"\n")])
def test_vectors_of_the_vocabulary_are_read(tmp_path: Path, name: str, content: bytes) -> None:
    table = read_vectors(write(tmp_path, content, name), WORDS, 3)
    assert table.found.tolist() == [False, False, True, False, True]
    assert table.matrix.dtype == np.float32
    expected = np.array([[0, 0, 0], [0, 0, 0], [7, 8, 9], [0, 0, 0], [-0.5, 1e-3, 0.25]], np.float32)
    np.testing.assert_array_equal(table.matrix, expected)


def test_gzip_is_told_by_content_not_by_name(tmp_path: Path) -> None:
    path = write(tmp_path, gzip.compress(GLOVE), "vectors.txt")
    assert read_vectors(path, ["free"], 3).found.all()


def test_words_may_hold_what_ends_a_line_elsewhere(tmp_path: Path) -> None:
    words = ["a\u2028b", "c\x85d", "e\x0cf"]
    path = write(tmp_path, "".join(f"{word} {row} 1\n" for row, word in enumerate(words)).encode())
    np.testing.assert_array_equal(read_vectors(path, words, 2).matrix[:, 0], [0, 1, 2])


def test_an_empty_word_of_the_file_is_not_the_padding(tmp_path: Path) -> None:
    assert not read_vectors(write(tmp_path, b" 1 2\n\xff\xfe 3 4\n"), ["", "x"], 2).found.any()


@pytest.mark.parametrize(
    ("content", "happened"),
    [
        (b"", "is empty"),
        (b"the 1 2 3\nfree\nn't 7 8 9\n", "has 0 columns after the word in line 2"),
        (b"the 1 2 3\n\nn't 7 8 9\n", "has 0 columns after the word in line 2"),
        (b"the 1 2 3\nother 1 2\n", "has 2 columns after the word in line 2"),
        (b"4 3\nthe 1 2 3\nfree 1 2 3 4\n", "has 4 columns after the word in line 3"),
        (b"<!DOCTYPE html>\n", "has 1 columns after the word in line 1"),
        (b"the 1 2 3\nfree 1 x 3\n", "does not hold numbers alone in line 2"),
        (b"the 1 2 3\nfree 1  3\n", "does not hold numbers alone in line 2"),
        (b"the 1 2 3\nfree 1 2\t3 4\n", "does not hold numbers alone in line 2"),
        (b"the 1 2 3\nfree 1 nan 3\n", "not finite in line 2"),
        (b"free 1 2 3\nthe 1 2 3\nfree 1 2 3\n", "'free' twice, in lines 1 and 3"),
        (b"5 3\n" + GLOVE, "holds 4 words"),
        (b"3 3\n" + GLOVE, "holds 4 words"),
        (b"4 3\n", "holds 0 words"),
        (GLOVE[:-3], "has 2 columns after the word in line 4"),
    ],
)
def test_malformed_files_are_told_with_their_line(tmp_path: Path, content: bytes, happened: str) -> None:
    with pytest.raises(UserError, match=happened) as caught:
        read_vectors(write(tmp_path, content), WORDS, 3)
    assert "vectors.txt" in caught.value.happened


@pytest.mark.parametrize("content", [GLOVE, b"4 3\n" + GLOVE, b"40 3\n", b"4 50\n" + GLOVE])
def test_another_width_names_both_and_the_setting(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(UserError, match=r"vectors of 3 numbers, but embedding\.dim is 50") as caught:
        read_vectors(write(tmp_path, content), WORDS, 50)
    assert "embedding.dim=3" in caught.value.remedy


@pytest.mark.parametrize(
    ("damage", "line"),
    [
        (lambda packed: packed[: len(packed) // 2], r"[1-9]\d+"),
        (lambda packed: packed[:-8] + bytes(8), "3000"),  # a wrong checksum
        (lambda packed: packed[:10] + b"\x07" + packed[11:], "0"),  # a block of a type that deflate does not have
    ],
)
def test_damaged_gzip_files_are_told_with_the_line_reached(
    tmp_path: Path, damage: Callable[[bytes], bytes], line: str
) -> None:
    numbers = np.random.default_rng(0).normal(size=(3000, 3))
    content = "".join(f"w{row} {a:f} {b:f} {c:f}\n" for row, (a, b, c) in enumerate(numbers)).encode()
    path = tmp_path / "vectors.gz"
    path.write_bytes(damage(gzip.compress(content)))
    with pytest.raises(UserError, match=rf"vectors\.gz breaks off after line {line}:"):
        read_vectors(path, WORDS, 3)


@pytest.mark.parametrize(
    ("word", "term"), [("1999", "####"), ("4u", "4u"), ("12hrs4u", "##hrs#u"), ("1a2", "1a2"), ("free", "free")]
)
def test_numberbatch_writes_digits_as_hashes(word: str, term: str) -> None:
    # Golden: DOUBLE_DIGIT_RE and replace_numbers of ConceptNet's text_to_uri.py.
    assert numberbatch_term(word) == term


def test_words_that_the_file_writes_alike_share_a_vector(tmp_path: Path) -> None:
    path = write(tmp_path, b"2 2\n/c/de/frei 5 6\n/c/en/#### 1 2\n")
    table = read_vectors(path, ["1999", "frei", "2024"], 2, normalise=numberbatch_term, prefix=NUMBERBATCH_PREFIX)
    assert table.found.tolist() == [True, False, True]
    np.testing.assert_array_equal(table.matrix[[0, 2]], [[1, 2], [1, 2]])


STEMMED = b"messages 1 1\nthe 9 9\nrun 2 6\nmessage 4 -2\nruns 2 6\nrunning 2 6\nprize 5 5\n"


def mean_vectors(path: Path, stems: list[str], stemming: Stemming = "porter", *, by_rank: bool = True) -> VectorTable:
    return read_stem_vectors(path, stems, 2, stem=stemmer(stemming), by_rank=by_rank)


@pytest.mark.parametrize("stemming", ["porter", "snowball"])
def test_a_stem_has_the_mean_vector_of_its_words_by_rank(tmp_path: Path, stemming: Stemming) -> None:
    path = write(tmp_path, b"7 2\n" + STEMMED)  # the header is no word
    table = mean_vectors(path, ["", "[UNK]", "messag", "peopl", "message"], stemming)
    assert table.found.tolist() == [False, False, True, False, False]
    expected = (np.array([1, 1]) / 1 + np.array([4, -2]) / 4) / (1 / 1 + 1 / 4)
    np.testing.assert_allclose(table.matrix[2], expected, rtol=1e-6)
    assert not table.matrix[~table.found].any()
    assert table.matrix.dtype == np.float32


def test_the_words_of_a_stem_can_weigh_the_same(tmp_path: Path) -> None:
    table = mean_vectors(write(tmp_path, STEMMED), ["messag"], by_rank=False)
    np.testing.assert_array_equal(table.matrix, [[2.5, -0.5]])


@pytest.mark.parametrize("by_rank", [True, False])
def test_a_stem_whose_words_share_a_vector_has_that_vector(tmp_path: Path, by_rank: bool) -> None:
    table = mean_vectors(write(tmp_path, STEMMED), ["run", "prizes", "prize"], by_rank=by_rank)
    np.testing.assert_allclose(table.matrix[[0, 2]], [[2, 6], [5, 5]], rtol=1e-6)
    assert table.found.tolist() == [True, False, True]


def test_without_stemming_the_mean_is_the_vector(tmp_path: Path) -> None:
    path, words = write(tmp_path, GLOVE), [*WORDS, "the"]
    mean, match = read_stem_vectors(path, words, 3, stem=str, by_rank=True), read_vectors(path, words, 3)
    np.testing.assert_array_equal(mean.found, match.found)
    np.testing.assert_allclose(mean.matrix, match.matrix, rtol=1e-6)


def test_stems_are_found_among_numberbatchs_terms(tmp_path: Path) -> None:
    path = write(tmp_path, b"/c/de/prizes 5 6\n/c/en/##hrs 1 2\n/c/en/prizes 3 4\n/c/en/prizes_given 7 8\n")
    table = read_stem_vectors(
        path,
        ["24hr", "prizes", "prize"],
        2,
        stem=stemmer("porter"),
        by_rank=False,
        normalise=numberbatch_term,
        prefix=NUMBERBATCH_PREFIX,
    )
    assert table.found.tolist() == [True, False, True]
    np.testing.assert_array_equal(table.matrix[[0, 2]], [[1, 2], [3, 4]])


def test_terms_that_are_no_utf8_are_the_words_of_no_stem(tmp_path: Path) -> None:
    path = write(tmp_path, b"\xff\xfes 3 4\n 5 6\nfees 1 2\n")
    assert mean_vectors(path, ["", "\ufffd", "fee"]).found.tolist() == [False, False, True]


def test_a_word_twice_is_told_and_two_words_of_a_stem_are_not(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="'runs' twice, in lines 5 and 8"):
        mean_vectors(write(tmp_path, STEMMED + b"runs 2 6\n"), ["run"])


def test_zeros_leave_missing_words_at_zero() -> None:
    matrix, found = small_table()
    np.testing.assert_array_equal(fill_missing(matrix, found, policy="zeros", seed=1), matrix)


def test_mean_gives_missing_words_the_mean_of_the_found() -> None:
    matrix, found = small_table()
    filled = fill_missing(matrix, found, policy="mean", seed=1)
    np.testing.assert_array_equal(filled[1:3], [[3, 20], [3, 20]])
    np.testing.assert_array_equal(filled[0], [0, 0])
    np.testing.assert_array_equal(filled[found], matrix[found])
    assert not matrix[1].any(), "the argument was changed"


def test_random_draws_with_the_spread_of_the_found_vectors() -> None:
    random = np.random.default_rng(0)
    matrix = random.normal(5, [0.1, 10], (20_000, 2)).astype(np.float32)
    found = np.arange(20_000) % 2 == 1
    filled = fill_missing(matrix, found, policy="random", seed=1)
    drawn = filled[2::2]
    np.testing.assert_allclose(drawn.std(axis=0), [0.1, 10], rtol=0.05)
    np.testing.assert_allclose(drawn.mean(axis=0), [0, 0], atol=0.4)
    assert len(np.unique(drawn, axis=0)) == len(drawn)
    assert filled.dtype == np.float32
    np.testing.assert_array_equal(filled, fill_missing(matrix, found, policy="random", seed=1))
    assert (filled[2::2] != fill_missing(matrix, found, policy="random", seed=2)[2::2]).all()


def test_nothing_can_be_filled_in_from_nothing() -> None:
    matrix = np.zeros((4, 2), np.float32)
    with pytest.raises(UserError, match="None of the 3 words"):
        fill_missing(matrix, np.zeros(4, bool), policy="mean", seed=1)
    assert not fill_missing(matrix, np.zeros(4, bool), policy="zeros", seed=1).any()


def small_table() -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    return np.array([[0, 0], [0, 0], [0, 0], [2, 10], [4, 30]], np.float32), np.array([False, False, False, True, True])


# Enough for several of the jobs that Word2Vec's threads would share.
PAIR = [["free", "prize", "call", "now"], ["see", "you", "at", "home", "now"]]
SENTENCES = PAIR * 5000 + [["rare"]]
SETTINGS = {"dim": 8, "epochs": 2, "window": 3, "min_count": 2, "seed": 5}


def test_corpus_vectors_cover_the_words_that_occur_often_enough() -> None:
    table = corpus_vectors(SENTENCES, ["", "[UNK]", "free", "rare", "home"], **SETTINGS)
    assert table.found.tolist() == [False, False, True, False, True]
    assert table.matrix.shape == (5, 8)
    assert table.matrix.dtype == np.float32
    assert table.matrix[table.found].any(axis=1).all()
    assert not table.matrix[~table.found].any()


def test_corpus_vectors_are_the_same_in_every_process() -> None:
    script = (
        "from pipeline.text.vectors import corpus_vectors\n"
        f"print(corpus_vectors({PAIR} * 5000 + [['rare']], ['free', 'home'], **{SETTINGS}).matrix.tolist())"
    )
    environment = os.environ | {"PYTHONHASHSEED": "1"}
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True)
    table = corpus_vectors(SENTENCES, ["free", "home"], **SETTINGS)
    assert done.stdout == f"{table.matrix.tolist()}\n"
    other = corpus_vectors(SENTENCES, ["free", "home"], **(SETTINGS | {"seed": 6}))
    assert (table.matrix != other.matrix).any()


@pytest.mark.parametrize(("sentences", "commonest"), [([["once"]], 1), ([], 0), ([[]], 0)])
def test_too_few_texts_for_corpus_vectors_are_a_users_mistake(sentences: list[list[str]], commonest: int) -> None:
    with pytest.raises(UserError, match=f"occurs {commonest} times"):
        corpus_vectors(sentences, ["once"], **SETTINGS)


COUNTS = np.array([[50, 50], [7, 7], [6, 2], [2, 0], [0, 10], [0, 0]])
FOUND = np.array([False, False, True, False, False, True])


def test_coverage_counts_tokens_and_distinct_words_by_class() -> None:
    expected = pd.DataFrame(
        {
            "group": ["all", "negative", "positive"],
            "tokens_percent": [100 * 8 / 20, 100 * 6 / 8, 100 * 2 / 12],
            "kinds_percent": [100 / 3, 100 / 2, 100 / 2],
        }
    )
    pd.testing.assert_frame_equal(coverage(COUNTS, FOUND), expected)


def test_coverage_of_a_class_without_words_is_unknown() -> None:
    table = coverage(np.array([[0, 0], [0, 0], [3, 0]]), np.array([False, False, True]))
    assert table["tokens_percent"].tolist()[:2] == [100, 100]
    assert table.isna().to_numpy()[2].tolist() == [False, True, True]


def test_reserved_entries_can_be_fewer() -> None:
    assert coverage(COUNTS, FOUND, reserved=1)["tokens_percent"][0] == pytest.approx(100 * 8 / 34)


def test_commonest_missing_words_come_first() -> None:
    words = ["", "[UNK]", "free", "ok", "150p", "never"]
    missing = commonest_missing(words, COUNTS, FOUND, limit=5)
    assert missing.to_dict("list") == {"word": ["150p", "ok"], "count": [10, 2]}
    assert commonest_missing(words, COUNTS, FOUND, limit=1)["word"].tolist() == ["150p"]
    assert commonest_missing(words, COUNTS, np.ones(6, bool), limit=5).empty


@needs_data
@pytest.mark.real_data
def test_samples_of_numberbatch() -> None:
    folder = Path(DATA or "", "numberbatch")
    words = ["", "1999", "12345ish", "7", "aag"]
    table = read_vectors(folder / "numberbatch-en.first10.txt", words, 300, normalise=numberbatch_term)
    assert table.found.tolist() == [False, True, True, False, False]
    # Golden: the first numbers of the lines "####" and "#####ish".
    np.testing.assert_allclose(table.matrix[[1, 2], :2], [[-0.0364, 0.0254], [0.0408, -0.0174]])
    multilingual = folder / "numberbatch-multilingual.first10.txt"
    assert not read_vectors(multilingual, words, 300, prefix=NUMBERBATCH_PREFIX).found.any()
    assert read_vectors(multilingual, words, 300, prefix="/c/af/").found.tolist() == [False] * 4 + [True]


@needs_data
@pytest.mark.real_data
def test_glove_has_the_pieces_of_contractions() -> None:
    path = Path(DATA or "", "glove", "glove.6B.100d.first2717.txt")
    table = read_vectors(path, ["the", "n't", "'m", "don't", "i'm"], 100)
    assert table.found.tolist() == [True, True, True, False, False]
    with pytest.raises(UserError, match=r"vectors of 100 numbers, but embedding\.dim is 50"):
        read_vectors(path, ["the"], 50)


@needs_data
@pytest.mark.real_data
def test_the_whole_of_glove() -> None:
    path = Path(DATA or "", "glove", "glove.6B.50d.txt.gz")
    table = read_vectors(path, ["the", "sandberger", "notaword123"], 50)
    assert table.found.tolist() == [True, True, False]
    # Golden: the first numbers of the first and of the last line of glove.6B.50d.txt.
    np.testing.assert_allclose(table.matrix[0, :3], [0.418, 0.24968, -0.41242])
    np.testing.assert_allclose(table.matrix[1, :3], [0.072617, -0.51393, 0.4728])


@needs_data
@pytest.mark.real_data
def test_stems_of_the_whole_of_glove() -> None:
    path = Path(DATA or "", "glove", "glove.6B.50d.txt.gz")
    stems = ["messag", "peopl", "receiv", "compani", "notaword123"]
    table = read_stem_vectors(path, stems, 50, stem=stemmer("porter"), by_rank=True)
    assert table.found.tolist() == [True] * 4 + [False]
    # Law: a stem lies near the commonest of its words.
    words = read_vectors(path, ["message", "people", "received", "company"], 50).matrix
    cosines = (table.matrix[:4] * words).sum(axis=1)
    cosines /= np.linalg.norm(table.matrix[:4], axis=1) * np.linalg.norm(words, axis=1)
    assert (cosines > 0.9).all()
