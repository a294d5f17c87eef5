from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.artifacts import Corpus, Pool, Split, Texts
from pipeline.errors import UserError
from pipeline.stages.split import balance_pool, pool_messages, resample_train, split_pool

SHARES: dict[str, Any] = {
    "test_share": 0.2,
    "num_folds": None,
    "fold": None,
    "validation_share": 0.15,
    "validation": "own",
}
POOLING: dict[str, Any] = {"exact": "drop", "near": "group", "similarity": 0.5, "shingle_words": 3, "permutations": 64}


def corpus(labels: list[int], texts: list[str] | None = None) -> Corpus:
    texts = texts or [f"message number {i}" for i in range(len(labels))]
    table = pd.DataFrame({"row": np.arange(len(labels)), "text": texts, "label": np.array(labels, np.int8)})
    return Corpus(table, "toy", "spam", "ham", stand_in=False, changes=[])


def pool(groups: list[int], *, grouped: bool = True) -> Pool:
    return Pool(np.arange(len(groups)), np.array(groups), grouped, 0, [])


def split(messages: Corpus, rows: Pool, **changes: Any) -> Split:
    return split_pool(messages, rows, **{**SHARES, "seed": 0, **changes})


@st.composite
def grouped_corpora(draw: st.DrawFn) -> tuple[Corpus, Pool]:
    """Between 100 and 200 messages of both classes, in groups of one label of up to six."""
    sizes = draw(st.lists(st.integers(1, 6), min_size=60, max_size=80))
    groups = np.repeat(np.arange(len(sizes)), sizes)
    labels = (groups % draw(st.integers(2, 3)) == 0).astype(int)
    return corpus(labels.tolist()), pool(groups.tolist())


@given(grouped_corpora(), st.integers(0, 5))
@settings(max_examples=30)
def test_parts_are_disjoint_cover_the_pool_and_keep_groups_whole(case: tuple[Corpus, Pool], seed: int) -> None:
    messages, rows = case
    parts = split(messages, rows, seed=seed)
    everything = np.concatenate([parts.train, parts.validation, parts.test])
    assert sorted(everything) == rows.rows.tolist()
    of_part = [set(rows.groups[part]) for part in (parts.train, parts.validation, parts.test)]
    assert sum(map(len, of_part)) == len(set.union(*of_part)), "a group has messages in two parts"
    assert parts.leakage_percent == 0.0


def test_each_class_is_split_in_the_same_shares() -> None:
    parts = split(corpus([1] * 200 + [0] * 800), pool(list(range(1000))))
    for part, share in ((parts.test, 0.2), (parts.validation, 0.15), (parts.train, 0.65)):
        assert parts.labels[part].sum() == 200 * share
        assert len(part) == 1000 * share


FOLDS = {"test_share": None, "num_folds": 4}


@given(grouped_corpora(), st.integers(0, 5), st.booleans())
@settings(max_examples=20)
def test_folds_take_every_row_once_and_keep_groups_whole(case: tuple[Corpus, Pool], seed: int, grouped: bool) -> None:
    messages, rows = case
    rows = replace(rows, grouped=grouped)
    folds = [split(messages, rows, seed=seed, **FOLDS, fold=fold) for fold in range(4)]
    assert sorted(np.concatenate([parts.test for parts in folds])) == rows.rows.tolist()
    for parts in folds:
        assert sorted(np.concatenate([parts.train, parts.validation, parts.test])) == rows.rows.tolist()
        if grouped:
            assert parts.leakage_percent == 0.0


def test_folds_have_the_class_shares_of_the_pool() -> None:
    messages, rows = corpus([1] * 200 + [0] * 800), pool(list(range(1000)))
    for fold in range(4):
        parts = split(messages, rows, **FOLDS, fold=fold)
        assert (len(parts.test), parts.labels[parts.test].sum()) == (250, 50)
        assert (len(parts.validation), parts.labels[parts.validation].sum()) == (150, 30)


@pytest.mark.parametrize(
    "wrong",
    [
        {"test_share": None},
        {"num_folds": 4},
        {"fold": 0},
        {**FOLDS, "fold": 4},
        {**FOLDS, "test_share": 0.2, "fold": 1},
    ],
)
def test_a_share_and_a_fold_exclude_each_other(wrong: dict[str, Any]) -> None:
    with pytest.raises(UserError, match="make no test part"):
        split(corpus([1] * 50 + [0] * 50), pool(list(range(100))), **wrong)


def test_ignoring_groups_leaks() -> None:
    groups = np.repeat(np.arange(100), 4).tolist()
    parts = split(corpus([0, 0, 1, 1] * 100), pool(groups, grouped=False))
    assert parts.leakage_percent > 80
    assert parts.random_leakage_percent > 80


def test_splits_depend_on_the_seed_and_on_nothing_else() -> None:
    messages, rows = corpus([0, 1] * 100), pool(list(range(200)))
    np.testing.assert_array_equal(split(messages, rows).test, split(messages, rows).test)
    assert split(messages, rows).test.tolist() != split(messages, rows, seed=1).test.tolist()


