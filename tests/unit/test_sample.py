"""The embedded sample: the committed file is what its script makes, and it is neither too easy nor too hard."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "data" / "sample" / "messages.csv"


@pytest.fixture(scope="module")
def script() -> Iterator[ModuleType]:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT / "scripts"))
        yield importlib.import_module("make_sample")


@pytest.fixture(scope="module")
def messages(script: ModuleType) -> list[Any]:
    return script.make_messages(script.SEED)


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    return pd.read_csv(SAMPLE, keep_default_na=False)


@pytest.fixture(scope="module")
def overlap(table: pd.DataFrame) -> NDArray[np.float64]:
    """Share of words that two messages have in common (Jaccard), for every pair of rows."""
    from scipy.sparse import csr_matrix
    from sklearn.preprocessing import MultiLabelBinarizer

    bags = [set(text.lower().split()) for text in table["text"]]
    words = csr_matrix(MultiLabelBinarizer(sparse_output=True).fit_transform(bags))
    shared = (words @ words.T).toarray()
    sizes = shared.diagonal()
    return shared / (sizes[:, None] + sizes[None, :] - shared)


def test_committed_file_is_what_the_script_makes(script: ModuleType, messages: list[Any]) -> None:
    assert script.to_csv(messages) == SAMPLE.read_bytes()


def test_writing_twice_gives_identical_bytes(script: ModuleType, tmp_path: Path) -> None:
    assert script.main(["--output", str(tmp_path / "again.csv")]) == 0
    assert (tmp_path / "again.csv").read_bytes() == SAMPLE.read_bytes()


def test_another_seed_gives_another_sample(script: ModuleType, messages: list[Any]) -> None:
    assert script.to_csv(script.make_messages(script.SEED + 1)) != script.to_csv(messages)


@pytest.mark.parametrize(("tail", "status"), [(b"", 0), (b"ham,one row more\n", 1)])
def test_check_tells_whether_the_file_is_stale(
    script: ModuleType, messages: list[Any], tail: bytes, status: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(script, "make_messages", lambda _: messages)
    path = tmp_path / "messages.csv"
    path.write_bytes(script.to_csv(messages) + tail)
    assert script.main(["--check", "--output", str(path)]) == status


def test_check_fails_without_a_file(
    script: ModuleType, messages: list[Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(script, "make_messages", lambda _: messages)
    assert script.main(["--check", "--output", str(tmp_path / "absent.csv")]) == 1


def test_rows_labels_and_size(table: pd.DataFrame) -> None:
    assert list(table.columns) == ["label", "text"]
    assert table["label"].value_counts().to_dict() == {"ham": 1740, "spam": 260}
    assert table["text"].str.strip().ne("").all()
    assert SAMPLE.read_bytes().count(b"\n") == 1 + len(table), "one line a message"
    assert 200_000 < SAMPLE.stat().st_size < 350_000


def test_exact_duplicates_in_both_classes_and_no_text_with_both_labels(table: pd.DataFrame) -> None:
    repeated = table[table["text"].duplicated()]
    assert repeated["label"].value_counts().to_dict() == {"ham": 32, "spam": 8}
    assert table.groupby("text")["label"].nunique().max() == 1


def test_near_duplicates_in_both_classes(table: pd.DataFrame, overlap: NDArray[np.float64]) -> None:
    texts = table["text"].to_numpy()
    near = ((overlap >= 0.6) & (texts[:, None] != texts[None, :])).any(axis=1)
    share = pd.Series(near).groupby(table["label"]).mean()
    assert 0.05 < share["ham"] < 0.2, (
        "a copy and its original are two rows, so 5 % of copies are up to 10 % of the rows"
    )
    assert 0.05 < share["spam"] < 0.3


def test_lengths_spread_and_do_not_tell_the_classes_apart(table: pd.DataFrame) -> None:
    from sklearn.metrics import roc_auc_score

    length = table["text"].str.len()
    assert length.groupby(table["label"]).quantile(0.01).max() <= 25
    words = table["text"].str.count(" ") + 1
    assert (words[table["label"] == "ham"] >= 150).sum() >= 20
    assert (words[table["label"] == "spam"] >= 100).sum() >= 5
    assert 0.4 < roc_auc_score(table["label"] == "spam", length) < 0.65


def test_vocabulary_is_rich(table: pd.DataFrame) -> None:
    assert len(set(re.findall(r"[a-z]{2,}", " ".join(table["text"]).lower()))) > 2000


@pytest.mark.parametrize(
    "pattern",
    [
        pytest.param(r"&amp;", id="ampersand entity"),
        pytest.param(r"&lt;#&gt;", id="masked number"),
        pytest.param(r"’", id="typographic apostrophe"),
        pytest.param(r"£\d", id="pound"),
        pytest.param(r"€\d", id="euro"),
        pytest.param(r"[\U0001F300-\U0001FAFF]", id="emoji"),
        pytest.param(r"[éèêñëöâ]", id="accent"),
        pytest.param(r"\bfr-ee\b|\bl0an\b|ca\$h", id="obfuscated word"),
        pytest.param(r"[а-я]{5}", id="another script"),
        pytest.param(r"^[^\w]+$", id="punctuation alone"),
        pytest.param(r"^(?i:ok|yes)$", id="one short word"),
        pytest.param(r"^Subject: ", id="subject line"),
        pytest.param(r",", id="comma in need of quotes"),
    ],
)
def test_odd_characters_occur(table: pd.DataFrame, pattern: str) -> None:
    assert table["text"].str.contains(pattern).any()


def test_every_hard_case_occurs(messages: list[Any]) -> None:
    assert {message.kind.hard for message in messages} - {""} == {
        "newsletter subscribed to",
        "order confirmation",
        "genuine notice",
        "genuine bank notice",
        "genuine invoice",
        "friends on prizes and free tickets",
        "a friend's new number",
        "a false friend's new number",
        "romance",
        "fake job offer",
        "very short",
        "very short spam",
        "odd characters",
        "noisy label",
        "undecidable",
    }


def test_a_few_labels_cannot_be_learnt(messages: list[Any]) -> None:
    assert sum(message.kind.hard in {"noisy label", "undecidable"} for message in messages) == 7


def test_telephone_numbers_and_addresses_are_reserved_ones(table: pd.DataFrame) -> None:
    text = "\n".join(table["text"])
    numbers = re.findall(r"\b0\d{4} ?\d{6}\b", text)
    assert len(numbers) > 50
    assert all(re.fullmatch(r"01632 ?960\d{3}|07700 900\d{3}", number) for number in numbers)
    assert not re.search(r"\d{9}", re.sub("|".join(numbers), "", text)), "no other number is long enough to be dialled"
    hosts = re.findall(r"\b(?:\w+\.)+(?:com|net|org)\b", text.lower())
    assert len(hosts) > 100
    assert all(re.fullmatch(r"(www\.|shop\.|my\.)?example\.(com|net|org)", host) for host in hosts)


def test_linear_model_does_well_but_not_perfectly(table: pd.DataFrame, overlap: NDArray[np.float64]) -> None:
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import connected_components
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import accuracy_score, f1_score, roc_auc_score
    from sklearn.model_selection import StratifiedGroupKFold

    labels = (table["label"] == "spam").to_numpy()
    _, groups = connected_components(csr_matrix(overlap >= 0.6), directed=False)
    train, test = next(StratifiedGroupKFold(3, shuffle=True, random_state=0).split(table, labels, groups))
    vectorizer = TfidfVectorizer(ngram_range=(1, 2))
    features = vectorizer.fit_transform(table["text"].iloc[train])
    model = LogisticRegression(C=10).fit(features, labels[train])
    probability = model.predict_proba(vectorizer.transform(table["text"].iloc[test]))[:, 1]

    assert 0.94 < accuracy_score(labels[test], probability > 0.5) < 0.985
    assert 0.75 < f1_score(labels[test], probability > 0.5) < 0.95
    assert 0.95 < roc_auc_score(labels[test], probability) < 0.998
