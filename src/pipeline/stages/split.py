"""From messages to training, validation and test rows, and to the training rows that are fitted on."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from pipeline.artifacts import Corpus, Pool, RowChange, Rows, Sample, Split, Texts
from pipeline.data.sampling import take_fold, take_share, undersample
from pipeline.errors import UserError
from pipeline.ranges import Count, Share
from pipeline.text.duplicates import group_near_duplicates, leaked_percent, random_leakage_percent

LEAKAGE_REPEATS = 20
PERMUTATION_SEED = 1  # of MinHash: what is a near-duplicate does not depend on the seed of the run


def pool_messages(
    corpus: Corpus,
    texts: Texts,
    *,
    exact: Literal["drop", "keep"],
    near: Literal["group", "ignore"],
    similarity: Share,
    shingle_words: Count,
    permutations: Annotated[int, Field(ge=16, le=1024)],
) -> Pool:
    """Leave out copies of earlier messages and texts under both labels, and group near-duplicates.

    A pair counts as near-duplicates when the Jaccard similarity of their word shingles is at least `similarity`.
    Groups are found in any case, so that leakage can be measured; `near="ignore"` keeps splits from heeding them.
    """
    groups = group_near_duplicates(
        texts.table["text"].tolist(),
        similarity=similarity,
        shingle_words=shingle_words,
        num_permutations=permutations,
        seed=PERMUTATION_SEED,
    )
    table = corpus.table
    contradicted = table.groupby("text")["label"].transform("nunique").to_numpy() > 1
    copies = table["text"].duplicated().to_numpy() & ~contradicted
    if exact == "keep":
        contradicted, copies = np.zeros_like(contradicted), np.zeros_like(copies)
    return Pool(
        rows=np.flatnonzero(~copies & ~contradicted),
        groups=groups,
        grouped=near == "group",
        num_exact=int(copies.sum()),
        changes=[
            *_dropped(corpus, np.flatnonzero(copies), "same text as an earlier message"),
            *_dropped(corpus, np.flatnonzero(contradicted), "the same text under both labels"),
        ],
    )


def balance_pool(corpus: Corpus, pool: Pool, *, strategy: Literal["undersample", "none"], seed: int) -> Pool:
    """Undersample before the split, as a published protocol did.

    Source: the Enron report, fault 2: the test part is balanced too, and says nothing of precision in use.
    """
    if strategy == "none":
        return pool
    kept = pool.rows[undersample(corpus.table["label"].to_numpy()[pool.rows], seed)]
    dropped = _dropped(corpus, np.setdiff1d(pool.rows, kept), "undersampled before the split")
    return replace(pool, rows=kept, changes=[*pool.changes, *dropped])


def split_pool(
    corpus: Corpus,
    pool: Pool,
    *,
    test_share: Share | None,
    num_folds: Annotated[int, Field(ge=2)] | None,
    fold: Annotated[int, Field(ge=0)] | None,
    validation_share: Share,
    validation: Literal["own", "test"],
    seed: int,
) -> Split:
    """Split the pool, stratified by class, whole groups to one side.

    The test part is either a random `test_share` or, of `num_folds` folds that depend on the seed alone, number `fold`.
    `validation="test"` repeats a published fault: the test part doubles as the validation part.

    Raises:
        UserError: the shares leave nothing to train on, there is no such fold, or a class is too small for the split.
    """
    share = _share_of_test(test_share, num_folds, fold)
    if share + validation_share >= 1:
        raise UserError(
            f"A test part of {share:g} and split.validation_share = {validation_share} leave no training rows.",
            expected="two shares with a sum below 1",
            remedy="Lower one of them.",
        )
    labels = corpus.table["label"].to_numpy()
    own = validation == "own"
    _check_class_sizes(corpus, labels[pool.rows], min(share, validation_share) if own else share)
    units = pool.groups if pool.grouped else np.arange(len(labels))
    random = np.random.default_rng(seed)
    if num_folds is not None and fold is not None:
        train, test = take_fold(labels, units, pool.rows, num_folds, fold, seed)
    else:
        train, test = take_share(labels, units, pool.rows, share, random)
    held = test
    if own:
        train, held = take_share(labels, units, train, validation_share / (1 - share), random)
    for name, part in (("training", train), ("validation", held), ("test", test)):
        _check_both_classes(corpus, pool, name, labels[part])
    return Split(
        train=train,
        validation=held,
        test=test,
        labels=labels,
        groups=pool.groups,
        leakage_percent=leaked_percent(pool.groups, train, test),
        random_leakage_percent=random_leakage_percent(
            labels,
            pool.groups,
            test_share=share,
            train_share=1 - share - (validation_share if own else 0),
            repeats=LEAKAGE_REPEATS,
            seed=seed,
        ),
        validation_is_test=not own,
    )


def take_all(corpus: Corpus, pool: Pool) -> Split:
    """No split: every message of the pool is trained, validated and tested on, a published fault."""
    labels = corpus.table["label"].to_numpy()
    _check_both_classes(corpus, pool, "only", labels[pool.rows])
    return Split(
        train=pool.rows,
        validation=pool.rows,
        test=pool.rows,
        labels=labels,
        groups=pool.groups,
        leakage_percent=100.0,
        random_leakage_percent=float("nan"),
        validation_is_test=True,
    )


def resample_train(split: Split, *, strategy: Literal["undersample", "none", "synthetic"], seed: int) -> Sample:
    """Choose the training rows that are fitted on; validation and test rows are never touched.

    `strategy`: "undersample" takes as many of the larger class as there are of the smaller, the others take all.
    """
    labels = split.labels[split.train]
    kept = undersample(labels, seed) if strategy == "undersample" else np.arange(len(labels))
    return Sample(split.train[kept], prior=float(labels.mean()))


def _share_of_test(test_share: float | None, num_folds: int | None, fold: int | None) -> float:
    """The share of the test part, once the settings say one thing: a share, or a fold."""
    if test_share is not None and num_folds is None and fold is None:
        return test_share
    if test_share is None and num_folds is not None and fold is not None and fold < num_folds:
        return 1 / num_folds
    raise UserError(
        f"split.test_share = {test_share}, split.num_folds = {num_folds} and split.fold = {fold} make no test part.",
        expected="either a share and no folds, or no share and a fold from 0 to num_folds - 1",
        remedy="Choose split=holdout or split=kfold; with the latter split.fold=0 is the first fold.",
    )


def _dropped(corpus: Corpus, rows: Rows, reason: str) -> list[RowChange]:
    if not len(rows):
        return []
    return [RowChange("dropped", reason, len(rows), int(corpus.table["row"].to_numpy()[rows].min()))]


def _check_both_classes(corpus: Corpus, pool: Pool, part: str, labels: NDArray[np.int8]) -> None:
    """Whole groups may leave a part without a class even where there are messages enough."""
    for label, name in ((0, corpus.negative), (1, corpus.positive)):
        if label not in labels:
            rows = pool.rows[corpus.table["label"].to_numpy()[pool.rows] == label]
            num_groups = len(np.unique(pool.groups[rows]))
            raise UserError(
                f"The {part} part has no message of the class {name!r}: its {len(rows)} messages are near-duplicates "
                f"of each other and fall into {num_groups} groups, which are kept whole.",
                expected="groups of both classes for every part",
                remedy="Add messages that differ more, raise duplicates.similarity, or set duplicates.near=ignore.",
            )


def _check_class_sizes(corpus: Corpus, labels: NDArray[np.int8], smallest_share: float) -> None:
    """Every part needs at least two messages of each class."""
    needed = int(np.ceil(2 / smallest_share))
    for label, name in ((0, corpus.negative), (1, corpus.positive)):
        count = int((labels == label).sum())
        if count < needed:
            raise UserError(
                f"The class {name!r} has {count} distinct messages, too few for this split.",
                expected=f"at least {needed}, so that a part of {smallest_share:.0%} holds two",
                remedy="Add messages of that class, or raise split.test_share and split.validation_share.",
            )