def test_the_published_fault_makes_the_test_part_the_validation_part() -> None:
    parts = split(corpus([0, 1] * 100), pool(list(range(200))), validation="test")
    np.testing.assert_array_equal(parts.validation, parts.test)
    assert parts.validation_is_test
    assert len(parts.train) + len(parts.test) == 200
    assert len(parts.used) == 200


@pytest.mark.parametrize(
    ("labels", "changes", "happened"),
    [
        ([1] * 5 + [0] * 100, {}, r"'spam' has 5 distinct messages"),
        ([1] * 100 + [0] * 5, {}, r"'ham' has 5 distinct messages"),
        ([0, 1] * 50, {"test_share": 0.6, "validation_share": 0.4}, "leave no training rows"),
    ],
)
def test_what_cannot_be_split_is_refused(labels: list[int], changes: dict[str, float], happened: str) -> None:
    with pytest.raises(UserError, match=happened):
        split(corpus(labels), pool(list(range(len(labels)))), **changes)


def test_undersampling_balances_training_and_touches_nothing_else() -> None:
    parts = split(corpus([1] * 100 + [0] * 400), pool(list(range(500))))
    sample = resample_train(parts, strategy="undersample", seed=3)
    assert set(sample.rows) <= set(parts.train)
    assert parts.labels[sample.rows].sum() * 2 == len(sample.rows) == 2 * parts.labels[parts.train].sum()
    assert sample.prior == 0.2


def test_without_sampling_all_training_rows_stay() -> None:
    parts = split(corpus([1] * 100 + [0] * 400), pool(list(range(500))))
    sample = resample_train(parts, strategy="none", seed=3)
    np.testing.assert_array_equal(sample.rows, parts.train)
    assert sample.prior == parts.labels[sample.rows].mean()


def test_undersampling_before_the_split_balances_the_test_part_too() -> None:
    messages = corpus([1] * 100 + [0] * 400)
    balanced = balance_pool(messages, pool(list(range(500))), strategy="undersample", seed=0)
    assert len(balanced.rows) == 200
    (change,) = balanced.changes
    assert (change.reason, change.rows) == ("undersampled before the split", 300)
    assert change.first_row == np.setdiff1d(np.arange(500), balanced.rows)[0] >= 100
    parts = split(messages, balanced, validation="test")
    assert parts.labels[parts.test].mean() == 0.5


def test_a_pool_leaves_copies_out_and_groups_near_duplicates() -> None:
    words = "win a big prize today call {} now to claim your free ticket"
    texts = [words.format(555), words.format(777), "see you at the usual place tonight", words.format(555), "ok"]
    cleaned = Texts(pd.DataFrame({"text": texts}), [], stand_in=False)
    rows = pool_messages(corpus([1, 1, 0, 1, 0], texts), cleaned, **POOLING)
    assert rows.rows.tolist() == [0, 1, 2, 4]
    assert rows.groups[0] == rows.groups[1]
    assert rows.groups[0] == rows.groups[3]
    assert len(set(rows.groups)) == 3
    assert (rows.num_exact, rows.num_near) == (1, 2)
    assert [(change.action, change.rows, change.first_row) for change in rows.changes] == [("dropped", 1, 3)]


def test_copies_can_be_kept() -> None:
    texts = ["the very same text", "the very same text", "another one"]
    cleaned = Texts(pd.DataFrame({"text": texts}), [], stand_in=False)
    rows = pool_messages(corpus([1, 1, 0], texts), cleaned, **{**POOLING, "exact": "keep"})
    assert rows.rows.tolist() == [0, 1, 2]
    assert rows.groups[0] == rows.groups[1]


def test_a_text_under_both_labels_is_left_out_and_counted() -> None:
    texts = ["free or not free", "another text here", "free or not free", "and a third one"]
    cleaned = Texts(pd.DataFrame({"text": texts}), [], stand_in=False)
    rows = pool_messages(corpus([1, 1, 0, 0], texts), cleaned, **POOLING)
    assert rows.rows.tolist() == [1, 3]
    assert [(change.reason, change.rows) for change in rows.changes] == [("the same text under both labels", 2)]


def test_the_leakage_of_a_random_split_counts_copies_that_this_split_leaves_out() -> None:
    messages = corpus([0, 1] * 100)
    copies = Pool(np.arange(100), np.tile(np.arange(100), 2), grouped=True, num_exact=100, changes=[])
    parts = split(messages, copies)
    assert parts.leakage_percent == 0
    assert parts.random_leakage_percent == pytest.approx(65, abs=10)  # the share of copies that fall into training


def test_a_class_of_one_group_is_told_before_anything_is_trained() -> None:
    groups = [*range(100), *[100] * 50]
    with pytest.raises(
        UserError, match="50 messages are near-duplicates of each other and fall into 1 groups"
    ) as caught:
        split(corpus([0] * 100 + [1] * 50), pool(groups))
    assert "duplicates.near=ignore" in caught.value.remedy
