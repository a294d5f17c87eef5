"""From messages to training, validation and test rows, and to the training rows that are fitted on."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from pipeline.artifacts import Corpus, Pool, RowChange, Rows, Sample, Split, Texts
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
    """Leave out exact copies of earlier messages and group near-duplicates.

    A pair counts as near-duplicates when the Jaccard similarity of their word shingles is at least `similarity`.
    Groups are found in any case, so that leakage can be measured; `near="ignore"` keeps splits from heeding them.
    """
    copies = corpus.table["text"].duplicated().to_numpy() if exact == "drop" else np.zeros(len(corpus.table), bool)
    rows = np.flatnonzero(~copies)
    cleaned = texts.table["text"].to_numpy()[rows].tolist()
    groups = group_near_duplicates(
        cleaned,
        similarity=similarity,
        shingle_words=shingle_words,
        num_permutations=permutations,
        seed=PERMUTATION_SEED,
    )
    sizes = np.bincount(groups)[groups]
    changes = []
    if copies.any():
        first = int(corpus.table["row"].to_numpy()[copies][0])
        changes = [RowChange("dropped", "same text as an earlier message", int(copies.sum()), first)]
    return Pool(
        rows=rows,
        groups=groups,
        grouped=near == "group",
        num_exact=int(copies.sum()),
        num_near=int((sizes > 1).sum()),
        changes=changes,
    )


def balance_pool(corpus: Corpus, pool: Pool, *, strategy: Literal["undersample", "none"], seed: int) -> Pool:
    """Undersample before the split, as a published protocol did.

    Source: the Enron report, fault 2: the test part is balanced too, and says nothing of precision in use.
    """
    if strategy == "none":
        return pool
    labels = corpus.table["label"].to_numpy()[pool.rows]
    kept = _undersample(labels, seed)
    dropped = np.setdiff1d(np.arange(len(labels)), kept)
    first = int(corpus.table["row"].to_numpy()[pool.rows[dropped]].min(initial=0))
    change = RowChange("dropped", "undersampled before the split", len(dropped), first)
    return Pool(
        pool.rows[kept], pool.groups[kept], pool.grouped, pool.num_exact, pool.num_near, [*pool.changes, change]
    )


def split_pool(
    corpus: Corpus,
    pool: Pool,
    *,
    test_share: Share,
    validation_share: Share,
    validation: Literal["own", "test"],
    seed: int,
) -> Split:
    """Split the pool, stratified by class, whole groups to one side.

    `validation="test"` repeats a published fault: the test part doubles as the validation part.

    Raises:
        UserError: the shares leave nothing to train on, or a class is too small for the split.
    """
    labels = corpus.table["label"].to_numpy()
    own = validation == "own"
    if test_share + validation_share >= 1:
        raise UserError(
            f"split.test_share = {test_share} and split.validation_share = {validation_share} leave no training rows.",
            expected="two shares with a sum below 1",
            remedy="Lower one of them.",
        )
    _check_class_sizes(corpus, labels[pool.rows], min(test_share, validation_share) if own else test_share)
    units = pool.groups if pool.grouped else np.arange(len(pool.rows))
    random = np.random.default_rng(seed)
    rest, test = _take_share(labels[pool.rows], units, np.arange(len(pool.rows)), test_share, random)
    train, held = (rest, test)
    if own:
        train, held = _take_share(labels[pool.rows], units, rest, validation_share / (1 - test_share), random)
    groups = np.full(len(labels), -1, np.int64)
    groups[pool.rows] = pool.groups
    parts = [np.sort(pool.rows[part]) for part in (train, held, test)]
    return Split(
        *parts,
        labels=labels,
        groups=groups,
        leakage_percent=leaked_percent(groups, parts[0], parts[2]),
        random_leakage_percent=random_leakage_percent(
            labels[pool.rows], pool.groups, test_share=test_share, repeats=LEAKAGE_REPEATS, seed=seed
        ),
        validation_is_test=not own,
    )


def resample_train(split: Split, *, strategy: Literal["undersample", "none"], seed: int) -> Sample:
    """Choose the training rows that are fitted on; validation and test rows are never touched."""
    labels = split.labels[split.train]
    kept = np.arange(len(labels)) if strategy == "none" else _undersample(labels, seed)
    return Sample(split.train[kept], prior=float(labels.mean()), sampled_prior=float(labels[kept].mean()))


def _undersample(labels: NDArray[np.int8], seed: int) -> Rows:
    """Positions of all of the rarer class and of as many random ones of the other, ascending."""
    from imblearn.under_sampling import RandomUnderSampler

    sampler = RandomUnderSampler(random_state=seed)
    sampler.fit_resample(np.arange(len(labels)).reshape(-1, 1), labels)
    return np.sort(sampler.sample_indices_).astype(np.int64)


def _take_share(
    labels: NDArray[np.int8], units: Rows, positions: Rows, share: float, random: np.random.Generator
) -> tuple[Rows, Rows]:
    """Part `positions` into (rest, taken): `share` of each class is taken, units whole.

    Units are visited in random order and taken while their class still needs that many rows. A unit counts for the
    class of most of its messages. (scikit-learn's StratifiedGroupKFold knows only shares of 1/k.)
    """
    names, unit = np.unique(units[positions], return_inverse=True)
    sizes = np.bincount(unit)
    positive = np.bincount(unit, weights=labels[positions]) * 2 > sizes
    taken = np.zeros(len(names), bool)
    for members in (np.flatnonzero(~positive), np.flatnonzero(positive)):
        wanted = round(share * sizes[members].sum())
        for member in random.permutation(members):
            if sizes[member] <= wanted:
                taken[member] = True
                wanted -= sizes[member]
    return positions[~taken[unit]], positions[taken[unit]]


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
