import csv
import os
import unicodedata
import zipfile
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.artifacts import RowChange
from pipeline.errors import UserError
from pipeline.text.clean import Characters, CleanResult, Contractions, clean_texts
from pipeline.text.contractions import split_contractions, split_stop_words
from pipeline.text.stem import Stemming
from pipeline.text.stop_words import fallback_stop_words, stop_words_from

DATA = os.environ.get("PIPELINE_DATA_DIR")
needs_data = pytest.mark.skipif(DATA is None, reason="PIPELINE_DATA_DIR is not set")


def clean(
    *texts: str,
    unicode: bool = True,
    lower: bool = True,
    characters: Characters = "words",
    contractions: Contractions = "keep",
    stop_words: frozenset[str] = frozenset(),
    stemming: Stemming = "none",
) -> CleanResult:
    return clean_texts(
        texts,
        unicode=unicode,
        lower=lower,
        characters=characters,
        contractions=contractions,
        stop_words=stop_words,
        stemming=stemming,
    )


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ("Free entry in 2 a wkly comp!!", "free entry in 2 a wkly comp"),
        ("'tis the dogs' rock'n'roll, o'clock''s", "tis the dogs rock'n'roll o'clock s"),
        ("under_score e-mail 1,000.50", "under score e mail 1 000 50"),
        ("line\r\nbreak\ttab\u2028end", "line break tab end"),
        ("Ünïcödé Straße ΟΔΟΣ", "ünïcödé straße οδος"),
        ("我要赢大奖!!!免费", "我要赢大奖 免费"),
        ("مجّاني، العَرَبِيَّة؟", "مجّاني العَرَبِيَّة"),
        ("मुफ़्त हिन्दी।", unicodedata.normalize("NFKC", "मुफ़्त हिन्दी")),
        ("I \u2764\ufe0f U 1\ufe0f\u20e3", "i u 1"),
        ("...", ""),
        ("", ""),
    ],
)
def test_words_of_any_script_keep_letters_digits_marks_and_inner_apostrophes(raw: str, words: str) -> None:
    assert clean(raw).texts == [words]


@pytest.mark.parametrize(
    ("raw", "repaired"),
    [
        ("&lt;#&gt; &amp;lt; R&D", "<#> &lt; R&D"),
        ("?a=1&section=2&copy", "?a=1&section=2&copy"),  # html.unescape alone would read "§ion" and "©"
        ("don\x92t \x93quote\x94 caf\xe9", "don't “quote” café"),
        ("\x80 \x8c \x9c", "€ Œ œ"),
        ("I’m I‘m Iʼm I´m", "I'm I'm I'm I'm"),
        ("ｆｕｌｌ　ｗｉｄｔｈ ﬁve½", "full width five1⁄2"),
        ("soft\xadhyphen zero\u200bwidth \ufeffbom bell\x07 \x81", "softhyphen zerowidth bom bell"),
    ],
)
def test_unicode_is_repaired(raw: str, repaired: str) -> None:
    assert clean(raw, lower=False, characters="all").texts == [repaired]


def test_without_the_unicode_step_nothing_is_repaired() -> None:
    raw = "&amp; don\x92t ｆ"
    assert clean(raw, unicode=False, characters="all").texts == [raw]


def test_every_repair_counts_the_rows_that_it_changed() -> None:
    changes = clean("fine", "&amp; a&lt;b", "don\x92t", "ﬁne", "be\x07ll", "&amp;", "...").changes
    assert changes == [
        RowChange("altered", "HTML entities decoded", 2, 1),
        RowChange("altered", "C1 control characters read as cp1252", 1, 2),
        RowChange("altered", "typographic apostrophes written straight", 1, 2),
        RowChange("altered", "Unicode normalised to NFKC", 1, 3),
        RowChange("altered", "control characters removed", 1, 4),
        RowChange("altered", "no word left after cleaning", 2, 5),
    ]


def test_clean_texts_change_nothing_and_count_nothing() -> None:
    assert clean("free entry", "ok lor") == CleanResult(["free entry", "ok lor"], [])


@settings(max_examples=200)
@given(st.text(), st.sampled_from(["words", "keras", "all"]))
def test_words_are_separated_by_single_blanks(text: str, characters: Characters) -> None:
    (cleaned,) = clean(text, characters=characters).texts
    assert cleaned == " ".join(word for word in cleaned.split(" ") if word)


@settings(max_examples=200)
@given(st.text())
def test_cleaning_cleaned_words_changes_nothing(text: str) -> None:
    once = clean(text, unicode=False, contractions="keep")
    assert clean(*once.texts, unicode=False, contractions="keep").texts == once.texts


def test_keras_filter_keeps_what_the_keras_tokenizer_keeps() -> None:
    # Source: keras.src.legacy.preprocessing.text.text_to_word_sequence, Keras 3.15.
    raw = "It's 50% OFF!\tcall <now>\n£5 “quoted” a_b c\rd"
    assert clean(raw, unicode=False, characters="keras").texts == ["it's 50 off call now £5 “quoted” a b c\rd"]


def test_all_only_splits_at_white_space() -> None:
    assert clean(" A  b,\tc! \n", lower=False, characters="all").texts == ["A b, c!"]


