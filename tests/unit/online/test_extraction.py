import codecs
import unicodedata

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from plain_filters import buckets_of, cut, hashed, made, made_stream, ngrams_of, spoilt, texts, words_of

from pipeline.online.blocks import Block, block_of, read_grams, spell_grams
from pipeline.online.characters import ALONE, character_table, replace_words, table_checksum

WORDS_ALONE = made(ngrams=(1, 1), log2_buckets=28, num_hashes=2)  # n-grams are told apart by 64 bits


def words_in_order(data: bytes) -> list[str]:
    """The distinct words that the compiled loop finds."""
    return spell_grams(block_of([data]), WORDS_ALONE)


def replaced(data: bytes) -> tuple[str, int]:
    """The text with what cannot be decoded replaced, and how often that was done."""
    places = []

    def handle(error: UnicodeError) -> tuple[str, int]:
        places.append(error)
        sign, end = codecs.replace_errors(error)
        return str(sign), end

    codecs.register_error("counted", handle)
    return data.decode("utf-8", "counted"), len(places)


@given(spoilt)
@example(b"\xc0\x80")  # overlong forms of NUL and of "/", and the longest ones
@example(b"a\xe0\x80\xafb\xf0\x80\x80\xafc\xc1\xbfd\xf0\x8f\xbf\xbf")
@example(b"\xed\xa0\x80 \xed\xbf\xbf \xed\xa0\xbd\xed\xb8\x80")  # surrogates, alone and as a pair
@example(b"a\xf0\x9f\x98")  # cut after one, two and three bytes
@example(b"a\xf0\x9f")
@example(b"a\xf0")
@example(b"\xf0\x9f\x98a\xf0\x9fb\xf0c\xe4\xb8d\xe4e\xc3f")
@example("😀a\U0010ffffb\0c\x00".encode() + b"\xf4\x90\x80\x80\xf5\x80")
@example(b"\xef\xbf\xbd")  # U+FFFD itself, which no one has put in
def test_what_cannot_be_decoded_is_cut_and_counted_as_python_does(data: bytes) -> None:
    text, invalid = replaced(data)
    assert read_grams(block_of([data]), WORDS_ALONE).invalid.tolist() == [invalid]
    assert words_in_order(data) == list(dict.fromkeys(words_of(text)))


def test_all_that_three_bytes_can_be_is_cut_as_python_does() -> None:
    firsts = [
        0x41,
        0x80,
        0xBF,
        0xC0,
        0xC1,
        0xC2,
        0xDF,
        0xE0,
        0xE1,
        0xEC,
        0xED,
        0xEE,
        0xEF,
        0xF0,
        0xF1,
        0xF3,
        0xF4,
        0xF5,
    ]
    later = [0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xFF]
    data = [bytes([a, b, c, d]) for a in firsts for b in later for c in later for d in later[::3]]
    assert read_grams(block_of(data), WORDS_ALONE).invalid.tolist() == [replaced(one)[1] for one in data]


@given(texts)
def test_words_are_those_of_the_rule(text: str) -> None:
    assert words_in_order(text.encode("utf-8", "surrogatepass")) == list(dict.fromkeys(words_of(text)))
    assert spell_grams(block_of([text]), WORDS_ALONE) == list(dict.fromkeys(words_of(text)))


@given(texts)
def test_an_ngram_that_is_read_again_is_the_same(text: str) -> None:
    settings = made(ngrams=(1, 3), log2_buckets=28, num_hashes=2)
    for ngram in spell_grams(block_of([text]), settings):
        size = ngram.count(" ") + 1
        assert spell_grams(block_of([ngram]), made(ngrams=(size, size), num_hashes=2)) == [ngram]


def test_lower_case_of_a_word_is_a_word() -> None:
    entries = character_table()
    of_words = entries[(entries > 0) & (entries < ALONE)]
    np.testing.assert_array_equal(entries[of_words], of_words)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("FREE try-now, it's £100!", ["free", "try", "now", "it", "s", "£", "100"]),
        ("snake_case", ["snake", "case"]),
        ("a$b$$", ["a", "$", "b"]),
        ("Cafe\u0301 ЁЛКА ΌΣΟΣ", ["cafe\u0301", "ёлка", "όσοσ"]),
        ("win😀🎉win", ["win", "😀", "🎉"]),
        ("हिन्दी ١٢", ["हिन्दी", "١٢"]),
        ("\0\ufffd\u200d...", []),
        ("", []),
    ],
)
def test_words_by_example(text: str, words: list[str]) -> None:
    assert words_in_order(text.encode()) == words


def test_the_table_of_characters_is_the_same_everywhere() -> None:
    # Golden value: made by Python 3.11.7. Python ships Unicode 3.2 unchanged beside its own version for the sake of
    # internationalised domain names, and Unicode's policy of stability forbids new case pairs of old characters; so
    # 3.12 and 3.13, with Unicode 15.0 and 15.1, have the same table.
    assert unicodedata.ucd_3_2_0.unidata_version == "3.2.0"
    assert table_checksum() == 0x55B6CC5D


@given(st.lists(texts, max_size=4), st.sampled_from([(1, 1), (1, 2), (2, 2), (1, 4), (3, 4)]), st.integers(1, 3))
def test_ngrams_are_distinct_in_each_message_and_in_order(
    messages: list[str], ngrams: tuple[int, int], rows: int
) -> None:
    for log2_buckets in (2, 20):
        settings = made(ngrams=ngrams, num_hashes=rows, log2_buckets=log2_buckets, hash_seed=7)
        grams = read_grams(block_of(messages), settings)
        expected = buckets_of(messages, settings)
        assert grams.counts.tolist() == [len(buckets) for buckets in expected]
        assert grams.buckets.tolist() == [row for buckets in expected for row in buckets.tolist()]
        if rows > 1:
            spelled = spell_grams(block_of(messages), settings)
            assert spelled == [ngram for text in messages for ngram in ngrams_of(words_of(text), *ngrams)]


