import json
import subprocess
import sys
from collections.abc import Callable

import numba
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from plain_filters import hashed, made, made_stream, ngrams_of, words_of
from sklearn.utils import murmurhash3_32

from pipeline.online.blocks import block_of, read_grams
from pipeline.online.characters import character_table
from pipeline.online.filters import new_filter
from pipeline.online.kernels.extraction import extract
from pipeline.online.kernels.murmur import absorb, finish, four_bytes, last_bytes, scrambled

LOWER = "abcdefghijklmnopqrstuvwxyz0123456789é中"


@pytest.fixture(scope="module")
def murmur3() -> Callable[[bytes, int], int]:
    """The parts of the hash put together, as the loop over n-grams does."""

    @numba.njit
    def whole(data: np.ndarray, state: np.uint32) -> np.uint32:
        at = 0
        while at + 4 <= len(data):
            state = absorb(state, scrambled(four_bytes(data, at)))
            at += 4
        return finish(state, scrambled(last_bytes(data, at, len(data))), len(data))

    return lambda data, seed: int(whole(np.frombuffer(data, np.uint8), np.uint32(seed)))


def test_the_hash_is_murmurhash3(murmur3: Callable[[bytes, int], int]) -> None:
    # Golden value: VerificationTest of Appleby's SMHasher, which gives 0xB0F57EE3 for MurmurHash3_x86_32 (main.cpp)
    hashes = [murmur3(bytes(range(size)), 256 - size) for size in range(256)]
    assert murmur3(np.array(hashes, "<u4").tobytes(), 0) == 0xB0F57EE3


def test_any_bytes_have_the_hash_that_scikit_learn_gives_them(murmur3: Callable[[bytes, int], int]) -> None:
    random = np.random.default_rng(0)
    for size in range(41):
        for seed in [0, 1, 2**31, 2**32 - 1, *random.integers(2**32, size=6)]:
            data = random.bytes(size)
            assert murmur3(data, int(seed)) == murmurhash3_32(data, seed=int(seed), positive=True)


@given(st.lists(st.text(LOWER, min_size=1, max_size=16), max_size=6), st.integers(0, 2**32 - 1), st.integers(1, 5))
def test_all_bits_of_the_hashes_of_ngrams_are_those_of_scikit_learn(words: list[str], seed: int, rows: int) -> None:
    block = block_of([" ".join(words)])
    seeds = ((seed + np.arange(rows)) % 2**32).astype(np.uint32)
    buckets, *_ = extract(block.data, block.bounds, character_table(), 1, 3, seeds, np.uint32(2**32 - 1), False)
    assert buckets.tolist() == [[hashed(ngram, int(s)) for s in seeds] for ngram in ngrams_of(words, 1, 3)]


@pytest.mark.parametrize(
    ("text", "seed", "golden"),
    # Ian Boyd's answer at stackoverflow.com/questions/14747343 (test vectors of MurmurHash3_x86_32)
    [("aaaa", 0x9747B28C, 0x5A97808A), ("aaa", 0x9747B28C, 0x283E0130), ("aa", 0x9747B28C, 0x5D211726),
     ("a", 0x9747B28C, 0x7FA09EA6), ("abcd", 0x9747B28C, 0xF0478627), ("abc", 0x9747B28C, 0xC84A62DD)],
)  # fmt: skip
def test_a_word_falls_into_the_bucket_of_the_published_vectors(text: str, seed: int, golden: int) -> None:
    for log2_buckets in (1, 10, 28):
        grams = read_grams(block_of([text]), made(hash_seed=seed, log2_buckets=log2_buckets))
        assert grams.buckets.tolist() == [[golden % 2**log2_buckets]]


def test_seeds_of_later_rows_follow_and_begin_again_at_0() -> None:
    grams = read_grams(block_of(["word"]), made(hash_seed=2**32 - 2, num_hashes=4, log2_buckets=28))
    assert grams.buckets[0].tolist() == [hashed("word", seed) % 2**28 for seed in (2**32 - 2, 2**32 - 1, 0, 1)]


IN_ANOTHER = """
import json

from test_murmur import run_through
print(json.dumps(run_through()))
"""


def run_through() -> dict[str, list[str]]:
    """Scores, to the last bit, of filters that are half through a stream, and the buckets of its first message."""
    texts, labels = made_stream(seed=3)
    told: dict[str, list[str]] = {}
    for learner in ("naive_bayes", "exact_naive_bayes", "logistic"):
        model = new_filter(made(learner, num_hashes=3))
        model.learn(model.read(block_of(texts[:30])), labels[:30])
        told[learner] = [score.hex() for score in model.score(model.read(block_of(texts[30:]))).tolist()]
    grams = read_grams(block_of(texts), made(num_hashes=3))
    return told | {"buckets": [str(bucket) for bucket in grams.buckets.ravel().tolist()]}


def test_another_process_comes_to_the_same() -> None:
    environment = {"PYTHONHASHSEED": "4711", "PYTHONPATH": ":".join(path for path in sys.path if path)}
    answer = subprocess.run(
        [sys.executable, "-c", IN_ANOTHER], env=environment, capture_output=True, text=True, check=True
    )
    here = run_through()
    assert json.loads(answer.stdout) == here
    assert len(here["buckets"]) > 500
    assert words_of("w1 h2") == ["w1", "h2"]