@pytest.mark.parametrize(
    "text",
    ["don't", "i'm", "john's", "can't", "won't", "you'll", "they're", "we've", "he'd", "DON'T", "he'd've", "o'clock"],
)
def test_contractions_are_split_as_nltk_splits_them(text: str) -> None:
    from nltk.tokenize import NLTKWordTokenizer

    words = text
    while (split := " ".join(NLTKWordTokenizer().tokenize(words))) != words:  # "he'd've" takes it two rounds
        words = split
    assert split_contractions(text) == words


@pytest.mark.parametrize("text", ["cannot", "gonna", "don", "n't 's", "rock'n'roll", "'s", "o'connor", "it'so"])
def test_other_words_stay_whole(text: str) -> None:
    assert split_contractions(text) == text


def test_typographic_apostrophes_are_split_too() -> None:
    assert clean("I’m, don\x92t; John‘s", contractions="split").texts == ["i 'm do n't john 's"]


def test_stop_words_are_taken_out_before_stemming() -> None:
    stop_words = frozenset({"the", "don't", "having"})
    assert clean("The winning don't having!", stop_words=stop_words, stemming="porter").texts == ["win"]


def test_stop_words_are_taken_out_in_any_case() -> None:
    assert clean("The cat", lower=False, stop_words=frozenset({"the"})).texts == ["cat"]


def test_stop_words_fit_split_contractions() -> None:
    stop_words = frozenset({"i", "m", "do", "mustn't"})
    assert clean("I'm sure, don't; must", contractions="split", stop_words=stop_words).texts == ["sure must"]
    assert split_stop_words(stop_words) == stop_words | {"'m", "n't"}


@pytest.mark.parametrize(
    ("stemming", "stems"),
    # Golden: the sample vocabularies of the Porter and the English stemmer on snowballstem.org.
    [("porter", "consist consist knackeri gener fairli"), ("snowball", "consist consist knackeri general fair")],
)
def test_words_are_stemmed(stemming: Stemming, stems: str) -> None:
    assert clean("consisted consistency knackeries generally fairly", stemming=stemming).texts == [stems]


def test_stems_keep_the_case_unless_lowered_and_never_vanish() -> None:
    assert clean("Running", lower=False, stemming="porter").texts == ["Run"]
    assert clean("''s", characters="all", stemming="snowball").texts == ["''s"]


def test_stop_words_are_read_from_nltks_archive(tmp_path: Path) -> None:
    path = archive(tmp_path, {"README": "read me", "english": "the \ndon't\n\n", "dutch": "de"})
    assert stop_words_from(path, "english") == {"the", "don't"}


@pytest.mark.parametrize("language", ["englsh", "README", ""])
def test_unknown_language_is_answered_with_the_known_ones(tmp_path: Path, language: str) -> None:
    path = archive(tmp_path, {"": "", "README": "", "english": "the", "dutch": "de"})
    with pytest.raises(UserError, match=f"no stop words for the language '{language}'") as caught:
        stop_words_from(path, language)
    assert caught.value.expected.endswith("dutch, english")


def test_a_file_that_is_no_archive_is_a_users_mistake(tmp_path: Path) -> None:
    path = tmp_path / "stopwords.zip"
    path.write_bytes(b"<html>404</html>")
    with pytest.raises(UserError, match="cannot be read"):
        stop_words_from(path, "english")


def test_fallback_stop_words_are_scikit_learns() -> None:
    assert len(fallback_stop_words("english")) == 318
    assert "whereupon" in fallback_stop_words("english")
    with pytest.raises(UserError, match="nothing stands in for the language 'german'"):
        fallback_stop_words("german")


def archive(folder: Path, lists: dict[str, str]) -> Path:
    path = folder / "stopwords.zip"
    with zipfile.ZipFile(path, "w") as file:
        for name, content in lists.items():
            file.writestr(f"stopwords/{name}", content)
    return path


@needs_data
@pytest.mark.real_data
def test_enron_vocabulary_has_the_published_size() -> None:
    texts = pd.read_csv(Path(DATA or "", "enron_spam", "emails.csv.zip"))["text"].drop_duplicates().tolist()
    cleaned = clean(*texts, unicode=False, characters="keras").texts
    assert len({word for text in cleaned for word in text.split(" ")}) == 37_353


@needs_data
@pytest.mark.real_data
def test_repairs_of_the_sms_collection() -> None:
    path = Path(DATA or "", "sms_spam", "SMSSpamCollection")
    texts = pd.read_csv(path, sep="\t", header=None, quoting=csv.QUOTE_NONE)[1].tolist()
    result = clean(*texts, contractions="split")
    # Golden: PROVENANCE of the data counts 716 entities and 50 C1 characters; rows are ours.
    assert [(change.reason, change.rows) for change in result.changes[:2]] == [
        ("HTML entities decoded", 309),
        ("C1 control characters read as cp1252", 35),
    ]
    words = {word for text in result.texts for word in text.split()}
    assert {word for word in words if word.endswith(("n't", "'m", "'ll"))} == {"n't", "'m", "'ll"}


@needs_data
@pytest.mark.real_data
def test_nltks_english_list() -> None:
    stop_words = stop_words_from(Path(DATA or "", "nltk_data", "corpora", "stopwords.zip"), "english")
    assert len(stop_words) == 179
    assert {"don't", "don", "t"} <= stop_words
