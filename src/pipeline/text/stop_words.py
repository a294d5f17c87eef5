"""Lists of words that carry little meaning."""

from __future__ import annotations

import zipfile
from pathlib import Path

from pipeline.errors import UserError, nearest

_FOLDER = "stopwords/"


def stop_words_from(path: Path, language: str) -> frozenset[str]:
    """The stop words of one language from NLTK's `stopwords.zip`.

    Raises:
        UserError: the file is no such archive, or has no list for the language.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = {name.removeprefix(_FOLDER): name for name in archive.namelist() if name.startswith(_FOLDER)}
            languages = sorted(members.keys() - {"", "README"})
            if language in languages:
                lines = archive.read(members[language]).decode("utf-8").splitlines()
                return frozenset(map(str.strip, lines)) - {""}
    except zipfile.BadZipFile as error:
        raise UserError(
            f"{path} cannot be read: {error}.",
            expected="NLTK's stopwords.zip, a zip archive with a member stopwords/<language> for each language",
            remedy="Put a whole copy in its place, or set preprocess.clean.stop_words=none.",
        ) from error
    raise UserError(
        f"{path.name} has no stop words for the language {language!r}.",
        expected=f"one of the {len(languages)} lists that it holds: {', '.join(languages)}",
        remedy=f"{nearest(language, languages)}Set preprocess.clean.stop_words to one of these, or to none.",
    )


def fallback_stop_words(language: str) -> frozenset[str]:
    """The English stop words of scikit-learn, for where NLTK's cannot be had.

    Source: `sklearn.feature_extraction.text.ENGLISH_STOP_WORDS`, from the Glasgow Information Retrieval Group.

    Raises:
        UserError: the language is not English.
    """
    if language != "english":
        raise UserError(
            f"NLTK's stop words could not be had, and nothing stands in for the language {language!r}.",
            expected="NLTK's stopwords.zip, or preprocess.clean.stop_words=english, for which another list stands in",
            remedy="Put stopwords.zip into data/raw/nltk_data/corpora, or set preprocess.clean.stop_words=none.",
        )
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

    return frozenset(ENGLISH_STOP_WORDS)