def test_of_ngrams_that_share_a_bucket_the_first_is_spelled() -> None:
    settings = made(ngrams=(1, 1), log2_buckets=1)
    first = [word for word in "abcdefgh" if hashed(word, 0) % 2 == hashed("a", 0) % 2]
    assert len(first) > 1
    assert spell_grams(block_of([" ".join(first)]), settings) == ["a"]


@pytest.mark.parametrize("rows", [1, 2])
def test_how_messages_are_put_into_blocks_changes_nothing(rows: int) -> None:
    stream, _ = made_stream(seed=1)
    settings = made(num_hashes=rows)
    block = block_of([*stream, "", *stream[:3]])
    whole = read_grams(block, settings)
    for begin, end in [*cut(len(block), 1, 7, 2), (0, 0), (5, 5), (len(block), len(block)), (0, len(block))]:
        for part in (read_grams(block.take(begin, end), settings), whole.take(begin, end)):
            alone = read_grams(block_of([*stream, "", *stream[:3]][begin:end]), settings)
            np.testing.assert_array_equal(part.buckets, alone.buckets)
            np.testing.assert_array_equal(part.firsts, alone.firsts)
            np.testing.assert_array_equal(part.invalid, alone.invalid)
            assert len(part) == len(part.block) == end - begin
            assert spell_grams(part.block, settings) == spell_grams(alone.block, settings)
    nested = whole.take(4, 40).take(3, 20)
    np.testing.assert_array_equal(nested.buckets, whole.take(7, 24).buckets)


def test_messages_may_lie_anywhere_in_the_data() -> None:
    data = np.frombuffer(b"xx one two yy three", np.uint8)
    grams = read_grams(Block(data, np.array([3, 6, 6, 10])), WORDS_ALONE)
    assert grams.counts.tolist() == [1, 0, 1]
    assert spell_grams(Block(data, np.array([3, 6, 6, 10])), WORDS_ALONE) == ["one", "two"]


@pytest.mark.parametrize("rows", [1, 2])
def test_messages_may_grow_longer_and_longer(rows: int) -> None:
    stream = [" ".join(f"v{i}" for i in range(size)) for size in (0, 1, 7, 8, 9, 40, 3, 700, 0, 5)]
    stream += ["a b " * 500, "$" * 300, "😀" * 50, "é" * 1000]
    settings = made(num_hashes=rows, ngrams=(1, 3), log2_buckets=16)
    grams = read_grams(block_of(stream), settings)
    for m, buckets in enumerate(buckets_of(stream, settings)):
        np.testing.assert_array_equal(grams.take(m, m + 1).buckets, buckets)
    if rows == 2:
        spelled = [ngram for text in stream for ngram in ngrams_of(words_of(text), 1, 3)]
        assert spell_grams(block_of(stream), settings) == spelled


def test_of_many_short_ngrams_none_is_lost_where_room_runs_out() -> None:
    """Words of one letter: twice as many n-grams as room is made for at first."""
    random = np.random.default_rng(0)
    stream = [" ".join(random.choice(list("abcdefghijklmnop"), size)) for size in (100, 3, 900, 0, 50)]
    settings = made(num_hashes=2, ngrams=(1, 4))
    expected = [ngrams_of(words_of(text), 1, 4) for text in stream]
    assert sum(map(len, expected)) > 64 + 4 * (sum(map(len, stream)) // 4)
    assert spell_grams(block_of(stream), settings) == [ngram for ngrams in expected for ngram in ngrams]
    assert read_grams(block_of(stream), settings).counts.tolist() == [len(ngrams) for ngrams in expected]


def test_a_message_of_a_million_words() -> None:
    numbers = np.arange(1_000_000)
    long = " ".join(f"{number:x}" for number in numbers)
    for rows in (1, 2):
        grams = read_grams(block_of(["x", long, "y"]), made(ngrams=(1, 1), num_hashes=rows, log2_buckets=24))
        assert grams.counts[[0, 2]].tolist() == [1, 1]
        assert grams.counts[1] == len(np.unique(grams.buckets[1:-1, 0])) if rows == 1 else 1_000_000
        sample = [0, 1, 999]
        assert grams.buckets[1:][sample, 0].tolist() == [hashed(f"{number:x}", 0) % 2**24 for number in sample]


@given(texts, st.sets(st.sampled_from(["a", "z", "0", "£", "😀", "中", "ß", "cafe\u0301", "\u0130"])))
@example("win £100, £5 a£a 😀😀a", {"£", "😀"})
@example("cafe cafe\u0301 CAFE\u0301S CAFE\u0301 \u0130\ud800a", {"cafe", "cafe\u0301", "\u0130"})
def test_a_word_that_is_replaced_leaves_the_others_as_they_are(text: str, words: set[str]) -> None:
    changed = replace_words(text, lambda word: f"new{words_of(word)}" if word in words else None)
    expected = [
        new for word in words_of(text) for new in (words_of(f"new{words_of(word)}") if word in words else [word])
    ]
    assert words_of(changed) == expected
    assert replace_words(text, {}.get) == text
