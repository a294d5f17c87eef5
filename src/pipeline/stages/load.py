"""From a file to a checked corpus, and from its texts to cleaned ones."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from pipeline.artifacts import Corpus, Resource, Texts
from pipeline.data.readers import SAMPLE_CLASSES, SAMPLE_LAYOUT, Classes, Label, TwoLabels, read_corpus
from pipeline.data.sources import Library, Source, find_corpus
from pipeline.data.tables import Format, Layout
from pipeline.errors import UserError
from pipeline.ranges import Count
from pipeline.text.clean import Characters, CleanResult, Contractions, clean_texts
from pipeline.text.stem import Stemming
from pipeline.text.stop_words import fallback_stop_words, stop_words_from


def locate_corpus(library: Library, *, name: str, path: str | None, source: Source | None) -> Resource:
    """Find the file of the data set, or take the embedded sample in its place."""
    located = find_corpus(library, name=name, path=path, source=source)
    return Resource(located, stand_in=located.origin == "sample" and name != "sample")


def load_corpus(
    file: Resource,
    *,
    name: str,
    format: Format,  # noqa: A002 - the name under which users know it
    columns: list[str] | None,
    text: str,
    label: str,
    positive: Label,
    expected_labels: TwoLabels | None,
    positive_name: str | None,
    negative_name: str | None,
    encoding: str,
    separator: str | None,
    quoting: bool,
    max_characters: Count,
) -> Corpus:
    """Read messages and labels; see `Layout` and `Classes` for the settings.

    Raises:
        UserError: the file is not as the settings say.
    """
    assert file.located is not None
    layout = Layout(format, columns, text, label, encoding, separator, quoting)
    classes = Classes(positive, expected_labels, positive_name, negative_name)
    if file.located.origin == "sample":
        layout, classes = SAMPLE_LAYOUT, SAMPLE_CLASSES
    return read_corpus(
        file.located.path,
        name=name,
        layout=layout,
        classes=classes,
        max_characters=max_characters,
        stand_in=file.stand_in,
    )


def locate_stop_words(library: Library, *, stop_words: str, stop_words_source: Source) -> Resource:
    """Find NLTK's lists, where stop words are to be taken out."""
    if stop_words == "none":
        return Resource(None, stand_in=False)
    located = library.find(stop_words_source, None)
    return Resource(located, stand_in=located is None)


def clean_corpus(
    corpus: Corpus,
    file: Resource,
    *,
    unicode: bool,
    lower: bool,
    characters: Characters,
    contractions: Contractions,
    stop_words: str,
    stemming: Stemming,
) -> Texts:
    """Turn every message into words; see `clean_texts` for the steps. `stop_words` is a language of NLTK's, or "none".

    Raises:
        UserError: no message has a word left, or there is no stop-word list for the language.
    """
    cleaned = clean_messages(
        corpus.table["text"].tolist(),
        file,
        unicode=unicode,
        lower=lower,
        characters=characters,
        contractions=contractions,
        stop_words=stop_words,
        stemming=stemming,
    )
    if not any(cleaned.texts):
        raise UserError(
            f"All {len(cleaned.texts):,} messages of {corpus.name} are blank after cleaning.",
            expected="words in at least one message",
            remedy="Set dataset.text to the column with the messages, or preprocess.clean.characters=all.",
        )
    rows = corpus.table["row"].to_numpy()
    changes = [replace(change, first_row=int(rows[change.first_row])) for change in cleaned.changes]
    return Texts(pd.DataFrame({"text": cleaned.texts}), changes, file.stand_in)


def clean_for_groups(
    corpus: Corpus,
    file: Resource,
    *,
    unicode: bool,
    lower: bool,
    characters: Characters,
    contractions: Contractions,
    stop_words: str,
    stemming: Stemming,
) -> Texts:
    """The same where near-duplicates alone are found by the words, and models read the messages as they are.

    Nothing is altered then, and a message without words, such as one of emoji, is compared as it is.

    Raises:
        UserError: there is no stop-word list for the language.
    """
    messages = corpus.table["text"].tolist()
    cleaned = clean_messages(
        messages,
        file,
        unicode=unicode,
        lower=lower,
        characters=characters,
        contractions=contractions,
        stop_words=stop_words,
        stemming=stemming,
    )
    texts = [words or " ".join(message.split()) for words, message in zip(cleaned.texts, messages, strict=True)]
    return Texts(pd.DataFrame({"text": texts}), [], file.stand_in)


def clean_messages(
    messages: list[str],
    file: Resource,
    *,
    unicode: bool,
    lower: bool,
    characters: Characters,
    contractions: Contractions,
    stop_words: str,
    stemming: Stemming,
) -> CleanResult:
    """Messages as the corpus is cleaned; `file` holds the stop words, where there is one."""
    removed: frozenset[str] = frozenset()
    if stop_words != "none":
        removed = stop_words_from(file.located.path, stop_words) if file.located else fallback_stop_words(stop_words)
    return clean_texts(
        messages,
        unicode=unicode,
        lower=lower,
        characters=characters,
        contractions=contractions,
        stop_words=removed,
        stemming=stemming,
    )
